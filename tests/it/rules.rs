//! Codes and rules: each code has a script or a test, each rule has a place in the guide and a script.

use super::house::{files, short};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

#[test]
fn every_code_has_a_script() {
    let mut shown = String::new();
    for path in files("tests/scripts", "snap") {
        shown += &fs::read_to_string(&path).unwrap();
    }
    // Loading needs more than one file, so these are tests in code.
    shown += include_str!("includes.rs");
    let codes: Vec<String> = sil::diagnostics::codes::all().map(|code| code.to_string()).collect();
    assert!(codes.len() > 50);
    let missing: Vec<&String> = codes.iter().filter(|code| !shown.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "codes without a script: {missing:?}");
}

/// The rules that a text names: `L-12`, `WH-3`.
fn rules(text: &str) -> impl Iterator<Item = (&str, u32)> {
    text.match_indices('-').filter_map(|(at, _)| {
        let series = ["WH", "L"].into_iter().find(|series| text[..at].ends_with(series))?;
        let before = text[..at - series.len()].chars().next_back();
        let digits = text[at + 1..].split(|c: char| !c.is_ascii_digit()).next().unwrap();
        let behind = text[at + 1 + digits.len()..].chars().next();
        let alone = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        (alone(before) && alone(behind)).then_some((series, digits.parse().ok()?))
    })
}

/// The rules the guide tells, each where it is told in full.
fn anchors() -> BTreeSet<(&'static str, u32)> {
    let mut found = BTreeSet::new();
    for path in files("src/guide", "md") {
        let text = fs::read_to_string(&path).unwrap();
        for (series, number) in rules(&text) {
            let series = if series == "L" { "L" } else { "WH" };
            if text.contains(&format!("**{series}-{number}**")) {
                found.insert((series, number));
            }
        }
    }
    assert!(found.len() > 150, "{} rules", found.len());
    found
}

#[test]
fn cited_rules_are_in_the_guide() {
    let known = anchors();
    let mut missing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folders = [("src", "rs"), ("src", "md"), ("grammar", "lalrpop"), ("grammar", "rs"), ("examples", "rs")];
    let tests = [("tests", "rs"), ("tests", "sil"), ("examples", "sil")];
    for (folder, extension) in folders.into_iter().chain(tests) {
        for path in files(folder, extension) {
            let text = fs::read_to_string(&path).unwrap();
            for (series, number) in rules(&text).filter(|rule| !known.contains(rule)) {
                missing.entry(format!("{series}-{number}")).or_default().insert(short(&path));
            }
        }
    }
    assert!(missing.is_empty(), "rules that the guide does not tell: {missing:#?}");
}

/// The rules a script says it shows: in its header, or in its name.
fn shown_by(path: &Path) -> BTreeSet<(&'static str, u32)> {
    let text = fs::read_to_string(path).unwrap();
    let mut found = BTreeSet::new();
    for line in text.trim_start_matches('\u{feff}').lines().take_while(|line| line.starts_with("//")) {
        if let Some(named) = line.strip_prefix("// rule:") {
            found.extend(rules(named).map(|(series, number)| (if series == "L" { "L" } else { "WH" }, number)));
        }
    }
    let name = path.file_name().unwrap().to_str().unwrap();
    let word = name.split('_').next().unwrap();
    for (prefix, series) in [("wh", "WH"), ("l", "L")] {
        found.extend(word.strip_prefix(prefix).and_then(|digits| digits.parse().ok()).map(|number| (series, number)));
    }
    found
}

#[test]
fn rules_have_scripts() {
    let shown: BTreeSet<(&str, u32)> = files("tests/scripts", "sil").iter().flat_map(|path| shown_by(path)).collect();
    let missing: Vec<String> = anchors()
        .into_iter()
        .filter(|rule| rule.0 == "L" && !shown.contains(rule))
        .map(|(series, number)| format!("{series}-{number}"))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "rules without a script");
}

#[test]
fn rules_are_read_where_they_stand_alone() {
    let found: Vec<_> = rules("L-4 (WH-12), XL-5 L-6a `L-7`: UTF-8, L-, L-40 to L-47").collect();
    assert_eq!(found, [("L", 4), ("WH", 12), ("L", 7), ("L", 40), ("L", 47)]);
}
