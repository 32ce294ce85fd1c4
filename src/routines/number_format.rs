//! Number patterns as `DecimalFormat` of Java has them, with the separators of the United States.

/// A pattern, taken apart.
#[derive(Clone, Debug)]
pub(super) struct NumberPattern {
    positive: Affixes,
    negative: Affixes,
    body: Body,
    multiplier: f64,
}

/// What stands around the digits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Affixes {
    prefix: Vec<Piece>,
    suffix: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(char),
    Minus,
    Percent,
    PerMille,
    Currency,
    CurrencyCode,
}

/// The digits.
#[derive(Clone, Debug)]
struct Body {
    min_whole: usize,
    max_whole: usize,
    min_fraction: usize,
    max_fraction: usize,
    /// Digits in a group; 0 for no groups.
    group: usize,
    point_always: bool,
    /// The least number of digits of the exponent, if there is one.
    exponent: Option<usize>,
}

/// No number has more digits than these before and behind the point.
const MAX_WHOLE: usize = 309;
const MAX_FRACTION: usize = 340;

/// Why a pattern is none.
type Problem = &'static str;

/// What the digits of a pattern say while it is read.
#[derive(Default)]
struct Digits {
    left: usize,
    zeros: usize,
    right: usize,
    point: Option<usize>,
    group: Option<usize>,
    exponent: Option<usize>,
}

/// Where reading stands: before, in or behind the digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Prefix,
    Digits,
    Suffix,
}

struct SubPattern<'p> {
    affixes: Affixes,
    digits: Digits,
    multiplier: f64,
    /// The pattern of negative numbers, if there is one.
    rest: Option<&'p str>,
}

impl NumberPattern {
    pub(super) fn parse(pattern: &str) -> Result<Self, Problem> {
        if pattern.is_empty() {
            let negative = Affixes { prefix: vec![Piece::Minus], ..Affixes::default() };
            let body = Body {
                min_whole: 0,
                max_whole: MAX_WHOLE,
                min_fraction: 0,
                max_fraction: MAX_FRACTION,
                group: 3,
                point_always: false,
                exponent: None,
            };
            return Ok(Self { positive: Affixes::default(), negative, body, multiplier: 1.0 });
        }
        let first = SubPattern::read(pattern, true)?;
        let body = first.digits.body()?;
        let positive = first.affixes;
        let given = match first.rest {
            Some(rest) if !rest.is_empty() => {
                let second = SubPattern::read(rest, false)?;
                // Only its prefix and suffix count.
                Some(second.affixes).filter(|affixes| *affixes != positive)
            }
            _ => None,
        };
        let negative = given.unwrap_or_else(|| {
            let mut affixes = positive.clone();
            affixes.prefix.insert(0, Piece::Minus);
            affixes
        });
        Ok(Self { positive, negative, body, multiplier: first.multiplier })
    }

    pub(super) fn format(&self, number: f64) -> String {
        if number.is_nan() {
            return "NaN".to_owned();
        }
        let number = number * self.multiplier;
        let affixes = if number.is_sign_negative() { &self.negative } else { &self.positive };
        let mut out = String::new();
        write_pieces(&affixes.prefix, &mut out);
        let size = number.abs();
        if size.is_infinite() {
            out.push('∞');
        } else if let Some(least) = self.body.exponent {
            self.body.write_scientific(size, least, &mut out);
        } else {
            self.body.write_plain(size, &mut out);
        }
        write_pieces(&affixes.suffix, &mut out);
        out
    }
}

fn write_pieces(pieces: &[Piece], out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(character) => out.push(*character),
            Piece::Minus => out.push('-'),
            Piece::Percent => out.push('%'),
            Piece::PerMille => out.push('‰'),
            Piece::Currency => out.push('$'),
            Piece::CurrencyCode => out.push_str("USD"),
        }
    }
}

