//! The boundary between a script and the world around it.
//!
//! A [`Host`] offers capabilities; each is a small trait. What a host does not offer is not there: the script gets a
//! clear error, or what the language says for that case. Everything takes `&mut self`, so plain borrowed data works.
//!
//! [`MemoryHost`] is deterministic and records everything: for tests and local runs.
//!
//! This room knows values only as [`Data`]; it knows no syntax and no evaluator.

mod exchange;
mod files;
mod header;
mod http;
mod memory;
mod request;

pub use exchange::Exchange;
pub use files::{DirEntry, FileError, FileInfo, Files, OpenMode};
pub use header::{check_header, is_token};
pub use http::{HttpCall, HttpClient, HttpFailure, HttpProxy, HttpReply};
pub use memory::{CustomField, MemoryFiles, MemoryHost, MemoryHttp, MemoryIssues, MemoryStore, standard_field_names};
pub use request::{WebhookParam, WebhookRequest};

use crate::value::Data;
use std::{any::Any, fmt, time::Duration};

/// What a script can reach. Every method has a default: the capability is not there.
///
/// ```
/// use sil::{Host, host::{HostError, Webhook, WebhookRequest}};
///
/// struct Answer { request: WebhookRequest, body: String }
///
/// impl Webhook for Answer {
///     fn request(&self) -> &WebhookRequest { &self.request }
///     fn append(&mut self, text: &str) -> Result<(), HostError> {
///         self.body.push_str(text);
///         Ok(())
///     }
///     fn add_header(&mut self, _name: &str, _value: &str) -> Result<(), HostError> { Ok(()) }
/// }
///
/// impl Host for Answer {
///     fn webhook(&mut self) -> Option<&mut dyn Webhook> { Some(self) }
/// }
/// ```
pub trait Host {
    /// The request and the answer of a webhook run (WH-1 to WH-29).
    fn webhook(&mut self) -> Option<&mut dyn Webhook> {
        None
    }

    /// Issues and their fields (L-120 to L-125).
    fn issues(&mut self) -> Option<&mut dyn Issues> {
        None
    }

    /// Persistent variables (L-126).
    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        None
    }

    /// The current time.
    fn clock(&mut self) -> Option<&mut dyn Clock> {
        None
    }

    /// Where log lines go while the script runs; they are collected in the outcome in any case.
    fn log(&mut self) -> Option<&mut dyn Log> {
        None
    }

    /// Environment values (L-127).
    fn environment(&mut self) -> Option<&mut dyn Environment> {
        None
    }

    /// Random numbers.
    fn random(&mut self) -> Option<&mut dyn Random> {
        None
    }

    /// Files, all of them below one root.
    fn files(&mut self) -> Option<&mut dyn Files> {
        None
    }

    /// Requests to other servers.
    fn http(&mut self) -> Option<&mut dyn HttpClient> {
        None
    }

    /// Waiting.
    fn sleep(&mut self) -> Option<&mut dyn Sleep> {
        None
    }

    /// Locks shared by all scripts of an installation.
    fn locks(&mut self) -> Option<&mut dyn Locks> {
        None
    }

    /// A run is over: files that it left open are to be closed, its locks to be let go of.
    fn run_ended(&mut self) {}

    /// The arguments of the run, each with its key if it has one (L-24).
    fn arguments(&mut self) -> Vec<(Option<String>, String)> {
        Vec::new()
    }

    /// The host itself, for routines of the embedder that know its type.
    fn as_any(&mut self) -> Option<&mut dyn Any> {
        None
    }
}

/// Why the host could not do something. The script can catch it with a catch-all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostError {
    message: String,
}

impl HostError {
    /// An error with a message: lower case, one sentence, no final full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HostError {}

/// The webhook capability.
pub trait Webhook {
    /// The request as it came in; the script gets a copy (WH-3).
    fn request(&self) -> &WebhookRequest;

