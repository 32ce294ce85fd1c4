//! Calls of the script's functions and of routines.

use super::{
    Exec, Expr, Flow, Frame, Function, NATIVE_CHUNK, NATIVE_RESERVE, Node, Run, Scalar, Segment, Shifted, Stmt, get,
    scalar_bits, unbox_scalar,
};
use crate::{
    call::{Callee, ScalarFn},
    limits::memory,
    source::Span,
    types::Type,
    value::{self, Fault, FaultKind, Value},
};
use std::{marker::PhantomData, sync::Arc};

/// Pieces of the stack that a run keeps for the next descent, at most.
const SPARES: usize = 16;
/// The size up to which they are kept, in bytes.
const SPARE_BYTES: usize = 64 << 10;

/// How an argument gets into its slot.
pub enum Argument {
    /// From a raw local: an integer may have a constant added, to anything else nothing is.
    Copy {
        /// The local and the constant.
        from: Shifted,
        /// The slot.
        to: u32,
    },
    /// A raw constant.
    Set {
        /// The constant.
        bits: u64,
        /// The slot.
        to: u32,
    },
    /// Anything else.
    Stmt(Stmt),
}

impl Argument {
    /// Puts it into its slot.
    #[inline(always)]
    fn put(&self, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        match self {
            &Self::Copy { from, to } => f.set_scalar(to, from.get(f)),
            &Self::Set { bits, to } => f.set_scalar(to, bits),
            Self::Stmt(stmt) => {
                if stmt.exec(f) == Flow::Fail {
                    return Err(f.run.take_fault());
                }
            }
        }
        Ok(())
    }
}

/// A call of a function of the script.
///
/// The arguments are evaluated straight into the slots that become the callee's first ones: its frame begins at the
/// window, above everything that is live in the caller.
pub struct Call {
    /// Which function of [`Executable::functions`](super::Executable::functions).
    pub function: u32,
    /// What puts the arguments into their slots.
    pub arguments: Box<[Argument]>,
    /// First raw slot of the callee.
    pub scalars: u32,
    /// First value slot of the callee.
    pub refs: u32,
    /// Where the call stands.
    pub span: Span,
}

impl Call {
    /// Runs the function; its result waits in the run. `false` when it ended without `return`.
    #[inline(always)]
    fn invoke(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        for argument in &self.arguments {
            argument.put(f)?;
        }
        let exe = f.run.exe;
        let Some(function) = exe.functions.get(self.function as usize) else {
            return Err(Fault::internal("a call of a function that is not there").at(self.span));
        };
        if let Err(fault) = f.run.charge(1) {
            return Err(fault.at(self.span));
        }
        if !f.run.cx.budget.try_enter(function.weight) {
            return Err(self.too_deep(function, f));
        }
        let native = f.run.native;
        let flow = match native.checked_sub(function.own_native) {
            Some(left) if left >= NATIVE_RESERVE => {
                f.run.native = left;
                self.enter(function, f)
            }
            _ => self.enter_measured(function, f),
        };
        f.run.native = native;
        f.run.cx.budget.leave(function.weight);
        match flow {
            Flow::Return => Ok(true),
            Flow::Fail => Err(self.failed(function, f)),
            _ => Ok(false),
        }
    }

    #[cold]
    #[inline(never)]
    fn too_deep(&self, function: &Function, f: &mut Frame<'_, '_>) -> Fault {
        match f.run.cx.budget.enter(function.weight) {
            Err(hit) => Fault::from(hit).at(self.span),
            Ok(()) => Fault::internal("a call was refused without a reason").at(self.span),
        }
    }

    #[cold]
    #[inline(never)]
    fn failed(&self, function: &Function, f: &mut Frame<'_, '_>) -> Fault {
        let mut fault = f.run.take_fault();
        fault.leave_call(&function.name, self.span);
        fault
    }

