//! Operators on raw scalars that are never null. Each operator is one type with one function; the compiler makes the
//! nine combinations of operands.

use super::{Carried, Const, Expr, Frame, Local, Node, Operand, Scalar, with_leaf};
use crate::{
    source::Span,
    value::{Fault, int_div, int_rem},
};
use std::marker::PhantomData;

/// An operator that cannot fail.
pub trait Operator<T>: Send + Sync + 'static {
    /// What it yields.
    type Out: Scalar;
    /// Applies it.
    fn apply(left: T, right: T) -> Self::Out;
}

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident: $ty:ty => $out:ty, |$a:ident, $b:ident| $body:expr;)*) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl Operator<$ty> for $name {
                type Out = $out;
                #[inline]
                fn apply($a: $ty, $b: $ty) -> $out {
                    $body
                }
            }
        )*
    };
}

operators! {
    /// `+`, wrapping (L-33)
    AddInt: i64 => i64, |a, b| a.wrapping_add(b);
    /// `-`, wrapping (L-33)
    SubInt: i64 => i64, |a, b| a.wrapping_sub(b);
    /// `*`, wrapping (L-33)
    MulInt: i64 => i64, |a, b| a.wrapping_mul(b);
    /// `<`
    LtInt: i64 => bool, |a, b| a < b;
    /// `>`
    GtInt: i64 => bool, |a, b| a > b;
    /// `<=`
    LeInt: i64 => bool, |a, b| a <= b;
    /// `>=`
    GeInt: i64 => bool, |a, b| a >= b;
    /// `==`
    EqInt: i64 => bool, |a, b| a == b;
    /// `!=`
    NeInt: i64 => bool, |a, b| a != b;
    /// `+`
    AddNum: f64 => f64, |a, b| a + b;
    /// `-`
    SubNum: f64 => f64, |a, b| a - b;
    /// `*`
    MulNum: f64 => f64, |a, b| a * b;
    /// `/`, IEEE (L-58)
    DivNum: f64 => f64, |a, b| a / b;
    /// `%`, sign of the left side (L-58)
    RemNum: f64 => f64, |a, b| a % b;
    /// `<`
    LtNum: f64 => bool, |a, b| a < b;
    /// `>`
    GtNum: f64 => bool, |a, b| a > b;
    /// `<=`
    LeNum: f64 => bool, |a, b| a <= b;
    /// `>=`
    GeNum: f64 => bool, |a, b| a >= b;
    /// `==`
    EqNum: f64 => bool, |a, b| a == b;
    /// `!=`
    NeNum: f64 => bool, |a, b| a != b;
    /// `==`
    EqBool: bool => bool, |a, b| a == b;
    /// `!=`
    NeBool: bool => bool, |a, b| a != b;
}

/// An operator with its operands.
struct Binary<T, O, A, B> {
    left: A,
    right: B,
    kind: PhantomData<fn() -> (T, O)>,
}

impl<T, O, A, B> Node<O::Out> for Binary<T, O, A, B>
where
    T: Scalar,
    O: Operator<T>,
    A: Node<T>,
    B: Node<T>,
{
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<O::Out, Fault> {
        let left = self.left.eval(f)?;
        let right = self.right.eval(f)?;
        Ok(O::apply(left, right))
    }
}

/// The node of an operator, made for its kinds of operands.
pub fn binary<T: Scalar, O: Operator<T>>(left: Operand<T>, right: Operand<T>) -> Expr<O::Out> {
    let kind = PhantomData::<fn() -> (T, O)>;
    with_leaf!(left, |left| with_leaf!(right, |right| Box::new(Binary { left, right, kind })))
}

/// A product that sums take in as a leaf.
#[derive(Clone, Copy)]
pub enum Term<T> {
    /// Two locals.
    Locals(u32, u32),
    /// A local and a constant.
    Scaled(u32, T),
}

/// A product of two leaves.
struct Product<T, M, B> {
    factors: Binary<T, M, Local<T>, B>,
    term: Term<T>,
}

impl<T, M, B> Node<T> for Product<T, M, B>
where
    T: Scalar,
    M: Operator<T, Out = T>,
    B: Node<T>,
{
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        self.factors.eval(f)
    }

    fn term(&self) -> Option<Term<T>> {
        Some(self.term)
    }
}

fn locals<T: Scalar, M: Operator<T, Out = T>>(left: u32, right: u32) -> Product<T, M, Local<T>> {
    let factors = Binary { left: Local::new(left), right: Local::new(right), kind: PhantomData };
    Product { factors, term: Term::Locals(left, right) }
}

fn scaled<T: Scalar, M: Operator<T, Out = T>>(at: u32, by: T) -> Product<T, M, Const<T>> {
    let factors = Binary { left: Local::new(at), right: Const(by), kind: PhantomData };
    Product { factors, term: Term::Scaled(at, by) }
}

