use super::{ContentError, decode_content, parse_query};
use crate::host::{WebhookRequest, is_token};
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
    if !is_token(method) {
        return Err(RequestError::Method(method.to_owned()));
    }
    if let Some(coding) = content_encoding.map(str::trim)
        && !coding.is_empty()
        && !coding.eq_ignore_ascii_case("identity")
    {
        return Err(RequestError::Encoding(coding.to_owned()));
    }
    let content = decode_content(content, content_type)?;
    Ok(WebhookRequest { method: method.to_owned(), params: parse_query(query), content })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_parts() {
        let request = build_request("POST", "a=1", Some("text/plain"), Some("identity"), b"x").unwrap();
        assert_eq!(request, WebhookRequest::new("POST").param("a", "1").content("x"));
    }

    #[test]
    fn refusals_have_their_status() {
        let gzip = build_request("POST", "", None, Some("gzip"), b"x").unwrap_err();
        assert_eq!((gzip.status(), gzip), (415, RequestError::Encoding("gzip".to_owned())));
        assert_eq!(build_request("GET /", "", None, None, b"").unwrap_err().status(), 400);
        assert_eq!(build_request("PUT", "", None, None, b"\xff").unwrap_err().status(), 415);
    }
}