impl<'p> SubPattern<'p> {
    /// Reads up to `;` or the end.
    fn read(pattern: &'p str, first: bool) -> Result<Self, Problem> {
        let mut affixes = Affixes::default();
        let mut digits = Digits::default();
        let mut multiplier = 1.0;
        let mut phase = Phase::Prefix;
        let mut behind = false;
        let mut quoted = false;
        let mut rest = pattern;
        loop {
            let mut after = rest.chars();
            let Some(character) = after.next() else { break };
            let special = !quoted && matches!(character, '#' | '0' | ',' | '.');
            if phase == Phase::Digits {
                let (next, more) = digits.take(rest, first)?;
                rest = next;
                if !more {
                    phase = Phase::Suffix;
                    behind = true;
                }
                continue;
            }
            if special {
                phase = Phase::Digits;
                continue;
            }
            let affix = if behind { &mut affixes.suffix } else { &mut affixes.prefix };
            rest = after.as_str();
            if character == '\'' {
                match rest.strip_prefix('\'') {
                    Some(next) => {
                        affix.push(Piece::Text('\''));
                        rest = next;
                    }
                    None => quoted = !quoted,
                }
                continue;
            }
            let piece = match character {
                _ if quoted => Piece::Text(character),
                ';' => {
                    if phase == Phase::Prefix || !first {
                        return Err("has a `;` in the wrong place");
                    }
                    return Ok(Self { affixes, digits, multiplier, rest: Some(rest) });
                }
                '%' | '‰' => {
                    if multiplier != 1.0 {
                        return Err("has more than one `%` or `‰`");
                    }
                    multiplier = if character == '%' { 100.0 } else { 1000.0 };
                    if character == '%' { Piece::Percent } else { Piece::PerMille }
                }
                '-' => Piece::Minus,
                '¤' => match rest.strip_prefix('¤') {
                    Some(next) => {
                        rest = next;
                        Piece::CurrencyCode
                    }
                    None => Piece::Currency,
                },
                _ => Piece::Text(character),
            };
            affix.push(piece);
        }
        if quoted {
            return Err("has a quote that is not closed");
        }
        Ok(Self { affixes, digits, multiplier, rest: None })
    }
}

impl Digits {
    /// Takes one sign of the digits; gives what follows and whether more of them may.
    fn take<'p>(&mut self, rest: &'p str, first: bool) -> Result<(&'p str, bool), Problem> {
        if let Some(after) = rest.strip_prefix('E') {
            if !first {
                return Ok((after, true));
            }
            if self.exponent.is_some() {
                return Err("has more than one exponent");
            }
            let next = after.trim_start_matches('0');
            let least = after.len().saturating_sub(next.len());
            if self.left.saturating_add(self.zeros) == 0 || least == 0 {
                return Err("has an exponent without digits");
            }
            self.exponent = Some(least);
            return Ok((next, false));
        }
        let Some(sign) = rest.chars().next().filter(|sign| matches!(sign, '#' | '0' | ',' | '.')) else {
            return Ok((rest, false));
        };
        if first {
            self.count(sign)?;
        }
        Ok((rest.get(1..).unwrap_or(""), true))
    }

    fn count(&mut self, sign: char) -> Result<(), Problem> {
        match sign {
            ',' => {
                self.group = Some(0);
                return Ok(());
            }
            '.' => {
                if self.point.is_some() {
                    return Err("has more than one decimal point");
                }
                self.point = Some(self.all());
                return Ok(());
            }
            '0' if self.right > 0 => return Err("has a `0` behind a `#` that stands behind another `0`"),
            '0' => self.zeros = self.zeros.saturating_add(1),
            _ if self.zeros > 0 => self.right = self.right.saturating_add(1),
            _ => self.left = self.left.saturating_add(1),
        }
        if let (Some(group), None) = (&mut self.group, self.point) {
            *group = group.saturating_add(1);
        }
        Ok(())
    }

    fn all(&self) -> usize {
        self.left.saturating_add(self.zeros).saturating_add(self.right)
    }

    fn body(mut self) -> Result<Body, Problem> {
        if let Some(point) = self.point.filter(|_| self.zeros == 0 && self.left > 0) {
            // One digit before the point is always shown, or behind it when there is none before.
            let shown = point.max(1);
            self.right = self.left.saturating_sub(shown);
            self.left = shown.saturating_sub(1);
            self.zeros = 1;
        }
        let all = self.all();
        let before = self.left.saturating_add(self.zeros);
        let misplaced = match self.point {
            None => self.right > 0,
            Some(point) => point < self.left || point > before,
        };
        if misplaced {
            return Err("has a `#` between its zeros");
        }
        if self.group == Some(0) {
            return Err("has a `,` without digits behind it");
        }
        let min_whole = self.point.unwrap_or(all).saturating_sub(self.left);
        let max_whole = if self.exponent.is_some() { self.left.saturating_add(min_whole) } else { MAX_WHOLE };
        let (min_fraction, max_fraction) = match self.point {
            Some(point) => (before.saturating_sub(point), all.saturating_sub(point)),
            None => (0, 0),
        };
        Ok(Body {
            min_whole: min_whole.min(MAX_WHOLE),
            max_whole: max_whole.min(MAX_WHOLE),
            min_fraction: min_fraction.min(MAX_FRACTION),
            max_fraction: max_fraction.min(MAX_FRACTION),
            group: self.group.unwrap_or(0),
            point_always: self.point.is_some_and(|point| point == 0 || point == all),
            // No exponent has more than three digits; zeros before it have to end somewhere.
            exponent: self.exponent.map(|least| least.min(MAX_FRACTION)),
        })
    }
}

