use crate::engine::{Error, Language, Request, Responder, Runner, State, TooLong};
use rhai::{Array, Dynamic, EvalAltResult, Map, Scope};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

/// With its default features.
#[derive(Clone, Copy)]
pub struct Rhai {
    limited: bool,
}

/// How long a run with limits may take. Some of the workloads would take an hour, since the sizes of a whole array are
/// added up with each `push`.
pub const DEADLINE: Duration = Duration::from_secs(10);

impl Rhai {
    /// Without limits but for the 512 calls that sil has too; 0 would forbid calls.
    pub fn without_limits() -> Self {
        Self { limited: false }
    }

    /// With limits as sil has them by default: work, depth, sizes, time.
    pub fn with_limits() -> Self {
        Self { limited: true }
    }

    fn engine(self, deadline: &Rc<Cell<Option<Instant>>>) -> rhai::Engine {
        let mut engine = rhai::Engine::new();
        engine.set_max_call_levels(512).set_max_expr_depths(0, 0);
        if self.limited {
            engine
                .set_max_expr_depths(256, 256)
                .set_max_operations(500_000_000)
                .set_max_string_size(64 << 20)
                .set_max_array_size(10_000_000)
                .set_max_map_size(10_000_000);
            let deadline = Rc::clone(deadline);
            engine.on_progress(move |operations| {
                let over = operations % 4096 == 0 && deadline.get().is_some_and(|end| Instant::now() > end);
                over.then(|| "too long".into())
            });
        }
        engine.register_fn("weight", |n: i64| n % 10);
        engine.register_fn("to_json", |value: Array| -> Result<String, Box<EvalAltResult>> {
            serde_json::to_string(&value).map_err(|error| error.to_string().into())
        });
        engine.register_fn("from_json", |text: &str| -> Result<Dynamic, Box<EvalAltResult>> {
            serde_json::from_str(text).map_err(|error| error.to_string().into())
        });
        engine
    }
}

impl Language for Rhai {
    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local! {
            static FREE: rhai::Engine = Rhai::without_limits().engine(&Rc::default());
            static LIMITED: rhai::Engine = Rhai::with_limits().engine(&Rc::default());
        }
        let engine = if self.limited { &LIMITED } else { &FREE };
        Ok(engine.with(|engine| engine.compile(source).map(drop))?)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let deadline = Rc::default();
        let engine = self.engine(&deadline);
        let ast = engine.compile(source)?;
        Ok(Box::new(move || {
            deadline.set(Some(Instant::now() + DEADLINE));
            match engine.eval_ast::<Dynamic>(&ast) {
                Ok(value) => Ok(value.to_string()),
                Err(error) if matches!(*error, EvalAltResult::ErrorTerminated(..)) => Err(TooLong.into()),
                Err(error) => Err(error),
            }
        }))
    }

    fn webhook(&self, source: &str, _: State) -> Result<Responder, Error> {
        let deadline = Rc::default();
        let mut engine = self.engine(&deadline);
        let body = Rc::new(RefCell::new(String::new()));
        let sink = Rc::clone(&body);
        engine.register_fn("respond", move |text: &str| sink.borrow_mut().push_str(text));
        let ast = engine.compile(source)?;
        Ok(Box::new(move |request: &Request| {
            deadline.set(Some(Instant::now() + DEADLINE));
            let params: Array = request
                .params
                .iter()
                .map(|(name, values)| {
                    let values: Array = values.iter().map(|value| value.clone().into()).collect();
                    let mut param = Map::new();
                    param.insert("name".into(), name.clone().into());
                    param.insert("values".into(), values.into());
                    param.into()
                })
                .collect();
            let mut scope = Scope::new();
            scope.push("params", params);
            let status = engine.eval_ast_with_scope::<i64>(&mut scope, &ast)?;
            Ok((status, body.take()))
        }))
    }
}
