//! Numbers: arithmetic, rounding, functions, chance, Roman numerals, number patterns.

use super::{argument, number_format::NumberPattern, text};
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Fault, Text, Value, num_to_int},
};
use std::f64::consts;

pub(super) fn routines() -> Vec<Routine> {
    [rounding(), functions(), chance(), texts()].concat()
}

/// A routine of one family whose result is a number, null when an argument is.
fn numeric(name: &'static str) -> Signature {
    Signature::new(name, Family::Core).returns(Returns::Is(Type::NUMBER))
}

fn rounding() -> Vec<Routine> {
    vec![
        Routine::new(
            numeric("abs")
                .param("number", Type::NUMBER)
                .doc("The number without its sign.")
                .example("return abs(-7.25);", "7.25"),
            |_, arguments| one(arguments, f64::abs),
        ),
        Routine::new(
            numeric("sign")
                .param("number", Type::NUMBER)
                .doc("-1 for a negative number, 1 for a positive one, 0 for zero.")
                .example("return sign(-7.25), sign(0);", "-1|0"),
            |_, arguments| one(arguments, |number| if number == 0.0 { 0.0 } else { number.signum() }),
        ),
        Routine::new(
            numeric("ceiling")
                .param("number", Type::NUMBER)
                .param("significance", Type::NUMBER)
                .doc(
                    "The next multiple of `significance`, away from zero; a negative number with a positive \
                     `significance` goes towards zero, the other way round the result is not a number.",
                )
                .example("return ceiling(13, 5), ceiling(-13, -5), ceiling(-13, 5);", "15|-15|-10"),
            |_, arguments| two(arguments, |number, step| multiple(number, step, f64::ceil)),
        ),
        Routine::new(
            numeric("floor")
                .param("number", Type::NUMBER)
                .param("significance", Type::NUMBER)
                .doc(
                    "The next multiple of `significance`, towards zero; a negative number with a positive \
                     `significance` goes away from zero, the other way round the result is not a number.",
                )
                .example("return floor(13, 5), floor(-13, -5), floor(-13, 5);", "10|-10|-15"),
            |_, arguments| two(arguments, |number, step| multiple(number, step, f64::floor)),
        ),
        Routine::new(
            numeric("round")
                .param("number", Type::NUMBER)
                .param("digits", Type::NUMBER)
                .doc(
                    "The number as it is written, rounded to so many digits behind the point, halves away from zero; \
                     negative `digits` round before the point.",
                )
                .example("return round(8.4651, 2), round(-0.5, 0), round(1861, -2);", "8.47|-1|1900"),
            |_, arguments| two(arguments, |number, digits| shorten(number, num_to_int(digits), true)),
        ),
        Routine::new(
            numeric("trunc")
                .param("number", Type::NUMBER)
                .param("digits", Type::NUMBER)
                .doc("The number as it is written, cut behind so many digits behind the point.")
                .example("return trunc(8.4691, 2), trunc(-0.99, 0);", "8.46|0"),
            |_, arguments| two(arguments, |number, digits| shorten(number, num_to_int(digits), false)),
        ),
    ]
}

