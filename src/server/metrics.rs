//! What is counted, in the text form of Prometheus.

use crate::webhook::{RunReport, TaskCounts, TaskState};
use foldhash::HashMap;
use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Upper ends of the classes of durations, in microseconds, and as Prometheus writes them.
const CLASSES: &[(u64, &str)] = &[
    (100, "0.0001"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (5_000, "0.005"),
    (25_000, "0.025"),
    (100_000, "0.1"),
    (500_000, "0.5"),
    (2_500_000, "2.5"),
    (10_000_000, "10"),
    (60_000_000, "60"),
    (600_000_000, "600"),
];

/// How many runs in a row have to be short before the next is expected to be short too.
const STREAK: u64 = 16;
/// A run up to this long is short.
const SHORT: Duration = Duration::from_micros(300);

/// The numbers of one webhook.
#[derive(Debug, Default)]
pub(super) struct HookNumbers {
    webhook: String,
    states: [AtomicU64; 5],
    classes: [AtomicU64; 12],
    micros: AtomicU64,
    answers: [AtomicU64; 6],
    limits: Mutex<BTreeMap<String, u64>>,
    auth_failures: Mutex<BTreeMap<&'static str, u64>>,
    /// Short runs in a row, of the program at `program`.
    streak: AtomicU64,
    program: AtomicUsize,
}

/// The states in which a run ends.
const STATES: [TaskState; 5] =
    [TaskState::Succeeded, TaskState::Failed, TaskState::TimedOut, TaskState::Cancelled, TaskState::Interrupted];

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

impl HookNumbers {
    /// Name of the webhook.
    pub(super) fn webhook(&self) -> &str {
        &self.webhook
    }

    /// A run has ended.
    pub(super) fn ran(&self, report: &RunReport, took: Duration) {
        let state = STATES.iter().position(|state| *state == report.state);
        if let Some(counter) = state.and_then(|index| self.states.get(index)) {
            add(counter, 1);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = CLASSES.iter().position(|(end, _)| micros <= *end).unwrap_or(CLASSES.len());
        if let Some(counter) = self.classes.get(class) {
            add(counter, 1);
        }
        add(&self.micros, micros);
    }

    /// A request was answered.
    pub(super) fn answered(&self, status: u16) {
        if let Some(counter) = self.answers.get(usize::from(status.checked_div(100).unwrap_or(0))) {
            add(counter, 1);
        }
    }

    /// A limit stood in the way: of runs, of the queue, of the size of a request.
    pub(super) fn limited(&self, what: &str) {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let number = limits.entry(what.to_owned()).or_default();
        *number = number.saturating_add(1);
    }

    /// A caller was not let in.
    pub(super) fn refused(&self, reason: &'static str) {
        let mut failures = self.auth_failures.lock().unwrap_or_else(PoisonError::into_inner);
        let number = failures.entry(reason).or_default();
        *number = number.saturating_add(1);
    }

    /// Whether the next run is expected to be short: the last ones were, with the same program.
    pub(super) fn is_short(&self, program: usize) -> bool {
        self.program.load(Ordering::Relaxed) == program && self.streak.load(Ordering::Relaxed) >= STREAK
    }

    /// Notes how long a run took on its thread.
    pub(super) fn took(&self, program: usize, took: Duration) {
        if self.program.swap(program, Ordering::Relaxed) != program || took > SHORT {
            self.streak.store(0, Ordering::Relaxed);
        } else {
            add(&self.streak, 1);
        }
    }
}

/// The numbers of a server.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    hooks: RwLock<HashMap<String, Arc<HookNumbers>>>,
    /// Failed logins of administrators.
    pub(super) admin_failures: AtomicU64,
}

/// What is asked for when the text is made.
pub(super) struct Gauges {
    pub(super) running: usize,
    pub(super) sync_runs: u32,
    pub(super) threads: u32,
    pub(super) tasks: Option<TaskCounts>,
    pub(super) webhooks: usize,
}

impl Metrics {
    /// The numbers of a webhook that there is.
    pub(super) fn of(&self, name: &str) -> Arc<HookNumbers> {
        if let Some(found) = self.hooks.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Arc::clone(found);
        }
        let mut hooks = self.hooks.write().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(HookNumbers { webhook: name.to_owned(), ..HookNumbers::default() });
        Arc::clone(hooks.entry(name.to_owned()).or_insert_with(new))
    }

    /// The text form. Names of webhooks need no escaping (WH-71).
    pub(super) fn text(&self, gauges: &Gauges) -> String {
        let mut out = String::new();
        let hooks: BTreeMap<String, Arc<HookNumbers>> = {
            let hooks = self.hooks.read().unwrap_or_else(PoisonError::into_inner);
            hooks.iter().map(|(name, numbers)| (name.clone(), Arc::clone(numbers))).collect()
        };
        family(&mut out, "sil_runs_total", "counter", "Runs that have ended.");
        for (name, numbers) in &hooks {
            for (state, counter) in STATES.iter().zip(&numbers.states) {
                let labels = format!("webhook=\"{name}\",state=\"{state}\"");
                line(&mut out, "sil_runs_total", &labels, counter.load(Ordering::Relaxed));
            }
        }
        family(&mut out, "sil_run_duration_seconds", "histogram", "How long runs took.");
        for (name, numbers) in &hooks {
            durations(&mut out, name, numbers);
        }
        family(&mut out, "sil_answers_total", "counter", "Answers to requests for webhooks.");
        for (name, numbers) in &hooks {
            for (class, counter) in numbers.answers.iter().enumerate().skip(2) {
                let labels = format!("webhook=\"{name}\",status=\"{class}xx\"");
                line(&mut out, "sil_answers_total", &labels, counter.load(Ordering::Relaxed));
            }
        }
        family(&mut out, "sil_limits_total", "counter", "Requests and runs that met a limit.");
        for (name, numbers) in &hooks {
            for (what, number) in &*numbers.limits.lock().unwrap_or_else(PoisonError::into_inner) {
                line(&mut out, "sil_limits_total", &format!("webhook=\"{name}\",limit=\"{what}\""), *number);
            }
        }
        family(&mut out, "sil_auth_failures_total", "counter", "Callers that were not let in.");
        for (name, numbers) in &hooks {
            for (reason, number) in &*numbers.auth_failures.lock().unwrap_or_else(PoisonError::into_inner) {
                let labels = format!("webhook=\"{name}\",reason=\"{reason}\"");
                line(&mut out, "sil_auth_failures_total", &labels, *number);
            }
        }
        family(&mut out, "sil_admin_failures_total", "counter", "Failed logins of administrators.");
        line(&mut out, "sil_admin_failures_total", "", self.admin_failures.load(Ordering::Relaxed));
        gauges.write(&mut out);
        out
    }
}

