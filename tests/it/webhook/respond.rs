//! From a script's run to an answer (WH-20 to WH-45).

use sil::{
    CancelFlag, Engine, Host, Limits, MemoryHost, WebhookRequest,
    host::Environment,
    signatures::{Family, Signature},
    webhook::{AnswerDefaults, MAX_OUTPUT, Method, RespondOptions, TaskState, WebhookDef, WebhookResponse, respond},
};
use std::{any::Any, sync::LazyLock, time::Duration};

static DEF: LazyLock<WebhookDef> = LazyLock::new(|| {
    let mut def = WebhookDef::new("stock", [Method::Get, Method::Patch], "stock.sil");
    def.response_headers.insert("X-Served-By".to_owned(), "shop".to_owned());
    def
});

fn options() -> RespondOptions<'static> {
    RespondOptions::of(&DEF, false, "r-9")
}

fn run_with(script: &str, request: WebhookRequest, limits: &Limits, options: &RespondOptions<'_>) -> WebhookResponse {
    let program = Engine::new().compile("stock.sil", script).unwrap_or_else(|error| panic!("{error}"));
    respond(&program, &mut MemoryHost::new(), request, limits, options)
}

fn run(script: &str) -> WebhookResponse {
    run_with(script, WebhookRequest::new("GET"), &Limits::default(), &options())
}

fn document(response: &WebhookResponse) -> serde_json::Value {
    assert_eq!(response.answer.header("Content-Type"), Some("application/problem+json"));
    serde_json::from_str(response.answer.content()).unwrap()
}

#[test]
fn the_request_goes_in_and_the_answer_comes_out() {
    let script = r#"
        WebhookPayload call = getWebhookPayload();
        appendToWebhookResponse(call.httpMethod);
        for (WebhookParam p in call.queryParams) {
            appendToWebhookResponse("," + p.name + ":" + p.values);
        }
        appendToWebhookResponse("," + call.payload);
        addWebhookResponseHeader(httpCreateHeader("Link", "</a>"));
        addWebhookResponseHeader(httpCreateHeader("Link", "</b>"));
        return true, 203;
    "#;
    let request = WebhookRequest::new("PATCH").param("b", "2").param("a", "").param("b", "é").content("x\r\n");
    let response = run_with(script, request, &Limits::default(), &options());
    let answer = &response.answer;
    assert_eq!((answer.status(), answer.content()), (203, "PATCH,b:2|é,a:,x\r\n"));
    let headers: Vec<String> = answer.headers().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(
        headers,
        [
            "Link: </a>",
            "Link: </b>",
            "X-Served-By: shop",
            "Content-Type: text/plain; charset=utf-8",
            "X-Content-Type-Options: nosniff",
            "Cache-Control: no-store",
        ]
    );
    let report = &response.report;
    assert_eq!((report.state, report.status, report.error.as_deref()), (TaskState::Succeeded, Some(203), None));
    assert_eq!((report.output.as_str(), report.headers.len()), ("PATCH,b:2|é,a:,x\r\n", 2));
    assert!(report.fuel_used > 0);
}

#[test]
fn statuses_and_success() {
    use TaskState::{Failed, Succeeded};
    for (end, status, state) in [
        ("", 200, Succeeded),
        ("return;", 200, Succeeded),
        ("return true;", 200, Succeeded),
        ("return false;", 500, Failed),
        ("return false, 200;", 200, Failed),
        ("return true, 503;", 503, Succeeded),
        ("return 302;", 302, Succeeded),
        ("return 409;", 409, Failed),
        ("return \"false\", \"422\";", 422, Failed),
        ("return {\"true\", \"201\"};", 201, Succeeded),
    ] {
        let response = run(&format!("appendToWebhookResponse(\"kept\"); {end}"));
        assert_eq!((response.answer.status(), response.report.state), (status, state), "{end}");
        assert_eq!(response.answer.content(), "kept", "{end}");
        assert_eq!(response.report.status, Some(status));
    }
}

#[test]
fn results_that_break_the_contract() {
    for end in ["return true, 1234;", "return true, 199;", "return 1;", "return \"done\";", "return true, \"x\";"] {
        let response = run(&format!("appendToWebhookResponse(\"secret\"); {end}"));
        let document = document(&response);
        assert_eq!((response.answer.status(), &document["title"]), (500, &"Invalid script result".into()), "{end}");
        assert_eq!(
            (&document["status"], &document["instance"], &document["type"]),
            (&500.into(), &"r-9".into(), &"about:blank".into())
        );
        assert!(!response.answer.content().contains("secret") && !response.answer.content().contains("1234"));
        assert_eq!((response.report.state, response.report.output.as_str()), (TaskState::Failed, "secret"));
        assert_eq!(response.report.error.as_deref(), document["detail"].as_str());
    }
}

