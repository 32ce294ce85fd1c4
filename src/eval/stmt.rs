//! Branches, loops, exceptions.

use super::{Block, Exec, Expr, Flow, Frame, Node, Place, Repr, Stmt, get};
use crate::{
    source::Span,
    types::{Base, BinaryOp, LeftOperand, Type},
    value::{self, Array, Fault, FaultKind, Value},
};
use std::marker::PhantomData;

/// Nothing.
pub struct Nop;

impl Exec for Nop {
    #[inline]
    fn exec(&self, _: &mut Frame<'_, '_>) -> Flow {
        Flow::Next
    }
}

/// `break`, `continue` or `return;`.
pub struct Leave(pub Flow);

impl Exec for Leave {
    fn exec(&self, _: &mut Frame<'_, '_>) -> Flow {
        self.0
    }
}

/// The parts of a condition behind the first one: `&& ...` or `|| ...` (L-51, L-61).
#[derive(Default)]
pub struct Rest {
    /// The parts, maybe none.
    pub operands: Vec<Expr<bool>>,
    /// The value of a part that ends the evaluation: true for `||`.
    pub stop: bool,
}

/// A condition whose first part belongs to the statement.
pub struct Test<T, C> {
    first: C,
    rest: Rest,
    kind: PhantomData<fn() -> T>,
}

impl<T: Into<bool> + 'static, C: Node<T>> Test<T, C> {
    /// The condition of these parts.
    pub fn new(first: C, rest: Rest) -> Self {
        Self { first, rest, kind: PhantomData }
    }

    #[inline]
    fn holds(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        let mut value = self.first.eval(f)?.into();
        for operand in &self.rest.operands {
            if value == self.rest.stop {
                break;
            }
            value = operand.eval(f)?;
        }
        Ok(value)
    }
}

/// `if ... else ...`
pub struct Branch<T, C> {
    /// The condition.
    pub test: Test<T, C>,
    /// When true.
    pub yes: Block,
    /// When false.
    pub no: Option<Block>,
}

impl<T: Into<bool> + 'static, C: Node<T>> Exec for Branch<T, C> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        if get!(f, self.test.holds(f)) {
            return self.yes.run(f);
        }
        match &self.no {
            Some(no) => no.run(f),
            None => Flow::Next,
        }
    }
}

/// `if ... else if ... else ...`
pub struct If {
    /// Conditions and bodies.
    pub arms: Vec<(Expr<bool>, Block)>,
    /// The last `else`.
    pub other: Option<Block>,
}

impl Exec for If {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        for (index, (cond, body)) in self.arms.iter().enumerate() {
            if index > 0 {
                get!(f, f.run.charge(1));
            }
            if get!(f, cond.eval(f)) {
                return body.run(f);
            }
        }
        match &self.other {
            Some(other) => other.run(f),
            None => Flow::Next,
        }
    }
}

/// What runs after each turn of a [`Turns`].
pub enum AfterTurn {
    /// Nothing.
    Nothing,
    /// Adds to a local: the step of a counted loop.
    Add(AddLocal),
    /// Anything else.
    Stmt(Stmt),
}

impl AfterTurn {
    #[inline]
    fn run(&self, f: &mut Frame<'_, '_>) -> Flow {
        match self {
            Self::Nothing => Flow::Next,
            Self::Add(step) => step.exec(f),
            Self::Stmt(step) => step.exec(f),
        }
    }
}

/// Adds a constant, or another local, to a local integer.
pub struct AddLocal {
    /// Which slot.
    pub at: u32,
    /// The slot of what is added; none for the constant.
    pub other: Option<u32>,
    /// The constant.
    pub by: i64,
}

impl Exec for AddLocal {
    #[inline]
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let by = self.other.map_or(self.by, |other| f.scalar(other));
        // Wrapping (L-33).
        let sum = f.scalar::<i64>(self.at).wrapping_add(by);
        f.set_scalar(self.at, sum);
        Flow::Next
    }
}

impl Exec for Stmt {
    #[inline]
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        (**self).exec(f)
    }
}

/// `while` and the counting `for` with a condition. Each turn costs one unit and its statements.
pub struct Turns<T, C> {
    /// Tested before each turn.
    pub test: Test<T, C>,
    /// The body.
    pub body: Block,
    /// Runs after each turn.
    pub step: AfterTurn,
}

