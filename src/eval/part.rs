//! Elements and fields of variables, read and written where they are. Whatever is unusual (a null, a position that is
//! not there, a key, a body that somebody else holds) goes the long way of [`Target`] with the same indexes.

use super::{
    Bank, Exec, Expr, Flow, Frame, Node, Operand, Operator, Scalar, Seen, Shifted, Somehow, Stmt, Target, get,
    with_leaf,
};
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
    /// Its indexes, if no more than a look is needed for them.
    fn look(&self, _: &Frame<'_, '_>) -> Option<Self::At> {
        None
    }
    /// The way as a leaf, if it is short enough for one.
    fn leaf(&self) -> Option<LeafWay> {
        None
    }
}

/// The way of a [`NullLeaf`].
#[derive(Clone, Copy)]
pub enum LeafWay {
    /// A field.
    Field(StructId, u32),
    /// An element.
    Element(Shifted),
}

/// A field.
pub struct Field(pub StructId, pub u32);

impl Way for Field {
    type At = [Hop; 1];
    #[inline]
    fn at(&self, _: &mut Frame<'_, '_>) -> Result<[Hop; 1], Fault> {
        Ok([Hop::Field(self.0, self.1)])
    }

    #[inline]
    fn look(&self, _: &Frame<'_, '_>) -> Option<[Hop; 1]> {
        Some([Hop::Field(self.0, self.1)])
    }

    fn leaf(&self) -> Option<LeafWay> {
        Some(LeafWay::Field(self.0, self.1))
    }
}

/// An element.
pub struct Element<I>(pub I);

impl<I: Node<i64>> Way for Element<I> {
    type At = [Hop; 1];
    #[inline]
    fn at(&self, f: &mut Frame<'_, '_>) -> Result<[Hop; 1], Fault> {
        Ok([Hop::Element(self.0.eval(f)?)])
    }

