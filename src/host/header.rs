use super::HostError;

/// Headers that belong to the front end: they are about the connection or follow from the content.
const RESERVED: &[&str] = &[
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a script may add this header to a response (WH-29).
///
/// # Errors
/// The name is no token or belongs to the front end, or the value could break the message apart.
pub fn check_header(name: &str, value: &str) -> Result<(), HostError> {
    if !is_token(name) {
        return Err(HostError::new(format!("`{name}` is not the name of an HTTP header")));
    }
    if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) {
        return Err(HostError::new(format!("the header `{name}` is set by the server and cannot be set by a script")));
    }
    // More than what could break the message apart: HTTP knows no control characters in values, and no server sends them.
    if value.contains(|c: char| c.is_ascii_control() && c != '\t') {
        return Err(HostError::new(format!(
            "the value of the header `{name}` has a line end or another control character"
        )));
    }
    Ok(())
}

/// Whether a text is a token as HTTP has it, for methods and header names.
pub fn is_token(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        assert_eq!(check_header("X-Id", "a b\té"), Ok(()));
        for name in ["", "a b", "a:b", "é", "a\n", "content-LENGTH", "Date", "TE"] {
            assert!(check_header(name, "x").is_err(), "{name}");
        }
        for value in ["a\r\nSet-Cookie: x", "a\nb", "\0", "\u{1b}", "\u{7f}"] {
            assert!(check_header("X-Id", value).is_err(), "{value:?}");
        }
    }
}
