//! A webhook, tried out: a request without HTTP and without authentication, and all that comes of it.

use super::{
    Visit,
    hooks::head,
    layout::{self, Field, Notice, page, span, token, verbatim},
};
use crate::webhook::{Entry, LogLine, WebhookResponse, build_request_for};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use std::time::Duration;

/// The form of the request.
pub(super) fn form(visit: &Visit) -> Response {
    match visit.hook() {
        Ok(entry) => shown(visit, StatusCode::OK, &entry, &html! {}),
        Err(response) => *response,
    }
}

/// Runs the script and shows what came of it.
pub(super) fn run(visit: &Visit) -> Response {
    let entry = match visit.hook() {
        Ok(entry) => entry,
        Err(response) => return *response,
    };
    let server = &visit.page.server;
    let fields = &visit.fields;
    let request_id = server.new_request_id();
    let query = fields.one("query").trim();
    let query = query.strip_prefix('?').unwrap_or(query);
    let content_type = Some(fields.one("content_type").trim()).filter(|text| !text.is_empty());
    let method = fields.one("method");
    if !entry.def.methods.iter().any(|own| own.word() == method) {
        let notice = layout::notice(&Notice::error("The webhook does not have this method."));
        return shown(visit, StatusCode::UNPROCESSABLE_ENTITY, &entry, &notice);
    }
    let content = fields.text("body");
    let request = match build_request_for(entry.def.binary, method, query, content_type, None, content.as_bytes()) {
        Ok(request) => request,
        Err(error) => {
            let notice = layout::notice(&Notice::error(format!("A caller gets {}: {error}.", error.status())));
            return shown(visit, StatusCode::UNPROCESSABLE_ENTITY, &entry, &notice);
        }
    };
    let (response, took) = server.try_run(&entry, request, &request_id);
    shown(visit, StatusCode::OK, &entry, &result(&response, took))
}

fn shown(visit: &Visit, status: StatusCode, entry: &Entry, result: &Markup) -> Response {
    let def = &entry.def;
    let fields = &visit.fields;
    let methods: Vec<(&str, &str)> = def.methods.iter().map(|method| (method.word(), method.word())).collect();
    let field = |name: &'static str, label: &'static str, hint: &'static str| Field {
        name,
        label,
        value: fields.one(name),
        hint,
        problems: &[],
    };
    let content = html! {
        (head(visit, def, "/try"))
        (result)
        form.card method="post" {
            (token(visit))
            h2 { "Request" }
            p.hint {
                "The script really runs, with everything it changes. Nobody has to authenticate here."
                @if !def.synchronous { " Callers of this webhook do not wait for it; here you do, and no task is stored." }
            }
            div.row {
                (field("method", "Method", "").choice(&methods))
                (field("query", "Query", "Such as name=Ada&x=1").line())
            }
            (field("content_type", "Content type", "").line())
            (field("body", "Body", "").lines(5))
            div.actions { button.primary type="submit" { "Send" } }
        }
    };
    page(visit, status, "", &format!("Try {}", def.name), &content)
}

fn result(response: &WebhookResponse, took: Duration) -> Markup {
    let (answer, report) = (&response.answer, &response.report);
    let status = StatusCode::from_u16(answer.status()).ok();
    let reason = status.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    html! {
        section.card.result aria-label="Answer" {
            h2 { "Answer" }
            p.status.fails[answer.status() >= 400] {
                strong { (answer.status()) " " (reason) }
                " · " (report.state.word()) " · " (if millis == 0 { format!("{} µs", took.as_micros()) } else { span(millis) })
            }
            @if let Some(error) = &report.error { (layout::notice(&Notice::error(error.clone()))) }
            h3 { "Headers" }
            (headers(answer.headers()))
            h3 { "Body" }
            @if answer.content().is_empty() { p.hint { "No content." } } @else { (verbatim(answer.content())) }
            h3 { "Log" }
            (log(&report.log))
        }
    }
}

/// Headers, one a line.
pub(super) fn headers<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Markup {
    let headers: Vec<_> = headers.collect();
    html! {
        @if headers.is_empty() { p.hint { "None." } } @else {
            pre.verbatim tabindex="0" { "\n" @for (name, value) in headers { (name) ": " (value) "\n" } }
        }
    }
}

/// What a script has logged.
pub(super) fn log(lines: &[LogLine]) -> Markup {
    html! {
        @if lines.is_empty() { p.hint { "Nothing was logged." } } @else {
            pre.verbatim tabindex="0" { "\n" @for line in lines { span.level { (line.level) } " " (line.message) "\n" } }
        }
    }
}
