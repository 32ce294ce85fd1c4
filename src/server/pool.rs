//! The workers that run tasks (WH-64 to WH-66).
//!
//! `threads` workers claim tasks in the order of their acceptance. A watchdog extends the leases of what runs, ends
//! what is over its time, settles what was lost, and drops old records.

use super::{Server, now_millis, run::Cause};
use crate::webhook::{Attempt, Held, RunReport, TaskRecord, TaskState};
use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long a worker is believed to be alive without a sign of it.
const LEASE: Duration = Duration::from_secs(60);
/// How often a sign is given.
const SIGN: Duration = Duration::from_secs(10);
/// How often idle workers look for tasks that others have stored.
const LOOK: Duration = Duration::from_secs(1);
/// How often old records are looked for.
const PURGE: Duration = Duration::from_secs(600);
/// How long a script that does not look at its clock is waited for.
const GRACE: Duration = Duration::from_secs(1);

/// The workers of a server.
#[derive(Debug, Default)]
pub(super) struct Pool {
    state: Mutex<State>,
    changed: Condvar,
    /// Attempts that run here.
    attempts: Mutex<BTreeMap<String, Attempt>>,
}

#[derive(Debug, Default)]
struct State {
    /// Workers to have.
    wanted: u32,
    /// Workers that there are, by number.
    alive: BTreeMap<u32, ()>,
    closing: bool,
    /// Counts the calls of [`Pool::wake`].
    news: u64,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attempts(&self) -> MutexGuard<'_, BTreeMap<String, Attempt>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a task.
    pub(super) fn wake(&self) {
        let mut state = self.state();
        state.news = state.news.wrapping_add(1);
        drop(state);
        self.changed.notify_one();
    }

