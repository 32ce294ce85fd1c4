//! Rust types that routines of an embedder take and give.

use crate::{
    call::Context,
    eval::Scalar,
    host::HostError,
    types::Type,
    value::{Array, Data, Fault, Text, Value},
};
use std::{ops::Deref, rc::Rc};

/// A Rust type that an argument becomes.
pub trait FromValue: Sized {
    /// The SIL type that the argument is converted to before the call; dynamic for any.
    const TYPE: Type;
    /// Whether the argument may be left out.
    const OPTIONAL: bool = false;
    /// Makes the argument of the eight bytes that the evaluator keeps a scalar in, if the type is a scalar. Null
    /// then comes as 0, `false` or NaN. Calls with such arguments and such a result are the fastest.
    const FROM_BITS: Option<fn(u64) -> Self> = None;

    /// Takes the argument. Null counts as in the common rules of routines: `""`, false, empty.
    ///
    /// # Errors
    /// When the value has no such form.
    fn from_value(value: &Value, cx: &mut Context<'_>) -> Result<Self, Fault>;
}

/// A Rust type that a result is made from.
pub trait IntoValue: Sized {
    /// The SIL type of the result; dynamic when it depends.
    const TYPE: Type;
    /// Whether the result is never null, which the compiler makes use of.
    const NEVER_NULL: bool = false;
    /// Makes the eight bytes that the evaluator keeps a scalar in, if the type is a scalar that is never null.
    const INTO_BITS: Option<fn(Self) -> Result<u64, Fault>> = None;

    /// Makes the value.
    ///
    /// # Errors
    /// Limits, and the error a `Result` holds.
    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault>;
}

/// A text argument that is shared with the script instead of copied. Dereferences to `str`.
#[derive(Clone, Debug)]
pub struct TextArg(Option<Text>);

impl Deref for TextArg {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_ref().map_or("", |text| text.as_str())
    }
}

macro_rules! scalars {
    ($($rust:ty, $ty:expr, $pattern:pat => $taken:expr, $null:expr, |$value:ident| $make:expr;)*) => {
        $(
            impl FromValue for $rust {
                const TYPE: Type = $ty;
                const FROM_BITS: Option<fn(u64) -> Self> = Some(Self::of);

                fn from_value(value: &Value, _: &mut Context<'_>) -> Result<Self, Fault> {
                    match value {
                        $pattern => Ok($taken),
                        Value::Null => Ok($null),
                        _ => Err(other_type()),
                    }
                }
            }

            impl IntoValue for $rust {
                const TYPE: Type = $ty;
                const NEVER_NULL: bool = true;
                const INTO_BITS: Option<fn(Self) -> Result<u64, Fault>> = Some(|value| Ok(value.bits()));

                fn into_value(self, _: &mut Context<'_>) -> Result<Value, Fault> {
                    let $value = self;
                    Ok($make)
                }
            }
        )*
    };
}

scalars! {
    bool, Type::BOOLEAN, Value::Bool(value) => *value, false, |value| Value::Bool(value);
    i64, Type::INTEGER, Value::Int(value) => *value, 0, |value| Value::Int(value);
    f64, Type::NUMBER, Value::Num(value) => *value, f64::NAN, |value| Value::Num(value);
}

#[cold]
fn other_type() -> Fault {
    Fault::internal("an argument has another type than its parameter")
}

impl FromValue for TextArg {
    const TYPE: Type = Type::STRING;

    fn from_value(value: &Value, _: &mut Context<'_>) -> Result<Self, Fault> {
        match value {
            Value::Text(text) => Ok(Self(Some(text.clone()))),
            Value::Null => Ok(Self(None)),
            _ => Err(other_type()),
        }
    }
}

impl FromValue for String {
    const TYPE: Type = Type::STRING;

    fn from_value(value: &Value, cx: &mut Context<'_>) -> Result<Self, Fault> {
        let text = match value {
            Value::Text(text) => text.as_str(),
            Value::Null => "",
            _ => return Err(other_type()),
        };
        cx.budget.grow(text.len())?;
        Ok(text.to_owned())
    }
}

impl FromValue for Data {
    const TYPE: Type = Type::DYNAMIC;

    fn from_value(value: &Value, cx: &mut Context<'_>) -> Result<Self, Fault> {
        Data::from_value(value, &mut cx.conv())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const TYPE: Type = T::TYPE;
    const OPTIONAL: bool = true;

    fn from_value(value: &Value, cx: &mut Context<'_>) -> Result<Self, Fault> {
        if value.is_absent() { Ok(None) } else { T::from_value(value, cx).map(Some) }
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    const TYPE: Type = T::TYPE.array();

    fn from_value(value: &Value, cx: &mut Context<'_>) -> Result<Self, Fault> {
        match value {
            Value::Array(array) => {
                cx.budget.charge(array.len() as u64)?;
                array.iter().map(|element| T::from_value(&element, cx)).collect()
            }
            Value::Null => Ok(Self::new()),
            single => Ok(vec![T::from_value(single, cx)?]),
        }
    }
}

impl IntoValue for () {
    const TYPE: Type = Type::DYNAMIC;

    fn into_value(self, _: &mut Context<'_>) -> Result<Value, Fault> {
        Ok(Value::Null)
    }
}

impl IntoValue for String {
    const TYPE: Type = Type::STRING;

    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        Ok(Value::Text(Text::try_from_string(self, &cx.budget)?))
    }
}

impl IntoValue for &str {
    const TYPE: Type = Type::STRING;

    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        Ok(Value::Text(Text::try_new(self, &cx.budget)?))
    }
}

impl IntoValue for Data {
    const TYPE: Type = Type::DYNAMIC;

    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        self.to_value(&mut cx.conv())
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    const TYPE: Type = T::TYPE;

    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        self.map_or(Ok(Value::Null), |value| value.into_value(cx))
    }
}

impl<T: IntoValue> IntoValue for Vec<T> {
    const TYPE: Type = T::TYPE.array();

    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        let mut array = Array::new(T::TYPE);
        for element in self {
            let element = element.into_value(cx)?;
            cx.budget.charge(1)?;
            array.push(element, &cx.budget)?;
        }
        Ok(Value::Array(Rc::new(array)))
    }
}

/// The bits of a result whose type has them.
pub(super) fn into_bits<T: IntoValue>(result: T) -> Result<u64, Fault> {
    match T::INTO_BITS {
        Some(make) => make(result),
        None => Err(Fault::internal("a result is no scalar")),
    }
}

/// For routines that charge for their work: a limit passes through.
impl<T: IntoValue> IntoValue for Result<T, Fault> {
    const TYPE: Type = T::TYPE;
    const NEVER_NULL: bool = T::NEVER_NULL;
    const INTO_BITS: Option<fn(Self) -> Result<u64, Fault>> = match T::INTO_BITS {
        Some(_) => Some(|result| into_bits(result?)),
        None => None,
    };

    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        self?.into_value(cx)
    }
}

impl<T: IntoValue> IntoValue for Result<T, HostError> {
    const TYPE: Type = T::TYPE;
    const NEVER_NULL: bool = T::NEVER_NULL;
    const INTO_BITS: Option<fn(Self) -> Result<u64, Fault>> = match T::INTO_BITS {
        Some(_) => Some(|result| into_bits(result.map_err(host_fault)?)),
        None => None,
    };

    fn into_value(self, cx: &mut Context<'_>) -> Result<Value, Fault> {
        self.map_err(host_fault)?.into_value(cx)
    }
}

fn host_fault(error: HostError) -> Fault {
    Fault::host(error.message())
}
