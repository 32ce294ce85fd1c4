//! Requests of webhooks, from bytes to an answer.

use sil::{
    Engine, Limits, MemoryHost, Program,
    webhook::{
        Binary, RespondOptions, accepted_request_id, build_request, build_request_for, check_header, name_in_path,
        parse_query, redact_query, redact_request, respond,
    },
};
use std::{collections::HashSet, sync::LazyLock};

/// Gives everything back that came in.
static ECHO: LazyLock<Program> = LazyLock::new(|| {
    let script = "WebhookPayload call = getWebhookPayload();
        appendToWebhookResponse(call.httpMethod);
        for (WebhookParam p in call.queryParams) {
            appendToWebhookResponse(p.name + p.values);
            try { addWebhookResponseHeader(httpCreateHeader(p.name, p.values[0])); } catch { print(p.name); }
        }
        appendToWebhookResponse(call.payload);
        return call.queryParams[0].values[0], call.queryParams[0].values[1];";
    Engine::new().compile("echo.sil", script).unwrap_or_else(|found| panic!("{found}"))
});

/// Method, query, headers and content become a request or a refusal with its status; the answer of a script that
/// gives all of it back is one that HTTP can carry.
pub fn request(data: &[u8]) {
    let mut parts = data.splitn(5, |byte| *byte == 0xff);
    let mut next = || parts.next().unwrap_or_default();
    let [method, query, content_type, coding]: [String; 4] =
        std::array::from_fn(|_| String::from_utf8_lossy(next()).into_owned());
    let content = next();
    let given = |header: &str| (!header.is_empty()).then(|| header.to_owned());
    let (content_type, coding) = (given(&content_type), given(&coding));
    let (content_type, coding) = (content_type.as_deref(), coding.as_deref());

    let params = parse_query(&query);
    let names: HashSet<&str> = params.iter().map(|param| param.name.as_str()).collect();
    assert_eq!(names.len(), params.len(), "names are there once");
    assert!(params.iter().all(|param| !param.values.is_empty()));
    assert_eq!(parse_query(&redact_query(&query)).len(), params.len());
    name_in_path("", &query);
    accepted_request_id(&query);

    let strict = build_request(&method, &query, content_type, coding, content);
    let wide = build_request_for(Some(Binary::Base64), &method, &query, content_type, coding, content);
    if let Err(error) = &strict {
        assert!(matches!(error.status(), 400 | 415));
        assert_eq!(error.answer("id").status(), error.status());
    }
    let Ok(wide) = wide else { return assert!(strict.is_err()) };
    assert!(strict.is_err() || strict.as_ref() == Ok(&wide));
    assert_eq!(wide.params, params);
    assert_eq!(redact_request(wide.clone()).params.len(), params.len());

    let response = respond(&ECHO, &mut MemoryHost::new(), wide, &Limits::default(), &RespondOptions::default());
    assert!((200..600).contains(&response.answer.status()), "{}", response.answer.status());
    for (name, value) in response.answer.headers() {
        check_header(name, value).unwrap_or_else(|error| panic!("{}", error.message()));
    }
}
