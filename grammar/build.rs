//! Generates the parser from `sil.lalrpop`, and does nothing else.

use std::{env, path::Path, process::exit};

fn main() {
    println!("cargo:rerun-if-changed=grammar/sil.lalrpop");
    println!("cargo:rerun-if-changed=grammar/build.rs");
    let Some(out) = env::var_os("OUT_DIR") else {
        eprintln!("OUT_DIR is not set: run this through cargo");
        exit(1);
    };
    let built = lalrpop::Configuration::new()
        .set_in_dir("grammar")
        .set_out_dir(Path::new(&out))
        .emit_comments(false)
        .emit_rerun_directives(false)
        .process();
    if let Err(error) = built {
        eprintln!("grammar/sil.lalrpop: {error}");
        exit(1);
    }
}
