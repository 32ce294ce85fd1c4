//! What the operators do (L-52 to L-61): the one complete form, for operands of any type.
//!
//! The left operand chooses the row of the table and is never converted; typed nodes of the evaluator may take short
//! cuts, but have to agree with this.

mod array;
mod compare;
mod number;
mod text;
mod time;

pub use compare::{compare, equals};

use super::{ConvCx, Fault, Value, convert, convert::article, to_bool, to_text};
use crate::types::{Base, BinaryOp, LeftOperand, Type, UnaryOp};
use std::{cmp::Ordering, rc::Rc};

/// `left op right`. `&&` and `||` work too, but both operands are given already.
///
/// The result fits [`binary_type`](crate::types::binary_type) whatever the operands are, nulls included.
///
/// # Errors
/// The operands do not fit, a division by zero, a result out of range, or a limit.
pub fn binary(
    op: BinaryOp,
    left: &Value,
    right: &Value,
    info: LeftOperand,
    right_static: Type,
    cx: &mut ConvCx<'_>,
) -> Result<Value, Fault> {
    binary_owned(op, left.clone(), right, info, right_static, cx)
}

/// `left op right` where the left operand is given away: texts and arrays that nobody else holds grow in place.
///
/// # Errors
/// As for [`binary`].
pub fn binary_owned(
    op: BinaryOp,
    left: Value,
    right: &Value,
    info: LeftOperand,
    right_static: Type,
    cx: &mut ConvCx<'_>,
) -> Result<Value, Fault> {
    match op {
        BinaryOp::Eq => equals(&left, right, info.ty, cx).map(Value::Bool),
        BinaryOp::Ne => equals(&left, right, info.ty, cx).map(|equal| Value::Bool(!equal)),
        BinaryOp::Lt => ordered(&left, right, info.ty, cx, Ordering::is_lt),
        BinaryOp::Gt => ordered(&left, right, info.ty, cx, Ordering::is_gt),
        BinaryOp::Le => ordered(&left, right, info.ty, cx, Ordering::is_le),
        BinaryOp::Ge => ordered(&left, right, info.ty, cx, Ordering::is_ge),
        BinaryOp::And => Ok(Value::Bool(to_bool(&left, cx)? && to_bool(right, cx)?)),
        BinaryOp::Or => Ok(Value::Bool(to_bool(&left, cx)? || to_bool(right, cx)?)),
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Ratio | BinaryOp::Rem => {
            let (left, ty) = settle(left, info.ty, cx)?;
            let operation = Operation { op, ty, int_literal: info.int_literal, right_static };
            operation.run(left, right, cx)
        }
    }
}

/// `slot += element` for an array that nobody else holds and one element of the type of its elements, which needs no
/// conversion. `ty` is the static type of the slot.
///
/// # Errors
/// Limits. The element comes back where it takes more than that.
#[inline]
pub fn append_element(
    slot: &mut Value,
    element: Value,
    ty: Type,
    cx: &mut ConvCx<'_>,
) -> Result<Result<(), Value>, Fault> {
    if let Value::Array(own) = slot
        && !element.is_absent()
        && element.type_of() == own.element_type()
        && (ty.is_dynamic() || ty == own.element_type().array())
        && let Some(own) = Rc::get_mut(own)
    {
        cx.charge_items(0)?;
        own.push(element, cx.budget)?;
        return Ok(Ok(()));
    }
    Ok(Err(element))
}

/// `slot op= right` without the conversion back: texts and arrays that nobody else holds grow in place.
///
/// # Errors
/// As for [`binary`]. The slot is unchanged then, unless a limit was reached.
pub fn update(
    op: BinaryOp,
    slot: &mut Value,
    right: &Value,
    info: LeftOperand,
    right_static: Type,
    cx: &mut ConvCx<'_>,
) -> Result<(), Fault> {
    let grows = matches!(op, BinaryOp::Add | BinaryOp::Sub);
    let result = match slot {
        // What can fail is done before the slot is given away; after that only limits can.
        Value::Text(_) if grows => {
            let right = to_text(right, cx)?;
            binary_owned(op, std::mem::take(slot), &right, info, right_static, cx)?
        }
        Value::Array(own) if grows && !right.is_absent() => {
            let ty = own.element_type().array();
            let operation = Operation { op, ty, int_literal: false, right_static };
            let right = array::resolved(operation, right, cx)?;
            binary_owned(op, std::mem::take(slot), &right, info, right_static, cx)?
        }
        Value::Array(_) if grows => binary_owned(op, std::mem::take(slot), right, info, right_static, cx)?,
        _ => binary_owned(op, slot.clone(), right, info, right_static, cx)?,
    };
    *slot = result;
    Ok(())
}

/// An arithmetic operation whose row of the table is known.
#[derive(Clone, Copy, Debug)]
struct Operation {
    op: BinaryOp,
    /// Type of the left operand; dynamic for a null of which nothing is known.
    ty: Type,
    int_literal: bool,
    right_static: Type,
}

