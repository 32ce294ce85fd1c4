//! What patterns are translated to, and what they then match: as Java's `Pattern` and `Matcher` do.

use super::{
    pattern::{PlainSearch, Search, literal},
    translate::{Translated, translate},
};
use crate::{limits::LimitKind, routines::testing::with_context, value::FaultKind};

fn to_engine(pattern: &str) -> String {
    match translate(pattern, false) {
        Ok(Translated { text, .. }) => text,
        Err(faulty) => format!("error at {}: {}", faulty.at, faulty.what),
    }
}

/// All matches, separated by blanks; places for empty ones.
fn found(pattern: &str, text: &str) -> String {
    with_context(|cx| {
        let mut search = match Search::new(cx, text, pattern, false) {
            Ok(search) => search,
            Err(fault) => return format!("error: {}", fault.message()),
        };
        let mut all = Vec::new();
        while let Some((start, end)) = search.next(cx).unwrap() {
            let part = text.get(start..end).unwrap();
            all.push(if part.is_empty() { format!("<{start}>") } else { part.to_owned() });
        }
        all.join(" ")
    })
}

fn matches(pattern: &str, text: &str) -> bool {
    with_context(|cx| Search::new(cx, text, pattern, true).unwrap().matches(cx).unwrap())
}

fn all_match(cases: &[(&str, &str)]) {
    for (pattern, text) in cases {
        assert!(matches(pattern, text), "`{pattern}` does not match {text:?}");
    }
}

fn none_match(cases: &[(&str, &str)]) {
    for (pattern, text) in cases {
        assert!(!matches(pattern, text), "`{pattern}` matches {text:?}");
    }
}

#[test]
fn little_is_left_of_the_syntax() {
    for (pattern, expected) in [
        ("ab|c", "ab|c"),
        ("a.b", "a[\\x{0}-\\x{9}\\x{B}-\\x{C}\\x{E}-\\x{84}\\x{86}-\\x{2027}\\x{202A}-\\x{10FFFF}]b"),
        ("(?s).", "[\\x{0}-\\x{10FFFF}]"),
        ("\\Qa.b\\E+", "a\\.b+"),
        ("x*+", "(?>x*)"),
        ("x{2,}?", "x{2,}?"),
        ("(?<year>\\d{4})\\k<year>", "([\\x{30}-\\x{39}]{4})\\k<1>"),
        ("(?x) a b # both", "ab"),
        ("(?i)a1", "[\\x{41}\\x{61}]1"),
        ("(?:^)*", "(?:(?:\\A)|)"),
        ("[a-z&&[^b-y]]", "[\\x{61}\\x{7A}]"),
        ("^a$", "\\Aa\\z"),
    ] {
        assert_eq!(to_engine(pattern), expected, "{pattern}");
    }
}

#[test]
fn faults_name_the_place() {
    for (pattern, expected) in [
        ("a(b", "error at 2: `(` without `)`"),
        ("ab)", "error at 3: `)` without `(`"),
        ("[ab", "error at 4: `[` without `]`"),
        ("*a", "error at 1: `*` repeats nothing"),
        ("a**", "error at 3: `*` repeats nothing"),
        ("x{a}", "error at 2: `{` is not followed by counts; write `\\{` for the character"),
        ("{name}", "error at 1: `{` repeats nothing; write `\\{` for the character"),
        ("a{3,2}", "error at 2: a quantifier whose counts are the wrong way round"),
        ("[z-a]", "error at 3: a range ends before it begins"),
        ("a\\", "error at 2: a backslash ends the pattern"),
        ("\\y", "error at 1: `\\y` is not supported"),
        ("\\X", "error at 1: `\\X` is not supported"),
        ("\\p{Nonsense}", "error at 1: `\\p{Nonsense}` is not supported"),
        ("\\b{g}", "error at 3: `\\b{...}` is not supported"),
        ("[\\b]", "error at 2: `\\b` stands for no character in a class"),
        ("(a)\\2", "error at 6: there is no group 2 before this"),
        ("\\k<a>", "error at 6: there is no group named `a` before this"),
        ("(?<a>x)(?<a>y)", "error at 13: there are two groups named `a`"),
        ("(?k)", "error at 3: `(?k` is not supported"),
        ("a{30000}", "error at 9: the pattern is too large"),
    ] {
        assert_eq!(to_engine(pattern), expected, "{pattern}");
    }
    assert!(to_engine(&"(".repeat(10_000)).contains("nested more than"));
    assert!(to_engine(&"[".repeat(10_000)).contains("nested more than"));
}

