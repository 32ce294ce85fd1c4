//! Included files, confined to one folder.

use sil::{IncludeLoader, LoadError, local::FolderLoader};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Loads included files from a folder; that it is missing matters only if something is included.
pub struct Folder(io::Result<FolderLoader>);

impl Folder {
    /// A loader for a folder; an empty path is the current one.
    pub fn new(root: &Path) -> Self {
        Self(FolderLoader::new(root))
    }

    /// A loader for the folder that a script is in.
    pub fn of_script(script: &Path) -> Self {
        Self::new(folder_of(script).as_path())
    }
}

/// The folder that a file is in.
pub fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

impl IncludeLoader for Folder {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        match &self.0 {
            Ok(loader) => loader.load(path),
            Err(error) => Err(LoadError::new(format!("cannot open the include folder: {error}"))),
        }
    }
}
