//! Elements of array variables by a text key. The key needs no text of its own; what is unusual (a base that is no
//! array, a body that somebody else holds, a key that is no text) goes the general way.

use super::{Bank, Concat, Exec, Expr, Flow, Frame, Node, Step, Target, get};
use crate::{
    source::Span,
    value::{self, Fault, Value},
};
use std::rc::Rc;

/// How a key is computed.
pub enum Key {
    /// It stands in the script.
    Constant(Box<str>),
    /// It is put together.
    Parts(Concat),
    /// It is a value, maybe null.
    Value(Expr<Value>),
}

/// A key that was computed.
enum Found<'a> {
    Constant(&'a str),
    /// In the scratch text of the run.
    Parts(String),
    Value(Value),
}

impl Key {
    fn find(&self, f: &mut Frame<'_, '_>) -> Result<Found<'_>, Fault> {
        match self {
            Self::Constant(key) => Ok(Found::Constant(key)),
            Self::Value(node) => node.eval(f).map(Found::Value),
            Self::Parts(parts) => {
                let mut key = f.run.take_scratch();
                parts.write(f, &mut key)?;
                f.run.cx.budget.text_size(key.len())?;
                Ok(Found::Parts(key))
            }
        }
    }
}

impl Found<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Constant(key) => Some(key),
            Self::Parts(key) => Some(key),
            Self::Value(value) => value.as_str(),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            key => Value::text(key.text().unwrap_or("")),
        }
    }

    fn leave(self, f: &mut Frame<'_, '_>) {
        if let Self::Parts(key) = self {
            f.run.keep_scratch(key);
        }
    }
}

/// Reads the element of a variable under a key (L-110).
pub struct KeyRead {
    /// Where the variable is.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
    /// The key; it does not change the variable.
    pub key: Key,
    /// The same in general, without its index.
    pub long: Step,
}

impl Node<Value> for KeyRead {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let key = self.key.find(f)?;
        let found = match (f.value_in(self.bank, self.at), key.text()) {
            (Value::Array(array), Some(text)) => array.get_key(text).cloned(),
            _ => None,
        };
        let found = match found {
            Some(found) if !found.is_absent() => Ok(found),
            _ => self.read_long(&key, f),
        };
        key.leave(f);
        found
    }
}

impl KeyRead {
    #[cold]
    #[inline(never)]
    fn read_long(&self, key: &Found<'_>, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let base = f.value_in(self.bank, self.at).clone();
        let read = self.long.read(&base, Some(&key.to_value()), &mut f.run.cx);
        read.map_err(|fault| fault.at(self.long.span))
    }
}

/// Writes the element of a variable under a key (L-111).
pub struct KeyWrite {
    /// Where the variable is.
    pub bank: Bank,
    /// Which slot.
    pub at: u32,
    /// The key.
    pub key: Key,
    /// The value, of the type of the elements or null.
    pub value: Expr<Value>,
    /// The same in general, without its index.
    pub long: Target,
    /// Where the assignment stands.
    pub span: Span,
}

impl Exec for KeyWrite {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        let key = get!(f, self.key.find(f));
        let value = get!(f, self.value.eval(f));
        let value = match value::convert(value, self.long.ty, &mut f.run.cx.conv()) {
            Ok(value) => value,
            Err(fault) => return f.run.fail(fault.at(self.span)),
        };
        let own = match f.slot_and_context(self.bank, self.at) {
            Some((Value::Array(array), cx)) => Rc::get_mut(array).map(|array| (array, cx)),
            _ => None,
        };
        let written = match (own, key.text()) {
            (Some((array, cx)), Some(text)) => {
                value::put_keyed(array, text, value, &mut cx.conv()).map_err(|fault| fault.at(self.long.span))
            }
            _ => self.long.write_index(key.to_value(), value, f),
        };
        key.leave(f);
        get!(f, written);
        Flow::Next
    }
}
