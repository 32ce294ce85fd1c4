use crate::engine::{Error, Language, Request, Responder, Runner, State};
use sil::{
    Limits, MemoryHost, WebhookRequest,
    signatures::{Family, Signature},
    types::Type,
};

/// With its default limits on.
#[derive(Clone, Copy)]
pub struct Sil;

impl Language for Sil {
    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static ENGINE: sil::Engine = sil::Engine::new());
        Ok(ENGINE.with(|engine| engine.compile("bench", source).map(drop))?)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let weight = Signature::new("weight", Family::Embedder).param("n", Type::INTEGER);
        let engine = sil::Engine::builder().routine(weight, |n: i64| n % 10).build();
        let program = engine.compile("bench", source)?;
        let limits = Limits::default();
        Ok(Box::new(move || {
            let outcome = program.run(&mut MemoryHost::new(), &limits)?;
            Ok(outcome.returned().first().map_or_else(String::new, |value| value.to_text()))
        }))
    }

    fn webhook(&self, source: &str, _: State) -> Result<Responder, Error> {
        let program = sil::Engine::new().compile("bench", source)?;
        let limits = Limits::default();
        Ok(Box::new(move |request: &Request| {
            let mut message = WebhookRequest::new("GET");
            for (name, values) in &request.params {
                for value in values {
                    message.add_param(name.clone(), value.clone());
                }
            }
            let mut host = MemoryHost::new().with_request(message);
            let outcome = program.run(&mut host, &limits)?;
            Ok((i64::from(outcome.reading().status), host.body().to_owned()))
        }))
    }
}
