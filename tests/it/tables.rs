//! Regular expressions and date patterns against tables whose results a Java 17 gave: `Pattern`, `Matcher` and
//! `String.split`; `SimpleDateFormat` with ISO weeks and years from 80 years before 2031-07-04.
//!
//! A line is the call, its pattern, its text, one more argument and what Java gives, each as a JSON text, and what we
//! give instead where that is something else on purpose; the chapter `compatibility` of the guide says why.

use super::house::root;
use serde_json::Value;
use sil::{Engine, ErrorKind, Limits, MemoryHost, Program};
use std::{collections::BTreeMap, fs};

struct Line {
    number: usize,
    call: String,
    arguments: [String; 3],
    java: Value,
    ours: Option<Value>,
}

fn lines(name: &str) -> Vec<Line> {
    let text = fs::read_to_string(root().join("tests/tables").join(name)).unwrap();
    let line = |(line, number): (&str, usize)| {
        let mut cells = line.split('\t').map(|cell| serde_json::from_str::<Value>(cell).unwrap());
        let mut next = || cells.next().unwrap_or_else(|| panic!("{name}:{number}"));
        let call = next().as_str().unwrap().to_owned();
        let mut text = || next().as_str().unwrap().to_owned();
        let arguments = [text(), text(), text()];
        Line { number, call, arguments, java: next(), ours: cells.next() }
    };
    let found: Vec<Line> = text.lines().zip(1..).map(line).collect();
    assert!(found.len() > 80, "{name} has {} lines", found.len());
    found
}

/// What a script gives, from JSON; `"error"` for an error that a script can catch.
fn run(program: &Program, arguments: &[String]) -> Value {
    let mut host = MemoryHost::new().with_clock(1_940_951_109_000);
    for argument in arguments {
        host = host.with_argument(argument.clone());
    }
    match program.run(&mut host, &Limits::default()) {
        Ok(outcome) => {
            let mut value: Value = serde_json::from_str(&outcome.returned()[0].to_text()).unwrap();
            // A group that took no part is null, in Java too.
            value
                .as_array_mut()
                .into_iter()
                .flatten()
                .filter(|group| group.is_null())
                .for_each(|group| *group = "".into());
            value
        }
        Err(error) => {
            assert!(!matches!(error.kind(), ErrorKind::Internal | ErrorKind::Limit(_)), "{error}");
            "error".into()
        }
    }
}

fn compare(name: &str, calls: &[(&str, &str)]) {
    let engine = Engine::new();
    let programs: BTreeMap<&str, Program> =
        calls.iter().map(|(call, script)| (*call, engine.compile("case.sil", script).unwrap())).collect();
    let mut problems = Vec::new();
    for Line { number, call, arguments, java, ours } in lines(name) {
        let found = run(&programs[&*call], &arguments);
        if ours.as_ref() == Some(&java) {
            problems.push(format!("{name}:{number}: ours is Java's result"));
        }
        if found != *ours.as_ref().unwrap_or(&java) {
            problems.push(format!("{name}:{number}: {call} {arguments:?} gives {found}, Java {java}"));
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn regular_expressions_are_those_of_java() {
    compare(
        "regex.tsv",
        &[
            ("matches", "string[] a = {\"\" + matches(argv[1], argv[0])}; return toJson(a);"),
            ("all", "return toJson(allMatches(argv[1], argv[0]));"),
            ("replace", "string[] a = {matchReplace(argv[1], argv[0], argv[2])}; return toJson(a);"),
            ("split", "return toJson(split(argv[1], argv[0]));"),
            ("span", "string[] a = {matchStart(argv[1], argv[0]), matchEnd(argv[1], argv[0])}; return toJson(a);"),
        ],
    );
}

#[test]
fn date_patterns_are_those_of_java() {
    compare(
        "date.tsv",
        &[
            ("write", "return toJson(formatDate(toTimeZone(millisToDate((number) argv[1]), argv[2]), argv[0]));"),
            (
                "read",
                "date found = parseDate(argv[0], argv[1], argv[2]);
                 return toJson(formatDate(found, \"yyyy-MM-dd HH:mm:ss.SSS\"));",
            ),
        ],
    );
}