#[test]
fn a_value_too_many_is_logged() {
    let response = run("logPrint(\"INFO\", \"first\"); return true, 201, \"x\";");
    assert_eq!(response.answer.status(), 201);
    let levels: Vec<&str> = response.report.log.iter().map(|line| line.level.as_str()).collect();
    assert_eq!(levels, ["INFO", "WARN"]);
}

#[test]
fn answers_without_content() {
    for status in [204, 205, 304] {
        let response = run(&format!("appendToWebhookResponse(\"dropped\"); return true, {status};"));
        assert_eq!((response.answer.status(), response.answer.content()), (status, ""));
        assert_eq!(response.answer.header("Content-Type"), None);
        assert_eq!(response.report.output, "dropped");
    }
    let nothing = run("appendToWebhookResponse(\"\"); appendToWebhookResponse(null); return true;");
    assert_eq!((nothing.answer.status(), nothing.answer.content()), (200, ""));
    assert_eq!(nothing.answer.header("Content-Type"), None);
    assert_eq!(nothing.answer.header("Cache-Control"), Some("no-store"));
}

#[test]
fn what_http_demands_of_a_status() {
    assert_eq!(run("return false, 405;").answer.header("Allow"), Some("GET, PATCH, OPTIONS"));
    assert_eq!(run("return false, 401;").answer.header("WWW-Authenticate"), Some("SIL-Token realm=\"stock\""));
    let own = run("addWebhookResponseHeader(httpCreateHeader(\"www-authenticate\", \"Basic\")); return false, 401;");
    let challenges = own.answer.headers().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
    assert_eq!(challenges.map(|(_, value)| value).collect::<Vec<_>>(), ["Basic"]);
    assert_eq!(run("return true;").answer.header("Allow"), None);
}

#[test]
fn headers_of_script_configuration_and_default() {
    let headers =
        [("X-Content-Type-Options".to_owned(), "off".to_owned()), ("Cache-Control".to_owned(), "no-cache".to_owned())]
            .into();
    let defaults = AnswerDefaults { content_type: Some("application/json"), headers: Some(&headers) };
    let options = RespondOptions { defaults, ..options() };
    let script = |line: &str| {
        let script = format!("{line} appendToWebhookResponse(\"x\");");
        run_with(&script, WebhookRequest::default(), &Limits::default(), &options).answer
    };
    let configured = script("");
    assert_eq!(configured.header("Content-Type"), Some("application/json"));
    assert_eq!(configured.header("X-Content-Type-Options"), Some("off"));
    assert_eq!(configured.header("Cache-Control"), Some("no-cache"));
    let own = script("addWebhookResponseHeader(httpCreateHeader(\"content-type\", \"text/html\"));");
    assert_eq!(own.header("Content-Type"), Some("text/html; charset=utf-8"));
    // A problem document is none of the script's.
    let problem = script("throw \"x\";");
    assert_eq!(problem.header("Content-Type"), Some("application/problem+json"));
}

#[test]
fn headers_that_a_script_cannot_set() {
    for (name, value) in
        [("Content-Length", "5"), ("Transfer-Encoding", "chunked"), ("X A", "1"), ("X-A", "1\\r\\nX-B: 2")]
    {
        let line = format!("addWebhookResponseHeader(httpCreateHeader(\"{name}\", \"{value}\"));");
        let caught = run(&format!("try {{ {line} }} catch {{ appendToWebhookResponse(\"caught\"); }}"));
        assert_eq!((caught.answer.status(), caught.answer.content()), (200, "caught"), "{name}");
        assert_eq!(run(&line).answer.status(), 500, "{name}");
    }
}

#[test]
fn errors_are_for_the_log_unless_exposed() {
    let script = "appendToWebhookResponse(\"half\");\nthrow \"the password is secret\";";
    let response = run(script);
    let shown = document(&response);
    assert_eq!((response.answer.status(), &shown["detail"]), (500, &"the script failed".into()));
    let error = response.report.error.clone().unwrap();
    assert!(error.contains("line: 2") && error.contains("secret"), "{error}");
    assert_eq!((response.report.state, response.report.output.as_str()), (TaskState::Failed, "half"));
    let exposed = RespondOptions { expose_errors: true, ..options() };
    let response = run_with(script, WebhookRequest::default(), &Limits::default(), &exposed);
    assert_eq!(document(&response)["detail"].as_str(), Some(error.as_str()));
}

