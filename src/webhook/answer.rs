use std::{borrow::Cow, collections::BTreeMap};

/// What goes back to the caller: a status, headers and content that belong together (WH-23, WH-24, WH-28, WH-43).
///
/// `Content-Length` and everything about the connection is the front end's. A status of 204 or 304 has no
/// `Content-Length`.
///
/// ```
/// use sil::webhook::Answer;
/// let answer = Answer::new(200, "hello", &[]);
/// assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
/// assert_eq!(Answer::new(204, "dropped", &[]).content(), "");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<Header>,
    content: String,
}

/// Name and value of a header.
pub type Header = (Cow<'static, str>, Cow<'static, str>);

/// What an answer has where the script set nothing (WH-23).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AnswerDefaults<'a> {
    /// Content type; `text/plain; charset=utf-8` without one.
    pub content_type: Option<&'a str>,
    /// Further headers. One that the script set too is left out.
    pub headers: Option<&'a BTreeMap<String, String>>,
}

impl Answer {
    /// The answer of a script that ran: the status read from its result, what it appended, the headers it added.
    pub fn new(status: u16, content: impl Into<String>, headers: &[(String, String)]) -> Self {
        Self::with_defaults(status, content, headers, &AnswerDefaults::default())
    }

    /// The answer of a script that ran, for a webhook with headers of its own.
    pub fn with_defaults(
        status: u16,
        content: impl Into<String>,
        headers: &[(String, String)],
        defaults: &AnswerDefaults<'_>,
    ) -> Self {
        let bare = matches!(status, 204 | 205 | 304);
        let content = if bare { String::new() } else { content.into() };
        let mut answer = Self { status, headers: Vec::new(), content };
        for (name, value) in headers {
            let media_type = name.eq_ignore_ascii_case("content-type");
            // There is no type of nothing, and only the last type counts.
            if media_type && answer.content.is_empty() {
                continue;
            }
            if media_type {
                answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            }
            let value = if media_type { with_charset(value) } else { value.into() };
            answer.headers.push((name.clone().into(), value.into_owned().into()));
        }
        if let Some(media_type) = defaults.content_type
            && !answer.content.is_empty()
        {
            answer.add_default("Content-Type".into(), with_charset(media_type).into_owned().into());
        }
        for (name, value) in defaults.headers.into_iter().flatten() {
            if !name.eq_ignore_ascii_case("content-type") || !answer.content.is_empty() {
                answer.add_default(name.clone().into(), value.clone().into());
            }
        }
        if !answer.content.is_empty() {
            answer.add_default("Content-Type".into(), "text/plain; charset=utf-8".into());
            answer.add_default("X-Content-Type-Options".into(), "nosniff".into());
        }
        answer.add_default("Cache-Control".into(), "no-store".into());
        answer
    }

    /// The answer of a front end that has none from a script: a problem document (WH-45).
    ///
    /// `detail` is for the caller, so it should hold nothing of the script unless errors may be shown.
    pub fn problem(status: u16, detail: &str) -> Self {
        Self::problem_of(status, None, detail, None)
    }

    /// A problem document with a title of its own, and the id of the request as `instance` (RFC 9457).
    ///
    /// ```
    /// use sil::webhook::Answer;
    /// let answer = Answer::problem_of(429, None, "three runs are going on", Some("req-7")).and("Retry-After", "1");
    /// assert!(answer.content().contains(r#""title":"Too Many Requests""#));
    /// ```
    pub fn problem_of(status: u16, title: Option<&str>, detail: &str, instance: Option<&str>) -> Self {
        let title: Cow<'_, str> =
            title.or_else(|| reason(status)).map_or_else(|| format!("Status {status}").into(), Cow::from);
        let mut document =
            serde_json::json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
        if let (Some(instance), Some(document)) = (instance, document.as_object_mut()) {
            document.insert("instance".to_owned(), instance.into());
        }
        let media_type = ("Content-Type".to_owned(), "application/problem+json".to_owned());
        Self::new(status, document.to_string(), &[media_type])
    }

