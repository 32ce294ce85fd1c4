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
mod convert;
mod cow;
mod data;
mod date;
mod draft;
mod fault;
mod fields;
mod index;
mod interval;
mod json;
mod literal;
mod number;
mod ops;
mod part;
mod record;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod testing;
mod text;
mod text_form;
mod zone;

pub use array::{Array, Iter};
pub use convert::{ConvCx, convert, is_of};
pub use data::{DATA_DEPTH, Data, DateData};
pub use date::{Civil, DAY_NAMES, Date, MONTH_NAMES, days_in_month};
pub use draft::Draft;
pub use fault::{CallSite, Fault, FaultKind};
pub use fields::{MemberPlace, MemberResult, field_get, field_put, field_take, member_get, member_place};
pub use index::{index_get, index_put, index_set, index_take, put_keyed};
pub use interval::{INTERVAL_UNITS, interval_part, parse_interval, print_interval};
pub use json::{DateWriter, EmptyField, JsonStyle, from_json, to_json};
pub use literal::{build_literal, flatten, flatten_texts, iterate, literal_array};
pub use number::{
    bool_to_text, compare_int_num, int_add, int_div, int_mul, int_rem, int_sub, int_to_byte, int_to_num, int_to_text,
    num_to_bool, num_to_byte, num_to_int, num_to_millis, num_to_text, parse_boolean, parse_integer, parse_number,
    print_integer, print_number, with_integer_text,
};
pub use ops::{append_element, binary, binary_owned, compare, equals, unary, update};
pub use part::{Hop, Plain, replace_at, scalar_at, scalar_at_mut, value_at};
pub use record::{Fields, Record};
pub use text::Text;
pub use text_form::{append, to_bool, to_text, write_text};
pub use zone::Zone;

use crate::types::Type;
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
    Text(Text),
    /// An array of any element type.
    Array(Rc<Array>),
    /// A structure.
    Struct(Rc<Record>),
}

impl Value {
    /// A text. Counts its bytes, but does not ask a budget: for texts of bounded size.
    pub fn text(text: &str) -> Self {
        Self::Text(Text::new(text))
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
            Self::Struct(record) => record.is_null(),
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

    /// Whether it is an array.
    pub fn is_array_value(&self) -> bool {
        matches!(self, Self::Array(_))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_two_words() {
        assert_eq!(size_of::<Value>(), 16);
    }
}
