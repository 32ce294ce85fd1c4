//! The wiring: an engine compiles scripts to programs, a program runs against a host. This is the embedding API.
//!
//! The stages stand one after the other in [`Engine::compile`]; each is total.

mod builder;
mod compile;
mod convert;
mod embedded;
mod load;
mod nested;
mod outcome;
mod program;
mod reading;
mod run_error;

pub use builder::EngineBuilder;
pub use convert::{FromValue, IntoValue, TextArg};
pub use embedded::Embedded;
pub use load::{IncludeLoader, LoadError};
pub use outcome::Outcome;
pub use program::Program;
pub use reading::{Reading, read_result};
pub use run_error::{ErrorKind, RunError, StackEntry};

use crate::{
    call::{Callee, Measure},
    diagnostics::Diagnostics,
    host::LogLevel,
    limits::SourceLimits,
    signatures::{SigId, Signatures},
    types::StructTable,
    value::Zone,
};
use foldhash::HashMap;
use std::sync::Arc;

/// Compiles scripts. Cheap to clone, and shared between threads freely.
///
/// ```
/// use sil::{Engine, Limits, MemoryHost};
///
/// let program = Engine::new().compile("hello.sil", "return \"Hello\", 40 + 2;").unwrap();
/// let outcome = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap();
/// assert_eq!(outcome.returned()[1].as_i64(), Some(42));
/// ```
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    signatures: Signatures,
    callees: HashMap<SigId, Callee>,
    measures: HashMap<SigId, Measure>,
    structs: Arc<StructTable>,
    loader: Option<Box<dyn IncludeLoader>>,
    templates: Option<Box<dyn IncludeLoader>>,
    source_limits: SourceLimits,
    field_names: Option<crate::check::FieldNames>,
    zone: Zone,
    number_literals: bool,
    allow_inline: bool,
    log_level: LogLevel,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine with the built-in routines, UTC, and no includes.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts an engine of another make.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::new()
    }

    /// The time zone of dates that carry none (L-43).
    pub fn time_zone(&self) -> &Zone {
        &self.inner.zone
    }

    /// What scripts may call, and what is known beside that.
    pub fn signatures(&self) -> &Signatures {
        &self.inner.signatures
    }

    /// Compiles a script.
    ///
    /// `name` is what messages call it, and what `currentSilScript()` gives.
    ///
    /// # Errors
    /// All diagnostics, when at least one is an error. The warnings of a program that compiles are in
    /// [`Program::diagnostics`].
    pub fn compile(&self, name: &str, source: &str) -> Result<Program, Diagnostics> {
        self.compile_text(name, source, None)
    }

    /// Everything there is to say about a script, without making a program of it.
    pub fn check(&self, name: &str, source: &str) -> Diagnostics {
        self.check_text(name, source)
    }

    /// The syntax errors of a script alone. Included files are not read.
    pub fn parse(&self, name: &str, source: &str) -> Diagnostics {
        self.parse_text(name, source)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("time_zone", &self.inner.zone.name()).finish_non_exhaustive()
    }
}
