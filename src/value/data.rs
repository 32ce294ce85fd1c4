use super::{
    Array, ConvCx, Date, Fault, RED_ZONE, STACK_CHUNK, Value, Zone, bool_to_text, date::Civil, literal_array,
    print_integer, print_interval, print_number,
};
use crate::limits::{LimitHit, LimitKind};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::rc::Rc;

/// A value outside a run: owned, `Send`, comparable, and natural JSON for serde.
///
/// This is what a host gets and gives, and what an outcome holds.
#[derive(Clone, PartialEq, Debug, Default)]
#[non_exhaustive]
pub enum Data {
    /// No value.
    #[default]
    Null,
    /// `boolean`
    Boolean(bool),
    /// `integer`
    Integer(i64),
    /// `number`
    Number(f64),
    /// `byte`
    Byte(i8),
    /// `date`
    Date(DateData),
    /// `interval`, in milliseconds.
    Interval(i64),
    /// `string`
    Text(String),
    /// An array without keys.
    Array(Vec<Data>),
    /// An array with keys: each element with its key, if it has one.
    Map(Vec<(Option<String>, Data)>),
    /// A structure: its name and its fields in order.
    Struct(String, Vec<(String, Data)>),
}

/// A point in time outside a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateData {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub millis: i64,
    /// The zone it is shown in; `None` is the engine's. A name such as `Europe/Paris`, or an offset such as `+02:00`.
    pub zone: Option<String>,
}

/// Levels of values that leave a run at most: everybody who gets them may walk them without care.
pub const DATA_DEPTH: u32 = 200;

impl Data {
    /// Copies a value out of a run.
    ///
    /// # Errors
    /// Memory, or a value deeper than [`DATA_DEPTH`].
    pub fn from_value(value: &Value, cx: &mut ConvCx<'_>) -> Result<Self, Fault> {
        let depth = value.depth();
        if depth > DATA_DEPTH {
            let hit = LimitHit { kind: LimitKind::ValueDepth, limit: DATA_DEPTH.into(), used: depth.into() };
            return Err(hit.into());
        }
        let mut copied = 0;
        copy_out(value, &mut copied, cx)
    }

    /// Copies it into a run. A structure is looked up by name; an unknown one becomes an array with keys.
    ///
    /// # Errors
    /// Limits, and dates out of range.
    pub fn to_value(&self, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
        cx.charge_items(0)?;
        Ok(match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(*value),
            Self::Integer(integer) => Value::Int(*integer),
            Self::Number(number) => Value::Num(*number),
            Self::Byte(byte) => Value::Byte(*byte),
            Self::Interval(millis) => Value::Interval(*millis),
            Self::Text(text) => {
                cx.charge_bytes(text.len())?;
                cx.copy_text(text)?
            }
            Self::Date(date) => {
                let zone = match date.zone.as_deref() {
                    None => 0,
                    Some(name) => match Zone::named(name) {
                        Some(zone) => zone.id(),
                        None => return Err(Fault::host(format!("`{name}` is no time zone"))),
                    },
                };
                match Date::new(date.millis, zone).filter(|date| date.in_range(cx.zone)) {
                    Some(date) => Value::Date(date),
                    None => return Err(Fault::host("a date lies outside the years 1 to 9999")),
                }
            }
            Self::Array(items) => {
                let values = values_of(items.iter(), items.len(), cx)?;
                literal_array(values, cx)?
            }
            Self::Map(items) => {
                let values = values_of(items.iter().map(|(_, item)| item), items.len(), cx)?;
                keyed(items.iter().map(|(key, _)| key.as_deref()), values, cx)?
            }
            Self::Struct(name, fields) => {
                let structs = cx.structs;
                let Some(id) = structs.find(name) else {
                    let values = values_of(fields.iter().map(|(_, field)| field), fields.len(), cx)?;
                    return keyed(fields.iter().map(|(name, _)| Some(name.as_str())), values, cx);
                };
                let mut record = cx.empty_record(id)?;
                for (name, field) in fields {
                    let Some(place) = structs.get(id).and_then(|def| def.field(name)) else { continue };
                    let ty = structs.fields(id).get(place).map_or(crate::types::Type::DYNAMIC, |field| field.ty);
                    let value = stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || field.to_value(cx))?;
                    let value = super::convert(value, ty, cx)?;
                    record.set(place, value, cx.budget)?;
                }
                Value::Struct(Rc::new(record))
            }
        })
    }

    /// Whether it is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of an integer or a byte, or of a number without fraction.
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Self::Integer(integer) => Some(integer),
            Self::Byte(byte) => Some(i64::from(byte)),
            Self::Number(number) => whole(number),
            _ => None,
        }
    }

    /// The value of a number, an integer or a byte.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Number(number) => Some(number),
            Self::Integer(integer) => Some(integer as f64),
            Self::Byte(byte) => Some(f64::from(byte)),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match *self {
            Self::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The text form of the language (L-41 to L-44), dates in UTC.
    pub fn to_text(&self) -> String {
        self.to_text_in(&Zone::utc())
    }

    /// The text form of the language, dates in a zone.
    pub fn to_text_in(&self, zone: &Zone) -> String {
        let mut out = String::new();
        self.write_text(zone, &mut out);
        out
    }

    fn write_text(&self, zone: &Zone, out: &mut String) {
        match self {
            Self::Null => {}
            Self::Boolean(value) => out.push_str(bool_to_text(*value)),
            Self::Integer(integer) => print_integer(*integer, out),
            Self::Number(number) => print_number(*number, out),
            Self::Byte(byte) => print_integer(i64::from(*byte), out),
            Self::Interval(millis) => print_interval(*millis, out),
            Self::Text(text) => out.push_str(text),
            Self::Date(date) => match Date::new(date.millis, 0) {
                Some(date) => date.print(zone, out),
                None => print_integer(date.millis, out),
            },
            Self::Array(items) => join(items.iter(), zone, out),
            Self::Map(items) => join(items.iter().map(|(_, item)| item), zone, out),
            Self::Struct(_, fields) => join(fields.iter().map(|(_, field)| field), zone, out),
        }
    }
}

