use super::{Operation, array, division_by_null, division_by_zero, time};
use crate::{
    types::{BinaryOp, Type},
    value::{ConvCx, Fault, Value, int_div, int_rem, num_to_int},
};

/// `number op right`.
pub(super) fn number(operation: Operation, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let op = operation.op;
    let additive = matches!(op, BinaryOp::Add | BinaryOp::Sub);
    if right.is_array_value() && !additive {
        return array::on_the_right(operation, &left, right, cx);
    }
    let right = match op {
        BinaryOp::Mul => operation.operand(right, &[Type::NUMBER, Type::INTEGER, Type::INTERVAL], cx)?,
        _ => operation.operand(right, &[Type::NUMBER, Type::INTEGER], cx)?,
    };
    let right = match right {
        Value::Interval(millis) => {
            let Value::Num(factor) = left else { return Ok(Value::Null) };
            return time::scale(operation, millis, factor, BinaryOp::Mul);
        }
        Value::Int(integer) => Value::Num(integer as f64),
        other => other,
    };
    Ok(match (left, right) {
        (Value::Num(left), Value::Num(right)) => Value::Num(float(op, left, right)),
        (Value::Null, Value::Num(right)) if op == BinaryOp::Add => Value::Num(right),
        (Value::Null, Value::Num(right)) if op == BinaryOp::Sub => Value::Num(-right),
        (left, Value::Null) if additive => left,
        (_, Value::Null) if op != BinaryOp::Mul => return Err(division_by_null()),
        _ => Value::Null,
    })
}

/// `integer op right`. A literal counts as a number unless the right side is whole (L-58).
pub(super) fn integer(operation: Operation, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let op = operation.op;
    let additive = matches!(op, BinaryOp::Add | BinaryOp::Sub);
    if right.is_array_value() && !additive {
        return array::on_the_right(operation, &left, right, cx);
    }
    if operation.int_literal && !matches!(right, Value::Int(_) | Value::Byte(_) | Value::Interval(_)) {
        let known = operation.right_static;
        let whole = known == Type::INTEGER || known == Type::BYTE || known.is_dynamic();
        if !(right.is_absent() && whole)
            && let Value::Int(integer) = left
        {
            let operation = Operation { ty: Type::NUMBER, int_literal: false, ..operation };
            return number(operation, Value::Num(integer as f64), right, cx);
        }
    }
    let right = match (op, right) {
        // An interval is listed for `*` only; elsewhere it counts as milliseconds.
        (BinaryOp::Mul, _) => operation.operand(right, &[Type::INTEGER, Type::NUMBER, Type::INTERVAL], cx)?,
        (_, &Value::Interval(millis)) if operation.int_literal => {
            let operation = Operation { ty: Type::NUMBER, int_literal: false, ..operation };
            let left = match left {
                Value::Int(integer) => Value::Num(integer as f64),
                other => other,
            };
            return number(operation, left, &Value::Num(millis as f64), cx);
        }
        _ => operation.operand(right, &[Type::INTEGER, Type::NUMBER], cx)?,
    };
    Ok(match (left, right) {
        (Value::Int(left), Value::Int(right)) => Value::Int(whole(op, left, right)?),
        (Value::Int(left), Value::Num(right)) => Value::Int(num_to_int(float(op, left as f64, right))),
        (Value::Int(left), Value::Interval(millis)) => return time::scale_exactly(operation, millis, left),
        // Computed as number, then cut (L-58).
        (Value::Null, Value::Num(right)) if op == BinaryOp::Sub => Value::Int(num_to_int(-right)),
        (Value::Null, Value::Num(right)) if additive => Value::Int(num_to_int(right)),
        (Value::Null, Value::Int(right)) if additive => Value::Int(whole(op, 0, right)?),
        (left, Value::Null) if additive => left,
        (_, Value::Null) if op != BinaryOp::Mul => return Err(division_by_null()),
        _ => Value::Null,
    })
}

/// `byte op right`.
pub(super) fn byte(operation: Operation, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let op = operation.op;
    let additive = matches!(op, BinaryOp::Add | BinaryOp::Sub);
    let right = operation.operand(right, &[Type::BYTE], cx)?;
    Ok(match (left, right) {
        (Value::Byte(left), Value::Byte(right)) => {
            // Wraps like every narrowing (L-33).
            Value::Byte(crate::value::int_to_byte(whole(op, i64::from(left), i64::from(right))?))
        }
        (Value::Null, Value::Byte(right)) if op == BinaryOp::Add => Value::Byte(right),
        (Value::Null, Value::Byte(right)) if op == BinaryOp::Sub => Value::Byte(right.wrapping_neg()),
        (left, Value::Null) if additive => left,
        (_, Value::Null) if op != BinaryOp::Mul => return Err(division_by_null()),
        _ => Value::Null,
    })
}

fn whole(op: BinaryOp, left: i64, right: i64) -> Result<i64, Fault> {
    match op {
        BinaryOp::Sub => Ok(left.wrapping_sub(right)),
        BinaryOp::Mul => Ok(left.wrapping_mul(right)),
        BinaryOp::Div | BinaryOp::Ratio => int_div(left, right).ok_or_else(division_by_zero),
        BinaryOp::Rem => int_rem(left, right).ok_or_else(division_by_zero),
        _ => Ok(left.wrapping_add(right)),
    }
}

fn float(op: BinaryOp, left: f64, right: f64) -> f64 {
    match op {
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div | BinaryOp::Ratio => left / right,
        BinaryOp::Rem => left % right,
        _ => left + right,
    }
}
