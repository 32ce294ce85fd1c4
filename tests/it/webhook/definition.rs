//! Definitions and what is wrong with them (WH-70 to WH-75).

use serde_json::{Value, json};
use sil::webhook::{
    Auth, Binary, HIDDEN, Method, PoolConfig, Problem, Scheme, ServerConfig, WebhookDef, has_errors, read_config,
    read_webhook, validate, validate_webhook,
};
use std::time::Duration;

/// A definition with nothing but what is required, and these settings.
fn hook(more: Value) -> Value {
    let mut hook = json!({"name": "stock", "methods": ["GET"], "script": "stock.sil"});
    for (key, value) in more.as_object().unwrap() {
        hook[key] = value.clone();
    }
    hook
}

fn shown(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(Problem::to_string).collect()
}

fn problems_of(value: Value) -> Vec<String> {
    match read_webhook(&value, None) {
        Ok((_, warnings)) => shown(&warnings),
        Err(problems) => shown(&problems),
    }
}

fn fields_of(more: Value) -> Vec<String> {
    match read_webhook(&hook(more), None) {
        Ok((_, problems)) | Err(problems) => problems.into_iter().map(|problem| problem.field).collect(),
    }
}

#[test]
fn defaults() {
    let (config, warnings) = read_config(&json!({})).unwrap();
    assert_eq!((&config, warnings), (&ServerConfig::default(), Vec::new()));
    assert_eq!(config.listen, "127.0.0.1:8080");
    assert_eq!((config.sync_timeout, config.max_sync_runs, config.async_status), (Duration::from_secs(30), 64, 200));
    assert_eq!((config.max_body_bytes, config.max_response_bytes), (10_485_760, 10_485_760));
    assert_eq!((config.expose_errors, config.allow_inline), (false, false));
    assert_eq!(config.retention, Duration::from_secs(604_800));
    let PoolConfig { threads, max_script_runtime, checkpoint_interval, max_queue } = config.pool;
    assert_eq!(
        (threads, max_script_runtime.as_secs(), checkpoint_interval.as_secs(), max_queue),
        (10, 3600, 60, 10_000)
    );
    let (def, warnings) = read_webhook(&hook(json!({})), None).unwrap();
    assert_eq!((&def, warnings), (&WebhookDef::new("stock", [Method::Get], "stock.sil"), Vec::new()));
    assert_eq!(
        (def.synchronous, def.auth, def.enabled, def.max_attempts, def.keep_payload),
        (true, Auth::Token, true, 1, true)
    );
}

#[test]
fn every_setting() {
    let value = json!({
        "listen": "[::1]:0", "base_path": "/apps/one", "sync_timeout": "2s", "max_sync_runs": 3,
        "max_body_bytes": 1000, "max_response_bytes": 2000, "async_status": 202, "expose_errors": true,
        "allow_inline": true, "retention": "1d", "token_time_zone": "Europe/Paris",
        "pool": {"threads": 2, "max_script_runtime": "10m", "checkpoint_interval": "5s", "max_queue": 7},
        "jwt": {"secret": "0123456789abcdef0123456789abcdef", "issuer": "i", "audience": "a"},
        "webhook": [{
            "name": "Stock-2.0_~", "methods": ["put", "Get", "GET"], "script": "a/b.sil", "synchronous": false,
            "auth": "signature", "enabled": false, "description": "what it is for", "timeout": "90s",
            "max_concurrency": 4, "max_attempts": 5, "backoff": "1m", "content_type": "text/csv; charset=utf-8",
            "cors_origins": ["https://shop.test", "http://localhost:3000"], "max_body_bytes": 0,
            "binary": "base64", "keep_payload": false,
            "signature": {"scheme": "github", "secrets": ["k"], "tolerance": "1m"},
            "response_headers": {"Cache-Control": "max-age=60", "X-Frame-Options": "DENY"},
            "jwt": "another secret of thirty-two bytes",
        }, {"name": "b", "methods": "POST", "script": "b.sil", "auth": "jwt"}],
    });
    let (config, warnings) = read_config(&value).unwrap();
    assert_eq!(shown(&warnings), [] as [&str; 0]);
    let def = &config.webhooks[0];
    assert_eq!(def.methods, [Method::Put, Method::Get]);
    assert_eq!((def.auth, def.binary), (Auth::Signature, Some(Binary::Base64)));
    assert_eq!(def.signature.as_ref().unwrap().scheme, Scheme::Github);
    assert_eq!(config.webhooks[1].methods, [Method::Post]);
    assert_eq!(config.jwt_of(&config.webhooks[1]), config.jwt.as_ref());
    assert_eq!(config.jwt_of(def), None);
    assert_eq!((config.body_limit(def), config.body_limit(&config.webhooks[1])), (0, 1000));
    assert_eq!(config.time_limit(def), Duration::from_secs(90));
    assert_eq!(config.time_limit(&config.webhooks[1]), Duration::from_secs(2));
    let later = WebhookDef { synchronous: false, ..config.webhooks[1].clone() };
    assert_eq!(config.time_limit(&later), Duration::from_secs(600));
    assert_eq!(config.run_limits(def).response_size, 2000);
    // What is written reads the same, one way and the other.
    let written = serde_json::to_value(&config).unwrap();
    assert_eq!(serde_json::from_value::<ServerConfig>(written.clone()).unwrap(), config);
    assert_eq!(read_config(&written).unwrap().0, config);
    assert_eq!(serde_json::from_value::<PoolConfig>(written["pool"].clone()).unwrap(), config.pool);
    assert_eq!(serde_json::from_value::<WebhookDef>(written["webhook"][1].clone()).unwrap(), config.webhooks[1]);
}