    /// Adds text to the end of the response, without separator (WH-21).
    ///
    /// # Errors
    /// When the response cannot take it; the script can catch that.
    fn append(&mut self, text: &str) -> Result<(), HostError>;

    /// Adds a response header (WH-29). Name and value were checked by the caller.
    ///
    /// # Errors
    /// When the header belongs to the front end.
    fn add_header(&mut self, name: &str, value: &str) -> Result<(), HostError>;
}

/// Which issue a field belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IssueRef<'a> {
    /// The issue the script runs for.
    Current,
    /// The issue with this key.
    Key(&'a str),
}

/// Why a field could not be read or written.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum FieldError {
    /// No field, custom field or alias of this name (L-140).
    Unknown,
    /// There is no current issue (L-125).
    NoContext,
    /// There is no issue with this key.
    NoIssue,
    /// The field cannot be written (L-124).
    ReadOnly,
    /// Something else.
    Other(HostError),
}

/// The issues capability.
pub trait Issues {
    /// Key of the issue the script runs for, if it runs for one.
    fn current(&self) -> Option<&str>;

    /// Reads a field by standard name, synonym, `customfield_N`, alias or custom field name, in this order (L-120).
    /// Reads see what the script has written (L-27).
    ///
    /// # Errors
    /// See [`FieldError`].
    fn get_field(&mut self, issue: IssueRef<'_>, name: &str) -> Result<Data, FieldError>;

    /// Writes a field; the value is converted to the field's type by the host.
    ///
    /// # Errors
    /// See [`FieldError`].
    fn set_field(&mut self, issue: IssueRef<'_>, name: &str, value: Data) -> Result<(), FieldError>;
}

/// Where a persistent variable is stored (L-126).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope<'a> {
    /// For the whole installation.
    Global,
    /// For the issue with this key.
    Issue(&'a str),
}

/// The persistent variables capability. Values are texts (L-126).
pub trait Persistent {
    /// The stored text of a variable.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn load(&mut self, scope: Scope<'_>, name: &str) -> Result<Option<String>, HostError>;

    /// Stores the text of a variable. The text of a null is the empty one.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn store(&mut self, scope: Scope<'_>, name: &str, text: &str) -> Result<(), HostError>;
}

/// The clock capability.
pub trait Clock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_millis(&mut self) -> i64;
}

/// How serious a log line is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum LogLevel {
    /// `TRACE`
    Trace,
    /// `DEBUG`
    Debug,
    /// `INFO`
    Info,
    /// `WARN`
    Warn,
    /// `ERROR`
    Error,
    /// `FATAL`
    Fatal,
}

impl LogLevel {
    /// The word used in scripts and output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }

    /// The level a word names, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal]
            .into_iter()
            .find(|level| level.word().eq_ignore_ascii_case(word))
    }
}

/// The log capability.
pub trait Log {
    /// Takes one line.
    fn log(&mut self, level: LogLevel, message: &str);
}

/// The environment capability.
pub trait Environment {
    /// The value of a name; `None` when it is unknown or not shown to scripts.
    fn get(&mut self, name: &str) -> Option<String>;
}

/// The waiting capability.
pub trait Sleep {
    /// Waits for `duration`, but not beyond `deadline` from now; ends early when `cancelled` says so. The caller looks
    /// at the limits afterwards.
    fn sleep(&mut self, duration: Duration, deadline: Option<Duration>, cancelled: &dyn Fn() -> bool);
}

/// The locks capability. The host lets go of all locks of a run when the run ends.
pub trait Locks {
    /// Takes a lock, waiting for it at most `deadline`; ends early when `cancelled` says so. Says whether it was
    /// taken. Taking a lock twice in one run is harmless.
    fn lock(&mut self, name: &str, deadline: Option<Duration>, cancelled: &dyn Fn() -> bool) -> bool;

    /// Lets go of a lock; nothing happens when the run does not hold it.
    fn unlock(&mut self, name: &str);
}

/// The randomness capability.
pub trait Random {
    /// 64 random bits.
    fn next_u64(&mut self) -> u64;
}
