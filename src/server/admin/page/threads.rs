//! SIL threads: what runs now and what has run (WH-91); and the thread pool (WH-92).

use super::{
    Visit,
    layout::{self, Field, moment, page, question, redirect, span, summary, token, verbatim},
    tasks::badge,
    trial::log,
    visit::escaped,
};
use crate::{
    server::{ActiveRun, EndedRun},
    webhook::{Problem, has_errors, print_duration, read_config},
};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// Ended runs that are shown.
const SHOWN: usize = 50;

/// The running scripts, and the last ones that ended.
pub(super) fn list(visit: &Visit) -> Response {
    let (active, mut ended) = (visit.page.server.runs().list(), visit.page.server.runs().recent());
    ended.truncate(SHOWN);
    let content = html! {
        div.head { h1 { "SIL threads" } a.button href=(visit.to("threads")) { "Refresh" } }
        @if active.is_empty() {
            div.card.empty { p { "No script is running." } }
        } @else {
            table.cards {
                thead { tr { th { "Webhook" } th { "Method" } th { "For" } th { "Started (UTC)" } th { "Elapsed" } th { span.away { "What to do" } } } }
                tbody { @for run in &active { (active_row(visit, run)) } }
            }
        }
        h2 { "Recent runs" }
        p.hint { "The last calls that somebody waited for. Those in the background are among the " a href=(visit.to("tasks")) { "queued tasks" } "." }
        @if ended.is_empty() {
            div.card.empty { p { "Nobody has called a synchronized webhook since the server was started." } p { a href=(visit.to("")) { "Try one" } } }
        } @else {
            div.runs { @for run in &ended { (ended_row(run)) } }
        }
    };
    page(visit, StatusCode::OK, "threads", "SIL threads", &content)
}

fn active_row(visit: &Visit, run: &ActiveRun) -> Markup {
    html! {
        tr {
            td data-label="Webhook" { a.name href=(visit.to(&format!("hooks/{}", escaped(&run.webhook)))) { (run.webhook) } }
            td data-label="Method" { span.method { (run.method) } }
            td data-label="For" {
                @match &run.task {
                    Some(task) => a href=(visit.to(&format!("tasks/{}", escaped(task)))) { code.id { (task) } },
                    None => { "a caller, " code { (run.request_id) } },
                }
            }
            td data-label="Started" { (moment(run.started)) }
            td data-label="Elapsed" { (span(run.elapsed)) }
            td.actions {
                @if run.cancelled { span.badge.off { "ending" } }
                @else { a.button.danger href=(visit.to(&format!("threads/{}/cancel", run.id))) { "Cancel" } }
            }
        }
    }
}

fn ended_row(ended: &EndedRun) -> Markup {
    let (run, report) = (&ended.run, &ended.report);
    html! {
        details.run {
            summary {
                span.method { (run.method) } " " strong { (run.webhook) } " " (badge(report.state))
                @if let Some(status) = report.status { " " (status) }
                span.when { (moment(run.started)) " · " (span(run.elapsed)) }
            }
            p.hint { "Request " code { (run.request_id) } }
            @if let Some(error) = &report.error { (layout::notice(&layout::Notice::error(error.clone()))) }
            h3 { "Output" }
            @if report.output.is_empty() { p.hint { "Nothing was appended." } } @else { (verbatim(&report.output)) }
            h3 { "Log" }
            (log(&report.log))
        }
    }
}

fn number_of(visit: &Visit) -> Option<ActiveRun> {
    let id: u64 = visit.param("id").parse().ok()?;
    visit.page.server.runs().list().into_iter().find(|run| run.id == id)
}

/// Asks before a running script is ended, with a warning.
pub(super) fn ask_cancel(visit: &Visit) -> Response {
    let Some(run) = number_of(visit) else { return redirect(&visit.to("threads?done=ended")) };
    let content = html! {
        p { strong { "This breaks off a running script in the middle of its work." } " What it has done so far stays done, and what it has not done yet is left out." }
        p { "It has been running for " (span(run.elapsed)) "." @if run.task.is_none() { " Its caller gets an error." } }
    };
    question(visit, "threads", &format!("End the script of {}?", run.webhook), "End it", "threads", &content)
}

/// Ends a running script.
pub(super) fn cancel(visit: &Visit) -> Response {
    let Some(run) = number_of(visit) else { return redirect(&visit.to("threads?done=ended")) };
    let told = match visit.page.server.cancel_run(run.id) {
        Ok(told) => told,
        Err(error) => {
            tracing::error!("threads on the admin page: {error}");
            return layout::message(&visit.base, StatusCode::SERVICE_UNAVAILABLE, "The store of tasks failed.");
        }
    };
    tracing::info!(webhook = run.webhook, request_id = run.request_id, "run was ended on the admin page");
    redirect(&visit.to(if told { "threads?done=ending" } else { "threads?done=ended" }))
}

const POOL: &[&str] = &["threads", "max_script_runtime", "checkpoint_interval", "max_queue"];

/// The settings of the pool.
pub(super) fn pool(visit: &Visit) -> Response {
    let pool = visit.page.server.pool_config();
    let values = [
        pool.threads.to_string(),
        print_duration(pool.max_script_runtime),
        print_duration(pool.checkpoint_interval),
        pool.max_queue.to_string(),
    ];
    pool_page(visit, StatusCode::OK, &values, &[])
}

fn pool_page(visit: &Visit, status: StatusCode, values: &[String], problems: &[Problem]) -> Response {
    let labels = ["Threads", "Maximum script runtime", "Checkpoint interval", "Maximum queue"];
    let hints = [
        "Scripts that run at the same time in the background. A change never ends a running script.",
        "A script that runs longer is ended, without result. Such as 30m or 1h.",
        "How often scripts are looked for that have run too long. Such as 1m.",
        "Tasks that may wait. Further calls are turned away with 503.",
    ];
    let content = html! {
        h1 { "Thread pool" }
        (summary(problems, POOL))
        form.card method="post" {
            (token(visit))
            @for (((name, label), hint), value) in POOL.iter().zip(labels).zip(hints).zip(values) {
                (Field { name, label, value, hint, problems }.line())
            }
            div.actions { button.primary type="submit" { "Save" } }
        }
    };
    page(visit, status, "pool", "Thread pool", &content)
}

/// Changes the settings of the pool.
pub(super) fn save_pool(visit: &Visit) -> Response {
    let values: Vec<String> = POOL.iter().map(|name| visit.fields.one(name).trim().to_owned()).collect();
    let mut pool = Map::new();
    for (name, value) in POOL.iter().zip(&values) {
        let number = value.parse::<u64>().ok().filter(|_| matches!(*name, "threads" | "max_queue"));
        pool.insert((*name).to_owned(), number.map_or_else(|| Value::from(value.as_str()), Value::from));
    }
    let read = read_config(&json!({ "pool": pool }));
    let saved = read.and_then(|(config, _)| visit.page.server.set_pool_config(config.pool));
    match saved {
        Ok(()) => {
            tracing::info!("settings of the thread pool were saved on the admin page");
            redirect(&visit.to("pool?done=saved"))
        }
        Err(mut problems) => {
            for problem in &mut problems {
                if let Some(own) = problem.field.strip_prefix("pool.") {
                    problem.field = own.to_owned();
                }
            }
            debug_assert!(has_errors(&problems));
            pool_page(visit, StatusCode::UNPROCESSABLE_ENTITY, &values, &problems)
        }
    }
}
