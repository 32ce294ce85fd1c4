//! Members and indexes: reading and writing along a path.

use super::{Bank, Exec, Expr, Flow, Frame, Node, Place, Scalar, get_field, issue_key, set_field};
use crate::{
    call::Context,
    host::IssueRef,
    source::Span,
    types::{Base, BinaryOp, LeftOperand, Type},
    value::{self, Fault, Hop, MemberResult, Value},
};
use smallvec::SmallVec;
use std::{rc::Rc, sync::Arc};

/// What a step of a path does.
pub enum StepKind {
    /// A member that is known to be a field: its position, and its name for values of other shapes.
    Field(u32, Arc<str>),
    /// A member by name: field of a structure or of an issue.
    Member(Box<str>),
    /// A member whose name is a text of the run (`.%v%`).
    Subst(Expr<Value>),
    /// An index.
    Index(Expr<Value>),
}

/// A step of a path.
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// Static type of what it is taken from.
    pub base: Type,
    /// Static type of what it gives.
    pub ty: Type,
    /// Where.
    pub span: Span,
}

/// The steps of a path; one needs no allocation.
pub type Steps = SmallVec<[Step; 1]>;

/// Reads along a path.
pub struct PathRead {
    /// What the first step is taken from.
    pub base: Expr<Value>,
    /// The steps.
    pub steps: Steps,
}

impl Node<Value> for PathRead {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let mut value = self.base.eval(f)?;
        for step in &self.steps {
            let argument = step.argument(f)?;
            value = step.read(&value, argument.as_ref(), &mut f.run.cx).map_err(|fault| fault.at(step.span))?;
        }
        Ok(value)
    }
}

impl Step {
    /// The index, or the name of `.%v%`.
    fn argument(&self, f: &mut Frame<'_, '_>) -> Result<Option<Value>, Fault> {
        match &self.kind {
            StepKind::Subst(node) | StepKind::Index(node) => node.eval(f).map(Some),
            StepKind::Field(..) | StepKind::Member(_) => Ok(None),
        }
    }

    fn name<'a>(&'a self, argument: Option<&'a Value>) -> &'a str {
        match &self.kind {
            StepKind::Field(_, name) => name,
            StepKind::Member(name) => name,
            StepKind::Subst(_) | StepKind::Index(_) => argument.and_then(Value::as_str).unwrap_or("").trim(),
        }
    }

    /// Reads the part of a value.
    pub(super) fn read(&self, base: &Value, argument: Option<&Value>, cx: &mut Context<'_>) -> Result<Value, Fault> {
        match self.read_part(base, argument, cx)? {
            // The part of a null is a null of its type, and that of an array type is an empty array (L-40).
            Value::Null if self.ty.is_array() => Ok(Value::default_of(self.ty)),
            value => Ok(value),
        }
    }

    fn read_part(&self, base: &Value, argument: Option<&Value>, cx: &mut Context<'_>) -> Result<Value, Fault> {
        match (&self.kind, base, argument) {
            (StepKind::Index(_), _, Some(index)) => value::index_get(base, index, self.base, &mut cx.conv()),
            (StepKind::Field(position, _), Value::Struct(record), _) if self.is_record(record.id()) => {
                Ok(record.get(*position as usize).cloned().unwrap_or_default())
            }
            _ => {
                let name = self.name(argument);
                match value::member_get(base, name, &cx.conv()) {
                    MemberResult::Value(value) => Ok(value),
                    MemberResult::IssueKey(key) => get_field(cx, issue_key(key.as_str())?, name),
                    MemberResult::NoSuchMember => Err(no_member(base, name, cx)),
                }
            }
        }
    }

    /// Whether the position that is known statically holds for values of this structure.
    fn is_record(&self, id: crate::types::StructId) -> bool {
        self.base.base == Base::Struct(id)
    }

    /// Whether the step leaves the value for an issue: a member of a text (L-122).
    fn leaves_for_issue(&self, base: &Value) -> bool {
        matches!(base, Value::Text(_)) && !matches!(self.kind, StepKind::Index(_))
    }

