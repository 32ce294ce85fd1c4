//! Queued tasks, and the record of each (WH-90, WH-93, WH-94).

use super::{
    Visit,
    layout::{self, Notice, moment, page, question, redirect, span, token, verbatim},
    trial::{headers, log},
    visit::escaped,
};
use crate::server::admin::pairs;
use crate::webhook::{Cancelled, Payload, Replayed, StoreError, TaskCounts, TaskFilter, TaskRecord, TaskState};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

/// Records on one page.
const MANY: usize = 50;

/// The queue, latest first.
pub(super) fn list(visit: &Visit) -> Response {
    let (webhook, state) = (visit.query.one("webhook"), visit.query.one("state"));
    let filter = TaskFilter {
        webhook: Some(webhook.to_owned()).filter(|webhook| !webhook.is_empty()),
        state: TaskState::parse(state),
        after: visit.query.one("after").parse().ok(),
        newest_first: true,
        limit: MANY.saturating_add(1),
    };
    let tasks = visit.page.server.tasks();
    let (mut records, counts) = match tasks.list(&filter).and_then(|records| Ok((records, tasks.counts()?))) {
        Ok(both) => both,
        Err(error) => return failed(visit, &error),
    };
    let more = records.len() > MANY;
    records.truncate(MANY);
    let last = records.last().filter(|_| more).map(|record| record.seq);
    let filtered = filter.webhook.is_some() || filter.state.is_some();
    let with = |more: String| visit.to(&format!("tasks?webhook={}&state={}{more}", escaped(webhook), escaped(state)));
    let content = html! {
        div.head { h1 { "Queued tasks" } a.button href=(with(String::new())) { "Refresh" } }
        (numbers(&counts))
        form.filter method="get" {
            div.field {
                label for="webhook" { "Webhook" }
                input type="text" id="webhook" name="webhook" value=(webhook) list="hooks" autocomplete="off" spellcheck="false";
                datalist id="hooks" { @for entry in visit.page.server.registry().entries() { option value=(entry.def.name) {} } }
            }
            div.field {
                label for="state" { "State" }
                select id="state" name="state" {
                    option value="" { "all" }
                    @for one in TaskState::ALL { option value=(one.word()) selected[Some(*one) == filter.state] { (word(*one)) } }
                }
            }
            button type="submit" { "Show" }
        }
        @if counts.waiting > 0 { p { a.button.danger href=(visit.to(&format!("tasks/cancel?webhook={}", escaped(webhook)))) { "Cancel waiting tasks" } } }
        @if records.is_empty() && filtered {
            div.card.empty { p { "No task fits." } p { a href=(visit.to("tasks")) { "Show all" } } }
        } @else if records.is_empty() {
            div.card.empty {
                p { "There is no task. Calls of a webhook that is not synchronized are put here, run in order, and kept for a while." }
                p { a href=(visit.to("")) { "To the webhooks" } }
            }
        } @else {
            table.cards {
                thead { tr { th { "Task" } th { "Webhook" } th { "Method" } th { "State" } th { "Received (UTC)" } th { "Took" } } }
                tbody { @for record in &records { (row(visit, record)) } }
            }
            @if let Some(last) = last { p { a.button href=(with(format!("&after={last}"))) { "Older ones" } } }
        }
    };
    page(visit, StatusCode::OK, "tasks", "Queued tasks", &content)
}

/// How many tasks there are.
fn numbers(counts: &TaskCounts) -> Markup {
    html! {
        dl.numbers-row {
            div { dt { "Running" } dd { (counts.running) } }
            div { dt { "Waiting" } dd { (counts.waiting) } }
            div { dt { "Longest queue" } dd { (counts.longest) } }
        }
    }
}

fn row(visit: &Visit, record: &TaskRecord) -> Markup {
    html! {
        tr {
            td data-label="Task" { a href=(visit.to(&format!("tasks/{}", escaped(&record.id)))) { code.id { (record.id) } } }
            td data-label="Webhook" { (record.webhook) }
            td data-label="Method" { span.method { (record.method) } }
            td data-label="State" { (badge(record.state)) @if record.attempt > 1 { " attempt " (record.attempt) } }
            td data-label="Received" { (moment(record.received)) }
            td data-label="Took" { (took(record).unwrap_or_default()) }
        }
    }
}

