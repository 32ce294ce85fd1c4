//! The runs that go on now, and the last ones that have ended (WH-91).

use super::metrics::HookNumbers;
use super::now_millis;
use crate::{
    limits::CancelFlag,
    webhook::{Method, RunReport},
};
use foldhash::HashMap;
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::VecDeque,
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
    pub report: Arc<RunReport>,
}

#[derive(Clone, Debug)]
struct Active {
    id: u64,
    numbers: Arc<HookNumbers>,
    method: Cow<'static, str>,
    task: Option<String>,
    request_id: String,
    started: i64,
    begun: Instant,
    limit: Duration,
    cancel: CancelFlag,
}

#[derive(Debug)]
struct Ended {
    run: Active,
    took: Duration,
    report: Arc<RunReport>,
}

/// All runs of a server. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// The last number given, and the runs by their numbers.
    active: Mutex<(u64, HashMap<u64, Active>)>,
    ended: Mutex<VecDeque<Ended>>,
}

/// Puts a run on the list, until it is dropped.
#[derive(Debug)]
pub(super) struct Listed {
    runs: Runs,
    /// Its number, until it has ended.
    id: Option<u64>,
    begun: Instant,
}

impl Runs {
    fn active(&self) -> MutexGuard<'_, (u64, HashMap<u64, Active>)> {
        // Each change is one step.
        self.shared.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self) -> MutexGuard<'_, VecDeque<Ended>> {
        self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runs that go on, oldest first.
    pub fn list(&self) -> Vec<ActiveRun> {
        let mut runs: Vec<ActiveRun> = self.active().1.values().map(|run| run.shown(run.begun.elapsed())).collect();
        runs.sort_unstable_by_key(|run| run.id);
        runs
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
        let shown = |ended: &Ended| EndedRun { run: ended.run.shown(ended.took), report: Arc::clone(&ended.report) };
        self.ended().iter().rev().map(shown).collect()
    }

    pub(super) fn cancel_task(&self, task: &str) {
        for run in self.active().1.values().filter(|run| run.task.as_deref() == Some(task)) {
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
            run.shown(run.begun.elapsed())
        })
        .collect()
    }

    pub(super) fn begin(
        &self,
        numbers: &Arc<HookNumbers>,
        method: &str,
        task: Option<&str>,
        request_id: &str,
        limit: Duration,
        cancel: CancelFlag,
    ) -> Listed {
        let begun = Instant::now();
        let mut run = Active {
            id: 0,
            numbers: Arc::clone(numbers),
            method: match Method::parse(method) {
                Some(method) => method.word().into(),
                None => method.to_owned().into(),
            },
            task: task.map(str::to_owned),
            request_id: request_id.to_owned(),
            started: now_millis(),
            begun,
            limit,
            cancel,
        };
        let mut active = self.active();
        active.0 = active.0.saturating_add(1);
        let id = active.0;
        run.id = id;
        active.1.insert(id, run);
        Listed { runs: self.clone(), id: Some(id), begun }
    }
}

impl Active {
    fn shown(&self, elapsed: Duration) -> ActiveRun {
        ActiveRun {
            id: self.id,
            webhook: self.numbers.webhook().to_owned(),
            method: self.method.clone().into_owned(),
            task: self.task.clone(),
            request_id: self.request_id.clone(),
            started: self.started,
            elapsed: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            cancelled: self.cancel.is_cancelled(),
        }
    }
}

impl Listed {
    /// The run has ended, and its report is kept for a while.
    pub(super) fn end(mut self, report: &Arc<RunReport>) {
        let run = self.id.take().and_then(|id| self.runs.active().1.remove(&id));
        let Some(run) = run.filter(|run| run.task.is_none()) else { return };
        let ended = Ended { took: run.begun.elapsed(), run, report: Arc::clone(report) };
        let mut all = self.runs.ended();
        let oldest = if all.len() >= KEPT { all.pop_front() } else { None };
        all.push_back(ended);
        drop(all);
        // Freed when others can go on.
        drop(oldest);
    }

    /// When it began.
    pub(super) const fn begun(&self) -> Instant {
        self.begun
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.runs.active().1.remove(&id);
        }
    }
}
