use crate::{
    limits::Budget,
    value::{ConvCx, Date, Fault, RED_ZONE, STACK_CHUNK, Value, append, write_text},
};

/// What becomes of a structure field that is null.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EmptyField {
    /// It is written as `null`.
    #[default]
    Null,
    /// It is left out.
    LeaveOut,
    /// It is written as `""`.
    EmptyText,
}

/// Writes a date as a text, without quotes.
pub type DateWriter<'f> = dyn Fn(Date, &mut String, &mut Budget) -> Result<(), Fault> + 'f;

/// How values become JSON.
#[derive(Clone, Copy, Default)]
pub struct JsonStyle<'f> {
    /// Null fields of structures.
    pub empty: EmptyField,
    /// Writes dates; by default as `2024-02-29T10:30:00+0200` in its zone.
    pub date: Option<&'f DateWriter<'f>>,
}

/// Writes a value as JSON: structures as objects, arrays as arrays or, with keys, as objects; an element without key
/// has its position as name there.
///
/// # Errors
/// Limits.
pub fn to_json(value: &Value, out: &mut String, style: JsonStyle<'_>, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    match value {
        Value::Null => append(out, "null", cx),
        Value::Num(number) if !number.is_finite() => append(out, "null", cx),
        Value::Bool(_) | Value::Int(_) | Value::Num(_) | Value::Byte(_) => write_text(value, out, cx),
        Value::Text(text) => write_string(text.as_str(), out, cx),
        Value::Interval(_) => {
            append(out, "\"", cx)?;
            write_text(value, out, cx)?;
            append(out, "\"", cx)
        }
        Value::Date(date) => {
            let mut text = String::new();
            match style.date {
                Some(write) => write(*date, &mut text, cx.budget)?,
                None => print_date(*date, &mut text, cx),
            }
            write_string(&text, out, cx)
        }
        Value::Array(array) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            let named = array.has_keys();
            append(out, if named { "{" } else { "[" }, cx)?;
            for index in 0..array.len() {
                cx.charge_items(0)?;
                if index > 0 {
                    append(out, ",", cx)?;
                }
                if named {
                    match array.key_at(index) {
                        Some(key) => write_string(key, out, cx)?,
                        None => write_string(&index.to_string(), out, cx)?,
                    }
                    append(out, ":", cx)?;
                }
                match array.value_ref(index) {
                    Some(value) => to_json(value, out, style, cx)?,
                    None => to_json(&array.get(index).unwrap_or_default(), out, style, cx)?,
                }
            }
            append(out, if named { "}" } else { "]" }, cx)
        }),
        Value::Struct(record) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            append(out, "{", cx)?;
            let structs = cx.structs;
            let mut first = true;
            for (def, field) in structs.fields(record.id()).iter().zip(record.fields()) {
                cx.charge_items(0)?;
                if field.is_absent() && style.empty == EmptyField::LeaveOut {
                    continue;
                }
                write_name(if first { "" } else { "," }, &def.name, out, cx)?;
                first = false;
                if field.is_absent() && style.empty == EmptyField::EmptyText {
                    append(out, "\"\"", cx)?;
                } else {
                    to_json(field, out, style, cx)?;
                }
            }
            append(out, "}", cx)
        }),
    }
}

/// `yyyy-MM-dd'T'HH:mm:ssZ` in the date's zone.
fn print_date(date: Date, out: &mut String, cx: &ConvCx<'_>) {
    use std::fmt::Write;
    date.civil(cx.zone).print('T', out);
    let offset = date.offset_seconds(cx.zone);
    let minutes = offset.unsigned_abs().div_euclid(60);
    let sign = if offset < 0 { '-' } else { '+' };
    let _ = write!(out, "{sign}{:02}{:02}", minutes.div_euclid(60), minutes.rem_euclid(60));
}

/// Writes the name of a member in one step: what stands before it, the name in quotes, a colon.
fn write_name(before: &str, name: &str, out: &mut String, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    if name.len() < 64 && escaped(name).is_none() {
        // A unit for each part that is written.
        let parts = if before.is_empty() { 4 } else { 5 };
        let bytes = name.len().saturating_add(parts);
        if out.len().saturating_add(bytes) <= out.capacity()
            && cx.budget.text_size(out.len().saturating_add(bytes)).is_ok()
            && cx.budget.spend(parts as u64)
        {
            out.push_str(before);
            out.push('"');
            out.push_str(name);
            out.push_str("\":");
            return Ok(());
        }
    }
    if !before.is_empty() {
        append(out, before, cx)?;
    }
    write_string(name, out, cx)?;
    append(out, ":", cx)
}

