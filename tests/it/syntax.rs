//! Scripts under `tests/scripts/lex`, `parse` and `corpus`: tokens, trees and diagnostics.

use crate::sound::{lex, parse};
use sil::{
    diagnostics::{Diagnostic, Diagnostics},
    limits::SourceLimits,
    source::{FileId, SourceFile, SourceMap, Span},
    syntax::{ast::Ast, parse_file, print},
};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// A diagnostic with the lines it speaks of.
fn show(file: &SourceFile, diagnostic: &Diagnostic, out: &mut String) {
    let point = |span: Span, words: &str, out: &mut String| {
        let (line, column) = file.line_column(span.start);
        let text = file.line(line);
        let rest = text.chars().count().saturating_sub(column as usize - 1).max(1);
        let length = file.slice(span).chars().count().clamp(1, rest);
        let indent: String = text.chars().take(column as usize - 1).map(|c| if c == '\t' { c } else { ' ' }).collect();
        writeln!(out, "  | {text}\n  | {indent}{} {words}", "^".repeat(length)).unwrap();
    };
    let (line, column) = file.line_column(diagnostic.span.start);
    let word = diagnostic.severity().word();
    writeln!(out, "{line}:{column} {word} {}: {}", diagnostic.code, diagnostic.message).unwrap();
    point(diagnostic.span, "", out);
    for label in &diagnostic.labels {
        point(label.span, &label.message, out);
    }
    if let Some(hint) = &diagnostic.hint {
        writeln!(out, "  hint: {hint}").unwrap();
    }
    if let Some(fix) = &diagnostic.fix {
        writeln!(out, "  fix: {:?} -> {:?}", file.slice(fix.span), fix.replacement).unwrap();
    }
    // No blanks at line ends.
    let trimmed: Vec<&str> = out.lines().map(str::trim_end).collect();
    *out = trimmed.join("\n") + "\n";
}

pub fn show_all(file: &SourceFile, found: &Diagnostics) -> String {
    let mut out = String::new();
    for diagnostic in found {
        show(file, diagnostic, &mut out);
    }
    out
}

/// All scripts under a folder of `tests/scripts`, in order.
pub fn scripts(folder: &str) -> Vec<PathBuf> {
    fn walk(path: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|extension| extension == "sil") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(folder), &mut out);
    out.sort();
    assert!(!out.is_empty());
    out
}

/// Compares with the snapshot beside a script.
fn compare(script: &Path, content: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(script.parent().unwrap());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(script.file_stem().unwrap().to_str().unwrap(), content));
}

#[test]
fn lex_scripts() {
    for script in scripts("lex") {
        let text = fs::read_to_string(&script).unwrap();
        let (sources, tokens, found) = lex(&text);
        let file = sources.files().last().unwrap();
        let mut out = String::new();
        for token in tokens.iter().filter(|token| token.token != sil::syntax::Token::Whitespace) {
            let (line, column) = file.line_column(token.span.start);
            writeln!(out, "{line}:{column} {:?} {:?}", token.token, file.slice(token.span)).unwrap();
        }
        // The meaning of literals shows in the tree only.
        let parsed = parse(&text);
        if !parsed.found.has_errors() {
            write!(out, "----\n{}", print(&parsed.ast, &parsed.items)).unwrap();
        }
        if !parsed.found.is_empty() {
            write!(out, "----\n{}", show_all(file, &parsed.found)).unwrap();
        }
        let broken = script.parent().unwrap().ends_with("errors");
        assert_eq!(parsed.found.has_errors(), broken, "{}", script.display());
        assert!(broken || !found.has_errors(), "{}", script.display());
        compare(&script, &out);
    }
}

