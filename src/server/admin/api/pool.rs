//! The pool: its settings, its queue, what runs now and what has run (WH-90 to WH-92).

use super::{
    Operation,
    exchange::{Done, Failure, Given, Query, Reply, blocking},
    trial::named,
};
use crate::{
    server::{
        EndedRun,
        admin::{access::Access, pairs},
    },
    webhook::{Problem, read_config},
};
use axum::{
    extract::{Path, State},
    http::header,
    routing::{get, post, put},
};
use serde_json::{Value, json};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET", "/pool", get(read), "getPool", "The settings of the pool").gives(200, "Pool"),
        Operation::new(
            "PUT",
            "/pool",
            put(write),
            "putPool",
            "Other settings of the pool, in force at once; what is left out stays. Running scripts go on",
        )
        .takes("PoolInput")
        .gives(200, "Pool")
        .fails(&[503]),
        Operation::new("GET", "/queue", get(queue), "getQueue", "How many tasks run, wait, and have waited at most")
            .gives(200, "Queue")
            .fails(&[503]),
        Operation::new("GET", "/threads", get(threads), "listThreads", "The scripts that run now, oldest first")
            .gives(200, "ThreadList"),
        Operation::new(
            "POST",
            "/threads/{id}/cancel",
            post(cancel),
            "cancelThread",
            "Asks a script to end. What it has done already stays done",
        )
        .gives(202, "Thread")
        .fails(&[404, 503]),
        Operation::new(
            "GET",
            "/runs",
            get(runs),
            "listRuns",
            "The last synchronous runs that have ended, latest first, since the server was started",
        )
        .query(&[("limit", "at most so many, from 1 to 200; 100 without it"), ("webhook", "those of this webhook")])
        .gives(200, "RunList")
        .fails(&[422]),
    ]
}

async fn read(State(access): State<Access>) -> Reply {
    Ok(Done::ok(json!(access.server().pool_config())))
}

async fn write(State(access): State<Access>, given: Given) -> Reply {
    blocking(access, |access| {
        let _changing = access.changing();
        let server = access.server();
        let mut fields = given.rest(&[]);
        if let Value::Object(current) = json!(server.pool_config()) {
            for (key, value) in current {
                fields.entry(key).or_insert(value);
            }
        }
        let (config, _) = read_config(&json!({"pool": fields})).map_err(in_pool)?;
        server.set_pool_config(config.pool).map_err(|problems| match problems.as_slice() {
            // What the store says concerns no field.
            [one] if one.field == "pool" => {
                in_pool(problems).status(503, "the change could not be stored").header(header::RETRY_AFTER, "1")
            }
            _ => in_pool(problems),
        })?;
        Ok(Done::ok(json!(server.pool_config())))
    })
    .await
}

/// The fields as they were sent.
fn in_pool(problems: Vec<Problem>) -> Failure {
    let fields = problems.into_iter().map(|problem| {
        let field = problem.field.strip_prefix("pool.").unwrap_or_default().to_owned();
        Problem { field, ..problem }
    });
    Failure::invalid(fields.collect())
}

async fn queue(State(access): State<Access>) -> Reply {
    blocking(access, |access| Ok(Done::ok(json!(access.server().tasks().counts()?)))).await
}

async fn threads(State(access): State<Access>) -> Reply {
    Ok(Done::ok(json!({"threads": access.server().runs().list()})))
}

async fn cancel(State(access): State<Access>, Path(id): Path<String>) -> Reply {
    blocking(access, move |access| {
        let server = access.server();
        let gone = || Failure::new(404, "nothing runs under this number");
        let id: u64 = id.parse().map_err(|_| gone())?;
        let run = server.runs().list().into_iter().find(|run| run.id == id).ok_or_else(gone)?;
        server.cancel_run(id)?;
        // It may have ended by now, which is what was wanted.
        let now = server.runs().list().into_iter().find(|run| run.id == id);
        let cancelled = crate::server::ActiveRun { cancelled: true, ..run };
        Ok(Done::accepted(json!(now.unwrap_or(cancelled))))
    })
    .await
}

fn shown(ended: &EndedRun) -> Value {
    let mut shown = json!(ended);
    if let Value::Object(fields) = &mut shown {
        let report = &ended.report;
        fields.insert("state".to_owned(), json!(report.state));
        fields.insert("status".to_owned(), json!(report.status));
        fields.insert("error".to_owned(), json!(report.error));
        fields.insert("output".to_owned(), json!(report.output));
        fields.insert("headers".to_owned(), json!(named(pairs(&report.headers))));
        fields.insert("log".to_owned(), json!(report.log));
        fields.insert("script_hash".to_owned(), json!(report.script_hash));
    }
    shown
}

async fn runs(State(access): State<Access>, mut query: Query) -> Reply {
    let webhook = query.read("webhook", "the name of a webhook", |text| Some(text.to_owned()));
    let limit = query.limit(200);
    query.close()?;
    let ended = access.server().runs().recent();
    let fitting = ended.iter().filter(|ended| webhook.as_ref().is_none_or(|webhook| *webhook == ended.run.webhook));
    let shown: Vec<Value> = fitting.take(limit).map(shown).collect();
    Ok(Done::ok(json!({"runs": shown})))
}
