use super::{Auth, JwtConfig, WebhookDef, duration};
use crate::limits::Limits;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The settings of a server: one configuration file.
///
/// The defaults are those of a server that only its own machine can reach.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub struct ServerConfig {
    /// Address and port to listen on. Default `127.0.0.1:8080`.
    pub listen: String,
    /// What comes before `/rest/...` in addresses (WH-50). Default empty.
    pub base_path: String,
    /// Time limit of a synchronous run (WH-60). Default 30 seconds.
    #[serde(serialize_with = "duration::serialize")]
    pub sync_timeout: Duration,
    /// Synchronous runs at the same time. Default 64.
    pub max_sync_runs: u32,
    /// Largest content of a request (WH-59). Default 10 MiB.
    pub max_body_bytes: u64,
    /// Largest content of an answer (WH-26). Default 10 MiB.
    pub max_response_bytes: u64,
    /// Status of the answer to an asynchronous call (WH-62): 200 or 202. Default 200.
    pub async_status: u16,
    /// Answers carry the message and the place of script errors (WH-45). Default false.
    pub expose_errors: bool,
    /// `runSILInline` may compile text (WH-32). Default false.
    pub allow_inline: bool,
    /// How long records of finished tasks are kept (WH-94). Default 7 days.
    #[serde(serialize_with = "duration::serialize")]
    pub retention: Duration,
    /// Time zone in which tokens end with their day (WH-82). Default `UTC`.
    pub token_time_zone: String,
    /// The thread pool of asynchronous runs.
    pub pool: PoolConfig,
    /// Key of webhooks with `auth = "jwt"` that have none of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<JwtConfig>,
    /// The webhooks.
    #[serde(rename = "webhook", skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<WebhookDef>,
}

/// The thread pool of asynchronous runs (WH-64).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub struct PoolConfig {
    /// Scripts that run at the same time. Default 10.
    pub threads: u32,
    /// A script that runs longer is ended. Default 1 hour.
    #[serde(serialize_with = "duration::serialize")]
    pub max_script_runtime: Duration,
    /// How often the watchdog looks for runs that are over. Default 1 minute.
    #[serde(serialize_with = "duration::serialize")]
    pub checkpoint_interval: Duration,
    /// Tasks that may wait (WH-67). Default 10,000.
    pub max_queue: u64,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            base_path: String::new(),
            sync_timeout: Duration::from_secs(30),
            max_sync_runs: 64,
            max_body_bytes: 10 << 20,
            max_response_bytes: 10 << 20,
            async_status: 200,
            expose_errors: false,
            allow_inline: false,
            retention: Duration::from_secs(7 * 24 * 3600),
            token_time_zone: "UTC".to_owned(),
            pool: PoolConfig::default(),
            jwt: None,
            webhooks: Vec::new(),
        }
    }
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            threads: 10,
            max_script_runtime: Duration::from_secs(3600),
            checkpoint_interval: Duration::from_secs(60),
            max_queue: 10_000,
        }
    }
}

impl ServerConfig {
    /// Largest content of a request to a webhook (WH-59).
    pub fn body_limit(&self, def: &WebhookDef) -> u64 {
        def.max_body_bytes.unwrap_or(self.max_body_bytes)
    }

    /// Time limit of a run of a webhook (WH-60, WH-64).
    pub fn time_limit(&self, def: &WebhookDef) -> Duration {
        let default = if def.synchronous { self.sync_timeout } else { self.pool.max_script_runtime };
        def.timeout.unwrap_or(default)
    }

    /// Limits of a run of a webhook. Time takes the place of fuel: a script that may run for an hour may also work for
    /// an hour.
    pub fn run_limits(&self, def: &WebhookDef) -> Limits {
        let response = usize::try_from(self.max_response_bytes).unwrap_or(usize::MAX);
        Limits::default().fuel(u64::MAX).timeout(Some(self.time_limit(def))).response_size(response)
    }

    /// The key of a webhook with `auth = "jwt"`.
    pub fn jwt_of<'a>(&'a self, def: &'a WebhookDef) -> Option<&'a JwtConfig> {
        def.jwt.as_ref().or(self.jwt.as_ref()).filter(|_| def.auth == Auth::Jwt)
    }
}