    /// Takes the part out of `base`, making what is missing (L-101, L-114), so that it can be changed in place. Says
    /// whether it was there.
    fn take(&self, base: &mut Value, argument: Option<&Value>, cx: &mut Context<'_>) -> Result<(Value, bool), Fault> {
        match (&self.kind, argument) {
            (StepKind::Index(_), Some(index)) => value::index_take(base, index, self.base, &mut cx.conv()),
            _ => {
                let position = self.position(base, argument, cx)?;
                value::field_take(base, position, &mut cx.conv()).map(|part| (part, true))
            }
        }
    }

    /// Puts a part into `base`.
    fn put(&self, base: &mut Value, argument: Option<&Value>, part: Value, cx: &mut Context<'_>) -> Result<(), Fault> {
        match (&self.kind, argument) {
            (StepKind::Index(_), Some(index)) => value::index_set(base, index, part, self.base, &mut cx.conv()),
            _ => {
                let position = self.position(base, argument, cx)?;
                value::field_put(base, position, part, &mut cx.conv())
            }
        }
    }

    /// The position of the field that a member step names; makes the structure when there is none yet.
    fn position(&self, base: &mut Value, argument: Option<&Value>, cx: &mut Context<'_>) -> Result<usize, Fault> {
        if base.is_absent() {
            // For an array of structures this is its first element (L-105).
            if let Base::Struct(id) = self.base.base {
                *base = Value::Struct(Rc::new(value::Record::new(id, &cx.structs)));
            }
        }
        match (&self.kind, &*base) {
            (StepKind::Field(position, _), Value::Struct(record)) if self.is_record(record.id()) => {
                Ok(*position as usize)
            }
            (_, Value::Struct(record)) => {
                let name = self.name(argument);
                let position = cx.structs.get(record.id()).and_then(|def| def.field(name));
                position.ok_or_else(|| no_member(base, name, cx))
            }
            _ => Err(no_member(base, self.name(argument), cx)),
        }
    }
}

#[cold]
fn no_member(base: &Value, name: &str, cx: &Context<'_>) -> Fault {
    match base {
        Value::Null => Fault::error(format!("a null value has no member `{name}` to write")),
        _ => Fault::error(format!("{} has no member `{name}`", base.type_of().display(&cx.structs))),
    }
}

/// What a path that is written starts from.
pub enum Root {
    /// A variable.
    Place(Place),
    /// The arguments of the run.
    Argv,
    /// A field of the current issue.
    Field(Box<str>),
    /// `%v%`: a variable or a name; before a member a key.
    Subst {
        /// The text of `v`.
        text: Expr<Value>,
        /// Which variables it may name.
        site: u32,
    },
    /// Any value: a key, or something whose change nobody sees.
    Value(Expr<Value>),
}

/// A root whose names are resolved.
#[derive(Clone)]
enum Resolved {
    Place(Place),
    Argv,
    Field(String),
    Value(Value),
}

/// A variable, field or element to assign to.
pub struct Target {
    /// What the path starts from.
    pub root: Root,
    /// The steps, maybe none.
    pub steps: Steps,
    /// Static type of what is assigned to.
    pub ty: Type,
    /// Where the target stands.
    pub span: Span,
}

/// A target whose names and indexes were evaluated.
#[derive(Clone)]
pub struct Spot {
    root: Resolved,
    arguments: Vec<Option<Value>>,
}

