//! The calling convention: how the evaluator calls a routine, and what a routine can reach.
//!
//! Routines and evaluator know only this room, not each other: a routine is a function in a table that the engine
//! hands over.

mod context;
mod shared;
mod state;

pub use context::{Context, LogEntry, Nested, NestedScript};
pub use shared::{Arguments, SharedVariable, SharedVariables};
pub use state::RunState;

use crate::{
    signatures::Signature,
    value::{Fault, Value},
};
use std::sync::Arc;

/// A built-in routine: arguments already converted to the parameter types, one per parameter; left-out optional ones
/// are null at the end (`cx.arguments_given()` tells how many were written).
pub type RoutineFn = fn(&mut Context<'_>, &[Value]) -> Result<Value, Fault>;

/// A routine of the embedder, as it is called with values.
pub type HostFn = dyn Fn(&mut Context<'_>, &[Value]) -> Result<Value, Fault> + Send + Sync;

/// The same routine as it is called with scalars that are not null, by the bits of their slots, one per parameter. It
/// gives the bits of its result.
pub type ScalarFn = dyn Fn(&mut Context<'_>, &[u64]) -> Result<u64, Fault> + Send + Sync;

/// A routine of the embedder.
#[derive(Clone)]
pub struct HostRoutine {
    /// For all arguments.
    pub values: Arc<HostFn>,
    /// For scalars that are not null: there if parameters and result are such scalars.
    pub scalars: Option<Arc<ScalarFn>>,
}

/// What is called.
#[derive(Clone)]
pub enum Callee {
    /// Built in.
    Routine(RoutineFn),
    /// Registered by the embedder.
    Host(HostRoutine),
}

impl std::fmt::Debug for Callee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Routine(_) => "routine",
            Self::Host(_) => "host routine",
        })
    }
}

/// The short way to the result of a routine of one value that only looks at it: it needs no more fuel than its call and
/// cannot fail. None for values that the routine has to convert first.
#[derive(Clone, Copy, Debug)]
pub enum Measure {
    /// For a number.
    Number(fn(&Value) -> Option<f64>),
    /// For a boolean.
    Boolean(fn(&Value) -> Option<bool>),
}

/// A built-in routine: what is known of it, and the function.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Names, parameters, documentation.
    pub signature: Signature,
    /// What runs.
    pub function: RoutineFn,
    /// The same in short, for some.
    pub measure: Option<Measure>,
}

impl Routine {
    /// Puts a signature and a function together.
    pub fn new(signature: Signature, function: RoutineFn) -> Self {
        Self { signature, function, measure: None }
    }

    /// With a short way, which never gives anything else than the function.
    #[must_use]
    pub fn measured(self, measure: Measure) -> Self {
        Self { measure: Some(measure), ..self }
    }
}
