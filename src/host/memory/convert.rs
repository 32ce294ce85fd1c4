//! Conversion of what a script writes to the type of the field (section 4 of the language).

use crate::{
    host::HostError,
    types::{Base, StructTable, Type},
    value::Data,
};

/// A value does not convert to a type.
#[derive(Debug)]
pub(super) struct Mismatch {
    value: String,
    target: String,
}

impl Mismatch {
    fn new(value: &Data, target: Type) -> Self {
        let mut value = text_of(value);
        // Messages stay readable whatever the value.
        if let Some((end, _)) = value.char_indices().nth(40) {
            value.truncate(end);
            value.push_str("...");
        }
        Self { value, target: target.display(&StructTable::default()) }
    }

    pub(super) fn for_field(self, field: &str) -> HostError {
        let Self { value, target } = self;
        HostError::new(format!("cannot convert `{value}` to {target} for the field `{field}`"))
    }
}

/// The type of a field whose first value is this one.
pub(super) fn type_of(value: &Data) -> Type {
    match value {
        Data::Boolean(_) => Type::BOOLEAN,
        Data::Integer(_) | Data::Number(_) | Data::Byte(_) => Type::NUMBER,
        Data::Date(_) => Type::DATE,
        Data::Interval(_) => Type::INTERVAL,
        Data::Text(_) => Type::STRING,
        Data::Array(_) => Type::STRINGS,
        _ => Type::DYNAMIC,
    }
}

/// A value as a field of type `target` holds it (L-40 to L-44).
pub(super) fn convert(value: Data, target: Type) -> Result<Data, Mismatch> {
    if target.is_dynamic() {
        return Ok(value);
    }
    if target.is_array() {
        return match value {
            Data::Null => Ok(Data::Array(Vec::new())),
            Data::Array(elements) => convert_all(elements, target),
            Data::Map(elements) => convert_all(elements.into_iter().map(|(_, element)| element).collect(), target),
            Data::Struct(_, fields) => convert_all(fields.into_iter().map(|(_, field)| field).collect(), target),
            Data::Text(text) if text.is_empty() => Ok(Data::Array(Vec::new())),
            Data::Text(text) => convert_all(text.split('|').map(|part| Data::Text(part.to_owned())).collect(), target),
            scalar => Ok(Data::Array(vec![convert(scalar, target.element())?])),
        };
    }
    if target == Type::STRING {
        return Ok(match value {
            Data::Null | Data::Text(_) => value,
            other => Data::Text(text_of(&other)),
        });
    }
    match value {
        Data::Array(mut elements) if elements.len() <= 1 => match elements.pop() {
            Some(only) if !matches!(only, Data::Array(_) | Data::Map(_)) => convert(only, target),
            Some(nested) => Err(Mismatch::new(&nested, target)),
            None => Ok(Data::Null),
        },
        scalar => convert_scalar(scalar, target),
    }
}

fn convert_all(elements: Vec<Data>, target: Type) -> Result<Data, Mismatch> {
    let element = target.element();
    // Arrays of a field are flat; what is nested becomes one text.
    elements.into_iter().map(|value| convert(value, element)).collect::<Result<_, _>>().map(Data::Array)
}

fn convert_scalar(value: Data, target: Type) -> Result<Data, Mismatch> {
    let converted = match (&value, target.base) {
        (Data::Null, _) => Some(Data::Null),
        (Data::Text(text), base) => return parse(text, base).ok_or_else(|| Mismatch::new(&value, target)),
        (Data::Number(_), Base::Number)
        | (Data::Integer(_), Base::Integer)
        | (Data::Byte(_), Base::Byte)
        | (Data::Boolean(_), Base::Boolean)
        | (Data::Date(_), Base::Date)
        | (Data::Interval(_), Base::Interval) => return Ok(value),
        (Data::Integer(number), Base::Number) => Some(Data::Number(*number as f64)),
        (Data::Byte(number), Base::Number) => Some(Data::Number(f64::from(*number))),
        (Data::Byte(number), Base::Integer) => Some(Data::Integer(i64::from(*number))),
        (Data::Number(number), Base::Integer) => truncate(*number).map(Data::Integer),
        (Data::Interval(millis), Base::Integer) => Some(Data::Integer(*millis)),
        (Data::Interval(millis), Base::Number) => Some(Data::Number(*millis as f64)),
        (Data::Integer(number), Base::Boolean) => Some(Data::Boolean(*number != 0)),
        (Data::Number(number), Base::Boolean) => Some(Data::Boolean(*number != 0.0)),
        (Data::Integer(millis), Base::Interval) => Some(Data::Interval(*millis)),
        (Data::Number(millis), Base::Interval) => truncate(*millis).map(Data::Interval),
        (Data::Integer(millis), Base::Date) => Some(date(*millis)),
        (Data::Number(millis), Base::Date) => truncate(*millis).map(date),
        _ => None,
    };
    converted.ok_or_else(|| Mismatch::new(&value, target))
}

fn parse(text: &str, base: Base) -> Option<Data> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Data::Null);
    }
    match base {
        Base::Number => number(text).map(Data::Number),
        Base::Integer => text.parse().ok().or_else(|| number(text).and_then(truncate)).map(Data::Integer),
        Base::Boolean if text.eq_ignore_ascii_case("true") => Some(Data::Boolean(true)),
        Base::Boolean if text.eq_ignore_ascii_case("false") => Some(Data::Boolean(false)),
        Base::Boolean => number(text).map(|number| Data::Boolean(number != 0.0)),
        // The reader of the field knows the zone, so it converts.
        Base::Date | Base::Interval => Some(Data::Text(text.to_owned())),
        _ => None,
    }
}

/// Digits with sign, fraction and exponent; no words such as `inf`.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if plain { text.parse().ok() } else { None }
}

fn truncate(number: f64) -> Option<i64> {
    // Exactly the numbers whose whole part is an i64.
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number);
    fits.then_some(number as i64)
}

fn date(millis: i64) -> Data {
    Data::Date(crate::value::DateData { millis, zone: None })
}

/// A value as text (L-41 to L-44).
fn text_of(value: &Data) -> String {
    let join = |values: &mut dyn Iterator<Item = &Data>| {
        stacker::maybe_grow(crate::value::RED_ZONE, crate::value::STACK_CHUNK, || {
            values.map(text_of).collect::<Vec<_>>().join("|")
        })
    };
    match value {
        Data::Null => String::new(),
        Data::Text(text) => text.clone(),
        Data::Boolean(value) => value.to_string(),
        Data::Integer(number) => number.to_string(),
        Data::Byte(number) => number.to_string(),
        Data::Number(number) if number.is_infinite() => if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        Data::Number(number) if *number == 0.0 => "0".to_owned(),
        Data::Number(number) => number.to_string(),
        Data::Interval(millis) => millis.to_string(),
        Data::Date(date) => date.millis.to_string(),
        Data::Array(elements) => join(&mut elements.iter()),
        Data::Map(elements) => join(&mut elements.iter().map(|(_, element)| element)),
        Data::Struct(_, fields) => join(&mut fields.iter().map(|(_, field)| field)),
    }
}
