use super::{
    AfterTurn, Bank, Block, Branch, Flow, Frame, NullLeaf, Rest, ReturnScalar, Scalar, StoreLocal, Term, Test, Turns,
    box_scalar, unbox_scalar,
};
use crate::{
    source::Span,
    types::Type,
    value::{Fault, Value},
};
use std::marker::PhantomData;

/// An expression that yields a `T`: `i64`, `f64`, `bool`, an `Option` of these, or a [`Value`].
pub trait Node<T>: Send + Sync + 'static {
    /// Computes the value.
    ///
    /// # Errors
    /// Whatever the script does wrong, and limits.
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault>
    where
        Self: Sized;

    /// The node as a local integer with a constant added, if it is just that: such positions are leaves.
    fn shifted(&self) -> Option<Shifted> {
        None
    }

    /// The node as a product of a local with a local or constant, if it is just that: such terms are leaves of sums.
    fn term(&self) -> Option<Term<T>> {
        None
    }

    /// The node as a scalar that may be null and is read where it is, if it is just that.
    fn leaf(&self) -> Option<NullLeaf> {
        None
    }

    /// The slot of the value bank that the node reads, if it is just a local variable: whoever needs no copy can look
    /// at the value where it is.
    fn local(&self) -> Option<u32> {
        None
    }

    /// Whether it may be worth to [`Node::look`].
    fn looks(&self) -> bool {
        false
    }

    /// What the node yields, where it stands; none where evaluating takes more than a look. The frame stays as it is.
    fn look<'f>(&'f self, _: &'f Frame<'_, '_>) -> Option<Seen<'f>> {
        None
    }
}

/// What a node yields, where it stands.
#[derive(Clone, Copy)]
pub enum Seen<'f> {
    /// A text of the program.
    Const(&'f str),
    /// A value.
    Value(&'f Value),
}

impl<'f> Seen<'f> {
    /// The characters, if it is a text.
    #[inline]
    pub fn text(self) -> Option<&'f str> {
        match self {
            Self::Const(text) => Some(text),
            Self::Value(Value::Text(text)) => Some(text.as_str()),
            Self::Value(_) => None,
        }
    }

    /// The characters in UTF-8, if it is a text, which costs less.
    #[inline]
    pub fn bytes(self) -> Option<&'f [u8]> {
        match self {
            Self::Const(text) => Some(text.as_bytes()),
            Self::Value(Value::Text(text)) => Some(text.as_bytes()),
            Self::Value(_) => None,
        }
    }
}

/// A statement.
pub trait Exec: Send + Sync {
    /// Runs it.
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow;
}

/// A boxed expression.
pub type Expr<T> = Box<dyn Fuse<T>>;
/// A boxed statement.
pub type Stmt = Box<dyn Exec>;

impl<T: Carried> Node<T> for Expr<T> {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        T::unpack((**self).carry(f))
    }

    fn shifted(&self) -> Option<Shifted> {
        (**self).shifted()
    }

    fn term(&self) -> Option<Term<T>> {
        (**self).term()
    }

    fn leaf(&self) -> Option<NullLeaf> {
        (**self).leaf()
    }

    fn local(&self) -> Option<u32> {
        (**self).local()
    }

    fn looks(&self) -> bool {
        (**self).looks()
    }

    fn look<'f>(&'f self, f: &'f Frame<'_, '_>) -> Option<Seen<'f>> {
        (**self).look(f)
    }
}

/// What a boxed node can become a part of. It leaves its box, so that statement and expression are one node and one
/// call less at run time; the compiler makes the combinations.
pub trait Fuse<T: Carried>: Node<T> {
    /// Computes the value and hands it over in registers.
    fn carry(&self, f: &mut Frame<'_, '_>) -> T::Wire;

    /// The statement that stores the value in a raw local.
    fn store(self: Box<Self>, at: u32) -> Stmt
    where
        T: Scalar;

    /// The statement that returns the value from a function.
    fn give_back(self: Box<Self>) -> Stmt
    where
        T: Scalar;

    /// `if (...) yes else no`, where the value is the first part of the condition.
    fn branch(self: Box<Self>, rest: Rest, yes: Block, no: Option<Block>) -> Stmt
    where
        T: Into<bool>;

    /// `while (...) body`, where the value is the first part of the condition, with what runs after each turn.
    fn turns(self: Box<Self>, rest: Rest, body: Block, step: AfterTurn) -> Stmt
    where
        T: Into<bool>;
}

impl<T: Carried, N: Node<T>> Fuse<T> for N {
    fn carry(&self, f: &mut Frame<'_, '_>) -> T::Wire {
        T::pack(self.eval(f))
    }

    fn store(self: Box<Self>, at: u32) -> Stmt
    where
        T: Scalar,
    {
        Box::new(StoreLocal { at, node: *self, kind: PhantomData::<fn() -> T> })
    }

