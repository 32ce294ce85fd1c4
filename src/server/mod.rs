//! Webhooks over HTTP: what [`webhook`](crate::webhook) decides, with sockets, storage and threads.
//!
//! ```no_run
//! use sil::server::{Server, ServerOptions, router};
//!
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::open(ServerOptions::new("data").admin_key("a long secret"))?;
//! let app = axum::Router::new().nest("/sil", router(&server));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! axum::serve(listener, app).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A program of its own calls [`serve`] instead of `axum::serve`: it has the limits and timeouts for callers that are
//! slow or wish no good, and it ends without breaking runs off.
//!
//! # Who owns what
//! - `options`: [`ServerOptions`], what a server is opened with.
//! - `state`: [`Server`], the shared state, and everything that can be done with it; what pages and APIs call.
//! - `hook`, `content`, `answer`: a request to a webhook, from its head to its answer (WH-50 to WH-62).
//! - `run`, `runs`: one run of a script; the list of those that go on, and the last ones that ended.
//! - `pool`: the workers that run tasks.
//! - `sqlite`: what has to outlive the process.
//! - `scripts`, `config_file`, `watch`: files that people edit.
//! - `health`, `metrics`: what monitoring asks for.
//! - `listen`: connections.
//! - `admin/`: the admin API and page. It uses the public methods of [`Server`]; nothing else uses it but [`router`].
//!
//! Rules: storage is asked on threads that may block, never in a task of the runtime. What was acknowledged is on the
//! disk. Credentials are in no log, no metric and no shown record (WH-14).

mod admin;
mod answer;
mod config_file;
mod content;
mod health;
mod hook;
mod listen;
mod metrics;
mod options;
mod pool;
mod retired;
mod run;
mod runs;
mod scripts;
mod sqlite;
mod state;
mod watch;

pub use admin::Peer;
pub use config_file::{ConfigFile, ReadConfig, check_config, parse_config, print_config};
pub use listen::serve;
pub use options::ServerOptions;
pub use run::MakeHost;
pub use runs::{ActiveRun, EndedRun, Runs};
pub use scripts::FolderScripts;
pub use sqlite::{Database, Delivery, SqliteAnswers, SqliteTasks, SqliteTokens, SqliteVariables, StoredAnswer};
pub use state::{CancelTask, OpenError, Server, TokenError};

use axum::{Router, routing::any};
use std::time::{SystemTime, UNIX_EPOCH};

/// Everything that a server answers: webhooks, health, metrics, administration. It can be nested into another
/// application; set [`base_path`](crate::webhook::ServerConfig::base_path) to the path it is nested at, so that
/// addresses are told right.
///
/// Call it inside a runtime of tokio, or at least before requests come.
pub fn router(server: &Server) -> Router {
    let around = Router::new()
        .merge(health::router())
        .with_state(server.clone())
        .merge(admin::router(server))
        .fallback(hook::nothing_here)
        .layer(axum::middleware::from_fn(answer::with_request_id));
    Router::new()
        .route("/rest/keplerrominfo/refapp/latest/webhooks/{*rest}", any(hook::serve_webhook))
        .with_state(server.clone())
        .merge(around)
}

/// Milliseconds since 1970. A clock set before that is wrong anyway.
pub(crate) fn now_millis() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
