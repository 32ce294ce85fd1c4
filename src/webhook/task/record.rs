use crate::{
    host::{LogLevel, WebhookParam, WebhookRequest},
    webhook::{WebhookDef, definition::words, redact_request},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

words! {
    /// Where a task stands (WH-93).
    TaskState {
        /// Waits for its turn, or for its next attempt.
        Queued = "queued",
        /// A worker runs it.
        Running = "running",
        /// Ended with success.
        Succeeded = "succeeded",
        /// Ended without success, or raised an error.
        Failed = "failed",
        /// Ended by its time limit.
        TimedOut = "timed_out",
        /// Ended by an administrator, or never started.
        Cancelled = "cancelled",
        /// Its worker went away while it ran.
        Interrupted = "interrupted",
        /// All of its several attempts are used up.
        Dead = "dead",
    }
}

impl TaskState {
    /// Whether nothing more happens to the task by itself.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// Bytes of what a script appended, and of its log, that a record keeps (WH-93).
pub const MAX_OUTPUT: usize = 64 << 10;
/// The longest pause between two attempts.
const MAX_DELAY: Duration = Duration::from_secs(24 * 3600);

/// The request of a task, in the form in which it is stored (WH-63). It holds credentials of the query as the script
/// sees them, so show it to people only after [`Payload::redacted`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payload {
    /// The method.
    pub method: String,
    /// Query parameters: each name with its values.
    pub params: Vec<(String, Vec<String>)>,
    /// The content.
    pub content: Option<String>,
}

impl Payload {
    /// The payload with `***` in the place of credentials (WH-14).
    #[must_use]
    pub fn redacted(self) -> Self {
        redact_request(self.into()).into()
    }
}

impl From<WebhookRequest> for Payload {
    fn from(request: WebhookRequest) -> Self {
        let params = request.params.into_iter().map(|param| (param.name, param.values)).collect();
        Self { method: request.method, params, content: request.content }
    }
}

impl From<Payload> for WebhookRequest {
    fn from(payload: Payload) -> Self {
        let params = payload.params.into_iter().map(|(name, values)| WebhookParam { name, values }).collect();
        Self { method: payload.method, params, content: payload.content }
    }
}

/// A line of a script's log, as records keep it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LogLine {
    /// `INFO`, `WARN`, ...
    pub level: String,
    /// The text.
    pub message: String,
}

/// A task that is to be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTask {
    /// Its id, unique for ever; [`new_task_id`] makes one.
    pub id: String,
    /// Name of the webhook.
    pub webhook: String,
    /// The request.
    pub payload: Payload,
    /// When it came.
    pub received: i64,
    /// Id of the request (WH-95).
    pub request_id: String,
    /// A second task of the same webhook and key is not stored (WH-88).
    pub idempotency_key: Option<String>,
    /// How often it may be started.
    pub max_attempts: u32,
    /// Pause before the second attempt.
    pub backoff: Duration,
    /// The payload stays with the record when the task has ended (WH-94).
    pub keep_payload: bool,
}

impl NewTask {
    /// A task for a request to a webhook.
    pub fn of(def: &WebhookDef, id: impl Into<String>, request: WebhookRequest, received: i64) -> Self {
        Self {
            id: id.into(),
            webhook: def.name.clone(),
            payload: request.into(),
            received,
            request_id: String::new(),
            idempotency_key: None,
            max_attempts: def.max_attempts,
            backoff: def.backoff,
            keep_payload: def.keep_payload,
        }
    }

    /// Sets the id of the request.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = id.into();
        self
    }

    /// Sets the idempotency key.
    #[must_use]
    pub fn idempotency_key(mut self, key: Option<String>) -> Self {
        self.idempotency_key = key;
        self
    }
}

