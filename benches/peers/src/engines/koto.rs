use super::{Engine, Error, Responder, Runner, State};
use koto::prelude::*;
use std::cell::RefCell;

/// Without its limit on time.
pub struct KotoLang;

impl Engine for KotoLang {
    fn name(&self) -> &'static str {
        "koto"
    }

    fn package(&self) -> &'static str {
        "koto"
    }

    fn extension(&self) -> &'static str {
        "koto"
    }

    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static KOTO: RefCell<Koto> = RefCell::default());
        Ok(KOTO.with_borrow_mut(|koto| koto.compile(source).map(drop))?)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let mut koto = Koto::default();
        let chunk = koto.compile(source)?;
        Ok(Box::new(move || {
            let value = koto.run(chunk.clone()).expect("the script ends well");
            koto.value_to_string(value).expect("numbers and texts have a text form")
        }))
    }

    fn webhook(&self, _: &str, _: State) -> Result<Responder, Error> {
        Err("no webhook script for this language yet".into())
    }
}
