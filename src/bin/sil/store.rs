//! Persistent variables in a JSON file that is replaced as a whole.

use crate::{Refusal, files::parse_json};
use sil::host::MemoryStore;
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// Reads the variables; a file that is not there has none.
pub fn read_store(path: &Path) -> Result<MemoryStore, Refusal> {
    match fs::read(path) {
        Ok(bytes) if bytes.trim_ascii().is_empty() => Ok(MemoryStore::new()),
        Ok(bytes) => parse_json(path, &bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(MemoryStore::new()),
        Err(error) => Err(Refusal::no_input(format!("cannot read {}: {error}", path.display()))),
    }
}

/// Writes the variables: whoever reads the file sees the old ones or the new ones, also after a power cut.
pub fn write_store(path: &Path, store: &MemoryStore) -> io::Result<()> {
    // A link stays a link, its target is replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut text = serde_json::to_string_pretty(store)?;
    text.push('\n');
    let mut file = NamedTempFile::new_in(&folder)?;
    if let Ok(metadata) = fs::metadata(&target) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    // The new name is only safe once the folder is; some systems cannot open folders.
    if cfg!(unix) {
        fs::File::open(&folder)?.sync_all()?;
    }
    Ok(())
}
