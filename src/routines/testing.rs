//! A context for tests.

use crate::{
    call::{Context, RunState},
    host::{LogLevel, MemoryHost},
    limits::{Budget, Limits},
    source::Span,
    types::{StructTable, Type},
    value::Zone,
};
use std::sync::Arc;

/// Calls with a context of default limits, for a call with one argument.
pub fn with_context<R>(test: impl FnOnce(&mut Context<'_>) -> R) -> R {
    let mut host = MemoryHost::new();
    test(&mut Context {
        host: &mut host,
        budget: Budget::new(&Limits::default()),
        structs: Arc::new(StructTable::new()),
        zone: Zone::utc(),
        log: Vec::new(),
        log_level: LogLevel::Trace,
        script: "test".into(),
        expected: Type::DYNAMIC,
        given: 1,
        last_exception: None,
        call_span: Span::default(),
        state: RunState::default(),
        arguments: None,
        nested: None,
    })
}
