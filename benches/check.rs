//! From tree to facts, and the whole way from text to program.

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
use sil::{
    Diagnostics, Engine,
    check::{self, CheckConfig},
    limits::SourceLimits,
    source::SourceMap,
    syntax::{ast::Ast, parse_file},
    types::StructTable,
};
use std::hint::black_box;

/// Checking alone.
fn check(c: &mut Criterion) {
    let engine = Engine::new();
    let structs = std::sync::Arc::new(StructTable::new());
    let config = CheckConfig { signatures: engine.signatures(), structs: &structs, field_names: None };
    let mut group = c.benchmark_group("check");
    for (name, text) in common::texts() {
        let mut sources = SourceMap::new();
        let file = sources.add(name, &text).expect("the map is empty");
        let (mut ast, mut diagnostics) = (Ast::new(), Diagnostics::new());
        ast.items = parse_file(&sources, file, &SourceLimits::default(), &mut ast, &mut diagnostics);
        assert!(diagnostics.is_empty());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut diagnostics = Diagnostics::new();
                let facts = check::check(black_box(&ast), &config, &mut diagnostics);
                assert!(!diagnostics.has_errors());
                facts
            });
        });
    }
}

/// Lexing, parsing, checking and lowering; dropping the program too.
fn compile(c: &mut Criterion) {
    let engine = Engine::new();
    let mut group = c.benchmark_group("compile");
    for (name, text) in common::texts() {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| engine.compile(name, black_box(&text)).map(drop).expect("the script has no errors"));
        });
    }
}

/// Making an engine, which an embedder does once.
fn engine(c: &mut Criterion) {
    c.bench_function("engine_new", |b| b.iter(Engine::new));
}

criterion_group!(name = benches; config = common::criterion(); targets = check, compile, engine);
criterion_main!(benches);
