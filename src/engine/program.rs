use super::{Engine, Outcome, RunError};
use crate::{
    call::{Arguments, Context, LogEntry, RunState},
    diagnostics::Diagnostics,
    eval::{self, Executable, Finished},
    host::Host,
    limits::{Budget, Limits, memory},
    source::Span,
    types::Type,
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
    engine: Engine,
}

/// What a run takes over from the one it is inside of.
#[derive(Default)]
pub(super) struct Inside {
    pub(super) log: Vec<LogEntry>,
    pub(super) arguments: Option<Arguments>,
    pub(super) state: RunState,
}

impl Program {
    pub(super) fn new(name: &str, executable: Executable, diagnostics: Diagnostics, engine: Engine) -> Self {
        Self { inner: Arc::new(Inner { name: name.into(), executable, diagnostics, engine }) }
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
        let finished = self.start(&mut *host, Budget::new(limits), Inside::default());
        let result = Outcome::of(finished, &self.inner.executable);
        host.run_ended();
        drop(counted);
        result
    }

    /// Runs the program, alone or inside another run.
    pub(super) fn start<'h>(&'h self, host: &'h mut dyn Host, budget: Budget, inside: Inside) -> Finished<'h> {
        let executable = &self.inner.executable;
        let Inside { log, arguments, state } = inside;
        let cx = Context {
            host,
            budget,
            structs: Arc::clone(&executable.structs),
            zone: self.inner.engine.time_zone().clone(),
            log,
            log_level: self.inner.engine.inner.log_level,
            script: Arc::clone(&self.inner.name),
            expected: Type::DYNAMIC,
            given: 0,
            last_exception: None,
            call_span: Span::default(),
            state,
            arguments,
            nested: Some(&self.inner.engine),
        };
        eval::run(executable, cx)
    }

    pub(super) fn executable(&self) -> &Executable {
        &self.inner.executable
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("name", &self.inner.name).finish_non_exhaustive()
    }
}
