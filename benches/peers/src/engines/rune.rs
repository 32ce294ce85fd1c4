use crate::engine::{Error, Language, Request, Responder, Runner, State};
use rune::{
    Context, Module, Source, Sources, Unit, Vm,
    runtime::{Object, RuntimeContext},
    to_value,
};
use std::{
    mem,
    sync::{Arc, Mutex},
};

/// Without its budget of instructions.
#[derive(Clone, Copy)]
pub struct Rune;

/// What takes the response; functions of this language have to be `Sync`.
type Body = Arc<Mutex<String>>;

fn context(body: &Body) -> Result<Context, Error> {
    let mut context = Context::with_default_modules()?;
    context.install(rune_modules::json::module(false)?)?;
    let mut module = Module::new();
    module.function("weight", |n: i64| n % 10).build()?;
    let sink = Arc::clone(body);
    let respond = move |text: &str| {
        if let Ok(mut body) = sink.lock() {
            body.push_str(text);
        }
    };
    module.function("respond", respond).build()?;
    context.install(module)?;
    Ok(context)
}

fn compiled(context: &Context, source: &str) -> Result<Unit, Error> {
    let mut sources = Sources::new();
    sources.insert(Source::memory(source)?)?;
    let mut diagnostics = rune::Diagnostics::new();
    let unit = rune::prepare(&mut sources).with_context(context).with_diagnostics(&mut diagnostics).build();
    unit.map_err(|error| format!("{error}: {diagnostics:?}").into())
}

fn answer(vm: &mut Vm, request: &Request) -> Result<i64, Error> {
    let mut params = rune::runtime::Vec::with_capacity(request.params.len())?;
    for (name, values) in &request.params {
        let mut list = rune::runtime::Vec::with_capacity(values.len())?;
        for value in values {
            list.push(to_value(value.as_str())?)?;
        }
        let mut param = Object::new();
        param.insert("name".try_into()?, to_value(name.as_str())?)?;
        param.insert("values".try_into()?, to_value(list)?)?;
        params.push(to_value(param)?)?;
    }
    Ok(rune::from_value(vm.call(["main"], (params,))?)?)
}

fn taken(body: &Body) -> String {
    body.lock().map(|mut body| mem::take(&mut *body)).unwrap_or_default()
}

impl Language for Rune {
    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static CONTEXT: Context = context(&Body::default()).expect("the modules fit together"));
        CONTEXT.with(|context| compiled(context, source).map(drop))
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let context = context(&Body::default())?;
        let unit = compiled(&context, source)?;
        let mut vm = Vm::new(Arc::new(context.runtime()?), Arc::new(unit));
        Ok(Box::new(move || Ok(rune::from_value::<i64>(vm.call(["main"], ())?)?.to_string())))
    }

    fn webhook(&self, source: &str, state: State) -> Result<Responder, Error> {
        let body = Body::default();
        let context = context(&body)?;
        let unit = Arc::new(compiled(&context, source)?);
        let runtime: Arc<RuntimeContext> = Arc::new(context.runtime()?);
        let mut kept = Vm::new(Arc::clone(&runtime), Arc::clone(&unit));
        Ok(Box::new(move |request: &Request| {
            let status = match state {
                State::Fresh => answer(&mut Vm::new(Arc::clone(&runtime), Arc::clone(&unit)), request)?,
                State::Kept => answer(&mut kept, request)?,
            };
            Ok((status, taken(&body)))
        }))
    }
}
