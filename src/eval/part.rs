//! Elements and fields of variables, read and written where they are. Whatever is unusual (a null, a position that is
//! not there, a key, a body that somebody else holds) goes the long way of [`Target`] with the same indexes.

use super::{Bank, Exec, Expr, Flow, Frame, Node, Operand, Scalar, Shifted, Somehow, Stmt, Target, get, with_leaf};
use crate::{
    types::StructId,
    value::{self, Fault, Hop, Plain, Value},
};
use std::{marker::PhantomData, sync::Arc};

/// The way from a variable to a part of it.
pub trait Way: Send + Sync + 'static {
    /// Its indexes, evaluated.
    type At: Copy + AsRef<[Hop]>;
    /// Evaluates the indexes.
    ///
    /// # Errors
    /// Whatever they do wrong.
    fn at(&self, f: &mut Frame<'_, '_>) -> Result<Self::At, Fault>;
    /// The way as a leaf, if it is short enough for one.
    fn leaf(&self) -> Option<LeafWay> {
        None
    }
}

/// The last step to a leaf.
#[derive(Clone, Copy)]
pub enum LeafWay {
    /// A field.
    Field(StructId, u32),
    /// An element.
    Element(Shifted),
}

/// A field.
struct Field(StructId, u32);

impl Way for Field {
    type At = [Hop; 1];
    #[inline]
    fn at(&self, _: &mut Frame<'_, '_>) -> Result<[Hop; 1], Fault> {
        Ok([Hop::Field(self.0, self.1)])
    }

    fn leaf(&self) -> Option<LeafWay> {
        Some(LeafWay::Field(self.0, self.1))
    }
}

/// An element.
struct Element<I>(I);

impl<I: Node<i64>> Way for Element<I> {
    type At = [Hop; 1];
    #[inline]
    fn at(&self, f: &mut Frame<'_, '_>) -> Result<[Hop; 1], Fault> {
        Ok([Hop::Element(self.0.eval(f)?)])
    }

    fn leaf(&self) -> Option<LeafWay> {
        self.0.shifted().map(LeafWay::Element)
    }
}

/// Fields and elements of fields and elements.
struct Nested<const N: usize>([PartStep; N]);

impl<const N: usize> Way for Nested<N>
where
    [Hop; N]: AsRef<[Hop]>,
{
    type At = [Hop; N];
    fn at(&self, f: &mut Frame<'_, '_>) -> Result<[Hop; N], Fault> {
        let mut hops = [Hop::Element(0); N];
        for (hop, step) in hops.iter_mut().zip(&self.0) {
            *hop = match step {
                PartStep::Field(id, place) => Hop::Field(*id, *place),
                PartStep::Element(index) => Hop::Element(index.eval(f)?),
            };
        }
        Ok(hops)
    }
}

/// One step of a [`Part`].
pub enum PartStep {
    /// A field, by position.
    Field(StructId, u32),
    /// An element, by position.
    Element(Expr<i64>),
}

/// A part of a variable of the value bank.
pub struct Part {
    /// Where the variable is.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
    /// The steps: one to [`Part::MOST`].
    pub steps: Vec<PartStep>,
    /// The same in general. Its indexes are not evaluated.
    pub long: Target,
}

/// Goes on with the steps as a way of its own type.
macro_rules! with_way {
    ($steps:expr, $long:ident, |$way:ident| $made:expr) => {{
        let mut steps = $steps;
        match (steps.len(), steps.pop()) {
            (1, Some(PartStep::Field(id, place))) => {
                let $way = Field(id, place);
                $made
            }
            (1, Some(PartStep::Element(index))) => match index.shifted() {
                Some(index) => {
                    let $way = Element::<Shifted>(index);
                    $made
                }
                None => {
                    let $way = Element::<Expr<i64>>(index);
                    $made
                }
            },
            (2, Some(last)) => match <[PartStep; 1]>::try_from(steps) {
                Ok([first]) => {
                    let $way = Nested([first, last]);
                    $made
                }
                Err(_) => None,
            },
            (3, Some(last)) => match <[PartStep; 2]>::try_from(steps) {
                Ok([first, second]) => {
                    let $way = Nested([first, second, last]);
                    $made
                }
                Err(_) => None,
            },
            _ => None,
        }
    }};
}

impl Part {
    /// The most steps.
    pub const MOST: usize = 3;

    /// The node that reads it as a scalar.
    pub fn read<P: Scalar + Plain>(self) -> Option<Expr<Option<P>>> {
        let Self { bank, at, steps, long } = self;
        let long = Arc::new(long);
        let kind = PhantomData::<fn() -> P>;
        with_way!(steps, long, |way| Some(Box::new(PartRead { bank, at, way, long, kind })))
    }

    /// The node that reads it as a value.
    pub fn read_value(self) -> Option<Expr<Value>> {
        let Self { bank, at, steps, long } = self;
        let long = Arc::new(long);
        with_way!(steps, long, |way| Some(Box::new(PartValue { bank, at, way, long })))
    }