impl Gauges {
    fn write(&self, out: &mut String) {
        let running = u64::try_from(self.running).unwrap_or(u64::MAX);
        gauge(out, "sil_running", "Runs that go on.", running);
        gauge(out, "sil_sync_runs", "Runs that a caller waits for.", u64::from(self.sync_runs));
        gauge(out, "sil_pool_threads", "Runs of tasks that may go on at the same time.", u64::from(self.threads));
        gauge(out, "sil_webhooks", "Webhooks.", u64::try_from(self.webhooks).unwrap_or(u64::MAX));
        if let Some(tasks) = &self.tasks {
            gauge(out, "sil_queue_length", "Tasks that wait.", tasks.waiting);
            gauge(out, "sil_queue_longest", "The most tasks that have waited.", tasks.longest);
            family(out, "sil_tasks", "gauge", "Records of tasks.");
            for (state, number) in &tasks.states {
                line(out, "sil_tasks", &format!("state=\"{state}\""), *number);
            }
        }
    }
}

fn durations(out: &mut String, name: &str, numbers: &HookNumbers) {
    let mut total = 0u64;
    for ((_, end), counter) in CLASSES.iter().zip(&numbers.classes) {
        total = total.saturating_add(counter.load(Ordering::Relaxed));
        line(out, "sil_run_duration_seconds_bucket", &format!("webhook=\"{name}\",le=\"{end}\""), total);
    }
    let beyond = numbers.classes.get(CLASSES.len()).map_or(0, |counter| counter.load(Ordering::Relaxed));
    total = total.saturating_add(beyond);
    line(out, "sil_run_duration_seconds_bucket", &format!("webhook=\"{name}\",le=\"+Inf\""), total);
    let sum = Duration::from_micros(numbers.micros.load(Ordering::Relaxed)).as_secs_f64();
    let _ = writeln!(out, "sil_run_duration_seconds_sum{{webhook=\"{name}\"}} {sum}");
    line(out, "sil_run_duration_seconds_count", &format!("webhook=\"{name}\""), total);
}

fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, name: &str, labels: &str, value: u64) {
    let _ =
        if labels.is_empty() { writeln!(out, "{name} {value}") } else { writeln!(out, "{name}{{{labels}}} {value}") };
}

fn gauge(out: &mut String, name: &str, help: &str, value: u64) {
    family(out, name, "gauge", help);
    line(out, name, "", value);
}
