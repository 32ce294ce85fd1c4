use serde::{Serialize, Serializer};
use std::fmt;

/// What stands in the place of a secret that is not shown.
pub const HIDDEN: &str = "***";

/// A secret of a configuration. Shows as `***` when it is printed for debugging; it is serialised as it is, since a
/// configuration has to be stored, so hide it with [`WebhookDef::without_secrets`](super::WebhookDef::without_secrets)
/// before showing a definition to anybody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is the place holder of a secret that was not shown.
    pub fn is_hidden(&self) -> bool {
        self.0 == HIDDEN
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
