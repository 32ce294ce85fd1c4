//! Files that live in memory.

use super::START;
use crate::host::{DirEntry, FileError, FileInfo, Files, OpenMode};
use std::collections::{BTreeMap, HashMap};

/// Where scripts find themselves.
const ROOT: &str = "/sil";
/// Bytes of all files together.
const CAPACITY: usize = 64 << 20;
/// Files and folders.
const ENTRIES: usize = 10_000;
/// Files open at a time.
const OPEN: usize = 64;

/// Files below the folder `/sil`, at most 64 MiB and 10,000 of them.
#[derive(Clone, Debug)]
pub struct MemoryFiles {
    /// By path below the root, which is not among them: most hosts are made for runs that ask for no file.
    nodes: BTreeMap<String, Node>,
    size: usize,
    open: HashMap<u64, Open>,
    next: u64,
    time: i64,
}

#[derive(Clone, Debug)]
struct Node {
    /// `None` for a folder.
    bytes: Option<Vec<u8>>,
    created: i64,
    modified: i64,
}

/// The root, whose path is empty.
static ROOT_NODE: Node = Node { bytes: None, created: START, modified: START };

#[derive(Clone, Debug)]
struct Open {
    path: String,
    position: usize,
    mode: OpenMode,
}

impl Default for MemoryFiles {
    fn default() -> Self {
        Self { nodes: BTreeMap::new(), size: 0, open: HashMap::new(), next: 1, time: START }
    }
}

impl MemoryFiles {
    /// The bytes of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.nodes.get(&below_root(path).ok()?)?.bytes.as_deref()
    }

    /// The paths of all files, below the root.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter(|(_, node)| node.bytes.is_some()).map(|(path, _)| path.as_str())
    }

    /// Makes a file, with the folders that lead to it; a path that is none is left out.
    pub(super) fn put(&mut self, path: &str, bytes: Vec<u8>) {
        let Ok(path) = below_root(path) else { return };
        for (end, _) in path.match_indices('/') {
            let folder = path.get(..end).unwrap_or("").to_owned();
            let time = self.time;
            self.nodes.entry(folder).or_insert(Node { bytes: None, created: time, modified: time });
        }
        let before = self.nodes.get(&path).and_then(|node| node.bytes.as_ref()).map_or(0, Vec::len);
        self.size = self.size.saturating_sub(before).saturating_add(bytes.len());
        let node = Node { bytes: Some(bytes), created: self.time, modified: self.time };
        self.nodes.insert(path, node);
    }

    pub(super) fn set_time(&mut self, millis: i64) {
        self.time = millis;
    }

    pub(super) fn close_all(&mut self) {
        self.open.clear();
    }

    fn node(&self, path: &str) -> Result<&Node, FileError> {
        if path.is_empty() { Ok(&ROOT_NODE) } else { self.nodes.get(path).ok_or(FileError::NotFound) }
    }

    fn file(&self, path: &str) -> Result<&Vec<u8>, FileError> {
        self.node(path)?.bytes.as_ref().ok_or(FileError::WrongKind)
    }

    /// Adds a node where there is none; the folder has to be there.
    fn add(&mut self, path: String, bytes: Option<Vec<u8>>) -> Result<(), FileError> {
        if self.node(&path).is_ok() {
            return Err(FileError::Exists);
        }
        if self.nodes.len() >= ENTRIES {
            return Err(FileError::TooLarge);
        }
        match self.node(parent(&path))?.bytes {
            Some(_) => Err(FileError::WrongKind),
            None => {
                self.nodes.insert(path, Node { bytes, created: self.time, modified: self.time });
                Ok(())
            }
        }
    }

    /// Puts bytes at a place of a file, which is filled up to it with zeros.
    fn put_at(&mut self, path: &str, position: usize, bytes: &[u8]) -> Result<(), FileError> {
        let end = position.checked_add(bytes.len()).ok_or(FileError::TooLarge)?;
        let time = self.time;
        let size = self.size;
        let node = self.nodes.get_mut(path).ok_or(FileError::NotFound)?;
        let content = node.bytes.as_mut().ok_or(FileError::WrongKind)?;
        let grown = end.saturating_sub(content.len());
        if size.saturating_add(grown) > CAPACITY {
            return Err(FileError::TooLarge);
        }
        if grown > 0 {
            content.resize(end, 0);
        }
        if let Some(place) = content.get_mut(position..end) {
            place.copy_from_slice(bytes);
        }
        node.modified = time;
        self.size = size.saturating_add(grown);
        Ok(())
    }

    fn remove(&mut self, path: &str) {
        if let Some(bytes) = self.nodes.remove(path).and_then(|node| node.bytes) {
            self.size = self.size.saturating_sub(bytes.len());
        }
    }

    /// What is inside a folder, at any depth.
    fn inside<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a String> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = prefix.clone();
        let below = self.nodes.range(start..).map(|(path, _)| path);
        below.take_while(move |path| path.starts_with(&prefix))
    }
}

impl Files for MemoryFiles {
    fn root(&self) -> String {
        ROOT.to_owned()
    }

    fn info(&mut self, path: &str) -> Result<FileInfo, FileError> {
        let path = below_root(path)?;
        let node = self.node(&path)?;
        Ok(FileInfo {
            path: absolute(&path),
            size: node.bytes.as_ref().map_or(0, |bytes| wide(bytes.len())),
            created: Some(node.created),
            modified: Some(node.modified),
            is_dir: node.bytes.is_none(),
            is_symlink: false,
            can_read: true,
            can_write: true,
            can_execute: node.bytes.is_none(),
        })
    }

