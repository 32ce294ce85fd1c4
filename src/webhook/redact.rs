//! Credentials of a query, kept out of logs and records (WH-14).

use super::HIDDEN;
use crate::host::WebhookRequest;

/// Parameters that hold credentials, in any case: a misspelt one may hold a good token too.
const CREDENTIALS: &[&str] = &["jwt", "silToken"];

/// A raw query as a log may show it: the values of `jwt` and `silToken` are `***`, the rest stays as it came.
///
/// ```
/// assert_eq!(sil::webhook::redact_query("a=1&silToken=s3cret&b"), "a=1&silToken=***&b");
/// ```
pub fn redact_query(raw: &str) -> String {
    let pieces = raw.split('&').map(|piece| {
        let name = piece.strip_prefix('?').unwrap_or(piece);
        let secret = form_urlencoded::parse(name.as_bytes()).next().is_some_and(|(name, _)| is_credential(&name));
        match piece.split_once('=') {
            Some((name, _)) if secret => format!("{name}={HIDDEN}"),
            _ => piece.to_owned(),
        }
    });
    pieces.collect::<Vec<_>>().join("&")
}

/// A request as a record may show it: the values of `jwt` and `silToken` are `***`.
pub fn redact_request(mut request: WebhookRequest) -> WebhookRequest {
    for param in request.params.iter_mut().filter(|param| is_credential(&param.name)) {
        for value in &mut param.values {
            HIDDEN.clone_into(value);
        }
    }
    request
}

fn is_credential(name: &str) -> bool {
    CREDENTIALS.iter().any(|one| one.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        for (raw, expected) in [
            ("", ""),
            ("?jwt=a.b.c", "?jwt=***"),
            ("x=jwt&jwt=a&jwt=b=c", "x=jwt&jwt=***&jwt=***"),
            ("%6Awt=a&sil%54oken=b", "%6Awt=***&sil%54oken=***"),
            ("SILTOKEN=a", "SILTOKEN=***"),
            ("jwt&jwtx=1&&", "jwt&jwtx=1&&"),
            ("a=%zz", "a=%zz"),
        ] {
            assert_eq!(redact_query(raw), expected, "{raw}");
        }
    }

    #[test]
    fn requests() {
        let request = WebhookRequest::new("PUT").param("a", "1").param("silToken", "x").param("silToken", "y");
        let expected = WebhookRequest::new("PUT").param("a", "1").param("silToken", "***").param("silToken", "***");
        assert_eq!(redact_request(request), expected);
    }
}
