use super::{
    Attempt, Cancelled, Enqueued, Held, Lost, NewTask, Replayed, RunReport, TaskCounts, TaskFilter, TaskRecord,
    TaskState, TaskStore, after_attempt, after_loss,
};
use crate::webhook::StoreError;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Tasks in memory: for tests, and for servers that may forget them with the process.
#[derive(Debug, Default)]
pub struct MemoryTaskStore {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// In order of acceptance.
    tasks: BTreeMap<u64, TaskRecord>,
    last_seq: u64,
    longest: u64,
}

impl MemoryTaskStore {
    /// No tasks.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here can panic between two changes that belong together.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn find(&self, id: &str) -> Option<&TaskRecord> {
        self.tasks.values().find(|task| task.id == id)
    }

    fn find_mut(&mut self, id: &str) -> Option<&mut TaskRecord> {
        self.tasks.values_mut().find(|task| task.id == id)
    }

    /// The task of an attempt, as long as the attempt has it.
    fn held_mut(&mut self, attempt: &Attempt) -> Option<&mut TaskRecord> {
        self.find_mut(&attempt.id).filter(|task| task.state == TaskState::Running && task.as_attempt() == *attempt)
    }

    fn count(&self, state: TaskState) -> u64 {
        self.tasks.values().filter(|task| task.state == state).count() as u64
    }

    fn note_length(&mut self) {
        self.longest = self.longest.max(self.count(TaskState::Queued));
    }

    /// Puts a record at the end of the queue.
    fn accept(&mut self, make: impl FnOnce(u64) -> Option<TaskRecord>) -> Result<Option<()>, StoreError> {
        let seq = self.last_seq.saturating_add(1);
        let Some(record) = make(seq) else { return Ok(None) };
        if self.find(&record.id).is_some() {
            return Err(StoreError::new("there is a task of this id"));
        }
        self.tasks.insert(seq, record);
        self.last_seq = seq;
        self.note_length();
        Ok(Some(()))
    }
}

impl TaskStore for MemoryTaskStore {
    fn enqueue(&self, task: NewTask, max_queue: u64) -> Result<Enqueued, StoreError> {
        let mut inner = self.lock();
        if let Some(key) = &task.idempotency_key {
            let same =
                |other: &&TaskRecord| other.webhook == task.webhook && other.idempotency_key.as_ref() == Some(key);
            if let Some(other) = inner.tasks.values().find(same) {
                return Ok(Enqueued::Duplicate { id: other.id.clone() });
            }
        }
        if inner.count(TaskState::Queued) >= max_queue {
            return Ok(Enqueued::Full);
        }
        inner.accept(|seq| Some(TaskRecord::accepted(task, seq)))?;
        Ok(Enqueued::Stored)
    }

    fn claim(&self, owner: &str, now: i64, lease: Duration) -> Result<Option<TaskRecord>, StoreError> {
        let mut inner = self.lock();
        let ready = |task: &&mut TaskRecord| task.state == TaskState::Queued && task.not_before <= now;
        let Some(task) = inner.tasks.values_mut().find(ready) else { return Ok(None) };
        task.state = TaskState::Running;
        task.attempt = task.attempt.saturating_add(1);
        task.started = Some(now);
        task.finished = None;
        task.owner = Some(owner.to_owned());
        task.lease_until = Some(end_of(lease, now));
        Ok(Some(task.clone()))
    }

    fn extend(&self, attempt: &Attempt, now: i64, lease: Duration) -> Result<Held, StoreError> {
        Ok(match self.lock().held_mut(attempt) {
            Some(task) => {
                task.lease_until = Some(end_of(lease, now));
                if task.cancel_requested { Held::Cancel } else { Held::Yes }
            }
            None => Held::Lost,
        })
    }

    fn finish(&self, attempt: &Attempt, report: &RunReport, now: i64) -> Result<Result<TaskRecord, Lost>, StoreError> {
        let mut inner = self.lock();
        let Some(task) = inner.held_mut(attempt) else { return Ok(Err(Lost)) };
        task.report(report);
        let backoff = Duration::from_millis(task.backoff);
        task.settle(after_attempt(report.state, task.attempt, task.max_attempts, backoff, now), now);
        let record = task.clone();
        inner.note_length();
        Ok(Ok(record))
    }

