//! Files that are opened, read or written bit by bit, and closed.

use super::{
    access::{charge, files},
    bytes::{byte_array, bytes_of},
    signature,
};
use crate::{
    call::{Context, Routine},
    host::{FileError, OpenMode},
    routines::{argument, text},
    signatures::Returns,
    types::Type,
    value::{Fault, FaultKind, Text, Value, to_text},
};
use std::{borrow::Cow, collections::HashMap};

/// Bytes read ahead.
const AHEAD: usize = 8 << 10;

pub(super) fn routines() -> Vec<Routine> {
    vec![
        Routine::new(
            signature("fileOpen", "open")
                .param("path", Type::STRING)
                .optional("mode", Type::BOOLEAN)
                .returns(Returns::Is(Type::INTEGER))
                .doc(
                    "Opens a file and gives its number, for this script only. With true as mode it is opened for reading \
                     and has to be there; else for reading and writing, and it is made when it is missing. Throws \
                     `invalid`, `cannot_work_on_directory`, `unresolvable` or `notfound`.",
                )
                .example(
                    "integer f = fileOpen(\"a.txt\"); fileWrite(f, \"tea\"); fileSeek(f, 1); return fileReadLine(f);",
                    "ea",
                ),
            open,
        ),
        Routine::new(
            signature("fileClose", "close").param("fid", Type::INTEGER)
            .doc(
                "Closes a file; throws `invalid` for one that is not open.",
            )
            .example(
                "integer f = fileOpen(\"a.txt\"); fileWrite(f, \"tea\"); fileClose(f); return \
                 fileSize(\"a.txt\");",
                "3",
            ),
            close,
        ),
        Routine::new(
            signature("fileSeek", "seek")
                .param("fid", Type::INTEGER)
                .param("pos", Type::INTEGER)
                .returns(Returns::Is(Type::INTEGER))
                .doc(
                    "Moves to a byte offset from the start of a file and gives it back; throws `seek_error` and a \
                     reason.",
                )
                .example(
                    "printInFile(\"a.txt\", \"abcdef\"); integer f = fileOpen(\"a.txt\", true); return fileSeek(f, \
                     4), fileReadLine(f);",
                    "4|ef",
                ),
            seek,
        ),
        Routine::new(
            signature("fileRead", "read")
                .param("fid", Type::INTEGER)
                .param("len", Type::INTEGER)
                .returns(Returns::Is(Type::BYTE.array()))
                .doc(
                    "The next bytes of a file, at most so many; throws `eof` at its end, or `read_error` and a \
                     reason.",
                )
                .example(
                    "printInFile(\"a.txt\", \"tea\"); integer f = fileOpen(\"a.txt\", true); return fileRead(f, 2);",
                    "116|101",
                ),
            read,
        ),
        Routine::new(
            signature("fileReadByte", "readByte")
                .param("fid", Type::INTEGER)
                .returns(Returns::Is(Type::BYTE))
                .doc("The next byte of a file; throws `eof` at its end, or `read_error` and a reason.")
                .example(
                    "printInFile(\"a.txt\", \"tea\"); integer f = fileOpen(\"a.txt\", true); return fileReadByte(f);",
                    "116",
                ),
            |cx, arguments| {
                with_file(cx, arguments, "read_error", |cx, file| {
                    let piece = file.next(cx, 1)?;
                    piece.first().map(|byte| Value::Byte(byte.cast_signed())).ok_or_else(|| thrown("eof"))
                })
            },
        ),
        Routine::new(
            signature("fileReadLine", "readLine").param("fid", Type::INTEGER).returns(Returns::Is(Type::STRING)).doc(
                "The next line of a file without its line end; throws `eof` at its end, or `read_error` and a reason.",
            )
            .example(
                "printInFile(\"a.txt\", \"tea\\nrum\"); integer f = fileOpen(\"a.txt\", true); fileReadLine(f); \
                 return fileReadLine(f);",
                "rum",
            ),
            |cx, arguments| with_file(cx, arguments, "read_error", |cx, file| file.line(cx)),
        ),
        Routine::new(
            signature("fileWrite", "write")
                .param("fid", Type::INTEGER)
                .param("data", Type::DYNAMIC)
                .doc(
                    "Writes a text, a byte or bytes where the file stands; throws `write_error` and a reason.",
                )
                .example(
                    "integer f = fileOpen(\"a.txt\"); fileWrite(f, \"te\"); fileWrite(f, (byte) 97); fileClose(f); \
                     return readFromTextFile(\"a.txt\");",
                    "tea",
                ),
            write,
        ),
    ]
}

