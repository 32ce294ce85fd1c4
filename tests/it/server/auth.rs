//! Every combination of credentials and places, over a socket; the script runs for the right ones only (WH-80 to
//! WH-88).

use super::{OPEN, Running, hook};
use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sil::{
    Zone,
    webhook::{Method, create_token},
};
use std::time::{SystemTime, UNIX_EPOCH};

const SCRIPT: &str = "WebhookPayload p = getWebhookPayload();
for (WebhookParam q in p.queryParams) { appendToWebhookResponse(q.name + \"=\" + q.values + \";\"); }
return true;";
const CHALLENGE: Option<&str> = Some("SIL-Token realm=\"safe\"");

fn seconds() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn runs(running: &Running) -> usize {
    running.server.runs().recent().len()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

#[test]
fn the_table_of_tokens() {
    let config = [hook("safe", "\"GET\", \"POST\"", "s.sil", ""), hook("other", "\"GET\"", "s.sil", "")];
    let running = Running::start(&config.concat(), &[("s.sil", SCRIPT)]);
    let make = |name: &str, method| running.server.create_token(name, method, "2999-12-31").unwrap();
    let right = make("safe", Method::Get);
    let post = make("safe", Method::Post);
    let other = make("other", Method::Get);
    let revoked = make("safe", Method::Get);
    assert!(running.server.tokens().revoke("safe", &revoked.record.id).unwrap());
    // A day that is over now, from a time when it was not.
    let expired = create_token("safe", Method::Get, "2020-01-01", &Zone::utc(), &[7; 40], 1_500_000_000_000).unwrap();
    running.server.tokens().add(&expired.record).unwrap();

    let tokens = [
        ("none", None, 401),
        ("empty", Some(String::new()), 401),
        ("wrong", Some(format!("{}.{}", right.record.id, "A".repeat(43))), 401),
        ("malformed", Some("nonsense".to_owned()), 401),
        ("expired", Some(expired.text), 401),
        ("revoked", Some(revoked.text), 401),
        ("other method", Some(post.text), 403),
        ("other webhook", Some(other.text), 401),
        ("right", Some(right.text), 200),
    ];
    for (in_header, header, header_status) in &tokens {
        for (in_query, query, query_status) in &tokens {
            let what = format!("header {in_header}, query {in_query}");
            let line = header.as_ref().map_or(String::new(), |token| format!("X-SIL-TOKEN: {token}\r\n"));
            let target = query.as_ref().map_or("safe/run".to_owned(), |token| format!("safe/run?silToken={token}"));
            // The header counts as soon as there is one.
            let status = if header.is_some() { *header_status } else { *query_status };
            let before = runs(&running);
            let reply = running.call("GET", &target, &line, b"");
            assert_eq!(reply.status, status, "{what}");
            assert_eq!(runs(&running) - before, usize::from(status == 200), "{what}");
            assert_eq!(reply.header("www-authenticate"), CHALLENGE.filter(|_| status == 401), "{what}");
            if status == 200 {
                let seen = query.as_ref().map_or(String::new(), |token| format!("silToken={token};"));
                assert_eq!(reply.text(), seen, "{what}");
            } else {
                reply.problem();
            }
            if running.server.runs().recent().len() > 150 {
                panic!("too many runs to count");
            }
        }
    }
    let right = tokens.last().unwrap().1.clone().unwrap();
    let line = format!("X-SIL-TOKEN: {right}\r\n");
    assert_eq!(running.call("POST", "safe/run", &line, b"x").status, 403);
    assert_eq!(running.call("OPTIONS", "safe/run", "", b"").status, 204);
    assert_eq!(running.call("DELETE", "safe/run", &line, b"").status, 405);
    assert!(running.server.tokens().expire_all("safe").unwrap() > 0);
    let reply = running.call("GET", "safe/run", &line, b"");
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, CHALLENGE));
    let metrics = running.server.metrics_text();
    assert!(metrics.contains("sil_auth_failures_total{webhook=\"safe\",reason=\"expired token\"}"), "{metrics}");
    assert!(!metrics.contains(&right));
}

fn jwt(header: &str, claims: &str, key: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac(key, &[signed.as_bytes()])))
}