impl Target {
    /// Evaluates names and indexes, once (L-63).
    ///
    /// # Errors
    /// Whatever they do wrong.
    pub fn locate(&self, f: &mut Frame<'_, '_>) -> Result<Spot, Fault> {
        let root = match &self.root {
            Root::Place(place) => Resolved::Place(*place),
            Root::Argv => Resolved::Argv,
            Root::Field(name) => Resolved::Field(name.to_string()),
            Root::Value(node) => Resolved::Value(node.eval(f)?),
            Root::Subst { text, site } => {
                let text = text.eval(f)?;
                let name = text.as_str().unwrap_or("").trim();
                match f.site_place(*site, name) {
                    Some(place) => Resolved::Place(place),
                    None => match self.steps.first() {
                        Some(Step { kind: StepKind::Index(_), .. }) | None => Resolved::Field(name.to_owned()),
                        Some(_) => Resolved::Value(text),
                    },
                }
            }
        };
        let mut arguments = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            arguments.push(step.argument(f)?);
        }
        Ok(Spot { root, arguments })
    }

    /// Reads the present value.
    ///
    /// # Errors
    /// Whatever reading does wrong.
    pub fn read(&self, spot: &Spot, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let mut value = match &spot.root {
            Resolved::Place(place) => f.read(*place),
            Resolved::Argv => f.run.argv.clone(),
            Resolved::Field(name) => {
                get_field(&mut f.run.cx, IssueRef::Current, name).map_err(|fault| fault.at(self.span))?
            }
            Resolved::Value(value) => value.clone(),
        };
        for (step, argument) in self.steps.iter().zip(&spot.arguments) {
            value = step.read(&value, argument.as_ref(), &mut f.run.cx).map_err(|fault| fault.at(step.span))?;
        }
        Ok(value)
    }

    /// Reads a part of the variable that the target starts from, by known positions.
    ///
    /// # Errors
    /// Whatever reading does wrong.
    #[cold]
    #[inline(never)]
    pub fn read_part(&self, hops: &[Hop], f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        match self.spot_of(hops) {
            Some(spot) => self.read(&spot, f),
            None => Ok(Value::Null),
        }
    }

    /// Writes a part of the variable that the target starts from, by known positions.
    ///
    /// # Errors
    /// Whatever writing does wrong.
    #[cold]
    #[inline(never)]
    pub fn write_part(&self, hops: &[Hop], new: Value, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        match self.spot_of(hops) {
            Some(spot) => self.write(spot, new, f),
            None => Ok(()),
        }
    }

    /// Writes the element under an index of the variable that the target starts from.
    ///
    /// # Errors
    /// Whatever writing does wrong.
    #[cold]
    #[inline(never)]
    pub fn write_index(&self, index: Value, new: Value, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        match self.root {
            Root::Place(place) => {
                self.write(Spot { root: Resolved::Place(place), arguments: vec![Some(index)] }, new, f)
            }
            _ => Ok(()),
        }
    }

    fn spot_of(&self, hops: &[Hop]) -> Option<Spot> {
        let Root::Place(place) = self.root else { return None };
        let argument = |hop: &Hop| match hop {
            Hop::Field(..) => None,
            Hop::Element(at) => Some(Value::Int(*at)),
        };
        Some(Spot { root: Resolved::Place(place), arguments: hops.iter().map(argument).collect() })
    }

    /// Writes a new value.
    ///
    /// # Errors
    /// Whatever writing does wrong; what was there before is then still there.
    pub fn write(&self, spot: Spot, new: Value, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        self.write_root(spot, new, f).map_err(|fault| fault.at(self.span))
    }

    fn write_root(&self, spot: Spot, new: Value, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        let Spot { root, arguments } = spot;
        match root {
            Resolved::Place(place) if self.steps.is_empty() => {
                let new = value::convert(new, place.ty, &mut f.run.cx.conv())?;
                f.write(place, new)
            }
            Resolved::Place(place) if place.repr == super::Repr::Ref => {
                // The slot changes in place.
                let Some((slot, cx)) = f.slot_and_context(place.bank, place.at) else { return Ok(()) };
                write_steps(slot, &self.steps, &arguments, new, cx)
            }
            Resolved::Place(place) => {
                let mut value = f.read(place);
                write_steps(&mut value, &self.steps, &arguments, new, &mut f.run.cx)
            }
            Resolved::Argv => {
                let mut argv = std::mem::take(&mut f.run.argv);
                let done = if self.steps.is_empty() {
                    value::convert(new, Type::STRINGS, &mut f.run.cx.conv()).map(|new| argv = new)
                } else {
                    write_steps(&mut argv, &self.steps, &arguments, new, &mut f.run.cx)
                };
                f.run.argv = argv;
                done
            }
            Resolved::Field(name) => write_field(IssueRef::Current, &name, &self.steps, &arguments, new, &mut f.run.cx),
            Resolved::Value(mut value) => write_steps(&mut value, &self.steps, &arguments, new, &mut f.run.cx),
        }
    }
}

