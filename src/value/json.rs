//! JSON text to values of a wanted type, and back (L-46).
//!
//! Reading goes from the text straight to the values, guided by the type, so that a document never costs more memory
//! than the values it becomes.

use super::{
    Array, ConvCx, Date, Fault, RED_ZONE, STACK_CHUNK, Value, append, convert, convert::article, literal_array,
    num_to_text, write_text,
};
use crate::{
    limits::{LimitHit, LimitKind},
    types::{Base, StructId, Type},
};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{fmt, rc::Rc};

/// Levels of a JSON document at which reading ends.
const DEPTH: usize = 128;

/// Reads JSON as a value of a type: objects fill structures by field name, arrays fill arrays, an object where an
/// array is expected is its only element (L-46). Without a type it is the text itself, checked to be JSON.
///
/// # Errors
/// The text is no JSON, its values do not convert, or a limit.
pub fn from_json(text: &str, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    match read(text, to, cx)? {
        Ok(value) => Ok(value),
        Err(reason) => Err(Fault::error(format!("`{}` is no JSON: {reason}", super::convert::shorten(text)))),
    }
}

/// As [`from_json`], but `None` for a text that is no JSON.
pub(super) fn read_if_json(text: &str, to: Type, cx: &mut ConvCx<'_>) -> Result<Option<Value>, Fault> {
    Ok(read(text, to, cx)?.ok())
}

fn read(text: &str, to: Type, cx: &mut ConvCx<'_>) -> Result<Result<Value, String>, Fault> {
    cx.charge_bytes(text.len().saturating_mul(4))?;
    let levels = levels(text);
    if levels >= DEPTH {
        // Brackets alone make no document.
        if let Err(error) = check(text) {
            return Ok(Err(error));
        }
        let wide = |levels| u64::try_from(levels).unwrap_or(u64::MAX);
        return Err(LimitHit { kind: LimitKind::JsonDepth, limit: wide(DEPTH), used: wide(levels) }.into());
    }
    if to.is_dynamic() {
        return match check(text) {
            Ok(()) => Ok(Ok(cx.copy_text(text)?)),
            Err(error) => Ok(Err(error)),
        };
    }
    let mut fault = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Seed { to, cx, fault: &mut fault };
    let result = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match (result, fault) {
        (Ok(value), _) => Ok(Ok(value)),
        (Err(_), Some(fault)) if fault.is_uncatchable() => Err(fault),
        // What stopped it was a value, but the rest may still be no JSON.
        (Err(_), Some(fault)) => match check(text) {
            Ok(()) => Err(fault),
            Err(error) => Ok(Err(error)),
        },
        (Err(error), None) => Ok(Err(error.to_string())),
    }
}

fn check(text: &str) -> Result<(), String> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| error.to_string())
}

