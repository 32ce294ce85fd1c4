use super::{
    Array, ConvCx, Fault, Value, convert,
    convert::{article, collect, fill},
    write_text,
};
use crate::types::{Base, Type};
use std::rc::Rc;

/// An array literal without a target (L-45): the element type is that of the first element that is not null; `number`
/// for different numeric types, `string` for other different ones or none.
///
/// # Errors
/// Limits.
pub fn literal_array(values: Vec<Value>, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    cx.charge_items(values.len())?;
    let mut element = None;
    for value in &values {
        // An empty array says nothing about its elements.
        let silent = match value {
            Value::Null => true,
            Value::Array(array) => array.is_empty(),
            _ => false,
        };
        if !silent {
            element = Some(element.map_or(value.type_of(), |found| unify(found, value.type_of())));
        }
    }
    let element = element.or_else(|| values.iter().find(|value| !value.is_absent()).map(Value::type_of));
    collect(element.unwrap_or(Type::STRING), values, cx)
}

fn unify(left: Type, right: Type) -> Type {
    let numeric = |base| matches!(base, Base::Number | Base::Integer | Base::Byte);
    if left == right {
        left
    } else if left.dims != right.dims {
        Type::STRING
    } else if numeric(left.base) && numeric(right.base) {
        Type { base: Base::Number, dims: left.dims }
    } else {
        Type { base: Base::String, dims: left.dims }
    }
}

/// A literal for a known target (L-45): elements of an array, or the fields of a structure in order, more of which are
/// an error. A scalar target takes the literal as an array.
///
/// # Errors
/// An element does not convert, there are too many of them, or a limit.
pub fn build_literal(values: Vec<Value>, target: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    if target.is_array() && !target.element().is_dynamic() {
        return collect(target.element(), values, cx);
    }
    let Some(id) = target.as_struct() else {
        let array = literal_array(values, cx)?;
        return convert(array, target, cx);
    };
    let fields = cx.structs.fields(id).len();
    if values.len() > fields {
        let name = target.display(cx.structs);
        return Err(Fault::error(format!("{} has {fields} fields, not {}", article(&name), values.len())));
    }
    let mut values = values.into_iter();
    fill(id, cx, |_| Ok(values.next()))
}

/// What `for (v in e)` goes through (L-77): an array, the pieces of a text, nothing for null, else the value itself.
///
/// # Errors
/// Limits.
pub fn iterate(value: &Value, cx: &mut ConvCx<'_>) -> Result<Rc<Array>, Fault> {
    let array = match value {
        Value::Array(array) => return Ok(Rc::clone(array)),
        Value::Null => return Ok(Rc::new(Array::new(Type::DYNAMIC))),
        Value::Text(_) => convert(value.clone(), Type::STRINGS, cx)?,
        value => collect(value.type_of(), vec![value.clone()], cx)?,
    };
    match array {
        Value::Array(array) => Ok(array),
        _ => Err(Fault::internal("no array to iterate")),
    }
}

/// The returned values as a flat list (L-25), still typed: an array gives its elements, a structure its fields.
///
/// # Errors
/// Limits.
pub fn flatten(values: Vec<Value>, cx: &mut ConvCx<'_>) -> Result<Vec<Value>, Fault> {
    let (mut length, mut is_flat) = (0usize, true);
    for value in &values {
        let count = match value {
            Value::Array(array) => array.len(),
            Value::Struct(record) => record.fields().len(),
            _ => 1,
        };
        is_flat &= !matches!(value, Value::Array(_) | Value::Struct(_));
        cx.charge_items(count)?;
        length = length.saturating_add(count);
        cx.budget.array_size(length)?;
    }
    if is_flat {
        return Ok(values);
    }
    cx.budget.grow(length.saturating_mul(size_of::<Value>()))?;
    let mut flat = Vec::with_capacity(length);
    for value in values {
        match value {
            Value::Array(array) => flat.extend(array.iter()),
            Value::Struct(record) => flat.extend(record.fields().iter().cloned()),
            value => flat.push(value),
        }
    }
    Ok(flat)
}