/// What is stored of a task (WH-93).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskRecord {
    /// Its id.
    pub id: String,
    /// Its place in the order of acceptance: greater than that of all tasks accepted before, for ever.
    pub seq: u64,
    /// Name of the webhook.
    pub webhook: String,
    /// Method of the request.
    pub method: String,
    /// Where it stands.
    pub state: TaskState,
    /// When the request came.
    pub received: i64,
    /// When the last attempt began.
    pub started: Option<i64>,
    /// When the last attempt ended.
    pub finished: Option<i64>,
    /// How often it was started.
    pub attempt: u32,
    /// How often it may be started.
    pub max_attempts: u32,
    /// Pause before the second attempt, in milliseconds.
    pub backoff: u64,
    /// Not to be started before.
    pub not_before: i64,
    /// Who runs it.
    pub owner: Option<String>,
    /// Until when the one who runs it has to be heard of.
    pub lease_until: Option<i64>,
    /// It was asked to end while it ran.
    pub cancel_requested: bool,
    /// The status it would have answered with.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// The first [`MAX_OUTPUT`] bytes of what it appended.
    pub output: String,
    /// The headers it added (WH-29).
    pub headers: Vec<(String, String)>,
    /// Its log, at most [`MAX_OUTPUT`] bytes.
    pub log: Vec<LogLine>,
    /// Id of the request.
    pub request_id: String,
    /// Hash of the text of the script that ran.
    pub script_hash: Option<String>,
    /// The key by which the sender tells requests apart.
    pub idempotency_key: Option<String>,
    /// The task that this one is a copy of.
    pub replay_of: Option<String>,
    /// The payload stays when the task has ended.
    pub keep_payload: bool,
    /// The request; gone when it is not kept.
    pub payload: Option<Payload>,
}

impl TaskRecord {
    /// The record of a task that was accepted just now.
    pub fn accepted(task: NewTask, seq: u64) -> Self {
        Self {
            id: task.id,
            seq,
            webhook: task.webhook,
            method: task.payload.method.clone(),
            state: TaskState::Queued,
            received: task.received,
            started: None,
            finished: None,
            attempt: 0,
            max_attempts: task.max_attempts.max(1),
            backoff: u64::try_from(task.backoff.as_millis()).unwrap_or(u64::MAX),
            not_before: task.received,
            owner: None,
            lease_until: None,
            cancel_requested: false,
            status: None,
            error: None,
            output: String::new(),
            headers: Vec::new(),
            log: Vec::new(),
            request_id: task.request_id,
            script_hash: None,
            idempotency_key: task.idempotency_key,
            replay_of: None,
            keep_payload: task.keep_payload,
            payload: Some(task.payload),
        }
    }

    /// The record of a copy of this task, to be run again; nothing when its payload was not kept.
    pub fn replayed(&self, id: impl Into<String>, seq: u64, now: i64) -> Option<Self> {
        let task = NewTask {
            id: id.into(),
            webhook: self.webhook.clone(),
            payload: self.payload.clone()?,
            received: now,
            request_id: self.request_id.clone(),
            idempotency_key: None,
            max_attempts: self.max_attempts,
            backoff: Duration::from_millis(self.backoff),
            keep_payload: self.keep_payload,
        };
        Some(Self { replay_of: Some(self.id.clone()), ..Self::accepted(task, seq) })
    }

    /// The attempt that runs, to name it to the store.
    pub fn as_attempt(&self) -> Attempt {
        Attempt { id: self.id.clone(), owner: self.owner.clone().unwrap_or_default(), number: self.attempt }
    }

    /// Puts the task into the state that follows, lets go of the lease, and drops the payload when it is not to be
    /// kept.
    pub fn settle(&mut self, next: (TaskState, i64), now: i64) {
        (self.state, self.not_before) = next;
        self.finished = Some(now);
        self.owner = None;
        self.lease_until = None;
        if self.state.is_final() && !self.keep_payload {
            self.payload = None;
        }
    }

    /// Takes over what came of an attempt.
    pub fn report(&mut self, report: &RunReport) {
        self.status = report.status;
        self.error.clone_from(&report.error);
        self.output.clone_from(&report.output);
        self.headers.clone_from(&report.headers);
        self.log.clone_from(&report.log);
        self.script_hash.clone_from(&report.script_hash);
    }
}