/// The open files of a script, by the numbers it knows them by.
#[derive(Default)]
struct OpenFiles {
    files: HashMap<i64, OpenFile>,
    last: i64,
}

struct OpenFile {
    /// The host's number.
    number: u64,
    /// What was read ahead, and how much of it is used up.
    ahead: Vec<u8>,
    used: usize,
    /// Where the script stands.
    position: u64,
}

/// A text that a script may catch.
fn thrown(word: &str) -> Fault {
    Fault::new(FaultKind::Thrown(Value::text(word), Type::STRING), word)
}

fn failed(word: &str, error: FileError) -> Fault {
    thrown(&format!("{word}: {error}"))
}

fn open(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let path = text(arguments, 0);
    if path.trim().is_empty() || path.contains('\0') {
        return Err(thrown("invalid"));
    }
    let mode = if matches!(argument(arguments, 1), Value::Bool(true)) { OpenMode::Read } else { OpenMode::Write };
    let number = files(cx)?.open(path, mode).map_err(|error| {
        thrown(match error {
            FileError::NotFound => "notfound",
            FileError::WrongKind => "cannot_work_on_directory",
            _ => "unresolvable",
        })
    })?;
    let open = cx.state.get::<OpenFiles>();
    open.last = open.last.saturating_add(1);
    open.files.insert(open.last, OpenFile { number, ahead: Vec::new(), used: 0, position: 0 });
    Ok(Value::Int(open.last))
}

fn close(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let Some(file) = cx.state.get::<OpenFiles>().files.remove(&number(arguments)) else {
        return Err(thrown("invalid"));
    };
    files(cx)?.close(file.number).map_err(|_| thrown("unresolvable"))?;
    Ok(Value::Null)
}

fn number(arguments: &[Value]) -> i64 {
    match argument(arguments, 0) {
        Value::Int(number) => *number,
        _ => 0,
    }
}