fn functions() -> Vec<Routine> {
    let of_number = |name| numeric(name).param("number", Type::NUMBER);
    let constant = |name: &'static str| Signature::new(name, Family::Core).returns(Returns::NeverNull(Type::NUMBER));
    vec![
        Routine::new(
            numeric("power")
                .param("base", Type::NUMBER)
                .param("exponent", Type::NUMBER)
                .doc("The base raised to the exponent.")
                .example("return power(3, 4), power(16, -0.5);", "81|0.25"),
            |_, arguments| two(arguments, power),
        ),
        Routine::new(
            of_number("sqrt").doc("The square root; not a number below zero.").example("return sqrt(20.25);", "4.5"),
            |_, arguments| one(arguments, f64::sqrt),
        ),
        Routine::new(
            of_number("exp").doc("The number e raised to the number.").example("return exp(0);", "1"),
            |_, arguments| one(arguments, f64::exp),
        ),
        Routine::new(
            of_number("ln")
                .doc("The natural logarithm; minus infinity for 0, not a number below.")
                .example("return ln(1), ln(0);", "0|-Infinity"),
            |_, arguments| one(arguments, f64::ln),
        ),
        Routine::new(
            of_number("log")
                .param("base", Type::NUMBER)
                .doc("The logarithm to a base: the quotient of the natural logarithms.")
                .example("return log(81, 3);", "4"),
            |_, arguments| two(arguments, |number, base| number.ln() / base.ln()),
        ),
        Routine::new(
            of_number("fact")
                .doc("The factorial of the whole part; not a number below zero, infinite above 170.")
                .example("return fact(6), fact(5.9);", "720|120"),
            |_, arguments| one(arguments, factorial),
        ),
        Routine::new(of_number("sin").doc("The sine, in radians.").example("return sin(0);", "0"), |_, arguments| {
            one(arguments, f64::sin)
        }),
        Routine::new(of_number("cos").doc("The cosine, in radians.").example("return cos(0);", "1"), |_, arguments| {
            one(arguments, f64::cos)
        }),
        Routine::new(
            of_number("tan").doc("The tangent, in radians.").example("return tan(0);", "0"),
            |_, arguments| one(arguments, f64::tan),
        ),
        Routine::new(
            numeric("degrees")
                .param("radians", Type::NUMBER)
                .doc("An angle in degrees.")
                .example("return degrees(pi() / 2);", "90"),
            |_, arguments| one(arguments, |angle| angle * 180.0 / consts::PI),
        ),
        Routine::new(
            numeric("radians")
                .param("degrees", Type::NUMBER)
                .doc("An angle in radians.")
                .example("return radians(180) == pi();", "true"),
            |_, arguments| one(arguments, |angle| angle / 180.0 * consts::PI),
        ),
        Routine::new(
            constant("pi").doc("The ratio of circumference to diameter.").example("return trunc(pi(), 4);", "3.1415"),
            |_, _| Ok(Value::Num(consts::PI)),
        ),
        Routine::new(
            constant("e").doc("The base of the natural logarithm.").example("return trunc(e(), 4);", "2.7182"),
            |_, _| Ok(Value::Num(consts::E)),
        ),
    ]
}

fn chance() -> Vec<Routine> {
    vec![
        Routine::new(
            Signature::new("rand", Family::Core)
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("A random number from 0 up to but not including 1.")
                .example("number r = rand(); return r >= 0 && r < 1;", "true"),
            |cx, _| Ok(Value::Num(unit(random_bits(cx)?))),
        ),
        Routine::new(
            numeric("random")
                .param("bound", Type::NUMBER)
                .doc("A random whole number from 0 up to but not including the whole part of `bound`.")
                .example("return random(1);", "0"),
            random,
        ),
    ]
}

