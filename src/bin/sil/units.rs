//! Numbers with units, and pairs, as people write them on a command line.

use sil::host::LogLevel;
use std::time::Duration;

/// `64M`, `512K`, `1G`, `1048576`; powers of 1024, an optional `B` or `iB` behind the letter.
pub fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("`{text}` is not a size such as `64M`, `512K` or `1048576`");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let unit = unit.to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit);
    let shift = match unit {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return Err(wrong()),
    };
    let bytes = number.checked_mul(1u64 << shift).ok_or_else(wrong)?;
    usize::try_from(bytes).map_err(|_| wrong())
}

/// `30s`, `500ms`, `2m`, `1h`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a time such as `30s`, `500ms`, `2m` or `1h`");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(millis).map(Duration::from_millis).ok_or_else(wrong)
}

/// `1000000`, `1_000_000`, `500k`, `20M`, `1G`; powers of 1000.
pub fn count(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not a count such as `1000000`, `500k` or `20M`");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let factor: u64 = match unit {
        "" => 1,
        "k" | "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(factor).ok_or_else(wrong)
}

/// `WARN`, in any case.
pub fn level(text: &str) -> Result<LogLevel, String> {
    LogLevel::parse(text).ok_or_else(|| format!("`{text}` is not a log level such as `INFO` or `WARN`"))
}

/// `key=value`.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("`{text}` is not of the form `key=value`")),
    }
}

/// Digits, with `_` between them, and what follows.
fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    Some((digits.replace('_', "").parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("64M"), Ok(64 << 20));
        assert_eq!((size("1kib"), size("2 GB"), size("7")), (Ok(1024), Ok(2 << 30), Ok(7)));
        for text in ["", "M", "1.5M", "-1", "1X", "99999999999G", "18446744073709551616"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!((duration("30s"), duration("2m")), (Ok(Duration::from_secs(30)), Ok(Duration::from_secs(120))));
        for text in ["", "30", "s", "1d", "1.5s", "99999999999999999999s", "18446744073709551615h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn counts_and_pairs() {
        assert_eq!((count("1_000"), count("20M")), (Ok(1_000), Ok(20_000_000)));
        assert!(count("all").is_err());
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("a").is_err() && pair("=b").is_err());
    }
}
