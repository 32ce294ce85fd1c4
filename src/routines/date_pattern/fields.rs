//! What was read of a date, and the date that it means.

use crate::value::{Civil, days_in_month};

/// A part of a date that a pattern can set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field {
    /// 0 before Christ, 1 after.
    Era,
    Year,
    WeekYear,
    /// From 1.
    Month,
    WeekOfYear,
    WeekOfMonth,
    DayOfYear,
    DayOfMonth,
    /// Monday 1.
    Weekday,
    /// The how many eth such weekday of the month.
    WeekdayOfMonth,
    /// Morning 0, afternoon 1.
    Half,
    /// 0 to 11.
    HourOfHalf,
    Hour,
    Minute,
    Second,
    Milli,
}

const FIELDS: usize = Field::Milli as usize + 1;
const DAY: i64 = 86_400_000;

/// The parts that were read. Later ones win over earlier ones that say the same in another way, and any value is
/// taken: the 32nd of a month is a day of the next one.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    /// When a part was set, from 1, and its value.
    parts: [(u32, i64); FIELDS],
    last: u32,
}

impl Fields {
    pub(super) fn set(&mut self, field: Field, value: i64) {
        self.last = self.last.saturating_add(1);
        if let Some(part) = self.parts.get_mut(field as usize) {
            *part = (self.last, value);
        }
    }

    fn part(&self, field: Field) -> (u32, i64) {
        self.parts.get(field as usize).copied().unwrap_or_default()
    }

    /// When a part was set; 0 for never.
    fn stamp(&self, field: Field) -> u32 {
        self.part(field).0
    }

    fn get(&self, field: Field) -> Option<i64> {
        let (stamp, value) = self.part(field);
        (stamp > 0).then_some(value)
    }

    /// Moves the year by a century.
    pub(super) fn next_century(&mut self) {
        for field in [Field::Year, Field::WeekYear] {
            if let Some(part) = self.parts.get_mut(field as usize) {
                part.1 = part.1.saturating_add(100);
            }
        }
    }

    /// The date as milliseconds since 1970-01-01 00:00 local time; parts that were not read are those of that moment.
    pub(super) fn local(&self) -> Option<i64> {
        let time =
            [(self.hour()?, 3_600_000), (self.or_zero(Field::Minute), 60_000), (self.or_zero(Field::Second), 1000)];
        let mut local = self.day()?.checked_mul(DAY)?.checked_add(self.or_zero(Field::Milli))?;
        for (count, size) in time {
            local = local.checked_add(count.checked_mul(size)?)?;
        }
        Some(local)
    }

    fn or_zero(&self, field: Field) -> i64 {
        self.get(field).unwrap_or(0)
    }

    fn hour(&self) -> Option<i64> {
        let of_half = self.together(Field::HourOfHalf, Field::Half);
        let hour = self.stamp(Field::Hour);
        if hour > 0 && hour >= of_half {
            return self.get(Field::Hour);
        }
        self.or_zero(Field::HourOfHalf).checked_add(self.or_zero(Field::Half).checked_mul(12)?)
    }

    /// When the later of two parts was set; 0 unless both are.
    fn together(&self, one: Field, other: Field) -> u32 {
        let (one, other) = (self.stamp(one), self.stamp(other));
        if one == 0 || other == 0 { 0 } else { one.max(other) }
    }

