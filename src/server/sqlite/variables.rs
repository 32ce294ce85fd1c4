//! Persistent variables in the file (L-126).

use super::Database;
use crate::host::{HostError, Persistent, Scope};
use rusqlite::OptionalExtension;

/// The persistent variables of all scripts of a server. A value is on the disk before the script goes on.
#[derive(Clone, Debug)]
pub struct SqliteVariables {
    database: Database,
}

impl SqliteVariables {
    /// The variables of a file.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

/// The key of a scope; no issue has the empty one.
fn key(scope: Scope<'_>) -> String {
    match scope {
        Scope::Global => String::new(),
        Scope::Issue(key) => key.to_owned(),
    }
}

impl Persistent for SqliteVariables {
    fn load(&mut self, scope: Scope<'_>, name: &str) -> Result<Option<String>, HostError> {
        let issue = key(scope);
        let found = self.database.read(|connection| {
            let sql = "SELECT text FROM variable WHERE issue = ?1 AND name = ?2";
            connection.prepare_cached(sql)?.query_row([issue.as_str(), name], |row| row.get(0)).optional()
        });
        found.map_err(|error| HostError::new(format!("the variable cannot be read: {error}")))
    }

    fn store(&mut self, scope: Scope<'_>, name: &str, text: &str) -> Result<(), HostError> {
        let values = [key(scope), name.to_owned(), text.to_owned()];
        let stored = self.database.write(move |connection| {
            let sql = "INSERT INTO variable VALUES (?1, ?2, ?3) ON CONFLICT (issue, name) DO UPDATE SET text = ?3";
            connection.prepare_cached(sql)?.execute(values)
        });
        stored.map(|_| ()).map_err(|error| HostError::new(format!("the variable cannot be stored: {error}")))
    }
}
