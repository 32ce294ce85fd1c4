//! Dates and intervals written as text (L-12), and the names of their parts (L-64).

use super::literals::strip;
use crate::{
    syntax::ast::{Ast, Expr, ExprId},
    types::Type,
};

/// The type a text literal on the left of `-` is taken as, when the right side has type `right` (L-54): an interval
/// before an interval, a date before a date or an interval. `None` when it stays a text.
pub fn temporal_literal(ast: &Ast, expr: ExprId, right: Type) -> Option<Type> {
    if right != Type::INTERVAL && right != Type::DATE {
        return None;
    }
    let Expr::Text(text) = ast.expr(strip(ast, expr)) else { return None };
    let text = ast.text(text);
    if right == Type::INTERVAL && reads_as_interval(text) {
        Some(Type::INTERVAL)
    } else if reads_as_date(text) {
        Some(Type::DATE)
    } else {
        None
    }
}

/// What has parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Parted {
    Date,
    Interval,
    /// A text, which is read as an interval or a date.
    Text,
}

const DATE_PARTS: [&str; 10] =
    ["DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "WEEK", "WEEKINMONTH", "TOMILLIS"];
const DATE_NAMES: [&str; 2] = ["DAYOFWEEK", "MONTHNAME"];
const INTERVAL_PARTS: [&str; 6] = ["WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "TOMILLIS"];

/// The type of a part; `None` for an unknown one.
pub(super) fn part_type(of: Parted, word: &str) -> Option<Type> {
    let among = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    match of {
        Parted::Interval => among(&INTERVAL_PARTS).then_some(Type::INTEGER),
        Parted::Date | Parted::Text if among(&DATE_NAMES) => Some(Type::STRING),
        // Every part of an interval is the name of a part of a date too.
        Parted::Date | Parted::Text => among(&DATE_PARTS).then_some(Type::INTEGER),
    }
}

/// The names of the parts.
pub(super) fn part_names(of: Parted) -> impl Iterator<Item = &'static str> {
    let (parts, names): (&[&str], &[&str]) = match of {
        Parted::Interval => (&INTERVAL_PARTS, &[]),
        Parted::Date | Parted::Text => (&DATE_PARTS, &DATE_NAMES),
    };
    parts.iter().chain(names).copied()
}

/// Whether a text is one or more counts with units (L-41).
fn reads_as_interval(text: &str) -> bool {
    let text = text.trim();
    let mut rest = text.strip_prefix('-').unwrap_or(text).trim_start();
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let Some(after) = interval_term(rest) else { return false };
        rest = after.trim_start();
    }
    true
}

/// Skips `<count><unit>`.
fn interval_term(text: &str) -> Option<&str> {
    let mut rest = digits(text)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = digits(fraction)?;
    }
    let rest = rest.trim_start();
    let mut chars = rest.chars();
    let unit = chars.next()?.to_ascii_lowercase();
    let after = chars.as_str();
    match unit {
        'm' => Some(after.strip_prefix(['s', 'S']).unwrap_or(after)),
        'w' | 'd' | 'h' | 's' => Some(after),
        _ => None,
    }
}

/// Skips at least one digit.
fn digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|char: char| char.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

/// Whether a text is a date, or a date with a time and perhaps a zone (L-41).
fn reads_as_date(text: &str) -> bool {
    date(text.trim()).is_some()
}

fn date(text: &str) -> Option<()> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 2)?;
    let leap = year.checked_rem(4) == Some(0) && (year.checked_rem(100) != Some(0) || year.checked_rem(400) == Some(0));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if year == 0 || day == 0 || day > days {
        return None;
    }
    if rest.is_empty() {
        return Some(());
    }
    let rest = rest.strip_prefix('T').or_else(|| rest.starts_with(' ').then(|| rest.trim_start()))?;
    let (hour, rest) = number(rest, 2)?;
    let (minute, mut rest) = number(rest.strip_prefix(':')?, 2)?;
    if hour > 24 || minute > 59 {
        return None;
    }
    if let Some(seconds) = rest.strip_prefix(':') {
        let (second, after) = number(seconds, 2)?;
        if second > 59 {
            return None;
        }
        rest = match after.strip_prefix('.') {
            Some(fraction) => number(fraction, 3)?.1,
            None => after,
        };
    }
    zone(rest.trim_start())
}

/// Nothing, `Z`, or an offset.
fn zone(text: &str) -> Option<()> {
    if text.is_empty() || text == "Z" {
        return Some(());
    }
    let (hours, rest) = number(text.strip_prefix(['+', '-'])?, 2)?;
    let (minutes, rest) = number(rest.strip_prefix(':').unwrap_or(rest), 2)?;
    (hours <= 23 && minutes <= 59 && rest.is_empty()).then_some(())
}

/// Exactly `count` digits.
fn number(text: &str, count: usize) -> Option<(u32, &str)> {
    let digits = text.get(..count)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, text.get(count..)?))
}

#[cfg(test)]
mod tests {
    use super::{Parted, part_names, part_type, reads_as_date, reads_as_interval};

    #[test]
    fn intervals() {
        for text in ["2d", "1w 2d", "-3h", "1.5h", "90 m", "5MS", "1h 30m45m", " 2d "] {
            assert!(reads_as_interval(text), "{text}");
        }
        for text in ["", "-", "2", "2x", "d", "2d 3", "1.h", "2d x"] {
            assert!(!reads_as_interval(text), "{text}");
        }
    }

    #[test]
    fn dates() {
        for text in [
            "2024-02-29",
            "2024-01-31 24:00",
            "2024-01-31T10:20",
            "2024-01-31 10:20:30",
            "2024-01-31T10:20:30.123Z",
            "2024-01-31T10:20+0200",
            "2024-01-31T10:20:00-02:30",
            " 2024-01-31 ",
        ] {
            assert!(reads_as_date(text), "{text}");
        }
        for text in [
            "",
            "2023-02-29",
            "2024-13-01",
            "2024-00-01",
            "0000-01-01",
            "2024-1-1",
            "24-01-01",
            "2024-01-01x",
            "2024-01-01 25:00",
            "2024-01-01 10:60",
            "2024-01-01 10",
            "2024-01-01 10:20 CET",
            "2024-01-0é",
        ] {
            assert!(!reads_as_date(text), "{text}");
        }
    }

    #[test]
    fn every_part_has_a_type() {
        for of in [Parted::Date, Parted::Interval, Parted::Text] {
            for name in part_names(of) {
                assert!(part_type(of, name).is_some(), "{name}");
            }
        }
        assert_eq!(part_type(Parted::Interval, "YEAR"), None);
        for name in part_names(Parted::Interval) {
            assert!(part_type(Parted::Text, name).is_some(), "{name}");
        }
    }
}