/// Writes a field of an issue, or a part of it.
fn write_field(
    issue: IssueRef<'_>,
    name: &str,
    steps: &[Step],
    arguments: &[Option<Value>],
    new: Value,
    cx: &mut Context<'_>,
) -> Result<(), Fault> {
    if steps.is_empty() {
        return set_field(cx, issue, name, &new);
    }
    let mut value = get_field(cx, issue, name)?;
    // `parent.summary = x`: the field holds a key, and the issue behind it changes instead.
    let elsewhere = steps.first().is_some_and(|step| step.leaves_for_issue(&value));
    write_steps(&mut value, steps, arguments, new, cx)?;
    if elsewhere { Ok(()) } else { set_field(cx, issue, name, &value) }
}

/// Writes along steps, at least one. Iterative, since a path may be long.
fn write_steps(
    root: &mut Value,
    steps: &[Step],
    arguments: &[Option<Value>],
    new: Value,
    cx: &mut Context<'_>,
) -> Result<(), Fault> {
    let mut pairs: Vec<(&Step, Option<&Value>)> =
        steps.iter().zip(arguments).map(|(step, argument)| (step, argument.as_ref())).collect();
    let mut parents: Vec<Parent<'_>> = Vec::new();
    let mut current = std::mem::take(root);
    pairs.reverse();
    let mut result = Ok(());
    let mut new = Some(new);
    while let Some((step, argument)) = pairs.pop() {
        let was_absent = current.is_absent();
        if first_element(step, &current) {
            // A member of an array means its first element (L-105).
            match value::index_take(&mut current, &Value::Int(0), step.base, &mut cx.conv()) {
                Ok((part, existed)) => {
                    let back = PutBack::First(step.base);
                    parents.push(Parent { value: std::mem::replace(&mut current, part), back, existed, was_absent });
                }
                Err(fault) => {
                    result = Err(fault);
                    break;
                }
            }
        }
        if step.leaves_for_issue(&current) {
            let rest = steps.get(steps.len().saturating_sub(pairs.len())..).unwrap_or(&[]);
            let rest_arguments = arguments.get(arguments.len().saturating_sub(pairs.len())..).unwrap_or(&[]);
            let key = current.as_str().unwrap_or("").to_owned();
            let name = step.name(argument).to_owned();
            // Chains such as `parent.parent.summary` go from issue to issue, each one level deeper.
            result = issue_key(&key).and_then(|issue| {
                cx.budget.enter(1)?;
                let value = new.take().unwrap_or_default();
                let done = stacker::maybe_grow(value::RED_ZONE, value::STACK_CHUNK, || {
                    write_field(issue, &name, rest, rest_arguments, value, cx)
                });
                cx.budget.leave(1);
                done
            });
            break;
        }
        if pairs.is_empty() {
            result = step.put(&mut current, argument, new.take().unwrap_or_default(), cx);
            break;
        }
        match step.take(&mut current, argument, cx) {
            Ok((part, existed)) => {
                let back = PutBack::Step(step, argument);
                parents.push(Parent { value: std::mem::replace(&mut current, part), back, existed, was_absent });
            }
            Err(fault) => {
                result = Err(fault);
                break;
            }
        }
    }
    while let Some(Parent { mut value, back, existed, was_absent }) = parents.pop() {
        // A write that failed leaves nothing behind that was made for it.
        if result.is_ok() || existed {
            let put = match back {
                PutBack::Step(step, argument) => step.put(&mut value, argument, current, cx),
                PutBack::First(ty) => crate::value::index_set(&mut value, &Value::Int(0), current, ty, &mut cx.conv()),
            };
            result = result.and(put);
        }
        current = if result.is_err() && was_absent { Value::Null } else { value };
    }
    *root = current;
    result
}

/// What a part was taken out of.
struct Parent<'a> {
    value: Value,
    back: PutBack<'a>,
    /// The part was there before.
    existed: bool,
    /// The parent itself was null before.
    was_absent: bool,
}

/// How a part gets back to where it was taken from.
enum PutBack<'a> {
    Step(&'a Step, Option<&'a Value>),
    /// As the first element of an array of this type.
    First(Type),
}

