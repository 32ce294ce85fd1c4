//! A request to a webhook, from its head to its answer, in the order of WH-57.

use super::{
    Server,
    answer::{incoming_id, response_of},
    content,
    metrics::HookNumbers,
    now_millis,
    run::Cause,
    sqlite::{Delivery, StoredAnswer},
};
use crate::{
    host::{WebhookParam, WebhookRequest},
    webhook::{
        Admission, Answer, AuthFailure, Busy, Credentials, Enqueued, Entry, Identity, Method, MethodUse, NewTask,
        Permit, ServerConfig, StoreError, TaskState, allow_header, authenticate, content_for, cors_origin, method_use,
        name_in_path, parse_query, redact_query,
    },
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, header, request::Parts},
    response::Response,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::{Handle, RuntimeFlavor};

/// Bytes of path and query (WH-59).
const MAX_TARGET: usize = 16 << 10;
/// Bytes of all headers (WH-59).
pub(super) const MAX_HEADERS: usize = 64 << 10;
/// Seconds after which a caller may try again.
const RETRY_AFTER: u32 = 1;
/// How long a synchronous run is waited for beyond its time limit, since a script looks at its clock now and then only.
const GRACE: Duration = Duration::from_millis(500);

/// Any other address: there is nothing.
pub(super) async fn nothing_here(request: Request) -> Response {
    let id = incoming_id(request.headers()).unwrap_or_default();
    response_of(problem(404, "there is nothing at this address", id), id)
}

/// A request below the address of webhooks.
pub(super) async fn serve_webhook(State(server): State<Server>, request: Request) -> Response {
    serve_below(&server, "", request).await
}

/// A request below the address of webhooks at a base path.
pub(super) async fn serve_below(server: &Server, base: &str, request: Request) -> Response {
    let begun = Instant::now();
    let (head, body) = request.into_parts();
    let request_id = match incoming_id(&head.headers) {
        Some(id) => id.to_owned(),
        None => server.new_request_id(),
    };
    let name = name_in_path(base, head.uri.path());
    let entry = name.as_deref().and_then(|name| server.enabled(name));
    let call = Call { server, head: &head, request_id: &request_id };
    let answer = match &entry {
        _ if head.uri.path_and_query().is_some_and(|target| target.as_str().len() > MAX_TARGET) => {
            call.problem(414, "the address is longer than 16 KiB")
        }
        _ if size_of(&head.headers) > MAX_HEADERS => call.problem(431, "the headers are larger than 64 KiB"),
        None => call.problem(404, "there is no webhook at this address"),
        Some(entry) => {
            let numbers = server.metrics().of(&entry.def.name);
            let answer = call.answer(entry, &numbers, body).await;
            numbers.answered(answer.status());
            call.allow_origin(entry, answer)
        }
    };
    call.log(&answer, begun);
    response_of(answer, &request_id)
}

fn problem(status: u16, detail: &str, request_id: &str) -> Answer {
    Answer::problem_of(status, None, detail, Some(request_id).filter(|id| !id.is_empty()))
}

fn size_of(headers: &HeaderMap) -> usize {
    // A colon, a blank and the end of the line belong to each.
    let line = |name: usize, value: usize| name.saturating_add(value).saturating_add(4);
    headers.iter().fold(0, |size, (name, value)| size.saturating_add(line(name.as_str().len(), value.len())))
}

/// A request that is being answered.
struct Call<'a> {
    server: &'a Server,
    head: &'a Parts,
    request_id: &'a str,
}

