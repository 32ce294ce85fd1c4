//! Arrays in order: sorting, binary search, structures by a field.

use super::{
    argument,
    array::{find, fit, over_array, position},
    list, text,
};
use crate::{
    call::{Context, Routine},
    limits::memory,
    signatures::{Family, ParamType, Returns, Signature},
    types::{StructId, Type},
    value::{Array, Fault, Text, Value, compare_int_num, write_text},
};
use std::{cmp::Ordering, rc::Rc};

pub(super) fn routines() -> Vec<Routine> {
    let of_structs = |name: &'static str, short: &'static str| {
        Signature::new(name, Family::Core)
            .package("array", short)
            .param_of("structArray", ParamType::AnyArray, false)
            .param("field", Type::STRING)
            .returns(Returns::LikeFirst)
    };
    vec![
        Routine::new(
            over_array("arraySort", "sort")
                .param("reverse", Type::BOOLEAN)
                .returns(Returns::LikeFirst)
                .doc(
                    "The elements in ascending order, or descending when `reverse` is true. Texts are ordered by \
                     character code; nulls come before everything; equal elements keep their order.",
                )
                .example("return arraySort({30, 4, 100}, true);", "100|30|4"),
            sort,
        ),
        Routine::new(
            over_array("arrayKeySort", "keySort")
                .returns(Returns::LikeFirst)
                .doc("The elements in the order of their keys, by character code; the keys are kept.")
                .example(
                    "number[] age; age[\"Cy\"] = 35; age[\"Bo\"] = 40; return arrayKeys(arrayKeySort(age));",
                    "Bo|Cy",
                ),
            sort_by_key,
        ),
        Routine::new(
            over_array("arrayFindBinary", "binaryFind")
                .param("elem", Type::DYNAMIC)
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("The position of the first element that equals the value, or -1. The array must be sorted.")
                .example("return arrayFindBinary({2, 3, 5, 7, 11}, 7);", "3"),
            find_sorted,
        ),
        Routine::new(
            of_structs("arrayStructSort", "structSort")
                .doc("An array of structures in ascending order of one field.")
                .example(
                    "struct Ship { string code; string flag; } Ship a = {\"Z9\", \"NO\"}; Ship b = {\"A1\", \"SE\"};\n\
                     Ship[] port = {a, b}; return arrayStructSort(port, \"code\");",
                    "A1|SE|Z9|NO",
                ),
            sort_structs,
        ),
        Routine::new(
            of_structs("arrayStructMap", "structMap")
                .doc(
                    "The structures, each with the text of one of its fields as key. Of several with the same text \
                     the last one stays.",
                )
                .example(
                    "struct Ship { string code; string flag; } Ship a = {\"Z9\", \"NO\"}; Ship b = {\"A1\", \"SE\"};\n\
                     Ship[] port = {a, b}; port = arrayStructMap(port, \"code\"); return port[\"A1\"].flag;",
                    "SE",
                ),
            map_structs,
        ),
    ]
}

fn sort(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let array = list(cx, arguments, 0)?;
    let reverse = matches!(argument(arguments, 1), Value::Bool(true));
    let keys = Keys::read(cx, array.len(), |_, at| Ok(array.get(at).unwrap_or_default()))?;
    sorted(cx, &array, keys, reverse)
}

fn sort_by_key(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let array = list(cx, arguments, 0)?;
    if array.is_empty() {
        return Ok(Value::Array(array));
    }
    if !array.has_keys() {
        return Err(Fault::routine("the array has no keys to sort by"));
    }
    let keys = Keys::read(cx, array.len(), |cx, at| {
        Ok(match array.key_at(at) {
            Some(key) => Value::Text(Text::try_new(key, &cx.budget)?),
            None => Value::Null,
        })
    })?;
    sorted(cx, &array, keys, false)
}

fn sort_structs(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let array = list(cx, arguments, 0)?;
    let Some((_, place)) = field(cx, &array, text(arguments, 1))? else { return Ok(Value::Array(array)) };
    let keys = Keys::read(cx, array.len(), |_, at| Ok(field_of(&array, at, place)))?;
    sorted(cx, &array, keys, false)
}

