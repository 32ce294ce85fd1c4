//! From the path and the method of a request to a webhook (WH-50 to WH-56).

use super::{Method, WebhookDef};

/// What all addresses of webhooks have in common, behind the base path of the server.
const PREFIX: &str = "/rest/keplerrominfo/refapp/latest/webhooks/";

/// The address of a webhook (WH-50).
///
/// ```
/// assert_eq!(sil::webhook::path_of("/jira", "orders"), "/jira/rest/keplerrominfo/refapp/latest/webhooks/orders/run");
/// ```
pub fn path_of(base: &str, name: &str) -> String {
    format!("{base}{PREFIX}{name}/run")
}

/// Whether a path, as it came, is below the address of webhooks.
pub fn is_webhook_path(base: &str, path: &str) -> bool {
    path.strip_prefix(base).and_then(|path| path.strip_prefix(PREFIX)).is_some_and(|rest| !rest.is_empty())
}

/// The name in the path of a request, decoded; nothing when it is not the address of any webhook (WH-51, WH-52). The
/// path is taken as it came, before any decoding.
pub fn name_in_path(base: &str, path: &str) -> Option<String> {
    let name = path.strip_prefix(base)?.strip_prefix(PREFIX)?.strip_suffix("/run")?;
    if name.is_empty() || name.contains('/') {
        return None;
    }
    decode(name)
}

/// A segment without its percent sequences; nothing when one is malformed or the bytes are no UTF-8.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What a method means for a webhook (WH-53 to WH-56).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodUse {
    /// The webhook has it: the script may run.
    Run(Method),
    /// Answered without the script and without authentication: 204 with `Allow`.
    Options,
    /// The webhook does not have it: 405 with `Allow`.
    NotAllowed,
    /// Nobody has it: 501.
    Unknown,
}

/// What a method, as it came, means for a webhook. Methods are case-sensitive (WH-4).
pub fn method_use(def: &WebhookDef, method: &str) -> MethodUse {
    match Method::parse(method) {
        Some(known) if def.methods.contains(&known) => MethodUse::Run(known),
        Some(Method::Options) => MethodUse::Options,
        Some(_) => MethodUse::NotAllowed,
        None if matches!(method, "CONNECT" | "TRACE") => MethodUse::NotAllowed,
        None => MethodUse::Unknown,
    }
}

/// The origin to allow to a page of `origin`, as the value of `Access-Control-Allow-Origin`, if the webhook lets it
/// call (WH-55). With anything but `*`, `Vary: Origin` goes with it.
pub fn cors_origin<'a>(def: &WebhookDef, origin: &'a str) -> Option<&'a str> {
    if def.cors_origins.iter().any(|one| one == "*") {
        return Some("*");
    }
    def.cors_origins.iter().any(|one| one.eq_ignore_ascii_case(origin)).then_some(origin)
}

/// The id of a request, if the one that came with it may be taken over: up to 128 visible ASCII characters (WH-95).
pub fn accepted_request_id(incoming: &str) -> Option<&str> {
    let visible = (1..=128).contains(&incoming.len()) && incoming.bytes().all(|byte| byte.is_ascii_graphic());
    visible.then_some(incoming)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let prefix = "/rest/keplerrominfo/refapp/latest/webhooks";
        let name = |rest: &str| name_in_path("", &format!("{prefix}{rest}"));
        assert_eq!(name("/stock/run").as_deref(), Some("stock"));
        assert_eq!(name("/st%6Fck%2d1/run").as_deref(), Some("stock-1"));
        assert_eq!(name("/a%2Fb/run").as_deref(), Some("a/b"));
        assert_eq!(name("/é/run").as_deref(), Some("é"));
        for rest in ["", "/", "/run", "//run", "/stock", "/stock/run/", "/stock/Run", "/a/b/run", "/%zz/run", "/%f/run"]
        {
            assert_eq!(name(rest), None, "{rest}");
        }
        assert_eq!(name("/%ff/run"), None);
        assert_eq!(name("/%/run"), None);
        let based = path_of("/jira", "stock");
        assert_eq!(name_in_path("/jira", &based).as_deref(), Some("stock"));
        assert_eq!(name_in_path("", &based), None);
        assert_eq!(name_in_path("/jira", &path_of("", "stock")), None);
    }

    #[test]
    fn methods() {
        let def = WebhookDef::new("a", [Method::Get, Method::Put], "a.sil");
        let table = [
            ("GET", MethodUse::Run(Method::Get)),
            ("PUT", MethodUse::Run(Method::Put)),
            ("get", MethodUse::Unknown),
            ("HEAD", MethodUse::NotAllowed),
            ("DELETE", MethodUse::NotAllowed),
            ("OPTIONS", MethodUse::Options),
            ("TRACE", MethodUse::NotAllowed),
            ("CONNECT", MethodUse::NotAllowed),
            ("BREW", MethodUse::Unknown),
        ];
        for (method, expected) in table {
            assert_eq!(method_use(&def, method), expected, "{method}");
        }
        let options = WebhookDef::new("a", [Method::Options], "a.sil");
        assert_eq!(method_use(&options, "OPTIONS"), MethodUse::Run(Method::Options));
        assert_eq!(super::super::allow_header(&def.methods), "GET, PUT, OPTIONS");
        assert_eq!(super::super::allow_header(&options.methods), "OPTIONS");
    }

    #[test]
    fn origins_and_ids() {
        let mut def = WebhookDef::new("a", [Method::Get], "a.sil");
        assert_eq!(cors_origin(&def, "https://shop.test"), None);
        def.cors_origins = vec!["https://shop.test".to_owned()];
        assert_eq!(cors_origin(&def, "https://shop.test"), Some("https://shop.test"));
        assert_eq!(cors_origin(&def, "https://shop.test.evil"), None);
        def.cors_origins.push("*".to_owned());
        assert_eq!(cors_origin(&def, "null"), Some("*"));
        assert_eq!(accepted_request_id("r-1/x"), Some("r-1/x"));
        for id in ["", "a b", "a\n", "é", &"x".repeat(129)] {
            assert_eq!(accepted_request_id(id), None, "{id}");
        }
    }
}
