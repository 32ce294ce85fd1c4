use super::{
    Array, Date, Fault, Fields, RED_ZONE, Record, STACK_CHUNK, Text, Value, Zone, int_to_byte, json, literal_array,
    num_to_byte, num_to_int, num_to_millis, parse_boolean, parse_integer, parse_interval, parse_number, to_text,
};
use crate::{
    limits::Budget,
    types::{Base, StructId, StructTable, Type},
};
use std::rc::Rc;

/// What conversions and operators need to know of the run.
#[derive(Debug)]
pub struct ConvCx<'a> {
    /// The structures of the program.
    pub structs: &'a StructTable,
    /// The engine's time zone.
    pub zone: &'a Zone,
    /// What the run has left.
    pub budget: &'a mut Budget,
}

impl ConvCx<'_> {
    /// Spends fuel for work on so many bytes.
    pub(crate) fn charge_bytes(&mut self, bytes: usize) -> Result<(), Fault> {
        Ok(self.budget.charge(units(bytes.div_euclid(64)))?)
    }

    /// Spends fuel for work on so many elements.
    pub(crate) fn charge_items(&mut self, items: usize) -> Result<(), Fault> {
        Ok(self.budget.charge(units(items))?)
    }

    /// A text value of a string that may be large.
    pub(crate) fn text(&self, text: String) -> Result<Value, Fault> {
        Ok(Value::Text(Text::try_from_string(text, self.budget)?))
    }

    /// A text value of a part of another text.
    pub(crate) fn copy_text(&self, text: &str) -> Result<Value, Fault> {
        Ok(Value::Text(Text::try_new(text, self.budget)?))
    }

    /// A structure of given fields.
    pub(crate) fn record(&self, id: StructId, fields: Fields) -> Result<Value, Fault> {
        let depth = fields.iter().map(Value::depth).max().unwrap_or(0).saturating_add(1);
        self.budget.value_depth(depth)?;
        self.budget.grow(size_of::<Value>().saturating_mul(fields.len()).saturating_add(size_of::<Record>()))?;
        Ok(Value::Struct(Rc::new(Record::from_fields(id, fields))))
    }

    /// An empty structure.
    pub(crate) fn empty_record(&mut self, id: StructId) -> Result<Record, Fault> {
        let count = self.structs.fields(id).len();
        self.charge_items(count)?;
        let size = size_of::<Value>().saturating_add(size_of::<Array>());
        self.budget.grow(size.saturating_mul(count).saturating_add(size_of::<Record>()))?;
        let record = Record::new(id, self.structs);
        self.budget.value_depth(record.depth())?;
        Ok(record)
    }
}

fn units(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX).saturating_add(1)
}

/// Converts a value to a type (L-40 to L-47). A dynamic target changes nothing.
///
/// # Errors
/// The value does not convert, or a limit.
#[inline]
pub fn convert(value: Value, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    // Most values have the type already.
    if is_of(&value, to) || matches!(&value, Value::Array(array) if array.element_type().array() == to) {
        Ok(value)
    } else {
        convert_to_other(value, to, cx)
    }
}

/// Whether a value is a scalar, text or structure of a type; null and arrays are none.
#[inline]
pub fn is_of(value: &Value, to: Type) -> bool {
    !to.is_array()
        && match (value, to.base) {
            (Value::Bool(_), Base::Boolean)
            | (Value::Int(_), Base::Integer)
            | (Value::Num(_), Base::Number)
            | (Value::Byte(_), Base::Byte)
            | (Value::Date(_), Base::Date)
            | (Value::Interval(_), Base::Interval)
            | (Value::Text(_), Base::String) => true,
            (Value::Struct(record), Base::Struct(id)) => record.id() == id,
            _ => false,
        }
}

fn convert_to_other(value: Value, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    if to.is_dynamic() {
        return Ok(value);
    }
    if to.is_array() {
        return to_array(value, to, cx);
    }
    match (value, to.base) {
        (Value::Null, _) => Ok(Value::Null),
        (value, Base::String) => to_text(&value, cx),
        (value, Base::Struct(id)) => to_struct(value, id, cx),
        (Value::Array(array), _) => single(&array, to, cx),
        (value, base) => scalar(&value, base, cx)?.ok_or_else(|| no_conversion(&value, to, cx)),
    }
}