/// How many brackets are open at most, strings apart.
fn levels(text: &str) -> usize {
    let (mut open, mut most, mut quoted, mut escaped) = (0usize, 0usize, false, false);
    for byte in text.bytes() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => {
                open = open.saturating_add(1);
                most = most.max(open);
            }
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Reads one value of a wanted type. A fault waits beside, since the reader has errors of its own.
struct Seed<'s, 'a> {
    to: Type,
    cx: &'s mut ConvCx<'a>,
    fault: &'s mut Option<Fault>,
}

impl<'a> Seed<'_, 'a> {
    fn inner(&mut self, to: Type) -> Seed<'_, 'a> {
        Seed { to, cx: self.cx, fault: self.fault }
    }

    fn keep<T, E: Error>(&mut self, result: Result<T, Fault>) -> Result<T, E> {
        keep(self.fault, result)
    }

    /// A primitive, converted to the wanted type.
    fn give<E: Error>(mut self, value: Value) -> Result<Value, E> {
        let result = self.cx.charge_items(0).and_then(|()| convert(value, self.to, self.cx));
        self.keep(result)
    }

    fn refuse<E: Error>(mut self, what: &str) -> E {
        let name = article(&self.to.display(self.cx.structs));
        let fault = Fault::error(format!("{what} does not convert to {name}"));
        match self.keep::<(), E>(Err(fault)) {
            Ok(()) => E::custom(what),
            Err(error) => error,
        }
    }

    fn array<'de, A: SeqAccess<'de>>(mut self, element: Type, mut items: A) -> Result<Value, A::Error> {
        if element.is_dynamic() {
            let mut values = Vec::new();
            while let Some(value) = items.next_element_seed(self.inner(Type::DYNAMIC))? {
                if values.len() == values.capacity() {
                    let size = values.len().saturating_mul(2).saturating_add(4).saturating_mul(size_of::<Value>());
                    let result = self.cx.budget.grow(size).map_err(Fault::from);
                    self.keep(result)?;
                }
                values.push(value);
            }
            let result = literal_array(values, self.cx);
            return self.keep(result);
        }
        let mut array = Array::new(element);
        while let Some(value) = items.next_element_seed(self.inner(element))? {
            let result = array.push(value, self.cx.budget).map_err(Fault::from);
            self.keep(result)?;
        }
        Ok(Value::Array(Rc::new(array)))
    }

    fn fields_by_position<'de, A: SeqAccess<'de>>(mut self, id: StructId, mut items: A) -> Result<Value, A::Error> {
        let structs = self.cx.structs;
        let mut fields = Vec::new();
        for def in structs.fields(id) {
            let value = items.next_element_seed(self.inner(def.ty))?;
            fields.push(value.unwrap_or_else(|| Value::default_of(def.ty)));
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        let result = self.cx.record(id, fields);
        self.keep(result)
    }

    fn fields_by_name<'de, A: MapAccess<'de>>(mut self, id: StructId, mut members: A) -> Result<Value, A::Error> {
        let structs = self.cx.structs;
        let defs = structs.fields(id);
        let result = self.cx.charge_items(defs.len());
        self.keep(result)?;
        let mut fields: Vec<Value> = defs.iter().map(|def| Value::default_of(def.ty)).collect();
        while let Some(place) = members.next_key_seed(FieldName(structs.get(id)))? {
            match place.and_then(|place| defs.get(place).zip(fields.get_mut(place))) {
                Some((def, slot)) => *slot = members.next_value_seed(self.inner(def.ty))?,
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        let result = self.cx.record(id, fields);
        self.keep(result)
    }

    fn text<E: Error>(mut self, read: impl FnOnce(Transcript<'_, '_>) -> Result<(), E>) -> Result<Value, E> {
        let mut copy = Copied::default();
        read(Transcript { copy: &mut copy, cx: self.cx, fault: self.fault })?;
        let result = self.cx.text(if copy.objects { copy.json } else { copy.plain });
        self.keep(result)
    }
}

fn keep<T, E: Error>(waiting: &mut Option<Fault>, result: Result<T, Fault>) -> Result<T, E> {
    result.map_err(|fault| {
        *waiting = Some(fault);
        E::custom("a value does not fit")
    })
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.give(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.give(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.give(Value::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.give(i64::try_from(value).map_or(Value::Num(value as f64), Value::Int))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.give(Value::Num(value))
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<Value, E> {
        let result = self.cx.copy_text(value);
        let text = self.keep(result)?;
        self.give(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let to = self.to;
        stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            if to.is_array() || to.is_dynamic() {
                return self.array(to.element(), items);
            }
            match to.base {
                Base::String => self.text(|transcript| transcript.visit_seq(items)),
                Base::Struct(id) => self.fields_by_position(id, items),
                _ => {
                    // As an array would convert: a single element, or null (L-44).
                    let value = items.next_element_seed(self.inner(to))?;
                    if items.next_element::<IgnoredAny>()?.is_some() {
                        return Err(self.refuse("a JSON array of several elements"));
                    }
                    Ok(value.unwrap_or_default())
                }
            }
        })
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let to = self.to;
        stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            if to.is_array() {
                let value = self.inner(to.element()).visit_map(members)?;
                let element = if to.element().is_dynamic() { value.type_of() } else { to.element() };
                let array = Array::from_values(element, [value], self.cx.budget).map_err(Fault::from);
                return self.keep(array).map(|array| Value::Array(Rc::new(array)));
            }
            match to.base {
                Base::String => self.text(|transcript| transcript.visit_map(members)),
                Base::Struct(id) => self.fields_by_name(id, members),
                Base::Dynamic => {
                    let mut array = Array::new(Type::DYNAMIC);
                    while let Some(name) = members.next_key::<String>()? {
                        let value = members.next_value_seed(self.inner(Type::DYNAMIC))?;
                        let result = array.set_key(&name, value, self.cx.budget).map_err(Fault::from);
                        self.keep(result)?;
                    }
                    Ok(Value::Array(Rc::new(array)))
                }
                _ => Err(self.refuse("a JSON object")),
            }
        })
    }
}

/// Finds a field by the name of a member, without keeping the name.
struct FieldName<'t>(Option<&'t crate::types::StructDef>);

impl<'de> DeserializeSeed<'de> for FieldName<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Option<usize>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldName<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.and_then(|def| def.field(name)))
    }
}

