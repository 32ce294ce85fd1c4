//! Dates and intervals.

use super::{
    argument,
    date_pattern::{self, Century, Names, zone_named},
    text,
};
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Civil, Date, Fault, Text, Value, Zone, num_to_int, num_to_millis},
};

const HOUR: f64 = 3_600_000.0;

pub(super) fn routines() -> Vec<Routine> {
    [making(), parts(), moving(), texts(), intervals()].concat()
}

fn core(name: &'static str, returns: Type) -> Signature {
    Signature::new(name, Family::Core).returns(Returns::Is(returns))
}

fn of_date(name: &'static str, returns: Type) -> Signature {
    core(name, returns).param("date", Type::DATE)
}

fn making() -> Vec<Routine> {
    vec![
        Routine::new(
            Signature::new("currentDate", Family::System)
                .returns(Returns::NeverNull(Type::DATE))
                .doc("The current date and time.")
                .example("return currentDate();", "2031-07-04 17:05:09"),
            current_date,
        ),
        Routine::new(
            core("toDate", Type::DATE)
                .param("year", Type::NUMBER)
                .param("month", Type::NUMBER)
                .param("day", Type::NUMBER)
                .optional("hour", Type::NUMBER)
                .optional("minute", Type::NUMBER)
                .optional("second", Type::NUMBER)
                .optional("millis", Type::NUMBER)
                .optional("timeZone", Type::STRING)
                .doc(
                    "A date from its parts: three, six, seven or all eight of them; months begin at 1. Null when there \
                     is no such day or time. With a zone the date is of that zone and shown in it.",
                )
                .example("return toDate(2031, 7, 4), toDate(2031, 2, 29);", "2031-07-04 00:00:00|"),
            to_date,
        ),
        Routine::new(
            core("millisToDate", Type::DATE)
                .param("millis", Type::NUMBER)
                .doc("The date so many milliseconds after the beginning of 1970 in UTC.")
                .example("return millisToDate(1000000000000);", "2001-09-09 01:46:40"),
            |cx, arguments| {
                let Some(number) = number(arguments, 0) else { return Ok(Value::Null) };
                num_to_millis(number)
                    .and_then(|millis| Date::from_millis(millis, &cx.zone))
                    .map(Value::Date)
                    .ok_or_else(|| Fault::routine("the argument of `millisToDate` is out of range for a date"))
            },
        ),
    ]
}

fn parts() -> Vec<Routine> {
    let part = |name| of_date(name, Type::NUMBER);
    vec![
        Routine::new(
            part("year").doc("The year of a date.").example("return year(\"2031-07-04 17:05:09\");", "2031"),
            |cx, arguments| part_of(cx, arguments, |civil| civil.year),
        ),
        Routine::new(
            part("month").doc("The month of a date, from 1.").example("return month(\"2031-07-04 17:05:09\");", "7"),
            |cx, arguments| part_of(cx, arguments, |civil| civil.month.into()),
        ),
        Routine::new(
            part("day").doc("The day of the month.").example("return day(\"2031-07-04 17:05:09\");", "4"),
            |cx, arguments| part_of(cx, arguments, |civil| civil.day.into()),
        ),
        Routine::new(
            part("hour").doc("The hour of a date, 0 to 23.").example("return hour(\"2031-07-04 17:05:09\");", "17"),
            |cx, arguments| part_of(cx, arguments, |civil| civil.hour.into()),
        ),
        Routine::new(
            part("minute").doc("The minute of a date.").example("return minute(\"2031-07-04 17:05:09\");", "5"),
            |cx, arguments| part_of(cx, arguments, |civil| civil.minute.into()),
        ),
        Routine::new(
            part("second").doc("The second of a date.").example("return second(\"2031-07-04 17:05:09\");", "9"),
            |cx, arguments| part_of(cx, arguments, |civil| civil.second.into()),
        ),
        Routine::new(
            part("week")
                .doc(
                    "The ISO week of a date: weeks begin on Monday, the first of a year has at least four of its days.",
                )
                .example("return week(\"2031-01-01\"), week(\"2027-01-01\");", "1|53"),
            |cx, arguments| part_of(cx, arguments, |civil| civil.iso_week().1.into()),
        ),
        Routine::new(
            of_date("dayOfWeek", Type::STRING)
                .doc("The English name of the day, three letters of it.")
                .example("return dayOfWeek(\"2031-07-04\");", "Fri"),
            |cx, arguments| name_of(cx, arguments, |civil| civil.day_name()),
        ),
        Routine::new(
            of_date("monthName", Type::STRING)
                .doc("The English name of the month, three letters of it.")
                .example("return monthName(\"2031-07-04\");", "Jul"),
            |cx, arguments| name_of(cx, arguments, |civil| civil.month_name()),
        ),
    ]
}

