//! What settings may be (WH-71 to WH-75).

use super::{
    Auth, JwtConfig, PoolConfig, Problem, Scheme, Secret, ServerConfig, SignatureConfig, WebhookDef, read::label_of,
};
use crate::{
    host::{check_header, is_token},
    value::Zone,
    webhook::auth::signing_key,
};
use foldhash::{HashMap, HashSet};
use std::time::Duration;

/// Bytes below which a key is weaker than the signature it makes (RFC 7518, section 3.2).
const STRONG_KEY: usize = 32;

/// All problems of a configuration: those of the server's settings, those of each webhook, and names that occur twice.
pub fn validate(config: &ServerConfig) -> Vec<Problem> {
    let mut checked = Checked::after(Vec::new());
    checked.config(config);
    checked.finish()
}

/// All problems of one webhook. `jwt` is the server's key. Names that occur twice are for [`validate`] to find.
pub fn validate_webhook(def: &WebhookDef, jwt: Option<&JwtConfig>) -> Vec<Problem> {
    let mut checked = Checked::after(Vec::new());
    checked.webhook(def, jwt.is_some(), 1);
    checked.finish()
}

/// All problems of one webhook that is to be served beside others.
pub(in crate::webhook) fn validate_beside(
    def: &WebhookDef,
    others: &[WebhookDef],
    jwt: Option<&JwtConfig>,
) -> Vec<Problem> {
    let mut checked = Checked::after(Vec::new());
    checked.webhook(def, jwt.is_some(), 1);
    if let Some(other) = others.iter().find(|other| other.name.eq_ignore_ascii_case(&def.name)) {
        checked.twice(&def.name, &other.name);
    }
    checked.finish()
}

/// All problems of webhooks that are to be served together. `jwt` is the server's key.
pub(in crate::webhook) fn validate_webhooks(defs: &[WebhookDef], jwt: Option<&JwtConfig>) -> Vec<Problem> {
    let mut checked = Checked::after(Vec::new());
    checked.webhooks(defs, jwt.is_some());
    checked.finish()
}

/// Collects problems, one for each setting that could not even be read.
pub(super) struct Checked {
    problems: Vec<Problem>,
    /// Settings that stand at their default because reading them failed.
    unread: HashSet<(Option<String>, String)>,
    label: Option<String>,
}

impl Checked {
    pub(super) fn after(problems: Vec<Problem>) -> Self {
        let unread = problems.iter().map(|problem| (problem.webhook.clone(), problem.field.clone())).collect();
        Self { problems, unread, label: None }
    }

    pub(super) fn finish(self) -> Vec<Problem> {
        self.problems
    }

    fn report(&mut self, field: &str, message: impl Into<String>) {
        let unread = |field: &str| self.unread.contains(&(self.label.clone(), field.to_owned()));
        // A webhook that is no table at all stands as a whole at its default.
        let none_read = self.label.is_some() && unread("");
        if !none_read && !unread(field) {
            self.problems.push(Problem::error(self.label.as_deref(), field, message));
        }
    }

    fn warn(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(Problem::warning(self.label.as_deref(), field, message));
    }

    pub(super) fn config(&mut self, config: &ServerConfig) {
        self.label = None;
        if !is_address(&config.listen) {
            self.report("listen", format!("expected an address and a port, found `{}`", config.listen));
        }
        if !is_base_path(&config.base_path) {
            let message = "expected nothing, or segments that each start with `/`, such as `/refapp`";
            self.report("base_path", format!("{message}, found `{}`", config.base_path));
        }
        self.positive("sync_timeout", config.sync_timeout);
        self.at_least_one("max_sync_runs", u64::from(config.max_sync_runs));
        if !matches!(config.async_status, 200 | 202) {
            self.report("async_status", format!("expected 200 or 202, found {}", config.async_status));
        }
        self.positive("retention", config.retention);
        if Zone::named(&config.token_time_zone).is_none() {
            self.report("token_time_zone", format!("`{}` is no time zone", config.token_time_zone));
        }
        self.pool(&config.pool, "pool.");
        if let Some(jwt) = &config.jwt {
            self.jwt(jwt);
        }
        self.webhooks(&config.webhooks, config.jwt.is_some());
    }

    pub(super) fn pool(&mut self, pool: &PoolConfig, prefix: &str) {
        self.at_least_one(&format!("{prefix}threads"), u64::from(pool.threads));
        if pool.threads > 1024 {
            self.report(&format!("{prefix}threads"), format!("at most 1024 are possible, found {}", pool.threads));
        }
        self.positive(&format!("{prefix}max_script_runtime"), pool.max_script_runtime);
        self.positive(&format!("{prefix}checkpoint_interval"), pool.checkpoint_interval);
        self.at_least_one(&format!("{prefix}max_queue"), pool.max_queue);
    }