    fn give_back(self: Box<Self>) -> Stmt
    where
        T: Scalar,
    {
        Box::new(ReturnScalar { node: *self, kind: PhantomData::<fn() -> T> })
    }

    fn branch(self: Box<Self>, rest: Rest, yes: Block, no: Option<Block>) -> Stmt
    where
        T: Into<bool>,
    {
        Box::new(Branch { test: Test::new(*self, rest), yes, no })
    }

    fn turns(self: Box<Self>, rest: Rest, body: Block, step: AfterTurn) -> Stmt
    where
        T: Into<bool>,
    {
        Box::new(Turns { test: Test::new(*self, rest), body, step })
    }
}

/// A type that nodes yield, and the form in which it leaves a boxed node: one that fits two registers, where
/// `Result<f64, Fault>` and its like would go through memory.
pub trait Carried: Sized + 'static {
    /// The form.
    type Wire;
    /// Into the form.
    fn pack(result: Result<Self, Fault>) -> Self::Wire;
    /// Out of the form.
    ///
    /// # Errors
    /// What was packed.
    fn unpack(wire: Self::Wire) -> Result<Self, Fault>;
}

impl<T: Scalar> Carried for T {
    type Wire = Result<u64, Fault>;
    #[inline]
    fn pack(result: Result<T, Fault>) -> Self::Wire {
        result.map(T::bits)
    }
    #[inline]
    fn unpack(wire: Self::Wire) -> Result<T, Fault> {
        wire.map(T::of)
    }
}

/// What carries a scalar that may be null.
pub enum MaybeWire {
    /// Null.
    Null,
    /// The bits of a scalar.
    There(u64),
    /// A fault.
    Failed(Fault),
}

impl<T: Scalar> Carried for Option<T> {
    type Wire = MaybeWire;
    #[inline]
    fn pack(result: Result<Option<T>, Fault>) -> MaybeWire {
        match result {
            Ok(Some(scalar)) => MaybeWire::There(scalar.bits()),
            Ok(None) => MaybeWire::Null,
            Err(fault) => MaybeWire::Failed(fault),
        }
    }
    #[inline]
    fn unpack(wire: MaybeWire) -> Result<Option<T>, Fault> {
        match wire {
            MaybeWire::There(bits) => Ok(Some(T::of(bits))),
            MaybeWire::Null => Ok(None),
            MaybeWire::Failed(fault) => Err(fault),
        }
    }
}

impl Carried for Value {
    type Wire = Result<Value, Fault>;
    #[inline]
    fn pack(result: Self::Wire) -> Self::Wire {
        result
    }
    #[inline]
    fn unpack(wire: Self::Wire) -> Self::Wire {
        wire
    }
}

/// Evaluates inside a statement, leaving it with [`Flow::Fail`] on a fault.
macro_rules! get {
    ($f:expr, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err(fault) => return $f.run.fail(fault.into()),
        }
    };
}
pub(crate) use get;

/// An operand: leaves are told apart so that operators can be made for them.
pub enum Operand<T: Carried> {
    /// A local variable.
    Local(u32),
    /// A constant.
    Const(T),
    /// Anything else.
    Node(Expr<T>),
}

/// Goes on with an operand as a node of its own type: the code is made for each kind of leaf.
macro_rules! with_leaf {
    ($operand:expr, |$node:ident| $made:expr) => {
        match $operand {
            Operand::Local(at) => {
                let $node = $crate::eval::Local::new(at);
                $made
            }
            Operand::Const(value) => {
                let $node = $crate::eval::Const(value);
                $made
            }
            Operand::Node($node) => $made,
        }
    };
}
pub(crate) use with_leaf;

impl<T: Scalar> Operand<T> {
    /// The operand as a node of its own.
    pub fn boxed(self) -> Expr<T> {
        match self {
            Self::Local(at) => Box::new(Local::<T>::new(at)),
            Self::Const(value) => Box::new(Const(value)),
            Self::Node(node) => node,
        }
    }
}

/// A local integer with a constant added.
#[derive(Clone, Copy)]
pub struct Shifted {
    /// Which slot.
    pub at: u32,
    /// What is added, wrapping (L-33).
    pub by: i64,
}

impl Shifted {
    /// The sum.
    #[inline]
    pub fn get(self, f: &Frame<'_, '_>) -> i64 {
        f.scalar::<i64>(self.at).wrapping_add(self.by)
    }
}

impl Node<i64> for Shifted {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<i64, Fault> {
        Ok(self.get(f))
    }

    fn shifted(&self) -> Option<Shifted> {
        Some(*self)
    }
}

/// Reads a raw local.
pub struct Local<T> {
    at: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Local<T> {
    /// The local in a slot.
    pub fn new(at: u32) -> Self {
        Self { at, kind: PhantomData }
    }
}

impl<T: Scalar> Node<T> for Local<T> {
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        Ok(f.scalar(self.at))
    }
}