    /// Measures how much native stack is left, and goes on in a new piece where that is too little.
    #[cold]
    #[inline(never)]
    fn enter_measured(&self, function: &Function, f: &mut Frame<'_, '_>) -> Flow {
        let mut enter = |left: usize| {
            f.run.native = left.saturating_sub(function.own_native);
            self.enter(function, f)
        };
        let needed = function.native();
        match stacker::remaining_stack() {
            Some(left) if left >= needed => enter(left),
            _ => {
                let piece = NATIVE_CHUNK.max(needed);
                stacker::grow(piece, || enter(piece))
            }
        }
    }

    #[inline(always)]
    fn enter(&self, function: &Function, f: &mut Frame<'_, '_>) -> Flow {
        let scalars = f.scalars.get_mut(self.scalars as usize..).filter(|slots| slots.len() >= function.scalars);
        let refs = f.refs.get_mut(self.refs as usize..).filter(|slots| slots.len() >= function.refs);
        let (Some(scalars), Some(refs)) = (scalars, refs) else {
            return self.enter_segment(function, f);
        };
        let mut frame = Frame { scalars, refs, run: &mut *f.run };
        let flow = function.body.run(&mut frame);
        // A value left in a dead slot would make its next change a copy.
        if function.refs > 0 {
            clear(frame.refs, function.refs);
        }
        flow
    }

    /// Goes on in fresh stacks, since the rest of the present ones is too short.
    #[cold]
    #[inline(never)]
    fn enter_segment(&self, function: &Function, f: &mut Frame<'_, '_>) -> Flow {
        let scalar_count = function.scalars.saturating_mul(8).max(1024);
        let ref_count = function.refs.saturating_mul(8).max(256);
        let bytes = scalar_count.saturating_mul(8).saturating_add(ref_count.saturating_mul(size_of::<Value>()));
        if let Err(hit) = f.run.cx.budget.grow(bytes) {
            return f.run.fail_at(hit.into(), Some(&self.span));
        }
        memory::add(bytes);
        let fits = |spare: &mut Segment| spare.scalars.len() >= scalar_count && spare.refs.len() >= ref_count;
        let mut segment = f
            .run
            .spare
            .pop_if(fits)
            .unwrap_or_else(|| Segment { scalars: vec![0; scalar_count], refs: vec![Value::Null; ref_count] });
        let arguments = f.scalars.get(self.scalars as usize..).unwrap_or(&[]);
        for (to, from) in segment.scalars.iter_mut().zip(arguments.iter().take(function.param_scalars)) {
            *to = *from;
        }
        let arguments = f.refs.get_mut(self.refs as usize..).unwrap_or(&mut []);
        for (to, from) in segment.refs.iter_mut().zip(arguments.iter_mut().take(function.param_refs)) {
            *to = std::mem::take(from);
        }
        let Segment { scalars, refs } = &mut segment;
        let mut frame = Frame { scalars, refs, run: &mut *f.run };
        let flow = function.body.run(&mut frame);
        clear(frame.refs, function.refs);
        memory::sub(bytes);
        // The first one of a descent is the last one that comes back. Few and small ones are kept: nobody counts them.
        if bytes <= SPARE_BYTES && f.run.spare.len() < SPARES {
            f.run.spare.push(segment);
        }
        flow
    }
}

fn clear(refs: &mut [Value], count: usize) {
    for slot in refs.iter_mut().take(count) {
        *slot = Value::Null;
    }
}

impl Node<Value> for Call {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let returned = self.invoke(f)?;
        Ok(if returned { std::mem::take(&mut f.run.ret_value) } else { Value::Null })
    }
}

/// For a function whose every result is a scalar of one type and never null.
impl<T: Scalar> Node<T> for Call {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        self.invoke(f)?;
        Ok(T::of(f.run.ret))
    }
}

/// Returns a raw scalar from a function.
pub struct ReturnScalar<T, N> {
    /// The value.
    pub node: N,
    /// Its type.
    pub kind: PhantomData<fn() -> T>,
}

impl<T: Scalar, N: Node<T>> Exec for ReturnScalar<T, N> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        f.run.ret = get!(f, self.node.eval(f)).bits();
        Flow::Return
    }
}