/// Converts between scalars by the matrix of L-41, texts as source included; `None` when it does not convert.
fn scalar(value: &Value, base: Base, cx: &mut ConvCx<'_>) -> Result<Option<Value>, Fault> {
    let date = |millis: i64, cx: &ConvCx<'_>| Date::from_millis(millis, cx.zone).map(Value::Date);
    Ok(match (value, base) {
        (Value::Text(text), _) => {
            let text = text.as_str();
            cx.charge_bytes(text.len())?;
            if text.trim().is_empty() {
                return Ok(Some(Value::Null));
            }
            match base {
                Base::Number => parse_number(text).map(Value::Num),
                Base::Integer => parse_integer(text).map(Value::Int),
                Base::Byte => parse_byte(text).map(Value::Byte),
                Base::Boolean => parse_boolean(text).map(Value::Bool),
                Base::Date => Date::parse(text, cx.zone).map(Value::Date),
                Base::Interval => parse_interval(text).map(Value::Interval),
                _ => None,
            }
        }
        (&Value::Num(number), Base::Integer) => Some(Value::Int(num_to_int(number))),
        (&Value::Num(number), Base::Byte) => Some(Value::Byte(num_to_byte(number))),
        (&Value::Num(number), Base::Boolean) => Some(Value::Bool(number != 0.0)),
        (&Value::Num(number), Base::Date) => num_to_millis(number).and_then(|millis| date(millis, cx)),
        (&Value::Num(number), Base::Interval) => num_to_millis(number).map(Value::Interval),
        (&Value::Int(integer), Base::Number) => Some(Value::Num(integer as f64)),
        (&Value::Int(integer), Base::Byte) => Some(Value::Byte(int_to_byte(integer))),
        (&Value::Int(integer), Base::Boolean) => Some(Value::Bool(integer != 0)),
        (&Value::Int(integer), Base::Date) => date(integer, cx),
        (&Value::Int(integer), Base::Interval) => Some(Value::Interval(integer)),
        (&Value::Byte(byte), Base::Number) => Some(Value::Num(f64::from(byte))),
        (&Value::Byte(byte), Base::Integer) => Some(Value::Int(i64::from(byte))),
        (&Value::Interval(millis), Base::Number) => Some(Value::Num(millis as f64)),
        (&Value::Interval(millis), Base::Integer) => Some(Value::Int(millis)),
        _ => None,
    })
}

fn parse_byte(text: &str) -> Option<i8> {
    text.trim().parse().ok().map(int_to_byte).or_else(|| parse_number(text).map(num_to_byte))
}

/// An array as a scalar other than string: its only element; none is null (L-44).
fn single(array: &Array, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    match (array.len(), array.get(0)) {
        (0, _) => Ok(Value::Null),
        // The elements may be arrays again.
        (1, Some(element)) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || convert(element, to, cx)),
        (count, _) => Err(Fault::error(format!(
            "an array of {count} elements is no {}; only one with a single element converts",
            to.display(cx.structs)
        ))),
    }
}

fn to_array(value: Value, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let element = to.element();
    match value {
        Value::Null => Ok(Value::default_of(to)),
        Value::Array(array) if array.element_type() == element || element.is_dynamic() => Ok(Value::Array(array)),
        Value::Array(array) => array_to_array(&array, element, cx),
        Value::Text(text) => text_to_array(&text, to, cx),
        Value::Struct(record) if !accepts_record(element, record.id()) => {
            let fields = record.fields().to_vec();
            cx.charge_items(fields.len())?;
            if element.is_dynamic() { literal_array(fields, cx) } else { collect(element, fields, cx) }
        }
        value => {
            let element = if element.is_dynamic() { value.type_of() } else { element };
            collect(element, vec![value], cx)
        }
    }
}