#[test]
fn the_table_of_json_web_tokens() {
    const KEY: &[u8] = b"a key of at least thirty-two bytes";
    let config = format!(
        "[jwt]\nsecret = \"{}\"\n{}",
        String::from_utf8_lossy(KEY),
        hook("safe", "\"GET\"", "s.sil", "auth = \"jwt\"")
    );
    let running = Running::start(&config, &[("s.sil", SCRIPT)]);
    let hs256 = r#"{"alg":"HS256","typ":"JWT"}"#;
    let claims = |off: i64| format!("{{\"exp\":{}}}", seconds() + off);
    let right = jwt(hs256, &claims(300), KEY);
    let unsigned = {
        let (head, _) = jwt(r#"{"alg":"none"}"#, &claims(300), KEY)
            .rsplit_once('.')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        format!("{head}.")
    };
    let table = [
        ("right", right.clone(), 200),
        ("late, within the leeway", jwt(hs256, &claims(-30), KEY), 200),
        ("expired", jwt(hs256, &claims(-90), KEY), 401),
        ("without end", jwt(hs256, "{}", KEY), 401),
        ("wrong key", jwt(hs256, &claims(300), b"another key of at least thirty-two bytes"), 401),
        ("alg none", unsigned, 401),
        ("alg none, signed", jwt(r#"{"alg":"none"}"#, &claims(300), KEY), 401),
        ("other algorithm", jwt(r#"{"alg":"HS512"}"#, &claims(300), KEY), 401),
        ("changed", right.replacen('.', ".A", 1), 401),
        ("nonsense", "nonsense".to_owned(), 401),
        ("empty", String::new(), 401),
    ];
    for (what, token, status) in &table {
        for (target, headers) in [
            (format!("safe/run?jwt={token}"), String::new()),
            ("safe/run".to_owned(), format!("Authorization: Bearer {token}\r\n")),
            ("safe/run".to_owned(), format!("Authorization: JWT {token}\r\n")),
        ] {
            let before = runs(&running);
            let reply = running.call("GET", &target, &headers, b"");
            assert_eq!(reply.status, *status, "{what}: {target} {headers}");
            assert_eq!(runs(&running) - before, usize::from(*status == 200), "{what}");
            assert_eq!(reply.header("www-authenticate"), CHALLENGE.filter(|_| *status == 401), "{what}");
        }
    }
    assert_eq!(running.call("GET", "safe/run", "", b"").status, 401);
    assert_eq!(running.call("GET", "safe/run", &format!("X-SIL-TOKEN: {right}\r\n"), b"").status, 401);
}

#[test]
fn the_table_of_signatures() {
    let secrets = "auth = \"signature\"\nsignature = { secrets = [\"new secret text\", \"old secret text\"] }";
    let running = Running::start(&hook("safe", "\"POST\"", "s.sil", secrets), &[("s.sil", SCRIPT)]);
    let body = b"{\"n\":1}\n";
    let sign = |id: &str, at: i64, key: &str, content: &[u8]| {
        let made = mac(key.as_bytes(), &[format!("{id}.{at}.").as_bytes(), content]);
        format!("webhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{}\r\n", STANDARD.encode(made))
    };
    let (now, key) = (seconds(), "new secret text");
    let table = [
        ("right", sign("m1", now, key, body), 200),
        ("old key", sign("m2", now, "old secret text", body), 200),
        ("wrong key", sign("m3", now, "somebody's", body), 401),
        ("old timestamp", sign("m4", now - 400, key, body), 401),
        ("future timestamp", sign("m5", now + 400, key, body), 401),
        ("within tolerance", sign("m6", now - 200, key, body), 200),
        ("other content", sign("m7", now, key, b"{\"n\":2}\n"), 401),
        ("no signature", format!("webhook-id: m8\r\nwebhook-timestamp: {now}\r\n"), 401),
        ("no headers", String::new(), 401),
        ("other id", sign("m9", now, key, body).replacen("m9", "m0", 1), 401),
        ("two, one right", sign("ma", now, key, body).replacen("v1,", "v1,AAAA v1,", 1), 200),
    ];
    for (what, headers, status) in &table {
        let before = runs(&running);
        let reply = running.call("POST", "safe/run", headers, body);
        assert_eq!(reply.status, *status, "{what}");
        assert_eq!(runs(&running) - before, usize::from(*status == 200), "{what}");
    }
}

#[test]
fn signatures_in_the_style_of_github() {
    let rest = "auth = \"signature\"\nsignature = { scheme = \"github\", secrets = [\"the secret text\"] }";
    let running = Running::start(&hook("safe", "\"POST\"", "s.sil", rest), &[("s.sil", SCRIPT)]);
    let made = mac(b"the secret text", &[b"x"]);
    let hex: String = made.iter().map(|byte| format!("{byte:02x}")).collect();
    let line = format!("X-Hub-Signature-256: sha256={hex}\r\n");
    assert_eq!(running.call("POST", "safe/run", &line, b"x").status, 200);
    assert_eq!(running.call("POST", "safe/run", &line, b"y").status, 401);
}

#[test]
fn a_delivery_that_comes_again_is_answered_and_not_run() {
    let script = "string first = \"1\"; appendToWebhookResponse(getWebhookPayload().payload);
        if (getWebhookPayload().payload == \"bad\") { return false, 500; } return true, 201;";
    let rest = "auth = \"signature\"\nsignature = { secrets = [\"the secret text\"] }";
    let config = [
        hook("safe", "\"POST\"", "s.sil", rest),
        hook("later", "\"POST\"", "s.sil", &format!("synchronous = false\n{rest}")),
    ];
    let running = Running::start(&config.concat(), &[("s.sil", script)]);
    let send = |name: &str, id: &str, body: &[u8]| {
        let at = seconds();
        let made = mac(b"the secret text", &[format!("{id}.{at}.").as_bytes(), body]);
        let headers = format!(
            "webhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{}\r\n",
            STANDARD.encode(made)
        );
        running.call("POST", &format!("{name}/run"), &headers, body)
    };
    for _ in 0..3 {
        let reply = send("safe", "a", b"one");
        assert_eq!((reply.status, reply.text()), (201, "one"));
    }
    assert_eq!(runs(&running), 1);
    assert_eq!(send("safe", "b", b"two").text(), "two");
    // A run without success may be tried again.
    assert_eq!(send("safe", "c", b"bad").status, 500);
    assert_eq!(send("safe", "c", b"bad").status, 500);
    assert_eq!(runs(&running), 4);
    let ids: Vec<String> =
        (0..3).map(|_| send("later", "a", b"x").header("x-sil-task-id").unwrap().to_owned()).collect();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0], ids[2]);
    assert_ne!(send("later", "b", b"x").header("x-sil-task-id"), Some(ids[0].as_str()));
}

#[test]
fn credentials_come_before_content_and_after_the_address() {
    let config = [hook("safe", "\"POST\"", "s.sil", ""), hook("open", "\"POST\"", "s.sil", OPEN)];
    let running = Running::start(&config.concat(), &[("s.sil", SCRIPT)]);
    let coded = "Content-Encoding: gzip\r\n";
    assert_eq!(running.call("POST", "safe/run", coded, b"x").status, 401);
    assert_eq!(running.call("POST", "open/run", coded, b"x").status, 415);
    assert_eq!(running.call("POST", "safe/run", "Content-Length: 99999999\r\n", b"").status, 401);
    assert_eq!(running.call("PUT", "safe/run", coded, b"x").status, 405);
    assert_eq!(running.call("POST", "nobody/run", coded, b"x").status, 404);
}
