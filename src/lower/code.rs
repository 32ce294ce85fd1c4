//! Lowered expressions with their types, and conversions between them.

use super::{
    infer::{Shape, converts_raw},
    slots::is_raw,
};
use crate::{
    eval::{
        self, Argument, Bank, Boxed, BoxedOption, Const, Convert, Expr, Global, Local, Map, Maybe, Node, Nullable,
        Operand, Place, Present, Ref, Repr, Scalar, Shifted, Somehow, Stmt, StoreNullable, StoreRef, Truth, Unboxed,
        store_scalar,
    },
    source::Span,
    types::{Base, Type},
    value::{self, Value},
};

/// A lowered expression.
pub(super) struct Typed {
    /// Its static type.
    pub(super) ty: Type,
    /// How it is computed.
    pub(super) code: Code,
}

/// Code by the Rust type it yields. Integers, bytes, dates and intervals are all `i64`.
pub(super) enum Code {
    Int(Operand<i64>),
    Num(Operand<f64>),
    Bool(Operand<bool>),
    OptInt(Expr<Option<i64>>),
    OptNum(Expr<Option<f64>>),
    OptBool(Expr<Option<bool>>),
    Value(Expr<Value>),
}

impl Typed {
    pub(super) fn int(operand: Operand<i64>) -> Self {
        Self { ty: Type::INTEGER, code: Code::Int(operand) }
    }

    pub(super) fn num(operand: Operand<f64>) -> Self {
        Self { ty: Type::NUMBER, code: Code::Num(operand) }
    }

    pub(super) fn bool(operand: Operand<bool>) -> Self {
        Self { ty: Type::BOOLEAN, code: Code::Bool(operand) }
    }

    /// A node that yields a scalar of a type.
    pub(super) fn scalar(node: impl Node<i64> + Node<f64> + Node<bool>, ty: Type) -> Self {
        let code = match family(ty) {
            Family::Num => Code::Num(Operand::Node(Box::new(node))),
            Family::Bool => Code::Bool(Operand::Node(Box::new(node))),
            _ => Code::Int(Operand::Node(Box::new(node))),
        };
        Self { ty, code }
    }

    /// A call of a routine that gives a value of a type, or promises one that is never null.
    pub(super) fn routine<N>(node: N, ty: Type, never_null: bool) -> Self
    where
        N: Node<i64> + Node<f64> + Node<bool>,
        N: Node<Option<i64>> + Node<Option<f64>> + Node<Option<bool>> + Node<Value>,
    {
        let code = match family(ty) {
            Family::Value => Code::Value(Box::new(node)),
            _ if never_null => return Self::scalar(node, ty),
            Family::Int => Code::OptInt(Box::new(node)),
            Family::Num => Code::OptNum(Box::new(node)),
            Family::Bool => Code::OptBool(Box::new(node)),
        };
        Self { ty, code }
    }

    /// Code that yields a value of a type, which is null or really of that type.
    pub(super) fn value(node: Expr<Value>, ty: Type, span: Span) -> Self {
        let unboxed = |inner| Unboxed { inner, ty, span };
        let code = match family(ty) {
            Family::Int => Code::OptInt(Box::new(unboxed(node))),
            Family::Num => Code::OptNum(Box::new(unboxed(node))),
            Family::Bool => Code::OptBool(Box::new(unboxed(node))),
            Family::Value => Code::Value(node),
        };
        Self { ty, code }
    }

    /// Reads a variable.
    pub(super) fn read(place: Place) -> Self {
        let Place { ty, bank, repr, at } = place;
        let code = match (repr, family(ty)) {
            (Repr::Raw, Family::Int) => Code::Int(raw(bank, at)),
            (Repr::Raw, Family::Num) => Code::Num(raw(bank, at)),
            (Repr::Raw, Family::Bool) => Code::Bool(raw(bank, at)),
            (Repr::Nullable, Family::Int) => Code::OptInt(Box::new(Nullable::<i64>::new(bank, at))),
            (Repr::Nullable, Family::Num) => Code::OptNum(Box::new(Nullable::<f64>::new(bank, at))),
            (Repr::Nullable, Family::Bool) => Code::OptBool(Box::new(Nullable::<bool>::new(bank, at))),
            _ => Code::Value(Box::new(Ref { bank, at })),
        };
        Self { ty, code }
    }

    /// What inference would say of it.
    pub(super) fn shape(&self) -> Shape {
        Shape::Known(self.ty, matches!(self.code, Code::Int(_) | Code::Num(_) | Code::Bool(_)))
    }

    /// As code that yields a value.
    pub(super) fn into_value(self) -> Expr<Value> {
        let ty = self.ty;
        match self.code {
            Code::Int(operand) => boxed(operand, ty),
            Code::Num(operand) => boxed(operand, ty),
            Code::Bool(operand) => boxed(operand, ty),
            Code::OptInt(inner) => Box::new(BoxedOption { inner, ty }),
            Code::OptNum(inner) => Box::new(BoxedOption { inner, ty }),
            Code::OptBool(inner) => Box::new(BoxedOption { inner, ty }),
            Code::Value(node) => node,
        }
    }

