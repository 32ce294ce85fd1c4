use std::fmt;

/// Why a file could not be used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum FileError {
    /// There is no such file or folder.
    NotFound,
    /// It is there already.
    Exists,
    /// It is a folder where a file is wanted, or the other way round.
    WrongKind,
    /// The path leaves the root, or is no path.
    Outside,
    /// The folder is not empty.
    NotEmpty,
    /// The host or the system does not allow it.
    Denied,
    /// It is larger than the caller or the host takes.
    TooLarge,
    /// Reading or writing failed.
    Io,
}

impl FileError {
    /// In words, for messages and logs.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotFound => "there is no such file or folder",
            Self::Exists => "it exists already",
            Self::WrongKind => "it is of the wrong kind",
            Self::Outside => "the path is outside the folder that scripts may use",
            Self::NotEmpty => "the folder is not empty",
            Self::Denied => "it is not allowed",
            Self::TooLarge => "it is too large",
            Self::Io => "reading or writing failed",
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for FileError {}

/// How a file is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenMode {
    /// Reading only; the file must be there.
    Read,
    /// Reading and writing; the file is made when it is missing.
    Write,
}

/// What is known of a file or folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileInfo {
    /// Path as scripts may use it again.
    pub path: String,
    /// Size in bytes; 0 for a folder.
    pub size: u64,
    /// When it was made, in milliseconds since 1970, where the system tells.
    pub created: Option<i64>,
    /// When it was changed, in milliseconds since 1970, where the system tells.
    pub modified: Option<i64>,
    /// It is a folder.
    pub is_dir: bool,
    /// It is a symbolic link.
    pub is_symlink: bool,
    /// It may be read.
    pub can_read: bool,
    /// It may be written.
    pub can_write: bool,
    /// It may be run.
    pub can_execute: bool,
}

/// An entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// Name without path.
    pub name: String,
    /// Path as scripts may use it again.
    pub path: String,
    /// It is a folder.
    pub is_dir: bool,
}

/// The files capability. Paths are as the script writes them; relative ones start at the root (`sil.home`). What a
/// path may reach is the host's decision.
///
/// Every method fails with [`FileError`] as its variants say.
pub trait Files {
    /// The root, as `silEnv("sil.home")` shows it.
    fn root(&self) -> String;

    /// What is known of a file or folder.
    ///
    /// # Errors
    /// Not there, outside, denied.
    fn info(&mut self, path: &str) -> Result<FileInfo, FileError>;

    /// The entries of a folder, sorted by name, at most `limit`.
    ///
    /// # Errors
    /// Not there, a file, outside, denied, too many entries.
    fn list(&mut self, path: &str, limit: usize) -> Result<Vec<DirEntry>, FileError>;

    /// A whole file of at most `limit` bytes.
    ///
    /// # Errors
    /// Not there, a folder, outside, denied, too large.
    fn read(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, FileError>;

    /// Makes a file of these bytes, or adds them to its end. The file is made when it is missing.
    ///
    /// # Errors
    /// A folder, outside, denied.
    fn write(&mut self, path: &str, bytes: &[u8], append: bool) -> Result<(), FileError>;

    /// Makes an empty file.
    ///
    /// # Errors
    /// Exists, outside, denied.
    fn create_file(&mut self, path: &str) -> Result<(), FileError>;

    /// Makes a folder.
    ///
    /// # Errors
    /// Exists, outside, denied.
    fn create_dir(&mut self, path: &str) -> Result<(), FileError>;

    /// Removes a file.
    ///
    /// # Errors
    /// Not there, a folder, outside, denied.
    fn remove_file(&mut self, path: &str) -> Result<(), FileError>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// Not there, not empty, a file, outside, denied.
    fn remove_dir(&mut self, path: &str) -> Result<(), FileError>;

    /// Moves or renames a file or a folder; what is at the new place stays.
    ///
    /// # Errors
    /// Not there, exists, outside, denied.
    fn rename(&mut self, from: &str, to: &str) -> Result<(), FileError>;

    /// Opens a file at its start and gives its number. A host may limit how many are open at a time.
    ///
    /// # Errors
    /// Not there, a folder, outside, denied.
    fn open(&mut self, path: &str, mode: OpenMode) -> Result<u64, FileError>;

    /// Reads at most `count` bytes from where the file stands; none at its end.
    ///
    /// # Errors
    /// No such number, reading fails.
    fn read_open(&mut self, file: u64, count: usize) -> Result<Vec<u8>, FileError>;

    /// Writes bytes where the file stands.
    ///
    /// # Errors
    /// No such number, opened for reading, writing fails.
    fn write_open(&mut self, file: u64, bytes: &[u8]) -> Result<(), FileError>;

    /// Moves to a byte offset from the start and gives it back.
    ///
    /// # Errors
    /// No such number.
    fn seek_open(&mut self, file: u64, offset: u64) -> Result<u64, FileError>;

    /// Closes a file. Files that a run leaves open are closed by the host when it ends
    /// ([`Host::run_ended`](super::Host::run_ended)).
    ///
    /// # Errors
    /// No such number, or what was written could not be stored.
    fn close(&mut self, file: u64) -> Result<(), FileError>;
}
