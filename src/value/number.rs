//! Numbers, integers, bytes and booleans: reading, writing, and exact conversions between them.

use std::cmp::Ordering;

/// Reads a number: sign, digits, fraction, exponent; blanks around it are ignored (L-41).
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    if let Some(exponent) = exponent {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if exponent.is_empty() || !all_digits(exponent) {
            return None;
        }
    }
    text.parse().ok()
}

/// Reads an integer: as a number, then truncated (L-41); digits only are exact.
pub fn parse_integer(text: &str) -> Option<i64> {
    text.trim().parse().ok().or_else(|| parse_number(text).map(num_to_int))
}

/// Reads a boolean: `true` and `false` in any case, a number by its value (L-41).
pub fn parse_boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        parse_number(text).map(|number| number != 0.0)
    }
}

/// Writes a number: the shortest decimal text that reads back to it, never with an exponent (L-42).
pub fn print_number(number: f64, out: &mut String) {
    use std::fmt::Write;
    if number == 0.0 {
        out.push('0');
    } else if number.is_infinite() {
        out.push_str(if number < 0.0 { "-Infinity" } else { "Infinity" });
    } else if num_to_int(number) as f64 == number && number.abs() < EXACT {
        print_integer(num_to_int(number), out);
    } else {
        // Writing to a string cannot fail.
        let _ = write!(out, "{number}");
    }
}

/// From here on not every integer is a number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes an integer.
pub fn print_integer(integer: i64, out: &mut String) {
    with_integer_text(integer, |text| out.push_str(text));
}

/// Goes on with the text of an integer, which needs no allocation.
#[inline]
pub fn with_integer_text<R>(integer: i64, then: impl FnOnce(&str) -> R) -> R {
    then(itoa::Buffer::new().format(integer))
}

/// The text of a number.
pub fn num_to_text(number: f64) -> String {
    let mut out = String::new();
    print_number(number, &mut out);
    out
}

/// The text of an integer.
pub fn int_to_text(integer: i64) -> String {
    integer.to_string()
}

/// The text of a boolean.
pub const fn bool_to_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// Truncates toward zero, saturates, and makes NaN 0 (L-33).
#[inline]
pub const fn num_to_int(number: f64) -> i64 {
    number as i64
}

/// Truncates, then keeps the low 8 bits (L-33).
#[inline]
pub const fn num_to_byte(number: f64) -> i8 {
    int_to_byte(num_to_int(number))
}

/// Keeps the low 8 bits (L-33).
#[inline]
pub const fn int_to_byte(integer: i64) -> i8 {
    integer as i8
}

/// The nearest number.
#[inline]
pub const fn int_to_num(integer: i64) -> f64 {
    integer as f64
}

/// Whether a number counts as true.
#[inline]
pub const fn num_to_bool(number: f64) -> bool {
    number != 0.0
}

/// Whole milliseconds of a number; `None` for NaN and what does not fit (L-33).
#[inline]
pub fn num_to_millis(number: f64) -> Option<i64> {
    let whole = number.trunc();
    // Both borders are exact; the upper one is the first number that does not fit.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole).then_some(whole as i64)
}

/// Integer division, truncating; `None` for a division by zero (L-58).
#[inline]
pub const fn int_div(left: i64, right: i64) -> Option<i64> {
    match right {
        0 => None,
        // The smallest integer divided by -1 is itself.
        -1 => Some(left.wrapping_neg()),
        _ => left.checked_div(right),
    }
}

/// Remainder with the sign of the left side; `None` for a division by zero.
#[inline]
pub const fn int_rem(left: i64, right: i64) -> Option<i64> {
    match right {
        0 => None,
        -1 => Some(0),
        _ => left.checked_rem(right),
    }
}

/// Sum, wrapping (L-33).
#[inline]
pub const fn int_add(left: i64, right: i64) -> i64 {
    left.wrapping_add(right)
}

/// Difference, wrapping (L-33).
#[inline]
pub const fn int_sub(left: i64, right: i64) -> i64 {
    left.wrapping_sub(right)
}

/// Product, wrapping (L-33).
#[inline]
pub const fn int_mul(left: i64, right: i64) -> i64 {
    left.wrapping_mul(right)
}