/// The digits of a number: 0.`digits` times ten to the power of `point`, without zeros at the end.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    fn from_scientific(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        let mut point = exponent.parse::<i32>().unwrap_or(0).saturating_add(1);
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            point = 0;
        }
        Self { digits, point }
    }

    /// The number with at most so many digits behind the point.
    fn with_fraction(number: f64, most: usize) -> Self {
        let shortest = Self::from_scientific(&format!("{number:e}"));
        let there = i64::try_from(shortest.digits.len()).unwrap_or(0).saturating_sub(i64::from(shortest.point));
        if there <= i64::try_from(most).unwrap_or(i64::MAX) {
            return shortest;
        }
        // Rounds the exact value, halves to the even digit.
        let text = format!("{number:.most$}");
        let whole = text.find('.').unwrap_or(text.len());
        let significant: String = text.chars().filter(char::is_ascii_digit).collect();
        let trimmed = significant.trim_start_matches('0');
        let zeros = significant.len().saturating_sub(trimmed.len());
        let mut digits = trimmed.as_bytes().to_vec();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Self { digits, point: 0 };
        }
        let point = i64::try_from(whole).unwrap_or(0).saturating_sub(i64::try_from(zeros).unwrap_or(0));
        Self { digits, point: i32::try_from(point).unwrap_or(0) }
    }

    /// The number with at most so many digits.
    fn with_digits(number: f64, most: usize) -> Self {
        let shortest = Self::from_scientific(&format!("{number:e}"));
        if shortest.digits.len() <= most {
            return shortest;
        }
        let behind = most.saturating_sub(1);
        Self::from_scientific(&format!("{number:.behind$e}"))
    }

    /// The digit at a place, 0 where there is none.
    fn digit(&self, place: i64) -> char {
        let digit = usize::try_from(place).ok().and_then(|place| self.digits.get(place));
        digit.map_or('0', |&digit| char::from(digit))
    }
}

impl Body {
    fn write_plain(&self, number: f64, out: &mut String) {
        let decimal = Decimal::with_fraction(number, self.max_fraction);
        let point = i64::from(decimal.point);
        let whole = usize::try_from(point).unwrap_or(0).max(self.min_whole).min(self.max_whole);
        let fraction = usize::try_from(i64::try_from(decimal.digits.len()).unwrap_or(0).saturating_sub(point))
            .unwrap_or(0)
            .max(self.min_fraction)
            .min(self.max_fraction);
        for left in (0..whole).rev() {
            let place = point.saturating_sub(1).saturating_sub(i64::try_from(left).unwrap_or(0));
            out.push(decimal.digit(place));
            if left > 0 && left.checked_rem(self.group) == Some(0) {
                out.push(',');
            }
        }
        if whole == 0 && fraction == 0 {
            out.push('0');
        }
        if fraction > 0 || self.point_always {
            out.push('.');
        }
        for place in 0..fraction {
            out.push(decimal.digit(point.saturating_add(i64::try_from(place).unwrap_or(0))));
        }
    }