/// One attempt to run a task. The number keeps a worker that was thought lost from ending an attempt that is not its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// The task.
    pub id: String,
    /// Who claimed it.
    pub owner: String,
    /// Which attempt.
    pub number: u32,
}

/// What came of one run (WH-93).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunReport {
    /// Succeeded, failed, timed out, cancelled or interrupted.
    pub state: TaskState,
    /// The status it would have answered with.
    pub status: Option<u16>,
    /// What went wrong, with the place. It may tell something of the script, so it is not for callers.
    pub error: Option<String>,
    /// The first [`MAX_OUTPUT`] bytes of what it appended.
    pub output: String,
    /// The headers it added.
    pub headers: Vec<(String, String)>,
    /// Its log, at most [`MAX_OUTPUT`] bytes.
    pub log: Vec<LogLine>,
    /// Units of fuel spent.
    pub fuel_used: u64,
    /// Hash of the script's text ([`Entry::hash`](super::super::Entry::hash)), for the caller to fill in.
    pub script_hash: Option<String>,
}

impl RunReport {
    /// A report with nothing but a state.
    pub const fn new(state: TaskState) -> Self {
        Self {
            state,
            status: None,
            error: None,
            output: String::new(),
            headers: Vec::new(),
            log: Vec::new(),
            fuel_used: 0,
            script_hash: None,
        }
    }

    /// Keeps the beginning of what the script appended, and its headers.
    pub fn keep_output(&mut self, body: &str, headers: Vec<(String, String)>) {
        beginning(body, MAX_OUTPUT).clone_into(&mut self.output);
        self.headers = headers;
    }

    /// Keeps the beginning of the log.
    #[must_use]
    pub fn logged<'a>(mut self, log: impl IntoIterator<Item = (LogLevel, &'a str)>) -> Self {
        let mut left = MAX_OUTPUT;
        for (level, text) in log {
            let message = beginning(text, left).to_owned();
            self.log.push(LogLine { level: level.word().to_owned(), message });
            // A line costs something even when it is empty.
            left = left.saturating_sub(text.len().saturating_add(16));
            if left == 0 {
                break;
            }
        }
        self
    }
}

/// As much of a text as fits into so many bytes.
fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}

/// The state after an attempt that ended with `ended`, and when a further attempt may begin (WH-66).
///
/// A task with a single attempt keeps the state that its attempt ended with. With several, one that did not succeed
/// waits for the next, and is dead after the last.
pub fn after_attempt(
    ended: TaskState,
    attempt: u32,
    max_attempts: u32,
    backoff: Duration,
    now: i64,
) -> (TaskState, i64) {
    match ended {
        TaskState::Failed | TaskState::TimedOut | TaskState::Interrupted if max_attempts > 1 => {
            if attempt >= max_attempts {
                return (TaskState::Dead, now);
            }
            let delay = i64::try_from(retry_delay(backoff, attempt).as_millis()).unwrap_or(i64::MAX);
            (TaskState::Queued, now.saturating_add(delay))
        }
        // A worker that gives a task back has not run it.
        TaskState::Queued | TaskState::Running => (TaskState::Interrupted, now),
        ended => (ended, now),
    }
}

/// The state of a running task whose worker is gone, and when a further attempt may begin (WH-66). One that was asked
/// to end is not started again.
pub fn after_loss(record: &TaskRecord, now: i64) -> (TaskState, i64) {
    let ended = if record.cancel_requested { TaskState::Cancelled } else { TaskState::Interrupted };
    let backoff = Duration::from_millis(record.backoff);
    after_attempt(ended, record.attempt, record.max_attempts, backoff, now)
}

/// The pause after an attempt: the backoff, doubled with each attempt, at most a day.
pub fn retry_delay(backoff: Duration, attempt: u32) -> Duration {
    let factor = 1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    backoff.saturating_mul(factor).min(MAX_DELAY)
}

