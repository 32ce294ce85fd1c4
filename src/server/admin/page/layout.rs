//! What all pages look like, and the pieces they are made of.

use super::{Visit, session::TOKEN};
use crate::{
    value::Civil,
    webhook::{Problem, print_duration},
};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use maud::{DOCTYPE, Markup, html};
use std::time::Duration;

const STYLE: &str = include_str!("style.css");

/// The pages that every page leads to: address, title.
const PLACES: &[(&str, &str)] = &[
    ("", "Webhooks"),
    ("scripts", "Scripts"),
    ("tasks", "Queued tasks"),
    ("threads", "SIL threads"),
    ("pool", "Thread pool"),
];

/// What an address may say to the next page, and the words for it.
const DONE: &[(&str, &str)] = &[
    ("saved", "Saved. It is in force now."),
    ("deleted", "The webhook is deleted."),
    ("revoked", "The token is revoked."),
    ("expired", "All tokens of the webhook are invalid now."),
    ("removed", "The script is deleted."),
    ("emptied", "All waiting tasks are cancelled."),
    ("cancelled", "The task is cancelled."),
    ("ending", "The script was asked to end. It does so at its next step."),
    ("ended", "It had ended already."),
    ("replayed", "The task was put into the queue once more. This is the new one."),
];

/// Something to tell at the top of a page.
pub(super) struct Notice {
    kind: &'static str,
    text: String,
}

impl Notice {
    pub(super) fn good(text: impl Into<String>) -> Self {
        Self { kind: "good", text: text.into() }
    }

    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self { kind: "warning", text: text.into() }
    }

    pub(super) fn error(text: impl Into<String>) -> Self {
        Self { kind: "error", text: text.into() }
    }
}

pub(super) fn notice(notice: &Notice) -> Markup {
    let role = if notice.kind == "error" { "alert" } else { "status" };
    html! { p.notice.(notice.kind) role=(role) { (notice.text) } }
}

/// A page for administrators. `place` is the address of the one it belongs to.
pub(super) fn page(visit: &Visit, status: StatusCode, place: &str, title: &str, content: &Markup) -> Response {
    let done = DONE.iter().find(|(word, _)| *word == visit.query.one("done"));
    let done = done.filter(|_| visit.fields.0.is_empty()).map(|(_, text)| Notice::good(*text));
    let body = html! {
        header.top {
            a.brand href=(visit.to("")) { "SIL webhooks" }
            nav aria-label="Pages" {
                @for (address, title) in PLACES {
                    a href=(visit.to(address)) aria-current=[(*address == place).then_some("page")] { (title) }
                }
            }
            form.logout method="post" action=(visit.to("logout")) {
                (token(visit))
                button.quiet type="submit" { "Log out" }
            }
        }
        main {
            @if let Some(done) = &done { (notice(done)) }
            (content)
        }
    };
    document(&visit.base, status, title, &body)
}

/// A page without anything around it.
pub(super) fn bare(base: &str, status: StatusCode, title: &str, content: &Markup) -> Response {
    document(base, status, title, &html! { main.bare { (content) } })
}

/// A page with one sentence, and the way back.
pub(super) fn message(base: &str, status: StatusCode, text: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let content = html! {
        div.card {
            h1 { (title) }
            p { (text) }
            p { a href=(format!("{base}/admin/")) { "To the webhooks" } }
        }
    };
    bare(base, status, title, &content)
}

fn document(base: &str, status: StatusCode, title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · SIL webhooks" }
                link rel="stylesheet" href=(format!("{base}/admin/style.css"));
            }
            body { (body) }
        }
    };
    content(status, "text/html; charset=utf-8", Body::from(page.into_string()))
}

/// The style sheet.
pub(super) fn style() -> Response {
    content(StatusCode::OK, "text/css; charset=utf-8", Body::from(STYLE))
}

fn content(status: StatusCode, media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// To another page, which is asked for with GET.
pub(super) fn redirect(address: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

/// What every form has to hold.
pub(super) fn token(visit: &Visit) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(visit.form_token()); }
}

