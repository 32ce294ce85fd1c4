//! The admin API under `/admin/api/` and the admin page under `/admin/`.

mod access;
mod api;
mod page;

pub use access::Peer;

use super::Server;
use access::Access;
use axum::Router;

/// Whether a path is one of a script that may be shown and changed: below the folder of scripts, which may be that of the
/// configuration with its secrets, and with the ending of scripts.
fn is_script_path(path: &str) -> bool {
    let outside = |part: &str| matches!(part, "" | "." | "..") || part.contains(['\\', '\0']);
    !path.split('/').any(outside) && path.ends_with(".sil") && path.len() <= 1024
}

/// Both, for whoever knows the admin key. They share the count of wrong keys.
pub(super) fn router(server: &Server) -> Router {
    let access = Access::new(server);
    Router::new().nest("/admin/api", api::router(&access)).merge(page::router(access))
}

/// Stored headers, as those of an answer are given.
fn pairs(headers: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}