/// A state in words of people.
fn word(state: TaskState) -> String {
    state.word().replace('_', " ")
}

/// A state, coloured.
pub(super) fn badge(state: TaskState) -> Markup {
    let kind = match state {
        TaskState::Queued | TaskState::Running => "going",
        TaskState::Succeeded => "good",
        TaskState::Failed | TaskState::TimedOut | TaskState::Dead => "bad",
        TaskState::Cancelled | TaskState::Interrupted => "off",
    };
    html! { span.badge.(kind) { (word(state)) } }
}

fn took(record: &TaskRecord) -> Option<String> {
    let millis = record.finished?.saturating_sub(record.started?);
    // A task that waits for its next attempt has an end and a beginning that belong together, too.
    Some(span(u64::try_from(millis).ok()?))
}

fn failed(visit: &Visit, error: &StoreError) -> Response {
    tracing::error!("tasks on the admin page: {error}");
    layout::message(&visit.base, StatusCode::SERVICE_UNAVAILABLE, "The store of tasks failed.")
}

fn found(visit: &Visit) -> Result<TaskRecord, Box<Response>> {
    match visit.page.server.tasks().get(visit.param("id")) {
        Ok(Some(record)) => Ok(record),
        Ok(None) => {
            let text = "There is no such task. Records are dropped some time after their task has ended.";
            Err(layout::message(&visit.base, StatusCode::NOT_FOUND, text).into())
        }
        Err(error) => Err(failed(visit, &error).into()),
    }
}

/// All that is known of a task.
pub(super) fn record(visit: &Visit) -> Response {
    match found(visit) {
        Ok(record) => shown(visit, StatusCode::OK, &record, None),
        Err(response) => *response,
    }
}

fn shown(visit: &Visit, status: StatusCode, record: &TaskRecord, notice: Option<Notice>) -> Response {
    let place = |page: &str| visit.to(&format!("tasks/{}{page}", escaped(&record.id)));
    let optional = |time: Option<i64>| time.map(moment).unwrap_or_default();
    let is_final = record.state.is_final();
    let facts = [
        ("Received", moment(record.received)),
        ("Started", optional(record.started)),
        ("Finished", optional(record.finished)),
        ("Took", took(record).unwrap_or_default()),
        ("Attempt", format!("{} of {}", record.attempt, record.max_attempts)),
        ("Not before", if record.state == TaskState::Queued { moment(record.not_before) } else { String::new() }),
        ("Status", record.status.map(|status| status.to_string()).unwrap_or_default()),
        ("Request id", record.request_id.clone()),
        ("Idempotency key", record.idempotency_key.clone().unwrap_or_default()),
    ];
    let known = visit.page.server.registry().get(&record.webhook).is_some();
    let content = html! {
        p.crumb { a href=(visit.to("tasks")) { "Queued tasks" } " / " (record.id) }
        h1.task { (record.method) " "
            @if known { a href=(visit.to(&format!("hooks/{}", record.webhook))) { (record.webhook) } } @else { (record.webhook) }
            " " (badge(record.state))
        }
        @if let Some(notice) = &notice { (layout::notice(notice)) }
        @if record.cancel_requested && !is_final { (layout::notice(&Notice::warning("It was asked to end."))) }
        @if let Some(error) = &record.error { (layout::notice(&Notice::error(error.clone()))) }
        div.actions {
            @if is_final && record.payload.is_some() {
                form method="post" action=(place("/replay")) { (token(visit)) button.primary type="submit" { "Replay" } }
            }
            @if !is_final {
                a.button href=(place("")) { "Refresh" }
                a.button.danger href=(place("/cancel")) { "Cancel" }
            }
        }
        dl.facts {
            div { dt { "Task" } dd { code.id { (record.id) } } }
            @for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) { div { dt { (name) } dd { (value) } } }
            @if let Some(hash) = &record.script_hash { div { dt { "Script, SHA-256" } dd { code.id { (hash) } } } }
            @if let Some(first) = &record.replay_of {
                div { dt { "Replay of" } dd { a href=(visit.to(&format!("tasks/{}", escaped(first)))) { code.id { (first) } } } }
            }
        }
        p.hint { "Times are UTC." }
        h2 { "Request" }
        @match &record.payload {
            Some(payload) => (request(payload.clone().redacted())),
            None => p.hint { "The request was not kept, so the task cannot be replayed." },
        }
        h2 { "Output" }
        @if record.output.is_empty() { p.hint { "Nothing was appended." } } @else { (verbatim(&record.output)) }
        @if !record.headers.is_empty() { h2 { "Headers" } (headers(pairs(&record.headers))) }
        h2 { "Log" }
        (log(&record.log))
    };
    page(visit, status, "tasks", &format!("Task {}", record.id), &content)
}

