//! JSON.

use super::{argument, text};
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{EmptyField, Fault, JsonStyle, Text, Value, from_json, to_json},
};
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    let core = |name: &'static str| Signature::new(name, Family::Core);
    vec![
        Routine::new(
            core("toJson")
                .param("value", Type::DYNAMIC)
                .optional("convertEmptyFields", Type::BOOLEAN)
                .optional("writeNull", Type::BOOLEAN)
                .returns(Returns::Is(Type::STRING))
                .doc("The value as JSON: structures as objects in field order, arrays as arrays, keyed arrays as objects.")
                .example("struct Fig { string kind; number kg; } Fig f = {\"fig\", 2.5}; return toJson(f);", "{\"kind\":\"fig\",\"kg\":2.5}"),
            json_text,
        ),
        Routine::new(
            core("fromJson")
                .param("text", Type::STRING)
                .returns(Returns::Receiver)
                .doc("Reads JSON into the type of the variable it is assigned to; without one the text itself.")
                .example("integer[] n = fromJson(\"[4,5]\"); return n;", "4|5"),
            |cx, arguments| {
                let expected = cx.expected;
                if expected.is_dynamic() {
                    return Ok(argument(arguments, 0).clone());
                }
                from_json(text(arguments, 0), expected, &mut cx.conv())
            },
        ),
    ]
}

fn json_text(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let flag = |index, default| match argument(arguments, index) {
        Value::Bool(value) => *value,
        _ => default,
    };
    let empty = match (flag(1, true), flag(2, true)) {
        (false, _) => EmptyField::LeaveOut,
        (true, false) => EmptyField::EmptyText,
        (true, true) => EmptyField::Null,
    };
    let style = JsonStyle { empty, ..JsonStyle::default() };
    let mut out = String::new();
    to_json(argument(arguments, 0), &mut out, style, &mut cx.conv())?;
    Ok(Value::Text(Rc::new(Text::try_from_string(out, &cx.budget)?)))
}
