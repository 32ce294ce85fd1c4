//! `tests/tables/facts/*.tsv`: what is documented about the built-in routines, and the test that shows each fact.
//!
//! A row has the routines it is about (names or aliases of the catalogue, or `*` for a rule that holds for all), the
//! fact, `D` or `E` for documented or shown by an example, its tests, and for `-` the reason why it has none. A test is
//! the path of a script below `tests/scripts/run` without `.sil`, or `it:MODULE::FUNCTION`.

use super::house::{files, root, short};
use sil::signatures::{Entry, catalogue};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

const HEAD: &str = "routine\tfact\tsure\ttest";
const REASON: &str = "\twhy not";

pub struct Fact {
    /// Like `tests/tables/facts/text.tsv:7`.
    place: String,
    /// Empty for a rule that holds for all routines.
    routines: Vec<&'static Entry>,
    about: String,
    text: String,
    /// Empty where a reason stands instead.
    tests: Vec<String>,
}

impl Fact {
    fn parse(place: String, row: &str) -> Result<Self, String> {
        let cells: Vec<&str> = row.split('\t').collect();
        let [about, text, sure, tests, reason @ ..] = &*cells else {
            return Err(format!("{place}: {} columns, 4 or 5 are wanted", cells.len()));
        };
        if cells.len() > 5 || cells.iter().any(|cell| cell.trim() != *cell) || text.is_empty() {
            return Err(format!("{place}: a column too much, blanks around a column, or no fact"));
        }
        if !["D", "E"].contains(sure) {
            return Err(format!("{place}: `{sure}` is neither `D` nor `E`"));
        }
        let reason = reason.first().copied().unwrap_or_default();
        let tests: Vec<String> = match (*tests, reason) {
            ("-", "") => return Err(format!("{place}: neither a test nor a reason")),
            ("-", _) => Vec::new(),
            ("", _) => return Err(format!("{place}: no test; `-` and a reason for a fact that cannot be tested")),
            (tests, "") => tests.split(' ').map(str::to_owned).collect(),
            _ => return Err(format!("{place}: a test, and a reason why there is none")),
        };
        if tests.iter().collect::<BTreeSet<_>>().len() < tests.len() {
            return Err(format!("{place}: a test is named twice"));
        }
        let named = |name: &str| {
            let entry = catalogue().iter().find(|entry| long_names(entry).any(|found| found == name));
            entry.ok_or_else(|| format!("{place}: no routine is called `{name}`"))
        };
        let routines = if *about == "*" { Ok(Vec::new()) } else { about.split(' ').map(named).collect() }?;
        Ok(Self { place, routines, about: (*about).to_owned(), text: (*text).to_owned(), tests })
    }

    /// What is wrong with the tests; `scripts` are the calls by path.
    fn problems(&self, scripts: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
        let mut problems = Vec::new();
        let mut called = BTreeSet::new();
        let mut rust = false;
        for test in &self.tests {
            if let Some(path) = test.strip_prefix("it:") {
                rust = true;
                problems.extend(test_function(path).err().map(|problem| format!("{}: {problem}", self.place)));
                continue;
            }
            let Some(calls) = scripts.get(test) else {
                problems.push(format!("{}: there is no script `{test}`", self.place));
                continue;
            };
            let names = |entry: &&&Entry| spellings(entry).any(|name| calls.contains(name));
            let found: Vec<&str> = self.routines.iter().filter(names).map(|entry| &*entry.signature.name).collect();
            if found.is_empty() && !self.routines.is_empty() {
                problems.push(format!("{}: `{test}` does not call `{}`", self.place, self.about));
            }
            called.extend(found);
        }
        for entry in self.routines.iter().filter(|_| !rust && !self.tests.is_empty()) {
            let name = &*entry.signature.name;
            if !called.contains(name) {
                problems.push(format!("{}: no test calls `{name}`", self.place));
            }
        }
        problems
    }
}

fn long_names(entry: &Entry) -> impl Iterator<Item = &str> {
    std::iter::once(&entry.signature.name).chain(&entry.signature.aliases).map(|name| &**name)
}

fn spellings(entry: &Entry) -> impl Iterator<Item = &str> {
    long_names(entry).chain(entry.signature.short.as_deref())
}

/// Names that a script calls: words with `(` right behind them.
pub fn calls(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let before = |line: &str| -> Vec<String> {
        let words = line.match_indices('(').map(|(at, _)| {
            let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
            let name: Vec<char> = line[..at].trim_end().chars().rev().take_while(is_part).collect();
            name.into_iter().rev().collect()
        });
        words.collect()
    };
    code.flat_map(before).collect()
}

/// The calls of every script, by its path without `.sil`.
fn scripts() -> BTreeMap<String, BTreeSet<String>> {
    let script = |path: std::path::PathBuf| {
        let name = short(&path).trim_start_matches("tests/scripts/run/").trim_end_matches(".sil").to_owned();
        (name, calls(&fs::read_to_string(&path).unwrap()))
    };
    files("tests/scripts/run", "sil").into_iter().map(script).collect()
}

