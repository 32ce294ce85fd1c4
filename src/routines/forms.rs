//! What was entered into a form or a gadget: readers of the flat list in `argv`.
//!
//! The list is a row of entries: *label, value* for a single value, and for several *label, how many, value, value,
//! ...*; *label, empty* when none was chosen. A number behind a label can be either, so an entry may end in two places
//! and both are followed; what can only be a value is never taken for a label. The first entry of a label counts.

use super::{array, text};
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Array, Fault, Value, convert},
};
use std::rc::Rc;

/// What a ticked checkbox gives.
const CHECKED: &str = "checked";

pub(super) fn routines() -> Vec<Routine> {
    let reader = |name: &'static str, returns: Type| {
        Signature::new(name, Family::Core)
            .param("argv", Type::STRINGS)
            .param("label", Type::STRING)
            .returns(Returns::Is(returns))
    };
    let one = "The value of a field of a form; empty for an unknown label.";
    let several = "The values of a field of a form that takes several; none for an unknown label.";
    let checked = "Whether a checkbox of a form is ticked; false for an unknown label.";
    let day = "The date in a field of a form; null when it is empty or the label unknown.";
    vec![
        Routine::new(
            reader("BA_getSingleValue", Type::STRING)
                .doc(one)
                .example("return BA_getSingleValue({\"drink\", \"tea\"}, \"drink\");", "tea"),
            single,
        ),
        Routine::new(
            reader("BA_getMultiValues", Type::STRINGS).doc(several).example(
                "return BA_getMultiValues({\"side\", \"2\", \"rice\", \"kale\", \"drink\", \"tea\"}, \"side\");",
                "rice|kale",
            ),
            multi_values,
        ),
        Routine::new(
            reader("BA_isChecked", Type::BOOLEAN)
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc(checked)
                .example("return BA_isChecked({\"now\", \"checked\"}, \"now\");", "true"),
            is_checked,
        ),
        Routine::new(
            reader("BA_getDateValue", Type::DATE)
                .doc(day)
                .example("return BA_getDateValue({\"due\", \"2024-02-29\"}, \"due\");", "2024-02-29 00:00:00"),
            date_value,
        ),
        Routine::new(
            reader("gadget_getSingleValue", Type::STRING)
                .doc(one)
                .example("return gadget_getSingleValue({\"drink\", \"tea\"}, \"drink\");", "tea"),
            single,
        ),
        Routine::new(
            reader("gadget_getMultiValues", Type::STRINGS)
                .doc(several)
                .example("return gadget_getMultiValues({\"side\", \"1\", \"rice\"}, \"side\");", "rice"),
            multi_values,
        ),
        Routine::new(
            reader("gadget_getMultiUserPickerValue", Type::STRINGS)
                .doc("The users chosen in a field of a form; none for an unknown label.")
                .example(
                    "return gadget_getMultiUserPickerValue({\"crew\", \"2\", \"ann\", \"bo\"}, \"crew\");",
                    "ann|bo",
                ),
            multi_values,
        ),
        Routine::new(
            reader("gadget_isChecked", Type::BOOLEAN)
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc(checked)
                .example("return gadget_isChecked({\"now\", \"\"}, \"now\");", "false"),
            is_checked,
        ),
        Routine::new(
            reader("gadget_getDateValue", Type::DATE)
                .doc(day)
                .example("return isNull(gadget_getDateValue({\"due\", \"\"}, \"due\"));", "true"),
            date_value,
        ),
    ]
}

fn item(list: &Array, index: usize) -> &str {
    list.value_ref(index).and_then(Value::as_str).unwrap_or("")
}

/// How many values the entry that begins at `start` has, if it says so and they are there.
fn count(list: &Array, start: usize) -> Option<usize> {
    let count: usize = item(list, start.saturating_add(1)).trim().parse().ok()?;
    let end = start.saturating_add(2).saturating_add(count);
    (count > 0 && end <= list.len()).then_some(count)
}

/// Where the first entry of a label begins.
fn entry(cx: &mut Context<'_>, list: &Array, label: &str) -> Result<Option<usize>, Fault> {
    cx.budget.charge(list.len() as u64)?;
    cx.budget.grow(list.len())?;
    let mut begins = vec![false; list.len()];
    if let Some(first) = begins.first_mut() {
        *first = true;
    }
    for at in 0..list.len() {
        if !begins.get(at).copied().unwrap_or(false) {
            continue;
        }
        let found = item(list, at);
        cx.budget.charge((found.len() as u64).div_euclid(64))?;
        if found == label {
            return Ok(Some(at));
        }
        let end = at.saturating_add(2);
        let ends = [Some(end), count(list, at).map(|count| end.saturating_add(count))];
        for end in ends.into_iter().flatten() {
            if let Some(begin) = begins.get_mut(end) {
                *begin = true;
            }
        }
    }
    Ok(None)
}

fn single(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let Some(list) = array(arguments, 0) else { return Ok(Value::text("")) };
    let value = entry(cx, list, text(arguments, 1))?.and_then(|start| list.value_ref(start.saturating_add(1)).cloned());
    Ok(value.filter(|value| !value.is_absent()).unwrap_or_else(|| Value::text("")))
}

fn is_checked(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(single(cx, arguments)?.as_str() == Some(CHECKED)))
}

fn date_value(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let value = single(cx, arguments)?;
    convert(value, Type::DATE, &mut cx.conv())
}

fn multi_values(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let mut values = Array::new(Type::STRING);
    if let Some(list) = array(arguments, 0)
        && let Some(start) = entry(cx, list, text(arguments, 1))?
    {
        let first = start.saturating_add(2);
        let range = match count(list, start) {
            Some(count) => first..first.saturating_add(count),
            // The only value of a field that was made for a single one.
            None if !item(list, start.saturating_add(1)).is_empty() => start.saturating_add(1)..first,
            None => 0..0,
        };
        cx.budget.charge(range.len() as u64)?;
        for index in range {
            values.push(list.value_ref(index).cloned().unwrap_or_default(), &cx.budget)?;
        }
    }
    Ok(Value::Array(Rc::new(values)))
}
