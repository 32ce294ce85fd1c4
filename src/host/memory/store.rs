use crate::host::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stored persistent variables: texts, or null. As JSON: `{"global": {"n": "1"}, "issues": {"HLD-7": {"n": "2"}}}`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemoryStore {
    global: BTreeMap<String, Option<String>>,
    issues: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

impl MemoryStore {
    /// A store without variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is stored: nothing, a null, or a text.
    pub fn get(&self, scope: Scope<'_>, name: &str) -> Option<Option<&str>> {
        let variables = match scope {
            Scope::Global => &self.global,
            Scope::Issue(key) => self.issues.get(key)?,
        };
        variables.get(name).map(Option::as_deref)
    }

    /// Stores a text, or a null.
    pub fn set(&mut self, scope: Scope<'_>, name: &str, text: Option<&str>) {
        let variables = match scope {
            Scope::Global => &mut self.global,
            Scope::Issue(key) => self.issues.entry(key.to_owned()).or_default(),
        };
        variables.insert(name.to_owned(), text.map(str::to_owned));
    }

    /// All variables: the global ones first, then issue by issue, by name.
    pub fn iter(&self) -> impl Iterator<Item = (Scope<'_>, &str, Option<&str>)> {
        let global = self.global.iter().map(|(name, text)| (Scope::Global, name.as_str(), text.as_deref()));
        let issues = self.issues.iter().flat_map(|(key, variables)| {
            variables.iter().map(|(name, text)| (Scope::Issue(key.as_str()), name.as_str(), text.as_deref()))
        });
        global.chain(issues)
    }
}
