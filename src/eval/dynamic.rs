//! Operators, conversions and literals on values: the complete semantics, which typed nodes only shorten.

use super::{Bank, Expr, Frame, Node, Seen, frame::SCRATCH};
use crate::{
    source::Span,
    types::{BinaryOp, LeftOperand, Type, UnaryOp},
    value::{self, Fault, Text, Value},
};

/// `left op right` on values (L-52 to L-60).
pub struct Dynamic {
    /// The operator; not `&&` or `||`.
    pub op: BinaryOp,
    /// Left operand.
    pub left: Expr<Value>,
    /// Right operand.
    pub right: Expr<Value>,
    /// What is known of the left one.
    pub info: LeftOperand,
    /// Static type of the right one.
    pub right_ty: Type,
    /// Where the operation stands.
    pub span: Span,
}

impl Node<Value> for Dynamic {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let left = self.left.eval(f)?;
        let right = self.right.eval(f)?;
        value::binary_owned(self.op, left, &right, self.info, self.right_ty, &mut f.run.cx.conv())
            .map_err(|fault| fault.at(self.span))
    }
}

/// A comparison on values, as a boolean.
pub struct DynamicTest(pub Dynamic);

impl Node<bool> for DynamicTest {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        Ok(matches!(self.0.eval(f)?, Value::Bool(true)))
    }
}

/// `==` and `!=` on two texts (L-60), which are compared where they are if they just stand somewhere.
pub struct TextTest {
    /// Left operand: a text or null.
    pub left: Expr<Value>,
    /// Right operand: a text or null.
    pub right: Expr<Value>,
    /// Whether it is `!=`.
    pub unequal: bool,
    /// Where the comparison stands.
    pub span: Span,
}

impl Node<bool> for TextTest {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        let looked = (self.left.look(f).and_then(Seen::bytes), self.right.look(f).and_then(Seen::bytes));
        let (equal, units) = match looked {
            (left @ Some(_), right @ Some(_)) => compare(left, right),
            _ => self.compare_values(f)?,
        };
        f.run.charge(units).map_err(|fault| fault.at(self.span))?;
        Ok(equal != self.unequal)
    }
}

impl TextTest {
    #[inline(never)]
    fn compare_values(&self, f: &mut Frame<'_, '_>) -> Result<(bool, u32), Fault> {
        let left = self.left.eval(f)?;
        let right = self.right.eval(f)?;
        Ok(compare(left.as_str().map(str::as_bytes), right.as_str().map(str::as_bytes)))
    }
}

/// Whether two texts are equal, and the fuel of that: as much as comparing other values takes. An empty text equals
/// null.
#[inline]
fn compare(left: Option<&[u8]>, right: Option<&[u8]>) -> (bool, u32) {
    match (left, right) {
        (Some(left), Some(right)) => {
            let length = u32::try_from(left.len().min(right.len())).unwrap_or(u32::MAX);
            (left == right, (length / 64).saturating_add(2))
        }
        (one, other) => (one.or(other).is_none_or(<[u8]>::is_empty), 1),
    }
}

/// One operator of a [`LongChain`] with its right operand.
pub struct ChainLink {
    /// The operator.
    pub op: BinaryOp,
    /// Right operand.
    pub right: Expr<Value>,
    /// What is known of the left side up to here.
    pub info: LeftOperand,
    /// Static type of the right operand.
    pub right_ty: Type,
    /// Where the operator stands.
    pub span: Span,
}

/// A chain of operators of one level, too long to nest.
pub struct LongChain {
    /// Leftmost operand.
    pub first: Expr<Value>,
    /// Operators and operands right of it.
    pub links: Vec<ChainLink>,
}

impl Node<Value> for LongChain {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let mut left = self.first.eval(f)?;
        for link in &self.links {
            f.run.charge(1)?;
            let right = link.right.eval(f)?;
            left = value::binary_owned(link.op, left, &right, link.info, link.right_ty, &mut f.run.cx.conv())
                .map_err(|fault| fault.at(link.span))?;
        }
        Ok(left)
    }
}

/// `op operand` on a value (L-56).
pub struct DynamicUnary {
    /// The operator.
    pub op: UnaryOp,
    /// Its operand.
    pub operand: Expr<Value>,
    /// Static type of the operand.
    pub ty: Type,
    /// Where the operation stands.
    pub span: Span,
}