    /// Each webhook, and no two of one name; names that differ in case only are one name (WH-72).
    pub(super) fn webhooks(&mut self, defs: &[WebhookDef], server_has_jwt: bool) {
        let mut first: HashMap<String, String> = HashMap::default();
        for (number, def) in (1usize..).zip(defs) {
            self.webhook(def, server_has_jwt, number);
            if def.name.is_empty() {
                continue;
            }
            match first.get(&def.name.to_ascii_lowercase()) {
                Some(other) => {
                    let other = other.clone();
                    self.twice(&def.name, &other);
                }
                None => {
                    first.insert(def.name.to_ascii_lowercase(), def.name.clone());
                }
            }
        }
    }

    fn twice(&mut self, name: &str, other: &str) {
        if name == other {
            self.report("name", "another webhook has this name");
        } else {
            self.report("name", format!("the name differs from that of the webhook `{other}` in case only"));
        }
    }

    pub(super) fn webhook(&mut self, def: &WebhookDef, server_has_jwt: bool, number: usize) {
        self.label = Some(label_of(&def.name, number));
        self.name(&def.name);
        if def.methods.is_empty() {
            self.report("methods", "at least one method is needed");
        }
        if def.script.trim().is_empty() {
            self.report("script", "a script is needed");
        }
        if let Some(timeout) = def.timeout {
            self.positive("timeout", timeout);
        }
        if let Some(runs) = def.max_concurrency {
            self.at_least_one("max_concurrency", u64::from(runs));
        }
        self.at_least_one("max_attempts", u64::from(def.max_attempts));
        if def.max_attempts > 1 && def.synchronous {
            self.warn("max_attempts", "it has no effect on a synchronous webhook");
        }
        if let Some(media_type) = &def.content_type
            && !is_media_type(media_type)
        {
            self.report("content_type", format!("expected a type such as `text/csv`, found `{media_type}`"));
        }
        for (name, value) in &def.response_headers {
            if let Err(error) = check_header(name, value) {
                self.report("response_headers", error.message());
            }
        }
        for origin in &def.cors_origins {
            if !is_origin(origin) {
                let message = format!("expected `*` or an origin such as `https://example.com`, found `{origin}`");
                self.report("cors_origins", message);
            }
        }
        match (&def.signature, def.auth) {
            (Some(signature), _) => self.signature(signature),
            (None, Auth::Signature) => self.report("signature", "a signature needs `secrets`"),
            (None, _) => {}
        }
        match (&def.jwt, def.auth) {
            (Some(jwt), _) => self.jwt(jwt),
            (None, Auth::Jwt) if !server_has_jwt => self.report("jwt", "a JSON Web Token needs a `secret`"),
            (None, _) => {}
        }
    }

    fn name(&mut self, name: &str) {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        if name.is_empty() {
            self.report("name", "a name is needed");
        } else if name.len() > 64 {
            self.report("name", format!("at most 64 characters are possible, found {}", name.chars().count()));
        } else if !name.bytes().all(inner) {
            self.report("name", "only the letters `a` to `z`, digits, `.`, `_`, `~` and `-` are possible");
        } else if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            self.report("name", "the first character has to be a letter or a digit");
        }
    }

    fn signature(&mut self, signature: &SignatureConfig) {
        if signature.secrets.is_empty() {
            self.report("signature.secrets", "at least one secret is needed");
        }
        for secret in &signature.secrets {
            self.secret("signature.secrets", secret);
            if signature.scheme == Scheme::Standard && signing_key(secret.reveal()).is_none() {
                self.report("signature.secrets", "what follows `whsec_` is not base64");
            }
        }
        self.positive("signature.tolerance", signature.tolerance);
    }

    fn jwt(&mut self, jwt: &JwtConfig) {
        self.secret("jwt.secret", &jwt.secret);
        if !jwt.secret.is_hidden() && (1..STRONG_KEY).contains(&jwt.secret.reveal().len()) {
            self.warn(
                "jwt.secret",
                format!("a secret of less than {STRONG_KEY} bytes is easier to guess than to sign"),
            );
        }
    }

    fn secret(&mut self, field: &str, secret: &Secret) {
        if secret.reveal().is_empty() {
            self.report(field, "a secret cannot be empty");
        } else if secret.is_hidden() {
            self.report(field, "the place holder of a secret that is not shown cannot be a secret");
        }
    }

    fn positive(&mut self, field: &str, duration: Duration) {
        if duration.is_zero() {
            self.report(field, "it has to be longer than nothing");
        }
    }

    fn at_least_one(&mut self, field: &str, number: u64) {
        if number == 0 {
            self.report(field, "it has to be at least 1");
        }
    }
}

/// Host and port; whether the host is there is for the system to say.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    !host.is_empty() && !host.contains(char::is_whitespace) && port.parse::<u16>().is_ok()
}

fn is_base_path(path: &str) -> bool {
    let segment = |segment: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
    };
    path.is_empty() || path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment))
}

fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    is_token(kind) && is_token(subtype) && check_header("Content-Type", text).is_ok()
}

/// As browsers send it: scheme and host, no path.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = |rest: &str| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '\\']) && rest.is_ascii();
    text == "*" || rest.is_some_and(|rest| host(rest) && !rest.contains(|c: char| c <= ' '))
}