#[test]
fn all_problems_at_once() {
    let value = json!({
        "listen": "nowhere", "max_sync_runs": 0, "sync_timeout": 30, "tls": true,
        "pool": {"threads": "many", "max_queue": 0, "color": 1},
        "webhook": [
            {"name": "stock", "methods": ["GET", "FETCH", "trace"], "script": "a.sil", "sync": true},
            {"methods": [], "script": 5, "auth": "tokens", "timeout": "soon"},
            {"name": "Stock", "methods": ["GET"], "script": "a.sil"},
            {"name": "stock", "methods": ["GET"], "script": "a.sil", "max_concurrency": 0},
            "nonsense",
        ],
    });
    let methods = "expected `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`";
    let expected = [
        "sync_timeout: expected a duration such as `30s` or `1h`, found `30`".to_owned(),
        "pool.threads: expected a whole number, found `many`".to_owned(),
        "pool.color: there is no such setting".to_owned(),
        format!("webhook `stock`: methods: {methods}, found `FETCH`"),
        format!("webhook `stock`: methods: {methods}, found `trace`"),
        "webhook `stock`: sync: there is no such setting".to_owned(),
        "webhook `#2`: name: it is missing".to_owned(),
        "webhook `#2`: script: expected a text, found `5`".to_owned(),
        "webhook `#2`: auth: expected `token`, `jwt`, `signature` or `none`, found `tokens`".to_owned(),
        "webhook `#2`: timeout: expected a duration such as `30s` or `1h`, found `soon`".to_owned(),
        "webhook `#5`: expected a table of settings, found `nonsense`".to_owned(),
        "tls: there is no such setting".to_owned(),
        "listen: expected an address and a port, found `nowhere`".to_owned(),
        "max_sync_runs: it has to be at least 1".to_owned(),
        "pool.max_queue: it has to be at least 1".to_owned(),
        "webhook `#2`: methods: at least one method is needed".to_owned(),
        "webhook `Stock`: name: the name differs from that of the webhook `stock` in case only".to_owned(),
        "webhook `stock`: max_concurrency: it has to be at least 1".to_owned(),
        "webhook `stock`: name: another webhook has this name".to_owned(),
    ];
    assert_eq!(shown(&read_config(&value).unwrap_err()), expected);
    let error = serde_json::from_value::<ServerConfig>(value).unwrap_err().to_string();
    assert!(error.contains(&expected[0]) && error.contains(&expected[18]), "{error}");
}

#[test]
fn names() {
    let name = |name: &str| problems_of(json!({"name": name, "methods": ["GET"], "script": "s"}));
    for good in ["a", "7", "issue-sync", "jiraSync", "A.b_c~d-e", &"x".repeat(64)] {
        assert_eq!(name(good), [] as [&str; 0], "{good}");
    }
    for bad in [
        "",
        " ",
        "a b",
        "a/b",
        "a?b",
        "a#b",
        "a%20b",
        "é",
        "stöck",
        ".",
        "..",
        ".a",
        "-a",
        "_a",
        "~a",
        "a\n",
        "a\0",
        &"x".repeat(65),
    ] {
        assert_eq!(name(bad).len(), 1, "{bad:?}");
    }
}

