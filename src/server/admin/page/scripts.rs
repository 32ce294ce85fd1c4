//! The scripts: list, editor, check (WH-76).

use super::{
    Visit,
    hooks::script_page,
    layout::{self, Notice, page, question, redirect, token},
    visit::escaped,
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    server::admin::is_script_path,
    webhook::ScriptSource,
};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const NO_PATH: &str = "Only files below the folder of scripts that end with .sil can be edited here.";

/// What a new script begins with.
const STARTER: &str = "\
WebhookPayload call = getWebhookPayload();
appendToWebhookResponse(\"You called with \" + call.httpMethod + \"\\n\");
for (WebhookParam p in call.queryParams) {
    appendToWebhookResponse(p.name + \" = \" + p.values + \"\\n\");
}
return true, 200;
";

/// All scripts.
pub(super) fn list(visit: &Visit) -> Response {
    let server = &visit.page.server;
    let (scripts, failure) = match server.scripts().list() {
        Ok(scripts) => (scripts, None),
        Err(error) => (Vec::new(), Some(format!("The folder of scripts cannot be read: {error}"))),
    };
    let entries = server.registry().entries();
    let content = html! {
        h1 { "Scripts" }
        p.hint { "Files in " code { (server.scripts().root().display()) } " that end with " code { ".sil" } "." }
        @if let Some(failure) = failure { (layout::notice(&Notice::error(failure))) }
        @if scripts.is_empty() {
            div.card.empty { p { "There is no script yet. Name one below to write it." } }
        } @else {
            table.cards {
                thead { tr { th { "Script" } th { "Used by" } } }
                tbody {
                    @for script in &scripts {
                        @let users: Vec<&str> = entries.iter().filter(|entry| entry.files().any(|file| file == script)).map(|entry| entry.def.name.as_str()).collect();
                        tr {
                            td data-label="Script" { a.name href=(script_page(visit, script)) { (script) } }
                            td data-label="Used by" {
                                @for user in &users { a href=(visit.to(&format!("hooks/{user}"))) { (user) } " " }
                                @if users.is_empty() {
                                    a href=(visit.to(&format!("add?script={}", escaped(script)))) { "Add a webhook for it" }
                                }
                            }
                        }
                    }
                }
            }
        }
        form.card method="get" action=(visit.to("script")) {
            h2 { "New script" }
            div.field {
                label for="path" { "Path" }
                input type="text" id="path" name="path" placeholder="orders/new.sil" required autocomplete="off" autocapitalize="none" spellcheck="false";
            }
            div.actions { button.primary type="submit" { "Write it" } }
        }
    };
    page(visit, StatusCode::OK, "scripts", "Scripts", &content)
}

/// The editor.
struct Editor<'a> {
    path: &'a str,
    text: &'a str,
    /// The state of the stored script when this text was taken from it.
    base: &'a str,
    notices: Vec<Notice>,
    diagnostics: Option<&'a Diagnostics>,
}

/// The editor with the stored text, or with the beginning of a new one.
pub(super) fn edit(visit: &Visit) -> Response {
    let path = visit.query.one("path");
    let server = &visit.page.server;
    if path.is_empty() {
        return redirect(&visit.to("scripts"));
    }
    if !is_script_path(path) {
        return layout::message(&visit.base, StatusCode::UNPROCESSABLE_ENTITY, NO_PATH);
    }
    let mut notices = Vec::new();
    let (text, base) = match server.scripts().text(path) {
        Ok(text) => {
            let base = print_of(&text);
            (text, base)
        }
        // A path that cannot be one of a script says so when the script is saved.
        Err(_) => {
            notices.push(Notice::warning("This script is not there yet. Save it to make it."));
            (STARTER.to_owned(), String::new())
        }
    };
    // What is wrong with it is told at once; nothing to say is worth saying only when it was asked for.
    let diagnostics = server.check_script(path, &text);
    let diagnostics = Some(&diagnostics).filter(|diagnostics| !diagnostics.is_empty());
    shown(visit, StatusCode::OK, Editor { path, text: &text, base: &base, notices, diagnostics })
}

/// Checks or saves the text of the editor.
pub(super) fn act(visit: &Visit) -> Response {
    let path = visit.query.one("path");
    if !is_script_path(path) {
        return layout::message(&visit.base, StatusCode::UNPROCESSABLE_ENTITY, NO_PATH);
    }
    let server = &visit.page.server;
    let _changing = visit.page.access.changing();
    let stored = server.scripts().text(path).ok();
    // Browsers write both characters at the end of each line, whatever the file had.
    let dos = stored.as_ref().is_some_and(|stored| stored.contains("\r\n"));
    let text = if dos { visit.fields.one("text").to_owned() } else { visit.fields.text("text") };
    let base = visit.fields.one("base");
    let diagnostics = server.check_script(path, &text);
    let diagnostics = Some(&diagnostics);
    if visit.fields.one("do") != "save" {
        return shown(visit, StatusCode::OK, Editor { path, text: &text, base, notices: Vec::new(), diagnostics });
    }
    let now = stored.as_deref().map(print_of).unwrap_or_default();
    if now != base {
        let text_of = "The script was changed by somebody else meanwhile. Your text is below and not saved; save once more to replace theirs.";
        let notices = vec![Notice::error(text_of)];
        return shown(visit, StatusCode::CONFLICT, Editor { path, text: &text, base: &now, notices, diagnostics });
    }
    match server.write_script(path, &text) {
        Ok(_) => {
            tracing::info!(script = path, "script was saved on the admin page");
            redirect(&visit.to(&format!("script?path={}&done=saved", escaped(path))))
        }
        Err(error) => {
            let notices = vec![Notice::error(format!("The script was not saved: {error}"))];
            let editor = Editor { path, text: &text, base, notices, diagnostics };
            shown(visit, StatusCode::UNPROCESSABLE_ENTITY, editor)
        }
    }
}

/// Asks before a script is deleted.
pub(super) fn ask_delete(visit: &Visit) -> Response {
    let path = visit.query.one("path");
    let content = html! { p { "Its text is gone for good. Webhooks do not need it." } };
    let back = format!("script?path={}", escaped(path));
    match refused(visit, path) {
        Some(response) => response,
        None => question(visit, "scripts", &format!("Delete {path}?"), "Delete it", &back, &content),
    }
}

/// Deletes a script that no webhook needs.
pub(super) fn delete(visit: &Visit) -> Response {
    let path = visit.query.one("path");
    let _changing = visit.page.access.changing();
    if let Some(response) = refused(visit, path) {
        return response;
    }
    match visit.page.server.remove_script(path) {
        Ok(_) => {
            tracing::info!(script = path, "script was deleted on the admin page");
            redirect(&visit.to("scripts?done=removed"))
        }
        Err(error) => {
            let text = format!("The script was not deleted: {error}");
            layout::message(&visit.base, StatusCode::CONFLICT, &text)
        }
    }
}

/// Why a script cannot be deleted.
fn refused(visit: &Visit, path: &str) -> Option<Response> {
    if !is_script_path(path) {
        return Some(layout::message(&visit.base, StatusCode::UNPROCESSABLE_ENTITY, NO_PATH));
    }
    let entries = visit.page.server.registry().entries();
    let user = entries.iter().find(|entry| entry.files().any(|file| file == path))?;
    let text = format!("The webhook {} needs this script.", user.def.name);
    Some(layout::message(&visit.base, StatusCode::CONFLICT, &text))
}

/// Tells one text from another.
fn print_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn shown(visit: &Visit, status: StatusCode, editor: Editor<'_>) -> Response {
    let Editor { path, text, base, notices, diagnostics } = editor;
    let found: Vec<Found<'_>> =
        diagnostics.map(|all| all.iter().map(|one| Found::of(one, all)).collect()).unwrap_or_default();
    let bad: BTreeSet<u32> = found.iter().filter(|found| found.file == path).map(|found| found.line).collect();
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    // Numbers for lines that will be written, too; those that are too many are cut off.
    let numbers = 1..=lines.saturating_add(500).min(20_000);
    let rows = lines.saturating_add(3).clamp(16, 60);
    let entries = visit.page.server.registry().entries();
    let users = entries.iter().filter(|entry| entry.files().any(|file| file == path));
    let used = users.clone().next().is_some();
    let content = html! {
        p.crumb { a href=(visit.to("scripts")) { "Scripts" } " / " (path) }
        h1 { (path) }
        p.hint { "Used by: "
            @for (index, entry) in users.enumerate() {
                @if index > 0 { ", " }
                a href=(visit.to(&format!("hooks/{}/try", entry.def.name))) { (entry.def.name) }
            }
            @if !used {
                "no webhook. " a href=(visit.to(&format!("add?script={}", escaped(path)))) { "Add one" }
            }
        }
        @for notice in &notices { (layout::notice(notice)) }
        form.editor method="post" action=(visit.to(&format!("script?path={}", escaped(path)))) {
            (token(visit))
            input type="hidden" name="base" value=(base);
            @if diagnostics.is_some() { (told(&found)) }
            div.code {
                div.numbers aria-hidden="true" {
                    @for number in numbers { span.bad[bad.contains(&number)] { (number) } }
                }
                textarea name="text" aria-label="Text of the script" rows=(rows) wrap="off" autocomplete="off" autocapitalize="none" spellcheck="false" {
                    "\n" (text)
                }
            }
            div.actions {
                button.primary type="submit" name="do" value="save" { "Save" }
                button type="submit" name="do" value="check" { "Check" }
                @if !base.is_empty() && !used { a.button.danger href=(visit.to(&format!("script/delete?path={}", escaped(path)))) { "Delete" } }
            }
        }
    };
    page(visit, status, "scripts", path, &content)
}

/// A diagnostic with its place and line.
struct Found<'a> {
    diagnostic: &'a Diagnostic,
    file: String,
    line: u32,
    column: u32,
    before: &'a str,
    marked: &'a str,
    after: &'a str,
}