impl Call<'_> {
    fn problem(&self, status: u16, detail: &str) -> Answer {
        problem(status, detail, self.request_id)
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.head.headers.get(name).and_then(|value| value.to_str().ok())
    }

    async fn answer(&self, entry: &Arc<Entry>, numbers: &Arc<HookNumbers>, body: Body) -> Answer {
        let def = &entry.def;
        let method = match method_use(def, self.head.method.as_str()) {
            MethodUse::Run(method) => method,
            MethodUse::Options => return self.options(entry),
            MethodUse::NotAllowed => {
                let answer = self.problem(405, "this webhook does not have the method");
                return answer.and("Allow", &allow_header(&def.methods));
            }
            MethodUse::Unknown => return self.problem(501, "the server does not know the method"),
        };
        let config = self.server.config();
        let params = parse_query(self.head.uri.query().unwrap_or_default());
        let admission = match self.admit(entry, method, &params, &config) {
            Ok(admission) => admission,
            Err(failure) => return self.refuse(entry, numbers, &failure),
        };
        let coding = self.header(header::CONTENT_ENCODING);
        let content_type = self.header(header::CONTENT_TYPE);
        let decode = |content: &[u8]| content_for(def.binary, method.word(), content_type, coding, content);
        // What cannot be used is not read either.
        if let Err(error) = decode(&[]) {
            return error.answer(self.request_id);
        }
        let most = config.body_limit(def);
        let declared = self.header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        let read = match declared {
            Some(length) if length > most => Err(content::Unread::TooLarge),
            _ => content::read(body, most).await,
        };
        let content = match read {
            Ok(content) => content,
            Err(unread) => {
                numbers.limited("content");
                return self.problem(unread.status(), unread.detail());
            }
        };
        let identity = match admission {
            Admission::Granted(identity) => identity,
            Admission::Content(check) => match check.verify(&content) {
                Ok(identity) => identity,
                Err(failure) => return self.refuse(entry, numbers, &failure),
            },
        };
        let request = match decode(&content) {
            Ok(content) => WebhookRequest { method: method.word().to_owned(), params, content },
            Err(error) => return error.answer(self.request_id),
        };
        drop(content);
        if self.server.is_closing() {
            return self.problem(503, "the server is shutting down").and("Retry-After", &RETRY_AFTER.to_string());
        }
        let delivery = match identity {
            Identity::Signature { id } => id,
            Identity::Anonymous | Identity::Token { .. } | Identity::Jwt { .. } => None,
        };
        if def.synchronous {
            self.run(entry, numbers, request, delivery, &config).await
        } else {
            self.store(entry, numbers, request, delivery, &config).await
        }
    }

    fn admit(
        &self,
        entry: &Entry,
        method: Method,
        params: &[WebhookParam],
        config: &ServerConfig,
    ) -> Result<Admission, AuthFailure> {
        let headers = &self.head.headers;
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let credentials = Credentials { header: &header, params };
        let jwt = config.jwt_of(&entry.def);
        authenticate(&entry.def, method, &credentials, now_millis(), self.server.tokens(), jwt)
    }

    fn refuse(&self, entry: &Entry, numbers: &HookNumbers, failure: &AuthFailure) -> Answer {
        numbers.refused(failure.reason());
        let (webhook, request_id) = (entry.def.name.as_str(), self.request_id);
        tracing::info!(webhook, request_id, status = failure.status(), "caller was not let in: {}", failure.reason());
        failure.answer(self.request_id)
    }

    /// The front end answers OPTIONS by itself, also what a browser asks before a call (WH-55).
    fn options(&self, entry: &Entry) -> Answer {
        let allow = allow_header(&entry.def.methods);
        let answer = Answer::new(204, "", &[("Allow".to_owned(), allow.clone())]);
        let origin = self.header(header::ORIGIN).and_then(|origin| cors_origin(&entry.def, origin));
        if origin.is_none() || self.header(header::ACCESS_CONTROL_REQUEST_METHOD).is_none() {
            return answer;
        }
        let answer = answer.and("Access-Control-Allow-Methods", &allow).and("Access-Control-Max-Age", "600");
        match self.header(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            Some(headers) => answer.and("Access-Control-Allow-Headers", headers),
            None => answer,
        }
    }

    fn allow_origin(&self, entry: &Entry, answer: Answer) -> Answer {
        let Some(origin) = self.header(header::ORIGIN).and_then(|origin| cors_origin(&entry.def, origin)) else {
            return answer;
        };
        let vary = origin != "*";
        let answer = answer.and("Access-Control-Allow-Origin", origin);
        if vary { answer.and("Vary", "Origin") } else { answer }
    }

    /// Stores a task; the caller is told when it is on the disk (WH-61, WH-62).
    async fn store(
        &self,
        entry: &Arc<Entry>,
        numbers: &Arc<HookNumbers>,
        request: WebhookRequest,
        delivery: Option<String>,
        config: &ServerConfig,
    ) -> Answer {
        let task = NewTask::of(&entry.def, self.server.new_task_id(), request, now_millis());
        let task = task.request_id(self.request_id).idempotency_key(delivery);
        let (server, most, queue) = (self.server.clone(), entry.def.max_concurrency, config.pool.max_queue);
        let stored = tokio::task::spawn_blocking(move || enqueue(&server, task, most, queue)).await;
        let id = match stored {
            Ok(Ok(Stored::Task(id))) => id,
            Ok(Ok(Stored::Busy(busy))) => {
                numbers.limited(if busy == Busy::Webhook { "max_concurrency" } else { "max_queue" });
                return busy.answer(RETRY_AFTER, self.request_id);
            }
            Ok(Err(error)) => return self.store_failed(&error),
            Err(error) => return self.store_failed(&StoreError::new(error.to_string())),
        };
        let link = format!("<{}/admin/api/tasks/{id}>; rel=\"monitor\"", config.base_path);
        Answer::new(config.async_status, "", &[]).and("X-SIL-Task-Id", &id).and("Link", &link)
    }

    fn store_failed(&self, error: &StoreError) -> Answer {
        tracing::error!(request_id = self.request_id, "a request could not be stored: {error}");
        self.problem(503, "the request could not be stored").and("Retry-After", &RETRY_AFTER.to_string())
    }

    /// Runs the script and waits for it (WH-60).
    async fn run(
        &self,
        entry: &Arc<Entry>,
        numbers: &Arc<HookNumbers>,
        request: WebhookRequest,
        delivery: Option<String>,
        config: &ServerConfig,
    ) -> Answer {
        let permit = match self.server.capacity().enter(&entry.def.name, entry.def.max_concurrency) {
            Ok(permit) => permit,
            Err(busy) => {
                numbers.limited(if busy == Busy::Webhook { "max_concurrency" } else { "max_sync_runs" });
                return busy.answer(RETRY_AFTER, self.request_id);
            }
        };
        let limit = config.time_limit(&entry.def);
        let run = Run {
            server: self.server.clone(),
            entry: Arc::clone(entry),
            request,
            request_id: self.request_id.to_owned(),
            limit,
            numbers: Arc::clone(numbers),
            permit,
        };
        if let Some(delivery) = delivery {
            return self.wait(limit, move || run.once(&delivery)).await;
        }
        // A hop to another thread and back costs more than a short script.
        let program = Arc::as_ptr(entry).addr();
        if numbers.is_short(program)
            && let Some(_place) = InPlace::take()
        {
            let begun = Instant::now();
            let answer = run.now();
            numbers.took(program, begun.elapsed());
            return answer;
        }
        let own = Arc::clone(numbers);
        self.wait(limit, move || {
            let begun = Instant::now();
            let answer = run.now();
            own.took(program, begun.elapsed());
            answer
        })
        .await
    }

    /// Waits for a run on a thread that may block. When the caller goes away or the time is over, the run goes on to
    /// its end all the same (WH-68).
    async fn wait(&self, limit: Duration, run: impl FnOnce() -> Answer + Send + 'static) -> Answer {
        let handle = tokio::task::spawn_blocking(run);
        match tokio::time::timeout(limit.saturating_add(GRACE), handle).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => self.problem(500, "the script failed"),
            Err(_) => self.problem(504, "the script did not end within its time limit"),
        }
    }

    fn log(&self, answer: &Answer, begun: Instant) {
        let status = answer.status();
        // 501 is the fault of the caller.
        let fault = status >= 500 && status != 501;
        if !fault && !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let (method, path) = (self.head.method.as_str(), self.head.uri.path());
        let query = self.head.uri.query().map(redact_query);
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let request_id = self.request_id;
        // Joins the line to those of other services (WH-95).
        let traceparent = self.head.headers.get("traceparent").and_then(|value| value.to_str().ok());
        if !fault {
            tracing::debug!(request_id, traceparent, method, path, query, status, micros, "answered");
        } else {
            tracing::warn!(request_id, traceparent, method, path, query, status, micros, "answered");
        }
    }
}

