use super::{Engine, Error, Request, Responder, Runner, State};
use rhai::{Array, Dynamic, Map, Scope};
use std::{cell::RefCell, rc::Rc};

/// With its default features and without limits.
pub struct Rhai;

fn engine() -> rhai::Engine {
    let mut engine = rhai::Engine::new();
    engine
        .set_max_call_levels(512)
        .set_max_operations(0)
        .set_max_expr_depths(0, 0)
        .set_max_string_size(0)
        .set_max_array_size(0)
        .set_max_map_size(0);
    engine.register_fn("to_json", |value: Array| {
        serde_json::to_string(&value).expect("values of the bench have a JSON form")
    });
    engine.register_fn("from_json", |text: &str| {
        let tree = serde_json::from_str(text).expect("the text was made by `to_json`");
        dynamic(tree)
    });
    engine
}

/// Its own reader takes numbers for maps, since starlark turns on `arbitrary_precision` of serde_json here.
fn dynamic(tree: serde_json::Value) -> Dynamic {
    match tree {
        serde_json::Value::Null => Dynamic::UNIT,
        serde_json::Value::Bool(flag) => flag.into(),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(integer) => integer.into(),
            None => number.as_f64().unwrap_or(f64::NAN).into(),
        },
        serde_json::Value::String(text) => text.into(),
        serde_json::Value::Array(items) => items.into_iter().map(dynamic).collect::<Array>().into(),
        serde_json::Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name.into(), dynamic(value))).collect::<Map>().into()
        }
    }
}

impl Engine for Rhai {
    fn name(&self) -> &'static str {
        "rhai"
    }

    fn package(&self) -> &'static str {
        "rhai"
    }

    fn extension(&self) -> &'static str {
        "rhai"
    }

    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static ENGINE: rhai::Engine = engine());
        Ok(ENGINE.with(|engine| engine.compile(source).map(drop))?)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let engine = engine();
        let ast = engine.compile(source)?;
        Ok(Box::new(move || engine.eval_ast::<Dynamic>(&ast).expect("the script ends well").to_string()))
    }

    fn webhook(&self, source: &str, _: State) -> Result<Responder, Error> {
        let mut engine = engine();
        let body = Rc::new(RefCell::new(String::new()));
        let sink = Rc::clone(&body);
        engine.register_fn("respond", move |text: &str| sink.borrow_mut().push_str(text));
        let ast = engine.compile(source)?;
        Ok(Box::new(move |request: &Request| {
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
            let status = engine.eval_ast_with_scope::<i64>(&mut scope, &ast).expect("the script ends well");
            (status, body.take())
        }))
    }
}
