use crate::engine::{Error, Language, Request, Responder, Runner, State};
use mlua::{Function, LuaSerdeExt, LuaString, Table, Value, chunk::ChunkMode};
use std::{cell::RefCell, rc::Rc};

/// Lua through mlua: PUC Lua 5.4, or LuaJIT where that is what mlua was built with.
#[derive(Clone, Copy)]
pub struct Lua {
    stop_jit: bool,
}

#[allow(dead_code, reason = "each program uses one of the two")]
impl Lua {
    pub fn puc() -> Self {
        Self { stop_jit: false }
    }

    pub fn without_jit() -> Self {
        Self { stop_jit: true }
    }

    fn state(self) -> mlua::Result<mlua::Lua> {
        let lua = mlua::Lua::new();
        if self.stop_jit {
            lua.globals().get::<Table>("jit")?.get::<Function>("off")?.call::<()>(())?;
        }
        Ok(lua)
    }

    /// A state with the function that takes the response.
    fn state_with(self, body: &Rc<RefCell<String>>) -> mlua::Result<mlua::Lua> {
        let lua = self.state()?;
        let sink = Rc::clone(body);
        let respond = lua.create_function(move |_, text: LuaString| {
            sink.borrow_mut().push_str(&text.to_str()?);
            Ok(())
        })?;
        lua.globals().set("respond", respond)?;
        Ok(lua)
    }
}

fn shown(value: Value) -> String {
    match value {
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        value => value.to_string().unwrap_or_default(),
    }
}

/// What the scripts call.
fn add_functions(lua: &mlua::Lua) -> mlua::Result<()> {
    let globals = lua.globals();
    globals.set("weight", lua.create_function(|_, n: i64| Ok(n % 10))?)?;
    globals.set(
        "to_json",
        lua.create_function(|_, value: Value| serde_json::to_string(&value).map_err(mlua::Error::external))?,
    )?;
    globals.set(
        "from_json",
        lua.create_function(|lua, text: LuaString| {
            let tree: serde_json::Value = serde_json::from_slice(&text.as_bytes()).map_err(mlua::Error::external)?;
            lua.to_value(&tree)
        })?,
    )
}

fn answer(lua: &mlua::Lua, script: &Function, request: &Request) -> mlua::Result<i64> {
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

impl Language for Lua {
    fn compile(&self, source: &str) -> Result<(), Error> {
        thread_local!(static STATE: mlua::Lua = mlua::Lua::new());
        Ok(STATE.with(|lua| lua.load(source).into_function().map(drop))?)
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let lua = self.state()?;
        add_functions(&lua)?;
        let script = lua.load(source).into_function()?;
        Ok(Box::new(move || {
            let _keep = &lua;
            Ok(shown(script.call(())?))
        }))
    }

    fn webhook(&self, source: &str, state: State) -> Result<Responder, Error> {
        let body = Rc::new(RefCell::new(String::new()));
        let lua = self.state_with(&body)?;
        let script = lua.load(source).into_function()?;
        if state == State::Kept {
            return Ok(Box::new(move |request: &Request| Ok((answer(&lua, &script, request)?, body.take()))));
        }
        let (language, code) = (*self, script.dump(true));
        Ok(Box::new(move |request: &Request| {
            let lua = language.state_with(&body)?;
            let script = lua.load(&code[..]).set_mode(ChunkMode::Binary).into_function()?;
            Ok((answer(&lua, &script, request)?, body.take()))
        }))
    }
}