impl Node<Value> for DynamicUnary {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let operand = self.operand.eval(f)?;
        value::unary(self.op, &operand, self.ty, &mut f.run.cx.conv()).map_err(|fault| fault.at(self.span))
    }
}

/// A conversion (section 4 of the language guide).
pub struct Convert {
    /// What is converted.
    pub inner: Expr<Value>,
    /// To which type.
    pub to: Type,
    /// Where.
    pub span: Span,
}

impl Node<Value> for Convert {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let value = self.inner.eval(f)?;
        value::convert(value, self.to, &mut f.run.cx.conv()).map_err(|fault| fault.at(self.span))
    }
}

/// A condition (L-61).
pub struct Truth {
    /// What is tested.
    pub inner: Expr<Value>,
    /// Where.
    pub span: Span,
}

impl Node<bool> for Truth {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        let value = self.inner.eval(f)?;
        value::to_bool(&value, &mut f.run.cx.conv()).map_err(|fault| fault.at(self.span))
    }
}

/// A part of a [`Concat`].
pub enum Part {
    /// Text that stands in the script.
    Text(Box<str>),
    /// An integer that is never null.
    Int(Expr<i64>),
    /// A number that is never null.
    Num(Expr<f64>),
    /// A variable of the value bank.
    Ref(Bank, u32),
    /// A value that just stands somewhere, with its place.
    Seen(Expr<Value>, Span),
    /// Anything else, with its place.
    Value(Expr<Value>, Span),
}

impl Part {
    /// The part that a node is.
    pub fn of(node: Expr<Value>, span: Span) -> Self {
        if node.looks() { Self::Seen(node, span) } else { Self::Value(node, span) }
    }
}

/// Texts put together (L-53), without temporaries.
pub struct Concat {
    /// The parts from left to right.
    pub parts: Vec<Part>,
}

impl Concat {
    /// Writes the parts behind what is there.
    pub(super) fn write(&self, f: &mut Frame<'_, '_>, out: &mut String) -> Result<(), Fault> {
        for part in &self.parts {
            write_part(part, f, out)?;
        }
        Ok(())
    }
}

fn write_part(part: &Part, f: &mut Frame<'_, '_>, out: &mut String) -> Result<(), Fault> {
    match part {
        Part::Text(text) => push(f, out, text),
        Part::Int(node) => {
            let value = node.eval(f)?;
            value::print_integer(value, out);
            Ok(())
        }
        Part::Num(node) => {
            let value = node.eval(f)?;
            value::print_number(value, out);
            Ok(())
        }
        Part::Ref(bank, at) => {
            // A short text is written where it stands; everything else is cloned, which is cheap.
            let value = match f.value_in(*bank, *at) {
                Value::Text(text) if text.len() <= FREE => {
                    out.push_str(text.as_str());
                    return Ok(());
                }
                value => value.clone(),
            };
            match &value {
                Value::Text(text) => push(f, out, text.as_str()),
                value => value::write_text(value, out, &mut f.run.cx.conv()),
            }
        }
        Part::Seen(node, span) => match node.look(f).and_then(Seen::text) {
            Some(text) if text.len() <= FREE => {
                out.push_str(text);
                Ok(())
            }
            _ => write_value(node, *span, f, out),
        },
        Part::Value(node, span) => write_value(node, *span, f, out),
    }
}

fn write_value(node: &Expr<Value>, span: Span, f: &mut Frame<'_, '_>, out: &mut String) -> Result<(), Fault> {
    let value = node.eval(f)?;
    match &value {
        Value::Text(text) => push(f, out, text.as_str()),
        _ => value::write_text(&value, out, &mut f.run.cx.conv()).map_err(|fault| fault.at(span)),
    }
}

/// Bytes of a text that is appended without asking for room and without fuel.
const FREE: usize = 64;

#[inline]
fn push(f: &mut Frame<'_, '_>, out: &mut String, text: &str) -> Result<(), Fault> {
    if text.len() > FREE {
        ask(f, out, text)?;
    }
    out.push_str(text);
    Ok(())
}

/// Asks for the room of a longer text.
#[inline(never)]
fn ask(f: &mut Frame<'_, '_>, out: &str, text: &str) -> Result<(), Fault> {
    let length = out.len().saturating_add(text.len());
    f.run.cx.budget.text_size(length)?;
    f.run.cx.budget.grow(length)?;
    Ok(f.run.cx.budget.charge(text.len() as u64 / 64)?)
}

