use super::{attempt, settle};
use crate::{
    types::{Base, Type},
    value::{
        Array, ConvCx, Fault, RED_ZONE, Record, STACK_CHUNK, Text, Value, compare_int_num, convert, convert::article,
        to_text,
    },
};
use std::cmp::Ordering;

/// `left == right` (L-60). The right side is converted to the type of the left one; one that does not convert is
/// different (L-47). Numeric types compare by value.
///
/// # Errors
/// Limits only.
pub fn equals(left: &Value, right: &Value, left_static: Type, cx: &mut ConvCx<'_>) -> Result<bool, Fault> {
    cx.charge_items(0)?;
    match (left, right) {
        (Value::Null, other) | (other, Value::Null) => return Ok(is_nothing(other)),
        (Value::Int(left), Value::Int(right)) => return Ok(left == right),
        (Value::Text(left), Value::Text(right)) => {
            cx.charge_bytes(left.len().min(right.len()))?;
            return Ok(left == right);
        }
        _ => {}
    }
    if left_static.base != Base::Dynamic && left.type_of() != left_static {
        return match attempt(left, left_static, cx)? {
            Ok(left) => equals_settled(&left, right, cx),
            Err(_) => Ok(false),
        };
    }
    equals_settled(left, right, cx)
}

/// Whether a value counts as null in a comparison: what `isNull` says, and the empty text (L-60).
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

fn equals_settled(left: &Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<bool, Fault> {
    match left {
        Value::Array(left) => {
            return match right {
                Value::Array(right) => equal_arrays(left, right, cx),
                _ => match attempt(right, left.element_type().array(), cx)? {
                    Ok(Value::Array(right)) => equal_arrays(left, &right, cx),
                    _ => Ok(false),
                },
            };
        }
        Value::Struct(left) => {
            return match right {
                Value::Struct(right) if right.id() == left.id() => equal_fields(left, right, cx),
                _ => match attempt(right, Type::structure(left.id()), cx)? {
                    Ok(Value::Struct(right)) => equal_fields(left, &right, cx),
                    // The empty text is a null structure.
                    Ok(Value::Null) => Ok(left.is_null()),
                    _ => Ok(false),
                },
            };
        }
        _ => {}
    }
    let right = match fit(left, right, cx) {
        Ok(right) => right,
        Err(fault) if fault.is_uncatchable() => return Err(fault),
        Err(_) => return Ok(false),
    };
    match (left, &right) {
        (left, Value::Null) => Ok(is_nothing(left)),
        (Value::Text(left), Value::Text(right)) => {
            cx.charge_bytes(left.len().min(right.len()))?;
            Ok(left == right)
        }
        (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
        (left, right) => Ok(order(left, right) == Some(Ordering::Equal)),
    }
}

fn equal_arrays(left: &Array, right: &Array, cx: &mut ConvCx<'_>) -> Result<bool, Fault> {
    if left.len() != right.len() {
        return Ok(false);
    }
    if let (Some(left), Some(right)) = (left.as_ints(), right.as_ints()) {
        cx.charge_items(left.len())?;
        return Ok(left == right);
    }
    stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
        for index in 0..left.len() {
            let (mut left_own, mut right_own) = (Value::Null, Value::Null);
            let left_item = borrow(left, index, &mut left_own);
            let right_item = borrow(right, index, &mut right_own);
            if !equals(left_item, right_item, left.element_type(), cx)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// An element without taking part in its ownership, where it is stored as a value.
fn borrow<'v>(array: &'v Array, index: usize, own: &'v mut Value) -> &'v Value {
    if let Some(value) = array.value_ref(index) {
        return value;
    }
    *own = array.get(index).unwrap_or_default();
    own
}

fn equal_fields(left: &Record, right: &Record, cx: &mut ConvCx<'_>) -> Result<bool, Fault> {
    stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
        for (left, right) in left.fields().iter().zip(right.fields()) {
            if !equals(left, right, Type::DYNAMIC, cx)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// The right operand in the type of the left scalar; numbers stay what they are, since they compare by value.
fn fit(left: &Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Text(_), right) => to_text(right, cx),
        (Value::Int(_) | Value::Num(_) | Value::Byte(_), Value::Int(_) | Value::Num(_) | Value::Byte(_)) => {
            Ok(right.clone())
        }
        (Value::Int(_) | Value::Num(_) | Value::Byte(_), Value::Interval(millis)) => Ok(Value::Int(*millis)),
        (Value::Int(_) | Value::Num(_) | Value::Byte(_), right) => {
            // A text of digits only is exact as an integer.
            if let Some(integer) = right.as_str().and_then(|text| text.trim().parse().ok()) {
                return Ok(Value::Int(integer));
            }
            convert(right.clone(), Type::NUMBER, cx)
        }
        (left, right) => convert(right.clone(), left.type_of(), cx),
    }
}

/// The order of two values of one type, or of two numeric ones.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Date(left), Value::Date(right)) => Some(left.millis().cmp(&right.millis())),
        (Value::Interval(left), Value::Interval(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(by_units(left, right)),
        (Value::Num(left), Value::Num(right)) => left.partial_cmp(right),
        (Value::Num(left), right) => compare_int_num(whole(right)?, *left).map(Ordering::reverse),
        (left, Value::Num(right)) => compare_int_num(whole(left)?, *right),
        (left, right) => Some(whole(left)?.cmp(&whole(right)?)),
    }
}

fn whole(value: &Value) -> Option<i64> {
    match *value {
        Value::Int(integer) => Some(integer),
        Value::Byte(byte) => Some(i64::from(byte)),
        _ => None,
    }
}

/// Texts by UTF-16 code unit (L-60), which differs from the order of bytes beyond the basic plane.
fn by_units(left: &Text, right: &Text) -> Ordering {
    if left.is_ascii() || right.is_ascii() {
        return left.as_str().cmp(right.as_str());
    }
    left.as_str().encode_utf16().cmp(right.as_str().encode_utf16())
}

/// The order of two values as `<` and its kin see it (L-60); `None` when one is null or not a number.
///
/// # Errors
/// The left value has no order, the right one does not convert, or a limit.
pub fn compare(left: &Value, right: &Value, left_static: Type, cx: &mut ConvCx<'_>) -> Result<Option<Ordering>, Fault> {
    cx.charge_items(0)?;
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => return Ok(Some(left.cmp(right))),
        (Value::Num(left), Value::Num(right)) => return Ok(left.partial_cmp(right)),
        _ => {}
    }
    let (left, ty) = settle(left.clone(), left_static, cx)?;
    if ty.is_array() || matches!(ty.base, Base::Boolean | Base::Struct(_)) {
        let name = article(&ty.display(cx.structs));
        return Err(Fault::error(format!("{name} has no order; it compares with `==` and `!=` only")));
    }
    if left.is_absent() || right.is_absent() {
        return Ok(None);
    }
    let right = fit(&left, right, cx)?;
    if let (Value::Text(left), Value::Text(right)) = (&left, &right) {
        cx.charge_bytes(left.len().min(right.len()))?;
    }
    Ok(order(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_compare_by_code_unit() {
        // A character of two units begins with a unit below U+E000.
        let (high, wide) = (Text::new("\u{ff5e}"), Text::new("\u{1f600}"));
        assert_eq!(by_units(&wide, &high), Ordering::Less);
        assert_eq!(by_units(&Text::new("a"), &Text::new("B")), Ordering::Greater);
        assert_eq!(by_units(&Text::new("a"), &Text::new("é")), Ordering::Less);
    }
}
