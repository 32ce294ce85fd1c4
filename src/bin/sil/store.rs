//! Persistent variables in a JSON file that is replaced as a whole.

use crate::{
    Refusal,
    files::{parse_json, replace_file},
};
use sil::host::MemoryStore;
use std::{fs, io, path::Path};

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
    let mut text = serde_json::to_string_pretty(store)?;
    text.push('\n');
    replace_file(path, text.as_bytes())
}
