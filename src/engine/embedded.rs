use super::{FromValue, IntoValue, convert::into_bits};
use crate::{
    call::{Context, HostRoutine, ScalarFn},
    signatures::{ParamType, Returns, Signature},
    types::Type,
    value::{Fault, Value},
};
use std::sync::Arc;

/// A closure that can be a routine: up to six parameters that are [`FromValue`], a result that is [`IntoValue`], and
/// optionally `&mut Context` in front, through which it reaches host and limits.
///
/// `Kind` tells the shapes of closures apart and is always inferred.
pub trait Embedded<Kind>: Send + Sync + 'static {
    /// SIL types of the parameters, and which may be left out.
    fn params(&self) -> Vec<(Type, bool)>;
    /// SIL type of the result, and whether it can be null.
    fn result(&self) -> Returns;
    /// As the evaluator calls it.
    fn into_host_routine(self) -> HostRoutine;
}

fn returns<R: IntoValue>() -> Returns {
    if R::NEVER_NULL { Returns::NeverNull(R::TYPE) } else { Returns::Is(R::TYPE) }
}

/// The argument made of the bits of a slot.
fn from_bits<T: FromValue>(bits: Option<&u64>) -> Result<T, Fault> {
    match (T::FROM_BITS, bits) {
        (Some(make), Some(&bits)) => Ok(make(bits)),
        _ => Err(Fault::internal("an argument is no scalar")),
    }
}

/// A closure in the forms in which it is called. It is given as one that takes the context.
macro_rules! host_routine {
    ($function:expr, $($name:ident)*) => {{
        let function = Arc::new($function);
        let takes_scalars = R::INTO_BITS.is_some() $(&& $name::FROM_BITS.is_some())*;
        let scalars = takes_scalars.then(|| {
            let function = function.clone();
            Arc::new(move |cx: &mut Context<'_>, arguments: &[u64]| {
                let mut arguments = arguments.iter();
                let _ = &mut arguments;
                $(let $name = from_bits::<$name>(arguments.next())?;)*
                into_bits(function(cx, $($name),*))
            }) as Arc<ScalarFn>
        });
        let values = Arc::new(move |cx: &mut Context<'_>, arguments: &[Value]| {
            let mut arguments = arguments.iter();
            let _ = &mut arguments;
            $(let $name = $name::from_value(arguments.next().unwrap_or(&Value::Null), cx)?;)*
            function(cx, $($name),*).into_value(cx)
        });
        HostRoutine { values, scalars }
    }};
}

macro_rules! embedded {
    ($($name:ident)*) => {
        impl<F, R, $($name),*> Embedded<fn($($name),*) -> R> for F
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
            R: IntoValue,
            $($name: FromValue,)*
        {
            fn params(&self) -> Vec<(Type, bool)> {
                vec![$(($name::TYPE, $name::OPTIONAL)),*]
            }

            fn result(&self) -> Returns {
                returns::<R>()
            }

            #[allow(non_snake_case, reason = "the parameters are named after their types")]
            fn into_host_routine(self) -> HostRoutine {
                host_routine!(move |_: &mut Context<'_>, $($name: $name),*| self($($name),*), $($name)*)
            }
        }

        impl<F, R, $($name),*> Embedded<fn(&mut Context<'_>, $($name),*) -> R> for F
        where
            F: Fn(&mut Context<'_>, $($name),*) -> R + Send + Sync + 'static,
            R: IntoValue,
            $($name: FromValue,)*
        {
            fn params(&self) -> Vec<(Type, bool)> {
                vec![$(($name::TYPE, $name::OPTIONAL)),*]
            }

            fn result(&self) -> Returns {
                returns::<R>()
            }

            #[allow(non_snake_case, reason = "the parameters are named after their types")]
            fn into_host_routine(self) -> HostRoutine {
                host_routine!(self, $($name)*)
            }
        }
    };
}

embedded!();
embedded!(A);
embedded!(A B);
embedded!(A B C);
embedded!(A B C D);
embedded!(A B C D E);
embedded!(A B C D E G);

/// Completes a signature from a closure: types and optionality are the closure's, names are the signature's.
pub(super) fn complete(mut signature: Signature, params: &[(Type, bool)], result: Returns) -> Signature {
    let number = |index: usize| format!("argument{}", index.saturating_add(1));
    signature.params.truncate(params.len());
    for (index, &(ty, optional)) in params.iter().enumerate() {
        let ty = if ty.is_dynamic() { ParamType::Any } else { ParamType::Is(ty) };
        match signature.params.get_mut(index) {
            Some(param) => {
                param.ty = ty;
                param.optional = optional;
            }
            None => signature = signature.param_of(number(index), ty, optional),
        }
    }
    signature.returns = match result {
        Returns::Is(ty) if ty.is_dynamic() => signature.returns,
        result => result,
    };
    signature.variadic = false;
    signature
}