#[test]
fn characters() {
    all_match(&[
        ("\\x41\\x{1F600}\\u0042", "A😀B"),
        ("\\uD83D\\uDE00", "😀"),
        ("[\\uD83D\\uDE00-\\uD83D\\uDE02]", "😁"),
        ("\\0101\\07", "A\x07"),
        ("\\t\\n\\r\\f\\a\\e\\cA", "\t\n\r\x0c\x07\x1b\x01"),
        ("\\.\\-\\_\\ \\\"", ".-_ \""),
        ("]}", "]}"),
        (".", "😀"),
        ("\\Q[x]\\E", "[x]"),
        ("\\Qa\\b", "a\\b"),
    ]);
    none_match(&[("\\uD83D", "😀"), (".", "\n"), (".", "\u{2028}"), ("\\Qa.b\\E", "axb")]);
}

#[test]
fn classes() {
    all_match(&[
        ("[abc-]+", "a-c"),
        ("[]a]+", "]a"),
        ("[^]a]", "b"),
        ("[a-d[m-p]]+", "am"),
        ("[a-z&&[^aeiou]]+", "xyz"),
        ("[\\w&&\\D]+", "ab_"),
        ("[\\d.]+", "3.14"),
        ("[\\Qa-c\\E]+", "a-c"),
        ("\\h+", " \t\u{a0}"),
        ("\\v+", "\n\u{85}"),
        ("\\H\\V\\S\\W\\D", "aa!!a"),
        ("\\p{Alpha}\\p{Digit}\\p{Punct}", "a1!"),
        ("\\p{L}\\p{Lu}\\pL\\P{L}", "éÉß1"),
        ("\\p{IsLatin}\\p{IsGreek}\\p{script=Cyrillic}\\p{InCyrillic}", "éαжж"),
        ("\\p{IsAlphabetic}\\p{javaLowerCase}", "éé"),
        ("(?U)\\w+", "Größe"),
        ("(?x)[ a b ]+", "ab"),
    ]);
    none_match(&[
        ("[a-z&&[^aeiou]]", "e"),
        ("[^a-d[m-p]]", "m"),
        ("\\w+", "Größe"),
        ("\\d", "٣"),
        ("\\p{Alpha}", "é"),
        ("[a-c]", "-"),
        ("[a&&b]", "a"),
        ("\\s", "\u{a0}"),
    ]);
}

#[test]
fn case() {
    all_match(&[
        ("(?i)straße", "STRAßE"),
        ("(?iu)é", "É"),
        ("a(?i)b(?-i)c", "aBc"),
        ("(?i:a)b", "Ab"),
        ("((?i)a)b", "Ab"),
        ("(?i)[a-c]+", "AbC"),
        ("(?i)(a)\\1", "aA"),
    ]);
    // Without `u` only ASCII letters have two cases.
    none_match(&[("(?i)é", "É"), ("(?i)k", "\u{212a}"), ("((?i)a)b", "AB"), ("(?i:a)b", "AB")]);
}

#[test]
fn quantifiers_and_groups() {
    all_match(&[
        ("a{2}b{1,2}c{0,}", "aabb"),
        ("(ab)+?", "abab"),
        ("(?:a|ab)(?:c|bcd)", "abcd"),
        ("(a*)*", "aaa"),
        ("(a)(b)\\2\\1", "abba"),
        ("(.)\\10", "xx0"),
        ("(?<d>\\d)-\\k<d>", "4-4"),
        ("(?>a*)b", "aab"),
        ("(?=ab)\\w+", "abc"),
        ("\\w+(?<=bc)", "abc"),
        ("(?<!x)a(?!b)c", "ac"),
        ("(?:(?=a))+a", "a"),
        ("(?:(?:))*a", "a"),
        ("a(?:)b", "ab"),
        ("()|a", "a"),
    ]);
    none_match(&[("a*+a", "aaa"), ("(?>a|ab)c", "abc"), ("(a)|\\1b", "b"), ("(a)?\\1", "b")]);
}

#[test]
fn lines() {
    // `$` stands before a last line terminator too, and for the whole of `\r\n`.
    assert_eq!(found("x$", "x\nx\n"), "x");
    assert_eq!(found("$", "a\r\n"), "<1> <3>");
    assert_eq!(found("$", "a"), "<1>");
    assert_eq!(found("\\Z", "a\n"), "<1> <2>");
    assert_eq!(found("\\z", "a\n"), "<2>");
    assert_eq!(found("(?m)^\\w", "ab\ncd\r\nef\n"), "a c e");
    assert_eq!(found("(?m)^", "a\n"), "<0>");
    assert_eq!(found("(?m)\\w$", "ab\ncd\r\nef\n"), "b d f");
    assert_eq!(found("(?m)$", "a\r\nb"), "<1> <4>");
    assert_eq!(found("(?dm)^.", "a\rb\nc"), "a c");
    assert_eq!(found("(?d).+", "a\rb\nc"), "a\rb c");
    assert_eq!(found("\\R", "a\r\nb\nc\u{2028}"), "\r\n \n \u{2028}");
    assert_eq!(found("(?x)a # one\n b", "ab"), "ab");
}

