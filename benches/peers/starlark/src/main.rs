//! starlark-rust, in a process of its own.

#[path = "../../src/drive.rs"]
mod drive;
#[path = "../../src/engine.rs"]
mod engine;
#[path = "../../src/engines/starlark.rs"]
mod starlark_rust;

fn main() -> Result<(), engine::Error> {
    drive::serve(&starlark_rust::Starlark)
}
