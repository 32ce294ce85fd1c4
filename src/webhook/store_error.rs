use std::fmt;

/// A store could not do what it was asked for. What went wrong is for the log, not for callers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreError {
    message: String,
}

impl StoreError {
    /// An error with a message: lower case, one sentence, no final full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}
