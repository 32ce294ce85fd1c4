//! The configuration file, read and written (WH-70, WH-77).

use super::scripts::{FolderScripts, replace_file};
use crate::{
    engine::Engine,
    webhook::{
        Change, PoolConfig, Problem, Registry, ServerConfig, SourceLoader, StoreError, WebhookDef, read_config,
        read_webhook,
    },
};
use serde_json::Value;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

/// A file of the form of WH-70. Changes keep the comments of what they do not touch.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    /// The text that is in force.
    text: Mutex<String>,
}

/// A configuration and its warnings, or all its problems.
pub type ReadConfig = Result<(ServerConfig, Vec<Problem>), Vec<Problem>>;

impl ConfigFile {
    /// A file that may not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), text: Mutex::default() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text as it is on the disk now; nothing when there is no file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn text(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Notes which text is in force.
    pub(super) fn accept(&self, text: &str) {
        text.clone_into(&mut self.accepted());
    }

    pub(super) fn is_in_force(&self, text: &str) -> bool {
        *self.accepted() == text
    }

    pub(super) fn text_in_force(&self) -> String {
        self.accepted().clone()
    }

    fn accepted(&self) -> MutexGuard<'_, String> {
        // It is replaced as a whole.
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores other webhooks, and leaves the rest of the file as it is.
    ///
    /// # Errors
    /// It cannot be written, or is not of the form of configurations any more.
    pub(super) fn store_webhooks(&self, defs: &[WebhookDef]) -> Result<(), StoreError> {
        self.change(|document| put_webhooks(document, defs))
    }

    /// Stores other settings of the pool, and leaves the rest of the file as it is.
    ///
    /// # Errors
    /// It cannot be written, or is not of the form of configurations any more.
    pub(super) fn store_pool(&self, pool: &PoolConfig) -> Result<(), StoreError> {
        self.change(|document| {
            let new = table_of(pool)?;
            let old = document.entry("pool").or_insert(Item::Table(Table::new()));
            let old = old.as_table_mut().ok_or_else(|| StoreError::new("`pool` is not a table"))?;
            for (key, value) in &new {
                let same = old.get(key).is_some_and(|before| before.to_string().trim() == value.to_string().trim());
                if !same {
                    old.insert(key, value.clone());
                }
            }
            Ok(())
        })
    }

    fn change(&self, change: impl FnOnce(&mut DocumentMut) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let cannot = |error: io::Error| StoreError::new(format!("{}: {error}", self.path.display()));
        let mut accepted = self.accepted();
        // What was changed by hand meanwhile is kept, and read by the watcher.
        let text = self.text().map_err(cannot)?.unwrap_or_else(|| accepted.clone());
        let mut document: DocumentMut = text.parse().map_err(|error| StoreError::new(one_line(&error)))?;
        change(&mut document)?;
        let new = document.to_string();
        replace_file(&self.path, new.as_bytes()).map_err(cannot)?;
        *accepted = new;
        Ok(())
    }
}

/// Reads a configuration, and gives all its problems at once (WH-75).
pub fn parse_config(text: &str) -> ReadConfig {
    let value: Value = toml_edit::de::from_str(text)
        .map_err(|error| vec![Problem::error(None, "", format!("the file is not TOML: {}", one_line(&error)))])?;
    read_config(&value)
}

