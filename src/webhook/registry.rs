//! Which webhooks there are, with their programs (WH-74 to WH-78).
//!
//! Invariant: the table of webhooks is replaced as a whole and never changed. A request that has taken its [`Entry`]
//! ends with what it started with.

use super::{
    JwtConfig, Problem, ScriptSource, StoreError, WebhookDef,
    definition::{validate_beside, validate_webhooks},
    has_errors,
    source::{recorded, stamp_of},
};
use crate::{
    diagnostics::Diagnostics,
    engine::{Engine, LoadError, Program},
};
use foldhash::HashMap;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Why a webhook has no program.
#[derive(Clone, Debug)]
pub enum ScriptFault {
    /// Its script cannot be had.
    Missing(LoadError),
    /// Its script does not compile.
    Broken(Diagnostics),
}

/// A webhook as it is served: definition and program that belong together.
#[derive(Debug)]
pub struct Entry {
    /// The definition.
    pub def: WebhookDef,
    /// The program, or why there is none.
    pub program: Result<Program, ScriptFault>,
    /// SHA-256 of the texts of script and included files, in hexadecimal digits.
    pub hash: String,
    /// Script and files that compiling asked for, each with its stamp then; without one it was not there.
    files: Arc<[(String, Option<String>)]>,
}

impl Entry {
    /// Paths of the script and of everything it includes, those that were not found too.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(path, _)| path.as_str())
    }

    /// What compiling had to say.
    pub fn diagnostics(&self) -> Option<&Diagnostics> {
        match &self.program {
            Ok(program) => Some(program.diagnostics()),
            Err(ScriptFault::Broken(diagnostics)) => Some(diagnostics),
            Err(ScriptFault::Missing(_)) => None,
        }
    }
}

/// A change of the webhooks that are served.
#[derive(Clone, Debug)]
pub enum Change {
    /// These and no others: a configuration that was read anew. Scripts have to be there.
    All(Vec<WebhookDef>),
    /// These and no others, when a server starts: a script that has gone missing is a warning, so that it takes down
    /// one webhook and not all.
    Restore(Vec<WebhookDef>),
    /// One more, or another one in the place of the one named `replaces`.
    Save {
        /// The webhook.
        def: Box<WebhookDef>,
        /// The name it had.
        replaces: Option<String>,
    },
    /// One less.
    Remove(String),
}

/// All webhooks. Shared between threads; a change is seen by the next [`Registry::get`].
#[derive(Debug)]
pub struct Registry {
    engine: Engine,
    source: Arc<dyn ScriptSource>,
    table: RwLock<Arc<Table>>,
    /// One change at a time; requests do not wait for it.
    changing: Mutex<()>,
}

#[derive(Debug, Default)]
struct Table {
    /// In the order of the configuration.
    entries: Vec<Arc<Entry>>,
    by_name: HashMap<String, usize>,
}

impl Table {
    fn of(entries: Vec<Arc<Entry>>) -> Self {
        let by_name = entries.iter().enumerate().map(|(index, entry)| (entry.def.name.clone(), index)).collect();
        Self { entries, by_name }
    }

    fn get(&self, name: &str) -> Option<&Arc<Entry>> {
        self.by_name.get(name).and_then(|index| self.entries.get(*index))
    }

    fn defs(&self) -> Vec<WebhookDef> {
        self.entries.iter().map(|entry| entry.def.clone()).collect()
    }
}

impl Registry {
    /// No webhooks. Build the engine with [`SourceLoader`](super::SourceLoader) over the same source as include loader,
    /// or changes of included files go unnoticed.
    pub fn new(engine: Engine, source: Arc<dyn ScriptSource>) -> Self {
        Self { engine, source, table: RwLock::default(), changing: Mutex::default() }
    }