fn map_structs(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let array = list(cx, arguments, 0)?;
    let Some((id, place)) = field(cx, &array, text(arguments, 1))? else { return Ok(Value::Array(array)) };
    let mut result = Array::new(Type::structure(id));
    for at in 0..array.len() {
        cx.budget.charge(1)?;
        let mut key = String::new();
        write_text(&field_of(&array, at, place), &mut key, &mut cx.conv())?;
        result.set_key(&key, array.get(at).unwrap_or_default(), &cx.budget)?;
    }
    Ok(Value::Array(Rc::new(result)))
}

/// The field of a name in the structure that the elements are; nothing for an array of which nothing is known.
fn field(cx: &Context<'_>, array: &Array, name: &str) -> Result<Option<(StructId, usize)>, Fault> {
    let element = array.element_type();
    if array.is_empty() && element.is_dynamic() {
        return Ok(None);
    }
    let known = if element.is_dynamic() { array.get(0).map_or(element, |first| first.type_of()) } else { element };
    let Some(id) = known.as_struct().filter(|_| !known.is_array()) else {
        let found = element.array().display(&cx.structs).to_string();
        return Err(Fault::routine(format!("an array of structures is wanted, found `{found}`")));
    };
    match cx.structs.get(id).and_then(|def| def.field(name)) {
        Some(place) => Ok(Some((id, place))),
        None => {
            let name_of = cx.structs.get(id).map_or("", |def| def.name()).to_owned();
            Err(Fault::routine(format!("structure `{name_of}` has no field `{name}`")))
        }
    }
}

/// A field of an element; null where there is no structure.
fn field_of(array: &Array, at: usize, place: usize) -> Value {
    match array.value_ref(at) {
        Some(Value::Struct(record)) => record.get(place).cloned().unwrap_or_default(),
        _ => Value::Null,
    }
}

