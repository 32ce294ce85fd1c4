//! The list of webhooks, and one webhook: add, edit, delete (WH-70 to WH-78).

use super::{
    Visit, hook_form,
    layout::{self, Notice, page, question, redirect},
    visit::{Fields, escaped},
};
use crate::webhook::{Auth, Entry, Method, Problem, ScriptFault, WebhookDef, has_errors, validate_webhook};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

/// All webhooks.
pub(super) fn list(visit: &Visit) -> Response {
    let entries = visit.page.server.registry().entries();
    let content = html! {
        div.head {
            h1 { "Webhooks" }
            a.button.primary href=(visit.to("add")) { "Add webhook" }
        }
        @if entries.is_empty() {
            div.card.empty {
                p { "There is no webhook yet. A webhook binds a script to a name and to HTTP methods, so that a client can run it." }
                p { a.button.primary href=(visit.to("add")) { "Add the first one" } }
            }
        } @else {
            table.cards {
                thead { tr {
                    th { "Name" } th { "Methods" } th { "Script" } th { "Synchronized" } th { "URI" } th { span.away { "What to do" } }
                } }
                tbody { @for entry in &entries { (row(visit, entry)) } }
            }
        }
    };
    page(visit, StatusCode::OK, "", "Webhooks", &content)
}

fn row(visit: &Visit, entry: &Entry) -> Markup {
    let def = &entry.def;
    let path = visit.page.server.path_of(&def.name);
    html! {
        tr {
            td data-label="Name" {
                a.name href=(visit.to(&format!("hooks/{}", def.name))) { (def.name) }
                @if !def.enabled { " " span.badge.off { "off" } }
                @if def.auth == Auth::None { " " span.badge.open title="Anybody may call it" { "open" } }
            }
            td data-label="Methods" { @for method in &def.methods { span.method { (method) } " " } }
            td data-label="Script" {
                a href=(script_page(visit, &def.script)) { (breakable(&def.script)) }
                @match &entry.program {
                    Ok(_) => {},
                    Err(ScriptFault::Missing(_)) => { " " span.badge.bad { "missing" } },
                    Err(ScriptFault::Broken(_)) => { " " span.badge.bad { "does not compile" } },
                }
            }
            td data-label="Synchronized" { @if def.synchronous { "yes" } @else { "no" } }
            td data-label="URI" {
                @if def.methods.contains(&Method::Get) && def.enabled { a.uri href=(path) { (breakable(&path)) } }
                @else { span.uri { (breakable(&path)) } }
            }
            td.actions {
                a href=(visit.to(&format!("hooks/{}/try", def.name))) { "Try it" }
                " " a href=(visit.to(&format!("hooks/{}", def.name))) { "Edit" }
            }
        }
    }
}

/// A path that may be broken behind each slash.
fn breakable(path: &str) -> Markup {
    html! { @for part in path.split_inclusive('/') { (part) wbr; } }
}

/// The address of the page that edits a script.
pub(super) fn script_page(visit: &Visit, script: &str) -> String {
    visit.to(&format!("script?path={}", escaped(script)))
}

/// What stands above the pages of one webhook.
pub(super) fn head(visit: &Visit, def: &WebhookDef, current: &str) -> Markup {
    let place = |page: &str| visit.to(&format!("hooks/{}{page}", def.name));
    html! {
        p.crumb { a href=(visit.to("")) { "Webhooks" } " / " (def.name) }
        h1 { (def.name) @if !def.enabled { " " span.badge.off { "off" } } }
        p.address { code { (visit.address_of(&def.name)) } }
        nav.tabs aria-label="This webhook" {
            @for (page, title) in [("", "Settings"), ("/tokens", "Tokens"), ("/try", "Try it")] {
                a href=(place(page)) aria-current=[(page == current).then_some("page")] { (title) }
            }
            a href=(script_page(visit, &def.script)) { "Script" }
            a href=(visit.to(&format!("tasks?webhook={}", def.name))) { "Tasks" }
            a.danger href=(place("/delete")) { "Delete" }
        }
    }
}

/// The form of a new webhook.
pub(super) fn add(visit: &Visit) -> Response {
    let def = WebhookDef::new(visit.query.one("name"), [Method::Get, Method::Post], visit.query.one("script"));
    add_page(visit, StatusCode::OK, &hook_form::fields_of(&def), &[])
}

fn add_page(visit: &Visit, status: StatusCode, fields: &Fields, problems: &[Problem]) -> Response {
    let content = html! {
        p.crumb { a href=(visit.to("")) { "Webhooks" } " / new" }
        h1 { "Add webhook" }
        (hook_form::form(visit, fields, problems, None))
    };
    page(visit, status, "", "Add webhook", &content)
}

