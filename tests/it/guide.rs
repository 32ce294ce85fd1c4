//! The scripts in the guide parse and check.

use super::house::{files, short};
use sil::Engine;
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