    fn list(&mut self, path: &str, limit: usize) -> Result<Vec<DirEntry>, FileError> {
        let folder = below_root(path)?;
        if self.node(&folder)?.bytes.is_some() {
            return Err(FileError::WrongKind);
        }
        let children: Vec<&String> = self.inside(&folder).filter(|path| parent(path) == folder).collect();
        if children.len() > limit {
            return Err(FileError::TooLarge);
        }
        let entry = |path: &String| DirEntry {
            name: path.rsplit('/').next().unwrap_or("").to_owned(),
            path: absolute(path),
            is_dir: self.nodes.get(path).is_some_and(|node| node.bytes.is_none()),
        };
        Ok(children.into_iter().map(entry).collect())
    }

    fn read(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, FileError> {
        let bytes = self.file(&below_root(path)?)?;
        if bytes.len() > limit { Err(FileError::TooLarge) } else { Ok(bytes.clone()) }
    }

    fn write(&mut self, path: &str, bytes: &[u8], append: bool) -> Result<(), FileError> {
        let path = below_root(path)?;
        if self.node(&path).is_err() {
            self.add(path.clone(), Some(Vec::new()))?;
        }
        let length = self.file(&path)?.len();
        let position = if append { length } else { 0 };
        if !append && let Some(content) = self.nodes.get_mut(&path).and_then(|node| node.bytes.as_mut()) {
            content.clear();
            self.size = self.size.saturating_sub(length);
        }
        self.put_at(&path, position, bytes)
    }

    fn create_file(&mut self, path: &str) -> Result<(), FileError> {
        self.add(below_root(path)?, Some(Vec::new()))
    }

    fn create_dir(&mut self, path: &str) -> Result<(), FileError> {
        self.add(below_root(path)?, None)
    }

    fn remove_file(&mut self, path: &str) -> Result<(), FileError> {
        let path = below_root(path)?;
        self.file(&path)?;
        self.remove(&path);
        Ok(())
    }

    fn remove_dir(&mut self, path: &str) -> Result<(), FileError> {
        let path = below_root(path)?;
        if self.node(&path)?.bytes.is_some() {
            return Err(FileError::WrongKind);
        }
        if path.is_empty() {
            return Err(FileError::Denied);
        }
        if self.inside(&path).next().is_some() {
            return Err(FileError::NotEmpty);
        }
        self.remove(&path);
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        let (from, to) = (below_root(from)?, below_root(to)?);
        self.node(&from)?;
        if self.node(&to).is_ok() {
            return Err(FileError::Exists);
        }
        if from.is_empty() || to.starts_with(&format!("{from}/")) {
            return Err(FileError::Denied);
        }
        if self.node(parent(&to))?.bytes.is_some() {
            return Err(FileError::WrongKind);
        }
        let moved: Vec<String> = self.inside(&from).cloned().chain([from.clone()]).collect();
        for path in moved {
            if let (Some(node), Some(rest)) = (self.nodes.remove(&path), path.strip_prefix(&from)) {
                self.nodes.insert(format!("{to}{rest}"), node);
            }
        }
        Ok(())
    }

    fn open(&mut self, path: &str, mode: OpenMode) -> Result<u64, FileError> {
        let path = below_root(path)?;
        if self.open.len() >= OPEN {
            return Err(FileError::TooLarge);
        }
        if mode == OpenMode::Write && self.node(&path).is_err() {
            self.add(path.clone(), Some(Vec::new()))?;
        }
        self.file(&path)?;
        let number = self.next;
        self.next = self.next.saturating_add(1);
        self.open.insert(number, Open { path, position: 0, mode });
        Ok(number)
    }

    fn read_open(&mut self, file: u64, count: usize) -> Result<Vec<u8>, FileError> {
        let open = self.open.get_mut(&file).ok_or(FileError::NotFound)?;
        let content = self.nodes.get(&open.path).and_then(|node| node.bytes.as_deref()).ok_or(FileError::NotFound)?;
        let end = open.position.saturating_add(count).min(content.len());
        let bytes = content.get(open.position..end).unwrap_or(&[]).to_vec();
        open.position = end.max(open.position);
        Ok(bytes)
    }

    fn write_open(&mut self, file: u64, bytes: &[u8]) -> Result<(), FileError> {
        let open = self.open.get(&file).ok_or(FileError::NotFound)?;
        if open.mode == OpenMode::Read {
            return Err(FileError::Denied);
        }
        let (path, position) = (open.path.clone(), open.position);
        self.put_at(&path, position, bytes)?;
        if let Some(open) = self.open.get_mut(&file) {
            open.position = position.saturating_add(bytes.len());
        }
        Ok(())
    }

    fn seek_open(&mut self, file: u64, offset: u64) -> Result<u64, FileError> {
        let open = self.open.get_mut(&file).ok_or(FileError::NotFound)?;
        open.position = usize::try_from(offset).map_err(|_| FileError::TooLarge)?;
        Ok(offset)
    }

    fn close(&mut self, file: u64) -> Result<(), FileError> {
        self.open.remove(&file).map(|_| ()).ok_or(FileError::NotFound)
    }
}

/// The path below the root, without `.` and `..`.
fn below_root(path: &str) -> Result<String, FileError> {
    if path.trim().is_empty() || path.contains('\0') {
        return Err(FileError::Outside);
    }
    let relative = match path.strip_prefix(ROOT) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        _ if path.starts_with('/') => return Err(FileError::Outside),
        _ => path,
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(FileError::Outside)?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn absolute(path: &str) -> String {
    if path.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{path}") }
}

fn wide(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
