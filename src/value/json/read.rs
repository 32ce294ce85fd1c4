//! JSON text to values of a wanted type (L-46).
//!
//! Reading goes from the text straight to the values, guided by the type, so that a document never costs more memory
//! than the values it becomes.

use super::write_string;
use crate::{
    limits::{LimitHit, LimitKind},
    types::{Base, StructDef, StructId, Type},
    value::{
        Array, ConvCx, Fault, RED_ZONE, STACK_CHUNK, Value, append, bool_to_text, convert,
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
    match read(text, to, cx)? {
        Ok(value) => Ok(value),
        Err(reason) => Err(Fault::error(format!("`{}` is no JSON: {reason}", shorten(text)))),
    }
}

/// As [`from_json`], but `None` for a text that is no JSON.
pub(in crate::value) fn read_if_json(text: &str, to: Type, cx: &mut ConvCx<'_>) -> Result<Option<Value>, Fault> {
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

pub(super) fn check(text: &str) -> Result<(), String> {
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
        while let Some(member) = members.next_key_seed(MemberName(FieldName(structs.get(id))))? {
            let Member::Named(place) = member else { return self.number(members) };
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{
        limits::Limits,
        value::{
            FaultKind,
            testing::{run, run_with, show, t, ty},
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
            ("[{\"x\":1},{\"y\":2}]", "Pt[]", "Pt[] 1|||2"),
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

    /// A value as the reader gives it when `arbitrary_precision` is on: numbers are maps of one member.
    struct Arbitrary<'t>(&'t serde_json::Value);

    impl<'de> Deserializer<'de> for Arbitrary<'_> {
        type Error = serde_json::Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            use serde::de::value::{MapDeserializer, SeqDeserializer};
            match self.0 {
                serde_json::Value::Number(number) => {
                    visitor.visit_map(MapDeserializer::new([(NUMBER, number.to_string())].into_iter()))
                }
                serde_json::Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Arbitrary))),
                serde_json::Value::Object(members) => {
                    let members = members.iter().map(|(name, value)| (FromDocument(name), Arbitrary(value)));
                    visitor.visit_map(MapDeserializer::new(members))
                }
                other => other.clone().deserialize_any(visitor),
            }
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    impl<'de> IntoDeserializer<'de, serde_json::Error> for Arbitrary<'_> {
        type Deserializer = Self;

        fn into_deserializer(self) -> Self {
            self
        }
    }

    /// The name of a member of a document, which the reader offers as an option.
    #[derive(Clone, Copy)]
    struct FromDocument<'t>(&'t str);

    impl<'de> Deserializer<'de> for FromDocument<'_> {
        type Error = serde_json::Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.visit_str(self.0)
        }

        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.visit_some(self)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
            newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    impl<'de> IntoDeserializer<'de, serde_json::Error> for FromDocument<'_> {
        type Deserializer = Self;

        fn into_deserializer(self) -> Self {
            self
        }
    }

    #[test]
    fn numbers_are_the_same_with_arbitrary_precision() {
        for text in [
            "7",
            "-0",
            "-7",
            "2.5",
            "1e3",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775809",
            "1e-400",
            "1e300",
            "{\"x\":1,\"y\":2.5}",
            "{\"kind\":\"fig\",\"kg\":2.5}",
            "[4.9,\"5\",null,true]",
            "[[1],[2,3]]",
            "[1,{\"a\":2}]",
            "{}",
            "{\"next\":{\"next\":{\"value\":3}}}",
            "{\"$serde_json::private::Number\":\"7\"}",
            "{\"x\":{\"$serde_json::private::Number\":\"7\"}}",
        ] {
            // Without the feature the tree keeps numbers as they are read.
            let tree: serde_json::Value = serde_json::from_str(text).unwrap();
            for to in
                ["number", "integer", "string", "string[]", "number[]", "number[][]", "any[]", "Pt", "Fruit", "Node"]
            {
                let found = run(|cx| {
                    let mut fault = None;
                    let seed = Seed { to: ty(to), cx, fault: &mut fault };
                    match (seed.deserialize(Arbitrary(&tree)), fault) {
                        (Ok(value), _) => show(&value, cx),
                        (Err(_), Some(fault)) => format!("error: {}", fault.message()),
                        (Err(error), None) => format!("error: {error}"),
                    }
                });
                assert_eq!(found, read(text, to), "{text} as {to}");
            }
        }
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
}
