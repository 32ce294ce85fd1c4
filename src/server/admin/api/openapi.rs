//! The description of the API, made of the same list as its routes.

use super::{
    Operation,
    exchange::{Done, Reply},
    operations,
};
use crate::{
    server::admin::access::Access,
    webhook::{Auth, Method, Scheme, TaskState},
};
use axum::{extract::State, routing::get};
use serde_json::{Map, Value, json};

/// The description itself, which needs no key.
pub(super) fn operation() -> Operation {
    Operation::new("GET", "/openapi.json", get(read), "getDescription", "This description").gives(200, "Description")
}

async fn read(State(access): State<Access>) -> Reply {
    Ok(Done::ok(document(&access.server().config().base_path)))
}

fn document(base_path: &str) -> Value {
    let mut paths = Map::new();
    let open = operation();
    let guarded = operations();
    for one in std::iter::once(&open).chain(&guarded) {
        // Descriptions have no word for the rest of a path.
        let path = one.path.replace("{*", "{");
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = methods {
            methods.insert(one.method.to_ascii_lowercase(), described(one, one.path != open.path));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Administration of SIL webhooks",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Times are milliseconds since 1970. Failures are problem documents of RFC 9457. Secrets are \
                never shown: `***` stands in their place.",
        },
        "servers": [{"url": format!("{base_path}/admin/api")}],
        "security": [{"adminKey": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "adminKey": {"type": "http", "scheme": "bearer", "description": "The admin key."},
            },
            "schemas": schemas(),
        },
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn described(one: &Operation, guarded: bool) -> Value {
    let mut statuses: Vec<u16> = one.failures.to_vec();
    if guarded {
        statuses.extend([401, 429]);
    }
    if one.content.is_some() {
        statuses.extend([400, 408, 413, 415, 422]);
    }
    statuses.sort_unstable();
    let mut answers = Map::new();
    let (status, schema) = one.answer;
    let content = schema.map(|schema| json!({"application/json": {"schema": reference(schema)}}));
    let mut good = json!({"description": "It was done."});
    if let (Some(content), Value::Object(good)) = (content, &mut good) {
        good.insert("content".to_owned(), content);
    }
    answers.insert(status.to_string(), good);
    for status in statuses {
        answers.insert(
            status.to_string(),
            json!({
                "description": meaning(status),
                "content": {"application/problem+json": {"schema": reference("Problem")}},
            }),
        );
    }
    let mut parameters: Vec<Value> = in_path(one.path)
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    parameters.extend(
        one.query.iter().map(
            |(name, what)| json!({"name": name, "in": "query", "description": what, "schema": {"type": "string"}}),
        ),
    );
    let mut described = json!({
        "operationId": one.id,
        "summary": one.summary,
        "parameters": parameters,
        "responses": answers,
    });
    if let Value::Object(described) = &mut described {
        if let Some(schema) = one.content {
            let content = json!({"application/json": {"schema": reference(schema)}});
            described.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
        }
        if !guarded {
            described.insert("security".to_owned(), json!([]));
        }
    }
    described
}

/// The names in braces.
fn in_path(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_start_matches('*'))
}

const fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The content is not JSON.",
        401 => "The admin key is missing or wrong.",
        404 => "There is no such thing.",
        408 => "The content did not come in time.",
        409 => "The state of things does not allow it.",
        412 => "It was changed meanwhile.",
        413 => "The content is too large.",
        415 => "The content is not `application/json`.",
        422 => "What was sent has problems, each with its field.",
        429 => "There were too many wrong keys.",
        _ => "The store failed; it can be tried again.",
    }
}

