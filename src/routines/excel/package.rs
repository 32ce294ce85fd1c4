//! The archive that a workbook is: parts are read when they are needed, and those that are not changed are copied as they
//! are.

use crate::{
    call::Context,
    limits::memory,
    routines::files::{CHUNK, charge},
    value::Fault,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read, Write},
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Parts of a workbook.
const PARTS: usize = 10_000;
/// Bytes of one part, unpacked.
const PART: usize = 32 << 20;
/// How the directory of an archive marks a file.
const MARK: &[u8] = b"PK\x01\x02";

/// Why a workbook cannot be used, in words.
pub(super) type Problem = &'static str;

pub(super) const NO_WORKBOOK: Problem = "it is no .xlsx workbook";
const TOO_LARGE: Problem = "it is too large";
const TOO_MANY_PARTS: Problem = "it has more than 10000 parts";
const LARGE_PART: Problem = "a part of it is larger than 32 MiB";

/// The parts of a workbook, by path.
pub(super) struct Package {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    size: usize,
    changed: BTreeMap<String, Vec<u8>>,
    removed: BTreeSet<String>,
}

impl Package {
    /// Opens an archive. Its directory is not believed: there are no more parts than marks.
    pub(super) fn open(cx: &mut Context<'_>, bytes: Vec<u8>) -> Result<Result<Self, Problem>, Fault> {
        charge(cx, bytes.len())?;
        let marks = bytes.windows(MARK.len()).filter(|window| *window == MARK).count();
        if marks > PARTS {
            return Ok(Err(TOO_MANY_PARTS));
        }
        let size = bytes.len().saturating_add(marks.saturating_mul(1024));
        cx.budget.grow(size)?;
        let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(Err(NO_WORKBOOK)) };
        memory::add(size);
        Ok(Ok(Self { archive, size, changed: BTreeMap::new(), removed: BTreeSet::new() }))
    }

    /// The text of a part; `None` when it is not there.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, path: &str) -> Result<Result<Option<String>, Problem>, Fault> {
        let mut bytes = Vec::new();
        match self.changed.get(path) {
            Some(changed) => bytes.clone_from(changed),
            None if self.removed.contains(path) => return Ok(Ok(None)),
            None => {
                let Ok(mut part) = self.archive.by_name(path) else { return Ok(Ok(None)) };
                if part.size() > u64::try_from(PART).unwrap_or(u64::MAX) {
                    return Ok(Err(LARGE_PART));
                }
                // A part that says it is small is not believed.
                loop {
                    charge(cx, CHUNK.saturating_mul(4))?;
                    cx.budget.grow(bytes.len().saturating_mul(2).saturating_add(CHUNK))?;
                    let before = bytes.len();
                    let most = u64::try_from(CHUNK).unwrap_or(u64::MAX);
                    if part.by_ref().take(most).read_to_end(&mut bytes).is_err() {
                        return Ok(Err(NO_WORKBOOK));
                    }
                    if bytes.len() > PART {
                        return Ok(Err(LARGE_PART));
                    }
                    if bytes.len() == before {
                        break;
                    }
                }
            }
        }
        Ok(String::from_utf8(bytes).map(Some).map_err(|_| NO_WORKBOOK))
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.changed.contains_key(path) || (!self.removed.contains(path) && self.archive.index_for_name(path).is_some())
    }

    /// Puts a part in the place of the one there is.
    pub(super) fn put(&mut self, path: &str, text: String) {
        self.removed.remove(path);
        let bytes = text.into_bytes();
        memory::add(bytes.len());
        self.size = self.size.saturating_add(bytes.len());
        self.changed.insert(path.to_owned(), bytes);
    }

    pub(super) fn remove(&mut self, path: &str) {
        self.changed.remove(path);
        self.removed.insert(path.to_owned());
    }

    /// The bytes of the archive as it is now.
    pub(super) fn write(&mut self, cx: &mut Context<'_>) -> Result<Result<Vec<u8>, Problem>, Fault> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let mut total = 0u64;
        let limit = u64::try_from(self.size).unwrap_or(u64::MAX);
        cx.budget.grow(self.size)?;
        for index in 0..self.archive.len() {
            let Ok(part) = self.archive.by_index_raw(index) else { return Ok(Err(NO_WORKBOOK)) };
            let Ok(name) = part.name().map(|name| name.into_owned()) else { return Ok(Err(NO_WORKBOOK)) };
            if self.changed.contains_key(&name) || self.removed.contains(&name) {
                continue;
            }
            total = total.saturating_add(part.compressed_size());
            if total > limit {
                return Ok(Err(NO_WORKBOOK));
            }
            charge(cx, usize::try_from(part.compressed_size()).unwrap_or(usize::MAX))?;
            if writer.raw_copy_file(part).is_err() {
                return Ok(Err(NO_WORKBOOK));
            }
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (path, bytes) in &self.changed {
            if writer.start_file(path.as_str(), options).is_err() {
                return Ok(Err(NO_WORKBOOK));
            }
            for piece in bytes.chunks(CHUNK) {
                // Packing is slow work.
                charge(cx, CHUNK.saturating_mul(8))?;
                if writer.write_all(piece).is_err() {
                    return Ok(Err(TOO_LARGE));
                }
            }
        }
        Ok(writer.finish().map(Cursor::into_inner).map_err(|_| TOO_LARGE))
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        memory::sub(self.size);
    }
}