    /// The engine that compiles the scripts.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The webhook of a name, case-sensitively (WH-51). Keep it for the whole request. One that is not enabled is to be
    /// treated as if it were not there.
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        self.table().get(name).cloned()
    }

    /// All webhooks, in the order of the configuration.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.table().entries.clone()
    }

    /// Makes a change as a whole or not at all. `jwt` is the server's key for JSON Web Tokens; `persist` stores the
    /// definitions that will be served, and when it fails, nothing changes. Gives the warnings: scripts that do not
    /// compile, for one (WH-74).
    ///
    /// # Errors
    /// All problems of the webhooks that are concerned, warnings included, when one of them stands in the way.
    pub fn apply(
        &self,
        change: Change,
        jwt: Option<&JwtConfig>,
        persist: impl FnOnce(&[WebhookDef]) -> Result<(), StoreError>,
    ) -> Result<Vec<Problem>, Vec<Problem>> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.table();
        let mut entries: Vec<Arc<Entry>>;
        let mut problems;
        match change {
            Change::All(defs) => {
                problems = validate_webhooks(&defs, jwt);
                entries = self.compiled(defs, &old);
                problems.extend(entries.iter().filter_map(|entry| script_problem(entry)));
            }
            Change::Restore(defs) => {
                problems = validate_webhooks(&defs, jwt);
                entries = self.compiled(defs, &old);
                let found = entries.iter().filter_map(|entry| script_problem(entry));
                problems.extend(found.map(|problem| Problem { warning: true, ..problem }));
            }
            Change::Save { def, replaces } => {
                entries = old.entries.clone();
                let place = match &replaces {
                    None => None,
                    Some(name) => Some(old.by_name.get(name).copied().ok_or_else(|| vec![no_such(name)])?),
                };
                let mut others = old.defs();
                others.retain(|other| Some(&other.name) != replaces.as_ref());
                problems = validate_beside(&def, &others, jwt);
                let entry = self.entry(*def, &old);
                problems.extend(script_problem(&entry));
                match place.and_then(|index| entries.get_mut(index)) {
                    Some(place) => *place = entry,
                    None => entries.push(entry),
                }
            }
            Change::Remove(name) => {
                entries = old.entries.clone();
                entries.retain(|entry| entry.def.name != name);
                problems = Vec::new();
                if entries.len() == old.entries.len() {
                    problems.push(no_such(&name));
                }
            }
        }
        if has_errors(&problems) {
            return Err(problems);
        }
        let table = Table::of(entries);
        if let Err(error) = persist(&table.defs()) {
            problems.push(Problem::error(None, "", format!("the change could not be stored: {error}")));
            return Err(problems);
        }
        self.install(table);
        Ok(problems)
    }

    /// Compiles anew what has changed at the source: scripts, and files that they include. Gives the names of the
    /// webhooks that have another program now, or have lost or regained theirs.
    ///
    /// Call it after a script was stored, and when something may have changed from outside (WH-76).
    pub fn refresh(&self) -> Vec<String> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.table();
        let entries = self.compiled(old.defs(), &old);
        let changed = old.entries.iter().zip(&entries).filter(|(before, after)| !Arc::ptr_eq(before, after));
        let names: Vec<String> = changed.map(|(_, after)| after.def.name.clone()).collect();
        if !names.is_empty() {
            self.install(Table::of(entries));
        }
        names
    }

    fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn install(&self, table: Table) {
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }

    fn compiled(&self, defs: Vec<WebhookDef>, old: &Table) -> Vec<Arc<Entry>> {
        defs.into_iter().map(|def| self.entry(def, old)).collect()
    }

    /// The entry of a definition: the old one if nothing has changed, one with the old program if that is still good.
    fn entry(&self, def: WebhookDef, old: &Table) -> Arc<Entry> {
        let same_script = |entry: &&Arc<Entry>| entry.def.script == def.script && self.is_current(entry);
        if let Some(entry) = old.get(&def.name).filter(same_script) {
            if entry.def == def {
                return Arc::clone(entry);
            }
            let (program, hash, files) = (entry.program.clone(), entry.hash.clone(), Arc::clone(&entry.files));
            return Arc::new(Entry { def, program, hash, files });
        }
        Arc::new(self.compile(def))
    }

    fn is_current(&self, entry: &Entry) -> bool {
        entry.files.iter().all(|(path, stamp)| stamp_of(&*self.source, path) == *stamp)
    }

    fn compile(&self, def: WebhookDef) -> Entry {
        // The stamp is taken before the text: a change in between makes the stamp old and is seen the next time.
        let stamp = stamp_of(&*self.source, &def.script);
        let mut files = vec![(def.script.clone(), stamp)];
        let text = match self.source.text(&def.script) {
            Ok(text) => text,
            Err(error) => {
                return Entry {
                    def,
                    program: Err(ScriptFault::Missing(error)),
                    hash: String::new(),
                    files: files.into(),
                };
            }
        };
        let (compiled, includes) = recorded(|| self.engine.compile(&def.script, &text));
        files.extend(includes);
        let program = compiled.map_err(ScriptFault::Broken);
        let sources = match &program {
            Ok(program) => program.diagnostics().sources(),
            Err(ScriptFault::Broken(diagnostics)) => diagnostics.sources(),
            Err(ScriptFault::Missing(_)) => return Entry { def, program, hash: String::new(), files: files.into() },
        };
        let mut hasher = Sha256::new();
        for file in sources.files() {
            hasher.update(file.text().as_bytes());
            // No text holds this byte, so texts cannot run into each other.
            hasher.update([0xff]);
        }
        let hash = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Entry { def, program, hash, files: files.into() }
    }
}

fn no_such(name: &str) -> Problem {
    Problem::error(Some(name), "", "there is no webhook of this name")
}

/// What is wrong with the script of a webhook: one that is missing stands in the way, one that does not compile does
/// not, since scripts are edited afterwards (WH-74).
fn script_problem(entry: &Entry) -> Option<Problem> {
    let name = Some(entry.def.name.as_str());
    match &entry.program {
        Ok(_) => None,
        // There is no script to look for.
        Err(_) if entry.def.script.trim().is_empty() => None,
        Err(ScriptFault::Missing(error)) => {
            Some(Problem::error(name, "script", format!("the script `{}` is not there: {error}", entry.def.script)))
        }
        Err(ScriptFault::Broken(diagnostics)) => {
            let diagnostics = diagnostics.to_string();
            Some(Problem::warning(name, "script", format!("the script does not compile: {}", diagnostics.trim_end())))
        }
    }
}
