//! The admin API under `/admin/api/` and the admin page under `/admin/`.

mod page;

use super::Server;
use axum::Router;

/// Both, for whoever knows the admin key.
pub(super) fn router(server: &Server) -> Router {
    page::router(server)
}