fn moving() -> Vec<Routine> {
    vec![
        Routine::new(
            of_date("addMonths", Type::DATE)
                .param("noMonths", Type::NUMBER)
                .doc(
                    "The date so many months later, or earlier when the number is negative: same day of the month and \
                     same time, or the last day of a shorter month.",
                )
                .example("return addMonths(\"2031-01-31 08:30:00\", 1);", "2031-02-28 08:30:00"),
            |cx, arguments| {
                let (Some(date), Some(months)) = (date(arguments, 0), number(arguments, 1)) else {
                    return Ok(Value::Null);
                };
                // `in_range` again, since a month may begin in the year 10000 of the zone only.
                date.plus_months(num_to_int(months), &cx.zone)
                    .filter(|date| date.in_range(&cx.zone))
                    .map(Value::Date)
                    .ok_or_else(|| Fault::routine("the result of `addMonths` is out of range for a date"))
            },
        ),
        Routine::new(
            of_date("startOfDay", Type::DATE)
                .doc("The beginning of the day, in the zone of the date.")
                .example("return startOfDay(\"2031-07-04 17:05:09\");", "2031-07-04 00:00:00"),
            |cx, arguments| {
                moved(cx, arguments, |date, zone| {
                    let Civil { year, month, day, .. } = date.civil(zone);
                    Date::from_civil(Civil::day(year, month, day), date.zone_id(), zone)
                })
            },
        ),
        Routine::new(
            of_date("startOfMonth", Type::DATE)
                .doc("The beginning of the first day of the month, in the zone of the date.")
                .example("return startOfMonth(\"2031-07-04 17:05:09\");", "2031-07-01 00:00:00"),
            |cx, arguments| moved(cx, arguments, start_of_month),
        ),
        Routine::new(
            of_date("endOfMonth", Type::DATE)
                .doc("The last millisecond of the month, in the zone of the date.")
                .example("return endOfMonth(\"2031-06-04 17:05:09\");", "2031-06-30 23:59:59"),
            |cx, arguments| moved(cx, arguments, end_of_month),
        ),
        Routine::new(
            of_date("toTimeZone", Type::DATE)
                .param("timeZone", Type::STRING)
                .doc(
                    "The same instant, shown in another zone from now on: `Europe/Paris`, `GMT+2`, `UTC`; an unknown \
                     one counts as GMT.",
                )
                .example("return hour(toTimeZone(\"2031-07-04 17:05:09\", \"GMT+9\"));", "2"),
            |cx, arguments| {
                let Some(date) = date(arguments, 0) else { return Ok(Value::Null) };
                Some(date.with_zone(zone_named(text(arguments, 1)).id()))
                    .filter(|date| date.in_range(&cx.zone))
                    .map(Value::Date)
                    .ok_or_else(|| Fault::routine("the date is outside the years 1 to 9999 in that time zone"))
            },
        ),
    ]
}

