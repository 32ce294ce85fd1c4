//! JSON text to values of a wanted type (L-46).
//!
//! Reading goes from the text straight to the values, guided by the type, so that a document never costs more memory
//! than the values it becomes.

use super::write_string;
use crate::{
    limits::{LimitHit, LimitKind},
    types::{Base, StructDef, StructId, Type},
    value::{
        Array, ConvCx, Fault, Fields, RED_ZONE, STACK_CHUNK, Value, append, bool_to_text, convert,
        convert::{article, shorten},
        literal_array, num_to_text,
    },
};
use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor},
};
use std::{fmt, marker::PhantomData, rc::Rc};

/// Levels of a JSON document at which reading ends.
const DEPTH: usize = 128;

/// Reads JSON as a value of a type: objects fill structures by field name, arrays fill arrays, an object where an
/// array is expected is its only element (L-46). Without a type it is the text itself, checked to be JSON.
///
/// # Errors
/// The text is no JSON, its values do not convert, or a limit.
pub fn from_json(text: &str, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    cx.charge_bytes(text.len().saturating_mul(4))?;
    let mut skipped = false;
    let result = read(text, to, &mut skipped, cx);
    // The reader stops at that level too, but for what it skips; and another reason to stop counts less. What comes
    // behind is of no account.
    if (skipped || !matches!(result, Ok(Ok(_)))) && begins_too_deep(text) {
        return Err(too_deep(DEPTH));
    }
    match result? {
        Ok(value) => Ok(value),
        Err(reason) => Err(Fault::error(format!("`{}` is no JSON: {reason}", shorten(text)))),
    }
}

/// As [`from_json`], but `None` for a text that is no JSON.
pub(in crate::value) fn read_if_json(text: &str, to: Type, cx: &mut ConvCx<'_>) -> Result<Option<Value>, Fault> {
    cx.charge_bytes(text.len().saturating_mul(4))?;
    let levels = levels(text);
    if levels >= DEPTH {
        // Brackets alone make no document.
        return if check(text).is_ok() { Err(too_deep(levels)) } else { Ok(None) };
    }
    Ok(read(text, to, &mut false, cx)?.ok())
}

/// Reads a document; the reason why it is none otherwise. Notes whether parts were skipped, of any depth.
fn read(text: &str, to: Type, skipped: &mut bool, cx: &mut ConvCx<'_>) -> Result<Result<Value, String>, Fault> {
    if to.is_dynamic() {
        *skipped = true;
        return match check(text) {
            Ok(()) => Ok(Ok(cx.copy_text(text)?)),
            Err(error) => Ok(Err(error)),
        };
    }
    let mut fault = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Seed { to, cx, fault: &mut fault, skipped };
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

pub(super) fn check(text: &str) -> Result<(), String> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| error.to_string())
}

fn too_deep(levels: usize) -> Fault {
    let wide = |levels| u64::try_from(levels).unwrap_or(u64::MAX);
    LimitHit { kind: LimitKind::JsonDepth, limit: wide(DEPTH), used: wide(levels) }.into()
}

/// Whether a text is the beginning of a document up to the bracket that opens one level too many.
fn begins_too_deep(text: &str) -> bool {
    let mut found = None;
    count_levels(text, |at, open| {
        found = Some(at).filter(|_| open >= DEPTH);
        found.is_none()
    });
    let begin = found.and_then(|at| text.get(..=at));
    begin.is_some_and(|begin| serde_json::from_str::<IgnoredAny>(begin).is_err_and(|error| error.is_eof()))
}

/// How many brackets are open at most, strings apart.
fn levels(text: &str) -> usize {
    let mut most = 0;
    count_levels(text, |_, open| {
        most = open.max(most);
        true
    });
    most
}

/// Goes through the opening brackets, strings apart: where each stands and how many are open then, until told to stop.
fn count_levels(text: &str, mut next: impl FnMut(usize, usize) -> bool) {
    let (mut open, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
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
                if !next(at, open) {
                    return;
                }
            }
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
}

/// Reads one value of a wanted type. A fault waits beside, since the reader has errors of its own.
struct Seed<'s, 'a> {
    to: Type,
    cx: &'s mut ConvCx<'a>,
    fault: &'s mut Option<Fault>,
    /// Whether a part was skipped.
    skipped: &'s mut bool,
}

