use serde::Serialize;
use std::fmt;

/// Something wrong with a configuration (WH-75).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Problem {
    /// Name of the webhook, `#2` for the second one when it has no name; nothing for a setting of the server.
    pub webhook: Option<String>,
    /// The setting, with a dot before a setting inside another one: `pool.threads`. Empty for all of it.
    pub field: String,
    /// What is wrong: lower case, one sentence, no final full stop.
    pub message: String,
    /// It does not stand in the way, but deserves to be read (WH-74).
    pub warning: bool,
}

impl Problem {
    /// A problem that stands in the way.
    pub fn error(webhook: Option<&str>, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { webhook: webhook.map(str::to_owned), field: field.into(), message: message.into(), warning: false }
    }

    /// A problem that does not.
    pub fn warning(webhook: Option<&str>, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { warning: true, ..Self::error(webhook, field, message) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(webhook) = &self.webhook {
            write!(f, "webhook `{webhook}`: ")?;
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// Whether one of the problems stands in the way.
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| !problem.warning)
}

/// All problems in one text, for errors that can only be texts.
pub(super) fn joined(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; ")
}
