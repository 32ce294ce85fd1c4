//! Answers as responses of HTTP.

use crate::webhook::{Answer, accepted_request_id};
use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{self, Entry},
    },
    middleware::Next,
    response::Response,
};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::{
    borrow::Cow,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id that came with a request, if it may be taken over (WH-95).
pub(super) fn incoming_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).and_then(accepted_request_id)
}

/// The response of an answer. The content of one to HEAD is cut off further out, which knows its length then (WH-54).
pub(super) fn response_of(answer: Answer, request_id: &str) -> Response {
    let bare = matches!(answer.status(), 204 | 205 | 304);
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let (status, (fields, content)) = (answer.status(), answer.into_parts());
    let headers = response.headers_mut();
    for (name, value) in fields {
        let value = match value {
            Cow::Borrowed(value) => Ok(HeaderValue::from_static(value)),
            Cow::Owned(value) => HeaderValue::try_from(value),
        };
        // Scripts and configurations cannot set others than these; one that is none is left out.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value) {
            headers.append(name, value);
        }
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    *response.body_mut() = match status {
        // 205 may have a length, and it is zero.
        205 => Body::empty(),
        _ if bare => Body::new(Nothing),
        _ => Body::from(content),
    };
    response
}

/// A body without length: an empty one would give a 204 the header `Content-Length: 0` (WH-43).
struct Nothing;

impl HttpBody for Nothing {
    type Data = axum::body::Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
        Poll::Ready(None)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::new()
    }
}

/// Gives each answer an `X-Request-Id`, the one that came or a new one, and lets those behind it see it in the request.
pub(super) async fn with_request_id(mut request: Request, next: Next) -> Response {
    let id = match incoming_id(request.headers()) {
        Some(id) => id.to_owned(),
        None => new_id(),
    };
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = value.clone() {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let mut response = next.run(request).await;
    if let (Entry::Vacant(place), Some(value)) = (response.headers_mut().entry(REQUEST_ID), value) {
        place.insert(value);
    }
    response
}

fn new_id() -> String {
    use crate::{host::Random, local::OsRandom};
    format!("req-{:016x}", OsRandom.next_u64())
}

/// A plain text, for people and for monitoring.
pub(super) fn text(status: StatusCode, content_type: &'static str, content: String) -> Response {
    let mut response = Response::new(Body::from(content));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
