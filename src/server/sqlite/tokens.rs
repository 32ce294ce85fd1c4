//! Tokens in the file, and all of them in memory, since each request asks for one.

use super::Database;
use crate::webhook::{Method, StoreError, TokenRecord, TokenStore};
use foldhash::HashMap;
use rusqlite::Row;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The durable store of tokens. One process has it: others would not see its changes in memory.
#[derive(Debug)]
pub struct SqliteTokens {
    database: Database,
    /// By id.
    known: RwLock<HashMap<String, TokenRecord>>,
}

impl SqliteTokens {
    /// The tokens of a file.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn open(database: Database) -> Result<Self, StoreError> {
        let all: Vec<Option<TokenRecord>> = database.read(|connection| {
            let sql = "SELECT id, webhook, method, expires, expires_at, created, hash FROM token";
            connection.prepare(sql)?.query_map((), record_of)?.collect()
        })?;
        let known = all.into_iter().flatten().map(|record| (record.id.clone(), record)).collect();
        Ok(Self { database, known: RwLock::new(known) })
    }

    fn known(&self) -> RwLockReadGuard<'_, HashMap<String, TokenRecord>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known_mut(&self) -> RwLockWriteGuard<'_, HashMap<String, TokenRecord>> {
        // Each change is one step.
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A record; nothing when it is for a method that this program does not know.
fn record_of(row: &Row<'_>) -> rusqlite::Result<Option<TokenRecord>> {
    let Some(method) = Method::parse(row.get_ref(2)?.as_str()?) else { return Ok(None) };
    Ok(Some(TokenRecord {
        id: row.get(0)?,
        webhook: row.get(1)?,
        method,
        expires: row.get(3)?,
        expires_at: row.get(4)?,
        created: row.get(5)?,
        hash: row.get(6)?,
    }))
}

impl TokenStore for SqliteTokens {
    fn add(&self, record: &TokenRecord) -> Result<(), StoreError> {
        let new = record.clone();
        self.database.write(move |connection| {
            let sql = "INSERT INTO token VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let values = (
                &new.id,
                &new.webhook,
                new.method.word(),
                &new.expires,
                new.expires_at,
                new.created,
                new.hash.as_slice(),
            );
            connection.prepare_cached(sql)?.execute(values)
        })?;
        self.known_mut().insert(record.id.clone(), record.clone());
        Ok(())
    }

    fn find(&self, id: &str) -> Result<Option<TokenRecord>, StoreError> {
        Ok(self.known().get(id).cloned())
    }

    fn list(&self, webhook: &str) -> Result<Vec<TokenRecord>, StoreError> {
        let webhook = webhook.to_owned();
        // The file knows the order.
        let ids: Vec<String> = self.database.read(|connection| {
            let sql = "SELECT id FROM token WHERE webhook = ?1 ORDER BY rowid";
            connection.prepare_cached(sql)?.query_map([webhook], |row| row.get(0))?.collect()
        })?;
        let known = self.known();
        Ok(ids.iter().filter_map(|id| known.get(id).cloned()).collect())
    }

    fn revoke(&self, webhook: &str, id: &str) -> Result<bool, StoreError> {
        let (own, name) = (id.to_owned(), webhook.to_owned());
        let gone = self.database.write(move |connection| {
            connection.prepare_cached("DELETE FROM token WHERE webhook = ?1 AND id = ?2")?.execute([name, own])
        })?;
        self.known_mut().retain(|other, record| other != id || record.webhook != webhook);
        Ok(gone > 0)
    }

    fn expire_all(&self, webhook: &str) -> Result<u64, StoreError> {
        let name = webhook.to_owned();
        let gone = self.database.write(move |connection| {
            connection.prepare_cached("DELETE FROM token WHERE webhook = ?1")?.execute([name])
        })?;
        self.known_mut().retain(|_, record| record.webhook != webhook);
        Ok(u64::try_from(gone).unwrap_or(u64::MAX))
    }

    fn rename(&self, webhook: &str, new_name: &str) -> Result<(), StoreError> {
        let (old, new) = (webhook.to_owned(), new_name.to_owned());
        self.database.write(move |connection| {
            connection.prepare_cached("UPDATE token SET webhook = ?2 WHERE webhook = ?1")?.execute([old, new])
        })?;
        for record in self.known_mut().values_mut().filter(|record| record.webhook == webhook) {
            new_name.clone_into(&mut record.webhook);
        }
        Ok(())
    }
}
