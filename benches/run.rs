//! Runs of compiled scripts under the default limits. Every result is compared with the known one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "benchmarks stop at the first surprise"
)]

mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use sil::{Limits, MemoryHost};

macro_rules! scripts {
    ($($name:literal => $result:literal,)*) => {
        [$(($name, include_str!(concat!("scripts/", $name, ".sil")), $result),)*]
    };
}

/// Name, text and result of each script.
const SCRIPTS: &[(&str, &str, &str)] = &scripts! {
    "fib" => "196418",
    "loops" => "522554",
    "mandelbrot" => "101810668219",
    "sieve" => "41538",
    "array" => "499999000000",
    "keyed" => "19999900000",
    "text" => "2288890",
    "lines" => "300000278889",
    "sort" => "79987",
    "record" => "4000097",
    "calls" => "13000000",
    "dates" => "400256",
    "trycatch" => "9999900000",
    "json" => "211110",
    "short" => "Good day, Ada!\nHi, Bo\nHi, stranger\n3",
};

fn run(c: &mut Criterion) {
    let mut group = c.benchmark_group("run");
    for (name, source, expected) in SCRIPTS {
        let program = common::compiled(name, source);
        let limits = Limits::default();
        group.bench_function(*name, |b| {
            b.iter(|| {
                let outcome = program.run(&mut MemoryHost::new(), &limits).expect("the script ends well");
                assert_eq!(outcome.returned().first().map(|value| value.to_text()).as_deref(), Some(*expected));
            });
        });
    }
}

criterion_group!(name = benches; config = common::criterion(); targets = run);
criterion_main!(benches);