impl Operation {
    fn run(self, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
        if self.ty.is_array() {
            return array::run(self, left, right, cx);
        }
        match self.ty.base {
            Base::Dynamic => self.null(right, cx),
            Base::Number => number::number(self, left, right, cx),
            Base::Integer if self.op == BinaryOp::Ratio => {
                let left = convert(left, Type::NUMBER, cx)?;
                number::number(Self { ty: Type::NUMBER, int_literal: false, ..self }, left, right, cx)
            }
            Base::Integer => number::integer(self, left, right, cx),
            Base::Byte => number::byte(self, left, right, cx),
            Base::String => text::run(self, left, right, cx),
            Base::Date => time::date(self, left, right, cx),
            Base::Interval => time::interval(self, left, right, cx),
            Base::Boolean | Base::Struct(_) => Err(self.unsupported(cx)),
        }
    }

    /// A null of unknown type on the left (L-59).
    fn null(self, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
        match (self.op, right) {
            (BinaryOp::Add, right) => Ok(right.clone()),
            // There is no neutral date.
            (BinaryOp::Sub, Value::Null | Value::Date(_)) => Ok(Value::Null),
            (BinaryOp::Sub, right) => {
                let ty = right.type_of();
                Self { ty, ..self }.run(Value::Null, right, cx)
            }
            (BinaryOp::Div | BinaryOp::Ratio | BinaryOp::Rem, Value::Null) => Err(division_by_null()),
            _ => Ok(Value::Null),
        }
    }

    /// The right operand as the first of the wanted types that it converts to (L-52).
    fn operand(self, right: &Value, wanted: &[Type], cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
        if right.is_absent() || wanted.contains(&right.type_of()) {
            return Ok(right.clone());
        }
        let mut first = None;
        for &ty in wanted {
            match attempt(right, ty, cx)? {
                Ok(value) => return Ok(value),
                Err(fault) => {
                    first.get_or_insert(fault);
                }
            }
        }
        let reason = first.as_ref().map_or("it does not convert", Fault::message);
        let name = article(&self.ty.display(cx.structs));
        let joins = self.op == BinaryOp::Add && self.ty.is_numeric() && matches!(right, Value::Text(_));
        let advice = if joins { "; to join texts, write `(string)` before the left operand" } else { "" };
        Err(Fault::error(format!("`{}` with {name} on the left: {reason}{advice}", self.op.symbol())))
    }

    #[cold]
    fn unsupported(self, cx: &ConvCx<'_>) -> Fault {
        let name = article(&self.ty.display(cx.structs));
        Fault::error(format!("`{}` does not work with {name} on the left", self.op.symbol()))
    }

    #[cold]
    fn out_of_range(self, what: &str) -> Fault {
        Fault::error(format!("the result of `{}` is out of range for {what}", self.op.symbol()))
    }
}

/// Tries a conversion: limits are errors of the run, everything else is an answer.
fn attempt(value: &Value, to: Type, cx: &mut ConvCx<'_>) -> Result<Result<Value, Fault>, Fault> {
    match convert(value.clone(), to, cx) {
        Ok(value) => Ok(Ok(value)),
        Err(fault) if fault.is_uncatchable() => Err(fault),
        Err(fault) => Ok(Err(fault)),
    }
}

/// The left operand and its type: the static one where it says more than the value.
fn settle(left: Value, ty: Type, cx: &mut ConvCx<'_>) -> Result<(Value, Type), Fault> {
    let found = left.type_of();
    if left.is_absent() || found == ty {
        return Ok((left, ty));
    }
    if ty.base == Base::Dynamic {
        return Ok((left, found));
    }
    Ok((convert(left, ty, cx)?, ty))
}

fn ordered(
    left: &Value,
    right: &Value,
    ty: Type,
    cx: &mut ConvCx<'_>,
    wanted: fn(Ordering) -> bool,
) -> Result<Value, Fault> {
    // A comparison with null, and with NaN, is false.
    Ok(Value::Bool(compare(left, right, ty, cx)?.is_some_and(wanted)))
}

#[cold]
fn division_by_zero() -> Fault {
    Fault::error("division by zero")
}

#[cold]
fn division_by_null() -> Fault {
    Fault::error("division by null")
}

/// `op value` (L-56), for an operand of static type `ty`: a null of a numeric type is negated, which leaves it null
/// (L-59), while any other null is false and so `!` makes it true.
///
/// # Errors
/// The operator does not work on the value.
pub fn unary(op: UnaryOp, value: &Value, ty: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    match (op, value) {
        (_, Value::Null) if ty.is_numeric() => Ok(Value::Null),
        (UnaryOp::Plus, value) => Ok(value.clone()),
        (_, &Value::Int(integer)) => Ok(Value::Int(integer.wrapping_neg())),
        (_, &Value::Num(number)) => Ok(Value::Num(-number)),
        (_, &Value::Byte(byte)) => Ok(Value::Byte(byte.wrapping_neg())),
        (UnaryOp::Neg, Value::Null) => Ok(Value::Null),
        (UnaryOp::Neg, &Value::Interval(millis)) => millis
            .checked_neg()
            .map(Value::Interval)
            .ok_or_else(|| Fault::error("the result of `-` is out of range for an interval")),
        (UnaryOp::Not, value) => Ok(Value::Bool(!to_bool(value, cx)?)),
        (UnaryOp::Neg, value) => {
            let name = article(&value.type_of().display(cx.structs));
            Err(Fault::error(format!("`-` does not work on {name}")))
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests;
