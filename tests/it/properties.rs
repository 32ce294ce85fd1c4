//! What holds for every program: the evaluator gives what a plain one gives, and limits stop it cleanly anywhere.

use crate::{
    generator,
    reference::{self, End},
};
use sil::{Engine, ErrorKind, LimitKind, Limits, MemoryHost, Outcome, RunError};

/// How many programs are tried.
fn seeds(default: u64) -> u64 {
    std::env::var("SIL_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn first_seed() -> u64 {
    std::env::var("SIL_FIRST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn log(result: &Result<Outcome, RunError>) -> Vec<String> {
    let entries = match result {
        Ok(outcome) => outcome.log(),
        Err(error) => error.log(),
    };
    entries.iter().map(|entry| entry.message.clone()).collect()
}

/// What may go wrong in a program whose types are right.
fn is_expected(message: &str) -> bool {
    let expected = ["division by zero", "division by null", "out of range", "negative", "null index", "index is null"];
    expected.iter().any(|part| message.contains(part))
}

fn source(seed: u64) -> String {
    generator::program(seed, 4 + (seed % 23) as usize)
}

/// Compares one program; `false` when it takes too long to say.
fn compare(engine: &Engine, seed: u64) -> Result<bool, String> {
    let source = source(seed);
    let program = match engine.compile("case.sil", &source) {
        Ok(program) => program,
        Err(diagnostics) => return Err(format!("does not compile\n{diagnostics}\n{source}")),
    };
    let expected = reference::run(engine, &source);
    if matches!(expected.end, End::TooLong) {
        return Ok(false);
    }
    let result = program.run(&mut MemoryHost::new(), &Limits::default().fuel(20_000_000));
    let explain = |what: String| format!("{what}\n{source}");
    let found = log(&result);
    match (&expected.end, &result) {
        (End::Returned(values), Ok(outcome)) => {
            if format!("{values:?}") != format!("{:?}", outcome.returned()) {
                return Err(explain(format!("expected {values:?}\n   found {:?}", outcome.returned())));
            }
        }
        (End::Thrown(text), Err(error)) => {
            if *error.kind() != ErrorKind::Thrown || error.message() != format!("uncaught exception: {text}") {
                return Err(explain(format!("expected {text:?} thrown, found {error}")));
            }
        }
        (End::Failed(message), Err(error)) => {
            if *error.kind() != ErrorKind::Script || error.message() != message {
                return Err(explain(format!("expected failure {message:?}, found {error}")));
            }
        }
        (expected, Ok(outcome)) => {
            return Err(explain(format!("expected {expected:?}, found {:?}", outcome.returned())));
        }
        (expected, Err(error)) => return Err(explain(format!("expected {expected:?}, found {error}"))),
    }
    // An unused variable says nothing about types. A function's result has none, and a null there may surprise.
    let doubtful = source.contains("function f")
        || program.diagnostics().warnings().any(|warning| !warning.message.contains("is never used"));
    let failed = match &expected.end {
        End::Failed(message) => Some(message),
        _ => None,
    };
    if let Some(message) = expected.caught.iter().chain(failed).find(|message| !doubtful && !is_expected(message)) {
        return Err(explain(format!("fails although its types are right: {message}")));
    }
    if expected.log != found {
        let at = expected.log.iter().zip(&found).take_while(|(a, b)| a == b).count();
        let (a, b) = (expected.log.get(at), found.get(at));
        return Err(explain(format!("line {at} of the log: expected {a:?}, found {b:?}")));
    }
    Ok(true)
}

#[test]
fn programs_give_what_a_plain_evaluator_gives() {
    let engine = Engine::new();
    let (mut compared, mut failures) = (0, Vec::new());
    let (first, count) = (first_seed(), seeds(3000));
    for seed in first..first + count {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| compare(&engine, seed)));
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

/// Runs a program with a limit from nothing upwards until it completes; gives how often it was stopped.
fn sweep(seed: u64, kind: LimitKind, limits: impl Fn(u64) -> Limits, next: impl Fn(u64) -> u64) -> u64 {
    let engine = Engine::new();
    let source = generator::program(seed, 5);
    let program = engine.compile("case.sil", &source).unwrap_or_else(|found| panic!("{found}\n{source}"));
    let whole = program.run(&mut MemoryHost::new(), &Limits::default());
    let expected = ending(&whole);
    let (mut budget, mut stops) = (0, 0);
    loop {
        let result = program.run(&mut MemoryHost::new(), &limits(budget));
        let hit = result.as_ref().err().and_then(RunError::limit);
        match hit {
            Some(hit) => {
                stops += 1;
                assert!(hit.kind == kind, "seed {seed}, {budget}: stopped by {:?}\n{source}", hit.kind);
                let (log, whole) = (log(&result), log(&whole));
                assert!(whole.starts_with(&log), "seed {seed}, {budget}: another log\n{source}");
            }
            None => {
                assert_eq!(ending(&result), expected, "seed {seed}, {budget}\n{source}");
                // More does not change it.
                let more = program.run(&mut MemoryHost::new(), &limits(budget.saturating_mul(2)));
                assert_eq!(ending(&more), expected, "seed {seed}, twice {budget}\n{source}");
                return stops;
            }
        }
        budget = next(budget);
    }
}

fn ending(result: &Result<Outcome, RunError>) -> String {
    match result {
        Ok(outcome) => format!("{:?} {:?}", outcome.returned(), log(result)),
        Err(error) => format!("{:?} {} {:?}", error.kind(), error, log(result)),
    }
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
