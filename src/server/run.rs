//! One run of a script for a webhook, whoever waits for it.

use super::{Server, metrics::HookNumbers, sqlite::SqliteVariables};
use crate::{host::WebhookRequest, webhook::Answer};
use crate::{
    host::{Host, Persistent},
    limits::CancelFlag,
    local::LocalHost,
    webhook::{Entry, RespondOptions, RunReport, TaskState, WebhookResponse, respond_for},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

/// Makes the host of a run; the webhook's name is given.
pub type MakeHost = dyn Fn(&str) -> Box<dyn Host> + Send + Sync;

/// What a run is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause<'a> {
    /// Id of the request.
    pub(super) request_id: &'a str,
    /// The task, when nobody waits.
    pub(super) task: Option<&'a str>,
}

/// What came of a run.
pub(super) struct Ran {
    pub(super) answer: Answer,
    pub(super) report: Arc<RunReport>,
}

/// Persistent variables; nothing else of a world.
struct Base {
    variables: SqliteVariables,
}

impl Host for Base {
    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        Some(&mut self.variables)
    }
}

/// The host of a server whose embedder has none: clock, randomness, waiting, locks and persistent variables, but no
/// files and no requests.
pub(super) fn plain_host(variables: SqliteVariables) -> Box<dyn Host> {
    let base = Base { variables };
    Box::new(LocalHost::over(base).with_system_clock().with_os_random().with_sleep().with_process_locks())
}

impl Server {
    /// Runs the script of a webhook and waits for it, without authentication and without regard to how many runs go
    /// on: for administrators who try it. Blocks.
    pub fn try_run(&self, entry: &Entry, request: WebhookRequest, request_id: &str) -> (WebhookResponse, Duration) {
        let begun = Instant::now();
        let config = self.config();
        let limit = entry.def.timeout.unwrap_or(config.sync_timeout);
        let numbers = self.metrics().of(&entry.def.name);
        let Ran { answer, report } = self.run(entry, request, Cause { request_id, task: None }, limit, &numbers);
        (WebhookResponse { answer, report: Arc::unwrap_or_clone(report) }, begun.elapsed())
    }

    /// Runs the script of a webhook on this thread.
    pub(super) fn run(
        &self,
        entry: &Entry,
        request: WebhookRequest,
        cause: Cause<'_>,
        limit: Duration,
        numbers: &Arc<HookNumbers>,
    ) -> Ran {
        let config = self.config();
        let cancel = CancelFlag::new();
        let limits = config.run_limits(&entry.def).timeout(Some(limit)).cancel(Some(cancel.clone()));
        let options = RespondOptions::of(&entry.def, config.expose_errors, cause.request_id);
        let runs = self.runs();
        let listed = runs.begin(numbers, &request.method, cause.task, cause.request_id, limit, cancel);
        let answered = catch_unwind(AssertUnwindSafe(|| {
            let mut host = self.make_host(&entry.def.name);
            respond_for(entry, &mut *host, request, &limits, &options)
        }));
        let mut response = answered.unwrap_or_else(|_| broken(&options));
        let took = listed.begun().elapsed();
        if response.report.state == TaskState::Cancelled && took > limit {
            // The watchdog did it.
            response.report.state = TaskState::TimedOut;
        } else if response.report.state == TaskState::Cancelled && self.is_closing() {
            response.report.state = TaskState::Interrupted;
        }
        numbers.ran(&response.report, took);
        self.log_run(entry, cause, &response.report, took);
        let report = Arc::new(response.report);
        listed.end(&report);
        Ran { answer: response.answer, report }
    }

    fn log_run(&self, entry: &Entry, cause: Cause<'_>, report: &RunReport, took: Duration) {
        let webhook = entry.def.name.as_str();
        let Cause { request_id, task } = cause;
        for line in &report.log {
            tracing::debug!(webhook, request_id, task, level = %line.level, "script: {}", line.message);
        }
        let (state, status, micros) = (report.state.word(), report.status, u64::try_from(took.as_micros()).ok());
        match &report.error {
            Some(error) => tracing::warn!(webhook, request_id, task, state, status, micros, "run ended: {error}"),
            None => tracing::debug!(webhook, request_id, task, state, status, micros, "run ended"),
        }
    }
}

/// The interpreter broke off, which it never should. The server goes on.
fn broken(options: &RespondOptions<'_>) -> WebhookResponse {
    let instance = Some(options.request_id).filter(|id| !id.is_empty());
    let mut report = RunReport::new(TaskState::Failed);
    report.status = Some(500);
    report.error = Some("the interpreter broke off".to_owned());
    WebhookResponse { answer: Answer::problem_of(500, None, "the script failed", instance), report }
}
