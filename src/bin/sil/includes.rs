//! Included files, confined to one folder.

use crate::files::read_source;
use sil::{IncludeLoader, LoadError};
use std::{
    fs::File,
    path::{Component, Path, PathBuf},
};

/// Loads included files from a folder and from nowhere else.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A loader for a folder; an empty path is the current one.
    pub fn new(root: &Path) -> Self {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        Self { root: root.to_owned() }
    }

    /// A loader for the folder that a script is in.
    pub fn of_script(script: &Path) -> Self {
        Self::new(script.parent().unwrap_or_else(|| Path::new(".")))
    }

    fn open(&self, path: &str) -> Result<File, LoadError> {
        let relative = Path::new(path);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside || path.is_empty() {
            return Err(LoadError::new(
                "the path must lead into the include folder, without `..` and not from the root",
            ));
        }
        let cannot = |error: std::io::Error| LoadError::new(format!("cannot read it: {error}"));
        let root = self.root.canonicalize().map_err(cannot)?;
        let full = root.join(relative).canonicalize().map_err(cannot)?;
        // A link inside the folder may lead out of it.
        if !full.starts_with(&root) {
            return Err(LoadError::new("the file is a link that leads out of the include folder"));
        }
        if !full.is_file() {
            return Err(LoadError::new("it is not a file"));
        }
        File::open(full).map_err(cannot)
    }
}

impl IncludeLoader for Folder {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        read_source(self.open(path)?).map_err(|error| LoadError::new(format!("cannot read it: {error}")))
    }
}