#[test]
fn limits() {
    let endless = "while (true) { }";
    let with = |script: &str, limits: Limits| run_with(script, WebhookRequest::default(), &limits, &options());
    let late = with(endless, Limits::default().fuel(u64::MAX).timeout(Some(Duration::from_millis(20))));
    assert_eq!((late.answer.status(), late.report.state), (504, TaskState::TimedOut));
    assert_eq!(document(&late)["title"], "Gateway Timeout");
    let tired = with(endless, Limits::default().fuel(1000));
    assert_eq!((tired.answer.status(), tired.report.state), (500, TaskState::Failed));
    assert_eq!(document(&tired)["detail"], "the script reached its fuel limit");
    assert_eq!(tired.report.fuel_used, 1000);
    let long = "string s = \"0123456789\"; try { while (true) { appendToWebhookResponse(s); } } catch { return true; }";
    let long = with(long, Limits::default().response_size(64));
    assert_eq!(document(&long)["detail"], "the script reached its response size limit");
    assert_eq!(long.report.output.len(), 60);
    let flag = CancelFlag::new();
    flag.cancel();
    let cancelled = with(endless, Limits::default().cancel(Some(flag)));
    assert_eq!((cancelled.answer.status(), cancelled.report.state), (500, TaskState::Cancelled));
}

#[test]
fn records_keep_the_beginning() {
    let script = "string s = \"0123456789abcdef\"; for (int i = 0; i < 5000; i++) { appendToWebhookResponse(s); }";
    let response = run(script);
    assert_eq!((response.answer.content().len(), response.report.output.len()), (80_000, MAX_OUTPUT));
}

#[test]
fn nothing_leaks_from_one_run_to_the_next() {
    let program = Engine::new().compile("a.sil", "appendToWebhookResponse(getWebhookPayload().payload);").unwrap();
    let mut host = MemoryHost::new().with_request(WebhookRequest::new("PUT").content("of the host"));
    let mut content = |text: &str| {
        let request = WebhookRequest::new("PUT").content(text);
        respond(&program, &mut host, request, &Limits::default(), &options()).answer.content().to_owned()
    };
    assert_eq!([content("one"), content("two"), content("")], ["one", "two", ""]);
    // The host's own webhook capability has seen nothing.
    assert_eq!(host.body(), "");
}

/// A host with things that only the embedder knows.
struct Shop {
    stock: i64,
    ended: u32,
}

impl Environment for Shop {
    fn get(&mut self, name: &str) -> Option<String> {
        (name == "shop.name").then(|| "corner".to_owned())
    }
}

impl Host for Shop {
    fn environment(&mut self) -> Option<&mut dyn Environment> {
        Some(self)
    }
    fn arguments(&mut self) -> Vec<(Option<String>, String)> {
        vec![(None, "from outside".to_owned())]
    }
    fn as_any(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }
    fn run_ended(&mut self) {
        self.ended += 1;
    }
}

#[test]
fn everything_else_is_the_embedders() {
    let engine = Engine::builder()
        .routine(Signature::new("takeOne", Family::Embedder), |cx: &mut sil::call::Context<'_>| -> i64 {
            let shop = cx.host.as_any().and_then(|any| any.downcast_mut::<Shop>()).unwrap();
            shop.stock -= 1;
            shop.stock
        })
        .routine(Signature::new("shopName", Family::Embedder), |cx: &mut sil::call::Context<'_>| -> Option<String> {
            cx.host.environment().and_then(|environment| environment.get("shop.name"))
        })
        .build();
    let script = "appendToWebhookResponse(\"\" + takeOne() + \",\" + shopName() + \",\" + argv[0]);";
    let program = engine.compile("shop.sil", script).unwrap_or_else(|error| panic!("{error}"));
    let mut shop = Shop { stock: 5, ended: 0 };
    let response = respond(&program, &mut shop, WebhookRequest::default(), &Limits::default(), &options());
    assert_eq!(response.report.error, None);
    assert_eq!((response.answer.content(), shop.stock, shop.ended), ("4,corner,from outside", 4, 1));
}
