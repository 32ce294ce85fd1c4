//! `sil check`: all problems of many files.

use crate::{
    FINE, NOT_COMPILED, Refusal,
    arguments::{CheckArguments, Level},
    files::read_script,
    includes::Folder,
    output,
};
use serde_json::json;
use sil::Engine;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Checks files and folders; the exit code says whether there was an error.
pub fn check(arguments: &CheckArguments) -> Result<u8, Refusal> {
    let (mut files, mut errors, mut warnings) = (0usize, 0usize, 0usize);
    for path in &arguments.files {
        let folder = path.is_dir();
        let scripts = if folder { scripts_below(path)? } else { vec![path.clone()] };
        for script in scripts {
            let includes = match &arguments.include_dir {
                Some(root) => Folder::new(root),
                None if folder => Folder::new(path),
                None => Folder::of_script(&script),
            };
            let engine = Engine::builder().include_loader(includes).build();
            let (found, warned) = check_file(&engine, &script, arguments)?;
            files = files.saturating_add(1);
            errors = errors.saturating_add(found);
            warnings = warnings.saturating_add(warned);
        }
    }
    if !arguments.json {
        output::note(&format!(
            "{} checked: {}, {}",
            counted(files, "file"),
            counted(errors, "error"),
            counted(warnings, "warning")
        ));
    }
    Ok(if errors > 0 { NOT_COMPILED } else { FINE })
}

/// Checks one file and prints what was found: the numbers of errors and warnings.
fn check_file(engine: &Engine, path: &Path, arguments: &CheckArguments) -> Result<(usize, usize), Refusal> {
    let script = read_script(path)?;
    let diagnostics = match arguments.level {
        Level::Parse => engine.parse(&script.name, &script.text),
        Level::All => engine.check(&script.name, &script.text),
    };
    let (errors, warnings) = (diagnostics.errors().count(), diagnostics.warnings().count());
    if arguments.json {
        let object = json!({
            "file": script.name,
            "errors": errors,
            "warnings": warnings,
            "diagnostics": diagnostics,
        });
        output::put(&format!("{object}\n"));
    } else if !diagnostics.is_empty() {
        output::put(&format!("{}\n\n", diagnostics.render(output::colour_on_stdout())));
    }
    Ok((errors, warnings))
}

/// All `.sil` and `.incl` files below a folder, by name. Links to folders are not followed, so this ends.
fn scripts_below(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let mut scripts = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        let cannot = |error: io::Error| Refusal::no_input(format!("cannot read {}: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let path = entry.path();
            if entry.file_type().map_err(cannot)?.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sil" || extension == "incl") {
                scripts.push(path);
            }
        }
    }
    scripts.sort();
    Ok(scripts)
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
