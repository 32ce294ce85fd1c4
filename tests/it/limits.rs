//! The table of the chapter `limits`: defaults, what trips each limit, what is said, and what a turn of a loop costs.

use crate::house::root;
use sil::{CancelFlag, Engine, ErrorKind, LimitKind, Limits, MemoryHost, SourceLimits, WebhookRequest};
use std::{collections::BTreeMap, fs, time::Duration};

/// All kinds, in the order of the chapter.
const KINDS: [LimitKind; 12] = [
    LimitKind::Fuel,
    LimitKind::Depth,
    LimitKind::Memory,
    LimitKind::Deadline,
    LimitKind::Cancel,
    LimitKind::ResponseSize,
    LimitKind::LogSize,
    LimitKind::StringSize,
    LimitKind::ArraySize,
    LimitKind::ValueDepth,
    LimitKind::Regex,
    LimitKind::JsonDepth,
];

/// The rows of the tables of the chapter: word and default.
fn told() -> BTreeMap<String, String> {
    let chapter = fs::read_to_string(root().join("src/guide/limits.md")).unwrap();
    let mut found = BTreeMap::new();
    for table in chapter.split("| word | default |").skip(1) {
        for row in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            // Word, default, what counts, what does not, how to change it.
            assert_eq!(cells.len(), 7, "{row}");
            assert!(cells[1..6].iter().all(|cell| !cell.is_empty()), "{row}");
            found.insert(cells[1].to_owned(), cells[2].to_owned());
        }
    }
    found
}

/// `64 MiB` and `500 million` as a number.
fn number(text: &str) -> u64 {
    let (digits, unit) = text.split_once(' ').unwrap_or((text, ""));
    let digits: u64 = digits.replace(',', "").parse().unwrap_or_else(|_| panic!("{text}"));
    match unit.split(' ').next().unwrap() {
        "KiB" => digits << 10,
        "MiB" => digits << 20,
        "Mi" => digits << 20,
        "million" => digits * 1_000_000,
        _ => digits,
    }
}

#[test]
fn defaults_are_those_of_the_chapter() {
    let told = told();
    let (run, source) = (Limits::default(), SourceLimits::default());
    let wide = |size: usize| size as u64;
    let defaults = [
        ("fuel", run.fuel),
        ("depth", run.depth.into()),
        ("memory", wide(run.memory)),
        ("deadline", run.timeout.unwrap().as_secs()),
        ("response size", wide(run.response_size)),
        ("log size", wide(run.log_size)),
        ("string size", wide(run.string_size)),
        ("array size", wide(run.array_size)),
        ("value depth", run.value_depth.into()),
        ("JSON depth", 128),
        ("script size", wide(source.script_size)),
        ("nesting", wide(source.nesting)),
        ("includes", wide(source.includes)),
        ("include depth", wide(source.include_depth)),
        ("errors", wide(source.errors)),
    ];
    for (word, default) in defaults {
        assert_eq!(number(&told[word]), default, "{word}");
    }
    for word in KINDS.map(LimitKind::word) {
        assert!(told.contains_key(word), "{word} is in no table");
    }
    assert_eq!(told.len(), defaults.len() + 2, "{told:?}");
}

/// A run that ends by each limit, with the message that begins so; what was used stands behind it.
fn trips() -> Vec<(LimitKind, Limits, String, &'static str)> {
    let flag = CancelFlag::new();
    flag.cancel();
    let limits = Limits::default;
    let text = |script: &str| script.to_owned();
    vec![
        (
            LimitKind::Fuel,
            limits().fuel(1_000),
            text("while (true) { }"),
            "fuel limit of 1000 units reached (1000 used)",
        ),
        (
            LimitKind::Depth,
            limits().depth(20),
            text("function f(integer n) { return f(n + 1); } return f(0);"),
            "depth limit of 20 levels reached (21 used)",
        ),
        (
            LimitKind::Memory,
            limits().memory(100_000),
            text("string[] a; while (true) { a += \"a text that is not short\"; }"),
            "memory limit of 100000 bytes reached (",
        ),
        (
            LimitKind::Deadline,
            limits().timeout(Some(Duration::from_millis(7))),
            text("while (true) { }"),
            "deadline limit of 7 ms reached (",
        ),
        (LimitKind::Cancel, limits().cancel(Some(flag)), text("while (true) { }"), "the run was cancelled"),
        (
            LimitKind::ResponseSize,
            limits().response_size(100),
            text("while (true) { appendToWebhookResponse(\"0123456789\"); }"),
            "response size limit of 100 bytes reached (110 used)",
        ),
        (
            LimitKind::LogSize,
            limits().log_size(100),
            text("while (true) { print(\"0123456789\"); }"),
            "log size limit of 100 bytes reached (110 used)",
        ),
        (
            LimitKind::StringSize,
            limits().string_size(1_000),
            text("string s = \"0123456789\"; while (true) { s += s; }"),
            "string size limit of 1000 bytes reached (1280 used)",
        ),
        (
            LimitKind::ArraySize,
            limits().array_size(1_000),
            text("integer[] a; while (true) { a += 1; }"),
            "array size limit of 1000 elements reached (1001 used)",
        ),
        (
            LimitKind::ValueDepth,
            limits().value_depth(50),
            text("struct Node { Node next; } Node head; while (true) { Node n; n.next = head; head = n; }"),
            "value depth limit of 50 levels reached (51 used)",
        ),
        (
            LimitKind::Regex,
            limits(),
            format!("return matches(\"{}!\", \"(a|aa)+\\\\1b\");", "a".repeat(5_000)),
            "regex limit of 16384 steps reached (16385 used)",
        ),
        (
            LimitKind::JsonDepth,
            limits(),
            format!("string[] a = fromJson(\"{}\"); return a;", "[".repeat(1_000)),
            "JSON depth limit of 128 levels reached (",
        ),
    ]
}

