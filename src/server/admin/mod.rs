//! The admin API under `/admin/api/` and the admin page under `/admin/`.

use super::Server;
use axum::Router;

/// Both, for whoever knows the admin key.
pub(super) fn router(server: &Server) -> Router {
    Router::new().with_state(server.clone())
}