    /// The statement that writes a scalar.
    pub fn write<P: Scalar + Plain>(self, value: Operand<P>) -> Option<Stmt> {
        let Self { bank, at, steps, long } = self;
        let long = Arc::new(long);
        let kind = PhantomData::<fn() -> P>;
        with_way!(steps, long, |way| with_leaf!(value, |value| {
            let value = Somehow(value);
            Some(Box::new(PartWrite { bank, at, way, value, long, kind }))
        }))
    }

    /// The statement that writes a scalar that may be null.
    pub fn write_nullable<P: Scalar + Plain>(self, value: Expr<Option<P>>) -> Option<Stmt> {
        let Self { bank, at, steps, long } = self;
        let long = Arc::new(long);
        let kind = PhantomData::<fn() -> P>;
        match value.leaf() {
            Some(leaf) => with_way!(steps, long, |way| {
                let value = LeafRead::<P>::new(leaf);
                Some(Box::new(PartWrite { bank, at, way, value, long, kind }))
            }),
            None => with_way!(steps, long, |way| Some(Box::new(PartWrite { bank, at, way, value, long, kind }))),
        }
    }
}

/// Reads a part as a scalar.
struct PartRead<P, W> {
    bank: Bank,
    at: u32,
    way: W,
    long: Arc<Target>,
    kind: PhantomData<fn() -> P>,
}

impl<P: Scalar + Plain, W: Way> Node<Option<P>> for PartRead<P, W> {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<P>, Fault> {
        let at = self.way.at(f)?;
        match value::scalar_at(f.value_in(self.bank, self.at), at.as_ref()) {
            Some(found) => Ok(Some(found)),
            None => Ok(P::of_value(&self.long.read_part(at.as_ref(), f)?)),
        }
    }

    fn leaf(&self) -> Option<MaybeLeaf> {
        let way = self.way.leaf()?;
        Some(MaybeLeaf { bank: self.bank, at: self.at, part: Some((way, Arc::clone(&self.long))) })
    }
}

/// A scalar that may be null and is read where it is: a local, or a field or element of one.
#[derive(Clone)]
pub struct MaybeLeaf {
    bank: Bank,
    at: u32,
    part: Option<(LeafWay, Arc<Target>)>,
}

impl MaybeLeaf {
    /// A variable in a slot and the one behind it.
    pub fn local(bank: Bank, at: u32) -> Self {
        Self { bank, at, part: None }
    }
}

/// Reads a [`MaybeLeaf`].
pub struct LeafRead<P> {
    leaf: MaybeLeaf,
    kind: PhantomData<fn() -> P>,
}

impl<P> LeafRead<P> {
    /// The node of a leaf.
    pub fn new(leaf: MaybeLeaf) -> Self {
        Self { leaf, kind: PhantomData }
    }
}

impl<P: Scalar + Plain> Node<Option<P>> for LeafRead<P> {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<P>, Fault> {
        let MaybeLeaf { bank, at, part } = &self.leaf;
        let Some((way, long)) = part else { return Ok(f.nullable_in(*bank, *at)) };
        let hop = match *way {
            LeafWay::Field(id, place) => Hop::Field(id, place),
            LeafWay::Element(index) => Hop::Element(index.eval(f)?),
        };
        match hop.scalar(f.value_in(*bank, *at)) {
            Some(found) => Ok(Some(found)),
            None => Ok(P::of_value(&long.read_part(&[hop], f)?)),
        }
    }
}

/// Reads a part as a value.
struct PartValue<W> {
    bank: Bank,
    at: u32,
    way: W,
    long: Arc<Target>,
}

impl<W: Way> Node<Value> for PartValue<W> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let at = self.way.at(f)?;
        match value::value_at(f.value_in(self.bank, self.at), at.as_ref()) {
            // Null is an empty array where the type is one (L-40): the long way knows.
            Some(found) if !found.is_absent() => Ok(found.clone()),
            _ => self.long.read_part(at.as_ref(), f),
        }
    }
}

/// Writes a scalar into a part.
struct PartWrite<P, W, V> {
    bank: Bank,
    at: u32,
    way: W,
    value: V,
    long: Arc<Target>,
    kind: PhantomData<fn() -> P>,
}

impl<P: Scalar + Plain, W: Way, V: Node<Option<P>>> Exec for PartWrite<P, W, V> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let at = get!(f, self.way.at(f));
        let new = get!(f, self.value.eval(f));
        let Some((slot, _)) = f.slot_and_context(self.bank, self.at) else { return Flow::Next };
        if let Some(new) = new
            && let Some(place) = value::scalar_at_mut(slot, at.as_ref())
        {
            *place = new;
            return Flow::Next;
        }
        get!(f, self.long.write_part(at.as_ref(), new.map_or(Value::Null, P::into_value), f));
        Flow::Next
    }
}
