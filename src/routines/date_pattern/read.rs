//! Reads dates by a pattern.

use super::{
    Item, Items, Names,
    fields::{Field, Fields},
    zones::zone_at,
};
use crate::{
    limits::{Budget, LimitHit},
    value::{Date, Zone},
};

/// Years of two digits lie in the hundred years from this moment on, which is 80 years ago.
#[derive(Clone, Copy, Debug)]
pub(in crate::routines) struct Century {
    start: i64,
    year: i64,
}

impl Century {
    /// The hundred years that go with a current time; those from 1950 on without one.
    pub(in crate::routines) fn around(now: Option<i64>, engine: &Zone) -> Self {
        let start = now
            .and_then(|now| Date::from_millis(now, engine)?.plus_months(-80 * 12, engine))
            .or_else(|| Date::parse("1950-01-01", engine));
        match start {
            Some(start) => Self { start: start.millis(), year: i64::from(start.civil(engine).year) },
            None => Self { start: 0, year: 1970 },
        }
    }

    /// The year of two digits, and whether it is the one the century begins in.
    pub(super) fn year(self, digits: i64) -> (i64, bool) {
        let pivot = self.year.rem_euclid(100);
        let base = self.year.saturating_sub(pivot).saturating_add(digits);
        (if digits < pivot { base.saturating_add(100) } else { base }, digits == pivot)
    }
}

/// Reads a date from the start of a text; what follows is not looked at. `None` when the text does not fit.
///
/// Zones in the text only fix the instant: the date is in the engine's zone (L-41). The pattern was checked before.
///
/// # Errors
/// Limits.
pub(in crate::routines) fn read(
    pattern: &str,
    text: &str,
    names: Names,
    century: Century,
    engine: &Zone,
    budget: &mut Budget,
) -> Result<Option<Date>, LimitHit> {
    let mut reader = Reader { text, at: text, fields: Fields::default(), offset: None, ambiguous: false, century };
    let mut items = Items::new(pattern);
    while let Some(Ok(item)) = items.next() {
        let fits = match item {
            Item::Literal(literal) => {
                budget.charge((literal.len() as u64 >> 4).saturating_add(1))?;
                reader.literal(literal)
            }
            Item::Letter(letter, count) => {
                // Reading a number looks at no more than the rest; reading a name looks at a list.
                let letters = count.min(reader.at.len()) as u64;
                budget.charge((letters >> 4).saturating_add(4))?;
                reader.letter(letter, count, items.number_follows(), names, engine)
            }
        };
        if fits.is_none() {
            return Ok(None);
        }
    }
    Ok(reader.date(engine))
}

struct Reader<'t> {
    text: &'t str,
    /// What is not read yet.
    at: &'t str,
    fields: Fields,
    /// Seconds east of UTC, if the text says.
    offset: Option<i32>,
    /// A year of two digits may belong to the start or to the end of the century.
    ambiguous: bool,
    century: Century,
}

