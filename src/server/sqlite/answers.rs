//! Answers to signed deliveries, so that a delivery that comes again is answered and not run again (WH-88).

use super::Database;
use crate::webhook::{Answer, StoreError};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

/// Bytes of content that are kept; the answer to a repeated delivery is cut to nothing beyond.
const MAX_CONTENT: usize = 64 << 10;

/// What is known of a delivery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// It came for the first time, and is noted now.
    New,
    /// It came before, and this was the answer.
    Answered(StoredAnswer),
    /// It came before, and its run has not ended, or broke off with the process.
    Open,
}

/// The answer to a delivery.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub content: String,
}

impl StoredAnswer {
    /// What is kept of an answer.
    pub fn of(answer: &Answer) -> Self {
        let content = if answer.content().len() > MAX_CONTENT { String::new() } else { answer.content().to_owned() };
        let headers = answer.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { status: answer.status(), headers, content }
    }
}

impl From<StoredAnswer> for Answer {
    fn from(stored: StoredAnswer) -> Self {
        Self::new(stored.status, stored.content, &stored.headers)
    }
}

/// The deliveries of a file.
#[derive(Clone, Debug)]
pub struct SqliteAnswers {
    database: Database,
}

impl SqliteAnswers {
    /// The deliveries of a file.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Notes a delivery, unless it came before. `owner` names this life of the process.
    ///
    /// # Errors
    /// The store failed.
    pub fn begin(&self, webhook: &str, delivery: &str, owner: &str, now: i64) -> Result<Delivery, StoreError> {
        let key = [webhook.to_owned(), delivery.to_owned()];
        let owner = owner.to_owned();
        self.database.write(move |connection| {
            let sql = "SELECT answer FROM answer WHERE webhook = ?1 AND delivery = ?2";
            let found: Option<Option<String>> =
                connection.prepare_cached(sql)?.query_row(key.each_ref(), |row| row.get(0)).optional()?;
            let [webhook, delivery] = &key;
            Ok(match found {
                Some(Some(text)) => serde_json::from_str(&text).map_or(Delivery::Open, Delivery::Answered),
                Some(None) => Delivery::Open,
                None => {
                    let sql = "INSERT INTO answer VALUES (?1, ?2, ?3, ?4, NULL)";
                    connection.prepare_cached(sql)?.execute((webhook, delivery, owner, now))?;
                    Delivery::New
                }
            })
        })
    }

    /// Keeps the answer to a delivery; with none, the delivery counts as never come, so that the sender can try again.
    ///
    /// # Errors
    /// The store failed.
    pub fn end(&self, webhook: &str, delivery: &str, answer: Option<&StoredAnswer>) -> Result<(), StoreError> {
        let key = [webhook.to_owned(), delivery.to_owned()];
        let text = answer.and_then(|answer| serde_json::to_string(answer).ok());
        self.database.write(move |connection| {
            let [webhook, delivery] = &key;
            match text {
                Some(text) => connection
                    .prepare_cached("UPDATE answer SET answer = ?3 WHERE webhook = ?1 AND delivery = ?2")?
                    .execute([webhook, delivery, &text]),
                None => connection
                    .prepare_cached("DELETE FROM answer WHERE webhook = ?1 AND delivery = ?2")?
                    .execute([webhook, delivery]),
            }
        })?;
        Ok(())
    }

    /// Forgets deliveries that came before a time.
    ///
    /// # Errors
    /// The store failed.
    pub fn purge(&self, before: i64) -> Result<usize, StoreError> {
        self.database
            .write(move |connection| connection.prepare_cached("DELETE FROM answer WHERE at < ?1")?.execute([before]))
    }
}