impl<'a> Found<'a> {
    fn of(diagnostic: &'a Diagnostic, all: &'a Diagnostics) -> Self {
        let sources = all.sources();
        let span = diagnostic.span;
        let mut found = Self { diagnostic, file: String::new(), line: 0, column: 0, before: "", marked: "", after: "" };
        let (Some(place), Some(file)) = (sources.place(span), sources.file_at(span.start)) else { return found };
        (found.file, found.line, found.column) = (place.file, place.line, place.column);
        let line = file.line(found.line);
        let letters = usize::try_from(found.column.saturating_sub(1)).unwrap_or(usize::MAX);
        let start = line.char_indices().nth(letters).map_or(line.len(), |(at, _)| at);
        let length = usize::try_from(span.end.saturating_sub(span.start)).unwrap_or(usize::MAX);
        let (before, rest) = line.split_at_checked(start).unwrap_or((line, ""));
        // What goes over several lines is marked on the first one.
        let (marked, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        (found.before, found.marked, found.after) = (before, marked, after);
        found
    }
}

/// What checking has found, each at its line.
fn told(found: &[Found<'_>]) -> Markup {
    html! {
        @if found.is_empty() { (layout::notice(&Notice::good("No problems found."))) }
        ol.diagnostics {
            @for found in found {
                li.error[found.diagnostic.is_error()].warning[!found.diagnostic.is_error()] {
                    p.where {
                        @if found.line > 0 { "Line " (found.line) ", column " (found.column) " in " code { (found.file) } }
                        " · " (found.diagnostic.code)
                    }
                    p.what { (if found.diagnostic.is_error() { "error: " } else { "warning: " }) (found.diagnostic.message) }
                    @if found.line > 0 {
                        pre.line { span.number { (found.line) } (found.before) mark { (if found.marked.is_empty() { " " } else { found.marked }) } (found.after) }
                    }
                    @if let Some(hint) = &found.diagnostic.hint { p.hint { (hint) } }
                }
            }
        }
    }
}