    /// Says that it is never null, where inference has found so.
    pub(super) fn present(self, span: Span) -> Self {
        let ty = self.ty;
        let code = match self.code {
            Code::OptInt(inner) => Code::Int(Operand::Node(Box::new(Present { inner, span }))),
            Code::OptNum(inner) => Code::Num(Operand::Node(Box::new(Present { inner, span }))),
            Code::OptBool(inner) => Code::Bool(Operand::Node(Box::new(Present { inner, span }))),
            code => code,
        };
        Self { ty, code }
    }

    /// A scalar that may be null as one that is not: zero, false, and for a number none at all. So do routines of the
    /// embedder take null.
    pub(super) fn or_zero(self) -> Self {
        let ty = self.ty;
        let code = match self.code {
            Code::OptInt(inner) => Code::Int(Operand::Node(eval::or_else(inner, 0, |value| value))),
            Code::OptNum(inner) => Code::Num(Operand::Node(eval::or_else(inner, f64::NAN, |value| value))),
            Code::OptBool(inner) => Code::Bool(Operand::Node(eval::or_else(inner, false, |value| value))),
            code => code,
        };
        Self { ty, code }
    }

    /// Converted to a type (section 4 of the language guide); a dynamic target leaves it as it is.
    pub(super) fn convert(self, to: Type, span: Span) -> Self {
        let from = self.ty;
        if from == to || to.is_dynamic() {
            return self;
        }
        if !converts_raw(from, to) {
            return Self::value(Box::new(Convert { inner: self.into_value(), to, span }), to, span);
        }
        let code = match (self.code, to.base) {
            (Code::Int(a), Base::Number) => Code::Num(map(a, int_to_num)),
            (Code::Int(a), Base::Boolean) => Code::Bool(map(a, |a| a != 0)),
            (Code::Int(a), Base::Byte) => Code::Int(map(a, |a| i64::from(value::int_to_byte(a)))),
            (Code::Num(a), Base::Integer) => Code::Int(map(a, value::num_to_int)),
            (Code::Num(a), Base::Boolean) => Code::Bool(map(a, |a| a != 0.0)),
            (Code::Num(a), Base::Byte) => Code::Int(map(a, |a| i64::from(value::num_to_byte(a)))),
            (Code::OptInt(a), Base::Number) => Code::OptNum(map_some(a, |a| a.map(int_to_num))),
            (Code::OptInt(a), Base::Boolean) => Code::OptBool(map_some(a, |a| a.map(|a| a != 0))),
            (Code::OptInt(a), Base::Byte) => Code::OptInt(map_some(a, |a| a.map(|a| i64::from(value::int_to_byte(a))))),
            (Code::OptNum(a), Base::Integer) => Code::OptInt(map_some(a, |a| a.map(value::num_to_int))),
            (Code::OptNum(a), Base::Boolean) => Code::OptBool(map_some(a, |a| a.map(|a| a != 0.0))),
            (Code::OptNum(a), Base::Byte) => Code::OptInt(map_some(a, |a| a.map(|a| i64::from(value::num_to_byte(a))))),
            // Bytes and intervals are raw integers already.
            (code, _) => code,
        };
        Self { ty: to, code }
    }

    /// As a condition (L-61): null is false.
    pub(super) fn truth(self, span: Span) -> Operand<bool> {
        let ty = self.ty;
        match self.code {
            Code::Bool(operand) => operand,
            Code::OptBool(inner) => Operand::Node(eval::or_else(inner, false, |value| value)),
            code => {
                let typed = Self { ty, code };
                if converts_raw(ty, Type::BOOLEAN) {
                    return typed.convert(Type::BOOLEAN, span).truth(span);
                }
                Operand::Node(Box::new(Truth { inner: typed.into_value(), span }))
            }
        }
    }

    /// The statement that stores it in a variable of its type.
    pub(super) fn store(self, place: Place, span: Span) -> Stmt {
        let Place { bank, at, repr, .. } = place;
        match repr {
            Repr::Ref => Box::new(StoreRef { bank, at, node: self.into_value() }),
            Repr::Raw => match self.present(span).code {
                Code::Int(operand) => store_scalar(bank, at, operand),
                Code::Num(operand) => store_scalar(bank, at, operand),
                Code::Bool(operand) => store_scalar(bank, at, operand),
                // Invariant: a raw variable has a scalar type, and the value was converted to it.
                _ => Box::new(crate::eval::Nop),
            },
            Repr::Nullable => match self.code {
                Code::Int(operand) => nullable(bank, at, somehow(operand), 0),
                Code::Num(operand) => nullable(bank, at, somehow(operand), 0.0),
                Code::Bool(operand) => nullable(bank, at, somehow(operand), false),
                Code::OptInt(node) => nullable(bank, at, node, 0),
                Code::OptNum(node) => nullable(bank, at, node, 0.0),
                Code::OptBool(node) => nullable(bank, at, node, false),
                Code::Value(_) => Box::new(crate::eval::Nop),
            },
        }
    }