#[test]
fn every_limit_ends_a_run_and_is_named() {
    let trips = trips();
    assert_eq!(trips.iter().map(|trip| trip.0).collect::<Vec<_>>(), KINDS);
    for (kind, limits, script, message) in trips {
        for script in [script.clone(), format!("try {{ {script} }} catch {{ return \"caught\"; }}")] {
            // A function stands beside statements only.
            if script.starts_with("try") && script.contains("function") {
                continue;
            }
            let script = script.replace("try { struct Node { Node next; }", "struct Node { Node next; } try {");
            let program = Engine::new().compile("limit.sil", &script).unwrap_or_else(|found| panic!("{found}"));
            let mut host = MemoryHost::new().with_request(WebhookRequest::new("GET"));
            let error = program.run(&mut host, &limits).unwrap_err();
            let hit = error.limit().unwrap_or_else(|| panic!("{kind:?}: {error}"));
            assert_eq!(hit.kind, kind, "{error}");
            assert!(matches!(error.kind(), ErrorKind::Limit(_)));
            assert!(error.message().starts_with(message), "{}", error.message());
            assert!(kind == LimitKind::Cancel || hit.used >= hit.limit, "{error}");
        }
    }
}

/// What a script spends.
fn spent(source: &str) -> u64 {
    let program = Engine::new().compile("fuel.sil", source).unwrap_or_else(|found| panic!("{found}\n{source}"));
    program.run(&mut MemoryHost::new(), &Limits::default()).unwrap().fuel_used()
}

/// Loops of so many turns around a body, with the statements that a turn runs besides the body.
const LOOPS: &[(&str, u64)] = &[
    ("integer i = 0; while (i < TURNS) { i++; BODY }", 1),
    ("integer i = 0; while (i < TURNS && n >= 0) { i = i + 1; BODY }", 1),
    ("number i = 0; while (i < TURNS) { i++; BODY }", 1),
    ("integer i = 0; do { i++; BODY } while (i < TURNS);", 1),
    ("for (integer i = 0; i < TURNS; i++) { BODY }", 0),
    ("for (integer i = TURNS; i > 0; i--) { BODY }", 0),
    ("for (integer i = 0; i < TURNS; i += 1) { BODY }", 0),
    ("for (number i = 0; i < TURNS; i++) { BODY }", 0),
    ("integer i; for (i = 0; i < TURNS; i++) { BODY }", 0),
    ("integer i = 0; for (;; i++) { if (i >= TURNS) { break; } BODY }", 1),
    ("for (integer e in a) { BODY }", 0),
    ("for (string e in t) { BODY }", 0),
    ("integer e; for (e in a) { BODY }", 0),
    ("for (number e in a) { BODY }", 0),
];

#[test]
fn a_turn_costs_one_unit_in_every_kind_of_loop() {
    let bodies = ["", "n = 1;", "n = 1; n += 2;", "n = 1; { n++; } n = 3;", "if (n > 7) { n = 0; }", "continue;"];
    let costs = [0, 1, 2, 4, 1, 1];
    for (shape, own) in LOOPS {
        for (body, cost) in bodies.into_iter().zip(costs) {
            let of = |turns: u64| {
                let list = vec!["1"; turns as usize].join(", ");
                let text = vec!["\"x\""; turns as usize].join(", ");
                let shape = shape.replace("TURNS", &turns.to_string()).replace("BODY", body);
                format!("integer n = 0; integer[] a = {{{list}}}; string[] t = {{{text}}}; {shape} return n;")
            };
            // What the arrays cost is taken off.
            let without = |turns| {
                spent(&of(turns).replace(&shape.replace("BODY", body).replace("TURNS", &turns.to_string()), ""))
            };
            let turns = |count| spent(&of(count)) - without(count);
            assert_eq!(turns(30) - turns(10), 20 * (1 + own + cost), "{shape} with `{body}`");
        }
    }
}

#[test]
fn rows_of_hostile_input_are_tests() {
    let chapter = fs::read_to_string(root().join("src/guide/hostile.md")).unwrap();
    let rows: Vec<&str> = chapter.lines().filter(|line| line.ends_with("` |") && line.contains("::")).collect();
    assert!(rows.len() > 30, "{} rows", rows.len());
    for row in rows {
        let cells: Vec<&str> = row.split(" | ").collect();
        assert_eq!(cells.len(), 4, "{row}");
        let (module, name) = cells[3].trim_end_matches(" |").trim_matches('`').split_once("::").unwrap();
        let file = root().join("tests/it").join(module);
        let text = fs::read_to_string(file.with_extension("rs")).or_else(|_| fs::read_to_string(file.join("mod.rs")));
        let text = text.unwrap_or_else(|error| panic!("{module}: {error}"));
        assert!(text.contains(&format!("#[test]\nfn {name}() {{")), "there is no test `{module}::{name}`");
    }
}
