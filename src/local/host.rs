//! A host around another one, with capabilities of the machine.

use super::{EnvironmentNames, FolderFiles, OsRandom, ProcessLocks, SystemClock, ThreadSleep, WebClient};
use crate::host::{
    Clock, Environment, Files, Host, HttpClient, Issues, Locks, Log, Persistent, Random, Sleep, Webhook,
};
use std::any::Any;

/// Another host, with those capabilities of the machine that are switched on.
///
/// Files and requests are the machine's or not there at all, whatever the host inside offers: a script that believes to
/// have written a file should have done so. Everything else that is not switched on is that of the host inside.
pub struct LocalHost<H> {
    base: H,
    files: Option<FolderFiles>,
    web: Option<WebClient>,
    clock: Option<SystemClock>,
    random: Option<OsRandom>,
    environment: Option<EnvironmentNames>,
    sleep: Option<ThreadSleep>,
    locks: Option<ProcessLocks>,
    log: Option<Box<dyn Log>>,
}

impl<H: Host> LocalHost<H> {
    /// Nothing is switched on.
    pub fn over(base: H) -> Self {
        Self {
            base,
            files: None,
            web: None,
            clock: None,
            random: None,
            environment: None,
            sleep: None,
            locks: None,
            log: None,
        }
    }

    /// Switches files on.
    #[must_use]
    pub fn with_files(mut self, files: FolderFiles) -> Self {
        self.files = Some(files);
        self
    }

    /// Switches requests to other servers on.
    #[must_use]
    pub fn with_web(mut self, web: WebClient) -> Self {
        self.web = Some(web);
        self
    }

    /// Switches the clock of the system on.
    #[must_use]
    pub fn with_system_clock(mut self) -> Self {
        self.clock = Some(SystemClock);
        self
    }

    /// Switches random numbers of the system on.
    #[must_use]
    pub fn with_os_random(mut self) -> Self {
        self.random = Some(OsRandom);
        self
    }

    /// Shows environment variables, beside the values of the host inside, which come first.
    #[must_use]
    pub fn with_environment(mut self, names: EnvironmentNames) -> Self {
        self.environment = Some(names);
        self
    }

    /// Switches waiting on.
    #[must_use]
    pub fn with_sleep(mut self) -> Self {
        self.sleep = Some(ThreadSleep);
        self
    }

    /// Switches locks on that are shared by the process.
    #[must_use]
    pub fn with_process_locks(mut self) -> Self {
        self.locks = Some(ProcessLocks::new());
        self
    }

    /// Sends log lines somewhere else than to the host inside.
    #[must_use]
    pub fn with_log(mut self, log: impl Log + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// The host inside.
    pub fn base(&self) -> &H {
        &self.base
    }

    /// The host inside, to set it up.
    pub fn base_mut(&mut self) -> &mut H {
        &mut self.base
    }

    /// The host inside, when the runs are over.
    pub fn into_base(self) -> H {
        self.base
    }
}

impl<H: Host> Host for LocalHost<H> {
    fn webhook(&mut self) -> Option<&mut dyn Webhook> {
        self.base.webhook()
    }

    fn issues(&mut self) -> Option<&mut dyn Issues> {
        self.base.issues()
    }

    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        self.base.persistent()
    }

    fn clock(&mut self) -> Option<&mut dyn Clock> {
        match &mut self.clock {
            Some(clock) => Some(clock),
            None => self.base.clock(),
        }
    }

    fn log(&mut self) -> Option<&mut dyn Log> {
        match &mut self.log {
            Some(log) => Some(&mut **log),
            None => self.base.log(),
        }
    }

    fn environment(&mut self) -> Option<&mut dyn Environment> {
        match self.environment {
            Some(_) => Some(self),
            None => self.base.environment(),
        }
    }

    fn random(&mut self) -> Option<&mut dyn Random> {
        match &mut self.random {
            Some(random) => Some(random),
            None => self.base.random(),
        }
    }

    fn files(&mut self) -> Option<&mut dyn Files> {
        self.files.as_mut().map(|files| files as &mut dyn Files)
    }

    fn http(&mut self) -> Option<&mut dyn HttpClient> {
        self.web.as_mut().map(|web| web as &mut dyn HttpClient)
    }

    fn sleep(&mut self) -> Option<&mut dyn Sleep> {
        match &mut self.sleep {
            Some(sleep) => Some(sleep),
            None => self.base.sleep(),
        }
    }

    fn locks(&mut self) -> Option<&mut dyn Locks> {
        match &mut self.locks {
            Some(locks) => Some(locks),
            None => self.base.locks(),
        }
    }

    fn run_ended(&mut self) {
        if let Some(files) = &mut self.files {
            files.close_all();
        }
        if let Some(locks) = &mut self.locks {
            locks.release_all();
        }
        self.base.run_ended();
    }

    fn arguments(&mut self) -> Vec<(Option<String>, String)> {
        self.base.arguments()
    }

    fn as_any(&mut self) -> Option<&mut dyn Any> {
        self.base.as_any()
    }
}

impl<H: Host> Environment for LocalHost<H> {
    fn get(&mut self, name: &str) -> Option<String> {
        let inside = self.base.environment().and_then(|environment| environment.get(name));
        inside.or_else(|| self.environment.as_mut().and_then(|names| names.get(name)))
    }
}

impl<H: std::fmt::Debug> std::fmt::Debug for LocalHost<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalHost")
            .field("base", &self.base)
            .field("files", &self.files)
            .field("web", &self.web)
            .finish_non_exhaustive()
    }
}
