//! Budgets of a run and of compiling: fuel, depth, memory, deadline, cancel, sizes.
//!
//! [`Limits`] is what the embedder sets, [`Budget`] what a run spends. All limits are on by default. A script cannot
//! catch the error of a limit (L-81). This room knows what is counted, not who counts it.

mod budget;
pub mod memory;

pub use budget::{Budget, CancelFlag, LimitHit, LimitKind};

use std::time::Duration;

/// The limits of one run, and of compiling where noted. The defaults are generous for a script and small for a server.
///
/// More budget never changes the result of a run that completed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Units of work: one per statement, loop turn and call; routines charge in proportion to their work.
    /// Default 500 million.
    pub fuel: u64,
    /// Levels of nested calls, weighted by how deeply a function nests its expressions. Default 512.
    pub depth: u32,
    /// Live bytes of texts, arrays and structures, with response, log and results. Default 256 MiB.
    pub memory: usize,
    /// Wall-clock time of a run; `None` for no deadline. Default 30 s.
    pub timeout: Option<Duration>,
    /// Bytes appended to the webhook response. Default 10 MiB.
    pub response_size: usize,
    /// Bytes of collected log messages. Default 4 MiB.
    pub log_size: usize,
    /// Bytes of one text. Default 64 MiB.
    pub string_size: usize,
    /// Elements of one array. Default 10 million.
    pub array_size: usize,
    /// Levels of values inside values. Default 1,000.
    pub value_depth: u32,
    /// Set from another thread to end the run.
    pub cancel: Option<CancelFlag>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 500_000_000,
            depth: 512,
            memory: 256 << 20,
            timeout: Some(Duration::from_secs(30)),
            response_size: 10 << 20,
            log_size: 4 << 20,
            string_size: 64 << 20,
            array_size: 10_000_000,
            value_depth: 1_000,
            cancel: None,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $ty:ty;)*) => {
        impl Limits {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(mut self, value: $ty) -> Self {
                    self.$name = value;
                    self
                }
            )*
        }
    };
}

setters! {
    /// Sets the units of work.
    fuel: u64;
    /// Sets the levels of nested calls.
    depth: u32;
    /// Sets the live bytes.
    memory: usize;
    /// Sets the wall-clock time; `None` for no deadline.
    timeout: Option<Duration>;
    /// Sets the bytes of the response.
    response_size: usize;
    /// Sets the bytes of the log.
    log_size: usize;
    /// Sets the bytes of one text.
    string_size: usize;
    /// Sets the elements of one array.
    array_size: usize;
    /// Sets the levels of values inside values.
    value_depth: u32;
    /// Sets the flag that ends the run from another thread.
    cancel: Option<CancelFlag>;
}

/// Limits of compiling a script.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SourceLimits {
    /// Bytes of one script text. Default 4 MiB.
    pub script_size: usize,
    /// Levels of nested brackets, statements and expressions. Default 256.
    pub nesting: usize,
    /// Files included by one program, itself not counted. Default 256.
    pub includes: usize,
    /// Levels of includes inside includes. Default 32.
    pub include_depth: usize,
    /// Errors reported before the rest is left out. Default 100.
    pub errors: usize,
}

impl Default for SourceLimits {
    fn default() -> Self {
        Self { script_size: 4 << 20, nesting: 256, includes: 256, include_depth: 32, errors: 100 }
    }
}