/// Reads a raw global.
pub struct Global<T> {
    at: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Global<T> {
    /// The global in a slot.
    pub fn new(at: u32) -> Self {
        Self { at, kind: PhantomData }
    }
}

impl<T: Scalar> Node<T> for Global<T> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        Ok(f.scalar_in(Bank::Global, self.at))
    }
}

/// A constant.
pub struct Const<T>(pub T);

impl<T: Scalar> Node<T> for Const<T> {
    #[inline]
    fn eval(&self, _: &mut Frame<'_, '_>) -> Result<T, Fault> {
        Ok(self.0)
    }
}

/// Null.
pub struct NullNode;

impl Node<Value> for NullNode {
    fn eval(&self, _: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        Ok(Value::Null)
    }
}

impl<T: Scalar> Node<Option<T>> for NullNode {
    fn eval(&self, _: &mut Frame<'_, '_>) -> Result<Option<T>, Fault> {
        Ok(None)
    }
}

/// Reads a variable of the value bank.
pub struct Ref {
    /// Where.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
}

impl Node<Value> for Ref {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        Ok(f.value_in(self.bank, self.at).clone())
    }

    fn local(&self) -> Option<u32> {
        (self.bank == Bank::Local).then_some(self.at)
    }

    fn looks(&self) -> bool {
        true
    }

    fn look<'f>(&'f self, f: &'f Frame<'_, '_>) -> Option<Seen<'f>> {
        Some(Seen::Value(f.value_in(self.bank, self.at)))
    }
}

/// A text constant, made once per run.
pub struct TextConst {
    /// Its number in [`Executable::texts`](super::Executable::texts).
    pub index: u32,
}

impl Node<Value> for TextConst {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        Ok(f.text_const(self.index))
    }

    fn looks(&self) -> bool {
        true
    }

    fn look<'f>(&'f self, f: &'f Frame<'_, '_>) -> Option<Seen<'f>> {
        Some(Seen::Const(f.run.exe.texts.get(self.index as usize)))
    }
}

impl Frame<'_, '_> {
    /// A text constant of the program.
    pub fn text_const(&mut self, index: u32) -> Value {
        let index = index as usize;
        let run = &mut *self.run;
        match run.texts.get_mut(index) {
            Some(slot) => {
                if slot.is_absent() {
                    *slot = Value::text(run.exe.texts.get(index));
                }
                slot.clone()
            }
            None => Value::Null,
        }
    }
}

/// The arguments of the run.
pub struct Argv;

impl Node<Value> for Argv {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        Ok(f.run.argv.clone())
    }
}

/// A raw scalar as a value.
pub struct Boxed<T, N> {
    /// The scalar.
    pub inner: N,
    /// Its SIL type.
    pub ty: Type,
    kind: PhantomData<fn() -> T>,
}

impl<T, N> Boxed<T, N> {
    /// Boxes what `inner` yields.
    pub fn new(inner: N, ty: Type) -> Self {
        Self { inner, ty, kind: PhantomData }
    }
}

impl<T: Scalar, N: Node<T>> Node<Value> for Boxed<T, N> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        Ok(box_scalar(self.ty, self.inner.eval(f)?.bits()))
    }
}

/// A scalar that may be null as a value.
pub struct BoxedOption<T: Scalar> {
    /// The scalar.
    pub inner: Expr<Option<T>>,
    /// Its SIL type.
    pub ty: Type,
}

impl<T: Scalar> Node<Value> for BoxedOption<T> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        Ok(self.inner.eval(f)?.map_or(Value::Null, |scalar| box_scalar(self.ty, scalar.bits())))
    }
}

/// A value of a known scalar type as a raw scalar.
pub struct Unboxed {
    /// The value.
    pub inner: Expr<Value>,
    /// Its SIL type.
    pub ty: Type,
    /// Where, for the case that cannot happen.
    pub span: Span,
}

impl<T: Scalar> Node<Option<T>> for Unboxed {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<T>, Fault> {
        let value = self.inner.eval(f)?;
        unbox_scalar(self.ty, &value).map(|bits| bits.map(T::of)).map_err(|fault| fault.at(self.span))
    }
}

/// A pure function of one scalar, as a node.
pub struct Map<A, F, N> {
    inner: N,
    function: F,
    kind: PhantomData<fn(A)>,
}

impl<A, F, N> Map<A, F, N> {
    /// Applies `function` to what `inner` yields.
    pub fn new(inner: N, function: F) -> Self {
        Self { inner, function, kind: PhantomData }
    }
}

impl<A, B, F, N> Node<B> for Map<A, F, N>
where
    A: 'static,
    F: Fn(A) -> B + Send + Sync + 'static,
    N: Node<A>,
{
    #[inline]
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<B, Fault> {
        self.inner.eval(f).map(&self.function)
    }
}