impl<T: Into<bool> + 'static, C: Node<T>> Exec for Turns<T, C> {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        while get!(f, self.test.holds(f)) {
            match self.body.turn(f) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                flow => return flow,
            }
            if self.step.run(f) == Flow::Fail {
                return Flow::Fail;
            }
        }
        Flow::Next
    }
}

/// `do`, and the counting `for` without a condition. Each turn costs one unit and its statements.
pub struct Loop {
    /// The body.
    pub body: Block,
    /// Runs after each turn.
    pub step: AfterTurn,
    /// Tested after each turn; none means true.
    pub after: Option<Expr<bool>>,
}

impl Exec for Loop {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        loop {
            match self.body.turn(f) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                flow => return flow,
            }
            if self.step.run(f) == Flow::Fail {
                return Flow::Fail;
            }
            if let Some(cond) = &self.after
                && !get!(f, cond.eval(f))
            {
                return Flow::Next;
            }
        }
    }
}

/// `for (v in subject)` (L-77).
pub struct Each {
    /// What is iterated.
    pub subject: Expr<Value>,
    /// Where the variable is declared in the header.
    pub place: Option<Place>,
    /// Where an existing variable is used: how to assign the element, taken from [`Each::element`].
    pub assign: Option<Stmt>,
    /// The slot that holds the element for `assign`.
    pub element: u32,
    /// The body.
    pub body: Block,
    /// Where the subject stands.
    pub span: Span,
}

impl Exec for Each {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let subject = get!(f, self.subject.eval(f));
        let array = match value::iterate(&subject, &mut f.run.cx.conv()) {
            Ok(array) => array,
            Err(fault) => return f.run.fail(fault.at(self.span)),
        };
        drop(subject);
        for index in 0..array.len() {
            get!(f, f.run.charge(1));
            if !self.put_as_it_is(&array, index, f) && self.put(&array, index, f) == Flow::Fail {
                return Flow::Fail;
            }
            match self.body.run(f) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                flow => return flow,
            }
        }
        Flow::Next
    }
}

impl Each {
    /// Puts an element into a variable of the value bank, if it has its type already; says whether it had.
    #[inline(always)]
    fn put_as_it_is(&self, array: &Array, index: usize, f: &mut Frame<'_, '_>) -> bool {
        match (self.place, array.value_ref(index)) {
            (Some(Place { ty, bank, repr: Repr::Ref, at }), Some(element)) if value::is_of(element, ty) => {
                f.set_value_in(bank, at, element.clone());
                true
            }
            _ => false,
        }
    }

    /// Converts an element and puts it into the variable.
    #[inline(always)]
    fn put(&self, array: &Array, index: usize, f: &mut Frame<'_, '_>) -> Flow {
        let element = array.get(index).unwrap_or_default();
        match self.place {
            Some(place) if f.write_scalar(place, &element) => Flow::Next,
            Some(place) => {
                let converted = value::convert(element, place.ty, &mut f.run.cx.conv());
                match converted.and_then(|element| f.write(place, element)) {
                    Ok(()) => Flow::Next,
                    Err(fault) => f.run.fail(fault.at(self.span)),
                }
            }
            None => {
                f.set_value(self.element, element);
                self.assign.as_ref().map_or(Flow::Next, |assign| assign.exec(f))
            }
        }
    }
}

/// A label of a [`Switch`].
pub struct SwitchCase {
    /// What it compares with; none is `default`.
    pub label: Option<Expr<Value>>,
    /// Static type of the label.
    pub ty: Type,
    /// The first statement behind it.
    pub start: usize,
    /// Where.
    pub span: Span,
}

/// `switch` (L-78).
pub struct Switch {
    /// The value compared.
    pub subject: Expr<Value>,
    /// Its static type.
    pub ty: Type,
    /// The labels in order.
    pub cases: Vec<SwitchCase>,
    /// All statements of all cases.
    pub body: Vec<Stmt>,
}

