//! Who is let in (WH-80 to WH-88).

use sil::{
    Zone,
    webhook::{
        Admission, Auth, AuthFailure, Credentials, Identity, JwtConfig, MemoryTokenStore, Method, Scheme, Secret,
        SignatureConfig, StoreError, TokenRecord, TokenStore, WebhookDef, authenticate, check_token_store,
        create_token, parse_query,
    },
};
use std::time::Duration;

/// 2031-10-17T10:40:00Z
const NOW: i64 = 1_950_000_000_000;
const DAY: i64 = 86_400_000;

#[test]
fn tokens_in_memory_keep_the_contract() {
    check_token_store(MemoryTokenStore::new);
}

fn def(auth: Auth) -> WebhookDef {
    let mut def = WebhookDef::new("stock", [Method::Get, Method::Put], "stock.sil");
    def.auth = auth;
    def
}

fn call(
    def: &WebhookDef,
    method: Method,
    headers: &[(&str, &str)],
    query: &str,
    now: i64,
    store: &dyn TokenStore,
) -> Result<Admission, AuthFailure> {
    let params = parse_query(query);
    let header = |name: &str| headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    authenticate(def, method, &Credentials { header: &header, params: &params }, now, store, None)
}

/// The status of a refusal and its reason; 200 and whose token it was.
fn outcome(result: Result<Admission, AuthFailure>) -> (u16, String) {
    match result {
        Ok(Admission::Granted(Identity::Token { id })) => (200, id),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => {
            assert_eq!(failure.challenge().is_some(), failure.status() == 401);
            (failure.status(), failure.reason().to_owned())
        }
    }
}

fn token(store: &MemoryTokenStore, webhook: &str, method: Method, expires: &str, seed: u8) -> (String, String) {
    let made = create_token(webhook, method, expires, &Zone::utc(), &[seed; 40], NOW - DAY).unwrap();
    store.add(&made.record).unwrap();
    (made.text, made.record.id)
}

#[test]
fn the_table_of_tokens() {
    let store = MemoryTokenStore::new();
    let (get, get_id) = token(&store, "stock", Method::Get, "2031-12-31", 1);
    let (put, _) = token(&store, "stock", Method::Put, "2031-12-31", 2);
    let (other, _) = token(&store, "orders", Method::Get, "2031-12-31", 3);
    let (expired, _) = token(&store, "stock", Method::Get, "2031-10-16", 4);
    let (expired_put, _) = token(&store, "stock", Method::Put, "2031-10-16", 5);
    let (revoked, revoked_id) = token(&store, "stock", Method::Get, "2031-12-31", 6);
    assert!(store.revoke("stock", &revoked_id).unwrap());
    let forged = format!("{get_id}.{}", put.split_once('.').unwrap().1);
    let lower = get.to_lowercase();
    let longer = format!("{get}x");

    let refused = |reason: &str| (401, reason.to_owned());
    let table = [
        (get.as_str(), (200, get_id.clone())),
        (put.as_str(), (403, "token for another method".to_owned())),
        (other.as_str(), refused("token of another webhook")),
        (expired.as_str(), refused("expired token")),
        // Which method it was for is nobody's business any more.
        (expired_put.as_str(), refused("expired token")),
        (revoked.as_str(), refused("unknown token")),
        (forged.as_str(), refused("unknown token")),
        (lower.as_str(), refused("unknown token")),
        (longer.as_str(), refused("unknown token")),
        (get_id.as_str(), refused("malformed token")),
        ("nonsense", refused("malformed token")),
        (".", refused("unknown token")),
        ("", refused("malformed token")),
    ];
    let stock = def(Auth::Token);
    for (text, expected) in &table {
        let header = call(&stock, Method::Get, &[("x-sil-Token", text)], "", NOW, &store);
        assert_eq!(outcome(header), *expected, "header {text}");
        let query = call(&stock, Method::Get, &[], &format!("a=1&silToken={text}"), NOW, &store);
        assert_eq!(outcome(query), *expected, "query {text}");
        // The header counts, good or bad.
        let both = call(&stock, Method::Get, &[("X-SIL-TOKEN", text)], &format!("silToken={get}"), NOW, &store);
        assert_eq!(outcome(both), *expected, "both {text}");
    }
    assert_eq!(outcome(call(&stock, Method::Get, &[], "", NOW, &store)), refused("no credentials"));
    assert_eq!(outcome(call(&stock, Method::Get, &[], &format!("siltoken={get}"), NOW, &store)).0, 401);
    assert_eq!(outcome(call(&stock, Method::Put, &[("X-SIL-TOKEN", &put)], "", NOW, &store)).0, 200);

    store.expire_all("stock").unwrap();
    for method in [Method::Get, Method::Put] {
        assert_eq!(outcome(call(&stock, method, &[("X-SIL-TOKEN", &get)], "", NOW, &store)).0, 401);
    }
}

