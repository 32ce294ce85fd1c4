//! From a value to settings. What cannot be read is reported and stands at its default, so that the rest is read too.

use super::{
    Auth, Binary, JwtConfig, Method, PoolConfig, Problem, Scheme, Secret, ServerConfig, SignatureConfig, WebhookDef,
    has_errors, parse_duration, problem::joined, validate::Checked,
};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, time::Duration};

/// Reads and validates the configuration of a server, from TOML or JSON text that was parsed to a value:
/// `toml::from_str::<serde_json::Value>(text)`. Gives the warnings too.
///
/// # Errors
/// All problems at once, warnings included, when at least one stands in the way (WH-75).
///
/// ```
/// let value = serde_json::json!({"pool": {"threads": 0}, "webhook": [{"name": "a b", "methods": []}]});
/// let problems = sil::webhook::read_config(&value).unwrap_err();
/// let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
/// assert_eq!(fields, ["script", "pool.threads", "name", "methods"]);
/// ```
pub fn read_config(value: &Value) -> Result<(ServerConfig, Vec<Problem>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut config = ServerConfig::default();
    let mut hooks = Vec::new();
    if let Some(mut fields) = Fields::open(value, None, "", &mut problems) {
        fields.text("listen", &mut config.listen);
        fields.text("base_path", &mut config.base_path);
        fields.duration("sync_timeout", &mut config.sync_timeout);
        fields.whole("max_sync_runs", &mut config.max_sync_runs);
        fields.whole("max_body_bytes", &mut config.max_body_bytes);
        fields.whole("max_response_bytes", &mut config.max_response_bytes);
        fields.whole("async_status", &mut config.async_status);
        fields.flag("expose_errors", &mut config.expose_errors);
        fields.flag("allow_inline", &mut config.allow_inline);
        fields.duration("retention", &mut config.retention);
        fields.text("token_time_zone", &mut config.token_time_zone);
        fields.nested("pool", |value, problems| {
            config.pool = pool(value, "pool.", problems);
        });
        fields.nested("jwt", |value, problems| {
            config.jwt = jwt(value, None, problems);
        });
        fields.nested("webhook", |value, problems| match value {
            Value::Array(list) => {
                for (number, value) in (1usize..).zip(list) {
                    hooks.push(webhook(value, &label(value, number), problems));
                }
            }
            _ => problems.push(Problem::error(None, "webhook", expected("a list of webhooks", value))),
        });
        fields.close();
    }
    config.webhooks = hooks;
    let mut checked = Checked::after(problems);
    checked.config(&config);
    let problems = checked.finish();
    if has_errors(&problems) { Err(problems) } else { Ok((config, problems)) }
}

/// Reads and validates one webhook, as a form or an API gives it. Gives the warnings too. `jwt` is the server's key.
///
/// # Errors
/// All problems at once, warnings included, when at least one stands in the way (WH-75).
pub fn read_webhook(value: &Value, jwt: Option<&JwtConfig>) -> Result<(WebhookDef, Vec<Problem>), Vec<Problem>> {
    let mut problems = Vec::new();
    let def = webhook(value, &label(value, 1), &mut problems);
    let mut checked = Checked::after(problems);
    checked.webhook(&def, jwt.is_some(), 1);
    let problems = checked.finish();
    if has_errors(&problems) { Err(problems) } else { Ok((def, problems)) }
}

impl TryFrom<Value> for ServerConfig {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        read_config(&value).map(|(config, _)| config).map_err(|problems| joined(&problems))
    }
}

impl TryFrom<Value> for PoolConfig {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let mut problems = Vec::new();
        let config = pool(&value, "", &mut problems);
        let mut checked = Checked::after(problems);
        checked.pool(&config, "");
        let problems = checked.finish();
        if has_errors(&problems) { Err(joined(&problems)) } else { Ok(config) }
    }
}

impl TryFrom<Value> for WebhookDef {
    type Error = String;

    /// Whether a key of the server stands in for a missing one is not known here, so it is not asked for.
    fn try_from(value: Value) -> Result<Self, String> {
        let mut problems = Vec::new();
        let def = webhook(&value, &label(&value, 1), &mut problems);
        let mut checked = Checked::after(problems);
        checked.webhook(&def, true, 1);
        let problems = checked.finish();
        if has_errors(&problems) { Err(joined(&problems)) } else { Ok(def) }
    }
}

/// How messages call a webhook: its name, or its number when it has none.
pub(super) fn label_of(name: &str, number: usize) -> String {
    if name.is_empty() { format!("#{number}") } else { name.to_owned() }
}

