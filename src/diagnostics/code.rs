use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Severity {
    /// The script runs, but something looks wrong.
    Warning,
    /// The script does not run.
    Error,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The kind of a problem: a number that is never used again for another kind, and a title.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Code {
    number: u16,
    severity: Severity,
    title: &'static str,
}

impl Code {
    pub(super) const fn error(number: u16, title: &'static str) -> Self {
        Self { number, severity: Severity::Error, title }
    }

    pub(super) const fn warning(number: u16, title: &'static str) -> Self {
        Self { number, severity: Severity::Warning, title }
    }

    /// The number, as in `SIL0101`.
    pub const fn number(self) -> u16 {
        self.number
    }

    /// Error or warning.
    pub const fn severity(self) -> Severity {
        self.severity
    }

    /// What the kind of problem is called.
    pub const fn title(self) -> &'static str {
        self.title
    }

    /// A page in Markdown: what the problem means, a script that has it, and the same script without it.
    ///
    /// The scripts are blocks of the language `sil`, the wrong one first.
    pub fn explanation(self) -> &'static str {
        super::codes::page(self)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIL{:04}", self.number)
    }
}
