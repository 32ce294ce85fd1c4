//! What comes in and goes out: contents, queries, answers, failures.

use crate::{
    server::{admin::access::Access, answer::response_of, content},
    webhook::{Problem, StoreError, WebhookDef, parse_query},
};
use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

/// Bytes of a content. A script of the largest size fits, and a request that is tried, with room for its escapes.
const MAX_CONTENT: u64 = 16 << 20;

/// Why something was not done.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    status: u16,
    detail: String,
    problems: Vec<Problem>,
    headers: Vec<(HeaderName, String)>,
}

impl Failure {
    pub(super) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), problems: Vec::new(), headers: Vec::new() }
    }

    /// What was sent has problems, which are told with their fields.
    pub(super) fn invalid(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::new(422, "what was sent has problems") }
    }

    /// One problem of one field.
    pub(super) fn field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![Problem::error(None, field, message)])
    }

    pub(super) fn no_webhook() -> Self {
        Self::new(404, "there is no webhook of this name")
    }

    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn status(self, status: u16, detail: &str) -> Self {
        Self { status, detail: detail.to_owned(), ..self }
    }

    /// The problem document.
    pub(super) fn document(self, request_id: Option<&str>) -> Response {
        let mut answer = super::problem(self.status, &self.detail, request_id);
        if !self.problems.is_empty()
            && let Ok(Value::Object(mut document)) = serde_json::from_str(answer.content())
            && let Ok(problems) = serde_json::to_value(&self.problems)
        {
            document.insert("problems".to_owned(), problems);
            let media_type = ("Content-Type".to_owned(), "application/problem+json".to_owned());
            answer = crate::webhook::Answer::new(self.status, Value::Object(document).to_string(), &[media_type]);
        }
        for (name, value) in self.headers {
            answer = answer.and(name.as_str(), &value);
        }
        response_of(answer, request_id.unwrap_or_default())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!("the store failed for an administrator: {error}");
        Self::new(503, "the store failed").header(header::RETRY_AFTER, "1")
    }
}

impl IntoResponse for Failure {
    /// Further out, it becomes a document.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What was done.
#[derive(Debug)]
pub(super) struct Done {
    status: StatusCode,
    content: Option<Value>,
    headers: Vec<(HeaderName, String)>,
}

impl Done {
    pub(super) fn ok(content: Value) -> Self {
        Self { status: StatusCode::OK, content: Some(content), headers: Vec::new() }
    }

    pub(super) fn created(content: Value) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(content) }
    }

    /// It was asked for, and will be done.
    pub(super) fn accepted(content: Value) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(content) }
    }

    pub(super) fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, content: None, headers: Vec::new() }
    }

    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        if let Some(content) = self.content {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *response.body_mut() = Body::from(content.to_string());
        }
        response
    }
}

pub(super) type Reply = Result<Done, Failure>;

/// Does something where a thread may block.
pub(super) async fn blocking(access: Access, work: impl FnOnce(&Access) -> Reply + Send + 'static) -> Reply {
    match tokio::task::spawn_blocking(move || work(&access)).await {
        Ok(reply) => reply,
        Err(_) => Err(Failure::new(500, "the server broke off")),
    }
}

/// A table of JSON that was sent. Its fields are taken one after the other; what is left over is unknown.
pub(super) struct Given {
    fields: Map<String, Value>,
    problems: Vec<Problem>,
}

impl<S: Sync> FromRequest<S> for Given {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (head, body) = request.into_parts();
        let header = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
        let essence = header(header::CONTENT_TYPE).and_then(|media_type| media_type.split(';').next());
        if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Failure::new(415, "the content has to be `application/json`"));
        }
        if header(header::CONTENT_ENCODING).is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity")) {
            let failure = Failure::new(415, "the content cannot be coded");
            return Err(failure.header(header::ACCEPT_ENCODING, "identity"));
        }
        let declared = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        let read = match declared {
            Some(length) if length > MAX_CONTENT => Err(content::Unread::TooLarge),
            _ => content::read(body, MAX_CONTENT).await,
        };
        let bytes = read.map_err(|unread| {
            Failure::new(
                unread.status(),
                match unread {
                    content::Unread::TooLarge => "the content is larger than 16 MiB",
                    content::Unread::TooSlow | content::Unread::Broken => unread.detail(),
                },
            )
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self { fields, problems: Vec::new() }),
            Ok(_) => Err(Failure::field("", "expected a table of fields")),
            Err(error) => Err(Failure::new(400, format!("the content is not JSON: {error}"))),
        }
    }
}

