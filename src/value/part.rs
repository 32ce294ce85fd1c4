//! Parts of values, found and changed where they are: the short way to an element or field that is there.
//!
//! A scalar only replaces one of its kind, in bodies that nobody else holds. So nothing that a body keeps of its parts
//! (depth, whether all is null, bytes) can change, and copies on write, nulls and growth stay with the long way.

use super::{Array, Value};
use crate::types::StructId;
use std::rc::Rc;

/// A scalar that arrays hold unboxed.
pub trait Plain: Copy {
    /// The value as such a scalar.
    fn of_value(value: &Value) -> Option<Self>;
    /// The scalar in a value, to replace.
    fn in_value(value: &mut Value) -> Option<&mut Self>;
    /// As a value.
    fn into_value(self) -> Value;
    /// The elements of an array, while they are unboxed.
    fn items(array: &Array) -> Option<&[Self]>;
    /// The elements of an array, to replace, or to append to within the capacity.
    fn items_mut(array: &mut Array) -> Option<&mut Vec<Self>>;
}

macro_rules! plain {
    ($($ty:ty: $kind:ident, $items:ident, $items_mut:ident;)*) => {
        $(
            impl Plain for $ty {
                #[inline]
                fn of_value(value: &Value) -> Option<Self> {
                    match value {
                        Value::$kind(scalar) => Some(*scalar),
                        _ => None,
                    }
                }
                #[inline]
                fn in_value(value: &mut Value) -> Option<&mut Self> {
                    match value {
                        Value::$kind(scalar) => Some(scalar),
                        _ => None,
                    }
                }
                #[inline]
                fn into_value(self) -> Value {
                    Value::$kind(self)
                }
                #[inline]
                fn items(array: &Array) -> Option<&[Self]> {
                    array.$items()
                }
                #[inline]
                fn items_mut(array: &mut Array) -> Option<&mut Vec<Self>> {
                    array.$items_mut()
                }
            }
        )*
    };
}

plain! {
    i64: Int, as_ints, as_ints_mut;
    f64: Num, as_nums, as_nums_mut;
    bool: Bool, as_bools, as_bools_mut;
}

/// One step from a value to a part of it.
#[derive(Clone, Copy, Debug)]
pub enum Hop {
    /// A field of a structure, by position.
    Field(StructId, u32),
    /// An element, by position.
    Element(i64),
}

impl Hop {
    /// The part, if it is there and not unboxed.
    #[inline]
    pub fn value(self, base: &Value) -> Option<&Value> {
        match (self, base) {
            (Self::Field(id, place), Value::Struct(record)) if record.id() == id => record.get(place as usize),
            (Self::Element(at), Value::Array(array)) => array.value_ref(position(at)?),
            _ => None,
        }
    }

    /// The part, if it is there, not unboxed, and nobody else holds the body it is in.
    #[inline]
    fn value_mut(self, base: &mut Value) -> Option<&mut Value> {
        match base {
            Value::Struct(record) => match self {
                Self::Field(id, place) if record.id() == id => Rc::get_mut(record)?.field_mut(place as usize),
                _ => None,
            },
            Value::Array(array) => match self {
                Self::Element(at) => Rc::get_mut(array)?.value_mut(position(at)?),
                Self::Field(..) => None,
            },
            _ => None,
        }
    }

    /// The part as a scalar, if it is one.
    #[inline]
    pub fn scalar<P: Plain>(self, base: &Value) -> Option<P> {
        if let (Self::Element(at), Value::Array(array)) = (self, base)
            && let Some(items) = P::items(array)
        {
            return items.get(position(at)?).copied();
        }
        self.value(base).and_then(P::of_value)
    }

    /// The part as a scalar to replace, if it is one and nobody else holds the body it is in.
    #[inline]
    pub fn scalar_mut<P: Plain>(self, base: &mut Value) -> Option<&mut P> {
        match base {
            Value::Array(array) => {
                let Self::Element(at) = self else { return None };
                let (at, array) = (position(at)?, Rc::get_mut(array)?);
                if P::items(array).is_some() {
                    P::items_mut(array)?.get_mut(at)
                } else {
                    array.value_mut(at).and_then(P::in_value)
                }
            }
            base => self.value_mut(base).and_then(P::in_value),
        }
    }
}

/// A negative position is one far beyond the end, which saves a test.
#[inline]
fn position(at: i64) -> Option<usize> {
    usize::try_from(at.cast_unsigned()).ok()
}

/// The scalar at the end of some hops.
#[inline]
pub fn scalar_at<P: Plain>(mut base: &Value, hops: &[Hop]) -> Option<P> {
    let (last, first) = hops.split_last()?;
    for hop in first {
        base = hop.value(base)?;
    }
    last.scalar(base)
}

/// The scalar at the end of some hops, to replace.
#[inline]
pub fn scalar_at_mut<'v, P: Plain>(mut base: &'v mut Value, hops: &[Hop]) -> Option<&'v mut P> {
    let (last, first) = hops.split_last()?;
    for hop in first {
        base = hop.value_mut(base)?;
    }
    last.scalar_mut(base)
}

/// Puts a text or scalar in the place of a value of its kind, if nobody else holds the body that one is in.
///
/// # Errors
/// The new value, where there is no such place.
#[inline]
pub fn replace_at(mut base: &mut Value, hops: &[Hop], new: Value) -> Result<(), Value> {
    for hop in hops {
        match hop.value_mut(base) {
            Some(part) => base = part,
            None => return Err(new),
        }
    }
    let alike = std::mem::discriminant(base) == std::mem::discriminant(&new);
    if !alike || matches!(new, Value::Array(_) | Value::Struct(_)) {
        return Err(new);
    }
    *base = new;
    Ok(())
}

/// The value at the end of some hops.
#[inline]
pub fn value_at<'v>(mut base: &'v Value, hops: &[Hop]) -> Option<&'v Value> {
    for hop in hops {
        base = hop.value(base)?;
    }
    Some(base)
}
