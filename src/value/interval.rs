//! Lengths of time as text (L-41, L-43).

/// Milliseconds of the units, the largest first.
pub const UNITS: [(&str, i64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads an interval: one or more `<count><unit>`, blanks anywhere between, any case, one leading `-` (L-41).
pub fn parse_interval(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    if rest.is_empty() {
        return None;
    }
    let mut total = 0i128;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => {
                let (fraction, after) = digits(after);
                if fraction.is_empty() {
                    return None;
                }
                (fraction, after)
            }
            None => ("", after),
        };
        if whole.is_empty() {
            return None;
        }
        let (unit, after) = unit(after.trim_start())?;
        total = total.checked_add(part(whole, fraction, unit)?)?;
        rest = after.trim_start();
    }
    i64::try_from(if negative { total.checked_neg()? } else { total }).ok()
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn unit(text: &str) -> Option<(i64, &str)> {
    // `ms` before `m`.
    UNITS.iter().rev().find_map(|&(name, millis)| {
        let (head, tail) = text.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some((millis, tail))
    })
}

fn part(whole: &str, fraction: &str, unit: i64) -> Option<i128> {
    let whole: i128 = whole.parse().ok()?;
    // Digits behind the eighteenth are less than a millisecond of any unit.
    let fraction = fraction.get(..18).unwrap_or(fraction);
    let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let unit = i128::from(unit);
    whole.checked_mul(unit)?.checked_add(fraction.checked_mul(unit)?.checked_div(scale)?)
}

/// Writes an interval: `w d h m s`, parts of zero and milliseconds left out, `0s` for less than a second (L-43).
pub fn print_interval(millis: i64, out: &mut String) {
    let mut rest = millis.unsigned_abs();
    if rest < 1_000 {
        out.push_str("0s");
        return;
    }
    if millis < 0 {
        out.push('-');
    }
    let mut first = true;
    for (name, size) in UNITS.iter().take(5) {
        let size = size.unsigned_abs();
        let count = rest.checked_div(size).unwrap_or(0);
        rest = rest.checked_rem(size).unwrap_or(0);
        if count == 0 {
            continue;
        }
        if !first {
            out.push(' ');
        }
        first = false;
        out.push_str(&count.to_string());
        out.push_str(name);
    }
}

/// A part of an interval by its word (L-64): whole units of the total, but for `SECOND` the component only.
pub fn interval_part(millis: i64, word: &str) -> Option<i64> {
    let unit = match word {
        "WEEK" => 604_800_000,
        "DAY" => 86_400_000,
        "HOUR" => 3_600_000,
        "MINUTE" => 60_000,
        "SECOND" => return millis.checked_div(1_000)?.checked_rem(60),
        "TOMILLIS" => 1,
        _ => return None,
    };
    millis.checked_div(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(millis: i64) -> String {
        let mut out = String::new();
        print_interval(millis, &mut out);
        out
    }

    #[test]
    fn reading() {
        for (text, expected) in [
            ("1w 2d", 777_600_000),
            ("1h 30m45m", 8_100_000),
            (" 2 D ", 172_800_000),
            ("1.5h", 5_400_000),
            ("0.1ms", 0),
            ("250ms", 250),
            ("1m1ms", 60_001),
            ("-1h 1s", -3_601_000),
            ("- 1h", -3_600_000),
            ("1m 1m", 120_000),
            ("0s", 0),
            ("1.0000000000000000000000000001s", 1_000),
            ("9223372036854775807ms", i64::MAX),
        ] {
            assert_eq!(parse_interval(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "-",
            "5",
            "h",
            "1x",
            "1h 5",
            "1h-5m",
            "+1h",
            "1.h",
            ".5h",
            "1.2.3h",
            "1 0h",
            "--1h",
            "9223372036854775808ms",
            "99999999999999999999999999999999999999999999w",
            "1h é",
        ] {
            assert_eq!(parse_interval(text), None, "{text}");
        }
    }

    #[test]
    fn writing() {
        for (millis, expected) in [
            (608_461_500, "1w 1h 1m 1s"),
            (694_865_000, "1w 1d 1h 1m 5s"),
            (9_000_000, "2h 30m"),
            (0, "0s"),
            (999, "0s"),
            (-999, "0s"),
            (-3_600_000, "-1h"),
            (i64::MIN, "-15250284452w 3d 7h 12m 55s"),
        ] {
            assert_eq!(print(millis), expected);
        }
    }

    #[test]
    fn parts() {
        let day = parse_interval("1d 30h").unwrap_or(0);
        assert_eq!(interval_part(day, "DAY"), Some(2));
        assert_eq!(interval_part(5_400_000, "HOUR"), Some(1));
        assert_eq!(interval_part(3_663_000, "SECOND"), Some(3));
        assert_eq!(interval_part(777_600_000, "DAY"), Some(9));
        assert_eq!(interval_part(-5_400_500, "TOMILLIS"), Some(-5_400_500));
        assert_eq!(interval_part(1, "YEAR"), None);
    }
}
