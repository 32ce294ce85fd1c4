use super::{Outcome, RunError};
use crate::{
    call::Context,
    diagnostics::Diagnostics,
    eval::{self, Executable},
    host::Host,
    limits::{Budget, Limits, memory},
    source::Span,
    types::Type,
    value::Zone,
};
use std::sync::Arc;

/// A compiled script. Cheap to clone, shared between threads, and never changed by a run.
#[derive(Clone)]
pub struct Program {
    inner: Arc<Inner>,
}

struct Inner {
    name: Arc<str>,
    executable: Executable,
    diagnostics: Diagnostics,
    zone: Zone,
}

impl Program {
    pub(super) fn new(name: &str, executable: Executable, diagnostics: Diagnostics, zone: Zone) -> Self {
        Self { inner: Arc::new(Inner { name: name.into(), executable, diagnostics, zone }) }
    }

    /// The name it was compiled under.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The warnings of compiling.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.inner.diagnostics
    }

    /// Runs the program with fresh state.
    ///
    /// # Errors
    /// An uncaught exception, an error, a limit, or a cancel. What the script did through the host until then is done;
    /// hosts that write issues or persistent values at the end do not write them.
    pub fn run(&self, host: &mut dyn Host, limits: &Limits) -> Result<Outcome, RunError> {
        let counted = memory::Scope::start();
        let executable = &self.inner.executable;
        let cx = Context {
            host,
            budget: Budget::new(limits),
            structs: Arc::clone(&executable.structs),
            zone: self.inner.zone.clone(),
            log: Vec::new(),
            script: Arc::clone(&self.inner.name),
            expected: Type::DYNAMIC,
            given: 0,
            last_exception: None,
            call_span: Span::default(),
        };
        let finished = eval::run(executable, cx);
        let result = Outcome::of(finished, executable);
        drop(counted);
        result
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("name", &self.inner.name).finish_non_exhaustive()
    }
}