    /// The answer with one more header, unless it has one of that name.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.add_default(Cow::Owned(name.to_owned()), Cow::Owned(value.to_owned()));
        self
    }

    /// The status code.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers, in order; a name can occur more than once.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The content, sent as UTF-8.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// Headers and content by themselves, without a copy.
    pub fn into_parts(self) -> (Vec<Header>, String) {
        (self.headers, self.content)
    }

    fn add_default(&mut self, name: Cow<'static, str>, value: Cow<'static, str>) {
        if self.header(&name).is_none() {
            self.headers.push((name, value));
        }
    }
}

/// A media type that says how the content is written: without it browsers read `text/html` as Latin-1.
fn with_charset(media_type: &str) -> Cow<'_, str> {
    let (essence, parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
    let text = essence.trim().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("text/"));
    let said = parameters.to_ascii_lowercase().split(';').any(|parameter| parameter.trim().starts_with("charset="));
    match text && !said {
        true => format!("{}; charset=utf-8", media_type.trim().trim_end_matches(';')).into(),
        false => media_type.into(),
    }
}

/// The words HTTP has for a status that front ends use by themselves.
fn reason(status: u16) -> Option<&'static str> {
    Some(match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    fn all(answer: &Answer) -> Vec<(String, String)> {
        answer.headers().map(|(name, value)| header(name, value)).collect()
    }

    #[test]
    fn defaults_stand_behind_what_the_script_set() {
        let own =
            [header("content-type", "a/b"), header("Link", "1"), header("Content-Type", "c/d"), header("Link", "2")];
        let answer = Answer::new(201, "x", &own);
        let expected = [
            header("Link", "1"),
            header("Content-Type", "c/d"),
            header("Link", "2"),
            header("X-Content-Type-Options", "nosniff"),
            header("Cache-Control", "no-store"),
        ];
        assert_eq!(all(&answer), expected);
    }

    #[test]
    fn text_says_its_charset() {
        for (given, expected) in [
            ("text/html", "text/html; charset=utf-8"),
            ("TEXT/csv; header=present", "TEXT/csv; header=present; charset=utf-8"),
            ("text/plain;Charset=iso-8859-1", "text/plain;Charset=iso-8859-1"),
            ("text/html; charset=\"utf-8\"", "text/html; charset=\"utf-8\""),
            ("application/json", "application/json"),
            ("tex", "tex"),
        ] {
            let answer = Answer::new(200, "x", &[header("Content-Type", given)]);
            assert_eq!(answer.header("Content-Type"), Some(expected));
        }
    }

    #[test]
    fn a_webhooks_own_defaults_stand_between() {
        let headers = [header("link", "fixed"), header("Cache-Control", "max-age=5"), header("X-A", "1")].into();
        let defaults = AnswerDefaults { content_type: Some("text/csv"), headers: Some(&headers) };
        let answer = Answer::with_defaults(200, "x", &[header("Link", "own")], &defaults);
        let expected = [
            header("Link", "own"),
            header("Content-Type", "text/csv; charset=utf-8"),
            header("Cache-Control", "max-age=5"),
            header("X-A", "1"),
            header("X-Content-Type-Options", "nosniff"),
        ];
        assert_eq!(all(&answer), expected);
        let own = Answer::with_defaults(200, "x", &[header("content-type", "text/html")], &defaults);
        assert_eq!(own.headers().next().unwrap().1, "text/html; charset=utf-8");
        assert_eq!(Answer::with_defaults(200, "", &[], &defaults).header("content-type"), None);
    }

    #[test]
    fn nothing_has_no_type() {
        for answer in [Answer::new(200, "", &[header("Content-Type", "a/b")]), Answer::new(304, "x", &[])] {
            assert_eq!((answer.header("content-type"), answer.content()), (None, ""));
        }
    }

    #[test]
    fn a_problem_document() {
        let answer = Answer::problem(504, "the run took too long");
        let document: serde_json::Value = serde_json::from_str(answer.content()).unwrap();
        assert_eq!(document["status"], 504);
        assert_eq!(document["title"], "Gateway Timeout");
        assert!(document.get("instance").is_none());
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
    }
}
