//! Dates: instants with a zone, their calendar parts, and their text (L-41, L-43).

use super::{Zone, zone::parse_offset};

/// A point in time with the zone it is shown in, packed: `millis << 14 | zone` (L-43).
///
/// Zone 0 is the engine's; see [`Zone::by_id`] for the others. Comparing and subtracting look at the instant alone,
/// so use [`Date::millis`] for them: `==` on dates compares the zone too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Date(i64);

const ZONE_BITS: u32 = 14;
/// How many zones there can be, the engine's included.
pub(super) const ZONES: usize = 1 << ZONE_BITS;
const DAY: i64 = 86_400_000;
/// 0001-01-01T00:00:00.000Z
const FIRST: i64 = -62_135_596_800_000;
/// 9999-12-31T23:59:59.999Z
const LAST: i64 = 253_402_300_799_999;
/// No zone is further from UTC.
const MARGIN: i64 = 18 * 3_600_000;

/// A date as a calendar and a clock show it, without zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Civil {
    /// Year, 1 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
    /// Millisecond, 0 to 999.
    pub milli: u16,
}

/// Three-letter names of the days, Monday first.
pub const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Three-letter names of the months.
pub const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Date {
    /// A date in a zone of the fixed list, 0 for the engine's. `None` outside the years 1 to 9999 of every zone; ask
    /// [`Date::in_range`] for its own.
    pub const fn new(millis: i64, zone: u16) -> Option<Self> {
        if millis < FIRST.saturating_sub(MARGIN) || millis > LAST.saturating_add(MARGIN) || zone as usize >= ZONES {
            return None;
        }
        Some(Self((millis << ZONE_BITS) | zone as i64))
    }

    /// A date in the engine's zone.
    pub fn from_millis(millis: i64, engine: &Zone) -> Option<Self> {
        Self::new(millis, 0).filter(|date| date.in_range(engine))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub const fn millis(self) -> i64 {
        self.0 >> ZONE_BITS
    }

    /// Its zone in the fixed list, 0 for the engine's.
    #[inline]
    pub const fn zone_id(self) -> u16 {
        (self.0 & ((1 << ZONE_BITS) - 1)) as u16
    }

    /// The same instant, shown in another zone of the fixed list.
    #[must_use]
    pub const fn with_zone(self, zone: u16) -> Self {
        match Self::new(self.millis(), zone) {
            Some(date) => date,
            None => self,
        }
    }

    /// The packed form, for unboxed storage.
    #[inline]
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// From the packed form.
    #[inline]
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    /// The zone it is shown in.
    pub fn zone(self, engine: &Zone) -> Zone {
        Zone::by_id(self.zone_id()).unwrap_or_else(|| engine.clone())
    }

    /// Whether its year, in its zone, is one of 1 to 9999 (L-33).
    pub fn in_range(self, engine: &Zone) -> bool {
        let millis = self.millis();
        if (FIRST.saturating_add(MARGIN)..=LAST.saturating_sub(MARGIN)).contains(&millis) {
            return true;
        }
        let local = millis.saturating_add(i64::from(self.offset_seconds(engine)).saturating_mul(1000));
        (FIRST..=LAST).contains(&local)
    }

    /// Seconds east of UTC in its zone at that instant.
    pub fn offset_seconds(self, engine: &Zone) -> i32 {
        match self.zone_id() {
            0 => engine.offset_at(self.millis()),
            id => Zone::by_id(id).map_or_else(|| engine.offset_at(self.millis()), |zone| zone.offset_at(self.millis())),
        }
    }

    /// What calendar and clock show in its zone.
    pub fn civil(self, engine: &Zone) -> Civil {
        Civil::from_local(self.millis().saturating_add(i64::from(self.offset_seconds(engine)).saturating_mul(1000)))
    }

    /// The instant at which calendar and clock of a zone show that; `None` for parts out of range.
    ///
    /// A time that is skipped moves forward by the gap, of two equal ones it is the earlier (L-41).
    pub fn from_civil(civil: Civil, zone: u16, engine: &Zone) -> Option<Self> {
        if !civil.is_valid() {
            return None;
        }
        let rules = Zone::by_id(zone);
        let instant = rules.as_ref().unwrap_or(engine).instant_of(civil.local(), civil.to_jiff());
        Self::new(instant, zone)
    }

    /// The date so many milliseconds later, in the same zone; `None` out of range.
    #[inline]
    pub fn plus(self, millis: i64, engine: &Zone) -> Option<Self> {
        Self::new(self.millis().checked_add(millis)?, self.zone_id()).filter(|date| date.in_range(engine))
    }

    /// The date so many milliseconds earlier, in the same zone; `None` out of range.
    #[inline]
    pub fn minus(self, millis: i64, engine: &Zone) -> Option<Self> {
        Self::new(self.millis().checked_sub(millis)?, self.zone_id()).filter(|date| date.in_range(engine))
    }

    /// Milliseconds from another date to this one.
    #[inline]
    pub const fn since(self, other: Self) -> i64 {
        self.millis().wrapping_sub(other.millis())
    }

    /// The date so many months later: same time and day of the month, or its last day; `None` out of range.
    pub fn plus_months(self, months: i64, engine: &Zone) -> Option<Self> {
        let mut civil = self.civil(engine);
        let all = i64::from(civil.year).checked_mul(12)?.checked_add(i64::from(civil.month))?.checked_sub(1)?;
        let all = all.checked_add(months)?;
        civil.year = i32::try_from(all.div_euclid(12)).ok()?;
        civil.month = u8::try_from(all.rem_euclid(12).checked_add(1)?).ok()?;
        civil.day = civil.day.min(days_in_month(civil.year, civil.month));
        Self::from_civil(civil, self.zone_id(), engine)
    }

    /// Reads a date (L-41): `2024-02-29`, with `T` or a blank and `10:30[:15[.250]]`, then maybe `Z`, `+0200` or
    /// `+02:00`. Without zone it is local time of the engine; a zone only fixes the instant.
    pub fn parse(text: &str, engine: &Zone) -> Option<Self> {
        let text = text.trim();
        let (day, rest) = text.split_at_checked(10)?;
        let mut civil = parse_day(day)?;
        if rest.is_empty() {
            return Self::from_civil(civil, 0, engine);
        }
        let rest = rest.strip_prefix(['T', ' '])?;
        let (time, zone) = match rest.find(['Z', '+', '-']) {
            Some(at) => rest.split_at_checked(at)?,
            None => (rest, ""),
        };
        let next_day = parse_time(time, &mut civil)?;
        let zone = match zone {
            "" => engine.clone(),
            "Z" => Zone::utc(),
            offset if matches!(offset.len(), 5 | 6) && (offset.len() == 6) == offset.contains(':') => {
                Zone::offset_minutes(parse_offset(offset)?)?
            }
            _ => return None,
        };
        if !civil.is_valid() {
            return None;
        }
        if next_day {
            civil = Civil::from_local(civil.local().checked_add(DAY)?);
            if !civil.is_valid() {
                return None;
            }
        }
        Self::new(zone.instant_of(civil.local(), civil.to_jiff()), 0).filter(|date| date.in_range(engine))
    }

    /// Writes `yyyy-MM-dd HH:mm:ss` in the engine's zone, whatever its own (L-43).
    pub fn print(self, engine: &Zone, out: &mut String) {
        self.with_zone(0).civil(engine).print(' ', out);
    }

    /// Writes `yyyy-MM-ddTHH:mm:ss` in its zone, milliseconds if there are any, and the offset as `+02:00`.
    pub fn print_iso(self, engine: &Zone, out: &mut String) {
        use std::fmt::Write;
        let civil = self.civil(engine);
        civil.print('T', out);
        if civil.milli != 0 {
            let _ = write!(out, ".{:03}", civil.milli);
        }
        let offset = self.offset_seconds(engine);
        let minutes = offset.unsigned_abs().div_euclid(60);
        let sign = if offset < 0 { '-' } else { '+' };
        let _ = write!(out, "{sign}{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60));
    }

    /// A numeric part by its word (L-64); `None` for another word.
    pub fn part(self, word: &str, engine: &Zone) -> Option<i64> {
        if word == "TOMILLIS" {
            return Some(self.millis());
        }
        let civil = self.civil(engine);
        Some(match word {
            "DAY" => i64::from(civil.day),
            "MONTH" => i64::from(civil.month),
            "YEAR" => i64::from(civil.year),
            "HOUR" => i64::from(civil.hour),
            "MINUTE" => i64::from(civil.minute),
            "SECOND" => i64::from(civil.second),
            "MILLISECOND" => i64::from(civil.milli),
            "WEEK" => i64::from(civil.iso_week().1),
            "WEEKINMONTH" => i64::from(civil.week_in_month()),
            _ => return None,
        })
    }

    /// A name by its word (L-64): `DAYOFWEEK`, `MONTHNAME`.
    pub fn name_part(self, word: &str, engine: &Zone) -> Option<&'static str> {
        match word {
            "DAYOFWEEK" => Some(self.civil(engine).day_name()),
            "MONTHNAME" => Some(self.civil(engine).month_name()),
            _ => None,
        }
    }
}

impl Civil {
    /// Midnight of a day.
    pub const fn day(year: i32, month: u8, day: u8) -> Self {
        Self { year, month, day, hour: 0, minute: 0, second: 0, milli: 0 }
    }

    /// Whether there is such a day and such a time, in the years 1 to 9999.
    pub fn is_valid(&self) -> bool {
        (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.milli < 1000
    }

    /// From milliseconds since 1970-01-01 00:00 local time.
    pub fn from_local(local: i64) -> Self {
        let (year, month, day) = date_of(local.div_euclid(DAY));
        let time = local.rem_euclid(DAY);
        let part = |size: i64, count: i64| u8::try_from(time.div_euclid(size).rem_euclid(count)).unwrap_or(0);
        Self {
            year,
            month,
            day,
            hour: part(3_600_000, 24),
            minute: part(60_000, 60),
            second: part(1_000, 60),
            milli: u16::try_from(time.rem_euclid(1_000)).unwrap_or(0),
        }
    }

    /// Milliseconds since 1970-01-01 00:00 local time.
    pub fn local(&self) -> i64 {
        let time = i64::from(self.hour)
            .saturating_mul(3_600_000)
            .saturating_add(i64::from(self.minute).saturating_mul(60_000))
            .saturating_add(i64::from(self.second).saturating_mul(1_000))
            .saturating_add(i64::from(self.milli));
        self.day_number().saturating_mul(DAY).saturating_add(time)
    }

    /// Days since 1970-01-01.
    pub fn day_number(&self) -> i64 {
        day_number(self.year, self.month, self.day)
    }

    /// Day of the week, Monday 1 to Sunday 7.
    pub fn weekday(&self) -> u8 {
        // 1970-01-01 was a Thursday.
        u8::try_from(self.day_number().saturating_add(3).rem_euclid(7).saturating_add(1)).unwrap_or(1)
    }

    /// Three-letter English name of the day.
    pub fn day_name(&self) -> &'static str {
        DAY_NAMES.get(usize::from(self.weekday()).saturating_sub(1)).copied().unwrap_or("")
    }

    /// Three-letter English name of the month.
    pub fn month_name(&self) -> &'static str {
        MONTH_NAMES.get(usize::from(self.month).saturating_sub(1)).copied().unwrap_or("")
    }

    /// Day of the year, from 1.
    pub fn day_of_year(&self) -> u16 {
        let first = day_number(self.year, 1, 1);
        u16::try_from(self.day_number().saturating_sub(first).saturating_add(1)).unwrap_or(1)
    }

    /// ISO week: the year it belongs to and its number.
    pub fn iso_week(&self) -> (i32, u8) {
        // The Thursday of the week decides the year.
        let thursday = self.day_number().saturating_sub(i64::from(self.weekday())).saturating_add(4);
        let (year, ..) = date_of(thursday);
        let week = thursday.saturating_sub(day_number(year, 1, 1)).div_euclid(7).saturating_add(1);
        (year, u8::try_from(week).unwrap_or(1))
    }

    /// Week of the month: it begins on Monday, the first has at least four days in the month, days before it are
    /// week 0.
    pub fn week_in_month(&self) -> u8 {
        let first = Self::day(self.year, self.month, 1);
        let before = first.weekday().saturating_sub(1);
        let week = self.day.saturating_sub(1).saturating_add(before).div_euclid(7);
        // Before the first day of the month lie `before` days of its week; with four or more it is week 0.
        if before <= 3 { week.saturating_add(1) } else { week }
    }

    /// Writes date and time, `separator` between.
    pub fn print(&self, separator: char, out: &mut String) {
        use std::fmt::Write;
        let Self { year, month, day, hour, minute, second, .. } = *self;
        let _ = write!(out, "{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}");
    }

    pub(super) fn to_jiff(self) -> Option<jiff::civil::DateTime> {
        let small = |value: u8| i8::try_from(value).ok();
        jiff::civil::DateTime::new(
            i16::try_from(self.year).ok()?,
            small(self.month)?,
            small(self.day)?,
            small(self.hour)?,
            small(self.minute)?,
            small(self.second)?,
            i32::from(self.milli).checked_mul(1_000_000)?,
        )
        .ok()
    }
}

