//! Reading files, with messages that name the file, and replacing them.

use crate::Refusal;
use serde::de::DeserializeOwned;
use sil::local::read_script_text;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// A script that was read: the name shown in diagnostics and the text.
pub struct Script {
    pub name: String,
    pub text: String,
}

/// Reads a script; `-` is standard input.
pub fn read_script(path: &Path) -> Result<Script, Refusal> {
    let name = if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() };
    let text =
        if is_stdin(path) { read_script_text(io::stdin().lock()) } else { File::open(path).and_then(read_script_text) };
    match text {
        Ok(text) => Ok(Script { name, text }),
        Err(error) => Err(Refusal::no_input(format!("cannot read {name}: {error}"))),
    }
}

/// Reads all bytes of a file; `-` is standard input.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let read = if is_stdin(path) {
        io::stdin().lock().read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Refusal::no_input(format!("cannot read {}: {error}", path.display()))),
    }
}

/// Reads a JSON file.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Refusal> {
    parse_json(path, &read_bytes(path)?)
}

/// Parses JSON; problems are told with file, line and column.
pub fn parse_json<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let place = format!(" at line {line} column {column}");
        let message = message.strip_suffix(&place).unwrap_or(&message);
        Refusal::usage(format!("{}:{line}:{column}: {message}", path.display()))
    })
}

/// Replaces a file as a whole: whoever reads it sees the old content or the new one, also after a power cut. One that
/// is read-only stays as it is.
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    // A link stays a link, its target is replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut file = NamedTempFile::new_in(&folder)?;
    if let Ok(metadata) = fs::metadata(&target) {
        // A new file could be put in its place, but whoever protected it does not want that.
        if metadata.permissions().readonly() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
        }
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    // The new name is only safe once the folder is; some systems cannot open folders.
    if cfg!(unix) {
        fs::File::open(&folder)?.sync_all()?;
    }
    Ok(())
}

pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