#[test]
fn refusals_as_answers() {
    let store = MemoryTokenStore::new();
    let (put, _) = token(&store, "stock", Method::Put, "2031-12-31", 2);
    let nobody = call(&def(Auth::Token), Method::Get, &[], "", NOW, &store).unwrap_err().answer("r-5");
    assert_eq!(nobody.header("WWW-Authenticate"), Some("SIL-Token realm=\"stock\""));
    assert_eq!((nobody.status(), nobody.content().contains("\"instance\":\"r-5\"")), (401, true));
    let wrong = call(&def(Auth::Token), Method::Get, &[("X-SIL-TOKEN", &put)], "", NOW, &store).unwrap_err();
    assert_eq!((wrong.answer("").status(), wrong.answer("").header("WWW-Authenticate")), (403, None));
}

#[test]
fn tokens_end_with_their_day() {
    let paris = Zone::named("Europe/Paris").unwrap();
    let utc = create_token("a", Method::Get, "2031-10-17", &Zone::utc(), &[7; 40], NOW).unwrap().record;
    let day = create_token("a", Method::Get, "2031-10-17", &paris, &[7; 40], NOW).unwrap().record;
    // 2031-10-18T00:00:00Z, and two hours earlier: Paris is still on summer time.
    assert_eq!(utc.expires_at, 1_950_048_000_000);
    assert_eq!(day.expires_at, utc.expires_at - 2 * 3_600_000);
    let store = MemoryTokenStore::new();
    let made = create_token("stock", Method::Get, "2031-10-17", &Zone::utc(), &[7; 40], NOW).unwrap();
    store.add(&made.record).unwrap();
    let at = |now| outcome(call(&def(Auth::Token), Method::Get, &[("X-SIL-TOKEN", &made.text)], "", now, &store)).0;
    assert_eq!([at(utc.expires_at - 1), at(utc.expires_at)], [200, 401]);
}

#[test]
fn dates_that_make_no_token() {
    let make = |expires: &str| create_token("a", Method::Get, expires, &Zone::utc(), &[7; 40], NOW);
    for expires in
        ["", "tomorrow", "2031-02-29", "2031-13-01", "2031-00-10", "2031-1-5", "20311-01-05", "2031-10-17T00"]
    {
        let error = make(expires).unwrap_err();
        assert_eq!(error, format!("expected a date such as `2030-12-31`, found `{expires}`"));
    }
    assert_eq!(make("2031-10-16").unwrap_err(), "the day `2031-10-16` is over");
    assert!(make("2032-02-29").is_ok());
}

