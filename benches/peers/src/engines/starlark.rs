use super::{Engine, Error, Request, Responder, Runner, State};
use starlark::{
    any::ProvidesStaticType,
    environment::{Globals, GlobalsBuilder, LibraryExtension, Module},
    eval::Evaluator,
    syntax::{AstModule, Dialect},
    values::{dict::AllocDict, list::AllocList, none::NoneType},
};
use std::cell::RefCell;

/// starlark-rust in the extended dialect.
pub struct Starlark;

#[derive(Debug, Default, ProvidesStaticType)]
struct Body(RefCell<String>);

#[starlark::starlark_module]
fn response(builder: &mut GlobalsBuilder) {
    fn respond<'v>(text: &str, eval: &mut Evaluator<'v, '_, '_>) -> anyhow::Result<NoneType> {
        if let Some(body) = eval.extra.and_then(|extra| extra.downcast_ref::<Body>()) {
            body.0.borrow_mut().push_str(text);
        }
        Ok(NoneType)
    }
}

fn parse(source: &str) -> Result<AstModule, Error> {
    AstModule::parse("bench.star", source.to_owned(), &Dialect::Extended).map_err(|error| error.to_string().into())
}

impl Engine for Starlark {
    fn name(&self) -> &'static str {
        "starlark"
    }

    fn package(&self) -> &'static str {
        "starlark"
    }

    fn extension(&self) -> &'static str {
        "star"
    }

    fn compile(&self, source: &str) -> Result<(), Error> {
        parse(source).map(drop)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let ast = parse(source)?;
        let globals = Globals::extended_by(&[LibraryExtension::Json]);
        Ok(Box::new(move || {
            Module::with_temp_heap(|module| {
                let mut evaluator = Evaluator::new(&module);
                evaluator.eval_module(ast.clone(), &globals).expect("the script ends well").to_str()
            })
        }))
    }

    fn webhook(&self, source: &str, _: State) -> Result<Responder, Error> {
        let ast = parse(source)?;
        let globals = GlobalsBuilder::extended_by(&[LibraryExtension::Json]).with(response).build();
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
                let status = evaluator.eval_function(main, &[params], &[]).expect("the script ends well");
                status.unpack_i32().map_or(0, i64::from)
            });
            (status, body.0.into_inner())
        }))
    }
}
