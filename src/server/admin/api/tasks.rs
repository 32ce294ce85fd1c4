//! Tasks: list, read, cancel, replay (WH-90, WH-93).

use super::{
    Operation,
    exchange::{Done, Failure, Query, Reply, blocking},
    trial::named,
};
use crate::{
    server::admin::{access::Access, pairs},
    webhook::{Cancelled, Replayed, TaskFilter, TaskRecord, TaskState},
};
use axum::{
    extract::{Path, State},
    http::header,
    routing::{get, post},
};
use serde_json::{Value, json};

/// Tasks of one page, at most.
const PAGE: usize = 500;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            "GET",
            "/tasks",
            get(list),
            "listTasks",
            "Tasks in order of acceptance, a page at a time. While more follow, `next` is the `after` of the next page; \
             each task is on exactly one page",
        )
        .query(&[
            ("after", "what `next` of the page before was, or the id of a task: those behind it"),
            ("state", "those in this state"),
            ("webhook", "those of this webhook"),
            ("limit", "at most so many, from 1 to 500; 100 without it"),
            ("newest", "`true`: latest accepted first"),
        ])
        .gives(200, "TaskList")
        .fails(&[422, 503]),
        Operation::new("POST", "/tasks/cancel", post(cancel_waiting), "cancelWaitingTasks", "Cancels all waiting tasks")
            .query(&[("webhook", "those of this webhook only")])
            .gives(200, "CancelledTasks")
            .fails(&[422, 503]),
        Operation::new("GET", "/tasks/{id}", get(read), "getTask", "One task with payload, log, output and error")
            .gives(200, "Task")
            .fails(&[404, 503]),
        Operation::new(
            "POST",
            "/tasks/{id}/cancel",
            post(cancel),
            "cancelTask",
            "Cancels a task that waits; asks one that runs to end",
        )
        .gives(202, "TaskSummary")
        .fails(&[404, 409, 503]),
        Operation::new(
            "POST",
            "/tasks/{id}/replay",
            post(replay),
            "replayTask",
            "Puts a copy of a task that has ended into the queue",
        )
        .gives(201, "TaskSummary")
        .fails(&[404, 409, 503]),
    ]
}

fn no_task() -> Failure {
    Failure::new(404, "there is no such task")
}

fn summary(task: &TaskRecord) -> Value {
    json!({
        "id": task.id,
        "seq": task.seq,
        "webhook": task.webhook,
        "method": task.method,
        "state": task.state,
        "received": task.received,
        "started": task.started,
        "finished": task.finished,
        "attempt": task.attempt,
        "max_attempts": task.max_attempts,
        "not_before": task.not_before,
        "cancel_requested": task.cancel_requested,
        "status": task.status,
        "error": task.error,
        "request_id": task.request_id,
        "replay_of": task.replay_of,
    })
}

fn whole(task: TaskRecord) -> Value {
    let mut shown = summary(&task);
    let payload = task.payload.map(|payload| {
        let payload = payload.redacted();
        let params: Vec<Value> =
            payload.params.iter().map(|(name, values)| json!({"name": name, "values": values})).collect();
        json!({"method": payload.method, "params": params, "content": payload.content})
    });
    if let Value::Object(fields) = &mut shown {
        fields.insert("payload".to_owned(), json!(payload));
        fields.insert("output".to_owned(), json!(task.output));
        fields.insert("headers".to_owned(), json!(named(pairs(&task.headers))));
        fields.insert("log".to_owned(), json!(task.log));
        fields.insert("script_hash".to_owned(), json!(task.script_hash));
        fields.insert("idempotency_key".to_owned(), json!(task.idempotency_key));
    }
    shown
}

async fn list(State(access): State<Access>, mut query: Query) -> Reply {
    let after = query.read("after", "a number or the id of a task", |text| (!text.is_empty()).then(|| text.to_owned()));
    let state = query.read("state", "a state such as `queued`", TaskState::parse);
    let webhook = query.read("webhook", "the name of a webhook", |text| Some(text.to_owned()));
    let (limit, newest_first) = (query.limit(PAGE), query.flag("newest"));
    query.close()?;
    blocking(access, move |access| {
        let tasks = access.server().tasks();
        let after = match after {
            None => None,
            // An id of a task is longer than any number.
            Some(text) => match text.parse::<u64>() {
                Ok(seq) => Some(seq),
                Err(_) => Some(tasks.get(&text)?.ok_or_else(|| Failure::field("after", "there is no such task"))?.seq),
            },
        };
        let filter = TaskFilter { webhook, state, after, newest_first, limit: limit.saturating_add(1) };
        let mut found = tasks.list(&filter)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|task| task.seq);
        let shown: Vec<Value> = found.iter().map(summary).collect();
        Ok(Done::ok(json!({"tasks": shown, "next": next})))
    })
    .await
}

async fn read(State(access): State<Access>, Path(id): Path<String>) -> Reply {
    blocking(access, move |access| {
        let task = access.server().tasks().get(&id)?.ok_or_else(no_task)?;
        Ok(Done::ok(whole(task)))
    })
    .await
}

async fn cancel(State(access): State<Access>, Path(id): Path<String>) -> Reply {
    blocking(access, move |access| {
        match access.server().cancel_task(&id)? {
            Cancelled::Done | Cancelled::Requested => {}
            Cancelled::Ended(state) => {
                return Err(Failure::new(409, format!("the task has ended: {}", state.word())));
            }
            Cancelled::Unknown => return Err(no_task()),
        }
        let task = access.server().tasks().get(&id)?.ok_or_else(no_task)?;
        Ok(Done::accepted(summary(&task)))
    })
    .await
}

async fn cancel_waiting(State(access): State<Access>, mut query: Query) -> Reply {
    let webhook = query.read("webhook", "the name of a webhook", |text| Some(text.to_owned()));
    query.close()?;
    blocking(access, move |access| {
        let cancelled = access.server().cancel_waiting(webhook.as_deref())?;
        Ok(Done::ok(json!({"cancelled": cancelled})))
    })
    .await
}

async fn replay(State(access): State<Access>, Path(id): Path<String>) -> Reply {
    blocking(access, move |access| {
        let server = access.server();
        let new = match server.replay_task(&id)? {
            (Replayed::Stored, Some(new)) => new,
            (Replayed::Stored | Replayed::Unknown, _) => return Err(no_task()),
            (Replayed::Full, _) => {
                return Err(Failure::new(503, "the queue is full").header(header::RETRY_AFTER, "1"));
            }
            (Replayed::Pending, _) => return Err(Failure::new(409, "the task has not ended")),
            (Replayed::NoPayload, _) => return Err(Failure::new(409, "the payload of the task was not kept")),
        };
        let task = server.tasks().get(&new)?.ok_or_else(no_task)?;
        let place = format!("{}/admin/api/tasks/{new}", server.config().base_path);
        Ok(Done::created(summary(&task)).header(header::LOCATION, &place))
    })
    .await
}
