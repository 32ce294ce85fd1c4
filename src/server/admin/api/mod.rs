//! Everything that administrators can do, as JSON.
//!
//! Each file lists its [`Operation`]s. The routes and their description are made of the same list, so that there is no
//! route without description.

mod exchange;
mod openapi;
mod pool;
mod scripts;
mod tasks;
mod tokens;
mod trial;
mod webhooks;

use super::access::{Access, Refused, source_of};
use crate::{server::answer::incoming_id, webhook::Answer};
use axum::{
    Router,
    extract::{Request, State},
    http::header,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use exchange::Failure;

/// One method of one path.
struct Operation {
    method: &'static str,
    /// Below `/admin/api`.
    path: &'static str,
    handler: MethodRouter<Access>,
    id: &'static str,
    summary: &'static str,
    /// Name and meaning of parameters of the query.
    query: &'static [(&'static str, &'static str)],
    /// The schema of the content.
    content: Option<&'static str>,
    /// Status and schema of the answer when all is well.
    answer: (u16, Option<&'static str>),
    /// Further statuses, beside those that follow from the rest.
    failures: &'static [u16],
}

impl Operation {
    fn new(
        method: &'static str,
        path: &'static str,
        handler: MethodRouter<Access>,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self { method, path, handler, id, summary, query: &[], content: None, answer: (204, None), failures: &[] }
    }

    fn query(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    fn takes(self, schema: &'static str) -> Self {
        Self { content: Some(schema), ..self }
    }

    fn gives(self, status: u16, schema: &'static str) -> Self {
        Self { answer: (status, Some(schema)), ..self }
    }

    fn fails(self, failures: &'static [u16]) -> Self {
        Self { failures, ..self }
    }
}

/// All that needs the key.
fn operations() -> Vec<Operation> {
    let mut all = webhooks::operations();
    all.extend(trial::operations());
    all.extend(tokens::operations());
    all.extend(scripts::operations());
    all.extend(tasks::operations());
    all.extend(pool::operations());
    all
}

pub(super) fn router(access: &Access) -> Router {
    let mut guarded = Router::new();
    for operation in operations() {
        guarded = guarded.route(operation.path, operation.handler);
    }
    let guarded = guarded.fallback(nothing_here).layer(from_fn_with_state(access.clone(), guard));
    // The description tells nothing of this server but its base path.
    let open = openapi::operation();
    let open = Router::new().route(open.path, open.handler);
    guarded.merge(open).layer(from_fn(complete)).with_state(access.clone())
}

async fn nothing_here() -> Failure {
    Failure::new(404, "the admin API has nothing at this address")
}

/// Lets those pass who have the key.
async fn guard(State(access): State<Access>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = given.and_then(|given| {
        let (scheme, key) = given.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    let Some(key) = key else {
        let failure = Failure::new(401, "the admin key is needed, as `Authorization: Bearer`");
        return failure.header(header::WWW_AUTHENTICATE, "Bearer realm=\"admin\"").into_response();
    };
    let source = source_of(request.extensions());
    match access.check(source, key) {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            let request_id = incoming_id(request.headers());
            tracing::warn!(request_id, source = source.map(tracing::field::display), "wrong admin key: {refused:?}");
            let failure = match refused {
                Refused::WrongKey => Failure::new(401, "the admin key is wrong")
                    .header(header::WWW_AUTHENTICATE, "Bearer realm=\"admin\", error=\"invalid_token\""),
                Refused::TooMany { retry_after } => Failure::new(429, "there were too many wrong admin keys")
                    .header(header::RETRY_AFTER, &retry_after.to_string()),
            };
            failure.into_response()
        }
    }
}

/// Makes a problem document of each failure, those of the router included.
async fn complete(request: Request, next: Next) -> Response {
    let id = incoming_id(request.headers()).unwrap_or_default().to_owned();
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    if status < 400 {
        return response;
    }
    let failure = response.extensions_mut().remove::<Failure>();
    let failure = failure.unwrap_or_else(|| {
        Failure::new(
            status,
            match status {
                405 => "there is no such method at this address",
                _ => "the request is malformed",
            },
        )
    });
    let allow = response.headers_mut().remove(header::ALLOW);
    let mut response = failure.document(Some(id.as_str()).filter(|id| !id.is_empty()));
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// The document of a problem as webhooks answer it.
fn problem(status: u16, detail: &str, request_id: Option<&str>) -> Answer {
    Answer::problem_of(status, None, detail, request_id)
}