impl Given {
    fn taken<T>(&mut self, key: &str, what: &str, read: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let value = self.fields.shift_remove(key).filter(|value| !value.is_null())?;
        let read = read(value);
        if read.is_none() {
            self.problems.push(Problem::error(None, key, format!("expected {what}")));
        }
        read
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.taken(key, "a text", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// A text that has to be there. Nothing comes of it otherwise: [`close`](Self::close) fails.
    pub(super) fn needed(&mut self, key: &str) -> String {
        if self.fields.get(key).is_none_or(Value::is_null) {
            self.problems.push(Problem::error(None, key, "it is missing"));
        }
        self.text(key).unwrap_or_default()
    }

    /// All the rest, without fields that answers have and that cannot be set.
    pub(super) fn rest(self, read_only: &[&str]) -> Map<String, Value> {
        let mut fields = self.fields;
        fields.retain(|key, _| !read_only.contains(&key.as_str()));
        fields
    }

    /// Gives all problems, those of unknown fields too.
    pub(super) fn close(mut self) -> Result<(), Failure> {
        let unknown = self.fields.keys().map(|key| Problem::error(None, key, "there is no such field"));
        self.problems.extend(unknown);
        if self.problems.is_empty() { Ok(()) } else { Err(Failure::invalid(self.problems)) }
    }
}

/// The query of a request, read like a [`Given`].
pub(super) struct Query {
    params: Vec<(String, Vec<String>)>,
    problems: Vec<Problem>,
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;

    async fn from_request_parts(head: &mut Parts, _: &S) -> Result<Self, Failure> {
        let params = parse_query(head.uri.query().unwrap_or_default());
        let params = params.into_iter().map(|param| (param.name, param.values)).collect();
        Ok(Self { params, problems: Vec::new() })
    }
}

impl Query {
    pub(super) fn read<T>(&mut self, key: &str, what: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let place = self.params.iter().position(|(name, _)| name == key)?;
        let (_, values) = self.params.remove(place);
        let read = match values.as_slice() {
            [one] => read(one),
            _ => None,
        };
        if read.is_none() {
            self.problems.push(Problem::error(None, key, format!("expected {what}, once")));
        }
        read
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        let read = |text: &str| match text {
            "true" | "" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        self.read(key, "`true` or `false`", read).unwrap_or(false)
    }

    pub(super) fn limit(&mut self, most: usize) -> usize {
        let read = |text: &str| text.parse().ok().filter(|number| (1..=most).contains(number));
        self.read("limit", &format!("a number from 1 to {most}"), read).unwrap_or(most.min(100))
    }

    pub(super) fn close(mut self) -> Result<(), Failure> {
        let unknown = self.params.iter().map(|(name, _)| Problem::error(None, name, "there is no such parameter"));
        self.problems.extend(unknown);
        if self.problems.is_empty() { Ok(()) } else { Err(Failure::invalid(self.problems)) }
    }
}

/// Whether a header `If-Match` allows to change what has this version.
pub(super) fn matches(head: Option<&HeaderValue>, version: &str) -> bool {
    let Some(given) = head else { return true };
    let tags = given.to_str().unwrap_or_default();
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_matches('"') == version)
}

/// Puts the secrets of the webhook as it is where a new form of it has the place holder. Done before it is read, since
/// reading refuses place holders.
pub(super) fn fill_secrets(fields: &mut Map<String, Value>, old: &WebhookDef) {
    let keys = old.signature.as_ref().map(|signature| signature.secrets.as_slice()).unwrap_or_default();
    let secrets = match fields.get_mut("signature") {
        Some(Value::Object(table)) => table.get_mut("secrets"),
        other => other,
    };
    match secrets {
        Some(Value::Array(list)) => {
            for (secret, old) in list.iter_mut().zip(keys) {
                fill(secret, old.reveal());
            }
        }
        Some(secret) => {
            if let Some(old) = keys.first() {
                fill(secret, old.reveal());
            }
        }
        None => {}
    }
    let secret = match fields.get_mut("jwt") {
        Some(Value::Object(table)) => table.get_mut("secret"),
        other => other,
    };
    if let (Some(secret), Some(old)) = (secret, &old.jwt) {
        fill(secret, old.secret.reveal());
    }
}

fn fill(secret: &mut Value, old: &str) {
    if secret.as_str() == Some(crate::webhook::HIDDEN) {
        *secret = old.into();
    }
}