    /// How it becomes an argument, in the slot of a parameter of its type.
    pub(super) fn argument(self, place: Place, span: Span) -> Argument {
        fn leaf<T: Scalar>(operand: &Operand<T>, to: u32) -> Option<Argument> {
            match *operand {
                Operand::Local(at) => Some(Argument::Copy { from: Shifted { at, by: 0 }, to }),
                Operand::Const(value) => Some(Argument::Set { bits: value.bits(), to }),
                Operand::Node(_) => None,
            }
        }
        let to = place.at;
        let leaf = match &self.code {
            _ if place.repr != Repr::Raw => None,
            Code::Int(Operand::Node(node)) => node.shifted().map(|from| Argument::Copy { from, to }),
            Code::Int(operand) => leaf(operand, to),
            Code::Num(operand) => leaf(operand, to),
            Code::Bool(operand) => leaf(operand, to),
            _ => None,
        };
        leaf.unwrap_or_else(|| Argument::Stmt(self.store(place, span)))
    }

    /// As code that may be null, for integers.
    pub(super) fn into_opt_int(self) -> Option<Expr<Option<i64>>> {
        match self.code {
            Code::Int(operand) => Some(somehow(operand)),
            Code::OptInt(node) => Some(node),
            _ => None,
        }
    }

    /// As an operand that may be null, for integers.
    pub(super) fn into_maybe_int(self) -> Option<Maybe<i64>> {
        match self.code {
            Code::Int(operand) => Some(Maybe::There(operand)),
            Code::OptInt(node) => Some(Maybe::Null(node)),
            _ => None,
        }
    }

    /// As an operand that may be null, for numbers.
    pub(super) fn into_maybe_num(self) -> Option<Maybe<f64>> {
        match self.code {
            Code::Num(operand) => Some(Maybe::There(operand)),
            Code::OptNum(node) => Some(Maybe::Null(node)),
            _ => None,
        }
    }

    /// As code that may be null, for numbers.
    pub(super) fn into_opt_num(self) -> Option<Expr<Option<f64>>> {
        match self.code {
            Code::Num(operand) => Some(somehow(operand)),
            Code::OptNum(node) => Some(node),
            _ => None,
        }
    }
}

/// The Rust type behind a SIL type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Int,
    Num,
    Bool,
    Value,
}

pub(super) fn family(ty: Type) -> Family {
    match ty.base {
        _ if !is_raw(ty) => Family::Value,
        Base::Number => Family::Num,
        Base::Boolean => Family::Bool,
        _ => Family::Int,
    }
}

fn raw<T: Scalar>(bank: Bank, at: u32) -> Operand<T> {
    match bank {
        Bank::Local => Operand::Local(at),
        Bank::Global => Operand::Node(Box::new(Global::<T>::new(at))),
    }
}

fn boxed<T: Scalar>(operand: Operand<T>, ty: Type) -> Expr<Value> {
    match operand {
        Operand::Const(value) => Box::new(Boxed::new(Const(value), ty)),
        operand => Box::new(Boxed::new(operand.boxed(), ty)),
    }
}

fn somehow<T: Scalar>(operand: Operand<T>) -> Expr<Option<T>> {
    Box::new(Somehow(operand.boxed()))
}

fn nullable<T: Scalar>(bank: Bank, at: u32, node: Expr<Option<T>>, zero: T) -> Stmt {
    Box::new(StoreNullable { bank, at, node, zero })
}

/// Applies a pure function, at once to a constant.
pub(super) fn map<A: Scalar, B: Scalar>(
    operand: Operand<A>,
    function: impl Fn(A) -> B + Send + Sync + 'static,
) -> Operand<B> {
    match operand {
        Operand::Const(value) => Operand::Const(function(value)),
        Operand::Local(at) => Operand::Node(Box::new(Map::new(Local::new(at), function))),
        Operand::Node(node) => Operand::Node(Box::new(Map::new(node, function))),
    }
}

/// Applies a pure function to what may be null.
pub(super) fn map_some<A: Scalar, B: Scalar>(
    node: Expr<Option<A>>,
    function: impl Fn(Option<A>) -> Option<B> + Send + Sync + 'static,
) -> Expr<Option<B>> {
    Box::new(Map::new(node, function))
}

#[expect(clippy::cast_precision_loss, reason = "L-41: an integer becomes the nearest number")]
pub(super) fn int_to_num(value: i64) -> f64 {
    value as f64
}
