//! Webhooks that were removed while tasks of theirs waited (WH-78).

use super::{config_file, scripts::replace_file};
use crate::webhook::{Change, Problem, Registry, ServerConfig, StoreError, WebhookDef};
use std::{fs, path::Path};

/// The definitions that were kept.
pub(super) fn read(path: &Path) -> Vec<WebhookDef> {
    let Ok(text) = fs::read_to_string(path) else { return Vec::new() };
    match config_file::parse_config(&text) {
        Ok((config, _)) => config.webhooks,
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
            tracing::error!("{}: removed webhooks cannot be read: {}", path.display(), told.join("; "));
            Vec::new()
        }
    }
}

fn write(path: &Path, defs: &[WebhookDef]) -> Result<(), StoreError> {
    let config = ServerConfig { webhooks: defs.to_vec(), ..ServerConfig::default() };
    let text = config_file::print_config(&config)?;
    replace_file(path, text.as_bytes()).map_err(|error| StoreError::new(format!("{}: {error}", path.display())))
}

/// Keeps these and no others.
pub(super) fn keep(registry: &Registry, path: &Path, defs: Vec<WebhookDef>) {
    // A key for JSON Web Tokens would not be used: nobody calls these webhooks.
    let defs =
        defs.into_iter().map(|def| WebhookDef { jwt: None, signature: None, auth: crate::webhook::Auth::None, ..def });
    if let Err(problems) = registry.apply(Change::Restore(defs.collect()), None, |defs| write(path, defs)) {
        let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
        tracing::error!("removed webhooks cannot be kept for their tasks: {}", told.join("; "));
    }
}