    fn cancel(&self, id: &str, now: i64) -> Result<Cancelled, StoreError> {
        let mut inner = self.lock();
        let Some(task) = inner.find_mut(id) else { return Ok(Cancelled::Unknown) };
        Ok(match task.state {
            TaskState::Queued => {
                task.settle((TaskState::Cancelled, now), now);
                Cancelled::Done
            }
            TaskState::Running => {
                task.cancel_requested = true;
                Cancelled::Requested
            }
            ended => Cancelled::Ended(ended),
        })
    }

    fn cancel_waiting(&self, webhook: &str, now: i64) -> Result<u64, StoreError> {
        let mut inner = self.lock();
        let mut count = 0u64;
        for task in inner.tasks.values_mut() {
            if task.webhook == webhook && task.state == TaskState::Queued {
                task.settle((TaskState::Cancelled, now), now);
                count = count.saturating_add(1);
            }
        }
        Ok(count)
    }

    fn recover(&self, dead_owners: &[String], now: i64) -> Result<Vec<TaskRecord>, StoreError> {
        let mut inner = self.lock();
        let mut recovered = Vec::new();
        for task in inner.tasks.values_mut().filter(|task| task.state == TaskState::Running) {
            let over = task.lease_until.is_none_or(|until| until <= now);
            if over || task.owner.as_ref().is_some_and(|owner| dead_owners.contains(owner)) {
                task.settle(after_loss(task, now), now);
                recovered.push(task.clone());
            }
        }
        inner.note_length();
        Ok(recovered)
    }

    fn owners(&self) -> Result<Vec<String>, StoreError> {
        let inner = self.lock();
        let running = inner.tasks.values().filter(|task| task.state == TaskState::Running);
        let owners: BTreeSet<String> = running.filter_map(|task| task.owner.clone()).collect();
        Ok(owners.into_iter().collect())
    }

    fn get(&self, id: &str) -> Result<Option<TaskRecord>, StoreError> {
        Ok(self.lock().find(id).cloned())
    }

    fn list(&self, filter: &TaskFilter) -> Result<Vec<TaskRecord>, StoreError> {
        let inner = self.lock();
        let behind = |task: &&TaskRecord| {
            filter.after.is_none_or(|after| if filter.newest_first { task.seq < after } else { task.seq > after })
        };
        let fits = |task: &&TaskRecord| behind(task) && filter.fits(task);
        Ok(if filter.newest_first {
            inner.tasks.values().rev().filter(fits).take(filter.limit).cloned().collect()
        } else {
            inner.tasks.values().filter(fits).take(filter.limit).cloned().collect()
        })
    }

    fn counts(&self) -> Result<TaskCounts, StoreError> {
        let inner = self.lock();
        let mut states = BTreeMap::new();
        for task in inner.tasks.values() {
            let count: &mut u64 = states.entry(task.state).or_default();
            *count = count.saturating_add(1);
        }
        let (running, waiting) = (inner.count(TaskState::Running), inner.count(TaskState::Queued));
        Ok(TaskCounts { running, waiting, longest: inner.longest, states })
    }

    fn next_start(&self) -> Result<Option<i64>, StoreError> {
        let inner = self.lock();
        let queued = inner.tasks.values().filter(|task| task.state == TaskState::Queued);
        Ok(queued.map(|task| task.not_before).min())
    }

    fn purge(&self, finished_before: i64) -> Result<u64, StoreError> {
        let mut inner = self.lock();
        let before = inner.tasks.len();
        let over = |task: &TaskRecord| task.finished.is_some_and(|finished| finished < finished_before);
        inner.tasks.retain(|_, task| !(task.state.is_final() && over(task)));
        Ok(before.saturating_sub(inner.tasks.len()) as u64)
    }

    fn replay(&self, id: &str, new_id: &str, now: i64, max_queue: u64) -> Result<Replayed, StoreError> {
        let mut inner = self.lock();
        let Some(task) = inner.find(id).cloned() else { return Ok(Replayed::Unknown) };
        if !task.state.is_final() {
            return Ok(Replayed::Pending);
        }
        if task.payload.is_none() {
            return Ok(Replayed::NoPayload);
        }
        if inner.count(TaskState::Queued) >= max_queue {
            return Ok(Replayed::Full);
        }
        inner.accept(|seq| task.replayed(new_id, seq, now))?;
        Ok(Replayed::Stored)
    }
}

fn end_of(lease: Duration, now: i64) -> i64 {
    now.saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_contract() {
        super::super::contract::check_contract(MemoryTaskStore::new);
    }
}
