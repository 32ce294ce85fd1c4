//! Scalars that may be null: where they are read, and the operators that take them.
//!
//! Operands that are a variable, an element or a field of one, a local or a constant are part of their operator.

use super::{Bank, Expr, Frame, Node, NullLeaf, Operand, Operator, Scalar, with_leaf, with_null};
use crate::{
    source::Span,
    types::BinaryOp,
    value::{Fault, Plain, num_to_int},
};
use std::marker::PhantomData;

/// Reads a raw variable that may be null.
pub struct Nullable<T> {
    bank: Bank,
    at: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Nullable<T> {
    /// The variable in a slot and the one behind it.
    pub fn new(bank: Bank, at: u32) -> Self {
        Self { bank, at, kind: PhantomData }
    }
}

impl<T: Scalar> Node<Option<T>> for Nullable<T> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<T>, Fault> {
        Ok(f.nullable_in(self.bank, self.at))
    }

    fn leaf(&self) -> Option<NullLeaf> {
        Some(NullLeaf::Local(self.bank, self.at))
    }
}

/// A scalar that is never null although its node could say so.
pub struct Present<N> {
    /// The scalar.
    pub inner: N,
    /// Where, for the case that cannot happen.
    pub span: Span,
}

impl<T: Scalar, N: Node<Option<T>>> Node<T> for Present<N> {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        match self.inner.eval(f)? {
            Some(value) => Ok(value),
            None => Err(Fault::internal("a value that is never null was null").at(self.span)),
        }
    }
}

/// A scalar that is there, as one that may be null.
pub struct Somehow<N>(pub N);

impl<T: Scalar, N: Node<T>> Node<Option<T>> for Somehow<N> {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<T>, Fault> {
        self.0.eval(f).map(Some)
    }
}

/// A scalar that may be null, with something to stand in for null.
struct OrElse<T, N> {
    inner: N,
    other: T,
}

impl<T: Scalar, N: Node<Option<T>>> Node<T> for OrElse<T, N> {
    #[inline(always)]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        Ok(self.inner.eval(f)?.unwrap_or(self.other))
    }
}

/// The node of a scalar where null counts as `other`, after a pure function.
pub fn or_else<T: Scalar + Plain>(
    node: Expr<Option<T>>,
    other: T,
    function: impl Fn(T) -> T + Send + Sync + 'static,
) -> Expr<T> {
    with_null!(node, T, |inner| Box::new(super::Map::new(OrElse { inner, other }, function)))
}

/// An operand that may be null, or not.
pub enum Maybe<T: Scalar> {
    /// It is there.
    There(Operand<T>),
    /// It may be null.
    Null(Expr<Option<T>>),
}

/// Goes on with an operand as a node of its own type, which may yield null.
macro_rules! with_maybe {
    ($operand:expr, $ty:ty, |$node:ident| $made:expr) => {
        match $operand {
            Maybe::There(operand) => with_leaf!(operand, |operand| {
                let $node = Somehow(operand);
                $made
            }),
            Maybe::Null(operand) => with_null!(operand, $ty, |$node| $made),
        }
    };
}

/// `+` or `-` where one operand may be null and then is neutral (L-59).
struct NeutralNull<T, O, A, B> {
    left: A,
    right: B,
    /// What the right operand alone gives. Not the same as computing with zero: there are two zeros.
    alone: fn(T) -> T,
    kind: PhantomData<fn() -> O>,
}

impl<T, O, A, B> Node<Option<T>> for NeutralNull<T, O, A, B>
where
    T: Scalar,
    O: Operator<T, Out = T>,
    A: Node<Option<T>>,
    B: Node<Option<T>>,
{
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<T>, Fault> {
        let left = self.left.eval(f)?;
        let right = self.right.eval(f)?;
        Ok(match (left, right) {
            (Some(left), Some(right)) => Some(O::apply(left, right)),
            (Some(left), None) => Some(left),
            (None, Some(right)) => Some((self.alone)(right)),
            (None, None) => None,
        })
    }
}

