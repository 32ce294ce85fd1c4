//! Everything that administrators can do, as JSON.

use super::access::Access;
use axum::Router;

pub(super) fn router(access: &Access) -> Router {
    Router::new().with_state(access.clone())
}
