//! The admin API under `/admin/api/` and the admin page under `/admin/`.

mod access;
mod api;
mod page;

pub use access::Peer;

use super::Server;
use access::Access;
use axum::Router;

/// Both, for whoever knows the admin key. They share the count of wrong keys.
pub(super) fn router(server: &Server) -> Router {
    let access = Access::new(server);
    Router::new().nest("/admin/api", api::router(&access)).merge(page::router(access))
}
