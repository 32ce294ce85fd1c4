//! The tokens of one webhook (WH-81 to WH-84).

use super::{
    Visit,
    hooks::head,
    layout::{self, Field, Notice, moment, page, question, redirect, token},
};
use crate::{
    server::{TokenError, now_millis},
    webhook::{Auth, Entry, Method, NewToken, Problem},
};
use axum::{http::StatusCode, response::Response};
use maud::html;

/// Days that a new token is valid, unless somebody says otherwise.
const DAYS: i64 = 90;

/// All tokens, and the form of a new one.
pub(super) fn list(visit: &Visit) -> Response {
    match visit.hook() {
        Ok(entry) => listed(visit, StatusCode::OK, &entry, None, &[]),
        Err(response) => *response,
    }
}

fn listed(visit: &Visit, status: StatusCode, entry: &Entry, made: Option<&NewToken>, problems: &[Problem]) -> Response {
    let def = &entry.def;
    let place = |page: &str| visit.to(&format!("hooks/{}/tokens{page}", def.name));
    let now = now_millis();
    let records = match visit.page.server.tokens().list(&def.name) {
        Ok(records) => records,
        Err(error) => return failed(visit, &error.to_string()),
    };
    let day = moment(now.saturating_add(DAYS.saturating_mul(86_400_000)));
    let day = day.split(' ').next().unwrap_or_default();
    let expires = if visit.fields.has("expires") { visit.fields.one("expires") } else { day };
    let method = visit.fields.one("method");
    let methods: Vec<(&str, &str)> = def.methods.iter().map(|method| (method.word(), method.word())).collect();
    let content = html! {
        (head(visit, def, "/tokens"))
        @match def.auth {
            Auth::Token => {},
            Auth::None => (layout::notice(&Notice::warning("Anybody may call this webhook, so tokens are not asked for."))),
            Auth::Jwt | Auth::Signature => (layout::notice(&Notice::warning(format!("This webhook asks for a {}, not for tokens.", def.auth)))),
        }
        @if let Some(made) = made {
            section.card.made {
                h2 { "The new token" }
                p { "Copy it now: it is not kept, and cannot be shown again." }
                code.secret tabindex="0" { (made.text) }
                p.hint { "For " (made.record.method) ", valid to the end of " (made.record.expires) ". Send it in the header " code { "X-SIL-TOKEN" } ":" }
                pre.verbatim tabindex="0" {
                    "\ncurl -X " (made.record.method) " -H 'X-SIL-TOKEN: " (made.text) "' '" (visit.address_of(&def.name)) "'"
                }
            }
        }
        section {
            h2 { "Tokens" }
            @if records.is_empty() {
                div.card.empty { p { "There is no token. Create one below and give it to whoever is to call this webhook." } }
            } @else {
                table.cards {
                    thead { tr { th { "Id" } th { "Method" } th { "Created (UTC)" } th { "Valid to the end of" } th { span.away { "What to do" } } } }
                    tbody {
                        @for record in &records {
                            tr {
                                td data-label="Id" { code { (record.id) } }
                                td data-label="Method" { span.method { (record.method) } }
                                td data-label="Created" { (moment(record.created)) }
                                td data-label="Valid to" { (record.expires) @if now >= record.expires_at { " " span.badge.off { "over" } } }
                                td.actions {
                                    form method="post" action=(place("/revoke")) {
                                        (token(visit))
                                        input type="hidden" name="id" value=(record.id);
                                        button.danger type="submit" { "Revoke" }
                                    }
                                }
                            }
                        }
                    }
                }
                p { a.button.danger href=(place("/expire")) { "Expire tokens" } }
            }
        }
        form.card method="post" action=(place("")) {
            (token(visit))
            h2 { "Create a token" }
            (layout::summary(problems, &["method", "expires"]))
            div.row {
                (Field { name: "method", label: "Method", value: method, hint: "A token is for one method.", problems }.choice(&methods))
                (Field { name: "expires", label: "Valid to the end of", value: expires, hint: "", problems }.day())
            }
            div.actions { button.primary type="submit" { "Create token" } }
        }
    };
    page(visit, status, "", &format!("Tokens of {}", def.name), &content)
}

fn failed(visit: &Visit, text: &str) -> Response {
    tracing::error!("tokens on the admin page: {text}");
    layout::message(&visit.base, StatusCode::SERVICE_UNAVAILABLE, "The store of tokens failed.")
}

/// Makes a token and shows it this once.
pub(super) fn create(visit: &Visit) -> Response {
    let entry = match visit.hook() {
        Ok(entry) => entry,
        Err(response) => return *response,
    };
    let name = &entry.def.name;
    let refuse = |field: &str, text: String| {
        listed(visit, StatusCode::UNPROCESSABLE_ENTITY, &entry, None, &[Problem::error(Some(name), field, text)])
    };
    let word = visit.fields.one("method");
    let Some(method) = Method::parse(word) else {
        return refuse("method", format!("`{word}` is no method"));
    };
    match visit.page.server.create_token(name, method, visit.fields.one("expires").trim()) {
        Ok(made) => {
            tracing::info!(webhook = name, token = made.record.id, "token was created on the admin page");
            listed(visit, StatusCode::OK, &entry, Some(&made), &[])
        }
        Err(TokenError::Expires(text)) => refuse("expires", text),
        Err(error @ TokenError::Method(_)) => refuse("method", error.to_string()),
        Err(TokenError::NoWebhook) => {
            layout::message(&visit.base, StatusCode::NOT_FOUND, "There is no webhook of this name.")
        }
        Err(TokenError::Store(error)) => failed(visit, &error.to_string()),
    }
}

/// Revokes one token.
pub(super) fn revoke(visit: &Visit) -> Response {
    let (name, id) = (visit.param("name"), visit.fields.one("id"));
    match visit.page.server.tokens().revoke(name, id) {
        Ok(true) => {
            tracing::info!(webhook = name, token = id, "token was revoked on the admin page");
            redirect(&visit.to(&format!("hooks/{name}/tokens?done=revoked")))
        }
        Ok(false) => {
            layout::message(&visit.base, StatusCode::NOT_FOUND, "There is no such token. It may be revoked already.")
        }
        Err(error) => failed(visit, &error.to_string()),
    }
}

/// Asks before all tokens are made invalid.
pub(super) fn ask_expire(visit: &Visit) -> Response {
    let entry = match visit.hook() {
        Ok(entry) => entry,
        Err(response) => return *response,
    };
    let name = &entry.def.name;
    let content = html! {
        p { "All tokens of this webhook become invalid at once, for all methods. Whoever calls it needs a new one." }
    };
    let title = format!("Expire the tokens of {name}?");
    question(visit, "", &title, "Expire tokens", &format!("hooks/{name}/tokens"), &content)
}

/// Makes all tokens invalid.
pub(super) fn expire(visit: &Visit) -> Response {
    let entry = match visit.hook() {
        Ok(entry) => entry,
        Err(response) => return *response,
    };
    let name = &entry.def.name;
    match visit.page.server.tokens().expire_all(name) {
        Ok(number) => {
            tracing::info!(webhook = name, number, "tokens were expired on the admin page");
            redirect(&visit.to(&format!("hooks/{name}/tokens?done=expired")))
        }
        Err(error) => failed(visit, &error.to_string()),
    }
}
