//! The built-in routines, one file per family. A routine is a signature and a function; the table below is all that
//! the engine sees.
//!
//! Arguments come converted to the parameters' types; left-out ones are null, and a null argument counts as the
//! common rules of routines say. This room does not know the evaluator.

mod array;
mod array_set;
mod array_sort;
mod basics;
mod bitwise;
mod charset;
#[cfg(feature = "crypto")]
mod crypto;
mod date;
mod date_pattern;
mod encoding;
#[cfg(feature = "excel")]
mod excel;
mod files;
mod forms;
mod http;
mod json;
mod log;
mod math;
mod number_format;
mod properties;
mod regex;
mod scripts;
mod system;
mod template;
#[cfg(test)]
mod testing;
mod text;
mod text_pieces;
mod webhook;

use crate::{
    call::{Context, Routine},
    types::Type,
    value::{Array, Fault, Value, convert},
};
use std::rc::Rc;

/// Every built-in routine.
pub fn all() -> Vec<Routine> {
    [
        array::routines(),
        array_set::routines(),
        array_sort::routines(),
        basics::routines(),
        bitwise::routines(),
        #[cfg(feature = "crypto")]
        crypto::routines(),
        date::routines(),
        encoding::routines(),
        #[cfg(feature = "excel")]
        excel::routines(),
        files::routines(),
        forms::routines(),
        http::routines(),
        json::routines(),
        log::routines(),
        math::routines(),
        regex::routines(),
        scripts::routines(),
        system::routines(),
        text::routines(),
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

/// A text argument in UTF-8, which costs less than [`text`]; null counts as empty.
fn bytes(arguments: &[Value], index: usize) -> &[u8] {
    match argument(arguments, index) {
        Value::Text(text) => text.as_bytes(),
        _ => &[],
    }
}

/// An array argument, if there is one.
fn array(arguments: &[Value], index: usize) -> Option<&Array> {
    match argument(arguments, index) {
        Value::Array(array) => Some(array),
        _ => None,
    }
}

/// A number argument, if there is one.
fn number(arguments: &[Value], index: usize) -> Option<f64> {
    match argument(arguments, index) {
        Value::Num(number) => Some(*number),
        _ => None,
    }
}

/// An argument as an array: null is an empty one, a text is split, a single value stands alone (L-44).
fn list(cx: &mut Context<'_>, arguments: &[Value], index: usize) -> Result<Rc<Array>, Fault> {
    if let Value::Array(array) = argument(arguments, index) {
        return Ok(array.clone());
    }
    match convert(argument(arguments, index).clone(), Type::DYNAMIC.array(), &mut cx.conv())? {
        Value::Array(array) => Ok(array),
        _ => Ok(Rc::new(Array::new(Type::DYNAMIC))),
    }
}

/// A count or position as a number value.
fn count(count: usize) -> Value {
    Value::Num(counted(count))
}

/// A count or position as a number.
#[expect(clippy::cast_precision_loss, reason = "texts and arrays have far fewer than 2^53 units and elements")]
fn counted(count: usize) -> f64 {
    count as f64
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::testing::with_context;
    use super::*;
    use crate::{
        call::Measure,
        limits::{Budget, Limits},
        value::Text,
    };

    fn call(routine: &Routine, argument: &Value) -> (Value, u64) {
        with_context(|cx| {
            let value = (routine.function)(cx, std::slice::from_ref(argument)).unwrap();
            (value, cx.budget.fuel_used())
        })
    }

    #[test]
    fn short_ways_give_what_the_routines_give_for_no_fuel() {
        let mut array = Array::new(Type::INTEGER);
        array.push(Value::Int(1), &Budget::new(&Limits::default())).unwrap();
        let samples = [
            Value::Null,
            Value::Bool(false),
            Value::Num(0.5),
            Value::Text(Text::new("")),
            Value::Text(Text::new("a😀|é")),
            Value::Text(Text::new(&"é".repeat(100))),
            Value::Array(Rc::new(array)),
            Value::Array(Rc::new(Array::new(Type::STRING))),
        ];
        let mut shortcuts = 0;
        for routine in all() {
            let Some(measure) = routine.measure else { continue };
            for sample in &samples {
                let short = match measure {
                    Measure::Number(measure) => measure(sample).map(Value::Num),
                    Measure::Boolean(measure) => measure(sample).map(Value::Bool),
                };
                if let Some(short) = short {
                    let (long, fuel) = call(&routine, sample);
                    assert_eq!((format!("{short:?}"), 0), (format!("{long:?}"), fuel), "{}", routine.signature.name);
                    shortcuts += 1;
                }
            }
        }
        assert!(shortcuts > 10, "{shortcuts}");
    }
}
