//! Webhooks: list, read, create, change, remove.

use super::{
    Operation,
    exchange::{Done, Failure, Given, Query, Reply, blocking, fill_secrets, matches},
};
use crate::{
    server::{Server, admin::access::Access},
    webhook::{Entry, Problem, ScriptFault, ScriptSource, read_webhook},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    routing::{delete, get, post, put},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// What answers have beside the settings. It may be sent back, and is not read.
const READ_ONLY: &[&str] = &["uri", "program", "version", "warnings"];

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET", "/webhooks", get(list), "listWebhooks", "All webhooks").gives(200, "WebhookList"),
        Operation::new("POST", "/webhooks", post(create), "createWebhook", "A new webhook")
            .takes("WebhookInput")
            .gives(201, "Webhook")
            .fails(&[409, 503]),
        Operation::new("GET", "/webhooks/{name}", get(read), "getWebhook", "One webhook")
            .gives(200, "Webhook")
            .fails(&[404]),
        Operation::new(
            "PUT",
            "/webhooks/{name}",
            put(update),
            "updateWebhook",
            "Other settings for a webhook, also another name, which its tokens follow. `If-Match` keeps from \
             overwriting what somebody else has changed. A secret of `***` stays as it is",
        )
        .takes("WebhookInput")
        .gives(200, "Webhook")
        .fails(&[404, 409, 412, 503]),
        Operation::new(
            "DELETE",
            "/webhooks/{name}",
            delete(remove),
            "deleteWebhook",
            "Removes a webhook and its tokens",
        )
        .query(&[("cancel_tasks", "`true` cancels its waiting tasks, which run otherwise")])
        .gives(200, "CancelledTasks")
        .fails(&[404, 412, 422, 503]),
    ]
}

fn version(fields: &Value) -> String {
    // Without secrets: short ones could be guessed from their hash.
    let hash = Sha256::digest(fields.to_string().as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn shown(server: &Server, entry: &Entry) -> (Map<String, Value>, String) {
    let settings = serde_json::to_value(entry.def.clone().without_secrets()).unwrap_or_default();
    let version = version(&settings);
    let Value::Object(mut fields) = settings else { return (Map::new(), version) };
    let program = match &entry.program {
        Ok(_) => "ready",
        Err(ScriptFault::Missing(_)) => "missing",
        Err(ScriptFault::Broken(_)) => "broken",
    };
    fields.insert("uri".to_owned(), server.path_of(&entry.def.name).into());
    fields.insert("program".to_owned(), program.into());
    fields.insert("version".to_owned(), version.clone().into());
    (fields, version)
}

/// An answer with a webhook as it is now.
fn answer(server: &Server, name: &str, warnings: Option<&[Problem]>, make: fn(Value) -> Done) -> Reply {
    // Somebody else may have removed it since.
    let entry = server.registry().get(name).ok_or_else(Failure::no_webhook)?;
    let (mut fields, version) = shown(server, &entry);
    if let Some(warnings) = warnings {
        fields.insert("warnings".to_owned(), json!(warnings));
    }
    let place = format!("{}/admin/api/webhooks/{name}", server.config().base_path);
    let done = make(Value::Object(fields)).header(header::ETAG, &format!("\"{version}\""));
    Ok(done.header(header::CONTENT_LOCATION, &place))
}

async fn list(State(access): State<Access>) -> Reply {
    let server = access.server();
    let entries = server.registry().entries();
    let all: Vec<Value> = entries.iter().map(|entry| Value::Object(shown(server, entry).0)).collect();
    Ok(Done::ok(json!({"webhooks": all})))
}

async fn read(State(access): State<Access>, Path(name): Path<String>) -> Reply {
    answer(access.server(), &name, None, Done::ok)
}

async fn create(State(access): State<Access>, given: Given) -> Reply {
    blocking(access, |access| {
        let _changing = access.changing();
        let name = save(access.server(), given.rest(READ_ONLY), None)?;
        let place = format!("{}/admin/api/webhooks/{}", access.server().config().base_path, name.0);
        Ok(answer(access.server(), &name.0, Some(&name.1), Done::created)?.header(header::LOCATION, &place))
    })
    .await
}

async fn update(State(access): State<Access>, Path(name): Path<String>, headers: HeaderMap, given: Given) -> Reply {
    blocking(access, move |access| {
        let _changing = access.changing();
        let entry = unchanged(access.server(), &name, &headers)?;
        let mut fields = given.rest(READ_ONLY);
        fields.entry("name").or_insert_with(|| name.as_str().into());
        fill_secrets(&mut fields, &entry.def);
        let (name, warnings) = save(access.server(), fields, Some(&name))?;
        answer(access.server(), &name, Some(&warnings), Done::ok)
    })
    .await
}

async fn remove(State(access): State<Access>, Path(name): Path<String>, headers: HeaderMap, mut query: Query) -> Reply {
    let cancel = query.flag("cancel_tasks");
    query.close()?;
    blocking(access, move |access| {
        let _changing = access.changing();
        unchanged(access.server(), &name, &headers)?;
        let cancelled = access.server().remove_webhook(&name, cancel).map_err(not_stored)?;
        Ok(Done::ok(json!({"cancelled": cancelled})))
    })
    .await
}

/// The webhook of a name, if it is the one that whoever sent the headers has seen.
fn unchanged(server: &Server, name: &str, headers: &HeaderMap) -> Result<std::sync::Arc<Entry>, Failure> {
    let entry = server.registry().get(name).ok_or_else(Failure::no_webhook)?;
    if matches(headers.get(header::IF_MATCH), &shown(server, &entry).1) {
        Ok(entry)
    } else {
        Err(Failure::new(412, "the webhook was changed meanwhile"))
    }
}

/// Gives the name and the warnings.
fn save(
    server: &Server,
    fields: Map<String, Value>,
    replaces: Option<&str>,
) -> Result<(String, Vec<Problem>), Failure> {
    let wanted = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_taken = {
        let entries = server.registry().entries();
        let mut others = entries.iter().map(|entry| entry.def.name.as_str()).filter(|name| Some(*name) != replaces);
        others.any(|other| other.eq_ignore_ascii_case(&wanted))
    };
    let script = fields.get("script").and_then(Value::as_str).unwrap_or_default().to_owned();
    let saved = match read_webhook(&Value::Object(fields), server.config().jwt.as_ref()) {
        Ok((def, _)) => server.save_webhook(def, replaces),
        // What only the server knows is told together with the rest (WH-75).
        Err(mut problems) => {
            if is_taken {
                problems.push(Problem::error(Some(&wanted), "name", "another webhook has this name"));
            }
            if !script.trim().is_empty()
                && let Err(error) = server.scripts().text(&script)
            {
                let message = format!("the script `{script}` is not there: {error}");
                problems.push(Problem::error(Some(&wanted), "script", message));
            }
            Err(problems)
        }
    };
    match saved {
        Ok(warnings) => Ok((wanted, warnings)),
        Err(problems) if is_taken => {
            Err(Failure::invalid(problems).status(409, "another webhook has this name, or differs in case only"))
        }
        // What the store says concerns no webhook.
        Err(problems) if problems.iter().any(|problem| problem.webhook.is_none() && !problem.warning) => {
            Err(not_stored(problems))
        }
        Err(problems) => Err(Failure::invalid(problems)),
    }
}

fn not_stored(problems: Vec<Problem>) -> Failure {
    Failure::invalid(problems).status(503, "the change could not be stored").header(header::RETRY_AFTER, "1")
}
