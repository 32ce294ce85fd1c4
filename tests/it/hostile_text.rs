//! Hostile texts of scripts that are no matter of nesting: what is long, unclosed, broken, or invisible.

use sil::{Diagnostics, Engine, Limits, MemoryHost, SourceLimits};
use std::thread;

/// Checks and compiles a text of any size on a thread with 256 kB of stack. What is said must be few and short.
fn said(text: String) -> Vec<String> {
    said_at_length(text, 0)
}

/// The same, where messages may be longer by so many bytes: they name what is long.
fn said_at_length(text: String, more: usize) -> Vec<String> {
    let check = move || {
        let mut limits = SourceLimits::default();
        limits.script_size = usize::MAX;
        let engine = Engine::builder().source_limits(limits).build();
        let found = engine.check("hostile.sil", &text);
        assert!(engine.compile("hostile.sil", &text).is_err() == found.has_errors());
        shown(&found, more);
        found.iter().map(|diagnostic| diagnostic.message.clone()).collect()
    };
    thread::Builder::new().stack_size(256 << 10).spawn(check).unwrap().join().unwrap()
}

/// All views of what was found are short, however long the lines are.
fn shown(found: &Diagnostics, more: usize) {
    let most = 2_000 * (found.iter().count() + 1) + more;
    let plain = found.to_string();
    assert!(plain.len() <= most, "{} bytes: {}", plain.len(), &plain.chars().take(300).collect::<String>());
    #[cfg(feature = "render")]
    {
        let rendered = found.render(false);
        assert!(rendered.len() <= most, "{} bytes are shown", rendered.len());
    }
}

fn fine(text: String) {
    assert_eq!(said(text), [""; 0]);
}

const MEGABYTE: usize = 1 << 20;

#[test]
fn comments_in_any_number() {
    fine("/* x */".repeat(1_000_000));
    fine("// x\n".repeat(1_000_000));
    // Comments do not nest: the first end ends them all (L-3).
    fine(format!("{}*/ return 1;", "/* ".repeat(20_000)));
    let found = said("/* ".repeat(20_000));
    assert!(found.len() == 1 && found[0].contains("comment"), "{found:?}");
    let found = said("/*/".repeat(20_000));
    assert!(found.len() <= 1, "{found:?}");
}

#[test]
fn tokens_of_a_megabyte() {
    let name = "x".repeat(MEGABYTE);
    fine(format!("integer {name} = 1; print({name});"));
    fine(format!("string s = \"{name}\"; print(s);"));
    let found = said(format!("string s = '{name}'; print(s);"));
    assert_eq!(found.len(), 1, "{found:?}");
    let found = said_at_length(format!("print({name});"), 4 * MEGABYTE);
    assert!(found.len() <= 1, "{found:?}");
    let found = said_at_length(format!("{name}(1);"), 4 * MEGABYTE);
    assert!(found.len() == 1 && found[0].len() < 3 * MEGABYTE, "{}", found.len());
    for digits in ["1", "0", "9"] {
        let found = said(format!("number n = {}; print(n);", digits.repeat(MEGABYTE)));
        assert!(found.len() <= 1, "{}", found.len());
        let found = said(format!("number n = 0.{}; print(n);", digits.repeat(MEGABYTE)));
        assert!(found.len() <= 1, "{}", found.len());
    }
    fine(format!("string s = \"{}\"; print(s);", "\\n".repeat(MEGABYTE)));
    said("\\".repeat(MEGABYTE));
    said("#".repeat(MEGABYTE));
    said("%".repeat(MEGABYTE));
    said("_".repeat(MEGABYTE));
}

#[test]
fn unclosed_quotes() {
    for quote in ["\"", "'"] {
        for text in [
            quote.to_owned(),
            format!("string s = {quote}{}", "x\n".repeat(100_000)),
            format!("string s = {quote}x;\n").repeat(40_001),
            format!("{quote}\\").repeat(100_001),
            format!("print({quote}").repeat(40_001),
        ] {
            let found = said(text);
            assert!(!found.is_empty() && found.len() <= 101, "{}: {:?}", found.len(), found.first());
        }
    }
}

#[test]
fn forty_thousand_broken_statements() {
    for broken in ["x = = 3;\n", "foo(1 2);\n", "if (a { b(); }\n", "integer = 4;\n", "} ", "else ;\n", "1 + 2;\n"] {
        let found = said(broken.repeat(40_000));
        assert!(!found.is_empty() && found.len() <= 101, "{broken}: {}", found.len());
    }
}

#[test]
fn one_error_in_a_line_of_megabytes() {
    let before = "integer v = 1; ".repeat(50_000);
    let before = before.replace("integer v = 1; ", "print(1 + 2 * 3); ");
    for (text, column) in
        [(format!("{before}x = = 3; {before}"), before.len() + 5), (format!("{before}\u{e9}\u{e9}@"), before.len() + 3)]
    {
        let found = Engine::new().check("line.sil", &text);
        shown(&found, 0);
        let first = found.iter().next().unwrap();
        let place = found.sources().place(first.span).unwrap();
        assert_eq!((place.line, place.column as usize), (1, column), "{}", first.message);
    }
}

#[test]
fn one_error_behind_a_million_lines() {
    let text = format!("{}x = = 3;", "\n".repeat(1_000_000));
    let found = Engine::new().check("lines.sil", &text);
    let first = found.iter().next().unwrap();
    let place = found.sources().place(first.span).unwrap();
    assert_eq!((place.line, place.column), (1_000_001, 5));
    shown(&found, 0);
}

/// Characters that show nothing, turn the reading direction, or end lines elsewhere.
const ODD: [(&str, &str); 16] = [
    ("NUL", "\0"),
    ("mark of the byte order", "\u{feff}"),
    ("carriage return", "\r"),
    ("vertical tab", "\u{b}"),
    ("form feed", "\u{c}"),
    ("next line", "\u{85}"),
    ("no-break space", "\u{a0}"),
    ("line separator", "\u{2028}"),
    ("paragraph separator", "\u{2029}"),
    ("right-to-left mark", "\u{200f}"),
    ("right-to-left override", "\u{202e}"),
    ("first strong isolate", "\u{2068}"),
    ("zero-width space", "\u{200b}"),
    ("zero-width joiner", "\u{200d}"),
    ("escape", "\u{1b}"),
    ("tag", "\u{e0041}"),
];

#[test]
fn odd_characters_anywhere() {
    let script = "integer n = 1; string s = \"a\"; // c\nif (n > 0) { print(s + n); }\n/* d */ return n, s;";
    for (what, odd) in ODD {
        for at in 0..=script.len() {
            let text = format!("{}{odd}{}", &script[..at], &script[at..]);
            let engine = Engine::new();
            let found = engine.check("odd.sil", &text);
            // What is shown of a script does not reach a terminal as it is.
            for view in [
                found.to_string(),
                #[cfg(feature = "render")]
                found.render(false),
            ] {
                let harmful = ["\0", "\u{1b}", "\u{202e}", "\u{2068}"];
                assert!(!harmful.iter().any(|odd| view.contains(odd)), "{what} at {at}: {view:?}");
            }
            if let Ok(program) = engine.compile("odd.sil", &text) {
                assert!(!found.has_errors(), "{what} at {at}");
                let outcome = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap();
                assert_eq!(outcome.returned().len(), 2, "{what} at {at}");
            }
        }
        // And many of them.
        let found = said(odd.repeat(100_000));
        assert!(found.len() <= 101, "{what}: {}", found.len());
    }
}