    /// Has so many workers from now on. Those that run something end it first.
    pub(super) fn resize(&self, server: &Server, threads: u32) {
        let mut state = self.state();
        state.wanted = threads;
        if state.closing {
            return;
        }
        state.threads.retain(|thread| !thread.is_finished());
        for number in 0..threads {
            if state.alive.contains_key(&number) {
                continue;
            }
            let own = server.clone();
            let name = format!("sil-worker-{number}");
            match thread::Builder::new().name(name).spawn(move || own.pool().work(&own, number)) {
                Ok(thread) => {
                    state.alive.insert(number, ());
                    state.threads.push(thread);
                }
                Err(error) => tracing::error!("no thread for a worker: {error}"),
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Starts the watchdog.
    pub(super) fn watch(&self, server: &Server) {
        let own = server.clone();
        match thread::Builder::new().name("sil-watchdog".to_owned()).spawn(move || own.pool().guard(&own)) {
            Ok(thread) => self.state().threads.push(thread),
            Err(error) => tracing::error!("no thread for the watchdog: {error}"),
        }
    }

    /// Starts no more tasks.
    pub(super) fn close(&self) {
        self.state().closing = true;
        self.changed.notify_all();
    }

    /// Waits for the workers, after [`close`](Self::close). Says whether all have ended in time.
    pub(super) fn join(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        loop {
            let mut state = self.state();
            state.threads.retain(|thread| !thread.is_finished());
            if state.threads.is_empty() {
                return true;
            }
            drop(state);
            if begun.elapsed() >= patience {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn work(&self, server: &Server, number: u32) {
        loop {
            let mut state = self.state();
            if state.closing || number >= state.wanted {
                state.alive.remove(&number);
                return;
            }
            let news = state.news;
            drop(state);
            match server.tasks().claim(server.owner(), now_millis(), LEASE) {
                Ok(Some(task)) => {
                    self.attempts().insert(task.id.clone(), task.as_attempt());
                    self.run_task(server, task);
                }
                Ok(None) => self.wait(news, self.pause(server)),
                Err(error) => {
                    tracing::error!("no task can be claimed: {error}");
                    self.wait(news, LOOK);
                }
            }
        }
    }

    /// How long to wait for the next task that may begin.
    fn pause(&self, server: &Server) -> Duration {
        let next = server.tasks().next_start().ok().flatten();
        let left = next.map(|next| u64::try_from(next.saturating_sub(now_millis())).unwrap_or(0));
        left.map_or(LOOK, |left| Duration::from_millis(left.max(1)).min(LOOK))
    }

    fn wait(&self, news: u64, pause: Duration) {
        let state = self.state();
        let nothing = |state: &mut State| state.news == news && !state.closing;
        drop(self.changed.wait_timeout_while(state, pause, nothing).unwrap_or_else(PoisonError::into_inner));
    }

    fn run_task(&self, server: &Server, task: TaskRecord) {
        let attempt = task.as_attempt();
        let report = report_of(server, task);
        // Without its end in the store the task would count as lost, so it is worth some patience.
        for pause in [10, 100, 1_000, 5_000, 0] {
            match server.tasks().finish(&attempt, &report, now_millis()) {
                Ok(Ok(record)) if record.state == TaskState::Queued => {
                    tracing::info!(task = attempt.id, attempt = attempt.number, "task will be tried again");
                    break;
                }
                Ok(Ok(_)) => break,
                Ok(Err(_)) => {
                    tracing::warn!(task = attempt.id, "task was settled by somebody else meanwhile");
                    break;
                }
                Err(error) => tracing::error!(task = attempt.id, "what came of a task cannot be stored: {error}"),
            }
            thread::sleep(Duration::from_millis(pause));
        }
        self.attempts().remove(&attempt.id);
    }

    fn guard(&self, server: &Server) {
        let (mut sign, mut checkpoint, mut purge) = (Instant::now(), Instant::now(), None::<Instant>);
        loop {
            {
                let state = self.state();
                if state.closing && state.alive.is_empty() {
                    return;
                }
            }
            thread::sleep(Duration::from_millis(20));
            if sign.elapsed() >= SIGN {
                sign = Instant::now();
                self.give_signs(server);
            }
            let config = server.config();
            if checkpoint.elapsed() >= config.pool.checkpoint_interval {
                checkpoint = Instant::now();
                for run in server.runs().cancel_overdue(GRACE) {
                    tracing::warn!(webhook = run.webhook, request_id = run.request_id, "run is over its time limit");
                }
            }
            if purge.is_none_or(|last| last.elapsed() >= PURGE) {
                purge = Some(Instant::now());
                server.purge();
            }
        }
    }

    fn give_signs(&self, server: &Server) {
        let attempts: Vec<Attempt> = self.attempts().values().cloned().collect();
        for attempt in attempts {
            match server.tasks().extend(&attempt, now_millis(), LEASE) {
                Ok(Held::Yes) => {}
                // One that has just ended is not there any more either.
                Ok(Held::Cancel | Held::Lost) => server.runs().cancel_task(&attempt.id),
                Err(error) => tracing::error!(task = attempt.id, "a lease cannot be extended: {error}"),
            }
        }
        match server.tasks().recover(&[], now_millis()) {
            Ok(lost) => lost.iter().for_each(|task| {
                tracing::warn!(task = task.id, state = task.state.word(), "task was lost by its worker");
            }),
            Err(error) => tracing::error!("lost tasks cannot be looked for: {error}"),
        }
    }
}

fn report_of(server: &Server, task: TaskRecord) -> RunReport {
    let failed = |text: &str| {
        let mut report = RunReport::new(TaskState::Failed);
        report.error = Some(text.to_owned());
        report
    };
    let Some(payload) = task.payload else { return failed("the request was not kept") };
    // The script is the one that is current now (WH-63), also that of a webhook that was removed (WH-78).
    let Some(entry) = server.registry().get(&task.webhook).or_else(|| server.retired().get(&task.webhook)) else {
        return failed("there is no webhook of this name any more");
    };
    let limit = entry.def.timeout.unwrap_or(server.config().pool.max_script_runtime);
    let cause = Cause { request_id: &task.request_id, task: Some(&task.id) };
    let numbers = server.metrics().of(&task.webhook);
    Arc::unwrap_or_clone(server.run(&entry, payload.into(), cause, limit, &numbers).report)
}