fn label(value: &Value, number: usize) -> String {
    label_of(value.get("name").and_then(Value::as_str).unwrap_or_default(), number)
}

fn webhook(value: &Value, label: &str, problems: &mut Vec<Problem>) -> WebhookDef {
    let mut def = WebhookDef::new("", [], "");
    let Some(mut fields) = Fields::open(value, Some(label), "", problems) else { return def };
    fields.required("name");
    fields.required("methods");
    fields.required("script");
    fields.text("name", &mut def.name);
    fields.nested("methods", |value, problems| def.methods = methods(value, label, problems));
    fields.text("script", &mut def.script);
    fields.flag("synchronous", &mut def.synchronous);
    fields.word("auth", Auth::ALL, Auth::word, &mut def.auth);
    fields.flag("enabled", &mut def.enabled);
    fields.optional("description", |fields, key, slot| fields.text(key, slot), &mut def.description);
    fields.optional("timeout", |fields, key, slot| fields.duration(key, slot), &mut def.timeout);
    fields.optional("max_concurrency", |fields, key, slot| fields.whole(key, slot), &mut def.max_concurrency);
    fields.whole("max_attempts", &mut def.max_attempts);
    fields.duration("backoff", &mut def.backoff);
    fields.optional("content_type", |fields, key, slot| fields.text(key, slot), &mut def.content_type);
    fields.read("response_headers", "a table of texts", text_table, &mut def.response_headers);
    fields.read("cors_origins", "a list of texts", texts, &mut def.cors_origins);
    fields.optional("max_body_bytes", |fields, key, slot| fields.whole(key, slot), &mut def.max_body_bytes);
    let binary = |value: &Value| value.as_str().and_then(Binary::parse).map(Some);
    fields.read("binary", "`base64`", binary, &mut def.binary);
    fields.flag("keep_payload", &mut def.keep_payload);
    fields.nested("signature", |value, problems| def.signature = signature(value, label, problems));
    fields.nested("jwt", |value, problems| def.jwt = jwt(value, Some(label), problems));
    fields.close();
    def
}

/// Methods in any case, each once (WH-73).
fn methods(value: &Value, label: &str, problems: &mut Vec<Problem>) -> Vec<Method> {
    let Some(words) = texts(value) else {
        problems.push(Problem::error(Some(label), "methods", expected("a list of methods", value)));
        return Vec::new();
    };
    let mut methods = Vec::new();
    for word in words {
        match Method::parse(&word.trim().to_ascii_uppercase()) {
            Some(method) if methods.contains(&method) => {}
            Some(method) => methods.push(method),
            None => {
                let message = format!("expected {}, found `{word}`", alternatives(Method::ALL, Method::word));
                problems.push(Problem::error(Some(label), "methods", message));
            }
        }
    }
    methods
}

fn pool(value: &Value, prefix: &str, problems: &mut Vec<Problem>) -> PoolConfig {
    let mut pool = PoolConfig::default();
    if let Some(mut fields) = Fields::open(value, None, prefix, problems) {
        fields.whole("threads", &mut pool.threads);
        fields.duration("max_script_runtime", &mut pool.max_script_runtime);
        fields.duration("checkpoint_interval", &mut pool.checkpoint_interval);
        fields.whole("max_queue", &mut pool.max_queue);
        fields.close();
    }
    pool
}

/// A table; or one key or a list of keys, with the rest at its default.
fn signature(value: &Value, label: &str, problems: &mut Vec<Problem>) -> Option<SignatureConfig> {
    let secrets = |value: &Value| -> Option<Vec<Secret>> { Some(texts(value)?.into_iter().map(Secret::new).collect()) };
    let mut config =
        SignatureConfig { scheme: Scheme::Standard, secrets: Vec::new(), tolerance: Duration::from_secs(300) };
    if let Some(secrets) = secrets(value) {
        config.secrets = secrets;
        return Some(config);
    }
    let mut fields = Fields::open(value, Some(label), "signature.", problems)?;
    fields.required("secrets");
    fields.word("scheme", Scheme::ALL, Scheme::word, &mut config.scheme);
    fields.read("secrets", "a list of texts", secrets, &mut config.secrets);
    fields.duration("tolerance", &mut config.tolerance);
    fields.close();
    Some(config)
}

