//! The languages that are compared, one file each. To add one: a file that implements `Language`, an entry in
//! [`all`], and its scripts.

mod koto;
mod lua;
mod native;
mod rhai;
mod rune;
mod sil;

use crate::{
    drive::Driven,
    engine::{Engine, Error},
    folder,
};
use std::{env, fs, process::Command};

/// A column of the table.
pub struct Column {
    pub name: &'static str,
    /// The package whose version counts, if there is one.
    pub package: Option<&'static str>,
    pub kind: Kind,
    scripts: Scripts,
    pub engine: Box<dyn Engine>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sil,
    Lua,
    /// An interpreter written in Rust.
    Rust,
    /// Another one.
    Other,
    Native,
}

/// Where the scripts of a language are; one that does not exist is work that the language cannot express.
enum Scripts {
    /// In a folder of the benches, with one of these endings, the first coming first.
    Files(&'static str, &'static [&'static str]),
    /// Nowhere: the work is known by its name.
    Names,
}

impl Column {
    /// The script for work of a size: the number `usual` stands in it wherever the size counts.
    pub fn source(&self, name: &str, usual: usize, size: usize) -> Option<String> {
        match self.scripts {
            Scripts::Files(place, endings) => {
                let read = |ending| fs::read_to_string(folder().join(format!("{place}/{name}.{ending}"))).ok();
                let source = endings.iter().find_map(read)?;
                Some(if size == usual { source } else { with_number(&source, usual, size) })
            }
            Scripts::Names => native::Native::source(name, size),
        }
    }
}

/// The text with another number instead of `old`, where that stands alone.
fn with_number(source: &str, old: usize, new: usize) -> String {
    let old = old.to_string();
    let mut text = String::new();
    for part in source.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        match part.strip_prefix(&old) {
            Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                text.push_str(&format!("{new}{rest}"));
            }
            _ => text.push_str(part),
        }
    }
    text
}

/// All of them, the first being what the others are compared with.
pub fn all() -> Result<Vec<Column>, Error> {
    Ok(vec![
        column("sil", Some("sil-lang"), Kind::Sil, Scripts::Files("../scripts", &["sil"]), sil::Sil),
        column("Lua 5.4, mlua", Some("mlua"), Kind::Lua, scripts(&["lua"]), lua::Lua::puc()),
        column("LuaJIT, JIT off", Some("luajit-src"), Kind::Other, scripts(&["luajit.lua", "lua"]), driven("luajit")?),
        column("rhai", Some("rhai"), Kind::Rust, scripts(&["rhai"]), rhai::Rhai::without_limits()),
        column("rhai, limits on", Some("rhai"), Kind::Rust, scripts(&["rhai"]), rhai::Rhai::with_limits()),
        column("koto", Some("koto"), Kind::Rust, scripts(&["koto"]), koto::KotoLang),
        column("rune", Some("rune"), Kind::Rust, scripts(&["rn"]), rune::Rune),
        column("starlark", Some("starlark"), Kind::Rust, scripts(&["star"]), driven("starlark")?),
        column("native Rust", None, Kind::Native, Scripts::Names, native::Native),
    ])
}

fn scripts(endings: &'static [&'static str]) -> Scripts {
    Scripts::Files("scripts", endings)
}

fn column(
    name: &'static str,
    package: Option<&'static str>,
    kind: Kind,
    scripts: Scripts,
    engine: impl Engine + 'static,
) -> Column {
    Column { name, package, kind, scripts, engine: Box::new(engine) }
}

/// The packages whose programs are driven, in folders of their names.
const DRIVEN: &[&str] = &["luajit", "starlark"];

/// Builds the programs that are driven, as this one was built. One by one: together they would share features.
pub fn build_driven() -> Result<(), Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for name in DRIVEN {
        let mut command = Command::new(&cargo);
        command.arg("build").arg("--manifest-path").arg(folder().join(name).join("Cargo.toml"));
        if !cfg!(debug_assertions) {
            command.arg("--release");
        }
        if !command.status()?.success() {
            return Err(format!("`{name}` could not be built").into());
        }
    }
    Ok(())
}

/// A program that lies beside this one.
fn driven(name: &str) -> Result<Driven, Error> {
    Driven::start(&env::current_exe()?.with_file_name(format!("sil-peers-{name}")))
}