    #[inline]
    fn look(&self, f: &Frame<'_, '_>) -> Option<[Hop; 1]> {
        self.0.shifted().map(|index| [Hop::Element(index.get(f))])
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
    /// The steps: one or more, then none.
    pub steps: [Option<PartStep>; Part::MOST],
    /// The same in general. Its indexes are not evaluated.
    pub long: Target,
}

/// Goes on with the steps as a way of its own type.
macro_rules! with_way {
    ($steps:expr, |$way:ident| $made:expr) => {{
        match $steps {
            [Some(PartStep::Field(id, place)), None, None] => {
                let $way = Field(id, place);
                $made
            }
            [Some(PartStep::Element(index)), None, None] => match index.shifted() {
                Some(index) => {
                    let $way = Element::<Shifted>(index);
                    $made
                }
                None => {
                    let $way = Element::<Expr<i64>>(index);
                    $made
                }
            },
            [Some(first), Some(last), None] => {
                let $way = Nested([first, last]);
                $made
            }
            [Some(first), Some(second), Some(last)] => {
                let $way = Nested([first, second, last]);
                $made
            }
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
        with_way!(steps, |way| Some(Box::new(PartRead { bank, at, way, long, kind })))
    }

    /// The node that reads it as a value.
    pub fn read_value(self) -> Option<Expr<Value>> {
        let Self { bank, at, steps, long } = self;
        let long = Arc::new(long);
        with_way!(steps, |way| Some(Box::new(PartValue { bank, at, way, long })))
    }

    /// The statement that writes a scalar.
    pub fn write<P: Scalar + Plain>(self, value: Operand<P>) -> Option<Stmt> {
        let Self { bank, at, steps, long } = self;
        let long = Arc::new(long);
        let kind = PhantomData::<fn() -> P>;
        with_way!(steps, |way| with_leaf!(value, |value| {
            let value = Somehow(value);
            Some(Box::new(PartWrite { bank, at, way, value, long, kind }))
        }))
    }

    /// The statement that writes a scalar that may be null.
    pub fn write_nullable<P: Scalar + Plain>(self, value: Expr<Option<P>>) -> Option<Stmt> {
        let Self { bank, at, steps, long } = self;
        let long = Arc::new(long);
        let kind = PhantomData::<fn() -> P>;
        with_null!(value, P, |value| with_way!(steps, |way| {
            Some(Box::new(PartWrite { bank, at, way, value, long, kind }))
        }))
    }

    /// The statement that writes a text or scalar.
    pub fn write_value(self, value: Expr<Value>) -> Option<Stmt> {
        let Self { bank, at, steps, long } = self;
        with_way!(steps, |way| Some(Box::new(PartSet { bank, at, way, value, long })))
    }

    /// The statement that changes it by an operator whose right side is a scalar that changes nothing. `from` is how it
    /// is read in general; `alone` is what the right side gives where the part is null (L-59).
    pub fn update<P: Scalar + Plain, O: Operator<P, Out = P>>(
        self,
        from: Target,
        value: Operand<P>,
        alone: fn(P) -> P,
    ) -> Option<Stmt> {
        let Self { bank, at, steps, long } = self;
        let kind = PhantomData::<fn() -> (P, O)>;
        with_way!(steps, |way| with_leaf!(value, |value| {
            Some(Box::new(PartUpdate { bank, at, way, value, alone, from, to: long, kind }))
        }))
    }
}

/// Reads a part as a scalar.
pub struct PartRead<P, W> {
    bank: Bank,
    at: u32,
    way: W,
    long: Arc<Target>,
    kind: PhantomData<fn() -> P>,
}

impl<P, W> PartRead<P, W> {
    /// The node of a part in a slot; `long` is the same in general.
    pub fn new(bank: Bank, at: u32, way: W, long: Arc<Target>) -> Self {
        Self { bank, at, way, long, kind: PhantomData }
    }
}

impl<P: Scalar + Plain, W: Way> PartRead<P, W> {
    #[cold]
    #[inline(never)]
    fn read_long(&self, at: W::At, f: &mut Frame<'_, '_>) -> Result<Option<P>, Fault> {
        Ok(P::of_value(&self.long.read_part(at.as_ref(), f)?))
    }
}

impl<P: Scalar + Plain, W: Way> Node<Option<P>> for PartRead<P, W> {
    #[inline(always)]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<P>, Fault> {
        let at = self.way.at(f)?;
        match value::scalar_at(f.value_in(self.bank, self.at), at.as_ref()) {
            Some(found) => Ok(Some(found)),
            None => self.read_long(at, f),
        }
    }

    fn leaf(&self) -> Option<NullLeaf> {
        Some(NullLeaf::Part(self.bank, self.at, self.way.leaf()?, Arc::clone(&self.long)))
    }
}

/// A scalar that may be null and is read where it is.
pub enum NullLeaf {
    /// A variable in a slot and the one behind it.
    Local(Bank, u32),
    /// A field or element of a variable.
    Part(Bank, u32, LeafWay, Arc<Target>),
}

/// Goes on with a node that may yield null as a node of its own type, leaves being told apart.
macro_rules! with_null {
    ($operand:expr, $ty:ty, |$node:ident| $made:expr) => {{
        let operand = $operand;
        match operand.leaf() {
            Some($crate::eval::NullLeaf::Local(bank, at)) => {
                let $node = $crate::eval::Nullable::<$ty>::new(bank, at);
                $made
            }
            Some($crate::eval::NullLeaf::Part(bank, at, $crate::eval::LeafWay::Field(id, place), long)) => {
                let $node = $crate::eval::PartRead::<$ty, _>::new(bank, at, $crate::eval::Field(id, place), long);
                $made
            }
            Some($crate::eval::NullLeaf::Part(bank, at, $crate::eval::LeafWay::Element(index), long)) => {
                let $node = $crate::eval::PartRead::<$ty, _>::new(bank, at, $crate::eval::Element(index), long);
                $made
            }
            None => {
                let $node = operand;
                $made
            }
        }
    }};
}
pub(crate) use with_null;

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

    fn looks(&self) -> bool {
        self.way.leaf().is_some()
    }

    fn look<'f>(&'f self, f: &'f Frame<'_, '_>) -> Option<Seen<'f>> {
        let at = self.way.look(f)?;
        let found = value::value_at(f.value_in(self.bank, self.at), at.as_ref())?;
        (!found.is_absent()).then_some(Seen::Value(found))
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
        self.write_long(at, new, f)
    }
}

impl<P: Scalar + Plain, W: Way, V> PartWrite<P, W, V> {
    #[cold]
    #[inline(never)]
    fn write_long(&self, at: W::At, new: Option<P>, f: &mut Frame<'_, '_>) -> Flow {
        get!(f, self.long.write_part(at.as_ref(), new.map_or(Value::Null, P::into_value), f));
        Flow::Next
    }
}

/// Writes a text or scalar into a part.
struct PartSet<W> {
    bank: Bank,
    at: u32,
    way: W,
    value: Expr<Value>,
    long: Target,
}

impl<W: Way> Exec for PartSet<W> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let at = get!(f, self.way.at(f));
        let new = get!(f, self.value.eval(f));
        let Some((slot, _)) = f.slot_and_context(self.bank, self.at) else { return Flow::Next };
        if let Err(new) = value::replace_at(slot, at.as_ref(), new) {
            get!(f, self.long.write_part(at.as_ref(), new, f));
        }
        Flow::Next
    }
}

/// Changes a scalar in a part by an operator.
struct PartUpdate<P, O, W, V> {
    bank: Bank,
    at: u32,
    way: W,
    value: V,
    alone: fn(P) -> P,
    from: Target,
    to: Target,
    kind: PhantomData<fn() -> (P, O)>,
}

impl<P, O, W, V> Exec for PartUpdate<P, O, W, V>
where
    P: Scalar + Plain,
    O: Operator<P, Out = P>,
    W: Way,
    V: Node<P>,
{
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let at = get!(f, self.way.at(f));
        let value = self.value.eval(f);
        if let Ok(value) = value
            && let Some((slot, _)) = f.slot_and_context(self.bank, self.at)
            && let Some(place) = value::scalar_at_mut::<P>(slot, at.as_ref())
        {
            *place = O::apply(*place, value);
            return Flow::Next;
        }
        get!(f, self.update_long(at, value, f));
        Flow::Next
    }
}

impl<P: Scalar + Plain, O: Operator<P, Out = P>, W: Way, V> PartUpdate<P, O, W, V> {
    /// The part is read first, so what is wrong with it comes before what is wrong with the right side (L-51).
    #[cold]
    #[inline(never)]
    fn update_long(&self, at: W::At, value: Result<P, Fault>, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        let hops = at.as_ref();
        let old = P::of_value(&self.from.read_part(hops, f)?);
        let value = value?;
        let new = old.map_or_else(|| (self.alone)(value), |old| O::apply(old, value));
        self.to.write_part(hops, new.into_value(), f)
    }
}
