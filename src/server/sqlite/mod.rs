//! What a server remembers, in one SQLite file: tasks, tokens, answers to deliveries, persistent variables.
//!
//! One thread writes. It takes every step that waits, makes one transaction of them, and tells their callers when the
//! transaction is on the disk (write-ahead log, `synchronous = FULL`): steps that come together share one `fsync`.
//! Reads have a connection of their own and see what was acknowledged.

mod answers;
mod tasks;
mod tokens;
mod variables;
mod writer;

pub use answers::{Delivery, SqliteAnswers, StoredAnswer};
pub use tasks::SqliteTasks;
pub use tokens::SqliteTokens;
pub use variables::SqliteVariables;

use crate::webhook::StoreError;
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use writer::Writer;

/// The version of the tables, in `user_version`.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE task (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    webhook TEXT NOT NULL,
    state TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    finished INTEGER,
    lease_until INTEGER,
    owner TEXT,
    idempotency_key TEXT,
    record TEXT NOT NULL,
    payload TEXT
) STRICT;
CREATE INDEX task_by_state ON task (state, seq);
CREATE INDEX task_by_start ON task (not_before) WHERE state = 'queued';
CREATE INDEX task_by_webhook ON task (webhook, seq);
CREATE UNIQUE INDEX task_by_key ON task (webhook, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE TABLE task_count (state TEXT PRIMARY KEY, number INTEGER NOT NULL, longest INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER task_added AFTER INSERT ON task BEGIN
    INSERT INTO task_count VALUES (new.state, 1, 1)
    ON CONFLICT (state) DO UPDATE SET number = number + 1, longest = max(longest, number + 1);
END;
CREATE TRIGGER task_moved AFTER UPDATE OF state ON task WHEN old.state <> new.state BEGIN
    UPDATE task_count SET number = number - 1 WHERE state = old.state;
    INSERT INTO task_count VALUES (new.state, 1, 1)
    ON CONFLICT (state) DO UPDATE SET number = number + 1, longest = max(longest, number + 1);
END;
CREATE TRIGGER task_gone AFTER DELETE ON task BEGIN
    UPDATE task_count SET number = number - 1 WHERE state = old.state;
END;
CREATE TABLE token (
    id TEXT PRIMARY KEY,
    webhook TEXT NOT NULL,
    method TEXT NOT NULL,
    expires TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    created INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE answer (
    webhook TEXT NOT NULL,
    delivery TEXT NOT NULL,
    owner TEXT NOT NULL,
    at INTEGER NOT NULL,
    answer TEXT,
    PRIMARY KEY (webhook, delivery)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_by_time ON answer (at);
CREATE TABLE variable (
    issue TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (issue, name)
) STRICT, WITHOUT ROWID;
";

/// An open file. Cheap to clone; all clones are the same file.
#[derive(Clone, Debug)]
pub struct Database {
    writer: Arc<Writer>,
    reader: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens a file, and makes it when it is not there.
    ///
    /// # Errors
    /// It cannot be opened, or it is of a later version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writing = connect(path)?;
        prepare(&writing)?;
        let reading = connect(path)?;
        reading.pragma_update(None, "query_only", true).map_err(failed)?;
        Ok(Self { writer: Arc::new(Writer::start(writing)?), reader: Arc::new(Mutex::new(reading)) })
    }

    /// Does something to the tables, as a whole or not at all, and comes back when it is on the disk.
    fn write<T, F>(&self, step: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.write(step)
    }

    fn read<T>(&self, step: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        step(&self.reading()).map_err(failed)
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        // A read that broke off has changed nothing.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    match version {
        VERSION => Ok(()),
        0 => {
            let all = format!("BEGIN IMMEDIATE;{TABLES}PRAGMA user_version = {VERSION};COMMIT;");
            connection.execute_batch(&all).map_err(failed)
        }
        later => Err(StoreError::new(format!("the file is of version {later}, this program knows {VERSION}"))),
    }
}

fn failed(error: rusqlite::Error) -> StoreError {
    StoreError::new(error.to_string())
}
