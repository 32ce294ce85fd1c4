//! One run of a script for one request: what goes back, and what is recorded (WH-20 to WH-45).

use super::{
    Answer, AnswerDefaults, Method, WebhookDef, allow_header,
    auth::challenge,
    registry::{Entry, ScriptFault},
    task::{RunReport, TaskState},
    wrap::WebhookHost,
};
use crate::{
    diagnostics::Diagnostics,
    engine::{Program, RunError},
    host::{Host, LogLevel, WebhookRequest},
    limits::{LimitKind, Limits},
};

/// How answers are made, beside what the script says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RespondOptions<'a> {
    /// Name of the webhook, for the challenge of a 401 (WH-44).
    pub name: &'a str,
    /// Methods of the webhook, for the `Allow` of a 405 (WH-44).
    pub methods: &'a [Method],
    /// Content type and headers where the script sets none (WH-23).
    pub defaults: AnswerDefaults<'a>,
    /// Problem documents carry message and place of script errors (WH-45).
    pub expose_errors: bool,
    /// Id of the request, the `instance` of problem documents; empty for none.
    pub request_id: &'a str,
}

impl<'a> RespondOptions<'a> {
    /// The options of a webhook.
    pub fn of(def: &'a WebhookDef, expose_errors: bool, request_id: &'a str) -> Self {
        let defaults =
            AnswerDefaults { content_type: def.content_type.as_deref(), headers: Some(&def.response_headers) };
        Self { name: &def.name, methods: &def.methods, defaults, expose_errors, request_id }
    }

    fn problem(&self, status: u16, title: Option<&str>, detail: &str) -> Answer {
        let instance = Some(self.request_id).filter(|id| !id.is_empty());
        Answer::problem_of(status, title, detail, instance)
    }
}

/// What came of a request that a script ran for, or should have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookResponse {
    /// What goes back to a caller that waits. The content of an answer to HEAD is left out by the front end (WH-54).
    pub answer: Answer,
    /// What is recorded, whether anybody waits or not (WH-93).
    pub report: RunReport,
}

/// Runs a program for a request and makes the answer. Blocks until the program has ended, so call it on a thread that
/// may be blocked.
///
/// `host` needs no webhook capability; one that it has is not used.
///
/// ```
/// use sil::{Engine, Limits, MemoryHost, WebhookRequest, webhook::{RespondOptions, respond}};
///
/// let program = Engine::new().compile("hi.sil", r#"
///     WebhookPayload call = getWebhookPayload();
///     appendToWebhookResponse("Hello " + call.queryParams[0].values[0]);
///     return true, 201;
/// "#)?;
/// let request = WebhookRequest::new("GET").param("name", "Ada");
/// let options = RespondOptions::default();
/// let response = respond(&program, &mut MemoryHost::new(), request, &Limits::default(), &options);
/// assert_eq!((response.answer.status(), response.answer.content()), (201, "Hello Ada"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn respond(
    program: &Program,
    host: &mut dyn Host,
    request: WebhookRequest,
    limits: &Limits,
    options: &RespondOptions<'_>,
) -> WebhookResponse {
    let mut host = WebhookHost::new(host, request);
    let result = program.run(&mut host, limits);
    let (body, headers) = host.into_parts();
    let mut response = match result {
        Ok(outcome) => {
            let reading = outcome.reading();
            let log = outcome.log().iter().map(|entry| (entry.level, entry.message.as_str()));
            let warning = reading.warning.iter().map(|warning| (LogLevel::Warn, warning.as_str()));
            let answer = match &reading.problem {
                None => Answer::with_defaults(reading.status, body.as_str(), &headers, &options.defaults),
                Some(problem) => options.problem(500, Some("Invalid script result"), problem),
            };
            let mut report = RunReport::new(if reading.success { TaskState::Succeeded } else { TaskState::Failed });
            report.error.clone_from(&reading.problem);
            report.fuel_used = outcome.fuel_used();
            WebhookResponse { answer, report: report.logged(log.chain(warning)) }
        }
        Err(error) => failed(&error, options),
    };
    response.answer = complete(response.answer, options);
    response.report.status = Some(response.answer.status());
    response.report.keep_output(&body, headers);
    response
}

/// Runs the program of a webhook for a request, or says why there is none; `options` as [`RespondOptions::of`] makes
/// them. The report has the hash of the script.
pub fn respond_for(
    entry: &Entry,
    host: &mut dyn Host,
    request: WebhookRequest,
    limits: &Limits,
    options: &RespondOptions<'_>,
) -> WebhookResponse {
    let mut response = match &entry.program {
        Ok(program) => respond(program, host, request, limits, options),
        Err(fault) => respond_without(fault, options),
    };
    response.report.script_hash = Some(entry.hash.clone()).filter(|hash| !hash.is_empty());
    response
}

/// The answer when there is no program to run: the script is missing or does not compile (WH-45).
pub fn respond_without(fault: &ScriptFault, options: &RespondOptions<'_>) -> WebhookResponse {
    let (detail, error) = match fault {
        ScriptFault::Missing(error) => ("the script is not there", format!("the script is not there: {error}")),
        ScriptFault::Broken(diagnostics) => ("the script does not compile", first_error(diagnostics)),
    };
    let answer = options.problem(500, None, if options.expose_errors { &error } else { detail });
    let mut report = RunReport::new(TaskState::Failed);
    report.status = Some(answer.status());
    report.error = Some(error);
    WebhookResponse { answer, report }
}

fn first_error(diagnostics: &Diagnostics) -> String {
    let Some(first) = diagnostics.errors().next() else { return "the script does not compile".to_owned() };
    match diagnostics.sources().place(first.span) {
        Some(place) => {
            let (file, line, column) = (&place.file, place.line, place.column);
            format!("the script does not compile: {file}:{line}:{column}: {}", first.message)
        }
        None => format!("the script does not compile: {}", first.message),
    }
}

/// A run that did not end by itself. What it appended is not sent.
fn failed(error: &RunError, options: &RespondOptions<'_>) -> WebhookResponse {
    let (status, state, detail) = match error.limit().map(|hit| hit.kind) {
        Some(LimitKind::Deadline) => {
            (504, TaskState::TimedOut, "the script did not end within its time limit".to_owned())
        }
        Some(LimitKind::Cancel) => (500, TaskState::Cancelled, "the run was cancelled".to_owned()),
        Some(kind) => (500, TaskState::Failed, format!("the script reached its {} limit", kind.word())),
        None => (500, TaskState::Failed, "the script failed".to_owned()),
    };
    let told = error.to_string();
    let answer = options.problem(status, None, if options.expose_errors { &told } else { &detail });
    let mut report = RunReport::new(state);
    report.error = Some(told);
    report.fuel_used = error.fuel_used();
    let log = error.log().iter().map(|entry| (entry.level, entry.message.as_str()));
    WebhookResponse { answer, report: report.logged(log) }
}

/// What HTTP demands of a status that the script chose (WH-44).
fn complete(answer: Answer, options: &RespondOptions<'_>) -> Answer {
    match answer.status() {
        401 => answer.and("WWW-Authenticate", &challenge(options.name)),
        405 => answer.and("Allow", &allow_header(options.methods)),
        _ => answer,
    }
}
