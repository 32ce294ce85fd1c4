//! Operators, conversions and literals on values: the complete semantics, which typed nodes only shorten.

use super::{Bank, Expr, Frame, Node};
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
    /// A variable of the value bank.
    Ref(Bank, u32),
    /// Anything else, with its place.
    Value(Expr<Value>, Span),
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
        Part::Ref(bank, at) => {
            // A text is written where it stands; everything else is cloned for the conversion, which is cheap.
            if let Value::Text(text) = f.value_in(*bank, *at) {
                let text = text.clone();
                return push(f, out, text.as_str());
            }
            let value = f.value_in(*bank, *at).clone();
            value::write_text(&value, out, &mut f.run.cx.conv())
        }
        Part::Value(node, span) => {
            let value = node.eval(f)?;
            match &value {
                Value::Text(text) => push(f, out, text.as_str()),
                _ => value::write_text(&value, out, &mut f.run.cx.conv()).map_err(|fault| fault.at(*span)),
            }
        }
    }
}

fn push(f: &mut Frame<'_, '_>, out: &mut String, text: &str) -> Result<(), Fault> {
    let length = out.len().saturating_add(text.len());
    if text.len() > 64 {
        f.run.cx.budget.text_size(length)?;
        f.run.cx.budget.grow(length)?;
        f.run.cx.budget.charge(text.len() as u64 / 64)?;
    }
    out.push_str(text);
    Ok(())
}

/// A text up to this many bytes is copied out of the scratch text, a longer one taken over.
const SMALL: usize = 256;

impl Node<Value> for Concat {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let mut out = std::mem::take(&mut f.run.scratch);
        let written = self.write(f, &mut out);
        let text = match written {
            Ok(()) if out.len() > SMALL => {
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
            [Part::Value(node, _)] => match node.eval(f)? {
                Value::Text(text) => self.append(f, before, text.as_str()),
                value => {
                    let mut out = String::new();
                    value::write_text(&value, &mut out, &mut f.run.cx.conv())?;
                    self.append(f, before, &out)
                }
            },
            _ => {
                let mut out = std::mem::take(&mut f.run.scratch);
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
