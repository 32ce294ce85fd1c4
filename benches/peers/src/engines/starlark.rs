use crate::engine::{Error, Language, Request, Responder, Runner, State};
use starlark::{
    any::ProvidesStaticType,
    environment::{Globals, GlobalsBuilder, LibraryExtension, Module},
    eval::Evaluator,
    syntax::{AstModule, Dialect},
    values::{dict::AllocDict, list::AllocList, none::NoneType},
};
use std::cell::RefCell;

/// starlark-rust in the extended dialect.
#[derive(Clone, Copy)]
pub struct Starlark;

#[derive(Debug, Default, ProvidesStaticType)]
struct Body(RefCell<String>);

/// What the scripts call.
#[starlark::starlark_module]
fn functions(builder: &mut GlobalsBuilder) {
    fn respond<'v>(text: &str, eval: &mut Evaluator<'v, '_, '_>) -> anyhow::Result<NoneType> {
        if let Some(body) = eval.extra.and_then(|extra| extra.downcast_ref::<Body>()) {
            body.0.borrow_mut().push_str(text);
        }
        Ok(NoneType)
    }

    fn weight(n: i32) -> anyhow::Result<i32> {
        Ok(n % 10)
    }
}

fn globals() -> Globals {
    GlobalsBuilder::extended_by(&[LibraryExtension::Json]).with(functions).build()
}

fn parse(source: &str) -> Result<AstModule, Error> {
    AstModule::parse("bench.star", source.to_owned(), &Dialect::Extended).map_err(|error| error.to_string().into())
}

fn evaluate(ast: AstModule, globals: &Globals) -> Result<String, Error> {
    Module::with_temp_heap(|module| {
        let value = Evaluator::new(&module).eval_module(ast, globals).map_err(|error| error.to_string())?;
        Ok(value.to_str())
    })
}

impl Language for Starlark {
    /// Functions get their code when the module is evaluated, which is why these scripts have nothing else.
    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static GLOBALS: Globals = globals());
        let ast = parse(source)?;
        GLOBALS.with(|globals| evaluate(ast, globals).map(drop))
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let ast = parse(source)?;
        let globals = globals();
        Ok(Box::new(move || evaluate(ast.clone(), &globals)))
    }

    /// The frozen module is shared, each run has a heap of its own: there is no state to keep.
    fn webhook(&self, source: &str, _: State) -> Result<Responder, Error> {
        let ast = parse(source)?;
        let globals = globals();
        let frozen = Module::with_temp_heap(|module| {
            Evaluator::new(&module).eval_module(ast, &globals).map_err(|error| error.to_string())?;
            module.freeze().map_err(|error| format!("{error:?}"))
        })?;
        let main = frozen.get("main")?;
        Ok(Box::new(move |request: &Request| {
            let body = Body::default();
            let status = Module::with_temp_heap(|module| {
                let heap = module.heap();
                let params = heap.alloc(AllocList(request.params.iter().map(|(name, values)| {
                    let values = heap.alloc(AllocList(values.iter().map(String::as_str)));
                    heap.alloc(AllocDict([("name", heap.alloc(name.as_str())), ("values", values)]))
                })));
                let main = heap.access_owned_frozen_value(&main);
                let mut evaluator = Evaluator::new(&module);
                evaluator.extra = Some(&body);
                let status = evaluator.eval_function(main, &[params], &[]).map_err(|error| error.to_string())?;
                status.unpack_i32().ok_or_else(|| "the webhook gives a status".to_owned())
            })?;
            Ok((i64::from(status), body.0.into_inner()))
        }))
    }
}
