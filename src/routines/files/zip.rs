//! `zipFiles`.

use super::{
    YES_OR_NO,
    access::{CHUNK, charge, files, read_all, read_pieces, told, write_all},
    signature,
};
use crate::{
    call::{Context, Routine},
    host::FileError,
    routines::{array, text},
    types::Type,
    value::{Fault, Value},
};
use std::{
    collections::BTreeSet,
    io::{Cursor, Write},
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Files in an archive.
const ENTRIES: usize = 10_000;
/// How the directory of an archive marks a file.
const MARK: &[u8] = b"PK\x01\x02";

pub(super) fn routines() -> Vec<Routine> {
    vec![Routine::new(
        signature("zipFiles", "zip")
            .param("files", Type::STRINGS)
            .param("zipFileName", Type::STRING)
            .returns(YES_OR_NO)
            .doc(
                "Puts files into an archive under their names without folders. What is in the archive already stays, but \
                 for files of the same name; false when a file is missing or the archive is none.",
            )
            .example(
                "printInFile(\"a.txt\", \"x\"); return zipFiles({\"a.txt\"}, \"a.zip\"), fileExists(\"a.zip\");",
                "true|true",
            ),
        zip_files,
    )]
}

type Writer = ZipWriter<Cursor<Vec<u8>>>;

fn zip_files(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let target = text(arguments, 1);
    let mut paths = Vec::new();
    let mut names = BTreeSet::new();
    if let Some(array) = array(arguments, 0) {
        cx.budget.charge(u64::try_from(array.len()).unwrap_or(u64::MAX))?;
        if array.len() > ENTRIES {
            return told(cx, "make the archive", target, Err(FileError::TooLarge));
        }
        for value in array.iter() {
            let path = value.as_str().unwrap_or("").to_owned();
            names.insert(name_of(&path).to_owned());
            paths.push(path);
        }
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let old = match files(cx)?.info(target) {
        Err(FileError::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(_) => read_all(cx, target, |budget, length| budget.text_size(length))?,
    };
    let kept = match old {
        Ok(old) if old.is_empty() => Ok(()),
        Ok(old) => keep(cx, &mut writer, old, &names)?,
        Err(error) => Err(error),
    };
    if kept.is_err() {
        return told(cx, "extend the archive", target, kept);
    }
    for path in &paths {
        let added = add(cx, &mut writer, path)?;
        if added.is_err() {
            return told(cx, "pack", path, added);
        }
    }
    let result = match writer.finish() {
        Ok(bytes) => write_all(cx, target, bytes.get_ref(), false)?,
        Err(_) => Err(FileError::Io),
    };
    told(cx, "make the archive", target, result)
}

fn name_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Copies what is in an archive as it is, without unpacking it. Its directory is not believed: there are no more files
/// than marks, and they are no larger than the archive.
fn keep(
    cx: &mut Context<'_>,
    writer: &mut Writer,
    old: Vec<u8>,
    replaced: &BTreeSet<String>,
) -> Result<Result<(), FileError>, Fault> {
    charge(cx, old.len())?;
    let size = u64::try_from(old.len()).unwrap_or(u64::MAX);
    let marks = old.windows(MARK.len()).filter(|window| *window == MARK).count();
    if marks > ENTRIES {
        return Ok(Err(FileError::TooLarge));
    }
    // What the crate keeps of one file, with room to spare.
    cx.budget.grow(old.len().saturating_add(marks.saturating_mul(1024)))?;
    let Ok(mut archive) = ZipArchive::new(Cursor::new(old)) else { return Ok(Err(FileError::WrongKind)) };
    let mut total = 0u64;
    for index in 0..archive.len() {
        let Ok(file) = archive.by_index_raw(index) else { return Ok(Err(FileError::WrongKind)) };
        total = total.saturating_add(file.compressed_size());
        if total > size {
            return Ok(Err(FileError::WrongKind));
        }
        charge(cx, usize::try_from(file.compressed_size()).unwrap_or(usize::MAX))?;
        let Ok(name) = file.name().map(|name| name.into_owned()) else { return Ok(Err(FileError::WrongKind)) };
        if !replaced.contains(&name) && writer.raw_copy_file(file).is_err() {
            return Ok(Err(FileError::WrongKind));
        }
    }
    Ok(Ok(()))
}

fn add(cx: &mut Context<'_>, writer: &mut Writer, path: &str) -> Result<Result<(), FileError>, Fault> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    if writer.start_file(name_of(path), options).is_err() {
        return Ok(Err(FileError::Exists));
    }
    let mut written = 0usize;
    read_pieces(cx, path, |cx, piece| {
        // Packing is slow work.
        charge(cx, CHUNK.saturating_mul(8))?;
        written = written.saturating_add(piece.len());
        cx.budget.text_size(written)?;
        cx.budget.grow(written.saturating_mul(2))?;
        Ok(writer.write_all(&piece).map_err(|_| FileError::Io))
    })
}
