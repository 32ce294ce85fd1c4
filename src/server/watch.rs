//! Files that people edit, looked at four times a second: what has changed is in force within two seconds (WH-76,
//! WH-77).
//!
//! Looking at names and not at open files follows those that are replaced, as editors and version control do it.

use super::{Server, scripts::stamp_of};
use crate::webhook::Problem;
use std::{thread, time::Duration};

const LOOK: Duration = Duration::from_millis(250);

/// Starts to look, until the server closes.
pub(super) fn start(server: &Server) {
    let server = server.clone();
    let started = thread::Builder::new().name("sil-watch".to_owned()).spawn(move || watch(&server));
    if let Err(error) = started {
        tracing::error!("no thread looks at files: {error}");
    }
}

fn watch(server: &Server) {
    let path = server.config_file().path().to_owned();
    let stamp = || stamp_of(&path).ok();
    // What was read at the start may be older than the first look.
    let (mut done, mut last) = (None, stamp());
    let mut told = None;
    while !server.is_closing() {
        thread::sleep(LOOK);
        let now = stamp();
        // A file that is being written is left alone until it rests.
        if now == last && now != done {
            told = reload(server, told);
            done.clone_from(&now);
        }
        last = now;
        let changed = server.refresh_scripts();
        if !changed.is_empty() {
            tracing::info!(webhooks = changed.join(", "), "scripts have changed");
        }
    }
}

/// Reads the file. Gives the complaint, so that it is made once.
fn reload(server: &Server, told: Option<String>) -> Option<String> {
    let problem = match server.config_file().text() {
        Ok(Some(text)) if server.config_file().is_in_force(&text) => return None,
        Ok(Some(text)) => match server.reload(&text) {
            Ok(warnings) => {
                warnings.iter().for_each(|warning| tracing::warn!("configuration: {warning}"));
                tracing::info!("the configuration has changed");
                return None;
            }
            Err(problems) => problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; "),
        },
        // There need not be one.
        Ok(None) if server.config_file().is_in_force("") => return None,
        Ok(None) => "the file is not there".to_owned(),
        Err(error) => error.to_string(),
    };
    if told.as_ref() != Some(&problem) {
        tracing::error!("the configuration stays as it was: {problem}");
    }
    Some(problem)
}
