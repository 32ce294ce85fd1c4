//! From text to tokens, with the blanks and comments between them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "benchmarks stop at the first surprise"
)]

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sil::{Diagnostics, limits::SourceLimits, source::SourceMap, syntax::lex_file};
use std::hint::black_box;

fn lex(c: &mut Criterion) {
    let mut group = c.benchmark_group("lex");
    for (name, text) in common::texts() {
        let mut sources = SourceMap::new();
        let file = sources.add(name, &text).expect("the map is empty");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut diagnostics = Diagnostics::new();
                let tokens = lex_file(black_box(&sources), file, &SourceLimits::default(), &mut diagnostics);
                assert!(diagnostics.is_empty());
                tokens
            });
        });
    }
}

criterion_group!(name = benches; config = common::criterion(); targets = lex);
criterion_main!(benches);
