use super::Executable;
use crate::{
    call::Context,
    source::Span,
    types::{Base, Type},
    value::{Date, Fault, Value},
};

/// Size up to which the scratch text is kept, in bytes.
pub(super) const SCRATCH: usize = 1024;

/// How control goes on after a statement. One byte: what is returned or failed waits in the [`Run`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// With the next statement.
    Next,
    /// Out of the loop or switch.
    Break,
    /// To the next turn of the loop.
    Continue,
    /// Out of the function.
    Return,
    /// To the nearest catch; the fault is in [`Run::fault`].
    Fail,
}

/// Variables of the main program that functions use too.
#[derive(Debug, Default)]
pub struct Globals {
    /// Raw scalars.
    pub scalars: Vec<u64>,
    /// Everything else.
    pub refs: Vec<Value>,
}

/// A piece of the stack.
pub struct Segment {
    /// Raw scalars.
    pub scalars: Vec<u64>,
    /// Other values, all null while nobody uses it.
    pub refs: Vec<Value>,
}

/// The state of a run that all its frames share.
pub struct Run<'h> {
    /// Host, budget, types, log.
    pub cx: Context<'h>,
    /// What is run.
    pub exe: &'h Executable,
    /// Shared variables.
    pub globals: Globals,
    /// Scalar result of the last call.
    pub ret: u64,
    /// Other result of the last call.
    pub ret_value: Value,
    /// What the main program returned.
    pub returned: Vec<Value>,
    /// The fault of a [`Flow::Fail`].
    pub fault: Option<Fault>,
    /// The arguments of the run (L-24), if the program reads them.
    pub argv: Value,
    /// Text constants, made when first used.
    pub texts: Vec<Value>,
    /// Persistent variables whose declaration was reached.
    pub persistent: Vec<super::Persisted>,
    /// Stacks that a descent of calls has left, for the next one.
    pub spare: Vec<Segment>,
    /// Where texts are put together. Whoever uses it takes it, so that what is evaluated meanwhile finds none.
    pub scratch: String,
    /// Native stack that is left at least, in bytes: measured now and then, counted down by calls in between.
    pub native: usize,
}

impl Run<'_> {
    /// Parks a fault and says so.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, fault: Fault) -> Flow {
        self.fault = Some(fault);
        Flow::Fail
    }

    /// Parks a fault that gets a place unless it has one.
    #[cold]
    #[inline(never)]
    pub fn fail_at(&mut self, fault: Fault, span: Option<&Span>) -> Flow {
        let fault = match span {
            Some(&span) => fault.at(span),
            None => fault,
        };
        self.fail(fault)
    }

    /// Takes the parked fault.
    #[cold]
    #[inline(never)]
    pub fn take_fault(&mut self) -> Fault {
        self.fault.take().unwrap_or_else(|| Fault::internal("a statement failed without a fault"))
    }

    /// Takes the scratch text, with room for what is usually put together.
    pub fn take_scratch(&mut self) -> String {
        let scratch = std::mem::take(&mut self.scratch);
        if scratch.capacity() == 0 { String::with_capacity(SCRATCH / 4) } else { scratch }
    }

    /// Gives the scratch text back, unless it became large.
    pub fn keep_scratch(&mut self, mut scratch: String) {
        if scratch.capacity() <= SCRATCH {
            scratch.clear();
            self.scratch = scratch;
        }
    }

    /// Charges fuel.
    ///
    /// # Errors
    /// Fuel, deadline, cancel.
    #[inline]
    pub fn charge(&mut self, units: u32) -> Result<(), Fault> {
        if self.cx.budget.spend(u64::from(units)) { Ok(()) } else { self.refill(units) }
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self, units: u32) -> Result<(), Fault> {
        Ok(self.cx.budget.charge(u64::from(units))?)
    }
}

/// The variables of one call: its slots and everything above them on the stack.
pub struct Frame<'a, 'h> {
    /// Raw scalars from the first slot of the call on.
    pub scalars: &'a mut [u64],
    /// Other values from the first slot of the call on.
    pub refs: &'a mut [Value],
    /// What all frames share.
    pub run: &'a mut Run<'h>,
}

