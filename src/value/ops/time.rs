use super::{Operation, division_by_null, division_by_zero};
use crate::{
    types::{BinaryOp, Type},
    value::{ConvCx, Date, Fault, Value, num_to_millis},
};

/// `date op right`. A null date stays null (L-59).
pub(super) fn date(operation: Operation, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let op = operation.op;
    if !matches!(op, BinaryOp::Add | BinaryOp::Sub) {
        return Err(operation.unsupported(cx));
    }
    let Value::Date(left) = left else { return Ok(Value::Null) };
    let right = match op {
        BinaryOp::Add => operation.operand(right, &[Type::INTERVAL], cx)?,
        _ => operation.operand(right, &[Type::DATE, Type::INTERVAL], cx)?,
    };
    match right {
        Value::Interval(millis) => move_date(operation, left, millis, cx),
        Value::Date(right) => Ok(Value::Interval(left.since(right))),
        // The difference of two dates is an interval, so the neutral null cannot give the date itself.
        _ if op == BinaryOp::Sub && [Type::DATE, Type::NUMBER, Type::INTEGER].contains(&operation.right_static) => {
            Ok(Value::Null)
        }
        _ => Ok(Value::Date(left)),
    }
}

fn move_date(operation: Operation, date: Date, millis: i64, cx: &ConvCx<'_>) -> Result<Value, Fault> {
    let moved = if operation.op == BinaryOp::Add { date.plus(millis, cx.zone) } else { date.minus(millis, cx.zone) };
    moved.map(Value::Date).ok_or_else(|| operation.out_of_range("a date"))
}

/// `interval op right`.
pub(super) fn interval(operation: Operation, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let op = operation.op;
    let right = match op {
        BinaryOp::Add => operation.operand(right, &[Type::INTERVAL, Type::DATE], cx)?,
        BinaryOp::Sub => operation.operand(right, &[Type::INTERVAL], cx)?,
        // An integer is exact as it is.
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Ratio => {
            operation.operand(right, &[Type::NUMBER, Type::INTEGER], cx)?
        }
        _ => return Err(operation.unsupported(cx)),
    };
    let overflow = || operation.out_of_range("an interval");
    let result = match (left, right) {
        (Value::Interval(left), Value::Interval(right)) if op == BinaryOp::Add => left.checked_add(right),
        (Value::Interval(left), Value::Interval(right)) => left.checked_sub(right),
        (Value::Interval(left), Value::Date(right)) => return move_date(operation, right, left, cx),
        (Value::Interval(left), Value::Int(right)) if op == BinaryOp::Mul => {
            return scale_exactly(operation, left, right);
        }
        (Value::Interval(_), Value::Int(0)) => return Err(division_by_zero()),
        (Value::Interval(left), Value::Int(right)) => left.checked_div(right),
        (Value::Interval(left), Value::Num(right)) => return scale(operation, left, right, op),
        (Value::Null, Value::Interval(right)) if op == BinaryOp::Sub => right.checked_neg(),
        (Value::Null, right @ (Value::Interval(_) | Value::Date(_))) => return Ok(right),
        // With a date the sum is a date, and there is no neutral one.
        (_, Value::Null) if op == BinaryOp::Add && operation.right_static == Type::DATE => return Ok(Value::Null),
        (left, Value::Null) if matches!(op, BinaryOp::Add | BinaryOp::Sub) => return Ok(left),
        (_, Value::Null) if matches!(op, BinaryOp::Div | BinaryOp::Ratio) => return Err(division_by_null()),
        _ => return Ok(Value::Null),
    };
    result.map(Value::Interval).ok_or_else(overflow)
}

/// An interval times or by a number, in whole milliseconds, cut toward zero (L-55).
pub(super) fn scale(operation: Operation, millis: i64, factor: f64, op: BinaryOp) -> Result<Value, Fault> {
    let exact = millis as f64;
    let result = match op {
        BinaryOp::Div | BinaryOp::Ratio if factor == 0.0 => return Err(division_by_zero()),
        BinaryOp::Div | BinaryOp::Ratio => exact / factor,
        _ => exact * factor,
    };
    num_to_millis(result).map(Value::Interval).ok_or_else(|| operation.out_of_range("an interval"))
}

/// An interval times an integer.
pub(super) fn scale_exactly(operation: Operation, millis: i64, factor: i64) -> Result<Value, Fault> {
    millis.checked_mul(factor).map(Value::Interval).ok_or_else(|| operation.out_of_range("an interval"))
}
