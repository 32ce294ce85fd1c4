//! Arrays as sets: differences, unions, duplicates.

use super::{
    array::{copy, over_array, select},
    list,
};
use crate::{
    call::{Context, Routine},
    limits::memory,
    signatures::{Family, ParamType, Returns, Signature},
    types::{Base, Type},
    value::{Array, Fault, RED_ZONE, STACK_CHUNK, Value, convert, equals},
};
use foldhash::fast::RandomState;
use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, Hasher},
    rc::Rc,
};

pub(super) fn routines() -> Vec<Routine> {
    let of_two = |name: &'static str, short: &'static str| {
        Signature::new(name, Family::Core)
            .package("array", short)
            .param_of("array1", ParamType::AnyArray, false)
            .param_of("array2", ParamType::AnyArray, false)
            .returns(Returns::LikeFirst)
    };
    vec![
        Routine::new(
            of_two("arrayDiff", "diff")
                .doc("The elements of the first array that the second does not have, in their order.")
                .example("return arrayDiff({5, 6, 5, 7}, {6, 8});", "5|5|7"),
            difference,
        ),
        Routine::new(
            of_two("arrayIntersect", "intersect")
                .doc("The elements of the first array that the second has too, each value once.")
                .example("return arrayIntersect({5, 6, 5, 7}, {7, 5});", "5|7"),
            intersection,
        ),
        Routine::new(
            of_two("arrayUnion", "union")
                .doc("The elements of both arrays, each value once, in the order of their first appearance.")
                .example("return arrayUnion({5, 6, 5}, {6, 8});", "5|6|8"),
            union,
        ),
        Routine::new(
            of_two("arraysConcat", "concat")
                .doc("The elements of the first array, then those of the second.")
                .example("return arraysConcat({5, 6}, {6, 8});", "5|6|6|8"),
            concatenation,
        ),
        Routine::new(
            over_array("arrayToSet", "toSet")
                .returns(Returns::LikeFirst)
                .doc("The array without duplicates; the first of equal elements stays.")
                .example("return arrayToSet({\"b\", \"a\", \"b\"});", "b|a"),
            |cx, arguments| {
                let array = list(cx, arguments, 0)?;
                let mut seen = Seen::new(array.element_type());
                select(cx, &array, |cx, at| seen.insert(cx, array.get(at).unwrap_or_default()))
            },
        ),
    ]
}

/// Both arrays, the second in the type of the first.
fn both(cx: &mut Context<'_>, arguments: &[Value]) -> Result<(Rc<Array>, Rc<Array>), Fault> {
    let (first, second) = (list(cx, arguments, 0)?, list(cx, arguments, 1)?);
    if second.is_empty() {
        let element = first.element_type();
        return Ok((first, Rc::new(Array::new(element))));
    }
    if first.is_empty() && first.element_type().is_dynamic() {
        return Ok((Rc::new(Array::new(second.element_type())), second));
    }
    // The elements of a nested array are arrays, so a text would be split once more on the way.
    match convert(Value::Array(second), first.element_type().array(), &mut cx.conv())? {
        Value::Array(second) => Ok((first, second)),
        _ => Err(Fault::internal("an array did not convert to an array")),
    }
}

fn difference(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (first, second) = both(cx, arguments)?;
    let mut seen = Seen::of(cx, &second)?;
    select(cx, &first, |cx, at| Ok(!seen.contains(cx, &first.get(at).unwrap_or_default())?))
}

fn intersection(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (first, second) = both(cx, arguments)?;
    let mut wanted = Seen::of(cx, &second)?;
    let mut given = Seen::new(first.element_type());
    select(cx, &first, |cx, at| {
        let value = first.get(at).unwrap_or_default();
        Ok(wanted.contains(cx, &value)? && given.insert(cx, value)?)
    })
}

fn union(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (first, second) = both(cx, arguments)?;
    let mut seen = Seen::new(first.element_type());
    let result = select(cx, &first, |cx, at| seen.insert(cx, first.get(at).unwrap_or_default()))?;
    let Value::Array(mut result) = result else { return Ok(result) };
    let Some(array) = Rc::get_mut(&mut result) else { return Err(Fault::internal("a fresh array is shared")) };
    for value in &*second {
        cx.budget.charge(1)?;
        if seen.insert(cx, value.clone())? {
            array.push(value, &cx.budget)?;
        }
    }
    Ok(Value::Array(result))
}

