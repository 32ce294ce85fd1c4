use crate::engine::{IncludeLoader, LoadError};
use std::{cell::RefCell, collections::BTreeMap, sync::Arc, sync::Mutex, sync::PoisonError};

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
    /// Each text with the number of its change.
    files: Mutex<(BTreeMap<String, (String, u64)>, u64)>,
}

impl MemoryScripts {
    /// No scripts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores a text.
    pub fn put(&self, path: impl Into<String>, text: impl Into<String>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.1 = files.1.saturating_add(1);
        let version = files.1;
        files.0.insert(path.into(), (text.into(), version));
    }

    /// Removes a text; says whether there was one.
    pub fn remove(&self, path: &str) -> bool {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).0.remove(path).is_some()
    }

    fn find<T>(&self, path: &str, take: impl FnOnce(&(String, u64)) -> T) -> Result<T, LoadError> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.0.get(path).map(take).ok_or_else(|| LoadError::new("there is no such script"))
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