/// Returns a value from a function.
pub struct ReturnValue(pub Expr<Value>);

impl Exec for ReturnValue {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        f.run.ret_value = get!(f, self.0.eval(f));
        Flow::Return
    }
}

/// Ends the main program with a list of values (L-25).
pub struct ReturnMain(pub Vec<Expr<Value>>);

impl Exec for ReturnMain {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let mut values = Vec::with_capacity(self.0.len());
        for node in &self.0 {
            values.push(get!(f, node.eval(f)));
        }
        f.run.returned = values;
        Flow::Return
    }
}

/// A call of a routine.
pub struct RoutineCall {
    /// Which of [`Executable::callees`](super::Executable::callees).
    pub callee: u32,
    /// The arguments, converted to the parameters' types; left-out ones are null.
    pub arguments: Vec<Expr<Value>>,
    /// How many were written.
    pub given: usize,
    /// What the receiver expects (L-46).
    pub expected: Type,
    /// The type of the result; what comes back is converted to it. Dynamic to leave it.
    pub ty: Type,
    /// Name, for messages.
    pub name: Box<str>,
    /// Where the call stands.
    pub span: Span,
}

impl Node<Value> for RoutineCall {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        self.with_arguments(f, Self::value)
    }
}

/// For a routine that promises a scalar that is never null.
impl<T: Scalar> Node<T> for RoutineCall {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        self.with_arguments(f, Self::scalar)
    }
}

impl<T: Scalar> Node<Option<T>> for RoutineCall {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<T>, Fault> {
        self.with_arguments(f, Self::maybe)
    }
}