    fn write_scientific(&self, number: f64, least: usize, out: &mut String) {
        let most = self.max_whole.saturating_add(self.max_fraction).max(1);
        let decimal = Decimal::with_digits(number, most);
        let small = |value: usize| i64::try_from(value).unwrap_or(0);
        let point = i64::from(decimal.point);
        let mut min_whole = small(self.min_whole);
        let exponent = if self.max_whole > 1 && self.max_whole > self.min_whole {
            // The exponent is a multiple of the digits before the point.
            min_whole = 1;
            let step = small(self.max_whole);
            point.saturating_sub(1).div_euclid(step).saturating_mul(step)
        } else {
            point.saturating_sub(min_whole)
        };
        let zero = decimal.digits.is_empty();
        let exponent = if zero { 0 } else { exponent };
        let whole = if zero { min_whole } else { point.saturating_sub(exponent) };
        let shown =
            small(self.min_whole).saturating_add(small(self.min_fraction)).max(whole).max(small(decimal.digits.len()));
        for place in 0..shown {
            if place == whole {
                out.push('.');
            }
            out.push(decimal.digit(place));
        }
        if self.point_always && shown == whole {
            out.push('.');
        }
        out.push('E');
        if exponent < 0 {
            out.push('-');
        }
        let exponent = exponent.unsigned_abs();
        out.push_str(&format!("{exponent:0least$}"));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn format(number: f64, pattern: &str) -> String {
        NumberPattern::parse(pattern).unwrap().format(number)
    }

    #[test]
    fn numbers_as_java_shows_them() {
        for (pattern, number, expected) in [
            ("0", 2.5, "2"),
            ("0", 3.5, "4"),
            ("0", -0.4, "-0"),
            ("#", 0.0, "0"),
            ("#", 0.3, "0"),
            ("#.#", 0.04, "0"),
            (".##", 0.256, ".26"),
            (".00", 7.0, "7.00"),
            ("0.", 5.0, "5."),
            ("0.0#", 2.0, "2.0"),
            ("0.00", 0.125, "0.12"),
            ("0.00", 0.375, "0.38"),
            ("0.00", 2.345, "2.35"),
            ("0.00", 1.015, "1.01"),
            ("0.00", 9.995, "9.99"),
            ("0.00", 99.999, "100.00"),
            ("0.###", 0.00049, "0"),
            ("0.###", 0.00051, "0.001"),
            ("#,##0.00", 7654321.5, "7,654,321.50"),
            ("#,####", 87654321.0, "8765,4321"),
            ("##,##,##0", 87654321.0, "87,654,321"),
            ("000,000", 1234.0, "001,234"),
            ("00000", -42.0, "-00042"),
            ("0.0%", 0.1234, "12.3%"),
            ("#%", 0.285, "28%"),
            ("0‰", 0.0125, "12‰"),
            ("¤#,##0.00", -1999.5, "-$1,999.50"),
            ("¤¤ 0", 3.0, "USD 3"),
            ("0.00;(0.00)", -8.25, "(8.25)"),
            ("0.00;(0.00)", 8.25, "8.25"),
            ("0;0", -8.0, "-8"),
            ("0;minus 0.000", -8.75, "minus 9"),
            ("0-", -3.0, "-3-"),
            ("-0", 3.0, "-3"),
            ("-0", -3.0, "--3"),
            ("'#'0", 7.0, "#7"),
            ("0 'per cent'", 7.0, "7 per cent"),
            ("0'it''s'", 1.0, "1it's"),
            ("''0", 1.0, "'1"),
            ("a0b", 12.0, "a12b"),
            ("€ 0", 12.0, "€ 12"),
            ("0E0", 123456.0, "1E5"),
            ("0.###E0", 123456.0, "1.235E5"),
            ("00.0E00", 0.00123, "12.3E-04"),
            ("##0.##E0", 123456.0, "123.46E3"),
            ("##0.##E0", 0.00123, "1.23E-3"),
            ("0.0E0", 0.0, "0.0E0"),
            ("##0E0", 0.0, "0E0"),
            ("0.##E0 'x'", -5.0, "-5E0 x"),
            ("#,##0E0", 12346.0, "1.235E4"),
            ("0", 1.0e20, "100000000000000000000"),
            ("#,##0", -1.0e15, "-1,000,000,000,000,000"),
            ("0.0", 4.9e-324, "0.0"),
            ("0.#################", 0.1, "0.1"),
            ("0.00000000000000000000", 0.1, "0.10000000000000000000"),
            ("", 1234.5, "1,234.5"),
            ("", -0.75, "-.75"),
            ("abc", 12.6, "abc13"),
            ("0", f64::NAN, "NaN"),
            ("0.0", f64::INFINITY, "∞"),
            ("0.0;(0)", f64::NEG_INFINITY, "(∞)"),
            ("0", -0.0, "-0"),
            ("#.##", -0.001, "-0"),
            ("0 0", 1234.0, "1234 "),
            ("%", 0.5, "%50"),
            ("0.00 ;[0.00]", -1.5, "[1.50]"),
        ] {
            assert_eq!(format(number, pattern), expected, "{number} by {pattern:?}");
        }
    }

    #[test]
    fn patterns_that_are_none() {
        for pattern in
            ["a;b", "0;;0", "#0#", "0#0", "0..0", "0,", "#,.0", "'0", "0%%", "0%‰", "0E", "E0E", "0.#0", "0;0;0"]
        {
            assert!(NumberPattern::parse(pattern).is_err(), "{pattern:?}");
        }
    }

    #[test]
    fn no_pattern_and_no_number_is_too_much() {
        let long = "0".repeat(100_000);
        for pattern in
            [long.clone(), format!("0.{long}"), format!("0E{long}"), format!("#,{long}"), format!("{long}.#E0")]
        {
            for number in [0.0, 1.5, f64::MAX, -5e-324] {
                let length = format(number, &pattern).len();
                assert!((1..2_000).contains(&length), "{length}");
            }
        }
    }
}