fn concatenation(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (first, second) = both(cx, arguments)?;
    let mut result = copy(cx, &first)?;
    cx.budget.array_size(first.len().saturating_add(second.len()))?;
    for value in &*second {
        cx.budget.charge(1)?;
        result.push(value, &cx.budget)?;
    }
    Ok(Value::Array(Rc::new(result)))
}

/// The values met so far, found by a hash that equal values share.
struct Seen {
    element: Type,
    random: RandomState,
    buckets: HashMap<u64, Vec<Value>, RandomState>,
    /// Bytes counted as live.
    counted: usize,
}

/// What a value costs, the hash table and its list included.
const ENTRY: usize = 96;

impl Seen {
    fn new(element: Type) -> Self {
        Self { element, random: RandomState::default(), buckets: HashMap::default(), counted: 0 }
    }

    fn of(cx: &mut Context<'_>, array: &Array) -> Result<Self, Fault> {
        let mut seen = Self::new(array.element_type());
        for value in array {
            cx.budget.charge(1)?;
            seen.insert(cx, value)?;
        }
        Ok(seen)
    }

    /// Adds a value; `false` when an equal one is there.
    fn insert(&mut self, cx: &mut Context<'_>, value: Value) -> Result<bool, Fault> {
        let hash = self.hash(cx, &value)?;
        if self.is_in(cx, hash, &value)? {
            return Ok(false);
        }
        cx.budget.grow(ENTRY)?;
        memory::add(ENTRY);
        self.counted = self.counted.saturating_add(ENTRY);
        self.buckets.entry(hash).or_default().push(value);
        Ok(true)
    }

    fn contains(&mut self, cx: &mut Context<'_>, value: &Value) -> Result<bool, Fault> {
        let hash = self.hash(cx, value)?;
        self.is_in(cx, hash, value)
    }

    fn is_in(&self, cx: &mut Context<'_>, hash: u64, value: &Value) -> Result<bool, Fault> {
        let mut conv = cx.conv();
        for known in self.buckets.get(&hash).into_iter().flatten() {
            if equals(known, value, self.element, &mut conv)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hash(&self, cx: &mut Context<'_>, value: &Value) -> Result<u64, Fault> {
        let mut hasher = self.random.build_hasher();
        digest(cx, value, self.element, &mut hasher)?;
        Ok(hasher.finish())
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        memory::sub(self.counted);
    }
}

/// Feeds a hasher so that values of a type that are equal (L-60) feed it the same. What counts as null feeds nothing,
/// nor does what may equal values of other types.
fn digest(cx: &mut Context<'_>, value: &Value, ty: Type, into: &mut impl Hasher) -> Result<(), Fault> {
    if value.is_null() || (ty.is_dynamic() && !value.is_array_value()) {
        return Ok(());
    }
    match value {
        Value::Bool(value) => value.hash(into),
        Value::Int(value) | Value::Interval(value) => value.hash(into),
        // The two zeros are equal.
        Value::Num(value) => (value + 0.0).to_bits().hash(into),
        Value::Byte(value) => value.hash(into),
        Value::Date(date) => date.millis().hash(into),
        Value::Text(text) => {
            cx.budget.charge((text.len() as u64).div_euclid(64))?;
            if !text.is_empty() {
                text.as_str().hash(into);
            }
        }
        Value::Array(array) if ty.base != Base::Dynamic => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            array.len().hash(into);
            for item in &**array {
                cx.budget.charge(1)?;
                digest(cx, &item, array.element_type(), into)?;
            }
            Ok::<(), Fault>(())
        })?,
        Value::Struct(record) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
            let structs = std::sync::Arc::clone(&cx.structs);
            for (field, def) in record.fields().iter().zip(structs.fields(record.id())) {
                cx.budget.charge(1)?;
                digest(cx, field, def.ty, into)?;
            }
            Ok::<(), Fault>(())
        })?,
        _ => {}
    }
    Ok(())
}