impl<'a> Seed<'_, 'a> {
    fn inner(&mut self, to: Type) -> Seed<'_, 'a> {
        Seed { to, cx: self.cx, fault: self.fault, skipped: self.skipped }
    }

    fn keep<T, E: Error>(&mut self, result: Result<T, Fault>) -> Result<T, E> {
        keep(self.fault, result)
    }

    /// Adds the name of a field to the fault that came of it.
    #[cold]
    fn name_field(&mut self, name: &str) {
        *self.fault = self.fault.take().map(|fault| fault.in_field(name));
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
        let mut fields = Fields::new();
        for def in structs.fields(id) {
            let read = items.next_element_seed(self.inner(def.ty));
            let value = read.inspect_err(|_| self.name_field(&def.name))?;
            fields.push(value.unwrap_or_else(|| Value::default_of(def.ty)));
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            *self.skipped = true;
        }
        let result = self.cx.record(id, fields);
        self.keep(result)
    }

    fn fields_by_name<'de, A: MapAccess<'de>>(mut self, id: StructId, mut members: A) -> Result<Value, A::Error> {
        let structs = self.cx.structs;
        let defs = structs.fields(id);
        let result = self.cx.charge_items(defs.len());
        self.keep(result)?;
        let mut fields = Fields::from_elem(Value::Null, defs.len());
        while let Some(member) = members.next_key_seed(MemberName(FieldName(structs.get(id))))? {
            let Member::Named(place) = member else { return self.number(members) };
            match place.and_then(|place| defs.get(place).zip(fields.get_mut(place))) {
                Some((def, slot)) => {
                    let read = members.next_value_seed(self.inner(def.ty));
                    *slot = read.inspect_err(|_| self.name_field(&def.name))?;
                }
                None => {
                    *self.skipped = true;
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        for (def, slot) in defs.iter().zip(&mut fields) {
            if slot.is_absent() && def.ty.is_array() {
                *slot = Value::default_of(def.ty);
            }
        }
        let result = self.cx.record(id, fields);
        self.keep(result)
    }

    /// The number that a map stands for.
    fn number<'de, A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        match members.next_value::<Number>()? {
            Number::Whole(value) => self.give(Value::Int(value)),
            Number::Wide(value) => self.give(Value::Num(value as f64)),
            Number::Float(value) => self.give(Value::Num(value)),
        }
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
                Base::String => match members.next_key_seed(MemberName(PhantomData::<String>))? {
                    Some(Member::Number) => self.number(members),
                    first => self.text(|transcript| transcript.object(first, members)),
                },
                Base::Struct(id) => self.fields_by_name(id, members),
                Base::Dynamic => {
                    let mut array = Array::new(Type::DYNAMIC);
                    while let Some(member) = members.next_key_seed(MemberName(PhantomData::<String>))? {
                        let Member::Named(name) = member else { return self.number(members) };
                        let value = members.next_value_seed(self.inner(Type::DYNAMIC))?;
                        let result = array.set_key(&name, value, self.cx.budget).map_err(Fault::from);
                        self.keep(result)?;
                    }
                    Ok(Value::Array(Rc::new(array)))
                }
                _ => match members.next_key_seed(MemberName(PhantomData::<IgnoredAny>))? {
                    Some(Member::Number) => self.number(members),
                    _ => Err(self.refuse("a JSON object")),
                },
            }
        })
    }
}

/// The name under which `serde_json` hands over the text of a number in a map of its own, when its feature
/// `arbitrary_precision` is on anywhere in a build.
const NUMBER: &str = "$serde_json::private::Number";

/// The name of a member, or what stands for a number.
enum Member<T> {
    Named(T),
    Number,
}

/// Reads the name of a member by a seed. A document may have a member of the name [`NUMBER`] too; the reader offers
/// names of a document as options, the name of its own map as mere text.
struct MemberName<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for MemberName<S> {
    type Value = Member<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for MemberName<S> {
    type Value = Member<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(reader).map(Member::Named)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        match name {
            NUMBER => Ok(Member::Number),
            name => self.0.deserialize(name.into_deserializer()).map(Member::Named),
        }
    }
}

/// A number from its text, as the reader gives it without `arbitrary_precision`.
enum Number {
    Whole(i64),
    Wide(u64),
    Float(f64),
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Digits;

        impl Visitor<'_> for Digits {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
                // `-0` is the negative zero of floating point.
                if let (Ok(value), true) = (text.parse(), text != "-0") {
                    return Ok(Number::Whole(value));
                }
                if let Ok(value) = text.parse() {
                    return Ok(Number::Wide(value));
                }
                match text.parse() {
                    Ok(value) if f64::is_finite(value) => Ok(Number::Float(value)),
                    _ => Err(E::custom("number out of range")),
                }
            }
        }

        reader.deserialize_str(Digits)
    }
}

/// Finds a field by the name of a member, without keeping the name.
struct FieldName<'t>(Option<&'t StructDef>);

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

    /// An object whose first name is read already.
    fn object<'de, A: MapAccess<'de>>(mut self, first: Option<Member<String>>, mut members: A) -> Result<(), A::Error> {
        let mut next = first;
        self.copy.objects = true;
        self.json("{")?;
        let mut separator = "";
        while let Some(Member::Named(name)) = next {
            self.json(separator)?;
            separator = ",";
            self.quoted(&name)?;
            self.json(":")?;
            members.next_value_seed(self.inner())?;
            next = members.next_key_seed(MemberName(PhantomData))?;
        }
        self.json("}")
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
        self.primitive(bool_to_text(value))
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

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || match members.next_key_seed(MemberName(PhantomData))? {
            Some(Member::Number) => match members.next_value::<Number>()? {
                Number::Whole(value) => self.visit_i64(value),
                Number::Wide(value) => self.visit_u64(value),
                Number::Float(value) => self.visit_f64(value),
            },
            first => self.object(first, members),
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests;