/// A JSON array or object for a string: the text of the array (L-44), or JSON again when objects are in it.
#[derive(Default)]
struct Copied {
    json: String,
    plain: String,
    objects: bool,
}

struct Transcript<'s, 'a> {
    copy: &'s mut Copied,
    cx: &'s mut ConvCx<'a>,
    fault: &'s mut Option<Fault>,
}

impl<'a> Transcript<'_, 'a> {
    fn inner(&mut self) -> Transcript<'_, 'a> {
        Transcript { copy: self.copy, cx: self.cx, fault: self.fault }
    }

    fn json<E: Error>(&mut self, text: &str) -> Result<(), E> {
        let result = append(&mut self.copy.json, text, self.cx);
        keep(self.fault, result)
    }

    fn plain<E: Error>(&mut self, text: &str) -> Result<(), E> {
        if self.copy.objects {
            return Ok(());
        }
        let result = append(&mut self.copy.plain, text, self.cx);
        keep(self.fault, result)
    }

    fn quoted<E: Error>(&mut self, text: &str) -> Result<(), E> {
        let result = write_string(text, &mut self.copy.json, self.cx);
        keep(self.fault, result)
    }

    fn primitive<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.json(text)?;
        self.plain(text)
    }
}

impl<'de> DeserializeSeed<'de> for Transcript<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transcript<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.json("null")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.primitive(super::bool_to_text(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.primitive(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.primitive(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.primitive(&num_to_text(value))
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<(), E> {
        self.quoted(value)?;
        self.plain(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            self.json("[")?;
            let mut first = true;
            loop {
                let before = (self.copy.json.len(), self.copy.plain.len());
                if !first {
                    self.json(",")?;
                    self.plain("|")?;
                }
                first = false;
                if items.next_element_seed(self.inner())?.is_none() {
                    self.copy.json.truncate(before.0);
                    self.copy.plain.truncate(before.1);
                    return self.json("]");
                }
            }
        })
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.copy.objects = true;
        stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            self.json("{")?;
            let mut first = true;
            while let Some(name) = members.next_key::<String>()? {
                if !first {
                    self.json(",")?;
                }
                first = false;
                self.quoted(&name)?;
                self.json(":")?;
                members.next_value_seed(self.inner())?;
            }
            self.json("}")
        })
    }
}

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
pub type DateWriter<'f> = dyn Fn(Date, &mut String) + 'f;

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
                Some(write) => write(*date, &mut text),
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
                if !first {
                    append(out, ",", cx)?;
                }
                first = false;
                write_string(&def.name, out, cx)?;
                append(out, ":", cx)?;
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