/// A synchronous run with everything it needs.
struct Run {
    server: Server,
    entry: Arc<Entry>,
    request: WebhookRequest,
    request_id: String,
    limit: Duration,
    numbers: Arc<HookNumbers>,
    permit: Permit,
}

impl Run {
    fn now(self) -> Answer {
        self.reported().0
    }

    fn reported(self) -> (Answer, TaskState) {
        let cause = Cause { request_id: &self.request_id, task: None };
        let ran = self.server.run(&self.entry, self.request, cause, self.limit, &self.numbers);
        drop(self.permit);
        (ran.answer, ran.report.state)
    }

    /// Runs a delivery for the first time, and gives the same answer when it comes again (WH-88). One that did not
    /// succeed may be tried again.
    fn once(self, delivery: &str) -> Answer {
        let (server, entry, request_id) = (self.server.clone(), Arc::clone(&self.entry), self.request_id.clone());
        let name = &entry.def.name;
        let failed = |error: &StoreError| {
            tracing::error!(request_id, "a delivery cannot be noted: {error}");
            problem(503, "the request could not be stored", &request_id).and("Retry-After", &RETRY_AFTER.to_string())
        };
        match server.answers().begin(name, delivery, server.owner(), now_millis()) {
            Ok(Delivery::New) => {}
            Ok(Delivery::Answered(stored)) => return stored.into(),
            Ok(Delivery::Open) => {
                let answer = problem(409, "this delivery came before, and its run has not ended", &request_id);
                return answer.and("Retry-After", &RETRY_AFTER.to_string());
            }
            Err(error) => return failed(&error),
        }
        let (answer, state) = self.reported();
        let stored = (state == TaskState::Succeeded).then(|| StoredAnswer::of(&answer));
        if let Err(error) = server.answers().end(name, delivery, stored.as_ref()) {
            tracing::error!(request_id, "the answer to a delivery cannot be kept: {error}");
        }
        answer
    }
}