/// The problems of a field, or of all fields inside of it.
pub(super) fn problems_at(problems: &[Problem], field: &str) -> Markup {
    let own = problems.iter().filter(|problem| problem.field == field);
    html! {
        @for problem in own {
            p.problem.warning[problem.warning] { (problem.message) }
        }
    }
}

/// What a field of a form shows.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) value: &'a str,
    pub(super) hint: &'a str,
    pub(super) problems: &'a [Problem],
}

impl Field<'_> {
    fn around(&self, input: &Markup) -> Markup {
        html! {
            div.field.bad[self.problems.iter().any(|problem| problem.field == self.name)] {
                label for=(self.name) { (self.label) }
                (input)
                (problems_at(self.problems, self.name))
                @if !self.hint.is_empty() { p.hint { (self.hint) } }
            }
        }
    }

    /// One line.
    pub(super) fn line(&self) -> Markup {
        self.around(&html! {
            input type="text" id=(self.name) name=(self.name) value=(self.value) autocomplete="off" autocapitalize="none" spellcheck="false";
        })
    }

    /// Several lines. A line break at the beginning of the element is not part of its text, so one more is written.
    pub(super) fn lines(&self, rows: usize) -> Markup {
        self.around(&html! {
            textarea id=(self.name) name=(self.name) rows=(rows) autocomplete="off" autocapitalize="none" spellcheck="false" wrap="off" {
                "\n" (self.value)
            }
        })
    }

    /// One of several words.
    pub(super) fn choice(&self, options: &[(&str, &str)]) -> Markup {
        self.around(&html! {
            select id=(self.name) name=(self.name) {
                @for (value, text) in options {
                    option value=(value) selected[*value == self.value] { (text) }
                }
            }
        })
    }

    /// A day.
    pub(super) fn day(&self) -> Markup {
        self.around(&html! {
            input type="date" id=(self.name) name=(self.name) value=(self.value);
        })
    }
}

/// A box to tick.
pub(super) fn tick(name: &str, label: &str, hint: &str, ticked: bool) -> Markup {
    html! {
        div.field.tick {
            label {
                input type="checkbox" name=(name) value="on" checked[ticked];
                " " (label)
            }
            @if !hint.is_empty() { p.hint { (hint) } }
        }
    }
}

/// Problems that belong to no field that is shown, and one line when there are any at all.
pub(super) fn summary(problems: &[Problem], shown: &[&str]) -> Markup {
    let errors = problems.iter().filter(|problem| !problem.warning).count();
    html! {
        @if errors > 0 {
            @let s = if errors == 1 { "One thing has" } else { "Some things have" };
            (notice(&Notice::error(format!("{s} to be put right. Nothing was saved."))))
        }
        @for problem in problems.iter().filter(|problem| !shown.contains(&problem.field.as_str())) {
            (notice(&if problem.warning { Notice::warning(problem.to_string()) } else { Notice::error(problem.to_string()) }))
        }
    }
}

/// A question before something that cannot be taken back.
pub(super) fn question(visit: &Visit, place: &str, title: &str, act: &str, back: &str, content: &Markup) -> Response {
    let content = html! {
        form.card.question method="post" {
            (token(visit))
            h1 { (title) }
            (content)
            div.actions {
                button.danger type="submit" { (act) }
                a.button href=(visit.to(back)) { "No, go back" }
            }
        }
    };
    page(visit, StatusCode::OK, place, title, &content)
}

/// Text of a script, of a request or of a log, as it is.
pub(super) fn verbatim(text: &str) -> Markup {
    html! { pre.verbatim tabindex="0" { "\n" (text) } }
}

/// A moment, given in milliseconds since 1970: `2030-12-31 23:59:58`, in UTC.
pub(super) fn moment(millis: i64) -> String {
    let civil = Civil::from_local(millis);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
    )
}

/// How long something took, given in milliseconds.
pub(super) fn span(millis: u64) -> String {
    match millis {
        0 => "under 1 ms".to_owned(),
        1..=9_999 => format!("{millis} ms"),
        _ => print_duration(Duration::from_secs(millis.checked_div(1000).unwrap_or(0))),
    }
}
