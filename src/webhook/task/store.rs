use super::{Attempt, NewTask, RunReport, TaskRecord, TaskState};
use crate::webhook::StoreError;
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// Where tasks are kept. Several servers may share one store: every method is one step that others see whole or not at
/// all, and a running task belongs to the `owner` that claimed it until its lease is over.
///
/// - `owner` names one life of one process, so a process that starts again is another owner.
/// - What [`enqueue`](Self::enqueue) has stored survives the process and the machine's power, when the store is durable
///   at all. The caller is told only afterwards (WH-62).
/// - Workers extend their lease well before it is over. One whose lease was lost must not report any more; the store
///   refuses it, since the task may be running elsewhere.
/// - Any server calls [`recover`](Self::recover) now and then, for the tasks of servers that are gone.
/// - Times come from the caller. Clocks of servers that share a store may differ by much less than a lease.
///
/// Every method fails with [`StoreError`] when the store cannot be read or written; nothing has changed then.
/// [`check_contract`](super::contract::check_contract) tests all of this.
pub trait TaskStore: Send + Sync {
    /// Stores a task as the last one in the queue, unless `max_queue` tasks are waiting already (WH-67) or the webhook
    /// has a task of the same idempotency key.
    ///
    /// # Errors
    /// The store failed, or there is a task of this id.
    fn enqueue(&self, task: NewTask, max_queue: u64) -> Result<Enqueued, StoreError>;

    /// Takes the queued task that was accepted first among those that may begin, marks it as running, and counts the
    /// attempt. A task is given to one caller only.
    ///
    /// # Errors
    /// The store failed.
    fn claim(&self, owner: &str, now: i64, lease: Duration) -> Result<Option<TaskRecord>, StoreError>;

    /// Moves the end of a lease to `lease` from now. Also how a worker learns that its task is to end.
    ///
    /// # Errors
    /// The store failed.
    fn extend(&self, attempt: &Attempt, now: i64, lease: Duration) -> Result<Held, StoreError>;

    /// Stores what came of an attempt, and the state that follows ([`after_attempt`](super::after_attempt)). Gives the
    /// record as it is now.
    ///
    /// # Errors
    /// The store failed.
    fn finish(&self, attempt: &Attempt, report: &RunReport, now: i64) -> Result<Result<TaskRecord, Lost>, StoreError>;

    /// Ends a task that waits, or asks a running one to end (WH-91).
    ///
    /// # Errors
    /// The store failed.
    fn cancel(&self, id: &str, now: i64) -> Result<Cancelled, StoreError>;

    /// Ends all waiting tasks of a webhook (WH-78); says how many.
    ///
    /// # Errors
    /// The store failed.
    fn cancel_waiting(&self, webhook: &str, now: i64) -> Result<u64, StoreError>;

    /// Settles running tasks whose lease is over ([`after_loss`](super::after_loss)), and those of `dead_owners`
    /// whatever their lease; gives their records as they are now, in order of acceptance.
    ///
    /// # Errors
    /// The store failed.
    fn recover(&self, dead_owners: &[String], now: i64) -> Result<Vec<TaskRecord>, StoreError>;

    /// All owners of running tasks, each once, sorted. A process that knows that it is alone with its store gives all
    /// but itself to [`recover`](Self::recover) when it starts.
    ///
    /// # Errors
    /// The store failed.
    fn owners(&self) -> Result<Vec<String>, StoreError>;

    /// The record of a task.
    ///
    /// # Errors
    /// The store failed.
    fn get(&self, id: &str) -> Result<Option<TaskRecord>, StoreError>;

    /// Records, a page at a time.
    ///
    /// # Errors
    /// The store failed.
    fn list(&self, filter: &TaskFilter) -> Result<Vec<TaskRecord>, StoreError>;

    /// How many tasks there are (WH-90).
    ///
    /// # Errors
    /// The store failed.
    fn counts(&self) -> Result<TaskCounts, StoreError>;

    /// When the next queued task may begin, for workers that have nothing to do.
    ///
    /// # Errors
    /// The store failed.
    fn next_start(&self) -> Result<Option<i64>, StoreError>;

    /// Removes records of tasks that ended before a time, with their payloads and keys (WH-94); says how many.
    ///
    /// # Errors
    /// The store failed.
    fn purge(&self, finished_before: i64) -> Result<u64, StoreError>;

    /// Stores a copy of an ended task as the last one in the queue, under a new id, with attempts counted afresh and
    /// without idempotency key.
    ///
    /// # Errors
    /// The store failed, or there is a task of the new id.
    fn replay(&self, id: &str, new_id: &str, now: i64, max_queue: u64) -> Result<Replayed, StoreError>;
}

/// What became of a task that was to be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Enqueued {
    /// It is stored.
    Stored,
    /// The queue is full: 503.
    Full,
    /// The webhook has a task of this idempotency key.
    Duplicate {
        /// Its id.
        id: String,
    },
}

/// Whether an attempt still has its task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// Yes.
    Yes,
    /// Yes, and it is to end the run.
    Cancel,
    /// No: the lease was over and the task was settled without it.
    Lost,
}

/// The attempt does not have its task any more; its report was not stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lost;

/// What became of a task that was to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cancelled {
    /// It waited, and is cancelled.
    Done,
    /// It runs, and its worker will be told.
    Requested,
    /// It had ended.
    Ended(TaskState),
    /// There is no such task.
    Unknown,
}

/// What became of a task that was to be replayed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replayed {
    /// The copy is stored.
    Stored,
    /// The queue is full: 503.
    Full,
    /// It has not ended.
    Pending,
    /// Its payload was not kept.
    NoPayload,
    /// There is no such task.
    Unknown,
}

/// Which records are listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskFilter {
    /// Of this webhook.
    pub webhook: Option<String>,
    /// In this state.
    pub state: Option<TaskState>,
    /// Behind the task of this `seq` in the order of the list: with `newest_first`, those accepted before it. A task
    /// that stays in the filter is on exactly one page, whatever is accepted meanwhile.
    pub after: Option<u64>,
    /// Latest accepted first; otherwise in order of acceptance.
    pub newest_first: bool,
    /// At most so many.
    pub limit: usize,
}

impl Default for TaskFilter {
    /// The first hundred of all tasks, in order of acceptance.
    fn default() -> Self {
        Self { webhook: None, state: None, after: None, newest_first: false, limit: 100 }
    }
}

impl TaskFilter {
    /// Whether a record is one of those, its place in the list not considered.
    pub fn fits(&self, record: &TaskRecord) -> bool {
        self.webhook.as_ref().is_none_or(|webhook| *webhook == record.webhook)
            && self.state.is_none_or(|state| state == record.state)
    }
}

/// How many tasks there are (WH-90).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct TaskCounts {
    /// Running now.
    pub running: u64,
    /// Queued now, those that wait for another attempt included.
    pub waiting: u64,
    /// The most that were queued at the same time, since the store was opened or earlier.
    pub longest: u64,
    /// Records in each state; states without any may be left out.
    pub states: BTreeMap<TaskState, u64>,
}