impl Exec for Switch {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let subject = get!(f, self.subject.eval(f));
        let mut start = None;
        for case in &self.cases {
            let Some(label) = &case.label else { continue };
            get!(f, f.run.charge(1));
            let label = get!(f, label.eval(f));
            let info = LeftOperand { ty: self.ty, int_literal: false };
            match value::binary(BinaryOp::Eq, &subject, &label, info, case.ty, &mut f.run.cx.conv()) {
                Ok(Value::Bool(true)) => {
                    start = Some(case.start);
                    break;
                }
                Ok(_) => {}
                Err(fault) => return f.run.fail(fault.at(case.span)),
            }
        }
        let default = || self.cases.iter().find(|case| case.label.is_none()).map(|case| case.start);
        let Some(start) = start.or_else(default) else { return Flow::Next };
        for stmt in self.body.get(start..).unwrap_or(&[]) {
            get!(f, f.run.charge(1));
            match stmt.exec(f) {
                Flow::Next => {}
                Flow::Break => return Flow::Next,
                flow => return flow,
            }
        }
        Flow::Next
    }
}

/// `throw` (L-80).
pub struct Throw {
    /// The value.
    pub value: Expr<Value>,
    /// Its static type; dynamic to take that of the value.
    pub ty: Type,
    /// Where.
    pub span: Span,
}

impl Exec for Throw {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let value = get!(f, self.value.eval(f));
        let ty = if self.ty.is_dynamic() { value.type_of() } else { self.ty };
        let text = match value::to_text(&value, &mut f.run.cx.conv()) {
            Ok(text) => text.as_str().unwrap_or("").to_owned(),
            Err(fault) => return f.run.fail(fault.at(self.span)),
        };
        f.run.fail(Fault::new(FaultKind::Thrown(value, ty), text).at(self.span))
    }
}

/// A clause of a [`Try`].
pub struct CatchClause {
    /// The type it takes and where it puts the value; none takes everything.
    pub place: Option<Place>,
    /// What runs.
    pub body: Block,
}

/// `try` (L-81).
pub struct Try {
    /// The guarded block.
    pub body: Block,
    /// The clauses in order.
    pub clauses: Vec<CatchClause>,
    /// First value slot that is not live here: those above are cleared when a fault is caught.
    pub live_refs: u32,
}

impl Exec for Try {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let flow = self.body.run(f);
        if flow != Flow::Fail {
            return flow;
        }
        let fault = f.run.take_fault();
        if fault.is_uncatchable() {
            return f.run.fail(fault);
        }
        f.run.note_exception(&fault);
        // Values left in dead slots would make their next change a copy.
        for slot in f.refs.get_mut(self.live_refs as usize..).unwrap_or(&mut []) {
            *slot = Value::Null;
        }
        for clause in &self.clauses {
            match clause.place {
                None => return clause.body.run(f),
                Some(place) => {
                    let FaultKind::Thrown(value, ty) = fault.kind() else { continue };
                    if !catches(place.ty, *ty, f) {
                        continue;
                    }
                    let value = value.clone();
                    let converted = value::convert(value, place.ty, &mut f.run.cx.conv());
                    return match converted.and_then(|value| f.write(place, value)) {
                        Ok(()) => clause.body.run(f),
                        Err(fault) => f.run.fail(fault),
                    };
                }
            }
        }
        f.run.fail(fault)
    }
}

/// Whether a clause of a type takes a value thrown with another (L-81): no conversion, but an integer or byte is also
/// a number, and a byte an integer.
fn catches(clause: Type, thrown: Type, f: &Frame<'_, '_>) -> bool {
    if clause == thrown {
        return true;
    }
    if clause.dims != thrown.dims {
        return false;
    }
    match (clause.base, thrown.base) {
        (Base::Number, Base::Integer | Base::Byte) | (Base::Integer, Base::Byte) => clause.dims == 0,
        (Base::Struct(a), Base::Struct(b)) => {
            let structs = &f.run.cx.structs;
            structs.get(a).map(|def| def.name()) == structs.get(b).map(|def| def.name())
        }
        _ => false,
    }
}

impl super::Run<'_> {
    /// Remembers class and message of an exception for `lastExceptionMessage` (L-81).
    fn note_exception(&mut self, fault: &Fault) {
        let class = class_of(fault.kind());
        let message = match fault.kind() {
            FaultKind::Thrown(..) => fault.message().to_owned(),
            _ => self.exe.positioned(fault),
        };
        self.cx.last_exception = Some((class.to_owned(), message));
    }
}

/// The Java-like class name of a fault.
pub fn class_of(kind: &FaultKind) -> &'static str {
    match kind {
        FaultKind::Thrown(..) => "com.keplerrominfo.sil.lang.SILThrownException",
        _ => "com.keplerrominfo.sil.lang.SILInfoException",
    }
}
