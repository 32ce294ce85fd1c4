//! Trying a webhook, without authentication and without a caller.

use super::{
    Operation,
    exchange::{Done, Failure, Given, Reply, blocking},
};
use crate::{
    server::{admin::access::Access, answer::incoming_id},
    webhook::{Method, build_request_for},
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    routing::post,
};
use serde_json::json;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            "POST",
            "/webhooks/{name}/try",
            post(try_it),
            "tryWebhook",
            "Runs the script of a webhook for a request, waits for it, and shows everything. That the webhook is \
             asynchronous or not enabled does not matter",
        )
        .takes("Trial")
        .gives(200, "TrialResult")
        .fails(&[404]),
    ]
}

async fn try_it(State(access): State<Access>, Path(name): Path<String>, headers: HeaderMap, mut given: Given) -> Reply {
    let method = given.text("method");
    let query = given.text("query").unwrap_or_default();
    let content_type = given.text("content_type");
    let content = given.text("body").unwrap_or_default();
    given.close()?;
    let request_id = incoming_id(&headers).unwrap_or_default().to_owned();
    blocking(access, move |access| {
        let server = access.server();
        let entry = server.registry().get(&name).ok_or_else(Failure::no_webhook)?;
        let def = &entry.def;
        let method = match method.as_deref() {
            None => def.methods.first().copied(),
            Some(word) => Method::parse(&word.to_ascii_uppercase()).filter(|method| def.methods.contains(method)),
        };
        let method = method.ok_or_else(|| Failure::field("method", "the webhook does not have this method"))?;
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > server.config().body_limit(def) {
            return Err(Failure::new(413, "the content is larger than this webhook takes"));
        }
        let query = query.strip_prefix('?').unwrap_or(&query);
        let request =
            build_request_for(def.binary, method.word(), query, content_type.as_deref(), None, content.as_bytes())
                .map_err(|error| Failure::field("body", error.to_string()))?;
        let (response, took) = server.try_run(&entry, request, &request_id);
        let (answer, report) = (response.answer, response.report);
        Ok(Done::ok(json!({
            "status": answer.status(),
            "headers": named(answer.headers()),
            "body": answer.content(),
            "state": report.state,
            "error": report.error,
            "log": report.log,
            "elapsed": took.as_secs_f64() * 1000.0,
            "fuel": report.fuel_used,
            "request_id": request_id,
        })))
    })
    .await
}

/// Headers as a list, since one can occur more than once.
pub(super) fn named<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<serde_json::Value> {
    headers.map(|(name, value)| json!({"name": name, "value": value})).collect()
}