/// Saves a new webhook.
pub(super) fn create(visit: &Visit) -> Response {
    match store(visit, None) {
        Ok(name) => saved(visit, &name),
        Err(problems) => add_page(visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.fields, &problems),
    }
}

/// The form of a webhook that there is.
pub(super) fn edit(visit: &Visit) -> Response {
    let entry = match visit.hook() {
        Ok(entry) => entry,
        Err(response) => return *response,
    };
    let config = visit.page.server.config();
    let problems = validate_webhook(&entry.def, config.jwt.as_ref());
    let fields = hook_form::fields_of(&entry.def.clone().without_secrets());
    edit_page(visit, StatusCode::OK, &entry, &fields, &problems)
}

fn edit_page(visit: &Visit, status: StatusCode, entry: &Entry, fields: &Fields, problems: &[Problem]) -> Response {
    let fault = match &entry.program {
        Ok(_) => None,
        Err(ScriptFault::Missing(error)) => Some(format!("The script is not there: {error}")),
        Err(ScriptFault::Broken(diagnostics)) => {
            Some(format!("The script does not compile, so every call fails: {}", diagnostics.to_string().trim_end()))
        }
    };
    let content = html! {
        (head(visit, &entry.def, ""))
        @if let Some(fault) = fault {
            (layout::notice(&Notice::warning(fault)))
        }
        (hook_form::form(visit, fields, problems, Some(&entry.def)))
    };
    page(visit, status, "", &entry.def.name, &content)
}

/// Saves a webhook that there is, perhaps with another name.
pub(super) fn save(visit: &Visit) -> Response {
    let entry = match visit.hook() {
        Ok(entry) => entry,
        Err(response) => return *response,
    };
    match store(visit, Some(&entry)) {
        Ok(name) => saved(visit, &name),
        Err(problems) => edit_page(visit, StatusCode::UNPROCESSABLE_ENTITY, &entry, &visit.fields, &problems),
    }
}

fn saved(visit: &Visit, name: &str) -> Response {
    tracing::info!(webhook = name, "webhook was saved on the admin page");
    redirect(&visit.to(&format!("hooks/{name}?done=saved")))
}

/// Stores what the form says, and the new script that it may hold. Gives the name.
fn store(visit: &Visit, old: Option<&Entry>) -> Result<String, Vec<Problem>> {
    let server = &visit.page.server;
    let _changing = visit.page.access.changing();
    let asked = visit.fields.one("version");
    let now = old.and_then(|old| server.registry().get(&old.def.name)).map(|now| hook_form::version(&now.def));
    if now.is_some_and(|now| !asked.is_empty() && now != asked) {
        let text = "somebody else has changed this webhook meanwhile; save once more to replace the change";
        return Err(vec![Problem::error(None, "", text)]);
    }
    let def = hook_form::read(visit, old)?;
    let name = def.name.clone();
    let source = visit.fields.text("source");
    if !source.trim().is_empty() {
        server.write_script(&def.script, &source).map_err(|error| {
            vec![Problem::error(Some(&name), "script", format!("the script cannot be written: {error}"))]
        })?;
    }
    let result = server.save_webhook(def, old.map(|old| old.def.name.as_str()));
    result.map(|_| name).inspect_err(|problems| debug_assert!(has_errors(problems)))
}

/// Asks before a webhook is deleted.
pub(super) fn ask_delete(visit: &Visit) -> Response {
    let entry = match visit.hook() {
        Ok(entry) => entry,
        Err(response) => return *response,
    };
    let name = &entry.def.name;
    let content = html! {
        p { "Its address is not there any more from the next request on, and its tokens are gone for good. Its script stays." }
        (layout::tick("cancel_tasks", "Cancel its waiting tasks", "Otherwise they still run.", false))
    };
    question(visit, "", &format!("Delete {name}?"), "Delete it", &format!("hooks/{name}"), &content)
}

/// Deletes a webhook.
pub(super) fn delete(visit: &Visit) -> Response {
    let name = visit.param("name");
    match visit.page.server.remove_webhook(name, visit.fields.has("cancel_tasks")) {
        Ok(_) => {
            tracing::info!(webhook = name, "webhook was deleted on the admin page");
            redirect(&visit.to("?done=deleted"))
        }
        Err(problems) => {
            let content = html! {
                h1 { "Not deleted" }
                (layout::summary(&problems, &[]))
                p { a href=(visit.to("")) { "To the webhooks" } }
            };
            page(visit, StatusCode::CONFLICT, "", "Not deleted", &content)
        }
    }
}