/// A table; or the key alone.
fn jwt(value: &Value, label: Option<&str>, problems: &mut Vec<Problem>) -> Option<JwtConfig> {
    if let Value::String(secret) = value {
        return Some(JwtConfig { secret: Secret::new(secret), issuer: None, audience: None });
    }
    let mut config = JwtConfig { secret: Secret::new(""), issuer: None, audience: None };
    let mut fields = Fields::open(value, label, "jwt.", problems)?;
    fields.required("secret");
    let secret = |value: &Value| value.as_str().map(Secret::new);
    fields.read("secret", "a text", secret, &mut config.secret);
    fields.optional("issuer", |fields, key, slot| fields.text(key, slot), &mut config.issuer);
    fields.optional("audience", |fields, key, slot| fields.text(key, slot), &mut config.audience);
    fields.close();
    Some(config)
}

/// A list of texts, or one text.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn text_table(value: &Value) -> Option<BTreeMap<String, String>> {
    let texts = value.as_object()?.iter().map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    texts.collect()
}

fn alternatives<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> String {
    let words: Vec<String> = all.iter().map(|one| format!("`{}`", word(*one))).collect();
    match words.as_slice() {
        [init @ .., last] if !init.is_empty() => format!("{} or {last}", init.join(", ")),
        _ => words.join(""),
    }
}

fn expected(what: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(value) => format!("`{value}`"),
        Value::String(value) => format!("`{value}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
    };
    format!("expected {what}, found {found}")
}

/// The settings of one table, read one after the other; what is left over at the end is unknown.
struct Fields<'a> {
    table: &'a Map<String, Value>,
    label: Option<&'a str>,
    prefix: &'a str,
    known: Vec<&'static str>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Fields<'a> {
    fn open(value: &'a Value, label: Option<&'a str>, prefix: &'a str, problems: &'a mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Object(table) => Some(Self { table, label, prefix, known: Vec::new(), problems }),
            _ => {
                let field = prefix.trim_end_matches('.');
                problems.push(Problem::error(label, field, expected("a table of settings", value)));
                None
            }
        }
    }

    fn report(&mut self, key: &str, message: String) {
        let field = format!("{}{key}", self.prefix);
        self.problems.push(Problem::error(self.label, field, message));
    }

    /// The value of a setting; one that is null counts as left out.
    fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.table.get(key).filter(|value| !value.is_null())
    }

    fn required(&mut self, key: &'static str) {
        if self.value(key).is_none() {
            self.report(key, "it is missing".to_owned());
        }
    }

    fn read<T>(&mut self, key: &'static str, what: &str, read: impl FnOnce(&Value) -> Option<T>, slot: &mut T) {
        let Some(value) = self.value(key) else { return };
        match read(value) {
            Some(read) => *slot = read,
            None => {
                let shown = if key.starts_with("secret") { &Value::Null } else { value };
                self.report(key, expected(what, shown));
            }
        }
    }

    fn text(&mut self, key: &'static str, slot: &mut String) {
        self.read(key, "a text", |value| value.as_str().map(str::to_owned), slot);
    }

    fn flag(&mut self, key: &'static str, slot: &mut bool) {
        self.read(key, "`true` or `false`", Value::as_bool, slot);
    }

    fn whole<T: TryFrom<u64>>(&mut self, key: &'static str, slot: &mut T) {
        let read = |value: &Value| value.as_u64().and_then(|number| T::try_from(number).ok());
        self.read(key, "a whole number", read, slot);
    }

    fn duration(&mut self, key: &'static str, slot: &mut Duration) {
        self.read(key, "a duration such as `30s` or `1h`", |value| parse_duration(value.as_str()?), slot);
    }

    fn word<T: Copy>(&mut self, key: &'static str, all: &[T], word: fn(T) -> &'static str, slot: &mut T) {
        let read = |value: &Value| all.iter().copied().find(|one| Some(word(*one)) == value.as_str());
        self.read(key, &alternatives(all, word), read, slot);
    }

    /// A setting without default: the slot stays empty when it is left out or cannot be read.
    fn optional<T: Default>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'static str, &mut T),
        slot: &mut Option<T>,
    ) {
        let problems = self.problems.len();
        if self.value(key).is_none() {
            return;
        }
        let mut value = T::default();
        read(self, key, &mut value);
        if self.problems.len() == problems {
            *slot = Some(value);
        }
    }

    fn nested(&mut self, key: &'static str, read: impl FnOnce(&Value, &mut Vec<Problem>)) {
        if let Some(value) = self.value(key) {
            read(value, self.problems);
        }
    }

    fn close(mut self) {
        let unknown = self.table.keys().filter(|key| !self.known.contains(&key.as_str()));
        for key in unknown.cloned().collect::<Vec<_>>() {
            self.report(&key, "there is no such setting".to_owned());
        }
    }
}
