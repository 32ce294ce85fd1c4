//! Files below one folder.

use crate::host::{DirEntry, FileError, FileInfo, Files, OpenMode};
use cap_std::{
    ambient_authority,
    fs::{Dir, File, Metadata, OpenOptions},
};
use std::{
    collections::HashMap,
    fs, io,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// Files open at a time.
const OPEN: usize = 64;
/// Bytes written by one [`FolderFiles`], unless set.
const WRITTEN: u64 = 256 << 20;

/// The files below one folder and no others.
///
/// Every step of a path is taken from a handle of the folder, so that neither `..` nor a link leads out of it, not even
/// one that is made in the middle of a look-up. Only plain files are read and written, no pipes and no devices. At most
/// 64 files are open at a time, and at most 256 MiB are written in its life, unless set otherwise.
#[derive(Debug)]
pub struct FolderFiles {
    dir: Dir,
    root: PathBuf,
    read_only: bool,
    writable: u64,
    /// With what each was opened for.
    open: HashMap<u64, (File, OpenMode)>,
    next: u64,
}

impl FolderFiles {
    /// The files of a folder, which has to be there.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn new(root: impl AsRef<Path>) -> io::Result<Self> {
        let root = fs::canonicalize(root)?;
        let dir = Dir::open_ambient_dir(&root, ambient_authority())?;
        Ok(Self { dir, root, read_only: false, writable: WRITTEN, open: HashMap::new(), next: 1 })
    }

    /// Denies every change.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Sets how many bytes may be written in all.
    #[must_use]
    pub fn write_limit(mut self, bytes: u64) -> Self {
        self.writable = bytes;
        self
    }

    /// Closes what is open.
    pub(super) fn close_all(&mut self) {
        self.open.clear();
    }

    /// The path from the folder on. That it stays below is seen to when it is used.
    fn below(&self, path: &str) -> Result<PathBuf, FileError> {
        if path.trim().is_empty() || path.contains('\0') {
            return Err(FileError::Outside);
        }
        let path = Path::new(path);
        let relative =
            if path.is_absolute() { path.strip_prefix(&self.root).map_err(|_| FileError::Outside)? } else { path };
        Ok(if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative.to_owned() })
    }

    fn changed(&self, path: &str) -> Result<PathBuf, FileError> {
        let path = self.below(path)?;
        if self.read_only { Err(FileError::Denied) } else { Ok(path) }
    }

    /// Counts bytes that are going to be written.
    fn spend(&mut self, bytes: usize) -> Result<(), FileError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.writable = self.writable.checked_sub(bytes).ok_or(FileError::TooLarge)?;
        Ok(())
    }

    /// Opens a plain file.
    fn plain(&self, path: &Path, options: &mut OpenOptions) -> Result<File, FileError> {
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt;
            // A pipe would let the script wait for somebody else.
            options.custom_flags(libc::O_NONBLOCK);
        }
        let file = self.dir.open_with(path, options).map_err(|error| reason(&error))?;
        let metadata = file.metadata().map_err(|error| reason(&error))?;
        if metadata.is_file() { Ok(file) } else { Err(FileError::WrongKind) }
    }

    fn absolute(&self, relative: &Path) -> String {
        let relative: PathBuf = relative.components().filter(|part| part.as_os_str() != ".").collect();
        let full = if relative.as_os_str().is_empty() { self.root.clone() } else { self.root.join(relative) };
        full.display().to_string()
    }

    fn opened(&mut self, file: u64) -> Result<&mut File, FileError> {
        self.open.get_mut(&file).map(|(file, _)| file).ok_or(FileError::NotFound)
    }
}

impl Files for FolderFiles {
    fn root(&self) -> String {
        self.root.display().to_string()
    }

    fn info(&mut self, path: &str) -> Result<FileInfo, FileError> {
        let path = self.below(path)?;
        let metadata = self.dir.metadata(&path).map_err(|error| reason(&error))?;
        let is_symlink = self.dir.symlink_metadata(&path).is_ok_and(|link| link.is_symlink());
        let real = self.dir.canonicalize(&path).map_err(|error| reason(&error))?;
        let millis = |time: io::Result<cap_std::time::SystemTime>| time.ok().and_then(|time| millis(time.into_std()));
        let (can_read, can_execute) = modes(&metadata);
        Ok(FileInfo {
            path: self.absolute(&real),
            size: if metadata.is_dir() { 0 } else { metadata.len() },
            created: millis(metadata.created()),
            modified: millis(metadata.modified()),
            is_dir: metadata.is_dir(),
            is_symlink,
            can_read,
            can_write: !self.read_only && !metadata.permissions().readonly(),
            can_execute,
        })
    }

