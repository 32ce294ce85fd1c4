//! Fixes that are certain never make a script worse, and come to an end.

use super::house::{files, short};
use sil::{Diagnostics, Engine, diagnostics::Fixed};
use std::fs;

fn errors(found: &Diagnostics) -> usize {
    found.errors().count()
}

/// Applies fixes until there are none; gives how many rounds it took and the text.
fn mended(engine: &Engine, place: &str, text: &str) -> (usize, String) {
    let mut text = text.to_owned();
    for round in 0..20 {
        let found = engine.check("a.sil", &text);
        let Some(file) = found.sources().files().next() else { return (round, text) };
        let Some(Fixed { text: next, .. }) = found.fixed(file) else { return (round, text) };
        let (before, after) = (errors(&engine.parse("a.sil", &text)), errors(&engine.parse("a.sil", &next)));
        assert!(after <= before, "{place}: {before} errors become {after}\n{text}\n----\n{next}");
        text = next;
    }
    panic!("{place}: the fixes never end\n{text}");
}

#[test]
fn fixes_never_make_a_script_worse() {
    let engine = Engine::new();
    let mut fixed = 0;
    for path in files("tests/scripts", "sil") {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let rounds = mended(&engine, &short(&path), &text).0;
        fixed += usize::from(rounds > 0);
    }
    assert!(fixed > 20, "only {fixed} scripts had fixes");
}

#[test]
fn damaged_scripts_are_not_made_worse() {
    let engine = Engine::new();
    for path in files("tests/scripts/corpus", "sil") {
        let text = fs::read_to_string(&path).unwrap();
        let texts = [
            text.replace(';', ""),
            text.replace('"', "'"),
            text.replace(" in ", " : "),
            text.replace("else if", "elseif"),
            text.replace("==", "==="),
            text.replace("!=", "<>").replace("function ", "def "),
            text.replace("string", "String"),
        ];
        for (index, damaged) in texts.iter().enumerate() {
            mended(&engine, &format!("{} damaged {index}", short(&path)), damaged);
        }
    }
}

#[test]
fn what_was_certain_is_right_again() {
    let engine = Engine::new();
    let text = "string[] names = {\"Ada\", \"Bo\"};\nfunction f(string a) { return a; }\n\
                for (string name in names) {\n    if (name == \"Ada\") { print(f(name)); } else if (name != \"x\") { print(1); }\n}\n\
                return true, 200;\n";
    let damaged = text
        .replace('"', "'")
        .replace(";\n", "\n")
        .replace(" in ", " : ")
        .replace("else if", "elseif")
        .replace("==", "===")
        .replace("!=", "<>")
        .replace("function", "def")
        .replace("string", "String")
        .replace("true, 200", "(true, 200)");
    assert_ne!(damaged, text);
    assert_eq!(mended(&engine, "damaged", &damaged).1, text);
}