/// Days of a month; 0 for no month.
pub fn days_in_month(year: i32, month: u8) -> u8 {
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. Years begin in March, so that the leap day comes last.
fn day_number(year: i32, month: u8, day: u8) -> i64 {
    let march_year = i64::from(year).saturating_sub(i64::from(month <= 2));
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let march_month = i64::from(month).saturating_add(9).rem_euclid(12);
    let day_of_year = march_month
        .saturating_mul(153)
        .saturating_add(2)
        .div_euclid(5)
        .saturating_add(i64::from(day))
        .saturating_sub(1);
    let day_of_era = year_of_era
        .saturating_mul(365)
        .saturating_add(year_of_era.div_euclid(4))
        .saturating_sub(year_of_era.div_euclid(100))
        .saturating_add(day_of_year);
    era.saturating_mul(146_097).saturating_add(day_of_era).saturating_sub(719_468)
}

/// The day so many days after 1970-01-01.
fn date_of(days: i64) -> (i32, u8, u8) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = day_of_era
        .saturating_sub(day_of_era.div_euclid(1_460))
        .saturating_add(day_of_era.div_euclid(36_524))
        .saturating_sub(day_of_era.div_euclid(146_096))
        .div_euclid(365);
    let day_of_year = day_of_era.saturating_sub(
        year_of_era
            .saturating_mul(365)
            .saturating_add(year_of_era.div_euclid(4))
            .saturating_sub(year_of_era.div_euclid(100)),
    );
    let march_month = day_of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
    let day =
        day_of_year.saturating_sub(march_month.saturating_mul(153).saturating_add(2).div_euclid(5)).saturating_add(1);
    let month = if march_month < 10 { march_month.saturating_add(3) } else { march_month.saturating_sub(9) };
    let year = year_of_era.saturating_add(era.saturating_mul(400)).saturating_add(i64::from(month <= 2));
    (i32::try_from(year).unwrap_or(0), u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

fn parse_day(text: &str) -> Option<Civil> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let year = two_digits(year.get(..2)?)?.checked_mul(100)?.checked_add(two_digits(year.get(2..)?)?)?;
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    Some(Civil::day(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

/// Fills in the time; `true` when it is hour 24, which is hour 0 of the next day.
fn parse_time(text: &str, civil: &mut Civil) -> Option<bool> {
    let (clock, milli) = match text.split_once('.') {
        Some((clock, milli)) if milli.len() == 3 && milli.bytes().all(|byte| byte.is_ascii_digit()) => {
            (clock, Some(milli.parse::<u16>().ok()?))
        }
        Some(_) => return None,
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let hour = two_digits(parts.next()?)?;
    let minute = two_digits(parts.next()?)?;
    let second = match parts.next() {
        Some(second) => two_digits(second)?,
        None if milli.is_some() => return None,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let next_day = hour == 24;
    civil.hour = if next_day { 0 } else { u8::try_from(hour).ok()? };
    civil.minute = u8::try_from(minute).ok()?;
    civil.second = u8::try_from(second).ok()?;
    civil.milli = milli.unwrap_or(0);
    Some(next_day)
}

fn two_digits(text: &str) -> Option<u16> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn text(date: Date, zone: &Zone) -> String {
        let mut out = String::new();
        date.print(zone, &mut out);
        out
    }

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    #[test]
    fn reading() {
        let utc = Zone::utc();
        for (given, expected) in [
            ("2024-02-29", "2024-02-29 00:00:00"),
            (" 2024-02-29 ", "2024-02-29 00:00:00"),
            ("2022-04-05T18:09", "2022-04-05 18:09:00"),
            ("2022-04-05 18:09:03", "2022-04-05 18:09:03"),
            ("2022-04-05T18:09:03.250", "2022-04-05 18:09:03"),
            ("2022-04-05T18:09:03Z", "2022-04-05 18:09:03"),
            ("2022-04-05T18:09:03+0200", "2022-04-05 16:09:03"),
            ("2022-04-05T18:09-03:30", "2022-04-05 21:39:00"),
            ("2022-12-31T24:00:00", "2023-01-01 00:00:00"),
            ("2022-12-31 24:30", "2023-01-01 00:30:00"),
            ("0001-01-01", "0001-01-01 00:00:00"),
            ("9999-12-31T23:59:59.999", "9999-12-31 23:59:59"),
            ("1582-10-10", "1582-10-10 00:00:00"),
        ] {
            assert_eq!(Date::parse(given, &utc).map(|date| text(date, &utc)).as_deref(), Some(expected), "{given}");
        }
        for given in [
            "",
            "2023-02-29",
            "2023-13-01",
            "2023-00-01",
            "2023-01-00",
            "2023-1-1",
            "23-01-01",
            "2023-01-01T",
            "2023-01-01T25:00",
            "2023-01-01T10",
            "2023-01-01T10:60",
            "2023-01-01T10:00:60",
            "2023-01-01T10:00.5",
            "2023-01-01T10:00:00.25",
            "2023-01-01Z",
            "2023-01-01T10:00+2",
            "2023-01-01T10:00+19:00",
            "2023-01-01T10:00+020",
            "2023/01/01",
            "5",
            "20230101",
            "0000-01-01",
            "9999-12-31T24:00",
            "+023-01-01",
            "2023-01-01x10:00",
            "2023-01-01T+0:00",
            "é023-01-01",
            "2023-01-é1",
            "2023-01-01T10:00:00 +0200",
        ] {
            assert_eq!(Date::parse(given, &utc), None, "{given}");
        }
    }

    #[test]
    fn clock_changes() {
        let paris = paris();
        // Skipped: forward by the gap. Twice: the earlier one.
        let gap = Date::parse("2023-03-26 02:30:00", &paris).unwrap();
        assert_eq!(text(gap, &paris), "2023-03-26 03:30:00");
        let fold = Date::parse("2023-10-29 02:30:00", &paris).unwrap();
        assert_eq!(text(fold, &Zone::utc()), "2023-10-29 00:30:00");
        assert_eq!(fold.offset_seconds(&paris), 7200);
        // A named zone that skips midnight.
        let sao_paulo = Zone::named("America/Sao_Paulo").unwrap();
        let midnight = Date::parse("2018-11-04", &sao_paulo).unwrap();
        assert_eq!(text(midnight, &sao_paulo), "2018-11-04 01:00:00");
    }

    #[test]
    fn borders_in_zones() {
        for zone in ["Europe/Paris", "America/New_York", "Pacific/Kiritimati", "+18:00", "-18:00"] {
            let zone = Zone::named(zone).unwrap();
            for given in ["0001-01-01 00:00:00", "9999-12-31 23:59:59"] {
                let date = Date::parse(given, &zone).unwrap();
                assert_eq!(text(date, &zone), given, "{}", zone.name());
                assert!(date.in_range(&zone));
            }
            let last = Date::parse("9999-12-31 23:59:59", &zone).unwrap();
            assert_eq!(last.plus(1000, &zone), None);
            assert!(last.plus(999, &zone).is_some());
            let first = Date::parse("0001-01-01", &zone).unwrap();
            assert_eq!(first.minus(1, &zone), None);
        }
        assert_eq!(Date::new(i64::MAX, 0), None);
        assert_eq!(Date::new(0, 16_384), None);
    }

    #[test]
    fn packing() {
        for millis in [FIRST, -1, 0, 1, LAST] {
            for zone in [0, 1, 2161, 16_383] {
                let date = Date::new(millis, zone).unwrap();
                assert_eq!((date.millis(), date.zone_id()), (millis, zone));
                assert_eq!(Date::from_bits(date.bits()), date);
            }
        }
    }

    #[test]
    fn the_calendar_goes_on_day_by_day() {
        let mut expected = (1, 1, 1);
        for days in FIRST.div_euclid(DAY)..=LAST.div_euclid(DAY) {
            let found = date_of(days);
            assert_eq!(found, expected);
            assert_eq!(day_number(found.0, found.1, found.2), days);
            expected.2 += 1;
            if expected.2 > days_in_month(expected.0, expected.1) {
                expected = (expected.0, expected.1 + 1, 1);
            }
            if expected.1 > 12 {
                expected = (expected.0 + 1, 1, 1);
            }
        }
        assert_eq!(expected, (10_000, 1, 1));
    }

    #[test]
    fn parts() {
        let utc = Zone::utc();
        let date = Date::parse("2011-08-17T10:20:30.456", &utc).unwrap();
        for (word, expected) in [
            ("YEAR", 2011),
            ("MONTH", 8),
            ("DAY", 17),
            ("HOUR", 10),
            ("MINUTE", 20),
            ("SECOND", 30),
            ("MILLISECOND", 456),
            ("WEEK", 33),
            ("WEEKINMONTH", 3),
            ("TOMILLIS", 1_313_576_430_456),
        ] {
            assert_eq!(date.part(word, &utc), Some(expected), "{word}");
        }
        assert_eq!(date.name_part("DAYOFWEEK", &utc), Some("Wed"));
        assert_eq!(date.name_part("MONTHNAME", &utc), Some("Aug"));
        assert_eq!(date.part("day", &utc), None);
        assert_eq!(Civil::day(2021, 1, 3).iso_week(), (2020, 53));
        assert_eq!(Civil::day(2024, 12, 30).iso_week(), (2025, 1));
        assert_eq!(Civil::day(2024, 12, 30).day_of_year(), 365);
        // October 2023 began on a Sunday, which is week 0; May 2023 on a Monday.
        assert_eq!(Civil::day(2023, 10, 1).week_in_month(), 0);
        assert_eq!(Civil::day(2023, 10, 2).week_in_month(), 1);
        assert_eq!(Civil::day(2023, 5, 1).week_in_month(), 1);
        assert_eq!(Civil::day(2023, 5, 31).week_in_month(), 5);
        // Thursday the 1st: four days of the week are in the month.
        assert_eq!(Civil::day(2023, 6, 1).week_in_month(), 1);
    }

    #[test]
    fn zones_are_kept_by_arithmetic() {
        let utc = Zone::utc();
        let tokyo = Zone::named("Asia/Tokyo").unwrap();
        let date = Date::parse("2023-05-31T20:00:00", &utc).unwrap().with_zone(tokyo.id());
        assert_eq!(date.part("DAY", &utc), Some(1));
        let later = date.plus(3_600_000, &utc).unwrap();
        assert_eq!(later.zone_id(), tokyo.id());
        assert_eq!(later.since(date), 3_600_000);
        let month = date.plus_months(-4, &utc).unwrap();
        assert_eq!(
            (month.part("MONTH", &utc), month.part("DAY", &utc), month.zone_id()),
            (Some(2), Some(1), tokyo.id())
        );
        assert_eq!(text(date, &utc), "2023-05-31 20:00:00");
        let mut iso = String::new();
        date.print_iso(&utc, &mut iso);
        assert_eq!(iso, "2023-06-01T05:00:00+09:00");
    }

    #[test]
    fn months() {
        let utc = Zone::utc();
        let date = Date::parse("2023-05-31 08:15:00", &utc).unwrap();
        for (months, expected) in [
            (1, "2023-06-30 08:15:00"),
            (-3, "2023-02-28 08:15:00"),
            (9, "2024-02-29 08:15:00"),
            (-12, "2022-05-31 08:15:00"),
            (8, "2024-01-31 08:15:00"),
        ] {
            assert_eq!(text(date.plus_months(months, &utc).unwrap(), &utc), expected);
        }
        for months in [i64::MAX, i64::MIN, 12 * 9000, -12 * 3000] {
            assert_eq!(date.plus_months(months, &utc), None);
        }
    }
}