impl RoutineCall {
    /// Evaluates the arguments and goes on with them.
    #[inline]
    fn with_arguments<R>(
        &self,
        f: &mut Frame<'_, '_>,
        then: fn(&Self, &mut Run<'_>, &[Value]) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        // Most routines take few arguments: those need no allocation.
        match self.arguments.as_slice() {
            [] => then(self, f.run, &[]),
            [a] => {
                let arguments = [a.eval(f)?];
                then(self, f.run, &arguments)
            }
            [a, b] => {
                let arguments = [a.eval(f)?, b.eval(f)?];
                then(self, f.run, &arguments)
            }
            [a, b, c] => {
                let arguments = [a.eval(f)?, b.eval(f)?, c.eval(f)?];
                then(self, f.run, &arguments)
            }
            all => {
                let mut arguments = Vec::with_capacity(all.len());
                for node in all {
                    arguments.push(node.eval(f)?);
                }
                then(self, f.run, &arguments)
            }
        }
    }

    /// Calls the routine with these arguments for a value of the type.
    pub(super) fn value(&self, run: &mut Run<'_>, arguments: &[Value]) -> Result<Value, Fault> {
        let value = self.invoke(run, arguments)?;
        self.converted(run, value)
    }

    /// Calls the routine with these arguments for a scalar of the type, which may be null.
    #[inline(always)]
    fn maybe<T: Scalar>(&self, run: &mut Run<'_>, arguments: &[Value]) -> Result<Option<T>, Fault> {
        let value = self.invoke(run, arguments)?;
        match scalar_bits(self.ty, &value) {
            Some(bits) => Ok(Some(T::of(bits))),
            None if value.is_absent() => Ok(None),
            None => self.maybe_of_other(run, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn maybe_of_other<T: Scalar>(&self, run: &mut Run<'_>, value: Value) -> Result<Option<T>, Fault> {
        let value = self.converted(run, value)?;
        let bits = unbox_scalar(self.ty, &value).map_err(|fault| fault.at(self.span))?;
        Ok(bits.map(T::of))
    }

    /// Calls the routine with these arguments for a scalar of the type, which it promises.
    pub(super) fn scalar<T: Scalar>(&self, run: &mut Run<'_>, arguments: &[Value]) -> Result<T, Fault> {
        match self.maybe(run, arguments)? {
            Some(scalar) => Ok(scalar),
            None => Err(Fault::internal(format!("`{}` gave no value", self.name)).at(self.span)),
        }
    }

    /// Calls the routine with these arguments for whatever it gives.
    #[inline(always)]
    fn invoke(&self, run: &mut Run<'_>, arguments: &[Value]) -> Result<Value, Fault> {
        let Some(callee) = run.exe.callees.get(self.callee as usize) else {
            return Err(Fault::internal("a call of a routine that is not there").at(self.span));
        };
        if let Err(fault) = run.charge(1) {
            return Err(fault.at(self.span));
        }
        run.cx.expected = self.expected;
        run.cx.given = self.given;
        run.cx.call_span = self.span;
        let result = match callee {
            Callee::Routine(function) => function(&mut run.cx, arguments),
            Callee::Host(routine) => (routine.values)(&mut run.cx, arguments),
        };
        result.map_err(|fault| fault.at(self.span))
    }

    /// A result as one of the type.
    #[inline(always)]
    fn converted(&self, run: &mut Run<'_>, value: Value) -> Result<Value, Fault> {
        // A null becomes an empty array where the type is one (L-40), and stays what it is otherwise.
        if self.ty.is_dynamic() || (value.is_absent() && !self.ty.is_array()) {
            return Ok(value);
        }
        value::convert(value, self.ty, &mut run.cx.conv()).map_err(|fault| fault.at(self.span))
    }
}

/// A call of a routine with one argument, which is a local variable: the routine reads it where it is.
pub struct RoutineOfLocal {
    /// The call.
    pub call: RoutineCall,
    /// The slot of the variable.
    pub at: u32,
}

impl RoutineOfLocal {
    #[inline(always)]
    fn with_argument<R>(
        &self,
        f: &mut Frame<'_, '_>,
        then: fn(&RoutineCall, &mut Run<'_>, &[Value]) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let arguments = f.refs.get(self.at as usize).map_or(&[][..], std::slice::from_ref);
        then(&self.call, f.run, arguments)
    }
}

impl Node<Value> for RoutineOfLocal {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        self.with_argument(f, RoutineCall::value)
    }
}

impl<T: Scalar> Node<T> for RoutineOfLocal {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        self.with_argument(f, RoutineCall::scalar)
    }
}

impl<T: Scalar> Node<Option<T>> for RoutineOfLocal {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Option<T>, Fault> {
        self.with_argument(f, RoutineCall::maybe)
    }
}

/// A call of a routine of the embedder with scalars that are never null, for such a scalar.
///
/// The arguments are evaluated into slots above everything that is live, where the routine reads them.
pub struct HostCall {
    /// The routine.
    pub function: Arc<ScalarFn>,
    /// What puts the arguments into their slots.
    pub arguments: Box<[Argument]>,
    /// The slot of the first argument; the others follow.
    pub first: u32,
    /// Where the call stands.
    pub span: Span,
}

impl<T: Scalar> Node<T> for HostCall {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        for argument in &self.arguments {
            argument.put(f)?;
        }
        let run = &mut *f.run;
        if let Err(fault) = run.charge(1) {
            return Err(fault.at(self.span));
        }
        run.cx.expected = Type::DYNAMIC;
        run.cx.given = self.arguments.len();
        run.cx.call_span = self.span;
        let slots = f.scalars.get(self.first as usize..).unwrap_or_default();
        match (self.function)(&mut run.cx, slots) {
            Ok(bits) => Ok(T::of(bits)),
            Err(fault) => Err(fault.at(self.span)),
        }
    }
}

/// A call of a routine that is known but not offered here: an error that a bare `catch` can guard.
pub struct Unprovided {
    /// The arguments, evaluated all the same.
    pub arguments: Vec<Expr<Value>>,
    /// Name of the routine.
    pub name: Box<str>,
    /// Where the call stands.
    pub span: Span,
}

impl Node<Value> for Unprovided {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        for argument in &self.arguments {
            argument.eval(f)?;
        }
        let message = format!("routine `{}` is not available in this host", self.name);
        Err(Fault::new(FaultKind::Routine, message).at(self.span))
    }
}
