//! The admin page under `/admin/`: plain forms and tables, made on the server, for browsers of every kind. There is no
//! JavaScript.
//!
//! - `visit`: a request of somebody who has logged in; no page can be had without one.
//! - `session`: who has logged in, and the login itself.
//! - `layout`: what all pages look like.
//! - `hooks`, `hook_form`, `tokens`, `scripts`, `trial`, `tasks`, `threads`: the pages.
//!
//! Rules: whatever changes something is a POST with the token of its session, which [`Visit`] has checked. Texts get
//! into a page through `maud`, which escapes them; nothing here makes HTML in any other way.

mod hook_form;
mod hooks;
mod layout;
mod scripts;
mod session;
mod tasks;
mod threads;
mod tokens;
mod trial;
mod visit;

use super::{Server, access::Access};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, header},
    middleware::{Next, from_fn},
    response::Response,
    routing::{MethodRouter, get},
};
use session::Sessions;
use std::sync::Arc;
use visit::Visit;

/// Bytes of a form: a script, whose letters may take three times their size.
const MAX_FORM: usize = 8 << 20;
/// Nothing comes from anywhere else, no script runs, and no other page shows these in a frame.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the pages share.
#[derive(Clone)]
struct Page {
    server: Server,
    access: Access,
    sessions: Arc<Sessions>,
}

/// What a page does with a visit. It may block.
type Step = fn(&Visit) -> Response;

/// The pages.
pub(super) fn router(access: Access) -> Router {
    Router::new()
        .route("/admin", get(session::to_front))
        .route("/admin/style.css", get(style))
        .route("/admin/login", get(session::form).post(session::enter))
        .route("/admin/logout", post_only(session::leave))
        .route("/admin/", show(hooks::list))
        .route("/admin/add", both(hooks::add, hooks::create))
        .route("/admin/hooks/{name}", both(hooks::edit, hooks::save))
        .route("/admin/hooks/{name}/delete", both(hooks::ask_delete, hooks::delete))
        .route("/admin/hooks/{name}/tokens", both(tokens::list, tokens::create))
        .route("/admin/hooks/{name}/tokens/revoke", post_only(tokens::revoke))
        .route("/admin/hooks/{name}/tokens/expire", both(tokens::ask_expire, tokens::expire))
        .route("/admin/hooks/{name}/try", both(trial::form, trial::run))
        .route("/admin/scripts", show(scripts::list))
        .route("/admin/script", both(scripts::edit, scripts::act))
        .route("/admin/script/delete", both(scripts::ask_delete, scripts::delete))
        .route("/admin/tasks", show(tasks::list))
        .route("/admin/tasks/cancel", both(tasks::ask_cancel_waiting, tasks::cancel_waiting))
        .route("/admin/tasks/{id}", show(tasks::record))
        .route("/admin/tasks/{id}/cancel", both(tasks::ask_cancel, tasks::cancel))
        .route("/admin/tasks/{id}/replay", post_only(tasks::replay))
        .route("/admin/threads", show(threads::list))
        .route("/admin/threads/{id}/cancel", both(threads::ask_cancel, threads::cancel))
        .route("/admin/pool", both(threads::pool, threads::save_pool))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(from_fn(guarded))
        .with_state(Page { server: access.server().clone(), access, sessions: Arc::default() })
}

fn show(step: Step) -> MethodRouter<Page> {
    get(move |visit: Visit| visit.take(step))
}

fn post_only(step: Step) -> MethodRouter<Page> {
    axum::routing::post(move |visit: Visit| visit.take(step))
}

fn both(form: Step, act: Step) -> MethodRouter<Page> {
    show(form).post(move |visit: Visit| visit.take(act))
}

async fn style(State(_): State<Page>) -> Response {
    layout::style()
}

/// What browsers have to know of every page.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
