use super::{Engine, Error, Request, Responder, Runner, State};
use mlua::{Function, Lua, Value};
use std::{cell::RefCell, rc::Rc};

/// PUC Lua 5.4 through mlua.
pub struct Lua54;

fn shown(value: Value) -> String {
    match value {
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        value => value.to_string().unwrap_or_default(),
    }
}

/// A state with the function that takes the response.
fn state_with(body: &Rc<RefCell<String>>) -> mlua::Result<Lua> {
    let lua = Lua::new();
    let sink = Rc::clone(body);
    let respond = lua.create_function(move |_, text: mlua::LuaString| {
        sink.borrow_mut().push_str(&text.to_str()?);
        Ok(())
    })?;
    lua.globals().set("respond", respond)?;
    Ok(lua)
}

fn answer(lua: &Lua, script: &Function, request: &Request) -> mlua::Result<i64> {
    let params = lua.create_table()?;
    for (name, values) in &request.params {
        let param = lua.create_table()?;
        param.raw_set("name", name.as_str())?;
        param.raw_set("values", values.as_slice())?;
        params.raw_push(param)?;
    }
    lua.globals().set("params", params)?;
    script.call(())
}

impl Engine for Lua54 {
    fn name(&self) -> &'static str {
        "Lua 5.4, mlua"
    }

    fn package(&self) -> &'static str {
        "mlua"
    }

    fn extension(&self) -> &'static str {
        "lua"
    }

    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static STATE: Lua = Lua::new());
        Ok(STATE.with(|lua| lua.load(source).into_function().map(drop))?)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let lua = Lua::new();
        let script = lua.load(source).into_function()?;
        Ok(Box::new(move || {
            let _keep = &lua;
            shown(script.call(()).expect("the script ends well"))
        }))
    }

    fn webhook(&self, source: &str, state: State) -> Result<Responder, Error> {
        let body = Rc::new(RefCell::new(String::new()));
        let lua = state_with(&body)?;
        let script = lua.load(source).into_function()?;
        if state == State::Kept {
            return Ok(Box::new(move |request: &Request| {
                (answer(&lua, &script, request).expect("the script ends well"), body.take())
            }));
        }
        let code = script.dump(true);
        Ok(Box::new(move |request: &Request| {
            let run = || {
                let lua = state_with(&body)?;
                let script = lua.load(&code[..]).set_mode(mlua::chunk::ChunkMode::Binary).into_function()?;
                answer(&lua, &script, request)
            };
            (run().expect("the script ends well"), body.take())
        }))
    }
}
