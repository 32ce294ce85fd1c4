//! Null tests, sizes, exceptions, the script itself.

use super::{argument, array};
use crate::{
    call::{Context, Routine},
    signatures::{Family, ParamType, Returns, Signature},
    types::Type,
    value::{Array, Date, Fault, Text, Value},
};
use std::rc::Rc;

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
        ),
        Routine::new(
            core("isNotNull")
                .param("variable", Type::DYNAMIC)
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc("The opposite of `isNull`.")
                .example("return isNotNull(0);", "true"),
            |_, arguments| Ok(Value::Bool(!argument(arguments, 0).is_null())),
        ),
        Routine::new(
            core("arraySize")
                .alias("size")
                .package("array", "size")
                .param_of("array", ParamType::AnyArray, false)
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("How many elements an array has.")
                .example("return size({\"rope\", \"lamp\"});", "2"),
            size,
        ),
        Routine::new(
            core("arrayKeys")
                .package("array", "keys")
                .param_of("array", ParamType::AnyArray, false)
                .returns(Returns::Is(Type::STRINGS))
                .doc("The keys of an array, in the order of its elements; elements without a key are left out.")
                .example("number[] age; age[\"Bo\"] = 40; age[\"Cy\"] = 35; return arrayKeys(age);", "Bo|Cy"),
            array_keys,
        ),
        Routine::new(
            core("length")
                .param("text", Type::STRING)
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("How many characters a text has, counted in UTF-16 units.")
                .example("return length(\"harbour\");", "7"),
            length,
        ),
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
                .doc("The name of the running script."),
            |cx, _| Ok(Value::text(&cx.script)),
        ),
        Routine::new(
            core("currentDate")
                .returns(Returns::NeverNull(Type::DATE))
                .doc("The current date and time."),
            current_date,
        ),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "an array has far fewer than 2^53 elements")]
fn size(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let size = match argument(arguments, 0) {
        Value::Array(array) => array.len(),
        Value::Null => 0,
        // Any other value counts as an array of one element (L-44).
        _ => 1,
    };
    Ok(Value::Num(size as f64))
}

#[expect(clippy::cast_precision_loss, reason = "a text has far fewer than 2^53 characters")]
fn length(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let units = match argument(arguments, 0) {
        Value::Text(text) => text.units(),
        _ => 0,
    };
    Ok(Value::Num(units as f64))
}

fn array_keys(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let mut keys = Array::new(Type::STRING);
    if let Some(array) = array(arguments, 0) {
        cx.budget.charge(array.len() as u64)?;
        for index in 0..array.len() {
            if let Some(key) = array.key_at(index) {
                let text = Text::try_new(key, &cx.budget)?;
                keys.push(Value::Text(Rc::new(text)), &cx.budget)?;
            }
        }
    }
    Ok(Value::Array(Rc::new(keys)))
}

fn last_exception(cx: &mut Context<'_>, part: fn(&(String, String)) -> &String) -> Result<Value, Fault> {
    Ok(Value::text(cx.last_exception.as_ref().map_or("", |last| part(last))))
}

fn current_date(cx: &mut Context<'_>, _: &[Value]) -> Result<Value, Fault> {
    let Some(clock) = cx.host.clock() else {
        return Err(Fault::host("the current time is not available in this host"));
    };
    let millis = clock.now_millis();
    Date::from_millis(millis, &cx.zone)
        .map(Value::Date)
        .ok_or_else(|| Fault::host("the clock of the host is outside the years 1 to 9999"))
}