/// An id for a task: a UUID of version 7, so ids made later sort behind, to the millisecond.
///
/// ```
/// let id = sil::webhook::new_task_id(1_700_000_000_000, &[0xab; 10]);
/// assert_eq!(id, "018bcfe5-6800-7bab-abab-abababababab");
/// ```
pub fn new_task_id(now: i64, random: &[u8; 10]) -> String {
    let time = now.to_be_bytes();
    let mut bytes = [0u8; 16];
    for (to, from) in bytes.iter_mut().zip(time.iter().skip(2).chain(random)) {
        *to = *from;
    }
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.into_iter().enumerate() {
        let byte = match index {
            6 => byte & 0x0f | 0x70,
            8 => byte & 0x3f | 0x80,
            _ => byte,
        };
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_that_follow() {
        use TaskState::{Cancelled, Dead, Failed, Interrupted, Queued, Running, Succeeded, TimedOut};
        let minute = Duration::from_secs(60);
        let table = [
            (Succeeded, 1, 1, (Succeeded, 5)),
            (Failed, 1, 1, (Failed, 5)),
            (TimedOut, 1, 1, (TimedOut, 5)),
            (Interrupted, 1, 1, (Interrupted, 5)),
            (Running, 1, 1, (Interrupted, 5)),
            (Succeeded, 2, 3, (Succeeded, 5)),
            (Cancelled, 1, 3, (Cancelled, 5)),
            (Failed, 1, 3, (Queued, 60_005)),
            (TimedOut, 2, 3, (Queued, 120_005)),
            (Interrupted, 2, 3, (Queued, 120_005)),
            (Failed, 3, 3, (Dead, 5)),
            (Interrupted, 3, 3, (Dead, 5)),
        ];
        for (ended, attempt, most, expected) in table {
            assert_eq!(after_attempt(ended, attempt, most, minute, 5), expected, "{ended} {attempt} of {most}");
        }
    }

    #[test]
    fn pauses_grow_to_a_day() {
        let delay = |attempt| retry_delay(Duration::from_secs(10), attempt).as_secs();
        assert_eq!([delay(0), delay(1), delay(2), delay(5), delay(30), delay(500)], [10, 10, 20, 160, 86_400, 86_400]);
        assert_eq!(retry_delay(Duration::ZERO, 9), Duration::ZERO);
    }

    #[test]
    fn outputs_are_cut_between_characters() {
        let mut report = RunReport::new(TaskState::Succeeded);
        report.keep_output(&"é".repeat(MAX_OUTPUT), Vec::new());
        assert_eq!(report.output.len(), MAX_OUTPUT);
        report.keep_output(&format!("x{}", "é".repeat(MAX_OUTPUT)), Vec::new());
        assert_eq!(report.output.len(), MAX_OUTPUT - 1);
        let text = "m".repeat(40_000);
        let log = RunReport::new(TaskState::Failed).logged([(LogLevel::Warn, text.as_str()); 3]).log;
        assert_eq!(log.len(), 2);
        assert_eq!(log[0].level, "WARN");
        assert_eq!(log[1].message.len(), MAX_OUTPUT - 40_016);
    }

    #[test]
    fn ids_sort_by_time() {
        let early = new_task_id(1_800_000_000_000, &[0xff; 10]);
        let late = new_task_id(1_800_000_000_001, &[0; 10]);
        assert!(early < late);
        assert_eq!((early.len(), early.chars().nth(14), late.chars().nth(19)), (36, Some('7'), Some('8')));
    }

    #[test]
    fn payloads_come_back_whole() {
        let request = WebhookRequest::new("PATCH").param("a", "1").param("jwt", "x.y.z").param("a", "").content("é\n");
        let payload = Payload::from(request.clone());
        let stored = serde_json::to_string(&payload).unwrap();
        let loaded: Payload = serde_json::from_str(&stored).unwrap();
        assert_eq!(WebhookRequest::from(loaded), request);
        assert_eq!(payload.redacted().params[1].1, ["***"]);
    }
}
