//! A request of somebody who has logged in.

use super::{Page, Step, layout, session};
use crate::webhook::Entry;
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, OriginalUri, Query, RawPathParams, Request},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// A request with a session. For a POST, the fields of its form came from a page of that session.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) page: Page,
    pub(super) headers: HeaderMap,
    /// The base path of the server.
    pub(super) base: String,
    /// The secret of the session.
    pub(super) secret: String,
    /// What the query holds.
    pub(super) query: Fields,
    /// What the form holds.
    pub(super) fields: Fields,
    path: Vec<(String, String)>,
}

/// Names and values, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The first value of a name, or nothing.
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// All values of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is a value, which for a box means that it is ticked.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// The first value of a name, without the carriage returns that browsers put into texts of several lines.
    pub(super) fn text(&self, name: &str) -> String {
        self.one(name).replace("\r\n", "\n")
    }

    /// Reads the form of a request.
    pub(super) async fn from_request(request: Request, page: &Page) -> Result<Self, Response> {
        match Form::<Vec<(String, String)>>::from_request(request, page).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) => {
                let base = page.server.config().base_path.clone();
                Err(layout::message(&base, rejection.into_response().status(), "The form could not be read."))
            }
        }
    }
}

/// The query of an address.
pub(super) fn query_of(uri: &Uri) -> Fields {
    Query::try_from_uri(uri).map(|Query(fields)| Fields(fields)).unwrap_or_default()
}

/// Whether the browser has spoken with TLS to whoever passed the request on to us.
pub(super) fn is_tls(headers: &HeaderMap) -> bool {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    proto.and_then(|proto| proto.split(',').next()).is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

impl FromRequest<Page> for Visit {
    type Rejection = Response;

    async fn from_request(request: Request, page: &Page) -> Result<Self, Response> {
        let (mut head, body) = request.into_parts();
        let base = page.server.config().base_path.clone();
        let Some(secret) = session::session_of(page, &head.headers) else {
            // What was asked for is shown after the login, unless it was to change something.
            let asked = head.extensions.get::<OriginalUri>().map_or(&head.uri, |original| &original.0);
            let asked = asked.path_and_query().filter(|_| head.method == Method::GET).map(|asked| asked.as_str());
            let next = asked.map(|asked| format!("?next={}", escaped(asked))).unwrap_or_default();
            return Err(layout::redirect(&format!("{base}/admin/login{next}")));
        };
        let path = match RawPathParams::from_request_parts(&mut head, page).await {
            Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            Err(_) => Vec::new(),
        };
        let (headers, query) = (head.headers.clone(), query_of(&head.uri));
        let mut fields = Fields::default();
        if head.method == Method::POST {
            fields = Fields::from_request(Request::from_parts(head, body), page).await?;
            if !session::is_form_token(&fields, &session::form_token(&secret)) {
                let text =
                    "The form is not from this session. Nothing was changed. Go back, reload the page, and try again.";
                return Err(layout::message(&base, StatusCode::FORBIDDEN, text));
            }
        }
        Ok(Self { page: page.clone(), headers, base, secret, query, fields, path })
    }
}

impl Visit {
    /// Takes a step where it may block.
    pub(super) async fn take(self, step: Step) -> Response {
        let base = self.base.clone();
        match tokio::task::spawn_blocking(move || step(&self)).await {
            Ok(response) => response,
            Err(_) => layout::message(&base, StatusCode::INTERNAL_SERVER_ERROR, "Something broke off in the server."),
        }
    }

    /// A parameter of the path.
    pub(super) fn param(&self, name: &str) -> &str {
        self.path.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// The address of a page.
    pub(super) fn to(&self, page: &str) -> String {
        format!("{}/admin/{page}", self.base)
    }

    /// The token of this session's forms.
    pub(super) fn form_token(&self) -> String {
        session::form_token(&self.secret)
    }

    /// The webhook that the path names.
    pub(super) fn hook(&self) -> Result<Arc<Entry>, Box<Response>> {
        let found = self.page.server.registry().get(self.param("name"));
        found.ok_or_else(|| {
            layout::message(&self.base, StatusCode::NOT_FOUND, "There is no webhook of this name.").into()
        })
    }

    /// The full address of a webhook, as far as this request tells.
    pub(super) fn address_of(&self, webhook: &str) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let scheme = if is_tls(&self.headers) { "https" } else { "http" };
        format!("{scheme}://{host}{}", self.page.server.path_of(webhook))
    }
}

/// A text as a value in a query.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_queries() {
        assert_eq!(escaped("a/b c&d=é#?"), "a/b%20c%26d%3D%C3%A9%23%3F");
    }

    #[test]
    fn fields() {
        let pairs = [("a", "1"), ("b", ""), ("a", "2\r\n3")];
        let fields = Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        assert_eq!((fields.one("a"), fields.one("c")), ("1", ""));
        assert_eq!(fields.all("a").count(), 2);
        assert!(fields.has("b") && !fields.has("c"));
        assert_eq!(Fields(vec![("t".into(), "x\r\ny\nz".into())]).text("t"), "x\ny\nz");
    }
}
