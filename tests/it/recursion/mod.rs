//! Every rule of the grammar that comes back to itself: a million levels or a million elements on a small stack.

mod grammar;
mod table;

use crate::sound;
use grammar::Grammar;
use sil::{Engine, ErrorKind, Limits, MemoryHost, SourceLimits};
use std::{collections::BTreeSet, sync::LazyLock, thread};
use table::{BROKEN, DEEP, DEEP_AND_WRONG, FLAT, FLAT_AND_WRONG, Row};

const MILLION: usize = 1_000_000;
/// A walk that went down for each element would need more than three bytes of stack for it, and all stack for these.
const MANY: usize = 100_000;
const TOO_DEEP: &str = "this is nested too deeply";

/// Takes scripts of any size.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut limits = SourceLimits::default();
    limits.script_size = usize::MAX;
    Engine::builder().source_limits(limits).build()
});

/// Runs on a thread with 256 kB of stack. Work that were not linear would not end here within hours.
fn small_stack<T: Send + 'static>(step: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(256 * 1024).spawn(step).unwrap().join().unwrap()
}

impl Row {
    fn text(&self, count: usize) -> String {
        let Self { before, open, middle, close, after, .. } = self;
        format!("{before}{}{middle}{}{after}", open.repeat(count), close.repeat(count))
    }

    /// Without what closes it.
    fn unclosed(&self, count: usize) -> String {
        format!("{}{}{}", self.before, self.open.repeat(count), self.middle)
    }

    fn is_too_deep(&self, count: usize) -> bool {
        let found = ENGINE.check("deep.sil", &self.text(count));
        found.iter().any(|diagnostic| diagnostic.message == TOO_DEEP)
    }
}

/// What parsing says. The tree is written too, which walks all of it.
fn parsed(text: &str) -> Vec<String> {
    let parsed = sound::parse(text);
    sil::syntax::print(&parsed.ast, &parsed.items);
    parsed.messages().into_iter().map(str::to_owned).collect()
}

/// What compiling says.
fn compiled(text: &str) -> Vec<String> {
    match ENGINE.compile("deep.sil", text) {
        Ok(_) => Vec::new(),
        Err(found) => found.errors().map(|diagnostic| diagnostic.message.clone()).collect(),
    }
}

/// Compiles and runs; a run may end by a limit.
fn runs(text: &str, what: &str) {
    let program = ENGINE.compile("deep.sil", text).unwrap_or_else(|found| panic!("{what}: {found}"));
    match program.run(&mut MemoryHost::new(), &Limits::default()) {
        Err(error) if !matches!(error.kind(), ErrorKind::Limit(_)) => panic!("{what}: {error}"),
        _ => {}
    }
}

/// Runs something for each row, each on a stack of its own, and shows which row it was.
fn each(rows: &'static [Row], step: impl Fn(&Row, &str) + Clone + Send + 'static) {
    for row in rows {
        let what = format!("{} {}", row.rules[0], row.text(1));
        let step = step.clone();
        small_stack(move || step(row, &what));
    }
}

#[test]
fn every_recursive_rule_has_a_text() {
    let grammar = Grammar::read();
    assert!(grammar.len() > 60, "{} rules read", grammar.len());
    let recursive = grammar.recursive();
    assert!(recursive.len() > 50, "{} recursive alternatives", recursive.len());
    let rows = [DEEP, DEEP_AND_WRONG, FLAT, FLAT_AND_WRONG, BROKEN];
    let shown: BTreeSet<String> =
        rows.iter().flat_map(|rows| rows.iter()).flat_map(|row| row.rules).map(|rule| (*rule).to_owned()).collect();
    let missing: Vec<&String> = recursive.difference(&shown).collect();
    let unknown: Vec<&String> = shown.difference(&recursive).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "without a text: {missing:#?}\nnot in the grammar: {unknown:#?}");
}

#[test]
fn a_million_levels_are_refused() {
    each(DEEP, |row, what| {
        for text in [row.text(MILLION), row.unclosed(MILLION)] {
            assert_eq!(parsed(&text), [TOO_DEEP], "{what}");
        }
        assert!(compiled(&row.text(MILLION)).contains(&TOO_DEEP.to_owned()), "{what}");
    });
}

#[test]
fn a_million_wrong_levels_are_refused() {
    each(DEEP_AND_WRONG, |row, what| {
        for text in [row.text(MILLION), row.unclosed(MILLION)] {
            for found in [parsed(&text), compiled(&text)] {
                assert!(found.len() <= 101 && found.contains(&TOO_DEEP.to_owned()), "{what}: {found:?}");
            }
        }
    });
}

#[test]
fn as_many_levels_as_are_allowed_run() {
    each(DEEP, |row, what| {
        let deepest = (1..300).collect::<Vec<_>>().partition_point(|count| !row.is_too_deep(*count));
        assert!(deepest >= 50, "{what}: {deepest} levels");
        runs(&row.text(deepest), what);
    });
}

