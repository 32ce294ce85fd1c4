//! `sil check`: all problems of many files.

use crate::{
    FINE, NOT_COMPILED, Refusal,
    arguments::{CheckArguments, Level},
    files::{is_stdin, read_script},
    fix::fix,
    includes::Folder,
    output,
};
use serde_json::json;
use sil::{Diagnostics, Engine, diagnostics::sarif};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Checks files and folders; the exit code says whether there was an error.
///
/// A file that cannot be read does not keep the others from being checked.
pub fn check(arguments: &CheckArguments) -> Result<u8, Refusal> {
    if arguments.fix && arguments.files.iter().any(|path| is_stdin(path)) {
        return Err(Refusal::usage("standard input cannot be fixed, only files can"));
    }
    let mut totals = Totals::default();
    for path in &arguments.files {
        if !path.is_dir() {
            let includes = arguments.include_dir.as_deref().map_or_else(|| Folder::of_script(path), Folder::new);
            totals.check_file(&engine(includes), path, arguments)?;
            continue;
        }
        let engine = engine(Folder::new(arguments.include_dir.as_ref().unwrap_or(path)));
        match scripts_below(path) {
            Ok(scripts) => {
                for script in scripts {
                    totals.check_file(&engine, &script, arguments)?;
                }
            }
            Err(refusal) => totals.refuse(refusal),
        }
    }
    let Totals { files, errors, warnings, refused, fixed, found } = totals;
    if arguments.sarif {
        output::put(&format!("{}\n", sarif(&found)))?;
    } else if !arguments.json {
        let (files, errors, warnings) =
            (counted(files, "file"), counted(errors, "error"), counted(warnings, "warning"));
        let fixed =
            if arguments.fix { format!("{} applied, ", counted_as(fixed, "fix", "fixes")) } else { String::new() };
        output::note(&format!("{files} checked: {fixed}{errors}, {warnings}"));
    }
    Ok(refused.unwrap_or(if errors > 0 { NOT_COMPILED } else { FINE }))
}

fn engine(includes: Folder) -> Engine {
    Engine::builder().include_loader(includes).build()
}

#[derive(Default)]
struct Totals {
    files: usize,
    errors: usize,
    warnings: usize,
    /// The exit code of the last file that could not be read.
    refused: Option<u8>,
    fixed: usize,
    /// Everything that was found, where it is told at the end.
    found: Vec<Diagnostics>,
}

impl Totals {
    fn refuse(&mut self, refusal: Refusal) {
        output::complain(&refusal.message);
        self.refused = Some(refusal.code);
    }

    /// Checks one file and prints what was found.
    fn check_file(&mut self, engine: &Engine, path: &Path, arguments: &CheckArguments) -> Result<(), Refusal> {
        let mut script = match read_script(path) {
            Ok(script) => script,
            Err(refusal) => {
                self.refuse(refusal);
                return Ok(());
            }
        };
        let applied = if arguments.fix { fix(engine, path, &mut script, arguments.level) } else { Ok(0) };
        let applied = applied.unwrap_or_else(|refusal| {
            self.refuse(refusal);
            0
        });
        self.fixed = self.fixed.saturating_add(applied);
        let diagnostics = match arguments.level {
            Level::Parse => engine.parse(&script.name, &script.text),
            Level::All => engine.check(&script.name, &script.text),
        };
        let (errors, warnings) = (diagnostics.errors().count(), diagnostics.warnings().count());
        self.files = self.files.saturating_add(1);
        self.errors = self.errors.saturating_add(errors);
        self.warnings = self.warnings.saturating_add(warnings);
        if arguments.json {
            let mut object =
                json!({"file": script.name, "errors": errors, "warnings": warnings, "diagnostics": diagnostics});
            if arguments.fix
                && let Some(members) = object.as_object_mut()
            {
                members.insert("fixed".to_owned(), json!(applied));
            }
            return output::put(&format!("{object}\n"));
        }
        if arguments.sarif {
            self.found.push(diagnostics);
            return Ok(());
        }
        if diagnostics.is_empty() {
            return Ok(());
        }
        output::put(&format!("{}\n\n", diagnostics.render(output::colour_on_stdout())))
    }
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
    counted_as(count, noun, &format!("{noun}s"))
}

fn counted_as(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
