//! The form of a webhook: from its definition, and back with all problems at once (WH-75).

use super::{
    Visit,
    hooks::script_page,
    layout::{Field, problems_at, summary, tick, token},
    visit::Fields,
};
use crate::server::admin::is_script_path;
use crate::webhook::{
    Auth, Entry, HIDDEN, Method, Problem, ScriptSource, WebhookDef, has_errors, print_duration, read_webhook,
};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Fields that show their problems themselves.
const SHOWN: &[&str] = &[
    "name",
    "methods",
    "script",
    "source",
    "auth",
    "description",
    "timeout",
    "max_concurrency",
    "max_attempts",
    "backoff",
    "content_type",
    "cors_origins",
    "max_body_bytes",
    "response_headers",
    "signature",
    "signature.secrets",
    "signature.scheme",
    "signature.tolerance",
    "jwt",
    "jwt.secret",
    "jwt.issuer",
    "jwt.audience",
];

/// Fields of the part that is folded away.
const FURTHER: &[&str] = &[
    "timeout",
    "max_concurrency",
    "max_attempts",
    "backoff",
    "content_type",
    "cors_origins",
    "max_body_bytes",
    "binary",
    "response_headers",
];

const AUTHS: &[(&str, &str)] = &[
    ("token", "token: one for each method, made here"),
    ("jwt", "jwt: JSON Web Token, signed with a secret"),
    ("signature", "signature of the content, with a secret"),
    ("none", "none: anybody may call"),
];

/// A definition as the form shows it. Secrets have to be hidden before.
pub(super) fn fields_of(def: &WebhookDef) -> Fields {
    let mut fields = Vec::new();
    let mut put = |name: &str, value: String| fields.push((name.to_owned(), value));
    put("name", def.name.clone());
    for method in &def.methods {
        put("methods", method.word().to_owned());
    }
    put("script", def.script.clone());
    for (name, ticked) in [
        ("synchronous", def.synchronous),
        ("enabled", def.enabled),
        ("keep_payload", def.keep_payload),
        ("binary", def.binary.is_some()),
    ] {
        if ticked {
            put(name, "on".to_owned());
        }
    }
    put("auth", def.auth.word().to_owned());
    put("description", def.description.clone().unwrap_or_default());
    put("timeout", def.timeout.map(print_duration).unwrap_or_default());
    put("max_concurrency", def.max_concurrency.map(|number| number.to_string()).unwrap_or_default());
    put("max_attempts", def.max_attempts.to_string());
    put("backoff", print_duration(def.backoff));
    put("content_type", def.content_type.clone().unwrap_or_default());
    put("cors_origins", def.cors_origins.join("\n"));
    put("max_body_bytes", def.max_body_bytes.map(|number| number.to_string()).unwrap_or_default());
    let headers = def.response_headers.iter().map(|(name, value)| format!("{name}: {value}"));
    put("response_headers", headers.collect::<Vec<_>>().join("\n"));
    if let Some(signature) = &def.signature {
        put("signature.scheme", signature.scheme.word().to_owned());
        let secrets: Vec<&str> = signature.secrets.iter().map(|secret| secret.reveal()).collect();
        put("signature.secrets", secrets.join("\n"));
        put("signature.tolerance", print_duration(signature.tolerance));
    }
    if let Some(jwt) = &def.jwt {
        put("jwt.secret", jwt.secret.reveal().to_owned());
        put("jwt.issuer", jwt.issuer.clone().unwrap_or_default());
        put("jwt.audience", jwt.audience.clone().unwrap_or_default());
    }
    Fields(fields)
}

