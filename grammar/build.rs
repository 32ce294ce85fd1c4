//! Generates two parsers from `sil.lalrpop`, one that recovers from errors and a plain one, and does nothing else.

use std::{env, error::Error, fs, path::Path, process::exit};

const GRAMMAR: &str = "grammar/sil.lalrpop";

fn main() {
    println!("cargo:rerun-if-changed={GRAMMAR}");
    println!("cargo:rerun-if-changed=grammar/build.rs");
    let Some(out) = env::var_os("OUT_DIR") else {
        eprintln!("OUT_DIR is not set: run this through cargo");
        exit(1);
    };
    for (parser, other) in [("plain", "recovery"), ("recovery", "plain")] {
        if let Err(error) = generate(&Path::new(&out).join(parser), parser, other) {
            eprintln!("{GRAMMAR}: {error}");
            exit(1);
        }
    }
}

/// LALRPOP knows conditional rules, but no conditional attributes: those are settled here.
fn generate(folder: &Path, parser: &str, other: &str) -> Result<(), Box<dyn Error>> {
    let grammar = fs::read_to_string(GRAMMAR)?;
    let grammar = grammar.replace(&format!("#[inline({parser})]"), "#[inline]");
    let grammar = grammar.replace(&format!("#[inline({other})]"), "");
    fs::create_dir_all(folder)?;
    fs::write(folder.join("sil.lalrpop"), grammar)?;
    lalrpop::Configuration::new()
        .set_in_dir(folder)
        .set_out_dir(folder)
        .set_features([parser.to_owned()])
        .emit_comments(false)
        .emit_rerun_directives(false)
        .process()
}