/// Writes a text in quotes, escaped.
pub(super) fn write_string(text: &str, out: &mut String, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    append(out, "\"", cx)?;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
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
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::{
        limits::Limits,
        value::{
            FaultKind, Zone,
            testing::{arr, d, ints, iv, run, run_with, show, t, texts, ty},
        },
    };

    fn read(text: &str, to: &str) -> String {
        run(|cx| match from_json(text, ty(to), cx) {
            Ok(value) => show(&value, cx),
            Err(fault) => format!("error: {}", fault.message()),
        })
    }

    #[test]
    fn reading() {
        for (text, to, expected) in [
            ("{\"kind\":\"fig\",\"kg\":2.5}", "Fruit", "Fruit fig|2.5|"),
            ("{\"bins\":[\"A\",\"B\"],\"other\":{\"x\":[1]},\"kind\":null}", "Fruit", "Fruit ||A|B"),
            ("{\"next\":{\"next\":{\"value\":3}}}", "Node", "Node ||3||||"),
            ("{\"points\":{\"x\":1,\"y\":2}}", "Node", "Node ||1|2"),
            ("{\"x\":1,\"x\":2}", "Pt", "Pt 2|"),
            ("[4,5]", "integer[]", "integer[] 4|5"),
            ("[4.9,\"5\",null]", "integer[]", "integer[] 4|5|"),
            ("[[1],[2,3]]", "number[][]", "number[][] 1|2|3"),
            ("{\"x\":1}", "Pt[]", "Pt[] 1|"),
            ("[{\"x\":1},{\"y\":2}]", "Pt[]", "Pt[] 1||2"),
            ("[1,2,3]", "Pt", "Pt 1|2"),
            ("7", "integer", "integer 7"),
            ("9007199254740993", "integer", "integer 9007199254740993"),
            ("18446744073709551615", "number", "number 18446744073709552000"),
            ("1e3", "integer", "integer 1000"),
            ("true", "boolean", "boolean true"),
            ("\"2024-02-29\"", "date", "date 2024-02-29 00:00:00"),
            ("\"1h\"", "interval", "interval 1h"),
            ("null", "number", "null"),
            ("null", "string[]", "string[] "),
            ("5", "number[]", "number[] 5"),
            ("[5]", "number", "number 5"),
            ("[]", "number", "null"),
            ("\"a\\u00e9\\ud83d\\ude00\"", "string", "string aé😀"),
            ("[1,[2,\"x\"]]", "string", "string 1|2|x"),
            ("{ \"a\" : [1, \"q\\\"\"] }", "string", "string {\"a\":[1,\"q\\\"\"]}"),
            ("[1,{\"a\":null}]", "string", "string [1,{\"a\":null}]"),
            ("{\"a\":1}", "string[]", "string[] {\"a\":1}"),
            (" {\"a\":1} ", "any", "string  {\"a\":1} "),
            ("[1,2.5]", "any[]", "number[] 1|2.5"),
        ] {
            assert_eq!(read(text, to), expected, "{text}");
        }
        for (text, to) in [
            ("", "string"),
            ("{", "Pt"),
            ("{\"x\":1} x", "Pt"),
            ("[1,]", "integer[]"),
            ("{'x':1}", "Pt"),
            ("abc", "any"),
            ("NaN", "number"),
            ("true", "number"),
            ("{\"x\":\"a\"}", "Pt"),
            ("{\"x\":1}", "number"),
            ("[1,2]", "number"),
            ("\"\\ud800\"", "string"),
        ] {
            assert!(read(text, to).starts_with("error: "), "{text}");
        }
        assert_eq!(read("{\"x\":1}", "number"), "error: a JSON object does not convert to a number");
    }

    #[test]
    fn depth_is_limited() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        for to in ["any", "string", "any[]", "Pt"] {
            assert!(!read(&nested(127), to).is_empty());
            run(|cx| {
                let fault = from_json(&nested(128), ty(to), cx).unwrap_err();
                assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::JsonDepth));
                let fault = from_json(&"[".repeat(100_000), ty(to), cx).unwrap_err();
                assert!(matches!(fault.kind(), FaultKind::Error));
            });
        }
        // A text that only looks like a deep document is an ordinary text.
        assert_eq!(run(|cx| show(&convert(t(&"{".repeat(200)), ty("Fruit"), cx).unwrap(), cx)).len(), 208);
    }

    #[test]
    fn reading_needs_little_stack() {
        let deep = || {
            let text = format!("{}{{}}{}", "{\"next\":".repeat(126), "}".repeat(126));
            run(|cx| {
                let value = from_json(&text, ty("Node"), cx).unwrap();
                assert_eq!(value.depth(), 128);
                from_json(&text, Type::STRING, cx).unwrap();
            });
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(deep).unwrap().join().unwrap();
    }

    #[test]
    fn reading_asks_for_memory() {
        let text = format!("[{}0]", "0,".repeat(100_000));
        let limits = Limits::default().memory(crate::limits::memory::live().saturating_add(500_000));
        for to in ["string[]", "integer[]", "any[]"] {
            run_with(&limits, |cx| {
                let fault = from_json(&text, ty(to), cx).unwrap_err();
                assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::Memory), "{to}");
            });
        }
    }

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
        let day = |date: Date, out: &mut String| out.push_str(if date.millis() == 0 { "epoch" } else { "later" });
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
        for value in crate::value::testing::samples() {
            let text = write(&value, JsonStyle::default());
            assert!(check(&text).is_ok(), "{text}");
        }
    }
}