/// A Rust type that is stored raw in a scalar slot.
pub trait Scalar: Copy + Send + Sync + 'static {
    /// From the bits of a slot.
    fn of(bits: u64) -> Self;
    /// To the bits of a slot.
    fn bits(self) -> u64;
}

impl Scalar for u64 {
    #[inline]
    fn of(bits: u64) -> Self {
        bits
    }
    #[inline]
    fn bits(self) -> u64 {
        self
    }
}

impl Scalar for i64 {
    #[inline]
    fn of(bits: u64) -> Self {
        bits.cast_signed()
    }
    #[inline]
    fn bits(self) -> u64 {
        self.cast_unsigned()
    }
}

impl Scalar for f64 {
    #[inline]
    fn of(bits: u64) -> Self {
        f64::from_bits(bits)
    }
    #[inline]
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

impl Scalar for bool {
    #[inline]
    fn of(bits: u64) -> Self {
        bits != 0
    }
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self)
    }
}

/// Where a variable lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bank {
    /// In the frame of its function.
    Local,
    /// In the [`Globals`].
    Global,
}

/// How a variable is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repr {
    /// One raw slot, never null.
    Raw,
    /// A raw slot, and one behind it that says whether there is a value.
    Nullable,
    /// A slot of the value bank.
    Ref,
}

/// A variable as the evaluator sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Declared type.
    pub ty: Type,
    /// Where.
    pub bank: Bank,
    /// How.
    pub repr: Repr,
    /// First slot.
    pub at: u32,
}

impl<'h> Frame<'_, 'h> {
    /// A raw scalar of the frame.
    #[inline]
    pub fn scalar<T: Scalar>(&self, at: u32) -> T {
        // Invariant: lowering has counted every slot, and the call has checked the count.
        T::of(self.scalars.get(at as usize).copied().unwrap_or(0))
    }

    /// Sets a raw scalar of the frame.
    #[inline]
    pub fn set_scalar<T: Scalar>(&mut self, at: u32, value: T) {
        if let Some(slot) = self.scalars.get_mut(at as usize) {
            *slot = value.bits();
        }
    }

    /// A value of the frame.
    #[inline]
    pub fn value(&self, at: u32) -> &Value {
        self.refs.get(at as usize).unwrap_or(&Value::Null)
    }

    /// Sets a value of the frame.
    #[inline]
    pub fn set_value(&mut self, at: u32, value: Value) {
        if let Some(slot) = self.refs.get_mut(at as usize) {
            *slot = value;
        }
    }

    /// A raw scalar of a bank.
    #[inline]
    pub fn scalar_in<T: Scalar>(&self, bank: Bank, at: u32) -> T {
        match bank {
            Bank::Local => self.scalar(at),
            Bank::Global => T::of(self.run.globals.scalars.get(at as usize).copied().unwrap_or(0)),
        }
    }

    /// A raw scalar of a bank that may be null.
    #[inline]
    pub fn nullable_in<T: Scalar>(&self, bank: Bank, at: u32) -> Option<T> {
        let there: bool = self.scalar_in(bank, at.saturating_add(1));
        there.then(|| self.scalar_in(bank, at))
    }

    /// Sets a raw scalar of a bank.
    #[inline]
    pub fn set_scalar_in<T: Scalar>(&mut self, bank: Bank, at: u32, value: T) {
        match bank {
            Bank::Local => self.set_scalar(at, value),
            Bank::Global => {
                if let Some(slot) = self.run.globals.scalars.get_mut(at as usize) {
                    *slot = value.bits();
                }
            }
        }
    }

    /// A value of a bank.
    #[inline]
    pub fn value_in(&self, bank: Bank, at: u32) -> &Value {
        match bank {
            Bank::Local => self.value(at),
            Bank::Global => self.run.globals.refs.get(at as usize).unwrap_or(&Value::Null),
        }
    }

    /// Sets a value of a bank.
    #[inline]
    pub fn set_value_in(&mut self, bank: Bank, at: u32, value: Value) {
        match bank {
            Bank::Local => self.set_value(at, value),
            Bank::Global => {
                if let Some(slot) = self.run.globals.refs.get_mut(at as usize) {
                    *slot = value;
                }
            }
        }
    }

    /// A value of a bank to change in place, and the context beside it.
    #[inline]
    pub fn slot_and_context(&mut self, bank: Bank, at: u32) -> Option<(&mut Value, &mut Context<'h>)> {
        let run = &mut *self.run;
        match bank {
            Bank::Local => Some((self.refs.get_mut(at as usize)?, &mut run.cx)),
            Bank::Global => Some((run.globals.refs.get_mut(at as usize)?, &mut run.cx)),
        }
    }

    /// Reads a variable as a value.
    pub fn read(&self, place: Place) -> Value {
        match place.repr {
            Repr::Ref => self.value_in(place.bank, place.at).clone(),
            Repr::Raw => box_scalar(place.ty, self.scalar_in(place.bank, place.at)),
            Repr::Nullable if self.scalar_in::<bool>(place.bank, place.at.saturating_add(1)) => {
                box_scalar(place.ty, self.scalar_in(place.bank, place.at))
            }
            Repr::Nullable => Value::Null,
        }
    }

    /// Writes a local variable that holds a raw integer, number or boolean that may be null, if the value is one of its
    /// type. Says whether it was.
    #[inline]
    pub fn write_scalar(&mut self, place: Place, value: &Value) -> bool {
        let bits = match (place.ty, value) {
            (Type::INTEGER, Value::Int(value)) => value.bits(),
            (Type::NUMBER, Value::Num(value)) => value.bits(),
            (Type::BOOLEAN, Value::Bool(value)) => value.bits(),
            _ => return false,
        };
        if place.repr != Repr::Nullable || place.bank != Bank::Local {
            return false;
        }
        self.set_scalar(place.at, bits);
        self.set_scalar(place.at.saturating_add(1), true);
        true
    }

    /// Writes a variable. The value has the variable's type, or is null.
    ///
    /// # Errors
    /// Internal, when it has another type.
    pub fn write(&mut self, place: Place, value: Value) -> Result<(), Fault> {
        if place.repr == Repr::Ref {
            self.set_value_in(place.bank, place.at, value);
            return Ok(());
        }
        let bits = unbox_scalar(place.ty, &value)?;
        match (place.repr, bits) {
            (Repr::Raw, None) => return Err(Fault::internal("a variable that is never null became null")),
            (Repr::Raw, Some(bits)) => self.set_scalar_in(place.bank, place.at, bits),
            (_, bits) => {
                self.set_scalar_in(place.bank, place.at.saturating_add(1), bits.is_some());
                self.set_scalar_in(place.bank, place.at, bits.unwrap_or(0));
            }
        }
        Ok(())
    }
}

