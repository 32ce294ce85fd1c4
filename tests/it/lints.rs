//! Exceptions from the lints: each has a reason, and those that could panic are counted in the chapter `design`.

use crate::house::{files, root, short};
use std::{collections::BTreeMap, fs};

/// Lints whose exceptions may make the library panic.
const PANICS: [&str; 8] = [
    "unwrap_used",
    "expect_used",
    "indexing_slicing",
    "string_slice",
    "panic",
    "todo",
    "unimplemented",
    "arithmetic_side_effects",
];

/// An attribute that takes a lint back.
struct Exception {
    place: String,
    text: String,
    /// It is on what only tests compile.
    test: bool,
}

/// All exceptions in `src`.
fn exceptions() -> Vec<Exception> {
    let mut found = Vec::new();
    for path in files("src", "rs") {
        let text = fs::read_to_string(&path).unwrap();
        for start in ["#[allow(", "#[expect(", "#![allow(", "#![expect("] {
            for (at, _) in text.match_indices(start) {
                let line = text[..at].matches('\n').count() + 1;
                let length = text[at..].find(")]").unwrap();
                let before = text[..at].trim_end().lines().next_back().unwrap_or("");
                let test = before.trim() == "#[cfg(test)]" || text[at..at + length].contains("a test stops at");
                let place = format!("{}:{line}", short(&path));
                found.push(Exception { place, text: text[at..at + length].to_owned(), test });
            }
        }
    }
    assert!(found.len() > 30, "{} exceptions read", found.len());
    found
}

#[test]
fn each_exception_has_a_reason() {
    let without: Vec<String> = exceptions()
        .into_iter()
        .filter(|exception| !exception.text.contains("reason = \""))
        .map(|exception| exception.place)
        .collect();
    assert!(without.is_empty(), "exceptions without a reason: {without:#?}");
}

/// The table of the chapter: each lint with the number of its exceptions.
fn told() -> BTreeMap<String, usize> {
    let chapter = fs::read_to_string(root().join("src/guide/design.md")).unwrap();
    let table = chapter.split("| lint | exceptions |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        (cells[1].trim_matches('`').to_owned(), cells[2].parse().unwrap())
    })
    .collect()
}

#[test]
fn exceptions_that_could_panic_are_counted() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let mut places = Vec::new();
    for lint in PANICS {
        assert!(manifest.contains(&format!("\n{lint} = \"deny\"\n")), "{lint} is denied");
        counted.insert(lint.to_owned(), 0);
        let name = format!("clippy::{lint},");
        for exception in exceptions().iter().filter(|exception| !exception.test) {
            if exception.text.contains(&name) {
                *counted.get_mut(lint).unwrap() += 1;
                places.push(format!("{}: {lint}", exception.place));
            }
        }
    }
    assert_eq!(counted, told(), "exceptions in the code and in the chapter: {places:#?}");
}
