//! The evaluator beside a plain one.

use crate::reference::{self, End, Ran};
use sil::{Engine, ErrorKind, Host, LimitHit, LimitKind, Limits, MemoryHost, Outcome, Program, RunError};

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

/// What a run came to, both ways.
pub type Both = (Ran, Result<Outcome, RunError>);

/// Runs a program both ways, each with a host of its own, and compares; nothing when the plain way takes too long.
pub fn run_both(
    engine: &Engine,
    program: &Program,
    source: &str,
    [plain, host]: [&mut dyn Host; 2],
) -> Result<Option<Both>, String> {
    let expected = reference::run(engine, source, plain);
    if matches!(expected.end, End::TooLong) {
        return Ok(None);
    }
    let result = program.run(host, &Limits::default().fuel(20_000_000));
    let explain = |what: String| format!("{what}\n{source}");
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
        (End::Failed(kind, message), Err(error)) => {
            if error.kind() != kind || error.message() != message {
                return Err(explain(format!("expected {kind:?} {message:?}, found {:?} {error}", error.kind())));
            }
        }
        (expected, Ok(outcome)) => {
            return Err(explain(format!("expected {expected:?}, found {:?}", outcome.returned())));
        }
        (expected, Err(error)) => return Err(explain(format!("expected {expected:?}, found {error}"))),
    }
    let found = log(&result);
    if expected.log != found {
        let at = expected.log.iter().zip(&found).take_while(|(a, b)| a == b).count();
        let (a, b) = (expected.log.get(at), found.get(at));
        return Err(explain(format!("line {at} of the log: expected {a:?}, found {b:?}")));
    }
    Ok(Some((expected, result)))
}

/// How a program was compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compared {
    /// It takes too long to say.
    TooLong,
    /// It gives the same.
    Same,
    /// It gives the same, and since nothing was doubtful about its types, nothing failed on them.
    Typed,
}

/// Compares one program.
pub fn compare(engine: &Engine, source: &str) -> Result<Compared, String> {
    let program = match engine.compile("case.sil", source) {
        Ok(program) => program,
        Err(diagnostics) => return Err(format!("does not compile\n{diagnostics}\n{source}")),
    };
    let hosts: [&mut dyn Host; 2] = [&mut MemoryHost::new(), &mut MemoryHost::new()];
    let Some((expected, _)) = run_both(engine, &program, source, hosts)? else { return Ok(Compared::TooLong) };
    // An unused variable says nothing about types. A function's result has none, and a null there may surprise.
    if expected.null_result
        || program.diagnostics().warnings().any(|warning| !warning.message.contains("is never used"))
    {
        return Ok(Compared::Same);
    }
    let failed = match &expected.end {
        End::Failed(_, message) => Some(message),
        _ => None,
    };
    match expected.caught.iter().chain(failed).find(|message| !is_expected(message)) {
        Some(message) => Err(format!("fails although its types are right: {message}\n{source}")),
        None => Ok(Compared::Typed),
    }
}

pub fn ending(result: &Result<Outcome, RunError>) -> String {
    match result {
        Ok(outcome) => format!("{:?} {:?}", outcome.returned(), log(result)),
        Err(error) => format!("{:?} {} {:?}", error.kind(), error, log(result)),
    }
}

/// Whether a limit is told with its word, its value and what was used of it: all of the fuel, more than the memory.
fn is_told(hit: LimitHit, limits: &Limits, error: Option<&RunError>) -> bool {
    let LimitHit { kind, limit, used } = hit;
    let (word, unit) = (kind.word(), kind.unit());
    let right = match kind {
        LimitKind::Fuel => limit == limits.fuel && used == limit,
        LimitKind::Memory => limit == limits.memory as u64 && used > limit,
        _ => used >= limit,
    };
    let message = format!("{word} limit of {limit} {unit} reached ({used} used)");
    right && error.is_some_and(|error| error.message() == message)
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
        Some(hit) if !is_told(hit, limits, result.as_ref().err()) => Err(format!("{hit:?} says {result:?}")),
        Some(_) if !log(whole).starts_with(&log(&result)) => Err("another log".to_owned()),
        Some(_) => Ok(true),
        None if ending(&result) != ending(whole) => Err(format!("{} instead of {}", ending(&result), ending(whole))),
        None => Ok(false),
    }
}
