//! JSON.

use super::date_pattern::write as write_date;
use super::{argument, text};
use crate::{
    call::{Context, Routine},
    limits::Budget,
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Date, EmptyField, Fault, JsonStyle, Value, from_json, to_json},
};

pub(super) fn routines() -> Vec<Routine> {
    let core = |name: &'static str| Signature::new(name, Family::Core);
    vec![
        Routine::new(
            core("toJson")
                .param("value", Type::DYNAMIC)
                .optional("convertEmptyFields", Type::BOOLEAN)
                .optional("writeNull", Type::BOOLEAN)
                .optional("datesFormat", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc(
                    "The value as JSON: structures as objects in field order, arrays as arrays, keyed arrays as objects. \
                     A null field is written as `null`; `convertEmptyFields` false leaves it out, `writeNull` false \
                     writes `\"\"`. Dates are written with the pattern `datesFormat`.",
                )
                .example(
                    "struct Fig { string kind; number kg; } Fig f; f.kind = \"fig\"; return toJson(f);",
                    "{\"kind\":\"fig\",\"kg\":null}",
                ),
            json_text,
        ),
        Routine::new(
            core("fromJson")
                .param("json", Type::STRING)
                .returns(Returns::Receiver)
                .doc("Reads JSON into the type of the variable it is assigned to; without one the text itself.")
                .example("integer[] n = fromJson(\"[4,5]\"); return n;", "4|5"),
            |cx, arguments| from_json(text(arguments, 0), cx.expected, &mut cx.conv()),
        ),
    ]
}

fn json_text(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let flag = |index| match argument(arguments, index) {
        Value::Bool(value) => *value,
        _ => true,
    };
    let empty = match (flag(1), flag(2)) {
        (false, _) => EmptyField::LeaveOut,
        (true, false) => EmptyField::EmptyText,
        (true, true) => EmptyField::Null,
    };
    let pattern = text(arguments, 3);
    let zone = cx.zone.clone();
    let date = |date: Date, out: &mut String, budget: &mut Budget| {
        out.push_str(&write_date(pattern, date, &zone, budget)?);
        Ok(())
    };
    let style = JsonStyle { empty, date: if pattern.is_empty() { None } else { Some(&date) } };
    let mut out = String::new();
    to_json(argument(arguments, 0), &mut out, style, &mut cx.conv())?;
    cx.conv().text(out)
}
