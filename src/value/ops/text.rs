use super::Operation;
use crate::{
    types::BinaryOp,
    value::{ConvCx, Fault, Text, Value, to_text},
};

/// `string op right`: concatenation, and removal of every occurrence (L-53, L-54). Null counts as the empty text.
pub(super) fn run(operation: Operation, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    if !matches!(operation.op, BinaryOp::Add | BinaryOp::Sub) {
        return Err(operation.unsupported(cx));
    }
    let right = match to_text(right, cx)? {
        Value::Text(text) => text,
        _ => Text::new(""),
    };
    let left = match left {
        Value::Text(text) => text,
        // `right` is already a text of its own.
        _ if operation.op == BinaryOp::Add => return Ok(Value::Text(right)),
        _ => return Ok(Value::text("")),
    };
    match operation.op {
        BinaryOp::Add => concatenate(left, right.as_str(), cx),
        _ => remove(left, right.as_str(), cx),
    }
}

fn concatenate(mut left: Text, right: &str, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    cx.charge_bytes(right.len())?;
    if right.is_empty() {
        return Ok(Value::Text(left));
    }
    if left.is_shared() {
        cx.charge_bytes(left.len())?;
    }
    left.push_str(right, cx.budget)?;
    Ok(Value::Text(left))
}

fn remove(left: Text, right: &str, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    cx.charge_bytes(left.len().saturating_add(right.len()))?;
    if right.is_empty() || !left.as_str().contains(right) {
        return Ok(Value::Text(left));
    }
    cx.budget.grow(left.len())?;
    let mut text = String::with_capacity(left.len());
    for piece in left.as_str().split(right) {
        text.push_str(piece);
    }
    text.shrink_to_fit();
    cx.text(text)
}