fn first_element(step: &Step, value: &Value) -> bool {
    !matches!(step.kind, StepKind::Index(_))
        && (matches!(value, Value::Array(_)) || (value.is_absent() && step.base.is_array()))
}

/// `target op= value` in its general form.
pub struct Assign {
    /// What is assigned to.
    pub target: Target,
    /// The operator of a compound assignment.
    pub op: Option<BinaryOp>,
    /// The value, or the right operand.
    pub value: Expr<Value>,
    /// Its static type.
    pub value_ty: Type,
    /// Where the assignment stands.
    pub span: Span,
}

impl Assign {
    fn run(&self, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        let spot = self.target.locate(f)?;
        self.run_at(spot, f)
    }

    fn run_at(&self, spot: Spot, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        let new = match self.op {
            None => self.value.eval(f)?,
            Some(op) => {
                let left = self.target.read(&spot, f)?;
                let right = self.value.eval(f)?;
                let info = LeftOperand { ty: self.target.ty, int_literal: false };
                value::binary_owned(op, left, &right, info, self.value_ty, &mut f.run.cx.conv())
                    .map_err(|fault| fault.at(self.span))?
            }
        };
        let new = value::convert(new, self.target.ty, &mut f.run.cx.conv()).map_err(|fault| fault.at(self.span))?;
        self.target.write(spot, new, f)
    }
}

impl Exec for Assign {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        match self.run(f) {
            Ok(()) => Flow::Next,
            Err(fault) => f.run.fail(fault),
        }
    }
}

/// One target of `a = b = e`: what it became is held for the target on its left. Its indexes are evaluated once.
pub struct AssignOn {
    /// The assignment.
    pub assign: Assign,
    /// The local slot of values that holds what the target became.
    pub held: u32,
}

impl AssignOn {
    fn run(&self, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        let spot = self.assign.target.locate(f)?;
        self.assign.run_at(spot.clone(), f)?;
        let became = self.assign.target.read(&spot, f)?;
        f.set_value_in(Bank::Local, self.held, became);
        Ok(())
    }
}

impl Exec for AssignOn {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        match self.run(f) {
            Ok(()) => Flow::Next,
            Err(fault) => f.run.fail(fault),
        }
    }
}

/// `++` and `--` in their general form (L-57): null counts as 0.
pub struct Count {
    /// What is counted.
    pub target: Target,
    /// `--`
    pub down: bool,
    /// Yields the new value instead of the old one.
    pub prefix: bool,
    /// Where.
    pub span: Span,
}

impl Node<Value> for Count {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let spot = self.target.locate(f)?;
        let old = self.target.read(&spot, f)?;
        let (old, new) = self.counted(old)?;
        let result = if self.prefix { new.clone() } else { old };
        self.target.write(spot, new, f)?;
        Ok(result)
    }
}

impl Count {
    fn counted(&self, old: Value) -> Result<(Value, Value), Fault> {
        let step: i8 = if self.down { -1 } else { 1 };
        Ok(match old {
            Value::Null if self.target.ty == Type::NUMBER => (Value::Num(0.0), Value::Num(f64::from(step))),
            Value::Null if self.target.ty == Type::BYTE => (Value::Byte(0), Value::Byte(step)),
            Value::Null => (Value::Int(0), Value::Int(i64::from(step))),
            Value::Int(value) => (old, Value::Int(value.wrapping_add(i64::from(step)))),
            Value::Num(value) => (old, Value::Num(value + f64::from(step))),
            Value::Byte(value) => (old, Value::Byte(value.wrapping_add(step))),
            _ => {
                let word = if self.down { "--" } else { "++" };
                return Err(Fault::error(format!("`{word}` needs a number")).at(self.span));
            }
        })
    }
}

/// `++` and `--` on a raw local.
pub struct CountLocal<T> {
    /// Which slot.
    pub at: u32,
    /// The new value.
    pub next: fn(T) -> T,
    /// Yields the new value instead of the old one.
    pub prefix: bool,
}

impl<T: Scalar> Node<T> for CountLocal<T> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        let old: T = f.scalar(self.at);
        let new = (self.next)(old);
        f.set_scalar(self.at, new);
        Ok(if self.prefix { new } else { old })
    }
}
