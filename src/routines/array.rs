//! Arrays: elements, positions, parts. Routines give new arrays and leave their arguments alone (L-113); keys stay
//! with their elements.

use super::{argument, count, counted, list, number};
use crate::{
    call::{Context, Measure, Routine},
    signatures::{Family, ParamType, Returns, Signature},
    types::Type,
    value::{Array, Fault, Text, Value, convert, equals, index_get, index_set, num_to_int},
};
use std::{ops::Range, rc::Rc};

pub(super) fn routines() -> Vec<Routine> {
    let mut all = elements();
    all.extend(positions());
    all
}

/// A routine whose first parameter is an array.
pub(super) fn over_array(name: &'static str, short: &'static str) -> Signature {
    Signature::new(name, Family::Core).package("array", short).param_of("array", ParamType::AnyArray, false)
}

fn elements() -> Vec<Routine> {
    vec![
        Routine::new(
            over_array("arraySize", "size")
                .alias("size")
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("How many elements an array has.")
                .example("return size({\"rope\", \"lamp\"});", "2"),
            |cx, arguments| Ok(count(list(cx, arguments, 0)?.len())),
        )
        .measured(Measure::Number(|value| match value {
            Value::Array(array) => Some(counted(array.len())),
            _ => None,
        })),
        Routine::new(
            over_array("arrayKeys", "keys")
                .returns(Returns::Is(Type::STRINGS))
                .doc("The keys of an array, in the order of its elements; elements without a key are left out.")
                .example("number[] age; age[\"Bo\"] = 40; age[\"Cy\"] = 35; return arrayKeys(age);", "Bo|Cy"),
            keys,
        ),
        Routine::new(
            over_array("arrayAddElement", "addElement")
                .alias("addElement")
                .param("elem", Type::DYNAMIC)
                .returns(Returns::LikeFirst)
                .doc("The array with one more element at the end. The value is converted to the type of the elements.")
                .example("string[] kit = {\"rope\", \"lamp\"}; return arrayAddElement(kit, \"map\");", "rope|lamp|map"),
            add,
        ),
        Routine::new(
            over_array("arrayAddElementIfNotExist", "addElementIfNotExist")
                .alias("addElementIfNotExist")
                .param("elem", Type::DYNAMIC)
                .returns(Returns::LikeFirst)
                .doc("The array with one more element, unless an equal one is there.")
                .example("return arrayAddElementIfNotExist({3, 4}, 4);", "3|4"),
            |cx, arguments| {
                let array = list(cx, arguments, 0)?;
                let value = fit(cx, argument(arguments, 1), &array)?;
                match find(cx, &array, &value)? {
                    Some(_) => Ok(Value::Array(array)),
                    None => add(cx, arguments),
                }
            },
        ),
        Routine::new(
            over_array("arrayDeleteElement", "deleteElement")
                .alias("deleteElement")
                .param("elem", Type::DYNAMIC)
                .returns(Returns::LikeFirst)
                .doc("The array without the first element that equals the value.")
                .example("return arrayDeleteElement({\"a\", \"b\", \"a\"}, \"a\");", "b|a"),
            |cx, arguments| {
                let array = list(cx, arguments, 0)?;
                let value = fit(cx, argument(arguments, 1), &array)?;
                match find(cx, &array, &value)? {
                    Some(at) => without(cx, array, at),
                    None => Ok(Value::Array(array)),
                }
            },
        ),
        Routine::new(
            over_array("arrayElementExists", "elementExists")
                .alias("elementExists")
                .param("elem", Type::DYNAMIC)
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc("Whether an element equals the value.")
                .example("return arrayElementExists({\"oak\", \"ash\"}, \"ash\");", "true"),
            |cx, arguments| {
                let array = list(cx, arguments, 0)?;
                let value = fit(cx, argument(arguments, 1), &array)?;
                Ok(Value::Bool(find(cx, &array, &value)?.is_some()))
            },
        ),
        Routine::new(
            over_array("arrayFind", "find")
                .param("elem", Type::DYNAMIC)
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("The position of the first element that equals the value, or -1.")
                .example("return arrayFind({\"x\", \"y\", \"y\"}, \"y\");", "1"),
            |cx, arguments| {
                let array = list(cx, arguments, 0)?;
                let value = fit(cx, argument(arguments, 1), &array)?;
                Ok(position(find(cx, &array, &value)?))
            },
        ),
    ]
}

