//! What monitoring asks for.

use super::{Server, answer::text};
use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};

const PLAIN: &str = "text/plain; charset=utf-8";

pub(super) fn router() -> Router<Server> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

/// The process lives.
async fn healthz() -> Response {
    text(StatusCode::OK, PLAIN, "ok\n".to_owned())
}

/// Requests can be served: the store can be written, and the server is not shutting down.
async fn readyz(State(server): State<Server>) -> Response {
    match tokio::task::spawn_blocking(move || server.ready()).await {
        Ok(Ok(())) => text(StatusCode::OK, PLAIN, "ready\n".to_owned()),
        Ok(Err(why)) => text(StatusCode::SERVICE_UNAVAILABLE, PLAIN, format!("{why}\n")),
        Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "the store cannot be asked\n".to_owned()),
    }
}

async fn metrics(State(server): State<Server>) -> Response {
    match tokio::task::spawn_blocking(move || server.metrics_text()).await {
        Ok(content) => text(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", content),
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, "the numbers cannot be read\n".to_owned()),
    }
}
