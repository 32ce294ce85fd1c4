use super::{Value, convert::shorten};
use crate::{limits::LimitHit, source::Span, types::Type};

/// Why a statement did not complete: a thrown value, an error of the engine, or a limit. One word wide, since it is
/// rare.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: FaultKind,
    message: String,
    span: Option<Span>,
    calls: Vec<CallSite>,
    /// Calls around those that are kept, and where the outermost of all was called.
    left_out: usize,
    outermost: Option<Span>,
}

/// Calls that a fault keeps: those nearest to it say what went wrong.
const KEPT_CALLS: usize = 64;

/// What kind of fault.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FaultKind {
    /// `throw value;` with the static type of the value (L-80).
    Thrown(Value, Type),
    /// An error of the language: conversion, index, division. Only a catch-all takes it (L-81).
    Error,
    /// An error of a routine.
    Routine,
    /// An error of the host.
    Host,
    /// A limit or a cancel. Nothing catches it.
    Limit(LimitHit),
    /// Something that cannot happen.
    Internal,
}

/// A call that was in progress when a fault happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallSite {
    /// The function that was called.
    pub function: Box<str>,
    /// Where it was called.
    pub span: Span,
}

impl Fault {
    /// A fault with a message.
    #[cold]
    #[inline(never)]
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Inner { kind, message, span: None, calls: Vec::new(), left_out: 0, outermost: None }))
    }

    /// An error of the language.
    #[cold]
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Error, message)
    }

    /// An error of a routine.
    #[cold]
    pub fn routine(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Routine, message)
    }

    /// An error of the host.
    #[cold]
    pub fn host(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Host, message)
    }

    /// Something that cannot happen.
    #[cold]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Internal, message)
    }

    /// What kind.
    pub fn kind(&self) -> &FaultKind {
        &self.0.kind
    }

    /// What happened, without position.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where, once known.
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// The calls in progress, innermost first, without those that are [left out](Self::left_out).
    pub fn calls(&self) -> &[CallSite] {
        &self.0.calls
    }

    /// How many calls around [those that are kept](Self::calls) were in progress.
    pub fn left_out(&self) -> usize {
        self.0.left_out
    }

    /// Where the main program was: its call, or the place itself when nothing was called.
    pub fn outermost(&self) -> Option<Span> {
        self.0.outermost.or(self.0.span)
    }

    /// Sets the place unless one is known already: the innermost one counts.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.0.span.get_or_insert(span);
        self
    }

    /// Says in which field of a structure an error of the language is: `` field `a.b`: ... ``.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub(super) fn in_field(mut self, name: &str) -> Self {
        if matches!(self.0.kind, FaultKind::Error) {
            let (name, message) = (shorten(name), &self.0.message);
            self.0.message = match message.strip_prefix("field `") {
                Some(inner) => format!("field `{name}.{inner}"),
                None => format!("field `{name}`: {message}"),
            };
        }
        self
    }

    /// Notes that a call was left because of the fault. Only so many are kept.
    #[cold]
    #[inline(never)]
    pub fn leave_call(&mut self, function: &str, span: Span) {
        self.0.outermost = Some(span);
        if self.0.calls.len() < KEPT_CALLS {
            self.0.calls.push(CallSite { function: function.into(), span });
        } else {
            self.0.left_out = self.0.left_out.saturating_add(1);
        }
    }

    /// Whether no `catch` may take it.
    pub fn is_uncatchable(&self) -> bool {
        matches!(self.0.kind, FaultKind::Limit(_) | FaultKind::Internal)
    }
}

impl From<LimitHit> for Fault {
    #[cold]
    fn from(hit: LimitHit) -> Self {
        Self::new(FaultKind::Limit(hit), hit.to_string())
    }
}