fn texts() -> Vec<Routine> {
    let never_null = |name: &'static str| Signature::new(name, Family::Core).returns(Returns::NeverNull(Type::STRING));
    vec![
        Routine::new(
            never_null("formatDate")
                .param("date", Type::DATE)
                .param("format", Type::STRING)
                .doc(
                    "The date by a pattern with the letters of Java's `SimpleDateFormat`, in the zone of the date, \
                     with English names; empty for no date.",
                )
                .example(
                    "return formatDate(\"2031-07-04 17:05:09\", \"EEE, d MMM yyyy 'at' H:mm\");",
                    "Fri, 4 Jul 2031 at 17:05",
                ),
            |cx, arguments| format(cx, date(arguments, 0), text(arguments, 1)),
        ),
        Routine::new(
            core("parseDate", Type::DATE)
                .param("format", Type::STRING)
                .param("dateAsString", Type::STRING)
                .optional("locale", Type::STRING)
                .doc(
                    "Reads a date from the start of a text by a pattern with the letters of Java's `SimpleDateFormat`; \
                     null when the text does not fit. Values beyond their range count on: hour 25 is 1 of the next \
                     day. The locale is a tag such as `ru-RU`, for the names of months and days.",
                )
                .example("return parseDate(\"d. MMMM yyyy\", \"4. Juli 2031\", \"de-DE\");", "2031-07-04 00:00:00"),
            parse_date,
        ),
        Routine::new(
            never_null("toJiraDateFormat")
                .param("dateAsString", Type::STRING)
                .optional("includeTime", Type::BOOLEAN)
                .doc("A date as `04/Jul/31`, with time as `04/Jul/31 5:05 PM`.")
                .example("return toJiraDateFormat(\"2031-07-04 17:05:09\", true);", "04/Jul/31 5:05 PM"),
            |cx, arguments| {
                let given = text(arguments, 0);
                let date = if given.trim().is_empty() {
                    None
                } else {
                    let date = Date::parse(given, &cx.zone);
                    Some(date.ok_or_else(|| Fault::routine("the first argument of `toJiraDateFormat` is no date"))?)
                };
                let time = matches!(argument(arguments, 1), Value::Bool(true));
                format(cx, date, if time { "dd/MMM/yy h:mm a" } else { "dd/MMM/yy" })
            },
        ),
    ]
}

fn intervals() -> Vec<Routine> {
    vec![
        Routine::new(
            core("millisToInterval", Type::INTERVAL)
                .param("millis", Type::NUMBER)
                .doc("An interval of so many milliseconds.")
                .example("return millisToInterval(93784000);", "1d 2h 3m 4s"),
            |_, arguments| {
                let Some(number) = number(arguments, 0) else { return Ok(Value::Null) };
                num_to_millis(number)
                    .map(Value::Interval)
                    .ok_or_else(|| Fault::routine("the argument of `millisToInterval` is out of range for an interval"))
            },
        ),
        Routine::new(
            core("toRawWorkingInterval", Type::INTERVAL)
                .param("interval", Type::INTERVAL)
                .optional("workingHoursPerDay", Type::NUMBER)
                .doc(
                    "An interval with its days of 24 hours made days of so many working hours, 8 unless said; of a \
                     day that is not whole no more counts than a working day has.",
                )
                .example("return toRawWorkingInterval(\"2d 3h\", 6), toRawWorkingInterval(\"2d 9h\");", "15h|1d"),
            working_interval,
        ),
    ]
}

/// A date argument; `None` for null.
fn date(arguments: &[Value], index: usize) -> Option<Date> {
    match argument(arguments, index) {
        &Value::Date(date) => Some(date),
        _ => None,
    }
}

/// A number argument; `None` for null.
fn number(arguments: &[Value], index: usize) -> Option<f64> {
    match argument(arguments, index) {
        &Value::Num(number) => Some(number),
        _ => None,
    }
}

fn current_date(cx: &mut Context<'_>, _: &[Value]) -> Result<Value, Fault> {
    let Some(clock) = cx.host.clock() else {
        return Err(Fault::host("the current time is not available in this host"));
    };
    let millis = clock.now_millis();
    Date::from_millis(millis, &cx.zone)
        .map(Value::Date)
        .ok_or_else(|| Fault::host("the clock of the host is outside the years 1 to 9999"))
}

fn to_date(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    if !matches!(cx.given, 3 | 6 | 7 | 8) {
        return Err(Fault::routine("`toDate` takes 3, 6, 7 or 8 arguments"));
    }
    let mut parts = [0i64; 7];
    for (index, part) in parts.iter_mut().enumerate().take(cx.given.min(7)) {
        match number(arguments, index) {
            Some(number) if number.is_finite() => *part = num_to_int(number),
            _ => return Ok(Value::Null),
        }
    }
    let [year, month, day, hour, minute, second, milli] = parts;
    let small = |value: i64| u8::try_from(value).ok();
    let civil = || {
        Some(Civil {
            year: i32::try_from(year).ok()?,
            month: small(month)?,
            day: small(day)?,
            hour: small(hour)?,
            minute: small(minute)?,
            second: small(second)?,
            milli: u16::try_from(milli).ok()?,
        })
    };
    let zone = match argument(arguments, 7) {
        Value::Text(name) => zone_named(name.as_str()).id(),
        _ => 0,
    };
    let date = civil().and_then(|civil| Date::from_civil(civil, zone, &cx.zone));
    Ok(date.filter(|date| date.in_range(&cx.zone)).map_or(Value::Null, Value::Date))
}