/// The returned values as a flat list of texts (L-25).
///
/// # Errors
/// Limits.
pub fn flatten_texts(values: Vec<Value>, cx: &mut ConvCx<'_>) -> Result<Vec<String>, Fault> {
    let flat = flatten(values, cx)?;
    let mut total = 0usize;
    let mut texts = Vec::with_capacity(flat.len());
    for value in &flat {
        let mut text = String::new();
        write_text(value, &mut text, cx)?;
        // These strings are not counted as live, so all of them are asked for together.
        total = total.saturating_add(text.capacity()).saturating_add(size_of::<String>());
        cx.budget.grow(total)?;
        texts.push(text);
    }
    Ok(texts)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::value::testing::{arr, ints, iv, nums, run, show, t, texts, ty};

    fn untargeted(values: Vec<Value>) -> String {
        run(|cx| {
            let value = literal_array(values, cx).unwrap();
            show(&value, cx)
        })
    }

    #[test]
    fn the_elements_decide_the_type() {
        assert_eq!(untargeted(vec![]), "string[] ");
        assert_eq!(untargeted(vec![Value::Null]), "string[] ");
        assert_eq!(untargeted(vec![Value::Int(1), Value::Int(2)]), "integer[] 1|2");
        assert_eq!(untargeted(vec![Value::Null, Value::Int(2)]), "integer[] |2");
        assert_eq!(untargeted(vec![Value::Int(1), Value::Num(2.5)]), "number[] 1|2.5");
        assert_eq!(untargeted(vec![Value::Int(1), t("a")]), "string[] 1|a");
        assert_eq!(untargeted(vec![iv("1h"), iv("2h")]), "interval[] 1h|2h");
        assert_eq!(untargeted(vec![texts(["a"]), texts([])]), "string[][] a|");
        assert_eq!(untargeted(vec![texts([]), ints([1])]), "integer[][] |1");
        assert_eq!(untargeted(vec![ints([1]), nums([2.5])]), "number[][] 1|2.5");
        assert_eq!(untargeted(vec![ints([1]), t("a")]), "string[] 1|a");
    }

    fn targeted(values: Vec<Value>, target: &str) -> String {
        run(|cx| match build_literal(values, ty(target), cx) {
            Ok(value) => show(&value, cx),
            Err(fault) => format!("error: {}", fault.message()),
        })
    }

    #[test]
    fn the_target_decides_the_type() {
        assert_eq!(targeted(vec![t("1"), Value::Num(2.9)], "integer[]"), "integer[] 1|2");
        assert_eq!(targeted(vec![], "Pt"), "Pt |");
        assert_eq!(targeted(vec![t("3")], "Pt"), "Pt 3|");
        assert_eq!(targeted(vec![t("3"), Value::Int(4)], "Pt"), "Pt 3|4");
        assert_eq!(targeted(vec![Value::Null, Value::Null, Value::Null], "Pt"), "error: a Pt has 2 fields, not 3");
        assert_eq!(targeted(vec![t("x")], "Pt"), "error: field `x`: `x` is no integer");
        assert_eq!(targeted(vec![ints([1, 2]), ints([3])], "Pt[]"), "Pt[] 1|2|3|");
        assert_eq!(targeted(vec![Value::Int(5)], "number"), "number 5");
        assert_eq!(targeted(vec![t("a"), t("b")], "string"), "string a|b");
        assert_eq!(targeted(vec![t("a")], "any"), "string[] a");
        assert_eq!(targeted(vec![Value::Int(1)], "any[]"), "integer[] 1");
    }

    #[test]
    fn loops() {
        run(|cx| {
            for (value, count) in [
                (Value::Null, 0),
                (t(""), 0),
                (t("a|b"), 2),
                (Value::Int(5), 1),
                (ints([1, 2, 3]), 3),
                (convert(t("3|4"), ty("Pt"), cx).unwrap(), 1),
            ] {
                assert_eq!(iterate(&value, cx).unwrap().len(), count, "{value:?}");
            }
        });
    }

    #[test]
    fn returned_lists_are_flat() {
        run(|cx| {
            let point = convert(t("3|4"), ty("Pt"), cx).unwrap();
            let grid = arr(Type::STRINGS, [texts(["a", "b"]), texts(["c"])]);
            let values = vec![Value::Bool(true), texts(["x", "y"]), point, Value::Null, grid];
            let flat = flatten(values.clone(), cx).unwrap();
            assert!(matches!(flat.as_slice(), [Value::Bool(true), Value::Text(_), ..]));
            let texts = flatten_texts(values, cx).unwrap();
            assert_eq!(texts, ["true", "x", "y", "3", "4", "", "a|b", "c"]);
        });
    }
}