#[test]
fn one_match_after_the_other() {
    assert_eq!(found("a*", "aab"), "aa <2> <3>");
    assert_eq!(found("", "é😀"), "<0> <2> <6>");
    assert_eq!(found("\\G\\d", "12a3"), "1 2");
    assert_eq!(found("\\b\\w", "to be"), "t b");
    assert_eq!(found("(?<=,)\\w", "a,b,c"), "b c");
    assert_eq!(found("(\\w)\\1", "aabccd"), "aa cc");
    assert_eq!(found("x", ""), "");
}

#[test]
fn exponential_patterns_end() {
    assert_eq!(found("(a+)+b", &"a".repeat(5000)), "");
    with_context(|cx| {
        let text = "a".repeat(60);
        let mut search = Search::new(cx, &text, "((?:a|aa)+)\\1b", false).unwrap();
        let fault = search.next(cx).unwrap_err();
        assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::Regex), "{fault:?}");
    });
}

#[test]
fn sizes_are_limited() {
    with_context(|cx| {
        let text = "a".repeat((1 << 20) + 1);
        for pattern in ["(?=b)", "(\\w{5}){60}"] {
            let fault = Search::new(cx, &text, pattern, false).err().unwrap();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::Regex), "{fault:?}");
        }
        // Each `a` looks at the rest of the text, each time.
        let fault = Search::new(cx, &text[..20_000], "(?:a(?=.*))*b", false).err().unwrap();
        assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::Regex), "{fault:?}");
        assert!(Search::new(cx, &text[..20_000], "(?:a(?=..))*b", false).is_ok());
        let fault = Search::new(cx, "a", &"a".repeat(20_000), false).err().unwrap();
        assert!(!fault.is_uncatchable());
        // Huge counts of large classes are refused, not built.
        let fault = Search::new(cx, "a", "\\p{L}{9999}", false).err().unwrap();
        assert!(!fault.is_uncatchable() && fault.message().contains("too large"), "{fault:?}");
    });
}

#[test]
fn many_patterns_are_kept_within_bounds() {
    with_context(|cx| {
        for number in 0..200 {
            let text = format!("x{number}");
            let mut search = Search::new(cx, &text, &format!("x{number}"), false).unwrap();
            assert!(search.next(cx).unwrap().is_some());
        }
        assert!(crate::limits::memory::live() < 64 * 64 * 1024);
    });
}

#[test]
fn deep_patterns_need_little_native_stack() {
    let deep = std::thread::Builder::new().stack_size(256 << 10).spawn(|| {
        for (open, close) in [("(?:", ")+"), ("(", ")*"), ("(?=", ")"), ("(?>(a)", "\\1)"), ("[a", "]")] {
            let pattern = format!("{}{}{}", open.repeat(45), "a", close.repeat(45));
            with_context(|cx| {
                if let Ok(mut search) = Search::new(cx, "aaaa", &pattern, false) {
                    let _ = search.next(cx);
                }
            });
        }
    });
    deep.unwrap().join().unwrap();
}

/// Mere texts are found without the engine where it would find them, and weigh the same.
#[test]
fn literals_need_no_engine() {
    let escaped: Vec<String> = ('!'..='~').filter(char::is_ascii_punctuation).map(|c| format!("\\{c}")).collect();
    let patterns = [",", "\n", "ab", "aé", "😀", "a-b", "\\.\\.", "1\\|é", " & "];
    for pattern in escaped.iter().map(String::as_str).chain(patterns) {
        let plain = literal(pattern).unwrap_or_else(|| panic!("{pattern} is mere text"));
        let translated = translate(pattern, false).unwrap_or_else(|faulty| panic!("{pattern}: {}", faulty.what));
        assert_eq!((translated.weight, translated.scans), (plain.chars().count(), 0), "{pattern}");
        let long = format!("{plain}x{plain}{plain}").repeat(40);
        for text in ["", "x", &plain, "aéaé😀,,ab", &long] {
            with_context(|cx| {
                let mut search = Search::new(cx, text, pattern, false).unwrap();
                let before = cx.budget.fuel_used();
                let searched: Vec<_> = std::iter::from_fn(|| search.next(cx).unwrap()).collect();
                let price = cx.budget.fuel_used() - before;
                let plain_search = PlainSearch::new(cx, text, pattern.len(), plain.as_bytes()).unwrap();
                let each = plain_search.price;
                let found: Vec<_> = plain_search.collect();
                let owed = each * (found.len() as u64 + 1);
                assert_eq!((found, owed), (searched, price), "{pattern} in {text}");
            });
        }
    }
    for pattern in ["", ".", "a+", "\\d", "a|b", "\\", "(a)", "x{2}", "^a"] {
        assert_eq!(literal(pattern), None, "{pattern}");
    }
}
