//! Scripts: list, read, store, remove, check.
//!
//! Only paths that end with `.sil` are served: the folder may be that of the configuration, which holds secrets.

use super::{
    Operation,
    exchange::{Done, Failure, Given, Reply, blocking},
};
use crate::{
    server::{
        Server,
        admin::{access::Access, is_script_path},
    },
    webhook::ScriptSource,
};
use axum::{
    extract::{Path, State},
    routing::{delete, get, post, put},
};
use serde_json::{Value, json};
use std::io;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET", "/scripts", get(list), "listScripts", "The scripts of the folder, at most 10,000")
            .gives(200, "ScriptList")
            .fails(&[503]),
        Operation::new(
            "POST",
            "/scripts/check",
            post(check),
            "checkScript",
            "What there is to say about a text as if it stood at a path; without a text, about the stored script",
        )
        .takes("ScriptToCheck")
        .gives(200, "CheckedScript")
        .fails(&[404]),
        Operation::new("GET", "/scripts/{*path}", get(read), "getScript", "One script")
            .gives(200, "Script")
            .fails(&[404, 422]),
        Operation::new(
            "PUT",
            "/scripts/{*path}",
            put(write),
            "putScript",
            "Stores a script, which is in force at once, also when it does not compile",
        )
        .takes("ScriptInput")
        .gives(200, "StoredScript")
        .fails(&[503]),
        Operation::new(
            "DELETE",
            "/scripts/{*path}",
            delete(remove),
            "deleteScript",
            "Removes a script that no webhook needs",
        )
        .fails(&[404, 409, 422, 503]),
    ]
}

/// Webhooks that need a file, as their script or because it is included.
fn users(server: &Server, path: &str) -> Vec<String> {
    let entries = server.registry().entries();
    let users = entries.iter().filter(|entry| entry.files().any(|file| file == path));
    users.map(|entry| entry.def.name.clone()).collect()
}

fn acceptable(path: &str) -> Result<(), Failure> {
    if is_script_path(path) {
        return Ok(());
    }
    Err(Failure::field("path", "expected a path below the folder of scripts that ends with `.sil`"))
}

fn failed(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(404, "there is no such script"),
        io::ErrorKind::InvalidInput | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            Failure::field("path", "the path does not lead to a file below the folder of scripts")
        }
        _ => {
            tracing::error!("a script cannot be changed: {error}");
            Failure::new(503, "the folder of scripts cannot be used")
        }
    }
}

async fn list(State(access): State<Access>) -> Reply {
    blocking(access, |access| {
        let server = access.server();
        let paths = server.scripts().list().map_err(|error| failed(&error))?;
        let all: Vec<Value> = paths.iter().map(|path| json!({"path": path, "webhooks": users(server, path)})).collect();
        Ok(Done::ok(json!({"scripts": all})))
    })
    .await
}

fn text_of(server: &Server, path: &str) -> Result<String, Failure> {
    server.scripts().text(path).map_err(|error| Failure::new(404, format!("the script cannot be read: {error}")))
}

async fn read(State(access): State<Access>, Path(path): Path<String>) -> Reply {
    acceptable(&path)?;
    blocking(access, move |access| {
        let server = access.server();
        let text = text_of(server, &path)?;
        Ok(Done::ok(json!({"path": path, "text": text, "webhooks": users(server, &path)})))
    })
    .await
}

async fn write(State(access): State<Access>, Path(path): Path<String>, mut given: Given) -> Reply {
    let text = given.needed("text");
    given.close()?;
    acceptable(&path)?;
    blocking(access, move |access| {
        let _changing = access.changing();
        let server = access.server();
        server.write_script(&path, &text).map_err(|error| failed(&error))?;
        let diagnostics = server.check_script(&path, &text);
        Ok(Done::ok(json!({
            "path": path,
            "ok": !diagnostics.has_errors(),
            "diagnostics": diagnostics,
            "webhooks": users(server, &path),
        })))
    })
    .await
}

async fn remove(State(access): State<Access>, Path(path): Path<String>) -> Reply {
    acceptable(&path)?;
    blocking(access, move |access| {
        let _changing = access.changing();
        let users = users(access.server(), &path);
        if !users.is_empty() {
            return Err(Failure::new(409, format!("webhooks need the script: {}", users.join(", "))));
        }
        access.server().remove_script(&path).map_err(|error| failed(&error))?;
        Ok(Done::nothing())
    })
    .await
}

async fn check(State(access): State<Access>, mut given: Given) -> Reply {
    let (path, text) = (given.needed("path"), given.text("text"));
    given.close()?;
    acceptable(&path)?;
    blocking(access, move |access| {
        let server = access.server();
        let text = match text {
            Some(text) => text,
            None => text_of(server, &path)?,
        };
        let diagnostics = server.check_script(&path, &text);
        Ok(Done::ok(json!({"ok": !diagnostics.has_errors(), "diagnostics": diagnostics})))
    })
    .await
}