#[test]
fn settings_that_are_wrong() {
    let table = [
        (json!({"timeout": "0s"}), "timeout"),
        (json!({"max_attempts": 0}), "max_attempts"),
        (json!({"max_attempts": 2}), "max_attempts"),
        (json!({"max_attempts": -1}), "max_attempts"),
        (json!({"max_attempts": 1.5}), "max_attempts"),
        (json!({"max_body_bytes": "1M"}), "max_body_bytes"),
        (json!({"content_type": "text"}), "content_type"),
        (json!({"content_type": "text/ht ml"}), "content_type"),
        (json!({"content_type": "text/html\r\nSet-Cookie: a=b"}), "content_type"),
        (json!({"response_headers": {"X A": "1"}}), "response_headers"),
        (json!({"response_headers": {"X-A": "1\n2"}}), "response_headers"),
        (json!({"response_headers": {"Content-Length": "1"}}), "response_headers"),
        (json!({"response_headers": {"X-A": 1}}), "response_headers"),
        (json!({"cors_origins": ["https://shop.test/path"]}), "cors_origins"),
        (json!({"cors_origins": ["shop.test"]}), "cors_origins"),
        (json!({"cors_origins": ["null"]}), "cors_origins"),
        (json!({"binary": "hex"}), "binary"),
        (json!({"synchronous": "yes"}), "synchronous"),
        (json!({"auth": "jwt"}), "jwt"),
        (json!({"auth": "jwt", "jwt": {"secret": ""}}), "jwt.secret"),
        (json!({"auth": "jwt", "jwt": {}}), "jwt.secret"),
        (json!({"auth": "jwt", "jwt": "short"}), "jwt.secret"),
        (json!({"auth": "jwt", "jwt": HIDDEN}), "jwt.secret"),
        (json!({"auth": "signature"}), "signature"),
        (json!({"auth": "signature", "signature": []}), "signature.secrets"),
        (json!({"auth": "signature", "signature": "whsec_%%%"}), "signature.secrets"),
        (json!({"auth": "signature", "signature": {"secrets": ["k"], "scheme": "gitlab"}}), "signature.scheme"),
        (json!({"auth": "signature", "signature": {"secrets": ["k"], "tolerance": "0s"}}), "signature.tolerance"),
        (json!({"auth": "signature", "signature": {"secrets": ["k"], "key": 1}}), "signature.key"),
        (json!({"script": " "}), "script"),
        (json!({"name": null}), "name"),
    ];
    for (more, field) in table {
        assert_eq!(fields_of(more.clone()), [field], "{more}");
    }
}

#[test]
fn settings_of_the_server_that_are_wrong() {
    for (field, value) in [
        ("listen", json!("8080")),
        ("listen", json!("localhost:port")),
        ("base_path", json!("apps")),
        ("base_path", json!("/")),
        ("base_path", json!("/apps/")),
        ("base_path", json!("/a/../b")),
        ("async_status", json!(201)),
        ("async_status", json!(65_736)),
        ("token_time_zone", json!("Mars/Olympus")),
        ("retention", json!("0s")),
        ("webhook", json!({})),
        ("pool", json!([])),
    ] {
        let problems = read_config(&json!({field: value})).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), [field], "{value}");
    }
    assert!(read_config(&json!([])).is_err());
}

#[test]
fn warnings_do_not_stand_in_the_way() {
    let (_, warnings) = read_webhook(&hook(json!({"auth": "jwt", "jwt": "short"})), None).unwrap();
    assert!(!warnings.is_empty() && !has_errors(&warnings));
}

#[test]
fn secrets_are_not_shown_and_come_back() {
    let value = hook(json!({"auth": "signature", "signature": ["first key", "second key"], "jwt": "a token key"}));
    let (def, _) = read_webhook(&value, None).unwrap();
    let public = def.clone().without_secrets();
    for text in [format!("{def:?}"), serde_json::to_string(&public).unwrap()] {
        assert!(!text.contains("first") && !text.contains("second") && !text.contains("a token"), "{text}");
    }
    assert!(has_errors(&validate_webhook(&public, None)));
    assert_eq!(public.clone().with_secrets_of(&def), def);
    // One more key than there were.
    let mut more = public;
    let signature = more.signature.as_mut().unwrap();
    signature.secrets.push(signature.secrets[0].clone());
    assert!(has_errors(&validate_webhook(&more.with_secrets_of(&def), None)));
    // A key of a form that shows where a text was expected is not repeated in the message.
    let message = problems_of(hook(json!({"auth": "jwt", "jwt": {"secret": 12_345}}))).join("");
    assert!(!message.contains("12345"), "{message}");
}

#[test]
fn what_is_put_together_in_code_is_validated_too() {
    let mut config = ServerConfig { max_sync_runs: 0, ..ServerConfig::default() };
    config.webhooks = vec![WebhookDef::new("", [], ""), WebhookDef::new("a", [Method::Get], "a.sil")];
    let problems = shown(&validate(&config));
    assert_eq!(
        problems,
        [
            "max_sync_runs: it has to be at least 1",
            "webhook `#1`: name: a name is needed",
            "webhook `#1`: methods: at least one method is needed",
            "webhook `#1`: script: a script is needed",
        ]
    );
}