/// Compares an integer with a number by value, without rounding either (L-60).
pub fn compare_int_num(left: i64, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        return None;
    }
    match num_to_millis(right) {
        Some(whole) => Some(left.cmp(&whole).then_with(|| {
            let fraction = right.fract();
            if fraction > 0.0 {
                Ordering::Less
            } else if fraction < 0.0 {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        })),
        None if right < 0.0 => Some(Ordering::Greater),
        None => Some(Ordering::Less),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_numbers() {
        for (text, expected) in [
            ("12", 12.0),
            (" -2.5 ", -2.5),
            ("+7", 7.0),
            ("1e3", 1000.0),
            ("2.5E-1", 0.25),
            ("007", 7.0),
            (".5", 0.5),
            ("1e999", f64::INFINITY),
        ] {
            assert_eq!(parse_number(text), Some(expected), "{text}");
        }
        for text in ["", ".", "e5", "1e", "1e+", "1,000", "0x10", "NaN", "inf", "Infinity", "1 2", "--1", "1f", "١"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }

    #[test]
    fn reading_integers_and_booleans() {
        assert_eq!(parse_integer("2.5"), Some(2));
        assert_eq!(parse_integer("-2.9"), Some(-2));
        assert_eq!(parse_integer("9007199254740993"), Some(9_007_199_254_740_993));
        assert_eq!(parse_integer("99999999999999999999"), Some(i64::MAX));
        assert_eq!(parse_integer("x"), None);
        assert_eq!(parse_boolean("TRUE"), Some(true));
        assert_eq!(parse_boolean(" False"), Some(false));
        assert_eq!(parse_boolean("0"), Some(false));
        assert_eq!(parse_boolean("0.5"), Some(true));
        assert_eq!(parse_boolean("yes"), None);
    }

    #[test]
    fn writing_numbers() {
        for (number, expected) in [
            (12.0, "12"),
            (-4.0, "-4"),
            (2.5, "2.5"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.500_000_000_000_000_1, "0.5000000000000001"),
            (-0.0, "0"),
            (1e21, "1000000000000000000000"),
            (1e-7, "0.0000001"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(num_to_text(number), expected);
        }
        for number in [f64::MAX, f64::MIN_POSITIVE, 5e-324, 1.0 / 3.0, 123_456_789.123_456_78] {
            let text = num_to_text(number);
            assert!(!text.contains(['e', 'E']));
            assert_eq!(parse_number(&text), Some(number));
        }
    }

    #[test]
    fn narrowing() {
        for (number, expected) in [(130.0, -126), (-130.0, 126), (90.9, 90), (200.0, -56), (300.0, 44), (-2.7, -2)] {
            assert_eq!(num_to_byte(number), expected);
        }
        assert_eq!(num_to_int(6.99), 6);
        assert_eq!(num_to_int(-6.99), -6);
        assert_eq!(num_to_int(f64::NAN), 0);
        assert_eq!(num_to_int(1e300), i64::MAX);
        assert_eq!(num_to_int(-1e300), i64::MIN);
        assert_eq!(num_to_millis(9_223_372_036_854_775_808.0), None);
        assert_eq!(num_to_millis(-9_223_372_036_854_775_808.0), Some(i64::MIN));
        assert_eq!(num_to_millis(f64::NAN), None);
        assert_eq!(num_to_millis(-1.9), Some(-1));
    }

    #[test]
    fn integers_at_the_borders() {
        assert_eq!(int_div(i64::MIN, -1), Some(i64::MIN));
        assert_eq!(int_rem(i64::MIN, -1), Some(0));
        assert_eq!(int_div(1, 0), None);
        assert_eq!(int_rem(1, 0), None);
        assert_eq!(int_div(-7, 2), Some(-3));
        assert_eq!(int_rem(-7, 2), Some(-1));
        assert_eq!(int_add(i64::MAX, 1), i64::MIN);
        assert_eq!(int_sub(i64::MIN, 1), i64::MAX);
        assert_eq!(int_mul(i64::MAX, 2), -2);
    }

    #[test]
    fn integers_against_numbers() {
        use Ordering::{Equal, Greater, Less};
        assert_eq!(compare_int_num(2, 2.5), Some(Less));
        assert_eq!(compare_int_num(-2, -2.5), Some(Greater));
        assert_eq!(compare_int_num(3, 3.0), Some(Equal));
        assert_eq!(compare_int_num(9_007_199_254_740_993, 9_007_199_254_740_992.0), Some(Greater));
        assert_eq!(compare_int_num(i64::MAX, 9_223_372_036_854_775_808.0), Some(Less));
        assert_eq!(compare_int_num(i64::MIN, f64::NEG_INFINITY), Some(Greater));
        assert_eq!(compare_int_num(0, f64::NAN), None);
    }
}