#[test]
fn parse_scripts() {
    for script in scripts("parse") {
        let text = fs::read_to_string(&script).unwrap();
        let parsed = parse(&text);
        let broken = script.components().any(|part| part.as_os_str() == "errors");
        assert_eq!(parsed.found.has_errors(), broken, "{}: {:?}", script.display(), parsed.messages());
        let mut out = print(&parsed.ast, &parsed.items);
        if !parsed.found.is_empty() {
            write!(out, "----\n{}", show_all(parsed.file(), &parsed.found)).unwrap();
        }
        compare(&script, &out);
    }
}

#[test]
fn corpus_parses() {
    let scripts = scripts("corpus");
    assert!(scripts.len() >= 60, "{} scripts", scripts.len());
    for script in scripts {
        let text = fs::read_to_string(&script).unwrap();
        let parsed = parse(&text);
        assert_eq!(parsed.messages(), [""; 0], "{}", script.display());
        lex(&text);
        // The same with the other line ends, and cut off before the last one.
        let unix = print(&parsed.ast, &parsed.items);
        for other in [text.replace("\r\n", "\n").replace('\n', "\r\n"), text.trim_end().to_owned()] {
            let other = parse(&other);
            assert_eq!(print(&other.ast, &other.items), unix, "{}", script.display());
        }
    }
}

/// Scripts that lack a token, or have one twice, or end early: always a tree with sound spans, and an error node only
/// where something was said.
#[test]
fn damaged_scripts() {
    let all = scripts("corpus").into_iter().chain(scripts("parse")).chain(scripts("lex"));
    for (number, script) in all.enumerate() {
        let text = fs::read_to_string(&script).unwrap();
        let (sources, tokens, _) = lex(&text);
        let file = sources.files().last().unwrap();
        let text = file.text();
        // Each script gets some of the damages; together they get all kinds.
        for (index, token) in tokens.iter().enumerate().filter(|(index, _)| index % 7 == number % 7) {
            let start = (token.span.start - file.base()) as usize;
            let end = (token.span.end - file.base()) as usize;
            let damaged = match index % 3 {
                0 => format!("{}{}", &text[..start], &text[end..]),
                1 => format!("{}{}", &text[..end], &text[start..]),
                _ => text[..end].to_owned(),
            };
            let parsed = parse(&damaged);
            lex(&damaged);
            print(&parsed.ast, &parsed.items);
        }
    }
}

#[test]
fn files_share_a_tree() {
    let mut sources = SourceMap::new();
    let one = sources.add("one", "x = y;").unwrap();
    let two = sources.add("two", "y = x + z;").unwrap();
    let (mut ast, mut found) = (Ast::new(), Diagnostics::new());
    let limits = SourceLimits::default();
    let mut items = parse_file(&sources, two, &limits, &mut ast, &mut found);
    items.extend(parse_file(&sources, one, &limits, &mut ast, &mut found));
    assert_eq!(print(&ast, &items), "(assign (= y) (x + z))\n(assign (= x) y)\n");
    assert_eq!(ast.name_count(), 3);
    assert_eq!(parse_file(&sources, FileId(9), &limits, &mut ast, &mut found), []);
    assert!(found.is_empty());
}

/// The second reading of a text with a forgotten quote leaves nothing of the first one in the tree.
#[test]
fn readings_do_not_mix() {
    let parsed = parse("a = \"one;\nb = c;\nd = \"two\";\n");
    assert_eq!(parsed.messages(), ["this text is never closed"]);
    assert_eq!(print(&parsed.ast, &parsed.items), "(assign (= a) <error>)\n(assign (= b) c)\n(assign (= d) \"two\")\n");
    assert_eq!(parsed.ast.stmt_count(), 3);
}

#[test]
fn errors_are_capped() {
    let mut sources = SourceMap::new();
    let file = sources.add("x", &"x = = 1;\n".repeat(50)).unwrap();
    let mut limits = SourceLimits::default();
    limits.errors = 5;
    let mut found = Diagnostics::new();
    parse_file(&sources, file, &limits, &mut Ast::new(), &mut found);
    assert_eq!(found.errors().count(), 5);
}
