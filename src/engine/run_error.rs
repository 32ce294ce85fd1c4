use crate::{
    call::LogEntry,
    diagnostics::SourceLine,
    eval::Executable,
    limits::LimitHit,
    source::{Place, Span},
    value::{Fault, FaultKind},
};
use std::fmt;

/// What kind of failure ended a run.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The script threw a value that nothing caught (L-80).
    Thrown,
    /// An error of the language: conversion, index, division.
    Script,
    /// An error of a routine.
    Routine,
    /// An error of the host.
    Host,
    /// A limit was reached or the run was cancelled.
    Limit(LimitHit),
    /// A bug of this crate.
    Internal,
}

impl ErrorKind {
    /// One word for the kind, for machine-readable output.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Thrown => "thrown",
            Self::Script => "script",
            Self::Routine => "routine",
            Self::Host => "host",
            Self::Limit(_) => "limit",
            Self::Internal => "internal",
        }
    }
}

/// A function that was running when a run failed, and where it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StackEntry {
    /// Name of the function, or `main program`.
    pub function: String,
    /// Where it was: the failing place, or the call of the entry before.
    pub place: Option<Place>,
    /// The line of source there.
    pub source: Option<SourceLine>,
}

/// Why a run failed, as data.
///
/// Prints in the documented form of L-81: `[SIL Error on line: 4, column: 5] text`.
#[derive(Clone, Debug)]
pub struct RunError(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    span: Option<Span>,
    place: Option<Place>,
    stack: Vec<StackEntry>,
    left_out: usize,
    log: Vec<LogEntry>,
    fuel_used: u64,
}

impl RunError {
    pub(super) fn new(fault: &Fault, executable: &Executable, log: Vec<LogEntry>, fuel_used: u64) -> Self {
        let place_of = |span: Span| executable.sources.place(span);
        let entry = |function: String, span: Option<Span>| StackEntry {
            function,
            place: span.and_then(place_of),
            source: span.and_then(|span| SourceLine::new(&executable.sources, span)),
        };
        let kind = match fault.kind() {
            FaultKind::Thrown(..) => ErrorKind::Thrown,
            FaultKind::Error => ErrorKind::Script,
            FaultKind::Routine => ErrorKind::Routine,
            FaultKind::Host => ErrorKind::Host,
            FaultKind::Limit(hit) => ErrorKind::Limit(*hit),
            FaultKind::Internal => ErrorKind::Internal,
        };
        let message = match fault.kind() {
            FaultKind::Thrown(..) => format!("uncaught exception: {}", fault.message()),
            _ => fault.message().to_owned(),
        };
        let mut stack = Vec::with_capacity(fault.calls().len().saturating_add(1));
        let mut span = fault.span();
        for call in fault.calls() {
            stack.push(entry(call.function.to_string(), span));
            span = Some(call.span);
        }
        stack.push(entry("main program".to_owned(), fault.outermost()));
        let (span, left_out) = (fault.span(), fault.left_out());
        let place = span.and_then(place_of);
        Self(Box::new(Inner { kind, message, span, place, stack, left_out, log, fuel_used }))
    }

    /// What kind of failure.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What happened, without position.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where in the program's text.
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// File, line and column of the failing place.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// The functions that were running, innermost first, and the main program as the last one. Of a deep recursion the
    /// innermost 64, see [`left_out`](Self::left_out).
    pub fn stack(&self) -> &[StackEntry] {
        &self.0.stack
    }

    /// How many functions were running between the last two entries of the [stack](Self::stack).
    pub fn left_out(&self) -> usize {
        self.0.left_out
    }

    /// The error with the calls that led to it, innermost first, each with its line of source. Calls that repeat each
    /// other, as in a recursion, are counted.
    ///
    /// ```text
    /// error: [SIL Error on line: 2, column: 12] division by zero
    ///   in share at bill.sil:2:12
    ///     2 |     return total / people;
    ///       |            ^^^^^^^^^^^^^^
    ///   in main program at bill.sil:4:1
    ///     4 | share(120, 0);
    ///       | ^^^^^^^^^^^^^
    /// ```
    pub fn report(&self) -> String {
        let mut text = format!("error: {self}");
        let mut stack = self.stack().iter().peekable();
        while let Some(entry) = stack.next() {
            if stack.peek().is_none() && self.0.left_out > 0 {
                let plural = if self.0.left_out == 1 { "" } else { "s" };
                text.push_str(&format!("\n  and {} call{plural} more", self.0.left_out));
            }
            text.push_str(&format!("\n  in {}", entry.function));
            if let Some(Place { file, line, column }) = &entry.place {
                text.push_str(&format!(" at {file}:{line}:{column}"));
            }
            if let Some(source) = &entry.source {
                text.push_str(&format!("\n{source}"));
            }
            let mut repeated = 0_usize;
            while stack.next_if(|next| *next == entry).is_some() {
                repeated = repeated.saturating_add(1);
            }
            match repeated {
                0 => {}
                1 => text.push_str("\n  and once more the same"),
                many => text.push_str(&format!("\n  and {many} times more the same")),
            }
        }
        text
    }

    /// The log lines up to the failure.
    pub fn log(&self) -> &[LogEntry] {
        &self.0.log
    }

    /// Units of fuel spent.
    pub fn fuel_used(&self) -> u64 {
        self.0.fuel_used
    }

    /// The limit that ended the run, if one did.
    pub fn limit(&self) -> Option<LimitHit> {
        match self.0.kind {
            ErrorKind::Limit(hit) => Some(hit),
            _ => None,
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Place { line, column, .. }) = &self.0.place {
            write!(f, "[SIL Error on line: {line}, column: {column}] ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for RunError {}