/// A table that has these fields always, perhaps those of `optional`, and no others.
fn table(fields: Value, optional: Value) -> Value {
    let required: Vec<String> = fields.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default();
    let mut properties = fields;
    if let (Value::Object(all), Value::Object(more)) = (&mut properties, optional) {
        all.extend(more);
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn list(key: &str, schema: &str) -> Value {
    table(json!({key: {"type": "array", "items": reference(schema)}}), json!({}))
}

fn with(mut fields: Value, more: Value) -> Value {
    if let (Value::Object(all), Value::Object(more)) = (&mut fields, more) {
        all.extend(more);
    }
    fields
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Value {
    let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
    json!({"type": "string", "enum": words})
}

fn schemas() -> Value {
    let text = || json!({"type": "string"});
    let maybe_text = || json!({"type": ["string", "null"]});
    let flag = || json!({"type": "boolean"});
    let whole = || json!({"type": "integer"});
    let maybe_whole = || json!({"type": ["integer", "null"]});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let duration = || json!({"type": "string", "description": "such as `30s` or `1h 30m`"});
    let method = || words(Method::ALL, Method::word);
    let state = || words(TaskState::ALL, TaskState::word);
    let all = |schema: &str| json!({"type": "array", "items": reference(schema)});

    let settings = json!({
        "name": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$"},
        "methods": {"type": "array", "items": method(), "minItems": 1},
        "script": text(),
    });
    let defaulted = json!({
        "synchronous": flag(), "auth": words(Auth::ALL, Auth::word), "enabled": flag(), "max_attempts": whole(),
        "backoff": duration(), "keep_payload": flag(),
    });
    let optional = json!({
        "description": text(), "timeout": duration(), "max_concurrency": whole(), "content_type": text(),
        "cors_origins": texts(), "max_body_bytes": whole(), "binary": {"type": "string", "enum": ["base64"]},
        "response_headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "signature": reference("Signature"), "jwt": reference("Jwt"),
    });
    let read_only = json!({
        "uri": text(), "version": text(),
        "program": {"type": "string", "enum": ["ready", "broken", "missing"]},
    });
    let warnings = json!({"warnings": all("FieldProblem")});

    let task = json!({
        "id": text(), "seq": whole(), "webhook": text(), "method": text(), "state": state(), "received": whole(),
        "started": maybe_whole(), "finished": maybe_whole(), "attempt": whole(), "max_attempts": whole(),
        "not_before": whole(), "cancel_requested": flag(), "status": maybe_whole(), "error": maybe_text(),
        "request_id": text(), "replay_of": maybe_text(),
    });
    let record = json!({
        "payload": {"anyOf": [reference("Payload"), {"type": "null"}]}, "output": text(), "headers": all("Header"),
        "log": all("LogLine"), "script_hash": maybe_text(), "idempotency_key": maybe_text(),
    });
    let thread = json!({
        "id": whole(), "webhook": text(), "method": text(), "task": maybe_text(), "request_id": text(),
        "started": whole(), "elapsed": whole(), "cancelled": flag(),
    });
    let ended = json!({
        "state": state(), "status": maybe_whole(), "error": maybe_text(), "output": text(), "headers": all("Header"),
        "log": all("LogLine"), "script_hash": maybe_text(),
    });
    let token = json!({"id": text(), "method": method(), "expires": text(), "created": whole(), "expired": flag()});
    let pool = json!({
        "threads": whole(), "max_script_runtime": duration(), "checkpoint_interval": duration(), "max_queue": whole(),
    });
    let place = json!({
        "file": maybe_text(), "line": maybe_whole(), "column": maybe_whole(), "end_line": maybe_whole(),
        "end_column": maybe_whole(),
    });
    let nothing = || json!({});
    let checked = json!({"ok": flag(), "diagnostics": all("Diagnostic")});

    let mut schemas = Map::new();
    let mut add = |name: &str, schema: Value| schemas.insert(name.to_owned(), schema);
    add("Description", json!({"type": "object", "description": "OpenAPI 3.1"}));
    add(
        "Problem",
        table(
            json!({"type": text(), "title": text(), "status": whole(), "detail": text()}),
            json!({"instance": text(), "problems": all("FieldProblem")}),
        ),
    );
    add(
        "FieldProblem",
        table(json!({"webhook": maybe_text(), "field": text(), "message": text(), "warning": flag()}), nothing()),
    );
    add(
        "WebhookInput",
        table(
            settings.clone(),
            with(with(defaulted.clone(), optional.clone()), with(read_only.clone(), warnings.clone())),
        ),
    );
    add("Webhook", table(with(with(settings, defaulted), read_only), with(optional, warnings)));
    add("WebhookList", list("webhooks", "Webhook"));
    add(
        "Signature",
        table(
            json!({"scheme": words(Scheme::ALL, Scheme::word), "secrets": texts(), "tolerance": duration()}),
            nothing(),
        ),
    );
    add("Jwt", table(json!({"secret": text()}), json!({"issuer": text(), "audience": text()})));
    add(
        "Trial",
        table(
            nothing(),
            json!({
                "method": text(), "query": text(), "content_type": text(), "body": text(),
            }),
        ),
    );
    add(
        "TrialResult",
        table(
            json!({
                "status": whole(), "headers": all("Header"), "body": text(), "state": state(), "error": maybe_text(),
                "log": all("LogLine"), "elapsed": {"type": "number"}, "fuel": whole(), "request_id": text(),
            }),
            nothing(),
        ),
    );
    add("Header", table(json!({"name": text(), "value": text()}), nothing()));
    add("LogLine", table(json!({"level": text(), "message": text()}), nothing()));
    add("TokenInput", table(json!({"method": text(), "expires": {"type": "string", "format": "date"}}), nothing()));
    add("NewToken", table(with(token.clone(), json!({"token": text()})), nothing()));
    add("Token", table(token, nothing()));
    add("TokenList", list("tokens", "Token"));
    add("ExpiredTokens", table(json!({"expired": whole()}), nothing()));
    add("CancelledTasks", table(json!({"cancelled": whole()}), nothing()));
    add("ScriptList", list("scripts", "ScriptName"));
    add("ScriptName", table(json!({"path": text(), "webhooks": texts()}), nothing()));
    add("Script", table(json!({"path": text(), "text": text(), "webhooks": texts()}), nothing()));
    add("ScriptInput", table(json!({"text": text()}), nothing()));
    add("ScriptToCheck", table(json!({"path": text()}), json!({"text": maybe_text()})));
    add("StoredScript", table(with(checked.clone(), json!({"path": text(), "webhooks": texts()})), nothing()));
    add("CheckedScript", table(checked, nothing()));
    add(
        "Diagnostic",
        table(
            with(
                place.clone(),
                json!({
                    "code": text(), "severity": text(), "message": text(), "hint": maybe_text(), "labels": all("Label"),
                    "fix": {"anyOf": [reference("Fix"), {"type": "null"}]},
                }),
            ),
            nothing(),
        ),
    );
    add("Label", table(with(place.clone(), json!({"message": text()})), nothing()));
    add("Fix", table(with(place, json!({"replacement": text(), "safe": flag()})), nothing()));
    add("TaskSummary", table(task.clone(), nothing()));
    add("Task", table(with(task, record), nothing()));
    add("TaskList", table(json!({"tasks": all("TaskSummary"), "next": maybe_whole()}), nothing()));
    add("Payload", table(json!({"method": text(), "params": all("Param"), "content": maybe_text()}), nothing()));
    add("Param", table(json!({"name": text(), "values": texts()}), nothing()));
    add("Pool", table(pool.clone(), nothing()));
    add("PoolInput", table(nothing(), pool));
    add(
        "Queue",
        table(
            json!({
                "running": whole(), "waiting": whole(), "longest": whole(),
                "states": {"type": "object", "additionalProperties": {"type": "integer"}},
            }),
            nothing(),
        ),
    );
    add("Thread", table(thread.clone(), nothing()));
    add("ThreadList", list("threads", "Thread"));
    add("Run", table(with(thread, ended), nothing()));
    add("RunList", list("runs", "Run"));
    Value::Object(schemas)
}
