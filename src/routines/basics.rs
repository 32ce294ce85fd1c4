//! Null tests, exceptions, the script itself.

use super::argument;
use crate::{
    call::{Context, Measure, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Fault, Value},
};

pub(super) fn routines() -> Vec<Routine> {
    let core = |name: &'static str| Signature::new(name, Family::Core);
    vec![
        Routine::new(
            core("isNull")
                .param("variable", Type::DYNAMIC)
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc("True when the value is null, an empty array, or a structure without any value; 0 and \"\" are no nulls.")
                .example("string city; return isNull(city), isNull(\"\");", "true|false"),
            |_, arguments| Ok(Value::Bool(argument(arguments, 0).is_null())),
        )
        .measured(Measure::Boolean(|value| Some(value.is_null()))),
        Routine::new(
            core("isNotNull")
                .param("variable", Type::DYNAMIC)
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc("The opposite of `isNull`.")
                .example("return isNotNull(0);", "true"),
            |_, arguments| Ok(Value::Bool(!argument(arguments, 0).is_null())),
        )
        .measured(Measure::Boolean(|value| Some(!value.is_null()))),
        Routine::new(
            core("lastExceptionMessage")
                .returns(Returns::Is(Type::STRING))
                .doc("The message of the last exception of this run; empty when there was none.")
                .example("try { throw \"rain\"; } catch { } return lastExceptionMessage();", "rain"),
            |cx, _| last_exception(cx, |(_, message)| message),
        ),
        Routine::new(
            core("lastExceptionClass")
                .returns(Returns::Is(Type::STRING))
                .doc("The class name of the last exception of this run; empty when there was none.")
                .example("return lastExceptionClass();", ""),
            |cx, _| last_exception(cx, |(class, _)| class),
        ),
        Routine::new(
            Signature::new("currentSilScript", Family::System)
                .returns(Returns::Is(Type::STRING))
                .doc("The name of the running script.").example("return currentSilScript();", "example.sil"),
            |cx, _| Ok(Value::text(&cx.script)),
        ),
    ]
}

fn last_exception(cx: &mut Context<'_>, part: fn(&(String, String)) -> &String) -> Result<Value, Fault> {
    Ok(Value::text(cx.last_exception.as_ref().map_or("", |last| part(last))))
}
