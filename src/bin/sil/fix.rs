//! `sil check --fix`: fixes that are certain, in the file itself.

use crate::{
    Refusal,
    arguments::Level,
    files::{Script, replace_file},
    output,
};
use sil::{Diagnostics, Engine, diagnostics::Fixed};
use std::{fs, path::Path};

/// A fix may uncover the next one, but not forever.
const ROUNDS: usize = 20;

/// How good a text is: the errors of its syntax, then all errors. Errors of meaning only show once the syntax is right.
fn badness(engine: &Engine, name: &str, text: &str) -> (usize, usize) {
    let syntax = engine.parse(name, text).errors().count();
    (syntax, if syntax > 0 { usize::MAX } else { engine.check(name, text).errors().count() })
}

fn problems(engine: &Engine, level: Level, name: &str, text: &str) -> Diagnostics {
    match level {
        Level::Parse => engine.parse(name, text),
        Level::All => engine.check(name, text),
    }
}

/// Repairs a script and its file; gives how many fixes were applied.
///
/// Only the file itself is changed, not those it includes, and only as a whole. It stays as it is when it does not
/// become better, or when somebody else changed it meanwhile.
pub fn fix(engine: &Engine, path: &Path, script: &mut Script, level: Level) -> Result<usize, Refusal> {
    let (mut text, mut applied) = (script.text.clone(), 0_usize);
    let mut before = badness(engine, &script.name, &text);
    for _ in 0..ROUNDS {
        let found = problems(engine, level, &script.name, &text);
        let Some(file) = found.sources().files().next() else { break };
        let Some(Fixed { text: mended, count }) = found.fixed(file) else { break };
        // What the engine leaves out at the beginning, a byte order mark, stays.
        let Some(mark) = text.strip_suffix(file.text()) else { break };
        let mended = format!("{mark}{mended}");
        let after = badness(engine, &script.name, &mended);
        if after > before {
            break;
        }
        (text, applied, before) = (mended, applied.saturating_add(count), after);
    }
    if applied == 0 {
        return Ok(0);
    }
    let cannot = |error: std::io::Error| Refusal::no_input(format!("cannot fix {}: {error}", path.display()));
    if fs::read(path).map_err(cannot)? != script.text.as_bytes() {
        output::complain(&format!("{} has changed meanwhile and was not fixed", path.display()));
        return Ok(0);
    }
    replace_file(path, text.as_bytes()).map_err(cannot)?;
    script.text = text;
    Ok(applied)
}
