use super::{
    ConvCx, Fault, RED_ZONE, STACK_CHUNK, Value, bool_to_text, convert, print_integer, print_interval, print_number,
};
use crate::types::Type;

/// The text of a value (L-41 to L-44); the text of null is empty.
///
/// # Errors
/// Limits.
pub fn to_text(value: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    if let Value::Text(text) = value {
        return Ok(Value::Text(text.clone()));
    }
    let mut out = String::new();
    write_text(value, &mut out, cx)?;
    cx.text(out)
}

/// Writes the text of a value behind what is there; null writes nothing.
///
/// # Errors
/// Limits; memory and string size are asked for before the text grows.
pub fn write_text(value: &Value, out: &mut String, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    match value {
        Value::Null => Ok(()),
        Value::Text(text) => append(out, text.as_str(), cx),
        Value::Bool(value) => append(out, bool_to_text(*value), cx),
        Value::Array(array) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            for index in 0..array.len() {
                cx.charge_items(0)?;
                if index > 0 {
                    append(out, "|", cx)?;
                }
                match array.value_ref(index) {
                    Some(value) => write_text(value, out, cx)?,
                    None => write_text(&array.get(index).unwrap_or_default(), out, cx)?,
                }
            }
            Ok(())
        }),
        Value::Struct(record) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            for (index, field) in record.fields().iter().enumerate() {
                cx.charge_items(0)?;
                if index > 0 {
                    append(out, "|", cx)?;
                }
                write_text(field, out, cx)?;
            }
            Ok(())
        }),
        small => {
            // Room for everything but the longest numbers, which have 330 digits and take what they need.
            reserve(out, 32, cx)?;
            match *small {
                Value::Int(integer) => print_integer(integer, out),
                Value::Num(number) => print_number(number, out),
                Value::Byte(byte) => print_integer(i64::from(byte), out),
                Value::Date(date) => date.print(cx.zone, out),
                Value::Interval(millis) => print_interval(millis, out),
                _ => {}
            }
            Ok(cx.budget.text_size(out.len())?)
        }
    }
}

/// Appends to a text that is being built, after asking for size and memory.
///
/// # Errors
/// Limits; nothing is appended then.
#[inline]
pub fn append(out: &mut String, text: &str, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    // Most parts are short, and there is room for them.
    let length = out.len().saturating_add(text.len());
    if text.len() < 64 && length <= out.capacity() && cx.budget.text_size(length).is_ok() && cx.budget.spend(1) {
        out.push_str(text);
        return Ok(());
    }
    append_slowly(out, text, cx)
}

#[inline(never)]
fn append_slowly(out: &mut String, text: &str, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    cx.charge_bytes(text.len())?;
    cx.budget.text_size(out.len().saturating_add(text.len()))?;
    reserve(out, text.len(), cx)?;
    out.push_str(text);
    Ok(())
}

/// Makes room for so many more bytes of a text that is being built.
pub(super) fn reserve(out: &mut String, more: usize, cx: &ConvCx<'_>) -> Result<(), Fault> {
    let length = out.len().saturating_add(more);
    if length > out.capacity() {
        let wanted = length.max(out.capacity().saturating_mul(2)).max(32);
        // What is built is not counted yet, so the whole of it is asked for.
        cx.budget.grow(wanted)?;
        out.reserve_exact(wanted.saturating_sub(out.len()));
    }
    Ok(())
}

/// A condition: converted to boolean, null is false (L-61).
///
/// # Errors
/// The value is no boolean.
pub fn to_bool(value: &Value, cx: &mut ConvCx<'_>) -> Result<bool, Fault> {
    match *value {
        Value::Bool(value) => Ok(value),
        Value::Null => Ok(false),
        Value::Int(integer) => Ok(integer != 0),
        Value::Num(number) => Ok(number != 0.0),
        _ => match convert(value.clone(), Type::BOOLEAN, cx)? {
            Value::Bool(value) => Ok(value),
            _ => Ok(false),
        },
    }
}