impl Reader<'_> {
    fn literal(&mut self, literal: &str) -> Option<()> {
        self.at = self.at.strip_prefix(literal)?;
        Some(())
    }

    /// Reads what a letter stands for. A count only limits a number when another one follows directly.
    fn letter(&mut self, letter: u8, count: usize, limited: bool, names: Names, engine: &Zone) -> Option<()> {
        let start = self.at;
        let trimmed = start.trim_start_matches([' ', '\t']);
        if trimmed.is_empty() {
            return None;
        }
        let (field, value, length) = match letter {
            b'M' | b'L' if count > 2 => with(Field::Month, names.month(start)?),
            b'E' => with(Field::Weekday, names.day(start)?),
            b'a' => {
                let (half, length) = names.half(start)?;
                (Field::Half, i64::from(half == 2), length)
            }
            b'G' => {
                let eras = [("Before Christ", 0), ("Anno Domini", 1), ("BC", 0), ("AD", 1)];
                let found = eras.into_iter().find_map(|(name, era)| Some((era, super::names::length_of(name, start)?)));
                let (era, length) = found?;
                (Field::Era, era, length)
            }
            b'z' | b'Z' | b'X' => {
                let (offset, rest) =
                    if letter == b'X' { iso_zone(trimmed, count)? } else { general_zone(trimmed, engine)? };
                self.offset = Some(offset);
                self.at = rest;
                return Some(());
            }
            _ => return self.number(letter, count, limited),
        };
        self.fields.set(field, value);
        self.at = start.get(length..)?;
        Some(())
    }

    fn number(&mut self, letter: u8, count: usize, limited: bool) -> Option<()> {
        let start = self.at;
        let blanks = start.len().saturating_sub(start.trim_start_matches([' ', '\t']).len());
        let window = if limited { head(start, count)? } else { start };
        let (value, length) = whole(window.get(blanks..)?)?;
        let minus = window.trim_start_matches([' ', '\t']).starts_with('-');
        let field = match letter {
            b'y' => Field::Year,
            b'Y' => Field::WeekYear,
            b'M' | b'L' => Field::Month,
            b'w' => Field::WeekOfYear,
            b'W' => Field::WeekOfMonth,
            b'D' => Field::DayOfYear,
            b'd' => Field::DayOfMonth,
            b'F' => Field::WeekdayOfMonth,
            b'u' => Field::Weekday,
            b'H' | b'k' => Field::Hour,
            b'K' | b'h' => Field::HourOfHalf,
            b'm' => Field::Minute,
            b's' => Field::Second,
            _ => Field::Milli,
        };
        let value = match letter {
            b'y' | b'Y' if count <= 2 && length == 2 && !minus => {
                let (year, ambiguous) = self.century.year(value);
                self.ambiguous = ambiguous;
                year
            }
            b'k' if value == 24 => 0,
            b'h' if value == 12 => 0,
            _ => value,
        };
        self.fields.set(field, value);
        self.at = start.get(blanks.checked_add(length)?..)?;
        Some(())
    }

    fn date(mut self, engine: &Zone) -> Option<Date> {
        // A pattern that reads nothing fits no text.
        if self.at.len() == self.text.len() {
            return None;
        }
        let date = self.resolve(engine);
        if self.ambiguous && date.is_some_and(|date| date.millis() < self.century.start) {
            self.fields.next_century();
            return self.resolve(engine);
        }
        date
    }

    fn resolve(&self, engine: &Zone) -> Option<Date> {
        let local = self.fields.local()?;
        match self.offset {
            Some(offset) => Date::from_millis(local.checked_sub(i64::from(offset).checked_mul(1000)?)?, engine),
            None => {
                // Outside the calendar in any zone.
                let date = Date::new(local, 0)?;
                let civil = date.civil(&Zone::utc());
                Date::from_civil(civil, 0, engine).filter(|date| date.in_range(engine))
            }
        }
    }
}

fn with(field: Field, (number, length): (usize, usize)) -> (Field, i64, usize) {
    (field, i64::try_from(number).unwrap_or(0), length)
}

/// The first so many characters; `None` when there are fewer.
fn head(text: &str, count: usize) -> Option<&str> {
    let mut rest = text.chars();
    for _ in 0..count {
        rest.next()?;
    }
    text.get(..text.len().saturating_sub(rest.as_str().len()))
}

/// The whole number at the start of a text, and its length.
fn whole(text: &str) -> Option<(i64, usize)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let length = text.len().saturating_sub(digits.len()).saturating_add(count);
    let number = text.get(..length).filter(|_| count > 0)?.parse().ok()?;
    Some((number, length))
}

/// `GMT`, `GMT+2:00`, `+0200`, `CEST`: seconds east of UTC and what follows.
fn general_zone<'t>(text: &'t str, engine: &Zone) -> Option<(i32, &'t str)> {
    if text.starts_with(['+', '-']) {
        return numeric_zone(text, 2, true, false);
    }
    if let Some(length) = super::names::length_of("GMT", text) {
        let rest = text.get(length..)?;
        return if rest.starts_with(['+', '-']) { numeric_zone(rest, 2, false, true) } else { Some((0, rest)) };
    }
    let (offset, length) = zone_at(text, engine)?;
    Some((offset, text.get(length..)?))
}

/// `Z`, `+02`, `+0200` or `+02:00`, by the number of letters.
fn iso_zone(text: &str, count: usize) -> Option<(i32, &str)> {
    match text.strip_prefix('Z') {
        Some(rest) => Some((0, rest)),
        None => numeric_zone(text, count, true, count == 3),
    }
}

/// An offset in `parts` parts; `padded` wants two digits of the hours.
fn numeric_zone(text: &str, parts: usize, padded: bool, colon: bool) -> Option<(i32, &str)> {
    let negative = text.starts_with('-');
    let rest = text.strip_prefix(['+', '-'])?;
    let width = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
    if width == 0 || (padded && width < 2) {
        return None;
    }
    let (hours, mut rest) = rest.split_at_checked(width)?;
    let hours: i32 = hours.parse().ok().filter(|hours| *hours < 24)?;
    let mut minutes = 0;
    if parts > 1 {
        if colon {
            rest = rest.strip_prefix(':')?;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        minutes = digits.parse().ok().filter(|minutes| *minutes < 60)?;
        rest = after;
    }
    let seconds = hours.saturating_mul(60).saturating_add(minutes).saturating_mul(60);
    Some((if negative { seconds.saturating_neg() } else { seconds }, rest))
}
