//! JSON.

use super::{argument, text};
use crate::{
    call::{Context, Routine},
    limits::Budget,
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Date, EmptyField, Fault, JsonStyle, Value, Zone, from_json, to_json},
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

/// Writes a date with a pattern of digits and separators.
fn write_date(pattern: &str, date: Date, zone: &Zone, budget: &mut Budget) -> Result<String, Fault> {
    budget.charge(pattern.len() as u64)?;
    // A letter may stand for more than itself: an offset, a number of ten digits.
    budget.text_size(pattern.len().saturating_mul(10))?;
    budget.grow(pattern.len().saturating_mul(10))?;
    let civil = date.civil(zone);
    let minutes = date.offset_seconds(zone).div_euclid(60);
    let (sign, hours, rest) =
        (if minutes < 0 { '-' } else { '+' }, minutes.abs().div_euclid(60), minutes.abs().rem_euclid(60));
    let mut out = String::new();
    let mut letters = pattern.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        if letter == '\'' {
            if letters.next_if_eq(&'\'').is_some() {
                out.push('\'');
            } else {
                quoted = !quoted;
            }
            continue;
        }
        if quoted || !letter.is_ascii_alphabetic() {
            out.push(letter);
            continue;
        }
        let mut width = 1usize;
        while letters.next_if_eq(&letter).is_some() {
            width = width.saturating_add(1);
        }
        let number = match letter {
            'y' if width == 2 => civil.year.rem_euclid(100),
            'y' => civil.year,
            'M' if width < 3 => i32::from(civil.month),
            'd' => i32::from(civil.day),
            'H' => i32::from(civil.hour),
            'm' => i32::from(civil.minute),
            's' => i32::from(civil.second),
            'S' => i32::from(civil.milli),
            'Z' => {
                out.push_str(&format!("{sign}{hours:02}{rest:02}"));
                continue;
            }
            _ => {
                let letters = letter.to_string().repeat(width);
                return Err(Fault::routine(format!("`{letters}` is no part of a date pattern for `toJson`")));
            }
        };
        out.push_str(&format!("{number:0width$}"));
    }
    Ok(out)
}
