use std::borrow::Cow;
use thiserror::Error;

/// Why content cannot be given to a script as text. A front end answers 415 (WH-7).
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The charset is none of UTF-8, US-ASCII and ISO-8859-1.
    #[error("charset `{0}` is not supported")]
    Charset(String),
    /// The bytes are not text in their charset.
    #[error("the content is not valid {charset} at byte {offset}")]
    Invalid {
        /// The charset, declared or assumed.
        charset: &'static str,
        /// The first byte that does not fit, from 0.
        offset: usize,
    },
}

/// The content of a request as text; `None` when there is none (WH-6, WH-7).
///
/// ```
/// use sil::webhook::decode_content;
/// assert_eq!(decode_content(b"", None), Ok(None));
/// assert_eq!(decode_content(b"\xe9", Some("text/plain; charset=iso-8859-1")), Ok(Some("é".to_owned())));
/// assert!(decode_content(b"\xff\xd8", Some("application/octet-stream")).is_err());
/// ```
///
/// # Errors
/// The charset is not supported, or the content is not valid in it.
pub fn decode_content(bytes: &[u8], content_type: Option<&str>) -> Result<Option<String>, ContentError> {
    let charset = content_type.and_then(charset_of).map_or(Cow::Borrowed("utf-8"), Cow::Owned);
    let is = |name: &str| charset.eq_ignore_ascii_case(name);
    let text = match () {
        () if is("utf-8") => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes)
                .map_err(|error| ContentError::Invalid { charset: "UTF-8", offset: error.valid_up_to() })?
                .to_owned()
        }
        () if is("us-ascii") => {
            if let Some(offset) = bytes.iter().position(|byte| !byte.is_ascii()) {
                return Err(ContentError::Invalid { charset: "US-ASCII", offset });
            }
            bytes.iter().copied().map(char::from).collect()
        }
        // Each byte is the code point of the same number.
        () if is("iso-8859-1") => bytes.iter().copied().map(char::from).collect(),
        () => return Err(ContentError::Charset(charset.into_owned())),
    };
    Ok((!text.is_empty()).then_some(text))
}

/// The `charset` parameter of a media type; the first one counts.
fn charset_of(content_type: &str) -> Option<String> {
    let mut rest = content_type.split_once(';')?.1;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let end = after.find(';').unwrap_or(after.len());
                let (value, after) = after.split_at_checked(end)?;
                (value.trim().to_owned(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case("charset") {
            return Some(value);
        }
        rest = after;
    }
}

/// A quoted string without its quotes and backslashes, and what follows it.
fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    (value, chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], content_type: &str) -> Result<Option<String>, ContentError> {
        decode_content(bytes, Some(content_type))
    }

    fn text(text: &str) -> Result<Option<String>, ContentError> {
        Ok(Some(text.to_owned()))
    }

    #[test]
    fn utf_8_is_the_default() {
        assert_eq!(decode_content("{\"a\":\"é\"}\n".as_bytes(), None), text("{\"a\":\"é\"}\n"));
        assert_eq!(decoded("é".as_bytes(), "application/json"), text("é"));
        assert_eq!(decoded(b"\xef\xbb\xbfx", "text/plain"), text("x"));
        assert_eq!(decoded(b"\xef\xbb\xbf", "text/plain"), Ok(None));
        assert_eq!(decoded(b"a\xff", "text/plain"), Err(ContentError::Invalid { charset: "UTF-8", offset: 1 }));
    }

    #[test]
    fn declared_charsets() {
        assert_eq!(decoded(b"\xe9", "text/plain;charset=\"ISO-8859-1\""), text("é"));
        assert_eq!(decoded(b"\xe9", "text/plain; format=flowed; Charset=iso-8859-1 "), text("é"));
        assert_eq!(decoded(b"\xe9", "text/plain; x=\"a;charset=utf-8\\\"\"; charset=iso-8859-1"), text("é"));
        assert_eq!(decoded(b"abc", "text/plain; charset=us-ascii"), text("abc"));
        let high = decoded(b"ab\x80", "text/plain; charset=us-ascii");
        assert_eq!(high, Err(ContentError::Invalid { charset: "US-ASCII", offset: 2 }));
        assert_eq!(decoded(b"a", "text/plain; charset=utf-16"), Err(ContentError::Charset("utf-16".to_owned())));
    }

    #[test]
    fn broken_media_types_count_as_without_charset() {
        for content_type in ["", ";", "text/plain;", "text/plain; charset", "; =", "a;b=\"", "a;b=\"\\", ";;;=;=;"] {
            assert_eq!(decoded(b"x", content_type), text("x"), "{content_type}");
        }
    }
}
