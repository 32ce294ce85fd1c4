use crate::host::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stored persistent variables: texts. As JSON: `{"global": {"n": "1"}, "issues": {"HLD-7": {"n": "2"}}}`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemoryStore {
    global: BTreeMap<String, String>,
    issues: BTreeMap<String, BTreeMap<String, String>>,
}

impl MemoryStore {
    /// A store without variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// The stored text.
    pub fn get(&self, scope: Scope<'_>, name: &str) -> Option<&str> {
        let variables = match scope {
            Scope::Global => &self.global,
            Scope::Issue(key) => self.issues.get(key)?,
        };
        variables.get(name).map(String::as_str)
    }

    /// Stores a text.
    pub fn set(&mut self, scope: Scope<'_>, name: &str, text: &str) {
        let variables = match scope {
            Scope::Global => &mut self.global,
            Scope::Issue(key) => self.issues.entry(key.to_owned()).or_default(),
        };
        variables.insert(name.to_owned(), text.to_owned());
    }

    /// All variables: the global ones first, then issue by issue, by name.
    pub fn iter(&self) -> impl Iterator<Item = (Scope<'_>, &str, &str)> {
        let global = self.global.iter().map(|(name, text)| (Scope::Global, name.as_str(), text.as_str()));
        let issues = self.issues.iter().flat_map(|(key, variables)| {
            variables.iter().map(|(name, text)| (Scope::Issue(key.as_str()), name.as_str(), text.as_str()))
        });
        global.chain(issues)
    }
}
