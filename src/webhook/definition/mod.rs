//! What a webhook is: name, methods, script, and the rest of its settings; and the settings of a server (WH-70).
//!
//! Configurations are read from a [`serde_json::Value`], whatever text they came from, so that one reader can report
//! every problem of a whole configuration at once (WH-75). `Deserialize` goes through the same reader.

mod config;
mod duration;
mod problem;
mod read;
mod secret;
mod validate;
mod words;

pub use config::{PoolConfig, ServerConfig};
pub use duration::{parse_duration, print_duration};
pub use problem::{Problem, has_errors};
pub use read::{read_config, read_webhook};
pub use secret::{HIDDEN, Secret};
pub use validate::{validate, validate_webhook};
pub(super) use validate::{validate_beside, validate_webhooks};
pub(crate) use words::words;
pub use words::{Auth, Binary, Method, Scheme, allow_header};

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// A webhook: a script bound to a name and methods.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub struct WebhookDef {
    /// Identifies the webhook and is a segment of its address (WH-71).
    pub name: String,
    /// Its methods, each once (WH-73).
    pub methods: Vec<Method>,
    /// Path of the script, as the [`ScriptSource`](super::ScriptSource) understands it (WH-74).
    pub script: String,
    /// The caller waits for the script (WH-60). Default true.
    pub synchronous: bool,
    /// Who may call (WH-80). Default token.
    pub auth: Auth,
    /// Serves requests; otherwise its address is not there. Default true.
    pub enabled: bool,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Time limit of a run, in place of the server's.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "duration::serialize_option")]
    pub timeout: Option<Duration>,
    /// Requests that may run or wait at the same time; one more is answered with 429.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<u32>,
    /// How often an asynchronous run may be started (WH-66). Default 1.
    pub max_attempts: u32,
    /// Pause before the second attempt; it doubles with each further one. Default 10 seconds.
    #[serde(serialize_with = "duration::serialize")]
    pub backoff: Duration,
    /// Content type of answers, unless the script sets one (WH-23).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Origins of pages that may call; `*` for all (WH-55).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cors_origins: Vec<String>,
    /// Largest content, in place of the server's (WH-59).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_body_bytes: Option<u64>,
    /// What becomes of content that is not text; otherwise it is refused (WH-7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<Binary>,
    /// Keeps payloads with the records of finished tasks, so that they can be replayed (WH-94). Default true.
    pub keep_payload: bool,
    /// Headers of answers, unless the script sets the same ones (WH-23).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub response_headers: BTreeMap<String, String>,
    /// Keys of `auth = "signature"` (WH-88).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureConfig>,
    /// Key of `auth = "jwt"`, in place of the server's (WH-87).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<JwtConfig>,
}

/// How signatures of requests are verified (WH-88).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SignatureConfig {
    /// How they are made. Default standard.
    pub scheme: Scheme,
    /// Any of these keys will do, so that they can be changed one after the other. With the standard scheme, a key that
    /// starts with `whsec_` is base64 behind that; any other key is its own text.
    pub secrets: Vec<Secret>,
    /// How far the sender's clock may be off, in both directions. Default 5 minutes.
    #[serde(serialize_with = "duration::serialize")]
    pub tolerance: Duration,
}

/// How JSON Web Tokens are verified (WH-87).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct JwtConfig {
    /// Key of the HS256 signature.
    pub secret: Secret,
    /// `iss` has to be this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// `aud` has to be this, or has to list it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

impl WebhookDef {
    /// A synchronous webhook with default settings.
    ///
    /// ```
    /// use sil::webhook::{Auth, Method, WebhookDef};
    /// let def = WebhookDef::new("orders", [Method::Post], "orders.sil");
    /// assert!(def.synchronous && def.auth == Auth::Token);
    /// ```
    pub fn new(name: impl Into<String>, methods: impl Into<Vec<Method>>, script: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            methods: methods.into(),
            script: script.into(),
            synchronous: true,
            auth: Auth::default(),
            enabled: true,
            description: None,
            timeout: None,
            max_concurrency: None,
            max_attempts: 1,
            backoff: Duration::from_secs(10),
            content_type: None,
            cors_origins: Vec::new(),
            max_body_bytes: None,
            binary: None,
            keep_payload: true,
            response_headers: BTreeMap::new(),
            signature: None,
            jwt: None,
        }
    }

    /// The definition with [`HIDDEN`] in the place of each secret, for people to see.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        for secret in self.secrets_mut() {
            *secret = Secret::new(HIDDEN);
        }
        self
    }

    /// Puts the secrets of an older definition where this one has [`HIDDEN`], so that a form that never showed them
    /// can be saved. Those that the older one does not have stay hidden, which [`validate`] reports.
    #[must_use]
    pub fn with_secrets_of(mut self, older: &Self) -> Self {
        let old = older.signature.as_ref().map(|signature| signature.secrets.as_slice()).unwrap_or_default();
        if let Some(signature) = &mut self.signature {
            for (secret, old) in signature.secrets.iter_mut().zip(old) {
                if secret.is_hidden() {
                    *secret = old.clone();
                }
            }
        }
        if let (Some(jwt), Some(old)) = (&mut self.jwt, &older.jwt)
            && jwt.secret.is_hidden()
        {
            jwt.secret = old.secret.clone();
        }
        self
    }

    fn secrets_mut(&mut self) -> impl Iterator<Item = &mut Secret> {
        let signature = self.signature.iter_mut().flat_map(|signature| signature.secrets.iter_mut());
        signature.chain(self.jwt.iter_mut().map(|jwt| &mut jwt.secret))
    }
}
