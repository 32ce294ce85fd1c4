use super::{Arguments, RunState};
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

/// Loads, compiles and runs other scripts inside a run, for `call`, `runSILInline` and `executeTemplate`. They draw on
/// the limits of the run they are in.
pub trait Nested {
    /// The text of a script by its path, from where includes come from.
    ///
    /// # Errors
    /// An error that a catch-all takes.
    fn load(&self, path: &str) -> Result<String, Fault>;

    /// The text of a template by its path, from where templates come from.
    ///
    /// # Errors
    /// An error that a catch-all takes.
    fn load_template(&self, path: &str) -> Result<String, Fault>;

    /// Whether text that is made at run time may be compiled.
    fn allows_inline(&self) -> bool;

    /// Compiles a script and runs it; gives the texts of what it returns (L-25), or why it failed: compile errors,
    /// whatever the script does wrong, and limits. In any case it gives back what its routines remembered.
    fn run(&self, cx: &mut Context<'_>, script: NestedScript<'_>) -> (Result<Vec<String>, Fault>, RunState);
}

/// A script that runs inside a run.
#[derive(Debug)]
pub struct NestedScript<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// Its text.
    pub source: &'a str,
    /// What it finds in `argv`; `None` for what the host gives.
    pub arguments: Option<Arguments>,
    /// Structures it knows without declaring them, with the same ids: those of the script around it.
    pub structs: Option<Arc<StructTable>>,
    /// What its routines remember from the start.
    pub state: RunState,
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
    /// Lines below this level are not written.
    pub log_level: LogLevel,
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
    /// What routines remember during the run.
    pub state: RunState,
    /// Arguments of a script that runs inside another one; the host's count otherwise.
    pub arguments: Option<Arguments>,
    /// Runs other scripts.
    pub nested: Option<&'h dyn Nested>,
}

impl Context<'_> {
    /// What conversions need.
    pub fn conv(&mut self) -> ConvCx<'_> {
        ConvCx { structs: &self.structs, zone: &self.zone, budget: &mut self.budget }
    }

    /// Writes a line to the log and to the host's log, unless its level is below that of the log.
    ///
    /// # Errors
    /// Log size.
    pub fn log(&mut self, level: LogLevel, message: &str) -> Result<(), Fault> {
        if level < self.log_level {
            return Ok(());
        }
        self.budget.log(message.len())?;
        if let Some(log) = self.host.log() {
            log.log(level, message);
        }
        self.log.push(LogEntry { level, message: message.to_owned() });
        Ok(())
    }
}
