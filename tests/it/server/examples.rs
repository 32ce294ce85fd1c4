//! The examples and tables of the specification, byte for byte.

use super::{OPEN, Running, hook};

const DEMO: &str = r#"WebhookPayload call = getWebhookPayload();
appendToWebhookResponse(call.httpMethod);
for (WebhookParam p in call.queryParams) {
    appendToWebhookResponse(" " + p.name + "=" + p.values);
}
if (call.payload != null) {
    appendToWebhookResponse(" body:" + call.payload);
}
return true, 201;
"#;

fn demo() -> Running {
    Running::start(&hook("demo", "\"GET\", \"POST\"", "demo.sil", OPEN), &[("demo.sil", DEMO)])
}

#[test]
fn a_plain_call() {
    let reply = demo().call("GET", "demo/run?who=Ada", "", b"");
    assert_eq!(reply.line, "HTTP/1.1 201 Created");
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(reply.header("content-length"), Some("11"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(reply.header("x-request-id").unwrap().starts_with("req-"));
    assert_eq!(reply.text(), "GET who=Ada");
}

#[test]
fn queries() {
    let running = demo();
    for (query, expected) in [
        ("", "GET"),
        ("?", "GET"),
        ("?a=1", "GET a=1"),
        ("?t=a&u=x&t=b", "GET t=a|b u=x"),
        ("?a=", "GET a="),
        ("?a", "GET a="),
        ("?=x", "GET =x"),
        ("?&&a=1&", "GET a=1"),
        ("?a=b=c", "GET a=b=c"),
        ("?q=1+2%2B3%20x", "GET q=1 2+3 x"),
        ("?e=&f&n=%C3%A9t%C3%A9+%26", "GET e= f= n=été &"),
        ("?v=a%26b%3Dc", "GET v=a&b=c"),
        ("?p=100%", "GET p=100%"),
        ("?A=1&a=2", "GET A=1 a=2"),
        ("?a=1;b=2", "GET a=1;b=2"),
        ("?v=x%7Cy", "GET v=x|y"),
        ("?b=%ff", "GET b=\u{fffd}"),
    ] {
        let reply = running.call("GET", &format!("demo/run{query}"), "", b"");
        assert_eq!((reply.status, reply.text()), (201, expected), "{query}");
    }
}

#[test]
fn contents() {
    let running = demo();
    let text = "{\"city\":\"Málaga\"}\n".as_bytes();
    let reply = running.call("POST", "demo/run", "Content-Type: application/json\r\n", text);
    assert_eq!((reply.status, reply.text()), (201, "POST body:{\"city\":\"Málaga\"}\n"));
    assert_eq!(reply.header("content-length"), Some("29"));
    // Forms stay text, and no content is null.
    let form = running.call("POST", "demo/run?a=1", "Content-Type: application/x-www-form-urlencoded\r\n", b"a=2");
    assert_eq!(form.text(), "POST a=1 body:a=2");
    assert_eq!(running.call("POST", "demo/run", "Content-Length: 0\r\n", b"").text(), "POST");
    assert_eq!(running.call("POST", "demo/run", "", b"\xef\xbb\xbfx").text(), "POST body:x");
    let latin = running.call("POST", "demo/run", "Content-Type: text/plain; charset=iso-8859-1\r\n", b"\xe9");
    assert_eq!(latin.text(), "POST body:é");
    // A GET may have content, too.
    assert_eq!(running.call("GET", "demo/run", "", b"x").text(), "GET body:x");
}

#[test]
fn contents_that_are_refused() {
    let running = demo();
    let binary = running.call("POST", "demo/run", "Content-Type: application/octet-stream\r\n", b"\xff\xd8\xff\xe0");
    assert_eq!(binary.status, 415);
    binary.problem();
    let charset = running.call("POST", "demo/run", "Content-Type: text/plain; charset=utf-16\r\n", b"x");
    assert_eq!(charset.status, 415);
    let coded = running.call("POST", "demo/run", "Content-Encoding: gzip\r\n", b"x");
    assert_eq!((coded.status, coded.header("accept-encoding")), (415, Some("identity")));
    let large = running.call("POST", "demo/run", "Content-Length: 99999999\r\n", b"");
    assert_eq!(large.status, 413);
    large.problem();
    assert!(running.server.runs().recent().is_empty(), "the script ran");
}

#[test]
fn methods_and_addresses() {
    let running = demo();
    for method in ["HEAD", "DELETE", "PUT", "TRACE"] {
        let reply = running.call(method, "demo/run", "", b"");
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, POST, OPTIONS")), "{method}");
    }
    let options = running.call("OPTIONS", "demo/run", "", b"");
    assert_eq!((options.status, options.header("allow")), (204, Some("GET, POST, OPTIONS")));
    assert_eq!(options.header("content-length"), None);
    assert_eq!(running.call("FOO", "demo/run", "", b"").status, 501);
    assert_eq!(running.call("get", "demo/run", "", b"").status, 501);
    assert!(running.server.runs().recent().is_empty(), "the script ran");
    assert_eq!(running.call("GET", "d%65mo/run", "", b"").status, 201);
    for target in
        ["nobody/run", "demo", "demo/", "demo/run/", "demo/run/x", "Demo/run", "demo/Run", "%ff/run", "demo%2Frun", ""]
    {
        let reply = running.call("GET", target, "", b"");
        assert_eq!(reply.status, 404, "{target}");
        reply.problem();
        // The path comes before the method.
        assert_eq!(running.call("FOO", target, "", b"").status, 404, "{target}");
    }
    assert_eq!(running.server.runs().recent().len(), 1, "the script ran");
}

#[test]
fn returns() {
    let table = [
        ("", 200, ""),
        ("return;", 200, ""),
        ("return null;", 200, ""),
        ("return true;", 200, ""),
        ("return false;", 500, ""),
        ("return true, 201;", 201, ""),
        ("return false, 404;", 404, ""),
        ("return false, 200;", 200, ""),
        ("return 202;", 202, ""),
        ("return \"true\", \"201\";", 201, ""),
        ("return 1, 201;", 201, ""),
        ("return 0, 500;", 500, ""),
        ("return true, 201, \"x\";", 201, ""),
        ("return true, 201.0;", 201, ""),
        ("return true, \" 201 \";", 201, ""),
        ("return \"done\";", 500, "problem"),
        ("return true, 1234;", 500, "problem"),
        ("return true, 99;", 500, "problem"),
        ("return true, 600;", 500, "problem"),
        ("return true, 100;", 500, "problem"),
        ("return true, 0;", 500, "problem"),
        ("return true, -1;", 500, "problem"),
        ("return true, 201.5;", 500, "problem"),
        ("return true, \"abc\";", 500, "problem"),
        ("return 1;", 500, "problem"),
        ("throw \"x\";", 500, "problem"),
        ("int a = ;", 500, "problem"),
        ("while (true) {}", 504, "problem"),
        ("string s = \"x\"; while (true) { s = s + s; }", 500, "problem"),
    ];
    let scripts: Vec<(String, &str)> =
        table.iter().enumerate().map(|(number, row)| (format!("r{number}.sil"), row.0)).collect();
    let config: String = (0..table.len())
        .map(|number| {
            let rest = format!("{OPEN}\ntimeout = \"2s\"");
            hook(&format!("r{number}"), "\"GET\"", &format!("r{number}.sil"), &rest)
        })
        .collect();
    let scripts: Vec<(&str, &str)> = scripts.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let running = Running::start(&config, &scripts);
    for (number, (script, status, kind)) in table.into_iter().enumerate() {
        let reply = running.call("GET", &format!("r{number}/run"), "", b"");
        assert_eq!(reply.status, status, "{script}");
        if kind == "problem" {
            reply.problem();
        } else {
            assert_eq!((reply.header("content-length"), reply.header("content-type")), (Some("0"), None), "{script}");
        }
    }
    let reply = running.call("GET", "r16/run", "X-Request-Id: abc\r\n", b"");
    assert_eq!(
        reply.text(),
        "{\"type\":\"about:blank\",\"title\":\"Invalid script result\",\"status\":500,\
         \"detail\":\"the script returned a status code outside 200..599\",\"instance\":\"abc\"}"
    );
    assert_eq!(reply.line, "HTTP/1.1 500 Internal Server Error");
}

#[test]
fn answers_without_content() {
    let body = "appendToWebhookResponse(\"dropped\"); ";
    let scripts: Vec<(String, String)> =
        [204, 205, 304].iter().map(|code| (format!("s{code}.sil"), format!("{body}return true, {code};"))).collect();
    let config: String = [204, 205, 304]
        .iter()
        .map(|code| hook(&format!("s{code}"), "\"GET\", \"HEAD\"", &format!("s{code}.sil"), OPEN))
        .collect();
    let scripts: Vec<(&str, &str)> = scripts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let running = Running::start(&config, &scripts);
    for (code, length) in [(204, None), (205, Some("0")), (304, None)] {
        let target = format!("s{code}/run");
        // What follows on the connection is the next answer, so nothing came behind the head.
        let one = format!("GET {}/{target} HTTP/1.1\r\nHost: x\r\n\r\n", super::PREFIX);
        let last = format!("GET {}/{target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", super::PREFIX);
        let replies = running.raw(format!("{one}{last}").as_bytes());
        assert_eq!(replies.len(), 2);
        for reply in replies {
            assert_eq!((reply.status, reply.header("content-length")), (code, length), "{reply:?}");
            assert_eq!((reply.header("content-type"), reply.body.len()), (None, 0));
        }
        assert_eq!(running.call("HEAD", &target, "", b"").status, code);
    }
}

#[test]
fn head_has_the_headers_of_get() {
    let script = "appendToWebhookResponse(getWebhookPayload().httpMethod); return true;";
    let running = Running::start(&hook("h", "\"GET\", \"HEAD\"", "h.sil", OPEN), &[("h.sil", script)]);
    let head = running.call("HEAD", "h/run", "", b"");
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("4"), 0));
    assert_eq!(head.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(running.server.runs().recent()[0].report.output, "HEAD");
}

#[test]
fn headers_of_scripts_and_configurations() {
    let script = r#"addWebhookResponseHeader(httpCreateHeader("Content-Type", "application/json"));
        addWebhookResponseHeader(httpCreateHeader("Link", "<a>"));
        addWebhookResponseHeader(httpCreateHeader("Link", "<b>"));
        appendToWebhookResponse("{}");
        return true, 405;"#;
    let unauthorized = "return false, 401;";
    let config = [
        hook("h", "\"GET\"", "h.sil", &format!("{OPEN}\nresponse_headers = {{ X-Own = \"1\", Link = \"<c>\" }}")),
        hook("u", "\"GET\"", "u.sil", OPEN),
        hook("c", "\"GET\"", "c.sil", &format!("{OPEN}\ncontent_type = \"text/csv\"")),
    ];
    let scripts = [("h.sil", script), ("u.sil", unauthorized), ("c.sil", "appendToWebhookResponse(1);")];
    let running = Running::start(&config.concat(), &scripts);
    let reply = running.call("GET", "h/run", "", b"");
    assert_eq!(reply.all("content-type"), ["application/json"]);
    assert_eq!(reply.all("link"), ["<a>", "<b>"]);
    assert_eq!((reply.header("x-own"), reply.header("allow")), (Some("1"), Some("GET, OPTIONS")));
    let reply = running.call("GET", "u/run", "", b"");
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("SIL-Token realm=\"u\"")));
    assert_eq!(running.call("GET", "c/run", "", b"").header("content-type"), Some("text/csv; charset=utf-8"));
}