    fn list(&mut self, path: &str, limit: usize) -> Result<Vec<DirEntry>, FileError> {
        let folder = self.below(path)?;
        if !self.dir.metadata(&folder).map_err(|error| reason(&error))?.is_dir() {
            return Err(FileError::WrongKind);
        }
        let mut entries = Vec::new();
        for entry in self.dir.read_dir(&folder).map_err(|error| reason(&error))? {
            let entry = entry.map_err(|error| reason(&error))?;
            if entries.len() >= limit {
                return Err(FileError::TooLarge);
            }
            let relative = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(|error| reason(&error))?;
            // A link that leads out of the folder, or nowhere, is no folder.
            let is_dir = if kind.is_symlink() {
                self.dir.metadata(&relative).is_ok_and(|metadata| metadata.is_dir())
            } else {
                kind.is_dir()
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            entries.push(DirEntry { name, path: self.absolute(&relative), is_dir });
        }
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(entries)
    }

    fn read(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, FileError> {
        let path = self.below(path)?;
        let file = self.plain(&path, OpenOptions::new().read(true))?;
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
        if bytes.len() > limit { Err(FileError::TooLarge) } else { Ok(bytes) }
    }

    fn write(&mut self, path: &str, bytes: &[u8], append: bool) -> Result<(), FileError> {
        let path = self.changed(path)?;
        let mut options = OpenOptions::new();
        options.create(true);
        if append {
            options.append(true);
        } else {
            options.write(true);
        }
        let mut file = self.plain(&path, &mut options)?;
        self.spend(bytes.len())?;
        if !append {
            file.set_len(0).map_err(|error| reason(&error))?;
        }
        file.write_all(bytes).map_err(|error| reason(&error))
    }

    fn create_file(&mut self, path: &str) -> Result<(), FileError> {
        let path = self.changed(path)?;
        self.plain(&path, OpenOptions::new().write(true).create_new(true)).map(|_| ())
    }

    fn create_dir(&mut self, path: &str) -> Result<(), FileError> {
        let path = self.changed(path)?;
        self.dir.create_dir(path).map_err(|error| reason(&error))
    }

    fn remove_file(&mut self, path: &str) -> Result<(), FileError> {
        let path = self.changed(path)?;
        if self.dir.symlink_metadata(&path).map_err(|error| reason(&error))?.is_dir() {
            return Err(FileError::WrongKind);
        }
        self.dir.remove_file(path).map_err(|error| reason(&error))
    }

    fn remove_dir(&mut self, path: &str) -> Result<(), FileError> {
        let path = self.changed(path)?;
        self.dir.remove_dir(path).map_err(|error| reason(&error))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        let (from, to) = (self.changed(from)?, self.changed(to)?);
        self.dir.symlink_metadata(&from).map_err(|error| reason(&error))?;
        // The system would replace a file silently.
        match self.dir.symlink_metadata(&to) {
            Ok(_) => Err(FileError::Exists),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.dir.rename(from, &self.dir, to).map_err(|error| reason(&error))
            }
            Err(error) => Err(reason(&error)),
        }
    }

    fn open(&mut self, path: &str, mode: OpenMode) -> Result<u64, FileError> {
        if self.open.len() >= OPEN {
            return Err(FileError::TooLarge);
        }
        let mut options = OpenOptions::new();
        options.read(true);
        let path = match mode {
            OpenMode::Read => self.below(path)?,
            OpenMode::Write => {
                options.write(true).create(true);
                self.changed(path)?
            }
        };
        let file = self.plain(&path, &mut options)?;
        let number = self.next;
        self.next = self.next.saturating_add(1);
        self.open.insert(number, (file, mode));
        Ok(number)
    }

    fn read_open(&mut self, file: u64, count: usize) -> Result<Vec<u8>, FileError> {
        let file = self.opened(file)?;
        let mut bytes = Vec::new();
        let most = u64::try_from(count).unwrap_or(u64::MAX);
        file.take(most).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
        Ok(bytes)
    }

    fn write_open(&mut self, file: u64, bytes: &[u8]) -> Result<(), FileError> {
        if self.open.get(&file).is_some_and(|(_, mode)| *mode == OpenMode::Read) {
            return Err(FileError::Denied);
        }
        self.spend(bytes.len())?;
        self.opened(file)?.write_all(bytes).map_err(|error| reason(&error))
    }

    fn seek_open(&mut self, file: u64, offset: u64) -> Result<u64, FileError> {
        self.opened(file)?.seek(SeekFrom::Start(offset)).map_err(|error| reason(&error))
    }

    fn close(&mut self, file: u64) -> Result<(), FileError> {
        self.open.remove(&file).map(|_| ()).ok_or(FileError::NotFound)
    }
}

#[cfg(unix)]
fn modes(metadata: &Metadata) -> (bool, bool) {
    use cap_std::fs::PermissionsExt;
    let mode = metadata.permissions().mode();
    (mode & 0o444 != 0, mode & 0o111 != 0)
}

#[cfg(not(unix))]
fn modes(metadata: &Metadata) -> (bool, bool) {
    (true, metadata.is_dir())
}

fn millis(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).ok(),
        Err(before) => i64::try_from(before.duration().as_millis()).ok().and_then(i64::checked_neg),
    }
}

fn reason(error: &io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::NotFound,
        io::ErrorKind::AlreadyExists => FileError::Exists,
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => FileError::WrongKind,
        io::ErrorKind::DirectoryNotEmpty => FileError::NotEmpty,
        // The confinement says so itself; the system gives its refusals a number.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => FileError::Outside,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => FileError::Denied,
        io::ErrorKind::FileTooLarge | io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FileError::TooLarge,
        _ => FileError::Io,
    }
}