/// All problems of a configuration and of its scripts, which are below a folder: what a start would complain about, and
/// scripts that are missing. Changes nothing.
pub fn check_config(text: &str, scripts: &Path) -> Vec<Problem> {
    let (webhooks, jwt, mut problems) = match parse_config(text) {
        Ok((config, problems)) => (config.webhooks, config.jwt, problems),
        // The scripts of those that can be read are looked at all the same.
        Err(problems) => {
            let value: Value = toml_edit::de::from_str(text).unwrap_or_default();
            let tables = value.get("webhook").and_then(Value::as_array).cloned().unwrap_or_default();
            let defs = tables.iter().filter_map(|table| read_webhook(table, None).ok());
            (defs.map(|(def, _)| def).collect(), None, problems)
        }
    };
    let source = Arc::new(FolderScripts::at(scripts));
    let engine = Engine::builder().include_loader(SourceLoader::new(source.clone())).build();
    let registry = Registry::new(engine, source);
    let found = registry.apply(Change::All(webhooks), jwt.as_ref(), |_| Ok(())).unwrap_or_else(|problems| problems);
    for problem in found {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

/// A configuration as a file would have it.
///
/// # Errors
/// It holds what TOML cannot, such as numbers beyond 64 bits.
pub fn print_config(config: &ServerConfig) -> Result<String, StoreError> {
    let without = ServerConfig { webhooks: Vec::new(), ..config.clone() };
    let mut document = toml_edit::ser::to_document(&without).map_err(|error| StoreError::new(error.to_string()))?;
    for (_, item) in document.iter_mut() {
        open_tables(item);
    }
    put_webhooks(&mut document, &config.webhooks)?;
    Ok(document.to_string())
}

/// Those that have not changed keep their place in the text, with its comments.
fn put_webhooks(document: &mut DocumentMut, defs: &[WebhookDef]) -> Result<(), StoreError> {
    let before = match document.get("webhook") {
        Some(Item::ArrayOfTables(tables)) => tables.clone(),
        _ => ArrayOfTables::new(),
    };
    let mut tables = ArrayOfTables::new();
    for def in defs {
        let same = before.iter().find(|table| def_of(table).as_ref() == Some(def));
        let mut table = match same {
            Some(table) => table.clone(),
            None => table_of(def)?,
        };
        // Tables are written in order of their positions, and new ones have none.
        table.set_position(None);
        tables.push(table);
    }
    if tables.is_empty() {
        document.remove("webhook");
    } else {
        document.insert("webhook", Item::ArrayOfTables(tables));
    }
    Ok(())
}

fn def_of(table: &Table) -> Option<WebhookDef> {
    let value: Value = toml_edit::de::from_str(&table.to_string()).ok()?;
    read_webhook(&value, None).ok().map(|(def, _)| def)
}

fn table_of(value: &impl serde::Serialize) -> Result<Table, StoreError> {
    let document = toml_edit::ser::to_document(value).map_err(|error| StoreError::new(error.to_string()))?;
    let mut table = document.as_table().clone();
    for (_, item) in table.iter_mut() {
        open_tables(item);
    }
    Ok(table)
}

/// `[table]` reads better than `table = { ... }`.
fn open_tables(item: &mut Item) {
    if let Some(inline) = item.as_inline_table() {
        *item = Item::Table(inline.clone().into_table());
    }
}

/// An error of the parser in one line.
fn one_line(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match (lines.first(), lines.last()) {
        (Some(first), Some(last)) if lines.len() > 1 => format!("{first}: {last}"),
        _ => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::Method;

    const TEXT: &str = "# ours\nlisten = \"127.0.0.1:0\" # any port\n\n[pool]\nthreads = 3 # few\n\n\
        # the first\n[[webhook]]\nname = \"a\"\nmethods = [\"GET\"] # one\nscript = \"a.sil\"\n\n\
        # the second\n[[webhook]]\nname = \"b\"\nmethods = [\"PUT\"]\nscript = \"b.sil\"\n[webhook.response_headers]\n\
        X-A = \"1\"\n";

    #[test]
    fn a_change_keeps_the_comments_around_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = ConfigFile::new(folder.path().join("sil.toml"));
        fs::write(file.path(), TEXT).unwrap();
        let (config, _) = parse_config(TEXT).unwrap();
        let mut defs = config.webhooks.clone();
        assert_eq!(defs[1].response_headers.len(), 1);
        defs[1].script = "c.sil".to_owned();
        defs.push(WebhookDef::new("c", [Method::Post], "c.sil"));
        file.store_webhooks(&defs).unwrap();
        file.store_pool(&PoolConfig { threads: 5, ..config.pool.clone() }).unwrap();
        let text = file.text().unwrap().unwrap();
        for kept in ["# ours", "# any port", "# the first", "# one"] {
            assert!(text.contains(kept), "{kept} in\n{text}");
        }
        let (read, _) = parse_config(&text).unwrap();
        assert_eq!(read.webhooks, defs, "{text}");
        assert_eq!((read.pool.threads, read.listen.as_str()), (5, "127.0.0.1:0"));
        file.store_webhooks(&[]).unwrap();
        assert!(parse_config(&file.text().unwrap().unwrap()).unwrap().0.webhooks.is_empty());
    }

    #[test]
    fn what_is_printed_is_read_again() {
        let (config, _) = parse_config(TEXT).unwrap();
        assert_eq!(parse_config(&print_config(&config).unwrap()).unwrap().0, config);
        let webhooks = vec![WebhookDef::new("a", [Method::Get], "a.sil")];
        let config = ServerConfig { webhooks, ..ServerConfig::default() };
        assert_eq!(parse_config(&print_config(&config).unwrap()).unwrap().0, config);
    }

    #[test]
    fn text_that_is_no_toml_is_one_problem() {
        let problems = parse_config("listen = \n").unwrap_err();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.starts_with("the file is not TOML: "), "{problems:?}");
        assert!(!problems[0].message.contains('\n'));
    }
}
