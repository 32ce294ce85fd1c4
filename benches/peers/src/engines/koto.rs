use crate::engine::{Error, Language, Request, Responder, Runner, State};
use koto::{
    prelude::*,
    runtime::{Result as KotoResult, runtime_error},
};
use koto_serde::{DeserializableKValue, SerializableKValue};
use std::{cell::RefCell, rc::Rc};

/// Without its limit on time, which is the only one it has.
#[derive(Clone, Copy)]
pub struct KotoLang;

/// What the scripts call. `to_json` is that of koto_json without the indentation.
fn add_functions(prelude: &KMap) {
    prelude.add_fn("weight", |ctx| match ctx.args() {
        [KValue::Number(n)] => Ok((i64::from(n) % 10).into()),
        unexpected => unexpected_args("|Number|", unexpected),
    });
    prelude.add_fn("to_json", |ctx| -> KotoResult<KValue> {
        match ctx.args() {
            [value] => match serde_json::to_string(&SerializableKValue(value)) {
                Ok(text) => Ok(text.into()),
                Err(error) => runtime_error!("to_json: {error}"),
            },
            unexpected => unexpected_args("|Any|", unexpected),
        }
    });
    prelude.add_fn("from_json", |ctx| -> KotoResult<KValue> {
        match ctx.args() {
            [KValue::Str(text)] => match serde_json::from_str::<DeserializableKValue>(text) {
                Ok(value) => Ok(value.into()),
                Err(error) => runtime_error!("from_json: {error}"),
            },
            unexpected => unexpected_args("|String|", unexpected),
        }
    });
}

/// A runtime with the function that takes the response.
fn runtime_with(body: &Rc<RefCell<String>>) -> Koto {
    let koto = Koto::default();
    let sink = Rc::clone(body);
    koto.prelude().add_fn("respond", move |ctx| match ctx.args() {
        [KValue::Str(text)] => {
            sink.borrow_mut().push_str(text);
            Ok(KValue::Null)
        }
        unexpected => unexpected_args("|String|", unexpected),
    });
    koto
}

fn answer(koto: &mut Koto, chunk: &koto::Ptr<Chunk>, request: &Request) -> Result<i64, Error> {
    let params = request.params.iter().map(|(name, values)| {
        let param = KMap::default();
        param.insert("name", name.as_str());
        let values: Vec<KValue> = values.iter().map(|value| value.as_str().into()).collect();
        param.insert("values", KList::from_slice(&values));
        KValue::from(param)
    });
    let params: Vec<KValue> = params.collect();
    koto.prelude().insert("params", KList::from_slice(&params));
    match koto.run(chunk.clone())? {
        KValue::Number(status) => Ok(status.into()),
        _ => Err("the webhook gives a status".into()),
    }
}

impl Language for KotoLang {
    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static KOTO: RefCell<Koto> = RefCell::default());
        Ok(KOTO.with_borrow_mut(|koto| koto.compile(source).map(drop))?)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let mut koto = Koto::default();
        add_functions(koto.prelude());
        let chunk = koto.compile(source)?;
        Ok(Box::new(move || {
            let value = koto.run(chunk.clone())?;
            Ok(koto.value_to_string(value)?)
        }))
    }

    fn webhook(&self, source: &str, state: State) -> Result<Responder, Error> {
        let body = Rc::new(RefCell::new(String::new()));
        let mut koto = runtime_with(&body);
        let chunk = koto.compile(source)?;
        if state == State::Kept {
            return Ok(Box::new(move |request: &Request| Ok((answer(&mut koto, &chunk, request)?, body.take()))));
        }
        Ok(Box::new(move |request: &Request| {
            let mut koto = runtime_with(&body);
            Ok((answer(&mut koto, &chunk, request)?, body.take()))
        }))
    }
}
