use super::{
    Array, Date, Fault, RED_ZONE, Record, STACK_CHUNK, Text, Value, Zone, int_to_byte, json, literal_array,
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
        Ok(Value::Text(Rc::new(Text::try_from_string(text, self.budget)?)))
    }

    /// A text value of a part of another text.
    pub(crate) fn copy_text(&self, text: &str) -> Result<Value, Fault> {
        Ok(Value::Text(Rc::new(Text::try_new(text, self.budget)?)))
    }

    /// A structure of given fields.
    pub(crate) fn record(&self, id: StructId, fields: Vec<Value>) -> Result<Value, Fault> {
        let depth = fields.iter().map(Value::depth).max().unwrap_or(0).saturating_add(1);
        self.budget.value_depth(depth)?;
        self.budget.grow(size_of::<Value>().saturating_mul(fields.len()).saturating_add(size_of::<Record>()))?;
        Ok(Value::Struct(Rc::new(Record::from_fields(id, fields.into_boxed_slice()))))
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
pub fn convert(value: Value, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    if to.is_dynamic() {
        return Ok(value);
    }
    if to.is_array() {
        return to_array(value, to, cx);
    }
    match (value, to.base) {
        (Value::Null, _) => Ok(Value::Null),
        (value @ Value::Bool(_), Base::Boolean)
        | (value @ Value::Int(_), Base::Integer)
        | (value @ Value::Num(_), Base::Number)
        | (value @ Value::Byte(_), Base::Byte)
        | (value @ Value::Date(_), Base::Date)
        | (value @ Value::Interval(_), Base::Interval)
        | (value @ Value::Text(_), Base::String) => Ok(value),
        (Value::Struct(record), Base::Struct(id)) if record.id() == id => Ok(Value::Struct(record)),
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
fn text_to_array(text: &Rc<Text>, to: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let element = to.element();
    if matches!(to.base, Base::Struct(_)) && text.as_str().trim_start().starts_with(['[', '{']) {
        if let Some(value) = json::read_if_json(text.as_str(), to, cx)? {
            return Ok(value);
        }
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
            if text.as_str().trim_start().starts_with('{') {
                if let Some(value) = json::read_if_json(text.as_str(), Type::structure(id), cx)? {
                    return Ok(value);
                }
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
    let mut fields = Vec::with_capacity(defs.len());
    for def in defs {
        let value = match next(cx)? {
            Some(value) => convert(value, def.ty, cx)?,
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
            format!("`{}` {article} {name}", shorten(text.as_str()))
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
