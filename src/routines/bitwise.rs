//! Bit operations on integers: two's complement, 64 bits wide.

use super::argument;
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Fault, Value},
};

pub(super) fn routines() -> Vec<Routine> {
    let two = |name: &'static str, short: &'static str| one(name, short).param("int2", Type::INTEGER);
    vec![
        Routine::new(
            two("bitwise_and", "b_and")
                .doc("The bits that both integers have.")
                .example("return bitwise_and(12, 10);", "8"),
            |_, arguments| both(arguments, |left, right| left & right),
        ),
        Routine::new(
            two("bitwise_or", "b_or")
                .doc("The bits that one of two integers has, or both.")
                .example("return bitwise_or(12, 10);", "14"),
            |_, arguments| both(arguments, |left, right| left | right),
        ),
        Routine::new(
            two("bitwise_xor", "b_xor")
                .doc("The bits that exactly one of two integers has.")
                .example("return bitwise_xor(12, 10);", "6"),
            |_, arguments| both(arguments, |left, right| left ^ right),
        ),
        Routine::new(
            one("bitwise_not", "b_not").doc("All 64 bits turned over.").example("return bitwise_not(12);", "-13"),
            not,
        ),
        Routine::new(
            two("bitwise_lshift", "b_lshift")
                .doc("The bits moved up by the second integer, of which the lowest six bits count.")
                .example("return bitwise_lshift(5, 3);", "40"),
            |_, arguments| both(arguments, |left, right| left.wrapping_shl(places(right))),
        ),
        Routine::new(
            two("bitwise_rshift", "b_rshift")
                .doc("The bits moved down by the second integer, of which the lowest six bits count; the sign stays.")
                .example("return bitwise_rshift(-40, 3);", "-5"),
            |_, arguments| both(arguments, |left, right| left.wrapping_shr(places(right))),
        ),
        Routine::new(
            two("bitwise_rushift", "b_rushift")
                .doc("As `bitwise_rshift`, but zeros come in from above.")
                .example("return bitwise_rushift(-1, 60);", "15"),
            |_, arguments| {
                both(arguments, |left, right| left.cast_unsigned().wrapping_shr(places(right)).cast_signed())
            },
        ),
    ]
}

fn one(name: &'static str, short: &'static str) -> Signature {
    Signature::new(name, Family::Core)
        .package("bitwise", short)
        .param("int1", Type::INTEGER)
        .returns(Returns::Is(Type::INTEGER))
}

fn not(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    Ok(match argument(arguments, 0) {
        &Value::Int(integer) => Value::Int(!integer),
        _ => Value::Null,
    })
}

fn both(arguments: &[Value], operation: fn(i64, i64) -> i64) -> Result<Value, Fault> {
    Ok(match (argument(arguments, 0), argument(arguments, 1)) {
        (&Value::Int(left), &Value::Int(right)) => Value::Int(operation(left, right)),
        _ => Value::Null,
    })
}

/// How far to shift: 0 to 63, as for a `long` of Java.
fn places(count: i64) -> u32 {
    u32::try_from(count & 63).unwrap_or(0)
}