enum Stored {
    Task(String),
    Busy(Busy),
}

fn enqueue(server: &Server, task: NewTask, most: Option<u32>, queue: u64) -> Result<Stored, StoreError> {
    if let Some(most) = most
        && server.pending(&task.webhook)? >= u64::from(most)
    {
        return Ok(Stored::Busy(Busy::Webhook));
    }
    let id = task.id.clone();
    Ok(match server.tasks().enqueue(task, queue)? {
        Enqueued::Stored => {
            server.pool().wake();
            Stored::Task(id)
        }
        Enqueued::Duplicate { id } => Stored::Task(id),
        Enqueued::Full => Stored::Busy(Busy::Server),
    })
}

/// Leave to run a script on a thread of the runtime. At most half of its threads have it, so that the others go on
/// whatever the script does.
struct InPlace;

mod places {
    use std::sync::atomic::AtomicUsize;

    pub(super) static TAKEN: AtomicUsize = AtomicUsize::new(0);
}

impl InPlace {
    fn take() -> Option<Self> {
        use std::sync::atomic::Ordering;
        let handle = Handle::try_current().ok()?;
        if handle.runtime_flavor() != RuntimeFlavor::MultiThread {
            return None;
        }
        let most = handle.metrics().num_workers().checked_div(2).unwrap_or(0);
        let more = |taken: usize| taken.checked_add(1).filter(|taken| *taken <= most);
        places::TAKEN.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Self)
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        places::TAKEN.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }
}