fn join<'d>(items: impl Iterator<Item = &'d Data>, zone: &Zone, out: &mut String) {
    stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
        for (index, item) in items.enumerate() {
            if index > 0 {
                out.push('|');
            }
            item.write_text(zone, out);
        }
    });
}

/// The integer that a number is, if it has no fraction and fits.
fn whole(number: f64) -> Option<i64> {
    super::num_to_millis(number).filter(|_| number.fract() == 0.0)
}

fn values_of<'d>(
    items: impl Iterator<Item = &'d Data>,
    count: usize,
    cx: &mut ConvCx<'_>,
) -> Result<Vec<Value>, Fault> {
    cx.budget.array_size(count)?;
    cx.budget.grow(count.saturating_mul(size_of::<Value>()))?;
    stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || items.map(|item| item.to_value(cx)).collect())
}

fn keyed<'d>(
    keys: impl Iterator<Item = Option<&'d str>>,
    values: Vec<Value>,
    cx: &mut ConvCx<'_>,
) -> Result<Value, Fault> {
    let Value::Array(plain) = literal_array(values, cx)? else { return Err(Fault::internal("a literal is no array")) };
    let mut array = Array::new(plain.element_type());
    for (key, value) in keys.zip(&*plain) {
        array.push_keyed(key, value, cx.budget)?;
    }
    Ok(Value::Array(Rc::new(array)))
}

/// `copied` counts the bytes of the whole copy: what is shared inside the run is not shared outside.
fn copy_out(value: &Value, copied: &mut usize, cx: &mut ConvCx<'_>) -> Result<Data, Fault> {
    cx.charge_items(0)?;
    let own = match value {
        Value::Text(text) => text.len(),
        Value::Array(array) => array.len().saturating_mul(size_of::<Data>()),
        Value::Struct(record) => record.fields().len().saturating_mul(size_of::<(String, Data)>()),
        _ => 0,
    };
    *copied = copied.saturating_add(own);
    cx.budget.grow(*copied)?;
    Ok(match value {
        Value::Null => Data::Null,
        Value::Bool(value) => Data::Boolean(*value),
        Value::Int(integer) => Data::Integer(*integer),
        Value::Num(number) => Data::Number(*number),
        Value::Byte(byte) => Data::Byte(*byte),
        Value::Interval(millis) => Data::Interval(*millis),
        Value::Date(date) => Data::Date(DateData {
            millis: date.millis(),
            zone: Zone::by_id(date.zone_id()).map(|zone| zone.name().to_owned()),
        }),
        Value::Text(text) => {
            cx.charge_bytes(text.len())?;
            Data::Text(text.as_str().to_owned())
        }
        Value::Array(array) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            let named = array.has_keys();
            let mut items = Vec::new();
            let mut named_items = Vec::new();
            for (index, value) in array.iter().enumerate() {
                let item = copy_out(&value, copied, cx)?;
                if named {
                    let key = array.key_at(index);
                    *copied = copied.saturating_add(key.map_or(0, str::len)).saturating_add(size_of::<String>());
                    named_items.push((key.map(str::to_owned), item));
                } else {
                    items.push(item);
                }
            }
            Ok::<_, Fault>(if named { Data::Map(named_items) } else { Data::Array(items) })
        })?,
        Value::Struct(record) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            let structs = cx.structs;
            let name = structs.get(record.id()).map_or("", |def| def.name());
            let mut fields = Vec::with_capacity(record.fields().len());
            for (def, field) in structs.fields(record.id()).iter().zip(record.fields()) {
                *copied = copied.saturating_add(def.name.len());
                fields.push((def.name.to_string(), copy_out(field, copied, cx)?));
            }
            Ok::<_, Fault>(Data::Struct(name.to_owned(), fields))
        })?,
    })
}