/// The value of a scalar of a type.
pub fn box_scalar(ty: Type, bits: u64) -> Value {
    match ty.base {
        Base::Integer => Value::Int(i64::of(bits)),
        Base::Number => Value::Num(f64::of(bits)),
        Base::Boolean => Value::Bool(bool::of(bits)),
        Base::Byte => Value::Byte(byte_of(i64::of(bits))),
        Base::Date => Value::Date(Date::from_bits(i64::of(bits))),
        Base::Interval => Value::Interval(i64::of(bits)),
        Base::Dynamic | Base::String | Base::Struct(_) => Value::Null,
    }
}

/// The bits of a scalar value of a type; `None` for null and for values of other types.
#[inline]
pub fn scalar_bits(ty: Type, value: &Value) -> Option<u64> {
    Some(match (ty.base, value) {
        (Base::Integer, Value::Int(value)) | (Base::Interval, Value::Interval(value)) => value.bits(),
        (Base::Number, Value::Num(value)) => value.bits(),
        (Base::Boolean, Value::Bool(value)) => value.bits(),
        (Base::Byte, Value::Byte(value)) => i64::from(*value).bits(),
        (Base::Date, Value::Date(value)) => value.bits().bits(),
        _ => return None,
    })
}

/// The bits of a scalar value of a type; `None` for null.
///
/// # Errors
/// Internal, when the value has another type.
pub fn unbox_scalar(ty: Type, value: &Value) -> Result<Option<u64>, Fault> {
    match scalar_bits(ty, value) {
        None if !value.is_absent() => Err(Fault::internal("a value has another type than its variable")),
        bits => Ok(bits),
    }
}

/// Invariant: a raw byte is always within -128..=127.
#[expect(clippy::cast_possible_truncation, reason = "the range is an invariant of the slot")]
pub fn byte_of(raw: i64) -> i8 {
    raw as i8
}
