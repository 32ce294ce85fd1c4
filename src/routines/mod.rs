//! The built-in routines, one file per family. A routine is a signature and a function; the table below is all that
//! the engine sees.
//!
//! Arguments come converted to the parameters' types; left-out ones are null, and a null argument counts as the
//! common rules of routines say. This room does not know the evaluator.

mod basics;
mod charset;
#[cfg(feature = "excel")]
mod excel;
mod files;
mod http;
mod json;
mod log;
mod webhook;

use crate::{
    call::Routine,
    value::{Array, Value},
};

/// Every built-in routine.
pub fn all() -> Vec<Routine> {
    let families = [
        basics::routines(),
        files::routines(),
        http::routines(),
        json::routines(),
        log::routines(),
        webhook::routines(),
        #[cfg(feature = "excel")]
        excel::routines(),
    ];
    families.concat()
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
