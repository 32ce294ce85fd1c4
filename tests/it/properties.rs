//! What holds for every program: the evaluator gives what a plain one gives, and limits stop it cleanly anywhere.

use crate::{
    comparison::{compare, is_stopped},
    generator::{self, Choices},
};
use sil::{Engine, LimitKind, Limits, MemoryHost};

/// How many programs are tried.
fn seeds(default: u64) -> u64 {
    std::env::var("SIL_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn first_seed() -> u64 {
    std::env::var("SIL_FIRST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn source(seed: u64) -> String {
    generator::program(Choices::seed(seed), 4 + (seed % 23) as usize)
}

#[test]
fn programs_give_what_a_plain_evaluator_gives() {
    let engine = Engine::new();
    let (mut compared, mut failures) = (0, Vec::new());
    let (first, count) = (first_seed(), seeds(3000));
    for seed in first..first + count {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| compare(&engine, &source(seed))));
        match outcome.unwrap_or_else(|_| Err(format!("panics\n{}", source(seed)))) {
            Ok(done) => compared += u64::from(done),
            Err(problem) => failures.push(format!("seed {seed}: {problem}")),
        }
    }
    failures.sort_by_key(String::len);
    for failure in &failures {
        println!("{}", failure.lines().next().unwrap_or(""));
    }
    let number = failures.len();
    let some = failures.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(failures.is_empty(), "{number} of {count} programs differ:\n{some}");
    assert!(compared * 10 > count * 9, "only {compared} of {count} programs were compared");
}

/// What a fuzzer gives: few bytes, many equal ones, and never enough.
#[test]
fn any_bytes_make_a_program() {
    let engine = Engine::new();
    for length in 0..200usize {
        for factor in [0, 1, 7, 31, 101, 251] {
            let bytes: Vec<u8> = (0..length).map(|at| ((at + 1) * factor) as u8).collect();
            let source = generator::program(Choices::Bytes(&bytes), 20);
            assert!(source.contains("return "), "{bytes:?}");
            compare(&engine, &source).unwrap_or_else(|problem| panic!("{bytes:?}: {problem}"));
        }
    }
}

/// Runs a program with a limit from nothing upwards until it completes; gives how often it was stopped.
fn sweep(seed: u64, kind: LimitKind, limits: impl Fn(u64) -> Limits, next: impl Fn(u64) -> u64) -> u64 {
    let engine = Engine::new();
    let source = generator::program(Choices::seed(seed), 5);
    let program = engine.compile("case.sil", &source).unwrap_or_else(|found| panic!("{found}\n{source}"));
    let whole = program.run(&mut MemoryHost::new(), &Limits::default());
    let (mut budget, mut stops) = (0, 0);
    let stopped = |budget| {
        is_stopped(&program, kind, &limits(budget), &whole)
            .unwrap_or_else(|problem| panic!("seed {seed}, {budget}: {problem}\n{source}"))
    };
    while stopped(budget) {
        stops += 1;
        budget = next(budget);
    }
    // More does not change it.
    assert!(!stopped(budget.saturating_mul(2)), "seed {seed}, twice {budget}\n{source}");
    stops
}

#[test]
fn fuel_ends_a_program_anywhere_and_changes_nothing() {
    let mut stops = 0;
    for seed in 0..seeds(50) {
        stops += sweep(seed, LimitKind::Fuel, |fuel| Limits::default().fuel(fuel), |fuel| fuel + 1);
    }
    assert!(stops > 1000, "only {stops} stops");
}

#[test]
fn memory_ends_a_program_anywhere_and_changes_nothing() {
    let mut stops = 0;
    for seed in 0..seeds(50) {
        let limits = |bytes| Limits::default().memory(usize::try_from(bytes).unwrap());
        stops += sweep(seed, LimitKind::Memory, limits, |bytes| bytes + 8);
    }
    assert!(stops > 1000, "only {stops} stops");
}