fn find_sorted(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let array = list(cx, arguments, 0)?;
    let value = fit(cx, argument(arguments, 1), &array)?;
    // Mixed values, structures and arrays have no order to search by.
    if array.element_type().is_dynamic() || !has_order(&value) {
        return Ok(position(find(cx, &array, &value)?));
    }
    // Null and the empty text are equal, and nulls stand in front.
    let wanted = if value.as_str() == Some("") { Value::Null } else { value };
    let (mut low, mut high) = (0, array.len());
    while low < high {
        let middle = low.midpoint(high);
        if order(cx, &array.get(middle).unwrap_or_default(), &wanted)? == Ordering::Less {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    let found = match (array.get(low), &wanted) {
        (Some(Value::Text(text)), Value::Null) => text.is_empty(),
        (Some(Value::Num(number)), _) if number.is_nan() => false,
        (Some(found), wanted) => order(cx, &found, wanted)? == Ordering::Equal,
        (None, _) => false,
    };
    Ok(position(found.then_some(low)))
}

/// Whether a value can be sorted by.
fn has_order(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Struct(_))
}

/// What elements are sorted by, checked to be comparable, with the memory it takes.
struct Keys {
    keys: Vec<Value>,
    /// Bytes counted as live.
    counted: usize,
}

impl Keys {
    fn read(
        cx: &mut Context<'_>,
        count: usize,
        mut key: impl FnMut(&mut Context<'_>, usize) -> Result<Value, Fault>,
    ) -> Result<Self, Fault> {
        // The keys, and two lists of positions.
        let bytes = count.saturating_mul(size_of::<(Value, usize, usize)>());
        cx.budget.grow(bytes)?;
        memory::add(bytes);
        let mut keys = Self { keys: Vec::with_capacity(count), counted: bytes };
        let mut kind = None;
        for at in 0..count {
            cx.budget.charge(1)?;
            let key = key(cx, at)?;
            if !has_order(&key) {
                let name = key.type_of().display(&cx.structs).to_string();
                return Err(Fault::routine(format!("values of type `{name}` have no order to sort by")));
            }
            let found = kind_of(&key);
            if found.is_some() && kind.is_some() && found != kind {
                return Err(Fault::routine("the array holds values of several types, which have no common order"));
            }
            kind = kind.or(found);
            keys.keys.push(key);
        }
        Ok(keys)
    }

    fn compare(&self, cx: &mut Context<'_>, left: usize, right: usize) -> Result<Ordering, Fault> {
        match (self.keys.get(left), self.keys.get(right)) {
            (Some(left), Some(right)) => order(cx, left, right),
            _ => Ok(Ordering::Equal),
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        memory::sub(self.counted);
    }
}

/// Values of one kind have a common order; null fits all.
fn kind_of(value: &Value) -> Option<u8> {
    Some(match value {
        Value::Bool(_) => 0,
        Value::Int(_) | Value::Num(_) | Value::Byte(_) => 1,
        Value::Date(_) => 2,
        Value::Interval(_) => 3,
        Value::Text(_) => 4,
        Value::Null | Value::Array(_) | Value::Struct(_) => return None,
    })
}

/// A total order of values of one kind: nulls first, `NaN` last.
fn order(cx: &mut Context<'_>, left: &Value, right: &Value) -> Result<Ordering, Fault> {
    cx.budget.charge(1)?;
    let whole = |value: &Value| match *value {
        Value::Int(integer) => integer,
        Value::Byte(byte) => i64::from(byte),
        _ => 0,
    };
    Ok(match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Num(left), Value::Num(right)) => {
            left.partial_cmp(right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
        }
        (Value::Num(number), right) => {
            compare_int_num(whole(right), *number).map_or(Ordering::Greater, Ordering::reverse)
        }
        (left, Value::Num(number)) => compare_int_num(whole(left), *number).unwrap_or(Ordering::Less),
        (Value::Date(left), Value::Date(right)) => left.millis().cmp(&right.millis()),
        (Value::Interval(left), Value::Interval(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => {
            cx.budget.charge((left.len().min(right.len()) as u64).div_euclid(64))?;
            by_units(left.as_str(), right.as_str())
        }
        (left, right) => whole(left).cmp(&whole(right)),
    })
}

/// Texts by UTF-16 code unit (L-60): bytes order them alike, except that surrogates come before U+E000.
fn by_units(left: &str, right: &str) -> Ordering {
    let differ = left.bytes().zip(right.bytes()).position(|(left, right)| left != right);
    let Some(mut at) = differ else { return left.len().cmp(&right.len()) };
    while !left.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    let next = |text: &str| {
        let mut units = [0; 2];
        let character = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\0');
        let units = character.encode_utf16(&mut units);
        (units.first().copied(), units.get(1).copied())
    };
    next(left).cmp(&next(right))
}

/// The elements in the order of their keys: a merge sort, so that equal ones keep their order and every comparison
/// is paid for.
fn sorted(cx: &mut Context<'_>, array: &Array, keys: Keys, reverse: bool) -> Result<Value, Fault> {
    let mut from: Vec<usize> = (0..array.len()).collect();
    let mut into: Vec<usize> = Vec::with_capacity(from.len());
    let mut width = 1usize;
    while width < from.len() {
        for pair in from.chunks(width.saturating_mul(2)) {
            let (mut left, mut right) = pair.split_at_checked(width).unwrap_or((pair, &[]));
            while let (Some((&first, left_rest)), Some((&second, right_rest))) =
                (left.split_first(), right.split_first())
            {
                let order = keys.compare(cx, first, second)?;
                let right_first = if reverse { order == Ordering::Less } else { order == Ordering::Greater };
                if right_first {
                    into.push(second);
                    right = right_rest;
                } else {
                    into.push(first);
                    left = left_rest;
                }
            }
            cx.budget.charge((left.len().saturating_add(right.len()) as u64).div_euclid(16))?;
            into.extend_from_slice(left);
            into.extend_from_slice(right);
        }
        std::mem::swap(&mut from, &mut into);
        into.clear();
        width = width.saturating_mul(2);
    }
    let mut result = Array::new(array.element_type());
    for at in from {
        cx.budget.charge(1)?;
        result.push_keyed(array.key_at(at), array.get(at).unwrap_or_default(), &cx.budget)?;
    }
    Ok(Value::Array(Rc::new(result)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_units_order_texts() {
        for (left, right, expected) in [
            ("", "a", Ordering::Less),
            ("Zoo", "ant", Ordering::Less),
            ("é", "z", Ordering::Greater),
            // A character of two units stands before U+FF01, though its code is greater.
            ("a😀", "a\u{ff01}", Ordering::Less),
            ("😀", "😁", Ordering::Less),
            ("straße", "straße", Ordering::Equal),
        ] {
            assert_eq!(by_units(left, right), expected, "{left:?} {right:?}");
            assert_eq!(by_units(right, left), expected.reverse(), "{right:?} {left:?}");
        }
    }
}
