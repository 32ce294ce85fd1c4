//! LuaJIT with its JIT off, in a process of its own; the scripts and the code around them are those of Lua 5.4.

#[path = "../../src/drive.rs"]
mod drive;
#[path = "../../src/engine.rs"]
mod engine;
#[path = "../../src/engines/lua.rs"]
mod lua;

fn main() -> Result<(), engine::Error> {
    drive::serve(&lua::Lua::without_jit())
}