/// Tells one state of a webhook from another. It is made of secrets, too, but nobody gets them back from it.
pub(super) fn version(def: &WebhookDef) -> String {
    let text = serde_json::to_string(def).unwrap_or_default();
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What the form says, or all that is wrong with it.
pub(super) fn read(visit: &Visit, old: Option<&Entry>) -> Result<WebhookDef, Vec<Problem>> {
    let server = &visit.page.server;
    let fields = &visit.fields;
    let mut problems = Vec::new();
    let value = value_of(fields, old.map(|old| &old.def), &mut problems);
    let def = match read_webhook(&value, server.config().jwt.as_ref()) {
        Ok((def, _)) => Some(def),
        Err(found) => {
            problems.extend(found);
            None
        }
    };
    // What saving would find, to tell all of it together with the rest.
    let (name, script) = (fields.one("name").trim(), fields.one("script").trim());
    let entries = server.registry().entries();
    let mut others = entries.iter().filter(|other| old.is_none_or(|old| old.def.name != other.def.name));
    if let Some(other) = others.find(|other| other.def.name.eq_ignore_ascii_case(name)) {
        problems.push(Problem::error(Some(name), "name", format!("there is a webhook `{}` already", other.def.name)));
    }
    let written = !fields.one("source").trim().is_empty();
    if !script.is_empty() {
        let found = server.scripts().stamp(script);
        match (&found, written) {
            (Ok(_), true) => {
                let text = "there is a script at this path already; leave this empty, and edit it on its own page";
                problems.push(Problem::error(Some(name), "source", text));
            }
            (Err(error), false) => {
                problems.push(Problem::error(Some(name), "script", format!("the script is not there: {error}")));
            }
            (_, true) if !is_script_path(script) => {
                let text = "only a path below the folder of scripts that ends with `.sil` can be written here";
                problems.push(Problem::error(Some(name), "script", text));
            }
            _ => {}
        }
    }
    match def {
        Some(def) if !has_errors(&problems) => Ok(def),
        _ => Err(problems),
    }
}

/// The fields as a configuration has them. Secrets that were not shown are those of the old definition.
fn value_of(fields: &Fields, old: Option<&WebhookDef>, problems: &mut Vec<Problem>) -> Value {
    let mut value = Map::new();
    let label = Some(fields.one("name")).filter(|name| !name.is_empty());
    for name in ["name", "script"] {
        value.insert(name.to_owned(), fields.one(name).trim().into());
    }
    value.insert("methods".to_owned(), fields.all("methods").collect());
    for name in ["synchronous", "enabled", "keep_payload"] {
        value.insert(name.to_owned(), fields.has(name).into());
    }
    if fields.has("binary") {
        value.insert("binary".to_owned(), "base64".into());
    }
    for name in ["auth", "description", "timeout", "backoff", "content_type"] {
        let text = fields.one(name).trim();
        if !text.is_empty() {
            value.insert(name.to_owned(), text.into());
        }
    }
    for name in ["max_concurrency", "max_attempts", "max_body_bytes"] {
        let text = fields.one(name).trim();
        if !text.is_empty() {
            value.insert(name.to_owned(), number(text));
        }
    }
    let origins = lines(fields.one("cors_origins"));
    value.insert("cors_origins".to_owned(), origins.collect());
    let mut headers = Map::new();
    for line in lines(fields.one("response_headers")) {
        match line.split_once(':') {
            Some((name, text)) => drop(headers.insert(name.trim().to_owned(), text.trim().into())),
            None => {
                let text = format!("expected `Name: value`, found `{line}`");
                problems.push(Problem::error(label, "response_headers", text));
            }
        }
    }
    value.insert("response_headers".to_owned(), headers.into());
    signature(fields, old, &mut value);
    jwt(fields, old, &mut value);
    value.into()
}

fn signature(fields: &Fields, old: Option<&WebhookDef>, value: &mut Map<String, Value>) {
    let olds = old.and_then(|old| old.signature.as_ref()).map(|old| old.secrets.as_slice()).unwrap_or_default();
    let mut secrets = Vec::new();
    for (index, secret) in lines(fields.one("signature.secrets")).enumerate() {
        let kept = olds.get(index).filter(|_| secret == HIDDEN);
        secrets.push(Value::from(kept.map_or(secret, |old| old.reveal())));
    }
    if secrets.is_empty() && fields.one("auth") != Auth::Signature.word() {
        return;
    }
    let mut table = json!({ "secrets": secrets });
    for name in ["scheme", "tolerance"] {
        let text = fields.one(&format!("signature.{name}")).trim().to_owned();
        if let (false, Some(table)) = (text.is_empty(), table.as_object_mut()) {
            table.insert(name.to_owned(), text.into());
        }
    }
    value.insert("signature".to_owned(), table);
}

fn jwt(fields: &Fields, old: Option<&WebhookDef>, value: &mut Map<String, Value>) {
    let mut table = Map::new();
    for name in ["secret", "issuer", "audience"] {
        let text = fields.one(&format!("jwt.{name}")).trim().to_owned();
        let kept = old.and_then(|old| old.jwt.as_ref()).filter(|_| name == "secret" && text == HIDDEN);
        let text = kept.map_or(text, |old| old.secret.reveal().to_owned());
        if !text.is_empty() {
            table.insert(name.to_owned(), text.into());
        }
    }
    if !table.is_empty() {
        value.insert("jwt".to_owned(), table.into());
    }
}

/// A number if it is one; otherwise the text, for the reader to complain about.
fn number(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| text.into(), Value::from)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The form.
pub(super) fn form(visit: &Visit, fields: &Fields, problems: &[Problem], old: Option<&WebhookDef>) -> Markup {
    let field = |name: &'static str, label: &'static str, hint: &'static str| Field {
        name,
        label,
        value: fields.one(name),
        hint,
        problems,
    };
    let wrong = |names: &[&str]| problems.iter().any(|problem| names.contains(&problem.field.as_str()));
    let auth = fields.one("auth");
    let script = fields.one("script");
    let scripts = visit.page.server.scripts().list().unwrap_or_default();
    html! {
        (summary(problems, SHOWN))
        form.card method="post" {
            (token(visit))
            @if let Some(old) = old { input type="hidden" name="version" value=(version(old)); }
            (field("name", "Name", "A segment of the address: letters, digits, and . _ ~ -").line())
            fieldset.field.bad[wrong(&["methods"])] {
                legend { "Methods" }
                div.ticks {
                    @for method in Method::ALL {
                        label { input type="checkbox" name="methods" value=(method) checked[fields.all("methods").any(|one| one == method.word())]; " " (method) }
                    }
                }
                (problems_at(problems, "methods"))
            }
            div.field.bad[wrong(&["script"])] {
                label for="script" { "Script" }
                input type="text" id="script" name="script" value=(script) list="scripts" autocomplete="off" autocapitalize="none" spellcheck="false";
                datalist id="scripts" { @for script in &scripts { option value=(script) {} } }
                (problems_at(problems, "script"))
                p.hint {
                    "Its path in the folder of scripts, such as " code { "orders/new.sil" } "."
                    @if old.is_some() && !script.is_empty() { " " a href=(script_page(visit, script)) { "Edit this script" } "." }
                }
            }
            details open[wrong(&["source", "script"]) || !fields.one("source").trim().is_empty()] {
                summary { "The script is not there yet: write it here" }
                (field("source", "Text of the new script", "It is stored at the path above.").lines(10))
            }
            (tick("synchronous", "Synchronized", "The caller waits for the script and gets its answer. Otherwise the script runs in the background.", fields.has("synchronous")))
            (tick("enabled", "Enabled", "", fields.has("enabled")))
            (field("description", "Description", "").line())
            (field("auth", "Who may call", "").choice(AUTHS))
            details open[auth == "signature" || wrong(&["signature", "signature.secrets", "signature.scheme", "signature.tolerance"])] {
                summary { "Signature" }
                (problems_at(problems, "signature"))
                (field("signature.secrets", "Secrets", "One a line; any of them will do. Stored ones are shown as ***.").lines(2))
                div.row {
                    (field("signature.scheme", "Scheme", "").choice(&[("standard", "standard: Standard Webhooks"), ("github", "github: X-Hub-Signature-256")]))
                    (field("signature.tolerance", "Tolerance", "How far clocks may differ; 5m when empty.").line())
                }
            }
            details open[auth == "jwt" || wrong(&["jwt", "jwt.secret", "jwt.issuer", "jwt.audience"])] {
                summary { "JSON Web Token" }
                (problems_at(problems, "jwt"))
                (field("jwt.secret", "Secret", "The server's own when empty. A stored one is shown as ***.").line())
                div.row {
                    (field("jwt.issuer", "Issuer", "Checked when given.").line())
                    (field("jwt.audience", "Audience", "Checked when given.").line())
                }
            }
            details open[wrong(FURTHER)] {
                summary { "More settings" }
                div.row {
                    (field("timeout", "Time limit", "Such as 30s or 5m; the server's when empty.").line())
                    (field("max_concurrency", "Runs at the same time", "No limit of its own when empty.").line())
                }
                div.row {
                    (field("max_attempts", "Attempts", "In the background only. More than 1: a script that failed runs again.").line())
                    (field("backoff", "Pause before the second attempt", "It doubles with each further one.").line())
                }
                div.row {
                    (field("content_type", "Content type of answers", "text/plain when empty.").line())
                    (field("max_body_bytes", "Largest content, in bytes", "The server's when empty.").line())
                }
                (field("response_headers", "Headers of answers", "One a line: Name: value").lines(3))
                (field("cors_origins", "Origins of pages that may call", "One a line: https://example.com, or * for all.").lines(2))
                (tick("binary", "Content that is not text is given to the script as base64", "Otherwise it is refused.", fields.has("binary")))
                (tick("keep_payload", "Keep requests with the records of ended tasks", "They are needed to replay tasks.", fields.has("keep_payload")))
            }
            div.actions {
                button.primary type="submit" { "Save" }
                a.button href=(visit.to("")) { "Back" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::{JwtConfig, Scheme, Secret, SignatureConfig};
    use std::time::Duration;

    #[test]
    fn there_and_back() {
        let mut def = WebhookDef::new("all", [Method::Get, Method::Put], "a/b.sil");
        def.synchronous = false;
        def.auth = Auth::Signature;
        def.enabled = false;
        def.description = Some("d <e>".to_owned());
        def.timeout = Some(Duration::from_millis(1_500));
        def.max_concurrency = Some(3);
        def.max_attempts = 4;
        def.backoff = Duration::from_secs(61);
        def.content_type = Some("text/csv".to_owned());
        def.cors_origins = vec!["https://a.example".to_owned(), "https://b.example".to_owned()];
        def.max_body_bytes = Some(77);
        def.binary = Some(crate::webhook::Binary::Base64);
        def.keep_payload = false;
        def.response_headers.insert("X-A".to_owned(), "b: c".to_owned());
        let secrets = vec![Secret::new("first"), Secret::new("second")];
        def.signature = Some(SignatureConfig { scheme: Scheme::Github, secrets, tolerance: Duration::from_secs(60) });
        let secret = Secret::new("0123456789abcdef0123456789abcdef");
        def.jwt = Some(JwtConfig { secret, issuer: Some("i".to_owned()), audience: Some("a".to_owned()) });

        let shown = fields_of(&def.clone().without_secrets());
        assert!(!format!("{shown:?}").contains("first") && !format!("{shown:?}").contains("0123456789"));
        let mut problems = Vec::new();
        let value = value_of(&shown, Some(&def), &mut problems);
        assert_eq!(problems, []);
        assert_eq!(read_webhook(&value, None).map(|(def, _)| def), Ok(def));

        let plain = WebhookDef::new("plain", [Method::Get], "x.sil");
        let value = value_of(&fields_of(&plain), None, &mut problems);
        assert_eq!(read_webhook(&value, None).map(|(def, _)| def), Ok(plain));
    }

    #[test]
    fn what_is_no_header() {
        let fields = Fields(vec![("response_headers".to_owned(), "A: b\n\nno header\r\n".to_owned())]);
        let mut problems = Vec::new();
        let value = value_of(&fields, None, &mut problems);
        assert_eq!(value.get("response_headers"), Some(&json!({"A": "b"})));
        assert_eq!(problems.len(), 1);
        assert_eq!(number("12"), json!(12));
        assert_eq!(number("1.5"), json!("1.5"));
    }
}
