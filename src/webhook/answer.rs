use std::borrow::Cow;

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
    headers: Vec<(String, String)>,
    content: String,
}

impl Answer {
    /// The answer of a script that ran: the status read from its result, what it appended, the headers it added.
    pub fn new(status: u16, content: impl Into<String>, headers: &[(String, String)]) -> Self {
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
            answer.headers.push((name.clone(), value.into_owned()));
        }
        if !answer.content.is_empty() {
            answer.add_default("Content-Type", "text/plain; charset=utf-8");
            answer.add_default("X-Content-Type-Options", "nosniff");
        }
        answer.add_default("Cache-Control", "no-store");
        answer
    }

    /// The answer of a front end that has none from a script: a problem document (WH-45).
    ///
    /// `detail` is for the caller, so it should hold nothing of the script unless errors may be shown.
    pub fn problem(status: u16, detail: &str) -> Self {
        let title: Cow<'_, str> = match status {
            400 => "Bad Request".into(),
            404 => "Not Found".into(),
            405 => "Method Not Allowed".into(),
            413 => "Content Too Large".into(),
            415 => "Unsupported Media Type".into(),
            500 => "Internal Server Error".into(),
            503 => "Service Unavailable".into(),
            504 => "Gateway Timeout".into(),
            other => format!("Status {other}").into(),
        };
        let document = serde_json::json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
        let media_type = ("Content-Type".to_owned(), "application/problem+json".to_owned());
        Self::new(status, document.to_string(), &[media_type])
    }

    /// The status code.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers, in order; a name can occur more than once.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The content, sent as UTF-8.
    pub fn content(&self) -> &str {
        &self.content
    }

    fn add_default(&mut self, name: &str, value: &str) {
        if self.header(name).is_none() {
            self.headers.push((name.to_owned(), value.to_owned()));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
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
        assert_eq!(answer.headers(), expected);
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
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
    }
}
