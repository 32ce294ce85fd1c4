//! The scripts in the guide parse and check, and the broken ones give what stands below them.

use super::house::{files, short};
use sil::Engine;
#[cfg(feature = "render")]
use sil::{Limits, MemoryHost};
use std::fs;

struct Block {
    /// File and line.
    place: String,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut found = Vec::new();
    for path in files("src/guide", "md") {
        let text = fs::read_to_string(&path).unwrap();
        let mut lines = text.lines().zip(1..);
        while let Some((line, number)) = lines.next() {
            if line.trim() == "```sil" {
                let body: Vec<&str> = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```").collect();
                found.push(Block { place: format!("{}:{number}", short(&path)), text: body.join("\n") });
            }
        }
    }
    assert!(found.len() > 100, "{} scripts", found.len());
    found
}

#[test]
fn scripts_parse() {
    let engine = Engine::new();
    for Block { place, text } in blocks() {
        let found = engine.parse("guide.sil", &text);
        assert!(!found.has_errors(), "{place}\n{found}");
    }
}

#[test]
fn scripts_check() {
    let engine = Engine::new();
    let mut failures = String::new();
    // Files to include are not there.
    for Block { place, text } in blocks().iter().filter(|block| !block.text.contains("include \"")) {
        let found = engine.check("guide.sil", text);
        if found.has_errors() {
            failures += &format!("{place}\n{text}\n{found}\n\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// What `sil` prints for a script.
#[cfg(feature = "render")]
fn printed(script: &str) -> String {
    let engine = Engine::new();
    let found = engine.check("script.sil", script);
    match engine.compile("script.sil", script) {
        Ok(program) if found.is_empty() => {
            let result = program.run(&mut MemoryHost::new(), &Limits::default());
            result.map_or_else(|error| error.report(), |_| String::new())
        }
        _ => found.render(false),
    }
}

#[test]
#[cfg(feature = "render")]
fn broken_scripts_give_what_stands_below_them() {
    let text = include_str!("../../src/guide/mistakes.md");
    let examples: Vec<&str> = text.split("```broken\n").skip(1).collect();
    assert_eq!(examples.len(), 10);
    for example in examples {
        let (script, rest) = example.split_once("```\n").unwrap();
        let shown = rest.split_once("```text\n").unwrap().1.split_once("```").unwrap().0;
        let found = printed(script);
        let found: String = found.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        assert_eq!(found, shown, "{script}");
    }
}