fn texts() -> Vec<Routine> {
    vec![
        Routine::new(
            Signature::new("roman", Family::Core)
                .param("arabicNumber", Type::NUMBER)
                .returns(Returns::Is(Type::STRING))
                .doc("The whole part as a Roman numeral; empty outside 1 to 3999.")
                .example("return roman(1994);", "MCMXCIV"),
            |_, arguments| {
                Ok(number(arguments, 0).map_or(Value::Null, |number| Value::text(&roman(num_to_int(number)))))
            },
        ),
        Routine::new(
            Signature::new("formatNumber", Family::Core)
                .param("number", Type::NUMBER)
                .param("format", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc(
                    "The number by a pattern: `0` and `#` are digits, `.` the point, `,` groups, `E` an exponent, `%` \
                     and `‰` multiply, `¤` is the currency sign, `;` separates the pattern of negative numbers, \
                     quotes make text. Halves go to the even digit.",
                )
                .example("return formatNumber(52718.239, \"#,##0.0\");", "52,718.2"),
            format_number,
        ),
    ]
}

/// A number argument; `None` for null.
fn number(arguments: &[Value], index: usize) -> Option<f64> {
    match argument(arguments, index) {
        &Value::Num(number) => Some(number),
        _ => None,
    }
}

fn one(arguments: &[Value], function: fn(f64) -> f64) -> Result<Value, Fault> {
    Ok(number(arguments, 0).map_or(Value::Null, |number| Value::Num(function(number))))
}

fn two(arguments: &[Value], function: fn(f64, f64) -> f64) -> Result<Value, Fault> {
    Ok(match (number(arguments, 0), number(arguments, 1)) {
        (Some(left), Some(right)) => Value::Num(function(left, right)),
        _ => Value::Null,
    })
}

fn multiple(number: f64, step: f64, whole: fn(f64) -> f64) -> f64 {
    if number > 0.0 && step < 0.0 {
        f64::NAN
    } else if step == 0.0 {
        0.0
    } else {
        whole(number / step) * step
    }
}

/// Cuts or rounds the decimal text of a number behind `digits` digits after the point.
fn shorten(number: f64, digits: i64, round: bool) -> f64 {
    if !number.is_finite() || number == 0.0 {
        return number;
    }
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let significant: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    // The number is 0.significant times ten to the power of `point`.
    let point = exponent.parse::<i64>().unwrap_or(0).saturating_add(1);
    let Ok(kept) = usize::try_from(point.saturating_add(digits)) else { return 0.0 };
    let Some((head, tail)) = significant.split_at_checked(kept).filter(|(_, tail)| !tail.is_empty()) else {
        return number;
    };
    let mut whole: u64 = head.parse().unwrap_or(0);
    if round && tail.starts_with(['5', '6', '7', '8', '9']) {
        whole = whole.saturating_add(1);
    }
    // Reading the decimal text finds the nearest number.
    let exponent = digits.saturating_neg();
    format!("{whole}e{exponent}").parse::<f64>().map_or(number, |result| if number < 0.0 { -result } else { result })
}

/// As `Math.pow` of Java, which unlike other libraries has no result for `1` and an exponent that is none.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) { f64::NAN } else { base.powf(exponent) }
}

fn factorial(number: f64) -> f64 {
    let number = number.trunc();
    if number.is_nan() || number < 0.0 {
        return f64::NAN;
    }
    if number > 170.0 {
        return f64::INFINITY;
    }
    let mut product = 1.0;
    let mut factor = 2.0;
    while factor <= number {
        product *= factor;
        factor += 1.0;
    }
    product
}

fn random_bits(cx: &mut Context<'_>) -> Result<u64, Fault> {
    match cx.host.random() {
        Some(random) => Ok(random.next_u64()),
        None => Err(Fault::host("random numbers are not available in this host")),
    }
}

/// A number from 0 up to 1, from the upper 53 bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

#[expect(clippy::cast_precision_loss, reason = "below a bound that is a number of 53 bits")]
fn random(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let Some(bound) = number(arguments, 0) else { return Ok(Value::Null) };
    let bound = bound.trunc();
    if bound.is_nan() || bound < 1.0 {
        return Err(Fault::routine("the bound of `random` must be 1 or more"));
    }
    // A larger bound adds no numbers that can be told apart.
    let bound = num_to_int(bound.min((1u64 << 53) as f64)).cast_unsigned();
    let bits = random_bits(cx)?;
    let drawn = u128::from(bits).saturating_mul(u128::from(bound)) >> 64;
    Ok(Value::Num(drawn as f64))
}

fn roman(number: i64) -> String {
    const NUMERALS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut out = String::new();
    if !(1..=3999).contains(&number) {
        return out;
    }
    let mut rest = number;
    for (value, numeral) in NUMERALS {
        while rest >= value {
            out.push_str(numeral);
            rest = rest.saturating_sub(value);
        }
    }
    out
}