impl Node<Value> for Concat {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let mut out = f.run.take_scratch();
        let written = self.write(f, &mut out);
        let text = match written {
            // A scratch text that is not kept anyway is taken over, a small one copied out of.
            Ok(()) if out.len() > SCRATCH => {
                return Ok(Value::Text(Text::try_from_string(out, &f.run.cx.budget)?));
            }
            Ok(()) => Text::try_new(&out, &f.run.cx.budget).map_err(Fault::from),
            Err(fault) => Err(fault),
        };
        f.run.keep_scratch(out);
        Ok(Value::Text(text?))
    }
}

/// `s += a + b` on a text variable: appends in place, in amortised constant time.
pub struct Append {
    /// Where the variable is.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
    /// What is appended.
    pub parts: Concat,
    /// Whether a part may change the variable itself; then its text is read first (L-51).
    pub left_first: bool,
}

impl super::Exec for Append {
    fn exec(&self, f: &mut Frame<'_, '_>) -> super::Flow {
        let appended = match self.parts.parts.as_slice() {
            [Part::Text(text)] => self.append(f, None, text),
            [Part::Int(node)] if !self.left_first => match node.eval(f) {
                Ok(value) => value::with_integer_text(value, |text| self.append(f, None, text)),
                Err(fault) => Err(fault),
            },
            _ => self.append_parts(f),
        };
        match appended {
            Ok(()) => super::Flow::Next,
            Err(fault) => f.run.fail(fault),
        }
    }
}

impl Append {
    #[inline(never)]
    fn append_parts(&self, f: &mut Frame<'_, '_>) -> Result<(), Fault> {
        let before = self.left_first.then(|| f.value_in(self.bank, self.at).clone());
        match self.parts.parts.as_slice() {
            [Part::Ref(bank, at)] if let Value::Text(text) = f.value_in(*bank, *at) => {
                let text = text.clone();
                self.append(f, before, text.as_str())
            }
            [Part::Value(node, _) | Part::Seen(node, _)] => match node.eval(f)? {
                Value::Text(text) => self.append(f, before, text.as_str()),
                value => {
                    let mut out = String::new();
                    value::write_text(&value, &mut out, &mut f.run.cx.conv())?;
                    self.append(f, before, &out)
                }
            },
            _ => {
                let mut out = f.run.take_scratch();
                let written = self.parts.write(f, &mut out);
                let appended = written.and_then(|()| self.append(f, before, &out));
                f.run.keep_scratch(out);
                appended
            }
        }
    }

    #[inline]
    fn append(&self, f: &mut Frame<'_, '_>, before: Option<Value>, text: &str) -> Result<(), Fault> {
        // A short text costs no fuel.
        if text.len() < 64
            && before.is_none()
            && let Some((Value::Text(own), cx)) = f.slot_and_context(self.bank, self.at)
            && own.try_push(text, &cx.budget)
        {
            return Ok(());
        }
        self.append_slowly(f, before, text)
    }

    #[inline(never)]
    fn append_slowly(&self, f: &mut Frame<'_, '_>, before: Option<Value>, text: &str) -> Result<(), Fault> {
        let Some((slot, cx)) = f.slot_and_context(self.bank, self.at) else { return Ok(()) };
        if let Some(before) = before {
            *slot = before;
        }
        cx.budget.charge(text.len() as u64 / 64)?;
        if let Value::Text(own) = slot {
            return Ok(own.push_str(text, &cx.budget)?);
        }
        *slot = Value::Text(Text::try_new(text, &cx.budget)?);
        Ok(())
    }
}

/// `{a, b}` (L-13, L-45).
pub struct Literal {
    /// The elements.
    pub elements: Vec<Expr<Value>>,
    /// The type of the place; dynamic without one.
    pub ty: Type,
    /// Where.
    pub span: Span,
}

impl Node<Value> for Literal {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        f.run.cx.budget.charge(self.elements.len() as u64)?;
        let mut values = Vec::with_capacity(self.elements.len());
        for element in &self.elements {
            values.push(element.eval(f)?);
        }
        let cx = &mut f.run.cx.conv();
        let built = if self.ty.is_dynamic() {
            value::literal_array(values, cx)
        } else {
            value::build_literal(values, self.ty, cx)
        };
        built.map_err(|fault| fault.at(self.span))
    }
}