/// Goes on with an operand as a node of its own type, products of leaves included.
macro_rules! with_term {
    ($operand:expr, $times:ident, |$node:ident| $made:expr) => {{
        let operand = $operand;
        let term = match &operand {
            Operand::Node(node) => node.term(),
            _ => None,
        };
        match term {
            Some(Term::Locals(left, right)) => {
                let $node = locals::<_, $times>(left, right);
                $made
            }
            Some(Term::Scaled(at, by)) => {
                let $node = scaled::<_, $times>(at, by);
                $made
            }
            None => with_leaf!(operand, |$node| $made),
        }
    }};
}

/// The node of `*`, the operator `M`, which does not mind the order of its operands.
pub fn product<T: Scalar, M: Operator<T, Out = T>>(left: Operand<T>, right: Operand<T>) -> Expr<T> {
    match (left, right) {
        (Operand::Local(left), Operand::Local(right)) => Box::new(locals::<T, M>(left, right)),
        (Operand::Local(at), Operand::Const(by)) | (Operand::Const(by), Operand::Local(at)) => {
            Box::new(scaled::<T, M>(at, by))
        }
        (left, right) => {
            let kind = PhantomData::<fn() -> (T, M)>;
            with_term!(left, M, |left| with_leaf!(right, |right| Box::new(Binary { left, right, kind })))
        }
    }
}

/// The node of `+` or `-`, made for its kinds of operands, products by `M` among them.
pub fn sum<T: Scalar, O: Operator<T, Out = T>, M: Operator<T, Out = T>>(
    left: Operand<T>,
    right: Operand<T>,
) -> Expr<T> {
    let kind = PhantomData::<fn() -> (T, O)>;
    with_term!(left, M, |left| with_term!(right, M, |right| Box::new(Binary { left, right, kind })))
}

/// An operator that can fail.
pub trait Fallible: Send + Sync + 'static {
    /// Applies it.
    fn apply(left: i64, right: i64) -> Option<i64>;
    /// What is wrong where that gives nothing.
    const MESSAGE: &str;
}

macro_rules! fallible {
    ($($(#[$doc:meta])* $name:ident: |$a:ident, $b:ident| $body:expr, $message:literal;)*) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl Fallible for $name {
                #[inline]
                fn apply($a: i64, $b: i64) -> Option<i64> {
                    $body
                }
                const MESSAGE: &str = $message;
            }
        )*
    };
}

fallible! {
    /// `/` of integers, truncating; an error for a zero divisor (L-58)
    DivInt: |a, b| int_div(a, b), "division by zero";
    /// `%` of integers (L-58)
    RemInt: |a, b| int_rem(a, b), "division by zero";
    /// `+` of intervals, which must stay in range (L-33)
    AddInterval: |a, b| a.checked_add(b), "the result of `+` is out of range for an interval";
    /// `-` of intervals, which must stay in range (L-33)
    SubInterval: |a, b| a.checked_sub(b), "the result of `-` is out of range for an interval";
}

/// An operator that can fail, with its operands.
struct Checked<O, A, B> {
    left: A,
    right: B,
    span: Span,
    kind: PhantomData<fn() -> O>,
}

impl<O: Fallible, A: Node<i64>, B: Node<i64>> Node<i64> for Checked<O, A, B> {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<i64, Fault> {
        let left = self.left.eval(f)?;
        let right = self.right.eval(f)?;
        match O::apply(left, right) {
            Some(result) => Ok(result),
            None => Err(failed(O::MESSAGE, self.span)),
        }
    }
}

#[cold]
#[inline(never)]
fn failed(message: &str, span: Span) -> Fault {
    Fault::error(message).at(span)
}

/// The node of an operator that can fail, made for its kinds of operands.
pub fn checked<O: Fallible>(left: Operand<i64>, right: Operand<i64>, span: Span) -> Expr<i64> {
    let kind = PhantomData::<fn() -> O>;
    with_leaf!(left, |left| with_leaf!(right, |right| Box::new(Checked { left, right, span, kind })))
}

/// `left && right` and `left || right` (L-51, L-61).
pub struct Both {
    /// Left operand.
    pub left: Expr<bool>,
    /// Right operand.
    pub right: Expr<bool>,
    /// The value of the left operand that ends the evaluation: true for `||`.
    pub stop: bool,
}

impl Node<bool> for Both {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        if self.left.eval(f)? == self.stop { Ok(self.stop) } else { self.right.eval(f) }
    }
}

/// `&&` and `||` over any number of operands (L-51, L-61).
pub struct Logic {
    /// The operands from left to right.
    pub operands: Vec<Expr<bool>>,
    /// The value that ends the evaluation: true for `||`.
    pub stop: bool,
}

impl Node<bool> for Logic {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        for operand in &self.operands {
            if operand.eval(f)? == self.stop {
                return Ok(self.stop);
            }
        }
        Ok(!self.stop)
    }
}

/// `cond ? yes : no` (L-62).
pub struct Choice<T: Carried> {
    /// The condition.
    pub cond: Expr<bool>,
    /// When true.
    pub yes: Expr<T>,
    /// When false.
    pub no: Expr<T>,
}

impl<T: Carried> Node<T> for Choice<T> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        if self.cond.eval(f)? { self.yes.eval(f) } else { self.no.eval(f) }
    }
}