fn format_number(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let Some(number) = number(arguments, 0) else { return Ok(Value::Null) };
    let pattern = text(arguments, 1);
    cx.budget.charge((pattern.len() as u64).saturating_add(8) >> 3)?;
    // A pattern taken apart is this much larger than its text.
    cx.budget.grow(pattern.len().saturating_mul(8))?;
    let out = NumberPattern::parse(pattern)
        .map_err(|problem| Fault::routine(format!("the pattern of `formatNumber` {problem}")))?
        .format(number);
    Ok(Value::Text(Text::try_from_string(out, &cx.budget)?))
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn rounding_looks_at_the_decimal_text() {
        for (number, digits, rounded, cut) in [
            (1.005, 2, 1.01, 1.0),
            (2.675, 2, 2.68, 2.67),
            (-2.675, 2, -2.68, -2.67),
            (0.5, 0, 1.0, 0.0),
            (-0.5, 0, -1.0, 0.0),
            (0.49999999999999994, 0, 0.0, 0.0),
            (0.05, 0, 0.0, 0.0),
            (0.95, 1, 1.0, 0.9),
            (9.99, 1, 10.0, 9.9),
            (1234.0, -2, 1200.0, 1200.0),
            (1250.0, -2, 1300.0, 1200.0),
            (51.0, -2, 100.0, 0.0),
            (49.0, -2, 0.0, 0.0),
            (51.0, -3, 0.0, 0.0),
            (1e300, 5, 1e300, 1e300),
            (1.5e300, -300, 2e300, 1e300),
            (5e-324, 400, 5e-324, 5e-324),
            (5e-324, 323, 1e-323, 0.0),
            (0.1 + 0.2, 16, 0.3, 0.3),
            (123.456, i64::MAX, 123.456, 123.456),
            (123.456, i64::MIN, 0.0, 0.0),
            (f64::INFINITY, 1, f64::INFINITY, f64::INFINITY),
        ] {
            assert_eq!(shorten(number, digits, true), rounded, "{number} to {digits}");
            assert_eq!(shorten(number, digits, false), cut, "{number} to {digits}");
        }
        assert!(shorten(f64::NAN, 0, true).is_nan());
    }

    #[test]
    fn powers_without_result() {
        assert!(power(1.0, f64::NAN).is_nan());
        assert!(power(-1.0, f64::INFINITY).is_nan());
        assert!(power(-8.0, 1.0 / 3.0).is_nan());
        assert_eq!(power(f64::NAN, 0.0), 1.0);
        assert_eq!(power(-2.0, 3.0), -8.0);
    }

    #[test]
    fn factorials() {
        assert_eq!(factorial(0.0), 1.0);
        assert_eq!(factorial(-0.5), 1.0);
        assert_eq!(factorial(20.0), 2_432_902_008_176_640_000.0);
        assert!(factorial(170.0).is_finite());
        assert_eq!(factorial(1e308), f64::INFINITY);
        assert!(factorial(f64::NAN).is_nan());
    }

    #[test]
    fn every_roman_numeral_reads_back() {
        let value = |letter| match letter {
            'M' => 1000,
            'D' => 500,
            'C' => 100,
            'L' => 50,
            'X' => 10,
            'V' => 5,
            _ => 1,
        };
        for number in 1..4000 {
            let letters: Vec<i64> = roman(number).chars().map(value).collect();
            let sum: i64 = letters
                .iter()
                .zip(letters.iter().skip(1).chain([&0]))
                .map(|(this, next)| if this < next { -this } else { *this })
                .sum();
            assert_eq!(sum, number);
        }
        assert_eq!(roman(0), "");
        assert_eq!(roman(4000), "");
        assert_eq!(roman(-1), "");
    }

    #[test]
    fn random_units_stay_below_one() {
        assert_eq!(unit(0), 0.0);
        assert!(unit(u64::MAX) < 1.0);
    }
}