/// Whether a structure becomes one element of the array rather than one per field: it is of the element type.
fn accepts_record(element: Type, id: StructId) -> bool {
    element.as_struct() == Some(id)
}

/// Converts each value to the element type.
pub(super) fn collect(element: Type, values: Vec<Value>, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let mut array = Array::new(element);
    for value in values {
        cx.charge_items(0)?;
        let value = stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || convert(value, element, cx))?;
        array.push(value, cx.budget)?;
    }
    Ok(Value::Array(Rc::new(array)))
}

fn array_to_array(from: &Array, element: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
        let mut array = Array::new(element);
        for (position, value) in from.iter().enumerate() {
            cx.charge_items(0)?;
            let value = convert(value, element, cx)?;
            array.push_keyed(from.key_at(position), value, cx.budget)?;
        }
        Ok(Value::Array(Rc::new(array)))
    })
}

/// Splits at every `|`, all pieces kept; the empty text has none (L-44). For structures JSON comes first.
fn text_to_array(text: &Text, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let element = to.element();
    if matches!(to.base, Base::Struct(_))
        && text.as_str().trim_start().starts_with(['[', '{'])
        && let Some(value) = json::read_if_json(text.as_str(), to, cx)?
    {
        return Ok(value);
    }
    cx.charge_bytes(text.len())?;
    let element = if element.is_dynamic() { Type::STRING } else { element };
    let mut array = Array::new(element);
    if !text.is_empty() {
        for piece in text.as_str().split('|') {
            cx.charge_items(0)?;
            let value = cx.copy_text(piece)?;
            // As deep as the type has brackets.
            let value = convert(value, element, cx)?;
            array.push(value, cx.budget)?;
        }
    }
    Ok(Value::Array(Rc::new(array)))
}

/// A structure by position, or from a JSON object by name (L-44).
fn to_struct(value: Value, id: StructId, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || match value {
        Value::Null => Ok(Value::Null),
        Value::Text(text) => {
            if text.as_str().trim().is_empty() {
                return Ok(Value::Null);
            }
            if text.as_str().trim_start().starts_with('{')
                && let Some(value) = json::read_if_json(text.as_str(), Type::structure(id), cx)?
            {
                return Ok(value);
            }
            cx.charge_bytes(text.len())?;
            let mut pieces = text.as_str().split('|');
            fill(id, cx, |cx| pieces.next().map(|piece| cx.copy_text(piece)).transpose())
        }
        Value::Array(array) => {
            let mut elements = array.iter();
            fill(id, cx, |_| Ok(elements.next()))
        }
        Value::Struct(record) => {
            let mut fields = record.fields().iter();
            fill(id, cx, |_| Ok(fields.next().cloned()))
        }
        value => Err(no_conversion(&value, Type::structure(id), cx)),
    })
}

/// Fills the fields in order; missing ones stay null, surplus values are not asked for.
pub(super) fn fill<'a>(
    id: StructId,
    cx: &mut ConvCx<'a>,
    mut next: impl FnMut(&mut ConvCx<'a>) -> Result<Option<Value>, Fault>,
) -> Result<Value, Fault> {
    let defs = cx.structs.fields(id);
    cx.charge_items(defs.len())?;
    let mut fields = Fields::with_capacity(defs.len());
    for def in defs {
        let value = match next(cx)? {
            Some(value) => convert(value, def.ty, cx).map_err(|fault| fault.in_field(&def.name))?,
            None => Value::default_of(def.ty),
        };
        fields.push(value);
    }
    cx.record(id, fields)
}

