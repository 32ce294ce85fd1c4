//! The runs that go on now, and the last ones that have ended (WH-91).

use super::now_millis;
use crate::{limits::CancelFlag, webhook::RunReport};
use serde::Serialize;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Ended runs that are kept.
const KEPT: usize = 200;

/// A run that goes on: one thread of the list of threads.
#[derive(Clone, Debug, Serialize)]
pub struct ActiveRun {
    /// Its number, unique in this life of the process.
    pub id: u64,
    /// Name of the webhook.
    pub webhook: String,
    /// Method of the request.
    pub method: String,
    /// Id of the task; nothing when a caller waits for the run.
    pub task: Option<String>,
    /// Id of the request (WH-95).
    pub request_id: String,
    /// When it began, in milliseconds since 1970.
    pub started: i64,
    /// Milliseconds since then.
    pub elapsed: u64,
    /// It was asked to end.
    pub cancelled: bool,
}

/// A synchronous run that has ended. Those that nobody waited for are tasks, and the store has them.
#[derive(Clone, Debug, Serialize)]
pub struct EndedRun {
    /// What it was.
    #[serde(flatten)]
    pub run: ActiveRun,
    /// How it ended, with log and the beginning of the output.
    #[serde(skip)]
    pub report: RunReport,
}

#[derive(Debug)]
struct Active {
    run: ActiveRun,
    begun: Instant,
    limit: Duration,
    cancel: CancelFlag,
}

/// All runs of a server. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    active: Mutex<(u64, BTreeMap<u64, Active>)>,
    ended: Mutex<VecDeque<EndedRun>>,
}

/// Puts a run on the list, until it is dropped.
#[derive(Debug)]
pub(super) struct Listed {
    runs: Runs,
    id: u64,
}

impl Runs {
    fn active(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, Active>)> {
        // Each change is one step.
        self.shared.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self) -> MutexGuard<'_, VecDeque<EndedRun>> {
        self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runs that go on, oldest first.
    pub fn list(&self) -> Vec<ActiveRun> {
        self.active().1.values().map(Active::shown).collect()
    }

    /// How many runs go on.
    pub fn len(&self) -> usize {
        self.active().1.len()
    }

    /// Whether nothing runs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Asks a run to end; says whether there is one of this number.
    pub fn cancel(&self, id: u64) -> bool {
        let active = self.active();
        let found = active.1.get(&id);
        if let Some(run) = found {
            run.cancel.cancel();
        }
        found.is_some()
    }

    /// The last synchronous runs that have ended, latest first. At most 200.
    pub fn recent(&self) -> Vec<EndedRun> {
        self.ended().iter().rev().cloned().collect()
    }

    pub(super) fn cancel_task(&self, task: &str) {
        for run in self.active().1.values().filter(|run| run.run.task.as_deref() == Some(task)) {
            run.cancel.cancel();
        }
    }

    pub(super) fn cancel_all(&self) {
        self.active().1.values().for_each(|run| run.cancel.cancel());
    }

    /// Asks those to end that go on past their time limit: a script looks at its clock, but the host may keep it from
    /// that. Gives them.
    pub(super) fn cancel_overdue(&self, grace: Duration) -> Vec<ActiveRun> {
        let active = self.active();
        let late = active.1.values().filter(|run| run.begun.elapsed() > run.limit.saturating_add(grace));
        let late = late.filter(|run| !run.cancel.is_cancelled());
        late.map(|run| {
            run.cancel.cancel();
            run.shown()
        })
        .collect()
    }

    pub(super) fn begin(
        &self,
        webhook: &str,
        method: &str,
        task: Option<&str>,
        request_id: &str,
        limit: Duration,
        cancel: CancelFlag,
    ) -> Listed {
        let mut active = self.active();
        active.0 = active.0.saturating_add(1);
        let id = active.0;
        let run = ActiveRun {
            id,
            webhook: webhook.to_owned(),
            method: method.to_owned(),
            task: task.map(str::to_owned),
            request_id: request_id.to_owned(),
            started: now_millis(),
            elapsed: 0,
            cancelled: false,
        };
        active.1.insert(id, Active { run, begun: Instant::now(), limit, cancel });
        Listed { runs: self.clone(), id }
    }
}

impl Active {
    fn shown(&self) -> ActiveRun {
        let elapsed = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        ActiveRun { elapsed, cancelled: self.cancel.is_cancelled(), ..self.run.clone() }
    }
}

impl Listed {
    /// The run has ended, and its report is kept for a while.
    pub(super) fn end(self, report: &RunReport) {
        let run = self.runs.active().1.remove(&self.id);
        let Some(run) = run.filter(|run| run.run.task.is_none()) else { return };
        let elapsed = u64::try_from(run.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let run = ActiveRun { elapsed, cancelled: run.cancel.is_cancelled(), ..run.run };
        let ended = EndedRun { run, report: report.clone() };
        let mut all = self.runs.ended();
        if all.len() >= KEPT {
            all.pop_front();
        }
        all.push_back(ended);
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.runs.active().1.remove(&self.id);
    }
}
