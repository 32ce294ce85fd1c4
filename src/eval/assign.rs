//! Statements that put a value into a variable.

use super::{Bank, Carried, Exec, Expr, Flow, Frame, Node, Operand, Place, Repr, Scalar, Stmt, get, with_leaf};
use crate::{
    source::Span,
    types::{BinaryOp, LeftOperand, Type},
    value::{self, Plain, Value},
};
use std::{marker::PhantomData, rc::Rc};

/// Stores a raw scalar in a local.
pub struct StoreLocal<T, N> {
    /// Which slot.
    pub at: u32,
    /// The value.
    pub node: N,
    /// Its type.
    pub kind: PhantomData<fn() -> T>,
}

impl<T: Scalar, N: Node<T>> Exec for StoreLocal<T, N> {
    #[inline]
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let value = get!(f, self.node.eval(f));
        f.set_scalar(self.at, value);
        Flow::Next
    }
}

/// Stores a raw scalar in a global.
struct StoreGlobal<T: Scalar> {
    at: u32,
    node: Expr<T>,
}

impl<T: Scalar> Exec for StoreGlobal<T> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let value = get!(f, self.node.eval(f));
        f.set_scalar_in(Bank::Global, self.at, value);
        Flow::Next
    }
}

/// The statement that stores a raw scalar.
pub fn store_scalar<T: Scalar>(bank: Bank, at: u32, operand: Operand<T>) -> Stmt {
    match bank {
        Bank::Local => operand.boxed().store(at),
        Bank::Global => Box::new(StoreGlobal { at, node: operand.boxed() }),
    }
}

/// Stores a scalar that may be null.
pub struct StoreNullable<T: Scalar> {
    /// Where.
    pub bank: Bank,
    /// First slot.
    pub at: u32,
    /// The value.
    pub node: Expr<Option<T>>,
    /// What the slot holds for null.
    pub zero: T,
}

impl<T: Scalar> Exec for StoreNullable<T> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let value = get!(f, self.node.eval(f));
        f.set_scalar_in(self.bank, self.at.saturating_add(1), value.is_some());
        f.set_scalar_in(self.bank, self.at, value.unwrap_or(self.zero));
        Flow::Next
    }
}

/// Stores a value.
pub struct StoreRef {
    /// Where.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
    /// The value.
    pub node: Expr<Value>,
}

impl Exec for StoreRef {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let value = get!(f, self.node.eval(f));
        f.set_value_in(self.bank, self.at, value);
        Flow::Next
    }
}

/// Gives a variable its default (L-32).
pub struct Reset(pub Place);

impl Exec for Reset {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let Place { ty, bank, repr, at } = self.0;
        match repr {
            Repr::Ref => f.set_value_in(bank, at, Value::default_of(ty)),
            Repr::Raw => f.set_scalar_in(bank, at, 0i64),
            Repr::Nullable => {
                f.set_scalar_in(bank, at, 0i64);
                f.set_scalar_in(bank, at.saturating_add(1), false);
            }
        }
        Flow::Next
    }
}

/// `x op= e` on a variable of the value bank, changing it in place where nothing else holds it (L-63).
pub struct Update {
    /// Where the variable is.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
    /// Its type.
    pub ty: Type,
    /// The operator.
    pub op: BinaryOp,
    /// The right operand.
    pub right: Expr<Value>,
    /// Its static type.
    pub right_ty: Type,
    /// Whether the right operand may change the variable itself; then the left one is read first (L-51).
    pub left_first: bool,
    /// Where the operation stands.
    pub span: Span,
}

impl Exec for Update {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let before = self.left_first.then(|| f.value_in(self.bank, self.at).clone());
        let mut right = get!(f, self.right.eval(f));
        if before.is_none() && self.op == BinaryOp::Add {
            let Some((slot, cx)) = f.slot_and_context(self.bank, self.at) else { return Flow::Next };
            right = match value::append_element(slot, right, self.ty, &mut cx.conv()) {
                Ok(Ok(())) => return Flow::Next,
                Ok(Err(right)) => right,
                Err(fault) => return f.run.fail(fault.at(self.span)),
            };
        }
        self.with(f, before, &right)
    }
}

impl Update {
    fn with(&self, f: &mut Frame<'_, '_>, before: Option<Value>, right: &Value) -> Flow {
        let Some((slot, cx)) = f.slot_and_context(self.bank, self.at) else { return Flow::Next };
        let info = LeftOperand { ty: self.ty, int_literal: false };
        let result = match before {
            Some(before) => value::binary_owned(self.op, before, right, info, self.right_ty, &mut cx.conv()),
            None => {
                value::update(self.op, slot, right, info, self.right_ty, &mut cx.conv()).map(|()| std::mem::take(slot))
            }
        };
        let result = result.and_then(|value| value::convert(value, self.ty, &mut cx.conv()));
        match result {
            Ok(value) => {
                *slot = value;
                Flow::Next
            }
            Err(fault) => f.run.fail(fault.at(self.span)),
        }
    }
}

/// Evaluates for the effect.
pub struct Discard<T: Carried>(pub Expr<T>);

impl<T: Carried> Exec for Discard<T> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        match self.0.eval(f) {
            Ok(_) => Flow::Next,
            Err(fault) => f.run.fail(fault),
        }
    }
}

/// `a += e` on an array variable where the right side is one element, of the type of the elements and never null.
pub struct Push<P, N> {
    /// Where the variable is.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
    /// The element.
    pub node: N,
    /// The same in general, without its right side.
    pub update: Update,
    /// Type of the element.
    pub kind: PhantomData<fn() -> P>,
}

impl<P: Scalar + Plain, N: Node<P>> Exec for Push<P, N> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let element = get!(f, self.node.eval(f));
        let Some((slot, cx)) = f.slot_and_context(self.bank, self.at) else { return Flow::Next };
        if let Value::Array(array) = slot
            && let Some(array) = Rc::get_mut(array)
            && array.try_push(element, &mut cx.budget)
        {
            return Flow::Next;
        }
        self.update.with(f, None, &element.into_value())
    }
}

/// The statement that appends one element.
pub fn push<P: Scalar + Plain>(operand: Operand<P>, update: Update) -> Stmt {
    let (bank, at) = (update.bank, update.at);
    let kind = PhantomData::<fn() -> P>;
    with_leaf!(operand, |node| Box::new(Push { bank, at, node, update, kind }))
}