/// Parses a million and compiles and runs many.
fn long(rows: &'static [Row]) {
    each(rows, |row, what| {
        assert_eq!(parsed(&row.text(MILLION)), [""; 0], "{what}");
        runs(&row.text(MANY), what);
    });
}

#[test]
fn a_million_elements_are_read_and_many_run_1() {
    long(&FLAT[..FLAT.len() / 2]);
}

#[test]
fn a_million_elements_are_read_and_many_run_2() {
    long(&FLAT[FLAT.len() / 2..]);
}

#[test]
fn a_million_wrong_elements_are_refused() {
    each(FLAT_AND_WRONG, |row, what| {
        // Types may have so many levels only.
        let found = parsed(&row.text(MILLION));
        assert!(found.is_empty() || found == [TOO_DEEP], "{what}: {found:?}");
        let found = compiled(&row.text(MANY));
        assert!((1..=101).contains(&found.len()), "{what}: {found:?}");
    });
}

#[test]
fn many_broken_elements_are_reported_and_end() {
    each(BROKEN, |row, what| {
        for found in [parsed(&row.text(MANY)), compiled(&row.text(MANY))] {
            assert!((1..=101).contains(&found.len()), "{what}: {} {:?}", found.len(), found.first());
        }
    });
}

/// Expressions with an integer inside that are integers.
const AROUND: &[(&str, &str)] = &[
    ("(", " + 1)"),
    ("(1 - ", ")"),
    ("(i * ", ")"),
    ("(v - ", ")"),
    ("(", " / 2)"),
    ("- ", ""),
    ("(integer) ", ""),
    ("(number) ", ""),
    ("a[", "]"),
    ("n[", "]"),
    ("r[", "].x"),
    ("r[", "].l[0]"),
    ("a[", " + 1]"),
    ("m[\"k\" + ", "]"),
    ("length(t[", "])"),
    ("[", ", 2][0]"),
    ("(", " > 1 ? i : v)"),
    ("(b ? ", " : i)"),
    ("(b ? i : ", ")"),
    ("(", " == null ? 1 : 2)"),
    ("(", " < i && b ? 1 : 2)"),
    ("(b || ", " != v ? 1 : 2)"),
    ("(!(", ") ? 1 : 2)"),
    ("f(", ")"),
    ("abs(", ")"),
    ("size({", "})"),
    ("length(s + ", ")"),
    ("length(\"\" + ", " + s)"),
    ("(isNull(", ") ? 1 : 0)"),
];

/// Statements with one inside.
const OUTSIDE: &[(&str, &str)] = &[
    ("{ ", " }"),
    ("{ i = 1; ", " }"),
    ("if (b) ", ""),
    ("if (i < 2 && b) ", " else ;"),
    ("if (b) ; else ", ""),
    ("for (integer j = 0; j < 1; j++) ", ""),
    ("for (integer j = 0; j < i && b; j += 2) ", ""),
    ("for (integer j in a) ", ""),
    ("for (i in a) ", ""),
    ("while (i < 0) ", ""),
    ("while (b && i > 9) ", ""),
    ("do ", " while (i > 9);"),
    ("switch (i) { case 1: ", " }"),
    ("switch (s) { default: ", " }"),
    ("try { ", " } catch { }"),
    ("try { } catch { ", " }"),
];

/// Compiles each of them inside each other one, as deep as it goes: looking at a part twice on each level would never
/// end.
fn mixed(parts: &[(&str, &str)], text: impl Fn(&str) -> String, inside: &str) {
    let before = "integer i = 1; integer v; boolean b = true; string s = \"x\"; integer[] a = {1, 0}; number[] n = {0};
        struct R { integer x; integer[] l; } R[] r; integer[] m; string[] t = {\"0\"}; function f(integer n) { return n; }";
    for first in parts {
        for second in parts {
            let levels = 25;
            let open = format!("{}{}", first.0, second.0).repeat(levels);
            let close = format!("{}{}", second.1, first.1).repeat(levels);
            let inner = text(&format!("{open}{inside}{close}"));
            let source = format!("{before} {inner}");
            assert_eq!(compiled(&source), [""; 0], "{first:?} {second:?}");
        }
    }
}

#[test]
fn expressions_in_each_other_compile() {
    let text = |inner: &str| {
        format!(
            "i = {inner}; a[{inner}] += {inner}; v = v + {inner}; s += {inner}; if ({inner} > 1) {{ return {inner}; }}"
        )
    };
    mixed(AROUND, text, "i");
}

#[test]
fn statements_in_each_other_compile() {
    mixed(OUTSIDE, str::to_owned, "i += 1;");
}