#[test]
fn tokens_tell_nothing_and_need_no_encoding() {
    let random: [u8; 40] = std::array::from_fn(|index| (index * 53 + 251) as u8);
    let made = create_token("a", Method::Get, "2031-10-17", &Zone::utc(), &random, NOW).unwrap();
    let (id, secret) = made.text.split_once('.').unwrap();
    assert_eq!((id.len(), secret.len()), (16, 43));
    assert!(made.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
    assert!(!format!("{made:?}").contains(secret));
    assert!(!serde_json::to_string(&made.record).unwrap().contains("hash"));
}

/// A store whose database is gone.
struct Gone;

impl TokenStore for Gone {
    fn add(&self, _: &TokenRecord) -> Result<(), StoreError> {
        Err(StoreError::new("gone"))
    }
    fn find(&self, _: &str) -> Result<Option<TokenRecord>, StoreError> {
        Err(StoreError::new("gone"))
    }
    fn list(&self, _: &str) -> Result<Vec<TokenRecord>, StoreError> {
        Err(StoreError::new("gone"))
    }
    fn revoke(&self, _: &str, _: &str) -> Result<bool, StoreError> {
        Err(StoreError::new("gone"))
    }
    fn expire_all(&self, _: &str) -> Result<u64, StoreError> {
        Err(StoreError::new("gone"))
    }
    fn rename(&self, _: &str, _: &str) -> Result<(), StoreError> {
        Err(StoreError::new("gone"))
    }
}

#[test]
fn nobody_gets_in_when_the_store_is_gone() {
    let failure = call(&def(Auth::Token), Method::Get, &[("X-SIL-TOKEN", "a.b")], "", NOW, &Gone).unwrap_err();
    assert_eq!(failure.status(), 503);
}

#[test]
fn nothing_is_asked_where_nothing_is_configured() {
    let result = call(&def(Auth::None), Method::Get, &[], "", NOW, &Gone).unwrap();
    assert!(matches!(result, Admission::Granted(Identity::Anonymous)));
}

/// Made with another implementation of HMAC; valid a quarter of an hour.
const JWT: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.9NvAY98mw4nzNali5VokqIYBHonYiV6_w7xPShr0JSs";

#[test]
fn json_web_tokens_in_header_and_query() {
    let mut stock = def(Auth::Jwt);
    let secret = Secret::new("a key of at least thirty-two bytes");
    stock.jwt = Some(JwtConfig { secret, issuer: None, audience: None });
    let status = |headers: &[(&str, &str)], query: &str| match call(&stock, Method::Get, headers, query, NOW, &Gone) {
        Ok(Admission::Granted(Identity::Jwt { subject })) => {
            assert_eq!(subject.as_deref(), Some("ada"));
            200
        }
        Ok(other) => panic!("{other:?}"),
        Err(failure) => failure.status(),
    };
    assert_eq!(status(&[("Authorization", &format!("Bearer {JWT}"))], ""), 200);
    assert_eq!(status(&[("authorization", &format!("jwt  {JWT}"))], ""), 200);
    assert_eq!(status(&[], &format!("x=1&jwt={JWT}")), 200);
    // Credentials for somebody on the way are none for us.
    assert_eq!(status(&[("Authorization", "Basic YTpi")], &format!("jwt={JWT}")), 200);
    assert_eq!(status(&[("Authorization", "Bearer nonsense")], &format!("jwt={JWT}")), 401);
    assert_eq!(status(&[("Authorization", &format!("Basic {JWT}"))], ""), 401);
    assert_eq!(status(&[("Authorization", JWT)], ""), 401);
    assert_eq!(status(&[("X-SIL-TOKEN", JWT)], ""), 401);
    assert_eq!(status(&[], &format!("JWT={JWT}")), 401);
    assert_eq!(status(&[], ""), 401);

    // Without any key, nobody is let in.
    assert_eq!(call(&def(Auth::Jwt), Method::Get, &[], &format!("jwt={JWT}"), NOW, &Gone).unwrap_err().status(), 401);
    // The server's key.
    let header = |_: &str| None;
    let params = parse_query(&format!("jwt={JWT}"));
    let credentials = Credentials { header: &header, params: &params };
    let result = authenticate(&def(Auth::Jwt), Method::Get, &credentials, NOW, &Gone, stock.jwt.as_ref());
    assert!(matches!(result, Ok(Admission::Granted(Identity::Jwt { .. }))));
}

const CONTENT: &[u8] = b"{\"stock\":3}\xff\x00";
const ENCODED_KEY: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
/// Made with another implementation of HMAC: for the encoded key and for `plain old key`, at the time of the tests.
const SIGNED: &str = "v1,PyBJ5cm0pWVPgOXqhj1B/oW9ACnN6rS6Z+GBZSzvzvw=";
const SIGNED_PLAIN: &str = "v1,d6pfoO9edApBRbU3MeEeMGt01LFP0WzMU+zNQcYuK/Q=";
const HUB: &str = "sha256=c4c97fb8ea6eacc0034c54bc6b80ac9369ee2f8505d7908c246586ae6cf17094";

fn signed_def(scheme: Scheme, secrets: &[&str]) -> WebhookDef {
    let secrets = secrets.iter().map(|secret| Secret::new(*secret)).collect();
    let mut stock = def(Auth::Signature);
    stock.signature = Some(SignatureConfig { scheme, secrets, tolerance: Duration::from_secs(300) });
    stock
}

/// The signed id, or the status of the refusal.
fn signed(def: &WebhookDef, headers: &[(&str, &str)], content: &[u8]) -> Result<Option<String>, u16> {
    match call(def, Method::Put, headers, "", NOW, &Gone) {
        Ok(Admission::Content(check)) => match check.verify(content) {
            Ok(Identity::Signature { id }) => Ok(id),
            Ok(other) => panic!("{other:?}"),
            Err(failure) => Err(failure.status()),
        },
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Err(failure.status()),
    }
}

#[test]
fn standard_signatures() {
    let stock = signed_def(Scheme::Standard, &[ENCODED_KEY]);
    let with = |id: &str, time: &str, signature: &str, content: &[u8]| {
        let headers = [("Webhook-Id", id), ("webhook-timestamp", time), ("webhook-signature", signature)];
        signed(&stock, &headers, content)
    };
    let fine = Ok(Some("msg_7".to_owned()));
    assert_eq!(with("msg_7", "1950000000", SIGNED, CONTENT), fine);
    assert_eq!(with("msg_7", "1950000000", &format!("v1a,xx v1,AAAA {SIGNED}"), CONTENT), fine);
    assert_eq!(with("msg_8", "1950000000", SIGNED, CONTENT), Err(401));
    assert_eq!(with("msg_7", "1950000001", SIGNED, CONTENT), Err(401));
    assert_eq!(with("msg_7", "1950000000", SIGNED, b"{\"stock\":4}"), Err(401));
    assert_eq!(with("msg_7", "1950000000", SIGNED_PLAIN, CONTENT), Err(401));
    for signature in ["", "v1,", "v1,%%%", SIGNED.trim_start_matches("v1,"), &SIGNED.replace("v1", "v2")] {
        assert_eq!(with("msg_7", "1950000000", signature, CONTENT), Err(401), "{signature}");
    }
    for time in ["", "now", "-1950000000", "1950000000.0", "99999999999999999999", " 19500 00000"] {
        assert_eq!(with("msg_7", time, SIGNED, CONTENT), Err(401), "{time}");
    }
    // Five minutes off are fine, a second more is not, whatever the signature.
    let old = "v1,4gn7woEx2AOvI0r/hylM/uAHXx4/VLxIG6mkvKEU2WA=";
    assert_eq!(with("msg_7", "1949999700", old, CONTENT), fine);
    let early = "v1,WNA3KPjI/yTP/MBKgeFGPDFrT0fliPr6Q2poue6DsiI=";
    assert_eq!(with("msg_7", "1950000301", early, CONTENT), Err(401));
    // An id with a dot could move bytes between id and content.
    let dotted = "v1,GsirF4d7by4pNdBnHpW9iIZtdqW99AUkkEGUY1KO4Bg=";
    assert_eq!(with("m.7", "1950000000", dotted, CONTENT), Err(401));
    assert_eq!(with("", "1950000000", SIGNED, CONTENT), Err(401));
}

#[test]
fn signatures_that_lack_something() {
    let stock = signed_def(Scheme::Standard, &[ENCODED_KEY]);
    let headers = [("webhook-id", "msg_7"), ("webhook-timestamp", "1950000000"), ("webhook-signature", SIGNED)];
    for missing in 0..3 {
        let mut left = headers.to_vec();
        left.remove(missing);
        assert_eq!(signed(&stock, &left, CONTENT), Err(401));
    }
    // The other style is not taken as well: it would let a captured request in a second time.
    assert_eq!(
        signed(&signed_def(Scheme::Standard, &["plain old key"]), &[("X-Hub-Signature-256", HUB)], CONTENT),
        Err(401)
    );
}

#[test]
fn keys_can_be_changed_one_after_the_other() {
    let stock = signed_def(Scheme::Standard, &["plain old key", ENCODED_KEY]);
    for signature in [SIGNED, SIGNED_PLAIN] {
        let headers = [("webhook-id", "msg_7"), ("webhook-timestamp", "1950000000"), ("webhook-signature", signature)];
        assert_eq!(signed(&stock, &headers, CONTENT), Ok(Some("msg_7".to_owned())));
    }
}

#[test]
fn hub_signatures() {
    let stock = signed_def(Scheme::Github, &["another key", "plain old key"]);
    assert_eq!(signed(&stock, &[("x-hub-signature-256", HUB)], CONTENT), Ok(None));
    let upper = format!("sha256={}", HUB.trim_start_matches("sha256=").to_uppercase());
    assert_eq!(signed(&stock, &[("x-hub-signature-256", &upper)], CONTENT), Ok(None));
    assert_eq!(signed(&stock, &[("x-hub-signature-256", HUB)], b"other"), Err(401));
    for signature in ["", "sha256=", "sha256=c4c", "sha256=zz", "sha1=c4c9", HUB.trim_start_matches("sha256=")] {
        assert_eq!(signed(&stock, &[("x-hub-signature-256", signature)], CONTENT), Err(401), "{signature}");
    }
    assert_eq!(signed(&stock, &[], CONTENT), Err(401));
}
