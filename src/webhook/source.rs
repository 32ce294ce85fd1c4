use crate::engine::{IncludeLoader, LoadError};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Where scripts and the files they include come from. What a path may reach is the source's decision.
pub trait ScriptSource: Send + Sync + std::fmt::Debug {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn text(&self, path: &str) -> Result<String, LoadError>;

    /// Something that is different after every change of the file, and cheap to get: for a file on disk its time of
    /// change, its size and its number, for a text in a database its version.
    ///
    /// # Errors
    /// Why the file cannot be had.
    fn stamp(&self, path: &str) -> Result<String, LoadError>;
}

/// The stamp of a file; nothing when it is not there.
pub(super) fn stamp_of(source: &dyn ScriptSource, path: &str) -> Option<String> {
    source.stamp(path).ok()
}

type Files = Vec<(String, Option<String>)>;

thread_local! {
    /// What the program that this thread compiles has asked for.
    static RECORDING: RefCell<Option<Files>> = const { RefCell::new(None) };
}

/// Does something, and gives the files that [`SourceLoader`]s were asked for meanwhile on this thread, with their
/// stamps.
pub(super) fn recorded<T>(work: impl FnOnce() -> T) -> (T, Files) {
    let before = RECORDING.replace(Some(Vec::new()));
    let done = work();
    (done, RECORDING.replace(before).unwrap_or_default())
}

/// Lets scripts include files of a [`ScriptSource`], and a [`Registry`](super::Registry) know which ones they did.
///
/// ```
/// use sil::{Engine, webhook::{MemoryScripts, Registry, SourceLoader}};
/// use std::sync::Arc;
///
/// let scripts = Arc::new(MemoryScripts::new());
/// let engine = Engine::builder().include_loader(SourceLoader::new(scripts.clone())).build();
/// let registry = Registry::new(engine, scripts);
/// ```
#[derive(Clone, Debug)]
pub struct SourceLoader {
    source: Arc<dyn ScriptSource>,
}

impl SourceLoader {
    /// A loader over a source.
    pub fn new(source: Arc<dyn ScriptSource>) -> Self {
        Self { source }
    }
}

impl IncludeLoader for SourceLoader {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        RECORDING.with_borrow_mut(|recording| {
            if let Some(files) = recording {
                files.push((path.to_owned(), stamp_of(&*self.source, path)));
            }
        });
        self.source.text(path)
    }
}

/// Scripts in memory.
#[derive(Debug, Default)]
pub struct MemoryScripts {
    stored: Mutex<Stored>,
}

#[derive(Debug, Default)]
struct Stored {
    /// Each text with the number of its change.
    files: BTreeMap<String, (String, u64)>,
    changes: u64,
}

impl MemoryScripts {
    /// No scripts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores a text.
    pub fn put(&self, path: impl Into<String>, text: impl Into<String>) {
        let mut stored = self.stored();
        stored.changes = stored.changes.saturating_add(1);
        let change = stored.changes;
        stored.files.insert(path.into(), (text.into(), change));
    }

    /// Removes a text; says whether there was one.
    pub fn remove(&self, path: &str) -> bool {
        self.stored().files.remove(path).is_some()
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find<T>(&self, path: &str, take: impl FnOnce(&(String, u64)) -> T) -> Result<T, LoadError> {
        self.stored().files.get(path).map(take).ok_or_else(|| LoadError::new("there is no such script"))
    }
}

impl ScriptSource for MemoryScripts {
    fn text(&self, path: &str) -> Result<String, LoadError> {
        self.find(path, |(text, _)| text.clone())
    }

    fn stamp(&self, path: &str) -> Result<String, LoadError> {
        self.find(path, |(_, version)| version.to_string())
    }
}