/// Looks for `a::b::name` in `tests/it/a/b.rs`, `tests/it/a/b/mod.rs` and `tests/it/a.rs`.
fn test_function(path: &str) -> Result<(), String> {
    let parts: Vec<&str> = path.split("::").collect();
    let name = parts.last().copied().unwrap_or_default();
    let module = (1..parts.len()).rev().find_map(|many| {
        let file = root().join("tests/it").join(parts[..many].join("/"));
        fs::read_to_string(file.with_extension("rs")).or_else(|_| fs::read_to_string(file.join("mod.rs"))).ok()
    });
    let Some(module) = module else { return Err(format!("no module has the test `{path}`")) };
    let lines: Vec<&str> = module.lines().map(str::trim).collect();
    let is_test =
        |at: usize| lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).any(|l| *l == "#[test]");
    let start = format!("fn {name}(");
    if lines.iter().enumerate().any(|(at, line)| line.starts_with(&start) && is_test(at)) {
        Ok(())
    } else {
        Err(format!("there is no test function `{path}`"))
    }
}

fn parse(name: &str, text: &str) -> Vec<Result<Fact, String>> {
    let mut lines = text.lines().zip(1..);
    let head = lines.next().map(|(line, _)| line.strip_suffix(REASON).unwrap_or(line));
    let mut facts = Vec::new();
    if head != Some(HEAD) {
        facts.push(Err(format!("{name}:1: the columns are `{HEAD}`, then perhaps `why not`")));
    }
    facts.extend(lines.map(|(row, number)| Fact::parse(format!("{name}:{number}"), row)));
    facts
}

fn read() -> Vec<Result<Fact, String>> {
    let file = |path: std::path::PathBuf| parse(&short(&path), &fs::read_to_string(&path).unwrap());
    files("tests/tables/facts", "tsv").into_iter().flat_map(file).collect()
}

/// How many facts about a routine a test shows, by its long name.
#[cfg(all(feature = "full", feature = "local"))]
pub fn shown() -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for fact in read().into_iter().flatten().filter(|fact| !fact.tests.is_empty()) {
        for entry in fact.routines {
            *counts.entry(&*entry.signature.name).or_default() += 1;
        }
    }
    counts
}

fn check(facts: Vec<Result<Fact, String>>) -> Vec<String> {
    let scripts = scripts();
    let mut problems = Vec::new();
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for fact in facts {
        match fact {
            Err(problem) => problems.push(problem),
            Ok(fact) => {
                problems.extend(fact.problems(&scripts));
                if let Some(first) = seen.insert((fact.about, fact.text.to_lowercase()), fact.place.clone()) {
                    problems.push(format!("{}: the fact stands in {first} already", fact.place));
                }
            }
        }
    }
    problems
}

#[test]
fn every_fact_has_its_test() {
    let facts = read();
    let told = facts.iter().flatten().filter(|fact| fact.tests.is_empty()).count();
    println!("{} facts, {told} of them without a test for a reason", facts.len());
    let problems = check(facts);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn faults_of_the_tables_are_found() {
    let rows = [
        ("length\tIt counts.\tD\troutines-text/length_in_units", ""),
        ("length\tIt counts.\tD\troutines-text/length_in_units", "stands in t.tsv:2 already"),
        ("length\tIt is told.\tD\tit:facts::faults_of_the_tables_are_found", ""),
        ("length\tIt varies.\tD\t-\tit is not fixed", ""),
        ("length\tIt counts.", "2 columns"),
        ("length\t\tD\troutines-text/length_in_units", "no fact"),
        ("length\tA.\tI\troutines-text/length_in_units", "neither `D` nor `E`"),
        ("length\tB.\tD\t-", "neither a test nor a reason"),
        ("length\tC.\tD\t", "no test"),
        ("length\tD.\tD\troutines-text/length_in_units\tno", "a reason why there is none"),
        ("length\tE.\tD\troutines-text/no_such_thing", "no script `routines-text/no_such_thing`"),
        ("lenght\tF.\tD\troutines-text/length_in_units", "no routine is called `lenght`"),
        ("chop\tG.\tD\troutines-text/length_in_units", "does not call `chop`"),
        ("length chop\tH.\tD\troutines-text/length_in_units", "no test calls `chop`"),
        ("*\tI.\tD\tit:facts::check", "no test function `facts::check`"),
        ("*\tJ.\tD\tit:nowhere::none", "no module has the test"),
        ("*\tK.\tE\tarrays/l110_keys arrays/l110_keys", "named twice"),
    ];
    let table = format!("{HEAD}{REASON}\n{}\n", rows.map(|(row, _)| row).join("\n"));
    let problems = check(parse("t.tsv", &table));
    for ((row, wanted), number) in rows.iter().zip(2..) {
        let place = format!("t.tsv:{number}: ");
        let mut found = problems.iter().filter(|problem| problem.starts_with(&place));
        if wanted.is_empty() {
            assert_eq!(found.next(), None, "{row}");
        } else {
            assert!(found.any(|problem| problem.contains(wanted)), "{row}: {problems:?}");
        }
    }
    assert_eq!(check(parse("t.tsv", "routine\tfact\n")).len(), 1);
}
