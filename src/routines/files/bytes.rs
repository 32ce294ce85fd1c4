//! Whole files as bytes, and their checksums.

use super::{
    access::{cannot, charge, read_all, read_pieces, write_all},
    signature,
};
use crate::{
    call::{Context, Routine},
    routines::{argument, array, text},
    signatures::Returns,
    types::Type,
    value::{Array, Fault, Value},
};
use sha2::{Digest, Sha256};
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    vec![
        Routine::new(
            signature("readFromBinaryFile", "readBinary")
                .param("path", Type::STRING)
                .returns(Returns::Is(Type::BYTE.array()))
                .doc("The bytes of a file; a missing file is an error.")
                .example("printInFile(\"a.txt\", \"AB\"); return readFromBinaryFile(\"a.txt\");", "65|66|10"),
            |cx, arguments| {
                let path = text(arguments, 0);
                let bytes = read_all(cx, path, |budget, length| budget.array_size(length))?;
                let bytes = bytes.map_err(|error| cannot("read", path, error))?;
                byte_array(cx, &bytes)
            },
        ),
        Routine::new(
            signature("writeToBinaryFile", "writeBinary")
                .param("path", Type::STRING)
                .param("bytes", Type::BYTE.array())
                .optional("append", Type::BOOLEAN)
                .doc("Makes a file of bytes in place of what was there, or adds them to its end.")
                .example(
                    "byte[] two = {104, 105}; writeToBinaryFile(\"a.bin\", two); writeToBinaryFile(\"a.bin\", two, \
                     true); return readFromTextFile(\"a.bin\");",
                    "hihi",
                ),
            |cx, arguments| {
                let path = text(arguments, 0);
                let bytes = match array(arguments, 1) {
                    Some(array) => bytes_of(cx, array)?,
                    None => Vec::new(),
                };
                let append = matches!(argument(arguments, 2), Value::Bool(true));
                write_all(cx, path, &bytes, append)?.map_err(|error| cannot("write to", path, error))?;
                Ok(Value::Null)
            },
        ),
        Routine::new(
            signature("fileSHA256Checksum", "checksum")
                .param("file", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc("The SHA-256 checksum of a file, in 64 hexadecimal digits; a missing file is an error.")
                .example(
                    "createFile(\"empty\"); return fileSHA256Checksum(\"empty\");",
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                ),
            checksum,
        ),
    ]
}

/// An array of bytes.
pub(super) fn byte_array(cx: &mut Context<'_>, bytes: &[u8]) -> Result<Value, Fault> {
    let mut array = Array::new(Type::BYTE);
    for chunk in bytes.chunks(4096) {
        charge(cx, chunk.len().saturating_mul(8))?;
        for &byte in chunk {
            array.push(Value::Byte(byte.cast_signed()), &cx.budget)?;
        }
    }
    Ok(Value::Array(Rc::new(array)))
}

/// The bytes of an array; a null counts as zero.
pub(super) fn bytes_of(cx: &mut Context<'_>, array: &Array) -> Result<Vec<u8>, Fault> {
    cx.budget.grow(array.len())?;
    let mut bytes = Vec::with_capacity(array.len());
    for (index, value) in array.iter().enumerate() {
        if index.is_multiple_of(4096) {
            charge(cx, 4096 * 8)?;
        }
        bytes.push(match value {
            Value::Byte(byte) => byte.cast_unsigned(),
            _ => 0,
        });
    }
    Ok(bytes)
}

fn checksum(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let path = text(arguments, 0);
    let mut hash = Sha256::new();
    let read = read_pieces(cx, path, |_, piece| {
        hash.update(&piece);
        Ok(Ok(()))
    })?;
    read.map_err(|error| cannot("read", path, error))?;
    let mut digits = String::with_capacity(64);
    for byte in hash.finalize() {
        digits.push_str(&format!("{byte:02x}"));
    }
    Ok(Value::text(&digits))
}
