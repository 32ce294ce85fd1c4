//! What a script of the command line can reach: memory, with a real clock, real randomness and the log on the terminal.

use crate::output;
use sil::{
    Host, MemoryHost,
    host::{Clock, Environment, Issues, Log, LogLevel, Persistent, Random, Webhook},
};
use std::{
    hash::{BuildHasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

/// The host of `sil run`.
pub struct LocalHost {
    pub memory: MemoryHost,
    clock: SystemClock,
    /// Whether log lines are shown while the script runs.
    log: Option<Terminal>,
}

struct SystemClock;

struct Terminal;

impl LocalHost {
    pub fn new(memory: MemoryHost, show_log: bool) -> Self {
        // The standard library seeds its hash maps from the system, one by one.
        let memory = memory.with_seed(RandomState::new().hash_one(0));
        Self { memory, clock: SystemClock, log: show_log.then_some(Terminal) }
    }
}

impl Host for LocalHost {
    fn webhook(&mut self) -> Option<&mut dyn Webhook> {
        self.memory.webhook()
    }

    fn issues(&mut self) -> Option<&mut dyn Issues> {
        self.memory.issues()
    }

    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        self.memory.persistent()
    }

    fn clock(&mut self) -> Option<&mut dyn Clock> {
        Some(&mut self.clock)
    }

    fn log(&mut self) -> Option<&mut dyn Log> {
        self.log.as_mut().map(|terminal| terminal as &mut dyn Log)
    }

    fn environment(&mut self) -> Option<&mut dyn Environment> {
        self.memory.environment()
    }

    fn random(&mut self) -> Option<&mut dyn Random> {
        self.memory.random()
    }

    fn arguments(&mut self) -> Vec<(Option<String>, String)> {
        self.memory.arguments()
    }
}

impl Clock for SystemClock {
    fn now_millis(&mut self) -> i64 {
        // A clock set before 1970 is wrong anyway.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
    }
}

impl Log for Terminal {
    fn log(&mut self, level: LogLevel, message: &str) {
        output::note(&format!("{} {message}", level.word()));
    }
}
