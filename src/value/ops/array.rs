use super::{Operation, attempt, equals};
use crate::{
    types::{Base, BinaryOp, LeftOperand, Type, binary_type},
    value::{Array, ConvCx, Fault, RED_ZONE, STACK_CHUNK, Value, convert, cow, literal_array},
};
use std::rc::Rc;

/// `array op right`. A null array is an empty one.
pub(super) fn run(operation: Operation, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let element = operation.ty.element();
    let left = match left {
        Value::Array(array) => array,
        _ => Rc::new(Array::new(element)),
    };
    match operation.op {
        BinaryOp::Add => add(operation, left, right, cx),
        BinaryOp::Sub => subtract(operation, left, right, cx),
        _ => each(operation, &left, right, cx),
    }
}

/// What the right side of `+` and `-` stands for (L-53).
enum Right {
    One(Value),
    Many(Rc<Array>),
}

fn resolve(operation: Operation, right: &Value, cx: &mut ConvCx<'_>) -> Result<Right, Fault> {
    let ty = operation.ty;
    let element = ty.element();
    let found = right.type_of();
    match right {
        Value::Array(array) if found == ty || element.is_dynamic() => return Ok(Right::Many(Rc::clone(array))),
        right if found == element || element.is_dynamic() => return Ok(Right::One(right.clone())),
        Value::Array(_) => {}
        right => match attempt(right, element, cx)? {
            Ok(value) => return Ok(Right::One(value)),
            // A text such as `5|6` for numbers.
            Err(_) if matches!(right, Value::Text(_) | Value::Struct(_)) => {}
            Err(fault) => return Err(fault),
        },
    }
    match operation.operand(right, &[ty], cx)? {
        Value::Array(array) => Ok(Right::Many(array)),
        value => Ok(Right::One(value)),
    }
}

/// The right side as the element or array it stands for.
pub(super) fn resolved(operation: Operation, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    Ok(match resolve(operation, right, cx)? {
        Right::One(value) => value,
        Right::Many(items) => Value::Array(items),
    })
}

fn add(operation: Operation, mut left: Rc<Array>, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let resolved = if right.is_absent() {
        if operation.right_static.dims > 0 && operation.right_static.dims == operation.ty.dims {
            return Ok(Value::Array(left));
        }
        // A null of any other type is an element, so that lists built in pairs stay aligned.
        Right::One(Value::default_of(left.element_type()))
    } else {
        resolve(operation, right, cx)?
    };
    match resolved {
        Right::One(value) => {
            cx.charge_items(0)?;
            cow::array(&mut left, cx)?.push(value, cx.budget)?;
        }
        Right::Many(items) if items.is_empty() => {}
        Right::Many(items) => {
            cx.charge_items(items.len())?;
            cx.budget.array_size(left.len().saturating_add(items.len()))?;
            let array = cow::array(&mut left, cx)?;
            for value in &*items {
                array.push(value, cx.budget)?;
            }
        }
    }
    Ok(Value::Array(left))
}

/// Takes out the first occurrence of the value, or of each of the values (L-54).
fn subtract(operation: Operation, mut left: Rc<Array>, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    if right.is_absent() {
        return Ok(Value::Array(left));
    }
    // What does not convert is an error even where there is nothing to take out.
    match resolve(operation, right, cx)? {
        // A text that says nothing is a null, which is neutral (L-59).
        Right::One(Value::Null) => {}
        Right::One(value) => take_out(&mut left, &value, cx)?,
        Right::Many(items) => {
            for value in &*items {
                take_out(&mut left, &value, cx)?;
            }
        }
    }
    Ok(Value::Array(left))
}

fn take_out(from: &mut Rc<Array>, value: &Value, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    let element = from.element_type();
    for index in 0..from.len() {
        let found = match from.value_ref(index) {
            Some(item) => equals(item, value, element, cx)?,
            None => equals(&from.get(index).unwrap_or_default(), value, element, cx)?,
        };
        if found {
            cx.charge_bytes(from.size())?;
            cow::array(from, cx)?.remove(index);
            return Ok(());
        }
    }
    Ok(())
}

/// `array * right`, `/` and `%`, element by element (L-55); keys are kept.
fn each(operation: Operation, left: &Array, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let element = left.element_type();
    let numbers = element.dims == 0 && matches!(element.base, Base::Number | Base::Integer | Base::Dynamic);
    if !numbers {
        return Err(operation.unsupported(cx));
    }
    // A text becomes a number once, and one that is none is an error even for an empty array.
    let right = match right {
        Value::Int(_) | Value::Num(_) | Value::Null => right.clone(),
        Value::Byte(byte) => Value::Int(i64::from(*byte)),
        right => operation.operand(right, &[Type::NUMBER, Type::INTEGER], cx)?,
    };
    let mut result = Array::new(match operation.op {
        BinaryOp::Ratio if element == Type::INTEGER => Type::NUMBER,
        _ => element,
    });
    let inner = Operation { ty: element, int_literal: false, ..operation };
    for (index, value) in left.iter().enumerate() {
        cx.charge_items(0)?;
        let ty = if element.is_dynamic() { value.type_of() } else { element };
        let value = inner.with(ty).run_deep(value, &right, cx)?;
        result.push_keyed(left.key_at(index), value, cx.budget)?;
    }
    Ok(Value::Array(Rc::new(result)))
}

impl Operation {
    fn with(self, ty: Type) -> Self {
        Self { ty, ..self }
    }

    /// Elements of dynamic arrays may be arrays again.
    fn run_deep(self, left: Value, right: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
        stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || self.run(left, right, cx))
    }
}

/// A number times, by or modulo an array: element by element.
pub(super) fn on_the_right(
    operation: Operation,
    left: &Value,
    right: &Value,
    cx: &mut ConvCx<'_>,
) -> Result<Value, Fault> {
    let Value::Array(items) = right else { return Err(operation.unsupported(cx)) };
    let element = items.element_type();
    let info = LeftOperand { ty: operation.ty, int_literal: operation.int_literal };
    let Some(result) = binary_type(operation.op, info, element) else {
        let (left, right) = (operation.ty.display(cx.structs), items.element_type().array().display(cx.structs));
        let symbol = operation.op.symbol();
        return Err(Fault::error(format!("`{symbol}` does not work between {left} and {right}")));
    };
    let inner = Operation { right_static: element, ..operation };
    let mut values = Vec::new();
    cx.budget.grow(items.len().saturating_mul(size_of::<Value>()))?;
    for value in &**items {
        cx.charge_items(0)?;
        values.push(inner.run_deep(left.clone(), &value, cx)?);
    }
    if result.is_dynamic() {
        return literal_array(values, cx);
    }
    let mut array = Array::new(result);
    for (index, value) in values.into_iter().enumerate() {
        let value = convert(value, result, cx)?;
        array.push_keyed(items.key_at(index), value, cx.budget)?;
    }
    Ok(Value::Array(Rc::new(array)))
}
