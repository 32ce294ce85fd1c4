use super::{Answer, Binary, ContentError, decode_content, parse_query};
use crate::host::{WebhookRequest, is_token};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use thiserror::Error;

/// Why a request cannot be given to a script.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The method is not a token as HTTP has it: 400.
    #[error("`{0}` is not an HTTP method")]
    Method(String),
    /// The content is coded, compressed for example: 415 (WH-8).
    #[error("content coding `{0}` is not supported")]
    Encoding(String),
    /// The content is not text: 415 (WH-7).
    #[error(transparent)]
    Content(#[from] ContentError),
}

impl RequestError {
    /// The answer: a problem document; with `Accept-Encoding: identity` when the coding is to blame (WH-8).
    pub fn answer(&self, request_id: &str) -> Answer {
        let instance = Some(request_id).filter(|id| !id.is_empty());
        let answer = Answer::problem_of(self.status(), None, &self.to_string(), instance);
        match self {
            Self::Encoding(_) => answer.and("Accept-Encoding", "identity"),
            Self::Method(_) | Self::Content(_) => answer,
        }
    }

    /// The status to answer with.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Method(_) => 400,
            Self::Encoding(_) | Self::Content(_) => 415,
        }
    }
}

/// The request a script sees, from the parts of an HTTP request: the method as it came, the query without its question
/// mark, the headers `Content-Type` and `Content-Encoding`, the content.
///
/// # Errors
/// The method is no token, or the content is not plain text.
pub fn build_request(
    method: &str,
    query: &str,
    content_type: Option<&str>,
    content_encoding: Option<&str>,
    content: &[u8],
) -> Result<WebhookRequest, RequestError> {
    build_request_for(None, method, query, content_type, content_encoding, content)
}

/// Like [`build_request`], for a webhook that takes content that is not text: what cannot be decoded becomes padded
/// base64 of the bytes as they came (WH-7).
///
/// # Errors
/// The method is no token, or the content is coded, or it is not plain text and `binary` does not take it.
pub fn build_request_for(
    binary: Option<Binary>,
    method: &str,
    query: &str,
    content_type: Option<&str>,
    content_encoding: Option<&str>,
    content: &[u8],
) -> Result<WebhookRequest, RequestError> {
    let content = content_for(binary, method, content_type, content_encoding, content)?;
    Ok(WebhookRequest { method: method.to_owned(), params: parse_query(query), content })
}

/// The content that a script sees, from the parts of an HTTP request: what [`build_request_for`] does beside the query.
/// With empty content it tells whether a request could be used at all.
///
/// # Errors
/// As [`build_request_for`].
pub fn content_for(
    binary: Option<Binary>,
    method: &str,
    content_type: Option<&str>,
    content_encoding: Option<&str>,
    content: &[u8],
) -> Result<Option<String>, RequestError> {
    if !is_token(method) {
        return Err(RequestError::Method(method.to_owned()));
    }
    if let Some(coding) = content_encoding.map(str::trim)
        && !coding.is_empty()
        && !coding.eq_ignore_ascii_case("identity")
    {
        return Err(RequestError::Encoding(coding.to_owned()));
    }
    match (decode_content(content, content_type), binary) {
        (Ok(content), _) => Ok(content),
        (Err(_), Some(Binary::Base64)) => Ok(Some(STANDARD.encode(content))),
        (Err(error), None) => Err(error.into()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn all_parts() {
        let request = build_request("POST", "a=1", Some("text/plain"), Some("identity"), b"x").unwrap();
        assert_eq!(request, WebhookRequest::new("POST").param("a", "1").content("x"));
    }

    #[test]
    fn binary_content_as_base64() {
        let build = |content_type, content| {
            build_request_for(Some(Binary::Base64), "PUT", "", content_type, None, content).unwrap().content
        };
        assert_eq!(build(None, b"\xfe\xed\x00\x01").as_deref(), Some("/u0AAQ=="));
        assert_eq!(build(Some("text/plain; charset=utf-16"), b"a\0").as_deref(), Some("YQA="));
        // What is text stays text, and nothing stays nothing.
        assert_eq!(build(None, b"plain").as_deref(), Some("plain"));
        assert_eq!(build(None, b""), None);
        let coded = build_request_for(Some(Binary::Base64), "PUT", "", None, Some("br"), b"x");
        assert_eq!(coded.unwrap_err().status(), 415);
    }

    #[test]
    fn refusals_have_their_status() {
        let gzip = build_request("POST", "", None, Some("gzip"), b"x").unwrap_err();
        assert_eq!((gzip.status(), gzip), (415, RequestError::Encoding("gzip".to_owned())));
        assert_eq!(build_request("GET /", "", None, None, b"").unwrap_err().status(), 400);
        assert_eq!(build_request("PUT", "", None, None, b"\xff").unwrap_err().status(), 415);
    }
}