/// The error of a value that does not convert.
#[cold]
pub(super) fn no_conversion(value: &Value, to: Type, cx: &ConvCx<'_>) -> Fault {
    let name = to.display(cx.structs);
    let message = match value {
        Value::Text(text) => {
            let article =
                if to.is_array() || matches!(to.base, Base::Struct(_)) { "does not convert to" } else { "is no" };
            let written = match (to.dims, to.base) {
                (0, Base::Date) => "; a date is written as `2024-02-29` or `2024-02-29 18:30`",
                (0, Base::Interval) => "; an interval is written as `1w 2d 3h 30m`",
                (0, Base::Boolean) => "; a boolean is written as `true` or `false`",
                _ => "",
            };
            format!("`{}` {article} {name}{written}", shorten(text.as_str()))
        }
        Value::Date(_) if to.is_numeric() => format!("a date is no {name}; its `\"TOMILLIS\"` part is"),
        Value::Num(number) if matches!(to.base, Base::Date | Base::Interval) => {
            format!("the number {} is out of range for {}", shorten(&super::num_to_text(*number)), article(&name))
        }
        Value::Int(integer) if to.base == Base::Date => format!("the integer {integer} is out of range for a date"),
        value => format!("{} does not convert to {name}", article(&value.type_of().display(cx.structs))),
    };
    Fault::error(message)
}

/// `a` or `an` before a name.
pub(super) fn article(name: &str) -> String {
    let an = name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {name}", if an { "an" } else { "a" })
}