/// The node of `+` or `-` with at least one operand that may be null: there if the other one is.
pub fn neutral<T: Scalar + Plain, O: Operator<T, Out = T>>(
    left: Maybe<T>,
    right: Maybe<T>,
    alone: fn(T) -> T,
    span: Span,
) -> Maybe<T> {
    let kind = PhantomData::<fn() -> O>;
    let there: Expr<T> = match (left, right) {
        (Maybe::Null(left), Maybe::Null(right)) => {
            return Maybe::Null(Box::new(NeutralNull { left, right, alone, kind }));
        }
        (Maybe::There(left), Maybe::There(right)) => super::binary::<T, O>(left, right),
        (Maybe::There(left), Maybe::Null(right)) => with_leaf!(left, |left| with_null!(right, T, |right| {
            Box::new(Present { inner: NeutralNull { left: Somehow(left), right, alone, kind }, span })
        })),
        (Maybe::Null(left), Maybe::There(right)) => with_null!(left, T, |left| with_leaf!(right, |right| {
            Box::new(Present { inner: NeutralNull { left, right: Somehow(right), alone, kind }, span })
        })),
    };
    Maybe::There(Operand::Node(there))
}

/// `integer + number` or `-` where one operand may be null: computed as number and cut (L-58), but an operand alone
/// stays exact.
pub struct NeutralCut {
    /// Left operand, if it may be null.
    pub left: Expr<Option<i64>>,
    /// Right operand, if it may be null.
    pub right: Expr<Option<f64>>,
    /// `-` instead of `+`.
    pub minus: bool,
}

impl Node<Option<i64>> for NeutralCut {
    #[expect(clippy::cast_precision_loss, reason = "L-41: an integer becomes the nearest number")]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<i64>, Fault> {
        let left = self.left.eval(f)?;
        let right = self.right.eval(f)?.map(|right| if self.minus { -right } else { right });
        Ok(match (left, right) {
            (Some(left), Some(right)) => Some(num_to_int(left as f64 + right)),
            (Some(left), None) => Some(left),
            (None, right) => right.map(num_to_int),
        })
    }
}

/// What makes a comparison true, as a set, or what makes it false: with null an ordering is false (L-60).
#[derive(Clone, Copy)]
struct Outcomes {
    set: u8,
    negated: bool,
}

impl Outcomes {
    const LESS: u8 = 1;
    const EQUAL: u8 = 2;
    const GREATER: u8 = 4;
    const BOTH_NULL: u8 = 8;

    /// Those of an operator.
    fn of(op: BinaryOp) -> Self {
        let (set, negated) = match op {
            BinaryOp::Lt => (Self::LESS, false),
            BinaryOp::Gt => (Self::GREATER, false),
            BinaryOp::Le => (Self::LESS | Self::EQUAL, false),
            BinaryOp::Ge => (Self::GREATER | Self::EQUAL, false),
            BinaryOp::Eq => (Self::EQUAL | Self::BOTH_NULL, false),
            _ => (Self::EQUAL | Self::BOTH_NULL, true),
        };
        Self { set, negated }
    }

    /// The outcome for two scalars; a number that is none is in no set.
    #[inline]
    fn between<T: PartialOrd>(left: T, right: T) -> u8 {
        u8::from(left < right) | (u8::from(left == right) << 1) | (u8::from(left > right) << 2)
    }

    #[inline]
    fn accept(self, outcome: u8) -> bool {
        (self.set & outcome != 0) != self.negated
    }
}

/// A comparison where operands may be null. One node serves all operators, since the kinds of operands are many.
struct CompareNullable<T, A, B> {
    left: A,
    right: B,
    accepts: Outcomes,
    kind: PhantomData<fn() -> T>,
}

impl<T, A, B> Node<bool> for CompareNullable<T, A, B>
where
    T: Scalar + PartialOrd,
    A: Node<Option<T>>,
    B: Node<Option<T>>,
{
    #[inline(always)]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        let left = self.left.eval(f)?;
        let right = self.right.eval(f)?;
        Ok(self.accepts.accept(match (left, right) {
            (Some(left), Some(right)) => Outcomes::between(left, right),
            (None, None) => Outcomes::BOTH_NULL,
            _ => 0,
        }))
    }
}

/// The node of a comparison whose left operand may be null.
pub fn compare_nullable<T: Scalar + Plain + PartialOrd>(
    op: BinaryOp,
    left: Expr<Option<T>>,
    right: Maybe<T>,
) -> Expr<bool> {
    let (accepts, kind) = (Outcomes::of(op), PhantomData::<fn() -> T>);
    with_null!(left, T, |left| with_maybe!(right, T, |right| {
        Box::new(CompareNullable { left, right, accepts, kind })
    }))
}