/// Does something with an open file; `word` is thrown when there is none.
fn with_file(
    cx: &mut Context<'_>,
    arguments: &[Value],
    word: &str,
    work: impl FnOnce(&mut Context<'_>, &mut OpenFile) -> Result<Value, Fault>,
) -> Result<Value, Fault> {
    let number = number(arguments);
    let Some(mut file) = cx.state.get::<OpenFiles>().files.remove(&number) else {
        return Err(thrown(&format!("{word}: the file is not open")));
    };
    let result = work(cx, &mut file);
    cx.state.get::<OpenFiles>().files.insert(number, file);
    result
}

impl OpenFile {
    /// Makes sure that something is read ahead, unless the file ends here.
    fn look_ahead(&mut self, cx: &mut Context<'_>) -> Result<&[u8], Fault> {
        if self.used >= self.ahead.len() {
            charge(cx, AHEAD)?;
            self.used = 0;
            self.ahead.clear();
            self.ahead = files(cx)?.read_open(self.number, AHEAD).map_err(|error| failed("read_error", error))?;
        }
        Ok(self.ahead.get(self.used..).unwrap_or(&[]))
    }

    fn advance(&mut self, count: usize) {
        self.used = self.used.saturating_add(count);
        self.position = self.position.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// The next bytes, at most `count`; fewer at the end of the file.
    fn next(&mut self, cx: &mut Context<'_>, count: usize) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let ahead = self.look_ahead(cx)?;
            let wanted = count.saturating_sub(bytes.len());
            let piece = ahead.get(..wanted).unwrap_or(ahead);
            if piece.is_empty() {
                break;
            }
            cx.budget.grow(bytes.len().saturating_add(piece.len()).saturating_mul(2))?;
            bytes.extend_from_slice(piece);
            let taken = piece.len();
            self.advance(taken);
        }
        Ok(bytes)
    }

    /// The next line.
    fn line(&mut self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        cx.budget.charge(1)?;
        let mut line: Vec<u8> = Vec::new();
        let mut ended = false;
        while !ended {
            let ahead = self.look_ahead(cx)?;
            let end = ahead.iter().position(|&byte| byte == b'\n');
            let piece = ahead.get(..end.unwrap_or(ahead.len())).unwrap_or(&[]);
            if piece.is_empty() && end.is_none() {
                if line.is_empty() {
                    return Err(thrown("eof"));
                }
                break;
            }
            let length = line.len().saturating_add(piece.len());
            cx.budget.text_size(length)?;
            cx.budget.grow(length.saturating_mul(2))?;
            line.extend_from_slice(piece);
            let taken = piece.len().saturating_add(usize::from(end.is_some()));
            ended = end.is_some();
            self.advance(taken);
        }
        if ended && line.last() == Some(&b'\r') {
            line.pop();
        }
        cx.budget.grow(line.len().saturating_mul(3))?;
        let line = match String::from_utf8_lossy(&line) {
            Cow::Borrowed(text) => text.to_owned(),
            Cow::Owned(text) => text,
        };
        Ok(Value::Text(Text::try_from_string(line, &cx.budget)?))
    }

    /// Forgets what was read ahead, so that the host's file stands where the script's does.
    fn settle(&mut self, cx: &mut Context<'_>, word: &str) -> Result<(), Fault> {
        let behind = self.used < self.ahead.len();
        self.ahead.clear();
        self.used = 0;
        if behind {
            files(cx)?.seek_open(self.number, self.position).map_err(|error| failed(word, error))?;
        }
        Ok(())
    }
}

fn read(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let count = match argument(arguments, 1) {
        Value::Int(count) => usize::try_from(*count).unwrap_or(0),
        _ => 0,
    };
    with_file(cx, arguments, "read_error", |cx, file| {
        // More than an array holds is not read, whatever was asked for.
        let bytes = file.next(cx, count.min(cx.budget.limits().array_size))?;
        if bytes.is_empty() && count > 0 {
            return Err(thrown("eof"));
        }
        byte_array(cx, &bytes)
    })
}

fn seek(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    charge(cx, 0)?;
    let position = match argument(arguments, 1) {
        Value::Int(position) => u64::try_from(*position).ok(),
        _ => Some(0),
    };
    with_file(cx, arguments, "seek_error", |cx, file| {
        let Some(position) = position else {
            return Err(thrown("seek_error: a position before the start"));
        };
        file.ahead.clear();
        file.used = 0;
        let at = files(cx)?.seek_open(file.number, position).map_err(|error| failed("seek_error", error))?;
        file.position = at;
        Ok(Value::Int(i64::try_from(at).unwrap_or(i64::MAX)))
    })
}

fn write(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let data = argument(arguments, 1);
    with_file(cx, arguments, "write_error", |cx, file| {
        file.settle(cx, "write_error")?;
        match data {
            Value::Byte(byte) => put(cx, file, &[byte.cast_unsigned()])?,
            Value::Array(array) if array.element_type() == Type::BYTE => {
                let bytes = bytes_of(cx, array)?;
                put(cx, file, &bytes)?;
            }
            value => {
                let text = to_text(value, &mut cx.conv())?;
                put(cx, file, text.as_str().unwrap_or("").as_bytes())?;
            }
        }
        Ok(Value::Null)
    })
}

fn put(cx: &mut Context<'_>, file: &mut OpenFile, bytes: &[u8]) -> Result<(), Fault> {
    for piece in bytes.chunks(super::access::CHUNK) {
        charge(cx, piece.len())?;
        files(cx)?.write_open(file.number, piece).map_err(|error| failed("write_error", error))?;
        file.position = file.position.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
    }
    Ok(())
}