#[test]
fn content_that_is_not_text_where_the_webhook_takes_it() {
    let config = hook("b", "\"POST\"", "demo.sil", &format!("{OPEN}\nbinary = \"base64\""));
    let running = Running::start(&config, &[("demo.sil", DEMO)]);
    assert_eq!(running.call("POST", "b/run", "", b"\xff\xd8\xff\xe0").text(), "POST body:/9j/4A==");
}

#[test]
fn request_ids() {
    let running = demo();
    let taken = running.call("GET", "demo/run", "X-Request-Id: order-7\r\n", b"");
    assert_eq!(taken.header("x-request-id"), Some("order-7"));
    for bad in ["a b", &"x".repeat(129)] {
        let reply = running.call("GET", "demo/run", &format!("X-Request-Id: {bad}\r\n"), b"");
        assert!(reply.header("x-request-id").unwrap().starts_with("req-"), "{bad}");
    }
    for path in ["/", "/healthz", "/nothing", "/metrics", "/readyz"] {
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: q\r\nConnection: close\r\n\r\n");
        assert_eq!(running.raw(head.as_bytes())[0].header("x-request-id"), Some("q"), "{path}");
    }
}

#[test]
fn origins() {
    let rest = format!("{OPEN}\ncors_origins = [\"https://shop.test\"]");
    let running = Running::start(&hook("o", "\"GET\"", "o.sil", &rest), &[("o.sil", "return true;")]);
    let ask = "Origin: https://shop.test\r\nAccess-Control-Request-Method: GET\r\n\
               Access-Control-Request-Headers: x-sil-token\r\n";
    let reply = running.call("OPTIONS", "o/run", ask, b"");
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, Some("https://shop.test")));
    assert_eq!(reply.header("access-control-allow-methods"), Some("GET, OPTIONS"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("x-sil-token"));
    let reply = running.call("GET", "o/run", "Origin: https://shop.test\r\n", b"");
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://shop.test"));
    assert_eq!(reply.header("vary"), Some("Origin"));
    let reply = running.call("GET", "o/run", "Origin: https://evil.test\r\n", b"");
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, None));
}
