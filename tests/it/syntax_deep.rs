//! Hostile texts: a million levels, a million of everything, on a small stack.

use crate::sound::parse;

/// Runs on a thread with 256 kB of stack. Work that were not linear would not end here within hours.
fn small_stack<T: Send + 'static>(step: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(256 * 1024).spawn(step).unwrap().join().unwrap()
}

/// Parses a repeated text and gives the messages.
fn repeated(before: &'static str, piece: &'static str, after: &'static str) -> Vec<String> {
    small_stack(move || {
        let text = format!("{before}{}{after}", piece.repeat(1_000_000));
        let parsed = parse(&text);
        sil::syntax::print(&parsed.ast, &parsed.items);
        parsed.messages().into_iter().map(str::to_owned).collect()
    })
}

fn fine(before: &'static str, piece: &'static str, after: &'static str) {
    assert_eq!(repeated(before, piece, after), [""; 0], "{before} {piece} {after}");
}

#[test]
fn many_calls() {
    fine("", "f(1);", "");
}

#[test]
fn many_declarations() {
    fine("", "string x = \"y\";", "");
}

#[test]
fn long_trivia() {
    fine("", "// x\n", "");
    fine("", "/* x */", "");
    fine("", " ", "");
}

#[test]
fn hostile_noise() {
    for piece in [
        "=", ")", "]", "}", "\"", "'", "#{", "%", "@", "\\\n\"", "else ", "case ", ", ", ". ", "= = ", "a b ", "? ",
        ": ",
    ] {
        let messages = repeated("", piece, "");
        assert!(!messages.is_empty() && messages.len() <= 100, "{piece}: {}", messages.len());
    }
    for piece in ["const ", "int ", "x", "1", "\\", "a.b = (", "function f(", "struct A { ", "[] ", "T[] "] {
        repeated("", piece, "");
        repeated("{{{{{{{{{{{{{{{{ if (x) { a = f(", piece, "");
    }
}

#[test]
fn many_broken_statements() {
    let messages = small_stack(|| {
        let parsed = parse(&"x = = 3;\nfoo(1 2);\nif (a { b(); }\n".repeat(20_000));
        parsed.messages().len()
    });
    assert_eq!(messages, 100);
}

#[test]
fn noise_deep_inside() {
    let messages = small_stack(|| {
        let text = format!("{}{}{}", "{ if (x) ".repeat(100), "= ".repeat(1_000_000), "; y = = 1;".repeat(1_000));
        parse(&text).messages().len()
    });
    assert!(messages > 1 && messages <= 100);
}

#[test]
fn limits_hold_exactly() {
    let nested = |levels: usize| {
        let text = format!("a = {}1{};", "(".repeat(levels), ")".repeat(levels));
        parse(&text).messages().len()
    };
    assert_eq!(nested(250), 0);
    assert_eq!(nested(254), 0);
    assert_eq!(nested(257), 1);
}
