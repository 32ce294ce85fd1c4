//! Making, removing, moving and describing files and folders.

use super::{
    YES_OR_NO,
    access::{cannot, charge, files, info, read_pieces, told},
    signature,
};
use crate::{
    call::{Context, Routine},
    host::{FileError, Files},
    routines::text,
    signatures::Returns,
    types::Type,
    value::{Array, Date, Fault, Value},
};
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    vec![
        Routine::new(
            signature("createDirectory", "createDir")
                .param("path", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Makes a folder; false when it is there already or cannot be made.")
                .example("return createDirectory(\"reports\"), createDirectory(\"reports\");", "true|false"),
            |cx, arguments| change(cx, "make the folder", text(arguments, 0), |files, path| files.create_dir(path)),
        ),
        Routine::new(
            signature("createFile", "create")
                .param("path", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Makes an empty file; false when it is there already or cannot be made.")
                .example("return createFile(\"new.txt\"), fileSize(\"new.txt\");", "true|0"),
            |cx, arguments| change(cx, "make the file", text(arguments, 0), |files, path| files.create_file(path)),
        ),
        Routine::new(
            signature("deleteFile", "delete")
                .param("path", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Removes a file; false when there is none.")
                .example(
                    "createFile(\"old.txt\"); return deleteFile(\"old.txt\"), fileExists(\"old.txt\");",
                    "true|false",
                ),
            |cx, arguments| change(cx, "remove the file", text(arguments, 0), |files, path| files.remove_file(path)),
        ),
        Routine::new(
            signature("deleteDirectory", "deleteDir")
                .param("path", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Removes a folder, which has to be empty; false when it is not or not there.")
                .example(
                    "createDirectory(\"old\"); return deleteDirectory(\"old\"), directoryExists(\"old\");",
                    "true|false",
                ),
            |cx, arguments| change(cx, "remove the folder", text(arguments, 0), |files, path| files.remove_dir(path)),
        ),
        Routine::new(
            signature("fileExists", "exists")
                .param("path", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Whether there is a file of this path; a folder is none.")
                .example("createFile(\"a.txt\"); return fileExists(\"a.txt\"), fileExists(\"b.txt\");", "true|false"),
            |cx, arguments| exists(cx, text(arguments, 0), false),
        ),
        Routine::new(
            signature("directoryExists", "dirExists")
                .param("path", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Whether there is a folder of this path.")
                .example(
                    "createDirectory(\"logs\"); return directoryExists(\"logs\"), directoryExists(\"none\");",
                    "true|false",
                ),
            |cx, arguments| exists(cx, text(arguments, 0), true),
        ),
        Routine::new(
            signature("fileSize", "size")
                .param("file", Type::STRING)
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("The size of a file in bytes; a missing file is an error.")
                .example("printInFile(\"a.txt\", \"four\"); return fileSize(\"a.txt\");", "5"),
            size,
        ),
        Routine::new(
            signature("fileInfo", "info")
                .param("path", Type::STRING)
                .returns(Returns::Is(Type::STRINGS))
                .doc(
                    "What is known of a file or folder, by key: absolutePath, created, createdLong, lastModified, \
                 lastModifiedLong, uri, isDirectory, isSymbolic, parent, canRead, canWrite, canExecute.",
                )
                .example(
                    "createFile(\"a.txt\"); string[] info = fileInfo(\"a.txt\"); return info[\"isDirectory\"], \
                 info[\"canRead\"];",
                    "false|true",
                ),
            described,
        ),
        Routine::new(
            signature("fileCopy", "copy")
                .param("source", Type::STRING)
                .param("destination", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Copies a file, over another one if there is one; false when that fails.")
                .example(
                    "printInFile(\"a.txt\", \"x\"); return fileCopy(\"a.txt\", \"b.txt\"), fileSize(\"b.txt\");",
                    "true|2",
                ),
            copy,
        ),
        Routine::new(
            signature("fileMove", "move")
                .param("source", Type::STRING)
                .param("destination", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Moves a file; false when there is one at the destination, or none at the source.")
                .example(
                    "createFile(\"a.txt\"); return fileMove(\"a.txt\", \"b.txt\"), fileExists(\"a.txt\"), \
                     fileExists(\"b.txt\");",
                    "true|false|true",
                ),
            |cx, arguments| rename(cx, "move", arguments),
        ),
        Routine::new(
            signature("renameFile", "rename")
                .param("source", Type::STRING)
                .param("destination", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Gives a file another path; false when that is taken, or there is no such file.")
                .example(
                    "createFile(\"a.txt\"); return renameFile(\"a.txt\", \"c.txt\"), fileExists(\"c.txt\");",
                    "true|true",
                ),
            |cx, arguments| rename(cx, "rename", arguments),
        ),
        Routine::new(
            signature("fileTruncate", "truncate")
                .param("path", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Empties a file; false when there is none.")
                .example(
                    "printInFile(\"a.txt\", \"tea\"); return fileTruncate(\"a.txt\"), fileSize(\"a.txt\");",
                    "true|0",
                ),
            truncate,
        ),
    ]
}

type Change = fn(&mut dyn Files, &str) -> Result<(), FileError>;

fn change(cx: &mut Context<'_>, what: &str, path: &str, change: Change) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let result = change(files(cx)?, path);
    told(cx, what, path, result)
}

fn exists(cx: &mut Context<'_>, path: &str, folder: bool) -> Result<Value, Fault> {
    charge(cx, 0)?;
    Ok(Value::Bool(info(cx, path)?.is_some_and(|info| info.is_dir == folder)))
}

#[expect(clippy::cast_precision_loss, reason = "no file has 2^53 bytes")]
fn size(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let path = text(arguments, 0);
    match files(cx)?.info(path) {
        Ok(info) => Ok(Value::Num(info.size as f64)),
        Err(error) => Err(cannot("look at", path, error)),
    }
}

fn described(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let path = text(arguments, 0);
    let info = files(cx)?.info(path).map_err(|error| cannot("look at", path, error))?;
    let zone = cx.zone.clone();
    let date = |millis: i64| {
        let mut text = String::new();
        if let Some(date) = Date::from_millis(millis, &zone) {
            date.print(&zone, &mut text);
        }
        text
    };
    let modified = info.modified.unwrap_or(0);
    // Java gives the time of the last change where the system does not keep the other.
    let created = info.created.unwrap_or(modified);
    let parent = info.path.rsplit_once('/').map_or("", |(parent, _)| if parent.is_empty() { "/" } else { parent });
    let entries = [
        ("absolutePath", info.path.clone()),
        ("created", date(created)),
        ("createdLong", created.to_string()),
        ("lastModified", date(modified)),
        ("lastModifiedLong", modified.to_string()),
        ("uri", uri(&info.path, info.is_dir)),
        ("isDirectory", info.is_dir.to_string()),
        ("isSymbolic", info.is_symlink.to_string()),
        ("parent", parent.to_owned()),
        ("canRead", info.can_read.to_string()),
        ("canWrite", info.can_write.to_string()),
        ("canExecute", info.can_execute.to_string()),
    ];
    let mut array = Array::new(Type::STRING);
    for (key, value) in entries {
        array.set_key(key, Value::text(&value), &cx.budget)?;
    }
    Ok(Value::Array(Rc::new(array)))
}

/// The address of a path, as Java writes it.
fn uri(path: &str, folder: bool) -> String {
    let mut out = String::from("file://");
    if !path.starts_with('/') {
        out.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            byte if b"/-._~!$&'()*+,;=:@".contains(&byte) => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    if folder && !out.ends_with('/') {
        out.push('/');
    }
    out
}

fn rename(cx: &mut Context<'_>, what: &str, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let (from, to) = (text(arguments, 0), text(arguments, 1));
    let result = files(cx)?.rename(from, to);
    told(cx, what, from, result)
}

fn truncate(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let path = text(arguments, 0);
    let files = files(cx)?;
    let result = match files.info(path) {
        Ok(info) if info.is_dir => Err(FileError::WrongKind),
        Ok(_) => files.write(path, b"", false),
        Err(error) => Err(error),
    };
    told(cx, "empty", path, result)
}

fn copy(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let (from, to) = (text(arguments, 0), text(arguments, 1));
    let files = files(cx)?;
    let begun = match (files.info(from), files.info(to)) {
        (Err(error), _) | (_, Err(error @ FileError::Outside)) => Err(error),
        (Ok(from), _) if from.is_dir => Err(FileError::WrongKind),
        // Emptying the copy would empty the original.
        (Ok(from), Ok(to)) if from.path == to.path => Err(FileError::Exists),
        (Ok(_), _) => files.write(to, b"", false),
    };
    let result = match begun {
        Ok(()) => read_pieces(cx, from, |cx, piece| Ok(self::files(cx)?.write(to, &piece, true)))?,
        Err(error) => Err(error),
    };
    told(cx, "copy", from, result)
}