/// A text for a message: at most forty characters, on one line.
pub(super) fn shorten(text: &str) -> String {
    let mut out: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(40).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::{
        limits::{LimitKind, Limits},
        types::{Convertible, convertible},
        value::{
            FaultKind,
            testing::{arr, d, declared, fits, ints, iv, nums, run, run_with, samples, show, t, texts, ty},
        },
    };
    use smallvec::smallvec;

    fn shown(value: Value, to: &str) -> String {
        run(|cx| match convert(value, ty(to), cx) {
            Ok(value) => show(&value, cx),
            Err(fault) => format!("error: {}", fault.message()),
        })
    }

    fn fails(value: Value, to: &str) -> bool {
        shown(value, to).starts_with("error: ")
    }

    #[test]
    fn scalars() {
        for (value, to, expected) in [
            (t("2.5"), "number", "number 2.5"),
            (t("2.5"), "integer", "integer 2"),
            (t("300"), "byte", "byte 44"),
            (t("-2.7"), "byte", "byte -2"),
            (t("TRUE"), "boolean", "boolean true"),
            (t("0"), "boolean", "boolean false"),
            (t("2024-02-29"), "date", "date 2024-02-29 00:00:00"),
            (t("150m"), "interval", "interval 2h 30m"),
            (t("1h 30m45m"), "interval", "interval 2h 15m"),
            (t(""), "number", "null"),
            (t("  "), "interval", "null"),
            (t(""), "string", "string "),
            (Value::Num(12.0), "string", "string 12"),
            (Value::Num(6.99), "integer", "integer 6"),
            (Value::Num(90.9), "byte", "byte 90"),
            (Value::Num(0.5), "boolean", "boolean true"),
            (Value::Num(1.9), "date", "date 1970-01-01 00:00:00"),
            (Value::Num(1500.9), "interval", "interval 1s"),
            (Value::Int(200), "byte", "byte -56"),
            (Value::Int(5), "number", "number 5"),
            (Value::Int(0), "boolean", "boolean false"),
            (Value::Int(86_400_000), "date", "date 1970-01-02 00:00:00"),
            (Value::Int(60_000), "interval", "interval 1m"),
            (Value::Byte(-5), "integer", "integer -5"),
            (Value::Bool(true), "string", "string true"),
            (d("2024-02-29"), "string", "string 2024-02-29 00:00:00"),
            (iv("1h"), "number", "number 3600000"),
            (iv("1h"), "integer", "integer 3600000"),
            (iv("1h"), "string", "string 1h"),
            (Value::Null, "number", "null"),
            (Value::Null, "string[]", "string[] "),
        ] {
            assert_eq!(shown(value, to), expected);
        }
        for (value, to) in [
            (t("abc"), "number"),
            (t("5"), "date"),
            (t("5"), "interval"),
            (t("yes"), "boolean"),
            (Value::Num(f64::NAN), "date"),
            (Value::Num(1e300), "interval"),
            (Value::Int(i64::MAX), "date"),
            (Value::Byte(1), "boolean"),
            (Value::Bool(true), "number"),
            (d("2024-02-29"), "number"),
            (iv("1h"), "date"),
            (iv("1h"), "boolean"),
        ] {
            assert!(fails(value, to));
        }
    }

    #[test]
    fn messages() {
        assert_eq!(shown(t("abc"), "number"), "error: `abc` is no number");
        assert_eq!(shown(t("a\nb"), "Pt"), "error: field `x`: `a b` is no integer");
        assert_eq!(shown(Value::Bool(true), "interval"), "error: a boolean does not convert to interval");
        assert_eq!(shown(d("2024-02-29"), "number"), "error: a date is no number; its `\"TOMILLIS\"` part is");
        assert_eq!(
            shown(ints([1, 2]), "number"),
            "error: an array of 2 elements is no number; only one with a single element converts"
        );
        let long = shown(t(&"x".repeat(1000)), "number");
        assert_eq!(long, format!("error: `{}…` is no number", "x".repeat(40)));
    }

    #[test]
    fn arrays_and_structures() {
        for (value, to, expected) in [
            (t("4|8|15"), "number[]", "number[] 4|8|15"),
            (t("a||b|"), "string[]", "string[] a||b|"),
            (t("1||2"), "integer[]", "integer[] 1||2"),
            (t(""), "string[]", "string[] "),
            (t("a|b"), "string[][]", "string[][] a|b"),
            (nums([4.0, 2.5]), "string", "string 4|2.5"),
            (nums([4.0, 2.5]), "integer[]", "integer[] 4|2"),
            (arr(Type::STRING, [t("a"), Value::Null, t("b")]), "string", "string a||b"),
            (nums([4.9]), "integer", "integer 4"),
            (nums([]), "integer", "null"),
            (texts(["2024-02-29"]), "date", "date 2024-02-29 00:00:00"),
            (t("x"), "string[]", "string[] x"),
            (Value::Int(5), "string[]", "string[] 5"),
            (Value::Int(5), "number[][]", "number[][] 5"),
            (t("7|8"), "Pt", "Pt 7|8"),
            (t("7"), "Pt", "Pt 7|"),
            (t("7|8|9"), "Pt", "Pt 7|8"),
            (t(""), "Pt", "null"),
            (t("{\"y\": 8, \"z\": [1]}"), "Pt", "Pt |8"),
            (t("{7"), "Fruit", "Fruit {7||"),
            (texts(["3", "4", "x"]), "Pt", "Pt 3|4"),
            (ints([3]), "Pt", "Pt 3|"),
            (t("[{\"x\":1},{\"x\":2,\"y\":3}]"), "Pt[]", "Pt[] 1||2|3"),
            (t("{\"x\":1}"), "Pt[]", "Pt[] 1|"),
            (t("1|2"), "Pt[]", "Pt[] 1||2|"),
            (arr(Type::STRINGS, [texts(["1", "2"]), texts(["3"])]), "Pt[]", "Pt[] 1|2|3|"),
            (texts(["1|2", "3|4"]), "Pt[]", "Pt[] 1|2|3|4"),
            (texts(["1|2"]), "string[][]", "string[][] 1|2"),
        ] {
            assert_eq!(shown(value, to), expected);
        }
        assert!(fails(t("4|x"), "number[]"));
        assert!(fails(ints([1, 2]), "boolean"));
        assert!(fails(t("{\"x\": \"a\"}"), "Pt"));
        assert!(fails(Value::Int(5), "Pt"));
    }

    #[test]
    fn structures_as_source() {
        run(|cx| {
            let point = convert(t("3|4"), ty("Pt"), cx).unwrap();
            for (to, expected) in [
                ("string", "string 3|4"),
                ("number[]", "number[] 3|4"),
                ("string[]", "string[] 3|4"),
                ("Fruit", "Fruit 3|4|"),
                ("Pt[]", "Pt[] 3|4"),
            ] {
                let value = convert(point.clone(), ty(to), cx).unwrap();
                assert_eq!(show(&value, cx), expected);
            }
            for to in ["number", "boolean", "date", "interval", "byte"] {
                assert!(convert(point.clone(), ty(to), cx).is_err(), "{to}");
            }
        });
    }

    #[test]
    fn keys_are_kept() {
        run(|cx| {
            let mut array = Array::new(Type::STRING);
            array.set_key("a", t("1"), cx.budget).unwrap();
            array.push(t("2"), cx.budget).unwrap();
            let converted = convert(Value::Array(Rc::new(array)), ty("integer[]"), cx).unwrap();
            let Value::Array(converted) = converted else { panic!("no array") };
            assert_eq!((converted.key_at(0), converted.key_at(1)), (Some("a"), None));
            assert!(matches!(converted.get(1), Some(Value::Int(2))));
        });
    }

    /// What the table of types promises holds for every sample.
    #[test]
    fn conversions_keep_what_the_table_promises() {
        run(|cx| {
            for value in samples() {
                for to in declared() {
                    let told = convertible(value.type_of(), to);
                    let line = format!("{value:?} to {to:?}");
                    match convert(value.clone(), to, cx) {
                        Ok(result) => {
                            assert!(told != Convertible::Never, "{line} gives {result:?}");
                            assert!(fits(&result, to), "{line} gives {result:?}");
                        }
                        Err(fault) => {
                            assert!(told != Convertible::Always, "{line}: {}", fault.message());
                            assert!(!fault.is_uncatchable(), "{line}: {}", fault.message());
                        }
                    }
                }
            }
        });
    }

    #[test]
    fn limits_are_asked() {
        let kind = |limits: Limits, value: Value, to: &str| {
            run_with(&limits, |cx| match convert(value, ty(to), cx) {
                Ok(value) => panic!("{value:?}"),
                Err(fault) => match fault.kind() {
                    FaultKind::Limit(hit) => hit.kind,
                    other => panic!("{other:?}"),
                },
            })
        };
        let bars = || t(&"|".repeat(1000));
        assert_eq!(kind(Limits::default().array_size(100), bars(), "string[]"), LimitKind::ArraySize);
        assert_eq!(kind(Limits::default().fuel(100), bars(), "string[]"), LimitKind::Fuel);
        let live = crate::limits::memory::live();
        assert_eq!(kind(Limits::default().memory(live.saturating_add(10_000)), bars(), "string[]"), LimitKind::Memory);
        let many = ints(0..1000);
        assert_eq!(kind(Limits::default().string_size(100), many, "string"), LimitKind::StringSize);
    }

    /// A chain of values as deep as allowed converts, compares, prints and is dropped on a small stack.
    #[test]
    fn deep_values_need_little_stack() {
        let walk = || {
            run(|cx| {
                let node = ty("Node");
                let Base::Struct(id) = node.base else { panic!("no structure") };
                let mut head = Value::Null;
                for _ in 0..999 {
                    let fields = smallvec![Value::Int(1), head, Value::default_of(ty("Pt[]"))];
                    head = cx.record(id, fields).unwrap();
                }
                assert_eq!(head.depth(), 1000);
                let other = convert(to_text(&head, cx).unwrap(), node, cx).unwrap();
                assert!(!crate::value::equals(&head, &other, node, cx).unwrap());
                assert!(crate::value::equals(&head, &head.clone(), node, cx).unwrap());
                let mut json = String::new();
                crate::value::to_json(&head, &mut json, crate::value::JsonStyle::default(), cx).unwrap();
                assert!(json.len() > 10_000);
                let deeper = smallvec![Value::Int(1), head, Value::Null];
                assert!(cx.record(id, deeper).is_err());
            });
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(walk).unwrap().join().unwrap();
    }

    /// Structures that share their fields look exponentially large; fuel ends the walk, and null is known at once.
    #[test]
    fn shared_structures_end() {
        let limits = Limits::default().fuel(100_000);
        run_with(&limits, |cx| {
            let Base::Struct(id) = ty("Node").base else { panic!("no structure") };
            let mut head = Value::Null;
            for _ in 0..500 {
                head = cx.record(id, smallvec![head.clone(), head.clone(), head]).unwrap();
            }
            assert!(head.is_null());
            assert!(to_text(&head, cx).is_err());
        });
    }
}
