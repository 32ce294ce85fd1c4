//! Routines with languages of their own: date patterns and regular expressions.

use crate::{hold, texts};
use sil::{Data, Engine, Limits, MemoryHost, Program, Zone};
use std::{sync::LazyLock, time::Duration};

fn compiled(scripts: &[&str]) -> Vec<Program> {
    let engine = Engine::builder().time_zone(Zone::named("Europe/Paris").expect("it is known")).build();
    let compile = |script: &&str| engine.compile("case.sil", script).unwrap_or_else(|found| panic!("{found}"));
    scripts.iter().map(compile).collect()
}

/// What a program returns, if it ends well. It is stopped long before the fuzzer loses patience.
fn result(program: &Program, arguments: &[&str]) -> Option<Vec<Data>> {
    let host = MemoryHost::new();
    let mut host = arguments.iter().fold(host, |host, argument| host.with_argument(*argument));
    let result = program.run(&mut host, &Limits::default().memory(64 << 20).timeout(Some(Duration::from_secs(1))));
    hold(&result);
    result.ok().map(|outcome| outcome.returned().to_vec())
}

static DATES: LazyLock<Vec<Program>> = LazyLock::new(|| {
    compiled(&[
        "return parseDate(argv[0], argv[1]);",
        "return parseDate(argv[0], argv[1], argv[2]);",
        "return formatDate((date) argv[1], argv[0]);",
        "return formatDate(millisToDate((number) argv[1]), argv[0]);",
        "string exact = \"yyyy-MM-dd HH:mm:ss.SSS Z\"; date d = parseDate(argv[0], argv[1]);
         string s = formatDate(d, exact); return s, formatDate(parseDate(exact, s), exact);",
    ])
});

/// Any pattern, any text, any locale: a date, or a message. A date that was read is written exactly.
pub fn dates(data: &[u8]) {
    let [pattern, text, locale] = texts(data);
    for program in &DATES[..4] {
        if let Some([Data::Text(written)]) = result(program, &[&pattern, &text, &locale]).as_deref() {
            result(&DATES[0], &[&pattern, written]);
        }
    }
    if let Some([Data::Text(one), Data::Text(two)]) = result(&DATES[4], &[&pattern, &text]).as_deref() {
        // Offsets had seconds, which patterns do not write; the last zone gave them up in 1972.
        assert!(one == two || one.as_str() < "1973", "{one} {two}");
    }
}

static REGEX: LazyLock<Vec<Program>> = LazyLock::new(|| {
    compiled(&[
        "return matchStart(argv[0], argv[1]), matchEnd(argv[0], argv[1]), size(allMatches(argv[0], argv[1]));",
        "return matches(argv[0], argv[1]);",
        "return matchReplace(argv[0], argv[1], argv[2]);",
        "return split(argv[0], argv[1]);",
    ])
});

/// Any pattern of Java, any text: an answer or a message in time, and the answers agree.
pub fn regex(data: &[u8]) {
    let [pattern, text, replacement] = texts(data);
    let arguments = [&*text, &*pattern, &*replacement];
    if let Some([start, end, count]) = result(&REGEX[0], &arguments).as_deref() {
        let (start, end, count) = (start.as_i64(), end.as_i64(), count.as_i64());
        assert_eq!(start.is_some_and(|start| start >= 0), count > Some(0), "{start:?} {end:?} {count:?}");
        assert!(start <= end, "{start:?} {end:?}");
        assert!(end <= Some(text.encode_utf16().count() as i64), "{start:?} {end:?}");
    }
    for program in &REGEX[1..] {
        result(program, &arguments);
    }
}