    /// Days since 1970-01-01.
    fn day(&self) -> Option<i64> {
        if let Some(year) = self.get(Field::WeekYear).filter(|_| self.stamp(Field::WeekYear) > self.stamp(Field::Year))
        {
            let week = self.get(Field::WeekOfYear).unwrap_or(1);
            let weekday = self.get(Field::Weekday).unwrap_or(1);
            return first_week(day_number(year, 1)?)
                .checked_add(week.checked_sub(1)?.checked_mul(7)?)?
                .checked_add(weekday.checked_sub(1)?);
        }
        let mut year = self.get(Field::Year).unwrap_or(1970);
        if self.get(Field::Era) == Some(0) {
            year = 1i64.checked_sub(year)?;
        }
        // The way to name the day whose last part was set last counts; each needs all its parts.
        let mut month_day = self.stamp(Field::DayOfMonth);
        let mut month_week = self.together(Field::WeekOfMonth, Field::Weekday);
        let mut nth_weekday = self.together(Field::WeekdayOfMonth, Field::Weekday);
        let year_day = self.stamp(Field::DayOfYear);
        let mut year_week = self.together(Field::WeekOfYear, Field::Weekday);
        let mut best = month_day.max(month_week).max(nth_weekday).max(year_day).max(year_week);
        if best == 0 {
            // None is complete: part of one will do.
            month_week = self.stamp(Field::WeekOfMonth);
            nth_weekday = self.stamp(Field::WeekdayOfMonth).max(self.stamp(Field::Weekday));
            year_week = self.stamp(Field::WeekOfYear);
            best = month_week.max(nth_weekday).max(year_week);
            if best == 0 {
                month_day = self.stamp(Field::Month);
                best = month_day;
            }
        }
        let week_of_year = self.stamp(Field::WeekOfYear);
        let by_month = best == month_day
            || (best == month_week && self.stamp(Field::WeekOfMonth) >= week_of_year)
            || (best == nth_weekday && self.stamp(Field::WeekdayOfMonth) >= week_of_year);
        if !by_month {
            let first = day_number(year, 1)?;
            if best == year_day {
                return first.checked_add(self.or_zero(Field::DayOfYear).checked_sub(1)?);
            }
            return self.in_week(first, self.or_zero(Field::WeekOfYear));
        }
        let months = self.get(Field::Month).unwrap_or(1).checked_sub(1)?;
        year = year.checked_add(months.div_euclid(12))?;
        let month = u8::try_from(months.rem_euclid(12).checked_add(1)?).ok()?;
        let first = day_number(year, month)?;
        if best == month_day {
            return first.checked_add(self.get(Field::DayOfMonth).unwrap_or(1).checked_sub(1)?);
        }
        let by_week = if month_week == nth_weekday {
            self.stamp(Field::WeekOfMonth) >= self.stamp(Field::WeekdayOfMonth)
        } else {
            best == month_week
        };
        if by_week {
            return self.in_week(first, self.or_zero(Field::WeekOfMonth));
        }
        let weekday = self.get(Field::Weekday).unwrap_or(1);
        let count = self.get(Field::WeekdayOfMonth).unwrap_or(1);
        let last = if count >= 0 {
            count.checked_mul(7)?
        } else {
            // From the end of the month.
            let length = days_in_month(i32::try_from(year).ok()?, month);
            i64::from(length).checked_add(count.checked_add(1)?.checked_mul(7)?)?
        };
        Some(on_or_before(first.checked_add(last)?.checked_sub(1)?, weekday))
    }

    /// The weekday in a week, counted from the first week of a year or month that begins at `first`.
    fn in_week(&self, first: i64, week: i64) -> Option<i64> {
        let monday = first_week(first);
        let day = match self.get(Field::Weekday) {
            Some(weekday) => on_or_before(monday.checked_add(6)?, weekday),
            None => monday,
        };
        day.checked_add(week.checked_sub(1)?.checked_mul(7)?)
    }
}

/// Days from 1970-01-01 to the first day of a month. Years far outside the calendar are refused.
fn day_number(year: i64, month: u8) -> Option<i64> {
    let year = i32::try_from(year).ok().filter(|year| (-1_000_000..=1_000_000).contains(year))?;
    Some(Civil::day(year, month, 1).day_number())
}

/// The Monday of the first week with at least four days from `first` on.
fn first_week(first: i64) -> i64 {
    let monday = on_or_before(first.saturating_add(6), 1);
    if monday.saturating_sub(first) >= 4 { monday.saturating_sub(7) } else { monday }
}

/// The last such weekday that is not after a day.
fn on_or_before(day: i64, weekday: i64) -> i64 {
    // 1970-01-01 was a Thursday, the fourth day of its week.
    let past = day.saturating_add(4).saturating_sub(weekday).rem_euclid(7);
    day.saturating_sub(past)
}
