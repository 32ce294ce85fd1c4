//! Included files, confined to one folder.

use crate::{
    engine::{IncludeLoader, LoadError},
    limits::SourceLimits,
};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};
use std::{
    io,
    io::Read,
    path::{Component, Path},
};

/// Loads included files from a folder and from nowhere else: no path with `..`, none from the root of the system, and no
/// link that leads out.
#[derive(Debug)]
pub struct FolderLoader {
    dir: Dir,
}

impl FolderLoader {
    /// A loader for a folder, which has to be there; an empty path is the current folder.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn new(root: impl AsRef<Path>) -> io::Result<Self> {
        let root = root.as_ref();
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        Ok(Self { dir: Dir::open_ambient_dir(root, ambient_authority())? })
    }
}

impl IncludeLoader for FolderLoader {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let relative = Path::new(path);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside || path.is_empty() {
            return Err(LoadError::new(
                "the path must lead into the include folder, without `..` and not from the root",
            ));
        }
        let cannot = |error: io::Error| {
            // The confinement says so itself; the system gives its refusals a number.
            if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
                return LoadError::new("the file is a link that leads out of the include folder");
            }
            LoadError::new(format!("cannot read it: {error}"))
        };
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt;
            // A pipe would let the compiler wait for somebody else.
            options.custom_flags(libc::O_NONBLOCK);
        }
        let file = self.dir.open_with(relative, &options).map_err(cannot)?;
        if !file.metadata().map_err(cannot)?.is_file() {
            return Err(LoadError::new("it is not a file"));
        }
        read_script_text(file).map_err(cannot)
    }
}

/// Reads a script up to a little past the size limit of scripts, which the compiler then complains about.
///
/// # Errors
/// Reading fails, or it is not UTF-8.
pub fn read_script_text(reader: impl Read) -> io::Result<String> {
    let most = SourceLimits::default().script_size.saturating_add(4);
    let mut bytes = Vec::new();
    reader.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    let complete = bytes.len() < most;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if complete || error.utf8_error().error_len().is_some() => {
            let at = error.utf8_error().valid_up_to();
            Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is not UTF-8 at byte {at}")))
        }
        // The end of what was read cuts a character.
        Err(error) => {
            let end = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(end);
            Ok(String::from_utf8(bytes).unwrap_or_default())
        }
    }
}
