//! Tasks in the file.

use super::{Database, failed};
use crate::webhook::{
    Attempt, Cancelled, Enqueued, Held, Lost, NewTask, Payload, Replayed, RunReport, StoreError, TaskCounts,
    TaskFilter, TaskRecord, TaskState, TaskStore,
    task::{after_attempt, after_loss},
};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, types::Type};
use std::{collections::BTreeMap, time::Duration};

/// The durable store of tasks.
#[derive(Clone, Debug)]
pub struct SqliteTasks {
    database: Database,
}

impl SqliteTasks {
    /// The tasks of a file.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

/// What `SELECT` gives to [`record_of`].
const COLUMNS: &str = "seq, record, payload";

/// A text that is not what was stored.
fn broken(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn record_of(row: &Row<'_>) -> rusqlite::Result<TaskRecord> {
    let text = row.get_ref(1)?.as_str()?;
    let mut record: TaskRecord = serde_json::from_str(text).map_err(broken)?;
    record.seq = unsigned(row.get(0)?);
    if let Some(payload) = row.get_ref(2)?.as_str_or_null()? {
        let payload: Payload = serde_json::from_str(payload).map_err(broken)?;
        record.payload = Some(payload);
    }
    Ok(record)
}

/// The parts of a record that the table has: all but the payload, and the payload.
fn parts_of(record: &mut TaskRecord) -> rusqlite::Result<(String, Option<String>)> {
    let payload = record.payload.take();
    let text = serde_json::to_string(record).map_err(broken);
    let told = payload.as_ref().map(serde_json::to_string).transpose().map_err(broken);
    record.payload = payload;
    Ok((text?, told?))
}

fn by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<TaskRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM task WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_row([id], record_of).optional()
}

/// The task of an attempt, as long as the attempt has it.
fn held(connection: &Connection, attempt: &Attempt) -> rusqlite::Result<Option<TaskRecord>> {
    let found = by_id(connection, &attempt.id)?;
    Ok(found.filter(|record| record.state == TaskState::Running && record.as_attempt() == *attempt))
}

fn add(connection: &Connection, mut record: TaskRecord) -> rusqlite::Result<()> {
    let (text, payload) = parts_of(&mut record)?;
    let sql = "INSERT INTO task (id, webhook, state, not_before, idempotency_key, record, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values: [&dyn ToSql; 7] = [
        &record.id,
        &record.webhook,
        &record.state.word(),
        &record.not_before,
        &record.idempotency_key,
        &text,
        &payload,
    ];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Stores what has changed of a record. A payload never changes; it can only go.
fn update(connection: &Connection, record: &mut TaskRecord) -> rusqlite::Result<()> {
    let payload = record.payload.take();
    let text = serde_json::to_string(record).map_err(broken);
    record.payload = payload;
    let sql = "UPDATE task SET state = ?2, not_before = ?3, finished = ?4, lease_until = ?5, owner = ?6, record = ?7,
        payload = CASE WHEN ?8 THEN payload END WHERE id = ?1";
    let values: [&dyn ToSql; 8] = [
        &record.id,
        &record.state.word(),
        &record.not_before,
        &record.finished,
        &record.lease_until,
        &record.owner,
        &text?,
        &record.payload.is_some(),
    ];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn count(connection: &Connection, state: TaskState) -> rusqlite::Result<u64> {
    let sql = "SELECT number FROM task_count WHERE state = ?1";
    let found: Option<i64> = connection.prepare_cached(sql)?.query_row([state.word()], |row| row.get(0)).optional()?;
    Ok(unsigned(found.unwrap_or(0)))
}

/// The records of a query, in its order.
fn records(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<Vec<TaskRecord>> {
    connection.prepare_cached(sql)?.query_map(values, record_of)?.collect()
}

fn end_of(lease: Duration, now: i64) -> i64 {
    now.saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
}

impl TaskStore for SqliteTasks {
    fn enqueue(&self, task: NewTask, max_queue: u64) -> Result<Enqueued, StoreError> {
        self.database.write(move |connection| {
            if let Some(key) = &task.idempotency_key {
                let sql = "SELECT id FROM task WHERE webhook = ?1 AND idempotency_key = ?2";
                let found: Option<String> =
                    connection.prepare_cached(sql)?.query_row([&task.webhook, key], |row| row.get(0)).optional()?;
                if let Some(id) = found {
                    return Ok(Enqueued::Duplicate { id });
                }
            }
            if count(connection, TaskState::Queued)? >= max_queue {
                return Ok(Enqueued::Full);
            }
            add(connection, TaskRecord::accepted(task, 0))?;
            Ok(Enqueued::Stored)
        })
    }

    fn claim(&self, owner: &str, now: i64, lease: Duration) -> Result<Option<TaskRecord>, StoreError> {
        let owner = owner.to_owned();
        self.database.write(move |connection| {
            let sql =
                format!("SELECT {COLUMNS} FROM task WHERE state = 'queued' AND not_before <= ?1 ORDER BY seq LIMIT 1");
            let found = connection.prepare_cached(&sql)?.query_row([now], record_of).optional()?;
            let Some(mut task) = found else { return Ok(None) };
            task.state = TaskState::Running;
            task.attempt = task.attempt.saturating_add(1);
            task.started = Some(now);
            task.finished = None;
            task.owner = Some(owner);
            task.lease_until = Some(end_of(lease, now));
            update(connection, &mut task)?;
            Ok(Some(task))
        })
    }

    fn extend(&self, attempt: &Attempt, now: i64, lease: Duration) -> Result<Held, StoreError> {
        let attempt = attempt.clone();
        self.database.write(move |connection| {
            let Some(mut task) = held(connection, &attempt)? else { return Ok(Held::Lost) };
            task.lease_until = Some(end_of(lease, now));
            update(connection, &mut task)?;
            Ok(if task.cancel_requested { Held::Cancel } else { Held::Yes })
        })
    }

    fn finish(&self, attempt: &Attempt, report: &RunReport, now: i64) -> Result<Result<TaskRecord, Lost>, StoreError> {
        let (attempt, report) = (attempt.clone(), report.clone());
        self.database.write(move |connection| {
            let Some(mut task) = held(connection, &attempt)? else { return Ok(Err(Lost)) };
            task.report(&report);
            let backoff = Duration::from_millis(task.backoff);
            task.settle(after_attempt(report.state, task.attempt, task.max_attempts, backoff, now), now);
            update(connection, &mut task)?;
            Ok(Ok(task))
        })
    }

    fn cancel(&self, id: &str, now: i64) -> Result<Cancelled, StoreError> {
        let id = id.to_owned();
        self.database.write(move |connection| {
            let Some(mut task) = by_id(connection, &id)? else { return Ok(Cancelled::Unknown) };
            let become_of = match task.state {
                TaskState::Queued => {
                    task.settle((TaskState::Cancelled, now), now);
                    Cancelled::Done
                }
                TaskState::Running => {
                    task.cancel_requested = true;
                    Cancelled::Requested
                }
                ended => return Ok(Cancelled::Ended(ended)),
            };
            update(connection, &mut task)?;
            Ok(become_of)
        })
    }

    fn cancel_waiting(&self, webhook: &str, now: i64) -> Result<u64, StoreError> {
        let webhook = webhook.to_owned();
        self.database.write(move |connection| {
            let sql = "SELECT id FROM task WHERE state = 'queued' AND webhook = ?1 ORDER BY seq";
            let ids: Vec<String> =
                connection.prepare_cached(sql)?.query_map([&webhook], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut number = 0u64;
            // One at a time, since their payloads together may be larger than the memory.
            for id in ids {
                if let Some(mut task) = by_id(connection, &id)? {
                    task.settle((TaskState::Cancelled, now), now);
                    update(connection, &mut task)?;
                    number = number.saturating_add(1);
                }
            }
            Ok(number)
        })
    }

    fn recover(&self, dead_owners: &[String], now: i64) -> Result<Vec<TaskRecord>, StoreError> {
        let dead_owners = dead_owners.to_vec();
        self.database.write(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM task WHERE state = 'running' ORDER BY seq");
            let mut recovered = Vec::new();
            for mut task in records(connection, &sql, &[])? {
                let over = task.lease_until.is_none_or(|until| until <= now);
                if over || task.owner.as_ref().is_some_and(|owner| dead_owners.contains(owner)) {
                    task.settle(after_loss(&task, now), now);
                    update(connection, &mut task)?;
                    recovered.push(task);
                }
            }
            Ok(recovered)
        })
    }

    fn owners(&self) -> Result<Vec<String>, StoreError> {
        self.database.read(|connection| {
            let sql = "SELECT DISTINCT owner FROM task WHERE state = 'running' AND owner IS NOT NULL ORDER BY owner";
            connection.prepare_cached(sql)?.query_map((), |row| row.get(0))?.collect()
        })
    }

    fn get(&self, id: &str) -> Result<Option<TaskRecord>, StoreError> {
        self.database.read(|connection| by_id(connection, id))
    }

    fn list(&self, filter: &TaskFilter) -> Result<Vec<TaskRecord>, StoreError> {
        let mut sql = format!("SELECT {COLUMNS} FROM task WHERE true");
        let (state, after) = (filter.state.map(|state| state.word().to_owned()), filter.after.map(signed));
        let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
        let mut values: Vec<&dyn ToSql> = Vec::new();
        if let Some(webhook) = &filter.webhook {
            sql.push_str(" AND webhook = ?");
            values.push(webhook);
        }
        if let Some(state) = &state {
            sql.push_str(" AND state = ?");
            values.push(state);
        }
        if let Some(after) = &after {
            sql.push_str(if filter.newest_first { " AND seq < ?" } else { " AND seq > ?" });
            values.push(after);
        }
        sql.push_str(if filter.newest_first { " ORDER BY seq DESC LIMIT ?" } else { " ORDER BY seq LIMIT ?" });
        values.push(&limit);
        self.database.read(|connection| records(connection, &sql, &values))
    }

    fn counts(&self) -> Result<TaskCounts, StoreError> {
        self.database.read(|connection| {
            let mut counts = TaskCounts::default();
            let mut statement = connection.prepare_cached("SELECT state, number, longest FROM task_count")?;
            let mut rows = statement.query(())?;
            let mut states = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let Some(state) = TaskState::parse(row.get_ref(0)?.as_str()?) else { continue };
                let (number, longest) = (unsigned(row.get(1)?), unsigned(row.get(2)?));
                match state {
                    TaskState::Running => counts.running = number,
                    TaskState::Queued => (counts.waiting, counts.longest) = (number, longest),
                    _ => {}
                }
                if number > 0 {
                    states.insert(state, number);
                }
            }
            counts.states = states;
            Ok(counts)
        })
    }

    fn next_start(&self) -> Result<Option<i64>, StoreError> {
        self.database.read(|connection| {
            let sql = "SELECT min(not_before) FROM task WHERE state = 'queued'";
            connection.prepare_cached(sql)?.query_row((), |row| row.get(0))
        })
    }

    fn purge(&self, finished_before: i64) -> Result<u64, StoreError> {
        self.database.write(move |connection| {
            let sql = "DELETE FROM task WHERE finished < ?1 AND state NOT IN ('queued', 'running')";
            let number = connection.prepare_cached(sql)?.execute([finished_before])?;
            Ok(u64::try_from(number).unwrap_or(u64::MAX))
        })
    }

    fn replay(&self, id: &str, new_id: &str, now: i64, max_queue: u64) -> Result<Replayed, StoreError> {
        let (id, new_id) = (id.to_owned(), new_id.to_owned());
        self.database.write(move |connection| {
            let Some(task) = by_id(connection, &id)? else { return Ok(Replayed::Unknown) };
            if !task.state.is_final() {
                return Ok(Replayed::Pending);
            }
            let Some(copy) = task.replayed(new_id, 0, now) else { return Ok(Replayed::NoPayload) };
            if count(connection, TaskState::Queued)? >= max_queue {
                return Ok(Replayed::Full);
            }
            add(connection, copy)?;
            Ok(Replayed::Stored)
        })
    }
}

impl SqliteTasks {
    /// Whether the file can be written now.
    ///
    /// # Errors
    /// It cannot.
    pub fn probe(&self) -> Result<(), StoreError> {
        self.database.write(|connection| {
            connection.prepare_cached("UPDATE task_count SET number = number WHERE state = ''")?.execute(())?;
            Ok(())
        })
    }

    /// Tasks of a webhook that wait or run.
    ///
    /// # Errors
    /// The store failed.
    pub fn pending(&self, webhook: &str) -> Result<u64, StoreError> {
        let reading = self.database.reading();
        let sql = "SELECT count(*) FROM task WHERE webhook = ?1 AND state IN ('queued', 'running')";
        let mut statement = reading.prepare_cached(sql).map_err(failed)?;
        statement.query_row([webhook], |row| row.get(0)).map(unsigned).map_err(failed)
    }
}