fn request(payload: Payload) -> Markup {
    html! {
        @if payload.params.is_empty() { p.hint { "No query." } } @else {
            table.params {
                thead { tr { th { "Parameter" } th { "Values" } } }
                tbody { @for (name, values) in &payload.params { tr { td { code { (name) } } td { @for value in values { code { (value) } " " } } } } }
            }
        }
        @match &payload.content {
            Some(content) => (verbatim(content)),
            None => p.hint { "No content." },
        }
    }
}

/// Asks before a task is cancelled.
pub(super) fn ask_cancel(visit: &Visit) -> Response {
    let record = match found(visit) {
        Ok(record) => record,
        Err(response) => return *response,
    };
    let content = html! {
        @if record.state == TaskState::Running {
            p { strong { "Its script is running." } " What it has done so far stays done, and what it has not done yet is left out. It ends at its next step." }
        } @else { p { "It has not begun, and will not." } }
    };
    question(visit, "tasks", "Cancel this task?", "Cancel it", &format!("tasks/{}", escaped(&record.id)), &content)
}

/// Asks before the queue is emptied.
pub(super) fn ask_cancel_waiting(visit: &Visit) -> Response {
    let webhook = visit.query.one("webhook");
    let content = html! {
        p {
            @if webhook.is_empty() { "All tasks that wait are cancelled, of all webhooks." }
            @else { "All tasks of " strong { (webhook) } " that wait are cancelled." }
            " Those that run go on."
        }
    };
    let back = format!("tasks?webhook={}", escaped(webhook));
    question(visit, "tasks", "Cancel waiting tasks?", "Cancel them", &back, &content)
}

/// Cancels all tasks that wait, or those of one webhook.
pub(super) fn cancel_waiting(visit: &Visit) -> Response {
    let webhook = visit.query.one("webhook");
    match visit.page.server.cancel_waiting(Some(webhook).filter(|webhook| !webhook.is_empty())) {
        Ok(number) => {
            tracing::info!(webhook, number, "waiting tasks were cancelled on the admin page");
            redirect(&visit.to(&format!("tasks?webhook={}&done=emptied", escaped(webhook))))
        }
        Err(error) => failed(visit, &error),
    }
}

/// Cancels a task.
pub(super) fn cancel(visit: &Visit) -> Response {
    let id = visit.param("id");
    let done = match visit.page.server.cancel_task(id) {
        Ok(Cancelled::Done) => "cancelled",
        Ok(Cancelled::Requested) => "ending",
        Ok(Cancelled::Ended(_)) => "ended",
        Ok(Cancelled::Unknown) => {
            return found(visit)
                .map_or_else(|response| *response, |record| shown(visit, StatusCode::OK, &record, None));
        }
        Err(error) => return failed(visit, &error),
    };
    tracing::info!(task = id, "task was cancelled on the admin page");
    redirect(&visit.to(&format!("tasks/{}?done={done}", escaped(id))))
}

/// Puts a copy of a task into the queue.
pub(super) fn replay(visit: &Visit) -> Response {
    let record = match found(visit) {
        Ok(record) => record,
        Err(response) => return *response,
    };
    let refuse = |text: &str| shown(visit, StatusCode::CONFLICT, &record, Some(Notice::error(text)));
    match visit.page.server.replay_task(&record.id) {
        Ok((_, Some(id))) => {
            tracing::info!(task = record.id, new = id, "task was replayed on the admin page");
            redirect(&visit.to(&format!("tasks/{}?done=replayed", escaped(&id))))
        }
        Ok((Replayed::Full, _)) => refuse("The queue is full. Nothing was stored."),
        Ok((Replayed::NoPayload, _)) => refuse("The request was not kept, so the task cannot be replayed."),
        Ok((Replayed::Stored | Replayed::Pending | Replayed::Unknown, None)) => {
            refuse("The task has not ended, so it cannot be replayed.")
        }
        Err(error) => failed(visit, &error),
    }
}
