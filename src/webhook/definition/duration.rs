//! Durations as configurations write them: `30s`, `1h`, `1h 30m`, `250ms`, `7d`.

use serde::Serializer;
use std::time::Duration;

const UNITS: &[(&str, u64)] = &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a duration: whole numbers, each with its unit, the largest unit first.
///
/// ```
/// use sil::webhook::parse_duration;
/// assert_eq!(parse_duration("1m 30s"), Some(std::time::Duration::from_secs(90)));
/// assert_eq!(parse_duration("90"), None);
/// ```
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0u64;
    let mut units = UNITS.iter();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (count, after) = rest.split_at_checked(digits)?;
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        // The units that came before are used up, so the order holds and none comes twice.
        let (_, size) = units.find(|(word, _)| *word == unit)?;
        total = total.checked_add(count.parse::<u64>().ok()?.checked_mul(*size)?)?;
        rest = after.trim_start();
    }
    Some(Duration::from_millis(total))
}

/// A duration in the form that [`parse_duration`] reads; fractions of a millisecond are cut off.
pub fn print_duration(duration: Duration) -> String {
    let mut left = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    for (unit, size) in UNITS {
        let count = left.checked_div(*size).unwrap_or(0);
        left = left.checked_rem(*size).unwrap_or(0);
        if count > 0 {
            parts.push(format!("{count}{unit}"));
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&print_duration(*duration))
}

pub(super) fn serialize_option<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serialize(duration, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (text, millis) in [
            ("250ms", 250),
            ("45s", 45_000),
            ("2m", 120_000),
            ("3h", 10_800_000),
            ("7d", 604_800_000),
            ("1h 30m", 5_400_000),
            ("1d 1ms", 86_400_001),
            ("0s", 0),
        ] {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(millis)), "{text}");
            assert_eq!(print_duration(Duration::from_millis(millis)), text);
        }
        assert_eq!(parse_duration(" 1h30m "), Some(Duration::from_secs(5400)));
        assert_eq!(print_duration(Duration::from_secs(90)), "1m 30s");
    }

    #[test]
    fn what_is_no_duration() {
        for text in
            ["", " ", "30", "s", "1.5h", "-1s", "1 h", "1w", "1H", "30s 1h", "1s 1s", "1é", "99999999999999999d"]
        {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
