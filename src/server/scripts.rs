//! Scripts in a folder.

use crate::{
    engine::{IncludeLoader, LoadError},
    local::FolderLoader,
    webhook::ScriptSource,
};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Component, Path, PathBuf},
    time::UNIX_EPOCH,
};

/// Scripts that are listed, at most.
const LISTED: usize = 10_000;

/// The scripts below one folder. The folder is looked up each time, so it can be replaced as a whole.
#[derive(Clone, Debug)]
pub struct FolderScripts {
    root: PathBuf,
}

impl FolderScripts {
    /// The scripts below a folder, which is made when it is not there.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// The scripts below a folder that may not be there.
    pub(super) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The paths of all files that end with `.sil`, in order, with `/` between their parts. At most 10,000.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        let mut folders = vec![(self.root.clone(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                let path = format!("{prefix}{name}");
                // Links are left out: they may lead in circles.
                let kind = entry.file_type()?;
                if kind.is_dir() && !name.starts_with('.') {
                    folders.push((entry.path(), format!("{path}/")));
                } else if kind.is_file() && name.ends_with(".sil") {
                    found.push(path);
                }
            }
            if found.len() >= LISTED {
                break;
            }
        }
        found.sort();
        found.truncate(LISTED);
        Ok(found)
    }

    /// Replaces a script as a whole, or makes it; it is on the disk afterwards. Call
    /// [`Server::refresh_scripts`](super::Server::refresh_scripts) to have it in force at once.
    ///
    /// # Errors
    /// The path leads out of the folder, or writing fails.
    pub fn write(&self, path: &str, text: &str) -> io::Result<()> {
        let target = self.target(path)?;
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        replace_file(&target, text.as_bytes())
    }

    /// Removes a script. Folders stay.
    ///
    /// # Errors
    /// The path leads out of the folder, or there is no such file, or it cannot be removed.
    pub fn remove(&self, path: &str) -> io::Result<()> {
        let target = self.target(path)?;
        fs::remove_file(&target)?;
        match target.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    fn target(&self, path: &str) -> io::Result<PathBuf> {
        let relative = Path::new(path);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || path.is_empty() || path.ends_with('/') {
            let text = "the path must lead into the folder of scripts, without `..` and not from the root";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(self.root.join(relative))
    }
}

impl ScriptSource for FolderScripts {
    fn text(&self, path: &str) -> Result<String, LoadError> {
        let loader = FolderLoader::new(&self.root)
            .map_err(|error| LoadError::new(format!("cannot open the folder: {error}")))?;
        loader.load(path)
    }

    fn stamp(&self, path: &str) -> Result<String, LoadError> {
        let target = self.target(path).map_err(|error| LoadError::new(error.to_string()))?;
        stamp_of(&target).map_err(|error| LoadError::new(format!("cannot read it: {error}")))
    }
}

/// Time of change, size, and number of a file.
pub(super) fn stamp_of(path: &Path) -> io::Result<String> {
    let found = fs::metadata(path)?;
    let changed = found.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let number = 0;
    Ok(format!("{changed} {} {number}", found.len()))
}

/// Replaces a file as a whole: readers see the old text or the new one, and after a crash there is one of them.
pub(super) fn replace_file(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let done = written.and_then(|()| fs::rename(&beside, target)).and_then(|()| File::open(folder)?.sync_all());
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done
}
