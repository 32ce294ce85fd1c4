//! The path of a webhook: a request in, a fresh run, an answer out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "benchmarks stop at the first surprise"
)]

mod common;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use sil::{
    Engine, Limits, MemoryHost, WebhookRequest,
    webhook::{Answer, build_request},
};
use std::hint::black_box;

const SCRIPT: &str = include_str!("scripts/webhook.sil");

/// Ten parameters.
const QUERY: &str =
    "kind=order&limit=20&item=lamp&color=dark+green&size=42&room=4&floor=2&building=west&note=handle%20gently&who=Ada";

fn request() -> WebhookRequest {
    build_request("GET", black_box(QUERY), None, None, b"").expect("the query is in order")
}

/// The run alone: the program and the request are there.
fn run(c: &mut Criterion) {
    let program = common::compiled("webhook", SCRIPT);
    let limits = Limits::default();
    let request = request();
    c.bench_function("webhook/run", |b| {
        b.iter_batched(
            || MemoryHost::new().with_request(request.clone()),
            |mut host| {
                let outcome = program.run(&mut host, &limits).expect("the script ends well");
                assert_eq!(outcome.reading().status, 202);
                (outcome, host)
            },
            BatchSize::SmallInput,
        );
    });
}

/// A script that does nothing: what every run costs.
fn empty(c: &mut Criterion) {
    let program = common::compiled("empty", "");
    let limits = Limits::default();
    c.bench_function("webhook/empty_run", |b| {
        b.iter(|| program.run(&mut MemoryHost::new(), &limits).expect("the script ends well"));
    });
}

/// From the parts of an HTTP request to those of the answer.
fn whole(c: &mut Criterion) {
    let program = common::compiled("webhook", SCRIPT);
    let limits = Limits::default();
    c.bench_function("webhook/request_to_answer", |b| {
        b.iter(|| {
            let mut host = MemoryHost::new().with_request(request());
            let outcome = program.run(&mut host, &limits).expect("the script ends well");
            Answer::new(outcome.reading().status, host.body(), host.headers())
        });
    });
}

/// For scripts that change with every request: compiling and running.
fn compile_and_run(c: &mut Criterion) {
    let engine = Engine::new();
    let limits = Limits::default();
    let request = request();
    c.bench_function("webhook/compile_and_run", |b| {
        b.iter(|| {
            let program = engine.compile("webhook", black_box(SCRIPT)).expect("the script has no errors");
            let mut host = MemoryHost::new().with_request(request.clone());
            program.run(&mut host, &limits).expect("the script ends well");
            host
        });
    });
}

criterion_group!(name = benches; config = common::criterion(); targets = run, empty, whole, compile_and_run);
criterion_main!(benches);