impl DateData {
    /// ISO 8601 with offset, in its zone; `None` out of range. The engine's zone is not known here, so it counts as UTC.
    fn iso(&self) -> Option<String> {
        let zone = self.zone.as_deref().and_then(Zone::named).unwrap_or_default();
        let mut out = String::new();
        Date::new(self.millis, zone.id())?.print_iso(&zone, &mut out);
        Some(out)
    }

    /// What calendar and clock show in its zone, or in the given one if it has none of its own.
    pub fn civil(&self, engine: &Zone) -> Option<Civil> {
        let zone = self.zone.as_deref().and_then(Zone::named).map_or(0, |zone| zone.id());
        Some(Date::new(self.millis, zone)?.civil(engine))
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Byte(byte) => serializer.serialize_i8(*byte),
            Self::Number(number) => match whole(*number) {
                Some(integer) => serializer.serialize_i64(integer),
                None => serializer.serialize_f64(*number),
            },
            Self::Date(date) => match date.iso() {
                Some(text) => serializer.serialize_str(&text),
                None => serializer.serialize_unit(),
            },
            Self::Interval(_) => serializer.serialize_str(&self.to_text()),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Map(items) => {
                let mut map = serializer.serialize_map(Some(items.len()))?;
                for (index, (key, item)) in items.iter().enumerate() {
                    match key {
                        Some(key) => map.serialize_entry(key, item)?,
                        None => map.serialize_entry(&index.to_string(), item)?,
                    }
                }
                map.end()
            }
            Self::Struct(_, fields) => serializer.collect_map(fields.iter().map(|(name, field)| (name, field))),
        }
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Data {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<f64> for Data {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Data {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl<T: Into<Data>> From<Vec<T>> for Data {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Data>> From<Option<T>> for Data {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::{
        limits::Limits,
        types::Type,
        value::{
            FaultKind, equals,
            testing::{d, ints, iv, run, run_with, samples, show, t, ty},
        },
    };

    #[test]
    fn there_and_back() {
        run(|cx| {
            for value in samples() {
                let data = Data::from_value(&value, cx).unwrap();
                let back = data.to_value(cx).unwrap();
                assert_eq!(Data::from_value(&back, cx).unwrap().to_text(), data.to_text(), "{value:?}");
                let text = crate::value::to_text(&value, cx).unwrap();
                assert_eq!(data.to_text(), text.as_str().unwrap());
                if !matches!(value, Value::Num(number) if number.is_nan()) {
                    assert!(equals(&value, &back, Type::DYNAMIC, cx).unwrap(), "{value:?} {back:?}");
                }
            }
        });
    }

    #[test]
    fn keys_zones_and_structures_survive() {
        run(|cx| {
            let mut map = Array::new(Type::INTEGER);
            map.set_key("a", Value::Int(1), cx.budget).unwrap();
            map.push(Value::Int(2), cx.budget).unwrap();
            let data = Data::from_value(&Value::Array(Rc::new(map)), cx).unwrap();
            assert_eq!(data, Data::Map(vec![(Some("a".to_owned()), 1.into()), (None, 2.into())]));
            let Value::Array(back) = data.to_value(cx).unwrap() else { panic!("no array") };
            assert_eq!((back.key_at(0), back.key_at(1), back.element_type()), (Some("a"), None, Type::INTEGER));

            let Value::Date(date) = d("2024-02-29 23:00:00") else { panic!("no date") };
            let paris = Zone::named("Europe/Paris").unwrap();
            let date = Value::Date(date.with_zone(paris.id()));
            let data = Data::from_value(&date, cx).unwrap();
            assert_eq!(serde_json::to_string(&data).unwrap(), "\"2024-03-01T00:00:00+01:00\"");
            assert_eq!(data.to_text(), "2024-02-29 23:00:00");
            assert!(matches!(data.to_value(cx).unwrap(), Value::Date(back) if back.zone_id() == paris.id()));

            let fields = vec![("y".to_owned(), Data::from("4")), ("z".to_owned(), Data::Null)];
            let point = Data::Struct("Pt".to_owned(), fields.clone()).to_value(cx).unwrap();
            assert_eq!(show(&point, cx), "Pt |4");
            let unknown = Data::Struct("Nothing".to_owned(), fields).to_value(cx).unwrap();
            assert_eq!(show(&unknown, cx), "string[] 4|");
        });
    }

    #[test]
    fn natural_json() {
        run(|cx| {
            let node = crate::value::from_json("{\"value\":1,\"points\":[{\"x\":2}]}", ty("Node"), cx).unwrap();
            let data = Data::from_value(&node, cx).unwrap();
            assert_eq!(
                serde_json::to_string(&data).unwrap(),
                "{\"value\":1,\"next\":null,\"points\":[{\"x\":2,\"y\":null}]}"
            );
        });
        for (data, expected) in [
            (Data::Null, "null"),
            (5.0.into(), "5"),
            (2.5.into(), "2.5"),
            (f64::NAN.into(), "null"),
            (true.into(), "true"),
            (Data::Byte(-1), "-1"),
            (Data::Interval(5_400_000), "\"1h 30m\""),
            (vec!["a", "b"].into(), "[\"a\",\"b\"]"),
            (Some(1).into(), "1"),
            (None::<i64>.into(), "null"),
            (Data::Date(DateData { millis: 1_500, zone: None }), "\"1970-01-01T00:00:01.500+00:00\""),
            (Data::Date(DateData { millis: i64::MAX, zone: None }), "null"),
        ] {
            assert_eq!(serde_json::to_string(&data).unwrap(), expected);
        }
    }

    #[test]
    fn bad_data_is_an_error_of_the_host() {
        run(|cx| {
            for data in [
                Data::Date(DateData { millis: i64::MAX, zone: None }),
                Data::Date(DateData { millis: 0, zone: Some("Nowhere".to_owned()) }),
            ] {
                assert!(matches!(data.to_value(cx).unwrap_err().kind(), FaultKind::Host));
            }
        });
    }

    #[test]
    fn what_leaves_is_bounded() {
        run(|cx| {
            let mut deep = Value::Null;
            for _ in 0..=DATA_DEPTH {
                let next = Array::from_values(Type::DYNAMIC, [deep], cx.budget).unwrap();
                deep = Value::Array(Rc::new(next));
            }
            let fault = Data::from_value(&deep, cx).unwrap_err();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::ValueDepth));
        });
        // One large text many times is small inside and large outside.
        let limits = Limits::default().memory(crate::limits::memory::live().saturating_add(10_000_000));
        run_with(&limits, |cx| {
            let text = t(&"x".repeat(100_000));
            let many = Array::from_values(Type::STRING, (0..1000).map(|_| text.clone()), cx.budget).unwrap();
            let fault = Data::from_value(&Value::Array(Rc::new(many)), cx).unwrap_err();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::Memory));
        });
    }

    #[test]
    fn accessors() {
        run(|cx| {
            let data = |value: &Value, cx: &mut ConvCx<'_>| Data::from_value(value, cx).unwrap();
            assert_eq!(data(&t("a"), cx).as_str(), Some("a"));
            assert_eq!(data(&Value::Byte(3), cx).as_i64(), Some(3));
            assert_eq!(data(&Value::Num(3.0), cx).as_i64(), Some(3));
            assert_eq!(data(&Value::Num(3.5), cx).as_i64(), None);
            assert_eq!(data(&Value::Int(3), cx).as_f64(), Some(3.0));
            assert_eq!(data(&Value::Bool(true), cx).as_bool(), Some(true));
            assert_eq!(data(&iv("1h"), cx).as_i64(), None);
            assert!(data(&Value::Null, cx).is_null());
            assert!(!data(&ints([]), cx).is_null());
        });
    }
}
