use crate::{
    host::{Host, LogLevel},
    limits::Budget,
    source::Span,
    types::{StructTable, Type},
    value::{ConvCx, Fault, Zone},
};
use std::sync::Arc;

/// A line of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogEntry {
    /// How serious.
    pub level: LogLevel,
    /// The text.
    pub message: String,
}

/// What a routine can reach: the host, the budget, the types, the log, and where it was called.
pub struct Context<'h> {
    /// The host of the run.
    pub host: &'h mut dyn Host,
    /// What the run has left.
    pub budget: Budget,
    /// The structures of the program.
    pub structs: Arc<StructTable>,
    /// The engine's time zone.
    pub zone: Zone,
    /// Collected log lines.
    pub log: Vec<LogEntry>,
    /// Name of the running script.
    pub script: Arc<str>,
    /// What the receiver of the running call expects; dynamic without one (L-46).
    pub expected: Type,
    /// How many arguments the running call was written with.
    pub given: usize,
    /// The last exception of the run: class and message (L-81).
    pub last_exception: Option<(String, String)>,
    /// Where the running call stands.
    pub call_span: Span,
}

impl Context<'_> {
    /// What conversions need.
    pub fn conv(&mut self) -> ConvCx<'_> {
        ConvCx { structs: &self.structs, zone: &self.zone, budget: &mut self.budget }
    }

    /// Writes a line to the log and to the host's log.
    ///
    /// # Errors
    /// Log size.
    pub fn log(&mut self, level: LogLevel, message: &str) -> Result<(), Fault> {
        self.budget.log(message.len())?;
        if let Some(log) = self.host.log() {
            log.log(level, message);
        }
        self.log.push(LogEntry { level, message: message.to_owned() });
        Ok(())
    }
}
