//! Values at run time: their representation, exact conversions, text forms, ordering and operators.
//!
//! A [`Value`] belongs to the thread of its run: texts, arrays and structures are reference counted without atomics
//! and copied on write, which is how SIL's value semantics (L-34) stay cheap. What leaves a run is [`Data`].
//!
//! Invariants:
//! - A value is 16 bytes.
//! - Heap bodies count their bytes in [`limits::memory`](crate::limits::memory) and take them off when dropped.
//! - Values nest at most [`Limits::value_depth`](crate::limits::Limits::value_depth) levels, so walks over them end;
//!   they ask for native stack where they recurse, and dropping does not recurse.
//!
//! This room knows no syntax and no host.

mod array;
mod fault;
mod record;
mod text;

pub use array::{Array, Iter};
pub use fault::{CallSite, Fault, FaultKind};
pub use record::Record;
pub use text::Text;

use crate::types::{Base, Type};
use std::rc::Rc;

/// A value of a run.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// No value, of any type.
    #[default]
    Null,
    /// `boolean`
    Bool(bool),
    /// `integer`
    Int(i64),
    /// `number`
    Num(f64),
    /// `byte`
    Byte(i8),
    /// `date`
    Date(Date),
    /// `interval`, in milliseconds.
    Interval(i64),
    /// `string`
    Text(Rc<Text>),
    /// An array of any element type.
    Array(Rc<Array>),
    /// A structure.
    Struct(Rc<Record>),
}

/// A point in time with the zone it is shown in, packed: `millis << 14 | zone` (L-43).
///
/// Zone 0 is the engine's. See [`zone`] for the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Date(i64);

impl Value {
    /// A text. Counts its bytes, but does not ask a budget: for texts of bounded size.
    pub fn text(text: &str) -> Self {
        Self::Text(Rc::new(Text::new(text)))
    }

    /// The type of the value, as far as a value tells; a null is dynamic.
    pub fn type_of(&self) -> Type {
        match self {
            Self::Null => Type::DYNAMIC,
            Self::Bool(_) => Type::BOOLEAN,
            Self::Int(_) => Type::INTEGER,
            Self::Num(_) => Type::NUMBER,
            Self::Byte(_) => Type::BYTE,
            Self::Date(_) => Type::DATE,
            Self::Interval(_) => Type::INTERVAL,
            Self::Text(_) => Type::STRING,
            Self::Array(array) => array.element_type().array(),
            Self::Struct(record) => Type::structure(record.id()),
        }
    }

    /// What a variable of a type holds before anything is assigned: an empty array, else null (L-32).
    ///
    /// A structure variable is null too; writing a field creates it.
    pub fn default_of(ty: Type) -> Self {
        if ty.is_array() { Self::Array(Rc::new(Array::new(ty.element()))) } else { Self::Null }
    }

    /// Whether it is the null value itself; see [`Value::is_null`] for `isNull`.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The rule of `isNull`: null, an empty array, a structure whose fields are all null (L-32).
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Array(array) => array.is_empty(),
            // A field that is itself a structure without values counts as null.
            Self::Struct(record) => stacker::maybe_grow(RED_ZONE, STACK_CHUNK, || {
                record.fields().iter().all(Self::is_null)
            }),
            _ => false,
        }
    }

    /// Levels of values in it: 0 for a scalar or text.
    pub fn depth(&self) -> u32 {
        match self {
            Self::Array(array) => array.depth(),
            Self::Struct(record) => record.depth(),
            _ => 0,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }
}

/// Native stack that a recursive walk over values keeps in reserve, in bytes.
pub const RED_ZONE: usize = 64 << 10;
/// Native stack that such a walk adds when the reserve is reached, in bytes.
pub const STACK_CHUNK: usize = 1 << 20;

/// Takes the values apart iteratively, so that a long chain of structures needs no native stack to be dropped.
fn drop_deep(mut pending: Vec<Value>) {
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(array) => {
                if let Some(mut array) = Rc::into_inner(array) {
                    array.take_values(&mut pending);
                }
            }
            Value::Struct(record) => {
                if let Some(mut record) = Rc::into_inner(record) {
                    record.take_values(&mut pending);
                }
            }
            _ => {}
        }
    }
}

/// Values nested deeper than this are dropped iteratively.
const DEEP: u32 = 24;

/// Whether a base is stored unboxed in arrays.
const fn is_dense(base: Base) -> bool {
    matches!(base, Base::Integer | Base::Number | Base::Boolean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_two_words() {
        assert_eq!(size_of::<Value>(), 16);
    }
}
