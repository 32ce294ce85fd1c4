//! The evaluator beside a plain one.

use crate::reference::{self, End};
use sil::{Engine, ErrorKind, LimitKind, Limits, MemoryHost, Outcome, Program, RunError};

pub fn log(result: &Result<Outcome, RunError>) -> Vec<String> {
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

/// Compares one program; `false` when it takes too long to say.
pub fn compare(engine: &Engine, source: &str) -> Result<bool, String> {
    let program = match engine.compile("case.sil", source) {
        Ok(program) => program,
        Err(diagnostics) => return Err(format!("does not compile\n{diagnostics}\n{source}")),
    };
    let expected = reference::run(engine, source);
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

pub fn ending(result: &Result<Outcome, RunError>) -> String {
    match result {
        Ok(outcome) => format!("{:?} {:?}", outcome.returned(), log(result)),
        Err(error) => format!("{:?} {} {:?}", error.kind(), error, log(result)),
    }
}

/// Runs a program with less of one limit than it may need. When it is stopped, which `true` says, it is by that limit
/// and the log is the beginning of the whole one; else it ends like `whole`.
pub fn is_stopped(
    program: &Program,
    kind: LimitKind,
    limits: &Limits,
    whole: &Result<Outcome, RunError>,
) -> Result<bool, String> {
    let result = program.run(&mut MemoryHost::new(), limits);
    match result.as_ref().err().and_then(RunError::limit) {
        Some(hit) if hit.kind != kind => Err(format!("stopped by {:?} instead of {kind:?}", hit.kind)),
        Some(_) if !log(whole).starts_with(&log(&result)) => Err("another log".to_owned()),
        Some(_) => Ok(true),
        None if ending(&result) != ending(whole) => Err(format!("{} instead of {}", ending(&result), ending(whole))),
        None => Ok(false),
    }
}