fn positions() -> Vec<Routine> {
    vec![
        Routine::new(
            over_array("arrayDeleteElementAt", "deleteElementAt")
                .alias("deleteElementAt")
                .param("index", Type::NUMBER)
                .returns(Returns::LikeFirst)
                .doc("The array without the element at a position; unchanged when the position is beyond the end.")
                .example("return arrayDeleteElementAt({7, 8, 9}, 1);", "7|9"),
            |cx, arguments| {
                let Some(index) = number(arguments, 1) else { return Ok(Value::Null) };
                let array = list(cx, arguments, 0)?;
                let index = num_to_int(index);
                let at =
                    usize::try_from(index).map_err(|_| Fault::routine(format!("the position {index} is negative")))?;
                if at < array.len() { without(cx, array, at) } else { Ok(Value::Array(array)) }
            },
        ),
        Routine::new(
            over_array("arrayGetElement", "getElement")
                .alias("getElement")
                .param("index", Type::NUMBER)
                .returns(Returns::ElementOfFirst)
                .doc("The element at a position, as `array[index]`: null beyond the end, an error before the start.")
                .example("return arrayGetElement({\"oak\", \"ash\"}, 1);", "ash"),
            |cx, arguments| {
                let array = list(cx, arguments, 0)?;
                if argument(arguments, 1).is_absent() {
                    return Ok(Value::default_of(array.element_type()));
                }
                let ty = array.element_type().array();
                index_get(&Value::Array(array), argument(arguments, 1), ty, &mut cx.conv())
            },
        ),
        Routine::new(
            over_array("arraySetElement", "setElement")
                .alias("setElement")
                .param("index", Type::NUMBER)
                .param("elem", Type::DYNAMIC)
                .returns(Returns::LikeFirst)
                .doc("The array with another value at a position. Beyond the end the gap is filled with nulls.")
                .example("return size(arraySetElement({\"rope\", \"lamp\"}, 3, \"tent\"));", "4"),
            |cx, arguments| {
                if argument(arguments, 1).is_absent() {
                    return Ok(Value::Null);
                }
                let array = typed(list(cx, arguments, 0)?, argument(arguments, 2));
                let ty = array.element_type().array();
                let mut result = Value::Array(array);
                let value = argument(arguments, 2).clone();
                index_set(&mut result, argument(arguments, 1), value, ty, &mut cx.conv())?;
                Ok(result)
            },
        ),
        Routine::new(
            over_array("subarray", "subarray")
                .param("start", Type::NUMBER)
                .param("end", Type::NUMBER)
                .returns(Returns::LikeFirst)
                .doc("The elements from position `start` up to, not including, `end`; what lies outside is left out.")
                .example("return subarray({\"a\", \"b\", \"c\", \"d\"}, 1, 3);", "b|c"),
            |cx, arguments| parted(cx, arguments, |at, part| part.contains(&at)),
        ),
        Routine::new(
            over_array("excludeSubarray", "excludeSubarray")
                .param("start", Type::NUMBER)
                .param("end", Type::NUMBER)
                .returns(Returns::LikeFirst)
                .doc("The elements that `subarray` would leave out.")
                .example("return excludeSubarray({\"a\", \"b\", \"c\", \"d\"}, 1, 3);", "a|d"),
            |cx, arguments| parted(cx, arguments, |at, part| !part.contains(&at)),
        ),
    ]
}

fn keys(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let array = list(cx, arguments, 0)?;
    let mut keys = Array::new(Type::STRING);
    if array.is_keyed() {
        for index in 0..array.len() {
            cx.budget.charge(1)?;
            if let Some(key) = array.key_at(index) {
                let text = Text::try_new(key, &cx.budget)?;
                keys.push(Value::Text(text), &cx.budget)?;
            }
        }
    }
    Ok(Value::Array(Rc::new(keys)))
}

fn add(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let array = typed(list(cx, arguments, 0)?, argument(arguments, 1));
    let value = fit(cx, argument(arguments, 1), &array)?;
    let mut result = copy(cx, &array)?;
    result.push(value, &cx.budget)?;
    Ok(Value::Array(Rc::new(result)))
}

/// An empty array of unknown type takes the type of what goes into it.
fn typed(array: Rc<Array>, value: &Value) -> Rc<Array> {
    if array.is_empty() && array.element_type().is_dynamic() { Rc::new(Array::new(value.type_of())) } else { array }
}

/// A value in the type of an array's elements.
pub(super) fn fit(cx: &mut Context<'_>, value: &Value, array: &Array) -> Result<Value, Fault> {
    convert(value.clone(), array.element_type(), &mut cx.conv())
}

/// A copy, paid for first.
pub(super) fn copy(cx: &mut Context<'_>, array: &Array) -> Result<Array, Fault> {
    // What a copy costs lies between copying bytes and making a hash table.
    let each: u64 = if array.is_keyed() { 1 } else { 8 };
    cx.budget.charge((array.len() as u64).div_euclid(each).saturating_add(1))?;
    cx.budget.grow(array.size())?;
    Ok(array.clone())
}

/// The first element that equals a value of the element type.
pub(super) fn find(cx: &mut Context<'_>, array: &Array, value: &Value) -> Result<Option<usize>, Fault> {
    let element = array.element_type();
    let mut conv = cx.conv();
    for index in 0..array.len() {
        let found = match array.value_ref(index) {
            Some(item) => equals(item, value, element, &mut conv)?,
            None => equals(&array.get(index).unwrap_or_default(), value, element, &mut conv)?,
        };
        if found {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// A position as a number, -1 for none.
pub(super) fn position(found: Option<usize>) -> Value {
    found.map_or(Value::Num(-1.0), count)
}

fn without(cx: &mut Context<'_>, array: Rc<Array>, at: usize) -> Result<Value, Fault> {
    let mut result = copy(cx, &array)?;
    result.remove(at);
    Ok(Value::Array(Rc::new(result)))
}

/// The elements whose position is wanted.
fn parted(cx: &mut Context<'_>, arguments: &[Value], wanted: fn(usize, &Range<usize>) -> bool) -> Result<Value, Fault> {
    let (Some(start), Some(end)) = (number(arguments, 1), number(arguments, 2)) else { return Ok(Value::Null) };
    let array = list(cx, arguments, 0)?;
    let clip = |at: f64| usize::try_from(num_to_int(at)).unwrap_or(0).min(array.len());
    let part = clip(start)..clip(end);
    select(cx, &array, |_, at| Ok(wanted(at, &part)))
}

/// The elements that are wanted, with their keys.
pub(super) fn select(
    cx: &mut Context<'_>,
    array: &Array,
    mut wanted: impl FnMut(&mut Context<'_>, usize) -> Result<bool, Fault>,
) -> Result<Value, Fault> {
    let mut result = Array::new(array.element_type());
    for at in 0..array.len() {
        cx.budget.charge(1)?;
        if wanted(cx, at)? {
            result.push_keyed(array.key_at(at), array.get(at).unwrap_or_default(), &cx.budget)?;
        }
    }
    Ok(Value::Array(Rc::new(result)))
}
