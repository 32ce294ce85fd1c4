//! What holds for every program: the evaluator gives what a plain one gives, types that were checked are right, limits
//! stop a program cleanly anywhere, and so does a host that fails.

use crate::{
    comparison::{Compared, compare, is_stopped, log, run_both},
    failing::{Failing, MESSAGE},
    generator::{self, Choices},
};
use sil::{Engine, ErrorKind, LimitKind, Limits, MemoryHost, Program, host::FileError};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A number from the environment, to look for more.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// How many programs are compared.
fn programs() -> u64 {
    number("SIL_SEEDS", 20_000)
}

/// How many programs are run with every budget there is, and with every call of the host failing.
fn swept() -> u64 {
    number("SIL_SWEPT", 300)
}

/// Most programs are small, every eighth is not.
fn source(seed: u64) -> String {
    let size = if seed.is_multiple_of(8) { 8 + seed / 8 % 19 } else { 1 + seed % 11 };
    generator::program(Choices::seed(seed), size as usize)
}

/// The part of all programs that one test takes, so that all cores have something to do.
const PARTS: u64 = 8;

fn programs_of(part: u64) {
    let engine = Engine::new();
    let (mut compared, mut typed, mut failures) = (0, 0, Vec::new());
    let first = number("SIL_FIRST_SEED", 0);
    let seeds: Vec<u64> = (first..first + programs()).filter(|seed| seed % PARTS == part).collect();
    let count = seeds.len();
    for seed in seeds {
        let outcome = catch_unwind(AssertUnwindSafe(|| compare(&engine, &source(seed))));
        match outcome.unwrap_or_else(|_| Err(format!("panics\n{}", source(seed)))) {
            Ok(done) => {
                compared += usize::from(done != Compared::TooLong);
                typed += usize::from(done == Compared::Typed);
            }
            Err(problem) => failures.push(format!("seed {seed}: {problem}")),
        }
    }
    failures.sort_by_key(String::len);
    for failure in &failures {
        println!("{}", failure.lines().next().unwrap_or(""));
    }
    println!("{compared} of {count} programs were compared, {typed} have no doubtful types");
    let number = failures.len();
    let some = failures.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(failures.is_empty(), "{number} of {count} programs differ:\n{some}");
    assert!(compared * 10 > count * 9, "only {compared} of {count} programs were compared");
    assert!(typed * 10 > count, "only {typed} of {count} programs have no doubtful types");
}

macro_rules! parts {
    ($($name:ident: $part:literal;)*) => {
        $(
            #[test]
            fn $name() {
                const { assert!($part < PARTS) };
                programs_of($part);
            }
        )*
    };
}

parts! {
    programs_give_what_a_plain_evaluator_gives_1: 0;
    programs_give_what_a_plain_evaluator_gives_2: 1;
    programs_give_what_a_plain_evaluator_gives_3: 2;
    programs_give_what_a_plain_evaluator_gives_4: 3;
    programs_give_what_a_plain_evaluator_gives_5: 4;
    programs_give_what_a_plain_evaluator_gives_6: 5;
    programs_give_what_a_plain_evaluator_gives_7: 6;
    programs_give_what_a_plain_evaluator_gives_8: 7;
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

fn compiled(engine: &Engine, source: &str) -> Program {
    engine.compile("case.sil", source).unwrap_or_else(|found| panic!("{found}\n{source}"))
}

/// Runs a program with a limit from nothing upwards until it completes; gives how often it was stopped.
fn sweep(engine: &Engine, seed: u64, kind: LimitKind, limits: impl Fn(u64) -> Limits, step: u64) -> u64 {
    let source = generator::program(Choices::seed(seed), 1 + (seed % 7) as usize);
    let program = compiled(engine, &source);
    let whole = program.run(&mut MemoryHost::new(), &Limits::default());
    let (mut budget, mut stops) = (0, 0);
    let stopped = |budget| {
        is_stopped(&program, kind, &limits(budget), &whole)
            .unwrap_or_else(|problem| panic!("seed {seed}, {budget}: {problem}\n{source}"))
    };
    while stopped(budget) {
        stops += 1;
        budget += step;
    }
    // More does not change it.
    for more in [budget + 1, budget + step, budget * 2, budget * 10] {
        assert!(!stopped(more), "seed {seed}, {more}\n{source}");
    }
    stops
}

#[test]
fn fuel_ends_a_program_anywhere_and_changes_nothing() {
    let engine = Engine::new();
    let limits = |fuel| Limits::default().fuel(fuel);
    let stops: u64 = (0..swept()).map(|seed| sweep(&engine, seed, LimitKind::Fuel, limits, 1)).sum();
    assert!(stops > 10 * swept(), "only {stops} stops");
}

#[test]
fn memory_ends_a_program_anywhere_and_changes_nothing() {
    let engine = Engine::new();
    let limits = |bytes| Limits::default().memory(usize::try_from(bytes).unwrap());
    let stops: u64 = (0..swept()).map(|seed| sweep(&engine, seed, LimitKind::Memory, limits, 8)).sum();
    assert!(stops > 10 * swept(), "only {stops} stops");
}

/// How often a failing call ended the run, and how often a catch-all took it.
#[derive(Default)]
struct Failures {
    ended: usize,
    taken: usize,
}

/// Lets each call of the host fail, one run for each.
fn let_calls_fail(engine: &Engine, seed: u64, failures: &mut Failures) {
    let source = generator::program_with_host(Choices::seed(seed), 4 + (seed % 13) as usize);
    let program = compiled(engine, &source);
    for fails in 0.. {
        let (mut plain, mut host) = (Failing::at(fails), Failing::at(fails));
        let both = run_both(engine, &program, &source, [&mut plain, &mut host]);
        let both = both.unwrap_or_else(|problem| panic!("seed {seed}, call {fails}: {problem}"));
        let Some((_, result)) = both else { return };
        assert_eq!(plain.calls, host.calls, "seed {seed}, call {fails}\n{source}");
        let Some(before) = host.lines_before else { return };
        let log = log(&result);
        match result {
            // Nothing took it: it is what the run ends with, and nothing happens behind it.
            Err(error) if log.len() == before && host.calls.len() == fails + 1 => {
                let expected = match error.kind() {
                    ErrorKind::Host => MESSAGE.to_owned(),
                    ErrorKind::Routine => format!("cannot write to `out.txt`: {}", FileError::Io),
                    other => panic!("seed {seed}, call {fails}: {other:?}: {error}\n{source}"),
                };
                assert_eq!(error.message(), expected, "seed {seed}, call {fails}\n{source}");
                failures.ended += 1;
            }
            // A clause without type took it, and nothing but that.
            _ => {
                let next = log.get(before).map_or("", String::as_str);
                assert!(["the host failed", "caught something"].contains(&next), "seed {seed}, call {fails}\n{source}");
                failures.taken += 1;
            }
        }
    }
}

#[test]
fn a_failing_call_of_the_host_ends_a_program_or_is_caught() {
    let engine = Engine::new();
    let mut failures = Failures::default();
    for seed in 0..swept() {
        let_calls_fail(&engine, seed, &mut failures);
    }
    let Failures { ended, taken } = failures;
    println!("{ended} runs were ended, in {taken} the error was taken");
    assert!(ended > 500 && taken > 100, "{ended} ended, {taken} taken");
}