/// The first character that cannot stand in quotes as it is.
fn escaped(text: &str) -> Option<usize> {
    text.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
}

/// Writes a text in quotes, escaped.
pub(super) fn write_string(text: &str, out: &mut String, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    append(out, "\"", cx)?;
    let mut rest = text;
    while let Some(at) = escaped(rest) {
        let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        append(out, plain, cx)?;
        let mut characters = from.chars();
        match characters.next() {
            Some('"') => append(out, "\\\"", cx)?,
            Some('\\') => append(out, "\\\\", cx)?,
            Some('\n') => append(out, "\\n", cx)?,
            Some('\r') => append(out, "\\r", cx)?,
            Some('\t') => append(out, "\\t", cx)?,
            Some(other) => append(out, &format!("\\u{:04x}", u32::from(other)), cx)?,
            None => {}
        }
        rest = characters.as_str();
    }
    append(out, rest, cx)?;
    append(out, "\"", cx)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests {
    use super::{super::read::check, *};
    use crate::{
        types::Type,
        value::{
            Array, Zone, from_json,
            testing::{arr, d, ints, iv, run, samples, t, texts, ty},
        },
    };
    use std::rc::Rc;

    fn write(value: &Value, style: JsonStyle<'_>) -> String {
        run(|cx| {
            let mut out = String::new();
            to_json(value, &mut out, style, cx).unwrap();
            out
        })
    }

    #[test]
    fn writing() {
        let plain = JsonStyle::default();
        let fruit = run(|cx| from_json("{\"kind\":\"pear\",\"bins\":[\"A\",\"B\"]}", ty("Fruit"), cx).unwrap());
        assert_eq!(write(&fruit, plain), "{\"kind\":\"pear\",\"kg\":null,\"bins\":[\"A\",\"B\"]}");
        let left_out = JsonStyle { empty: EmptyField::LeaveOut, ..plain };
        assert_eq!(write(&fruit, left_out), "{\"kind\":\"pear\",\"bins\":[\"A\",\"B\"]}");
        let empty_text = JsonStyle { empty: EmptyField::EmptyText, ..plain };
        assert_eq!(write(&fruit, empty_text), "{\"kind\":\"pear\",\"kg\":\"\",\"bins\":[\"A\",\"B\"]}");
        for (value, expected) in [
            (Value::Null, "null"),
            (Value::Num(5.0), "5"),
            (Value::Num(2.5), "2.5"),
            (Value::Num(f64::NAN), "null"),
            (Value::Num(f64::INFINITY), "null"),
            (Value::Bool(true), "true"),
            (iv("1h 30m"), "\"1h 30m\""),
            (d("2024-02-29 10:30:00"), "\"2024-02-29T10:30:00+0000\""),
            (t("a\"\\\n\u{1}é/"), "\"a\\\"\\\\\\n\\u0001é/\""),
            (texts([]), "[]"),
            (arr(Type::INTEGER, [Value::Int(1), Value::Null]), "[1,null]"),
            (ints([1, 2]), "[1,2]"),
        ] {
            assert_eq!(write(&value, plain), expected);
        }
        let day = |date: Date, out: &mut String, _: &mut Budget| {
            out.push_str(if date.millis() == 0 { "epoch" } else { "later" });
            Ok(())
        };
        assert_eq!(write(&d("1970-01-01"), JsonStyle { date: Some(&day), ..plain }), "\"epoch\"");
        run(|cx| {
            let mut map = Array::new(Type::INTEGER);
            map.set_key("a\"b", Value::Int(1), cx.budget).unwrap();
            map.push(Value::Int(2), cx.budget).unwrap();
            assert_eq!(write(&Value::Array(Rc::new(map)), plain), "{\"a\\\"b\":1,\"1\":2}");
            let tokyo = Zone::named("Asia/Tokyo").unwrap();
            let Value::Date(date) = d("2024-02-29 10:30:00") else { panic!("no date") };
            let date = Value::Date(date.with_zone(tokyo.id()));
            assert_eq!(write(&date, plain), "\"2024-02-29T19:30:00+0900\"");
        });
    }

    /// Whatever is written can be read by anybody, and reads back.
    #[test]
    fn written_json_is_json() {
        for value in samples() {
            let text = write(&value, JsonStyle::default());
            assert!(check(&text).is_ok(), "{text}");
        }
    }
}
