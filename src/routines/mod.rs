//! The built-in routines, one file per family. A routine is a signature and a function; the table below is all that
//! the engine sees.
//!
//! Arguments come converted to the parameters' types; left-out ones are null, and a null argument counts as the
//! common rules of routines say. This room does not know the evaluator.

mod basics;
#[cfg(feature = "crypto")]
mod crypto;
mod encoding;
mod forms;
mod json;
mod log;
mod scripts;
mod system;
mod template;
mod webhook;

use crate::{
    call::{Context, Routine},
    value::{Array, Fault, Value},
};

/// Every built-in routine.
pub fn all() -> Vec<Routine> {
    [
        basics::routines(),
        #[cfg(feature = "crypto")]
        crypto::routines(),
        encoding::routines(),
        forms::routines(),
        json::routines(),
        log::routines(),
        scripts::routines(),
        system::routines(),
        webhook::routines(),
    ]
    .concat()
}

/// An argument by position; null when it is not there.
fn argument(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Null)
}

/// A text argument; null counts as empty.
fn text(arguments: &[Value], index: usize) -> &str {
    argument(arguments, index).as_str().unwrap_or("")
}

/// An array argument, if there is one.
fn array(arguments: &[Value], index: usize) -> Option<&Array> {
    match argument(arguments, index) {
        Value::Array(array) => Some(array),
        _ => None,
    }
}

/// Pays for work on `input` bytes and asks for room for `output` bytes.
fn room(cx: &mut Context<'_>, input: usize, output: usize) -> Result<(), Fault> {
    cx.budget.charge((input as u64).div_euclid(64).saturating_add(1))?;
    cx.budget.grow(output)?;
    Ok(())
}

/// Bytes in hexadecimal, small letters.
fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
