//! Scripts: any text, and programs that the generator makes of the bytes.

use crate::{
    comparison,
    generator::{self, Choices},
    hold, round_trip, sound,
};
use sil::{Diagnostics, Engine, LimitKind, Limits, MemoryHost, WebhookRequest, source::Span};
use std::{sync::LazyLock, time::Duration};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

/// Tokens tile the text.
pub fn lex(data: &[u8]) {
    sound::lex(&String::from_utf8_lossy(data));
}

/// There is always a tree, and all spans lie where they should.
pub fn parse(data: &[u8]) {
    sound::parse(&String::from_utf8_lossy(data));
}

/// A script without syntax errors, written from its tree, reads as the same tree.
pub fn round_trip(data: &[u8]) {
    round_trip::returns(&String::from_utf8_lossy(data)).unwrap_or_else(|problem| panic!("{problem}"));
}

/// What checking says can be shown, compiling says the same, and what compiles runs within limits.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let found = ENGINE.check("case.sil", &text);
    show(&found);
    match ENGINE.compile("case.sil", &text) {
        Ok(program) => {
            assert!(!found.has_errors(), "compiles in spite of\n{found}");
            let limits = Limits::default().fuel(20_000).memory(1 << 20).timeout(Some(Duration::from_secs(2)));
            hold(&program.run(&mut host(), &limits));
        }
        Err(again) => assert_eq!(again.to_string(), found.to_string()),
    }
}

fn show(found: &Diagnostics) {
    let sound = |span: Span| {
        let file = found.sources().file_at(span.start).expect("a place in a file");
        assert!(file.span().contains(span), "{span:?} in {:?}", file.span());
        let base = file.base();
        for place in [span.start - base, span.end - base] {
            assert!(file.text().is_char_boundary(place as usize), "{span:?}");
        }
    };
    for diagnostic in found {
        sound(diagnostic.span);
        diagnostic.labels.iter().for_each(|label| sound(label.span));
        diagnostic.fix.iter().for_each(|fix| sound(fix.span));
    }
    assert_eq!(found.is_empty(), found.render(false).is_empty());
}

/// A host that has a little of everything.
pub fn host() -> MemoryHost {
    MemoryHost::new()
        .with_request(WebhookRequest::new("POST").param("a", "1").param("a", "x|y").content("{\"k\":[1,2.5,\"z\"]}"))
        .with_issue("OPS-17", [("summary", "A summary"), ("description", "Some text")])
        .with_current_issue("OPS-17")
        .with_file("a.txt", "one\ntwo\n")
        .with_file("t.csv", "a,b\n1,\"x,y\"\n")
        .with_argument("2024-02-29 10:30:00")
        .with_argument("1|2|3")
}

/// A program of the bytes gives what a plain evaluator gives; less fuel or memory stops it cleanly.
pub fn run(data: &[u8]) {
    let (head, choices) = data.split_at(data.len().min(4));
    let number = head.iter().fold(0, |number, byte| number * 256 + u64::from(*byte));
    let source = generator::program(Choices::Bytes(choices), 40);
    let compared = comparison::compare(&ENGINE, &source).unwrap_or_else(|problem| panic!("{problem}"));
    if compared == comparison::Compared::TooLong {
        return;
    }
    let program = ENGINE.compile("case.sil", &source).expect("it was compiled before");
    let whole = program.run(&mut MemoryHost::new(), &Limits::default());
    let less = [
        (LimitKind::Fuel, Limits::default().fuel(number % (2 * fuel_of(&whole) + 2))),
        (LimitKind::Memory, Limits::default().memory((number % 40_000) as usize)),
    ];
    for (kind, limits) in less {
        comparison::is_stopped(&program, kind, &limits, &whole)
            .unwrap_or_else(|problem| panic!("{kind:?} {number}: {problem}\n{source}"));
    }
}

fn fuel_of(result: &Result<sil::Outcome, sil::RunError>) -> u64 {
    match result {
        Ok(outcome) => outcome.fuel_used(),
        Err(error) => error.fuel_used(),
    }
}