fn part_of(cx: &mut Context<'_>, arguments: &[Value], part: fn(&Civil) -> i32) -> Result<Value, Fault> {
    let civil = date(arguments, 0).map(|date| date.civil(&cx.zone));
    Ok(civil.map_or(Value::Null, |civil| Value::Num(part(&civil).into())))
}

fn name_of(cx: &mut Context<'_>, arguments: &[Value], name: fn(&Civil) -> &'static str) -> Result<Value, Fault> {
    let civil = date(arguments, 0).map(|date| date.civil(&cx.zone));
    Ok(civil.map_or(Value::Null, |civil| Value::text(name(&civil))))
}

fn moved(cx: &mut Context<'_>, arguments: &[Value], to: fn(Date, &Zone) -> Option<Date>) -> Result<Value, Fault> {
    let Some(date) = date(arguments, 0) else { return Ok(Value::Null) };
    to(date, &cx.zone).map(Value::Date).ok_or_else(|| Fault::routine("the result is outside the years 1 to 9999"))
}

fn start_of_month(date: Date, engine: &Zone) -> Option<Date> {
    let Civil { year, month, .. } = date.civil(engine);
    Date::from_civil(Civil::day(year, month, 1), date.zone_id(), engine)
}

/// A millisecond before the next month, so that a clock change around midnight does no harm.
fn end_of_month(date: Date, engine: &Zone) -> Option<Date> {
    let Civil { year, month, .. } = date.civil(engine);
    if (year, month) == (9999, 12) {
        let last = Civil { hour: 23, minute: 59, second: 59, milli: 999, ..Civil::day(year, month, 31) };
        return Date::from_civil(last, date.zone_id(), engine);
    }
    let next = if month == 12 {
        Civil::day(year.saturating_add(1), 1, 1)
    } else {
        Civil::day(year, month.saturating_add(1), 1)
    };
    Date::from_civil(next, date.zone_id(), engine)?.minus(1, engine)
}

fn format(cx: &mut Context<'_>, date: Option<Date>, pattern: &str) -> Result<Value, Fault> {
    let Some(date) = date else { return Ok(Value::text("")) };
    let out = date_pattern::write(pattern, date, &cx.zone, &mut cx.budget)?;
    Ok(Value::Text(Text::try_from_string(out, &cx.budget)?))
}

fn parse_date(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let pattern = text(arguments, 0);
    cx.budget.charge(pattern.len() as u64 >> 4)?;
    date_pattern::check(pattern).map_err(|problem| Fault::routine(format!("the pattern of `parseDate` {problem}")))?;
    let now = cx.host.clock().map(|clock| clock.now_millis());
    let century = Century::around(now, &cx.zone);
    let names = Names::of(text(arguments, 2));
    let read = date_pattern::read(pattern, text(arguments, 1), names, century, &cx.zone, &mut cx.budget)?;
    Ok(read.map_or(Value::Null, Value::Date))
}

fn working_interval(_: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    const DAY: i64 = 86_400_000;
    let &Value::Interval(millis) = argument(arguments, 0) else { return Ok(Value::Null) };
    let hours = number(arguments, 1).unwrap_or(8.0);
    if !(1.0..=24.0).contains(&hours) {
        return Err(Fault::routine("the working hours per day must be from 1 to 24"));
    }
    let working = num_to_int(hours * HOUR);
    let days = millis.checked_div(DAY).unwrap_or(0);
    let rest = millis.checked_rem(DAY).unwrap_or(0).clamp(working.saturating_neg(), working);
    Ok(Value::Interval(days.saturating_mul(working).saturating_add(rest)))
}
