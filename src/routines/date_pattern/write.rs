//! Writes dates by a pattern.

use super::{
    Item, Items,
    names::{DAYS, MONTHS},
    zones::{offset_name, zone_name},
};
use crate::{
    limits::Budget,
    value::{Date, Fault, Zone},
};
use std::fmt::Write;

/// Writes a date, as calendar and clock of its zone show it, with English names.
///
/// # Errors
/// The pattern is none; limits.
pub(in crate::routines) fn write(
    pattern: &str,
    date: Date,
    engine: &Zone,
    budget: &mut Budget,
) -> Result<String, Fault> {
    let shown = Shown { date, zone: date.zone(engine), civil: date.civil(engine), offset: date.offset_seconds(engine) };
    let mut out = String::new();
    for item in Items::new(pattern) {
        match item.map_err(|problem| Fault::routine(format!("the date pattern {problem}")))? {
            Item::Literal(text) => {
                budget.charge((text.len() as u64) >> 4)?;
                out.push_str(text);
            }
            Item::Letter(letter, count) => {
                budget.charge((count as u64 >> 4).saturating_add(1))?;
                shown.write(letter, count, &mut out);
            }
        }
        budget.text_size(out.len())?;
        budget.grow(out.capacity())?;
    }
    Ok(out)
}

struct Shown {
    date: Date,
    zone: Zone,
    civil: crate::value::Civil,
    offset: i32,
}

impl Shown {
    fn write(&self, letter: u8, count: usize, out: &mut String) {
        let civil = &self.civil;
        let number = match letter {
            b'y' => return year(civil.year, count, out),
            b'Y' => return year(civil.iso_week().0, count, out),
            b'G' => return out.push_str("AD"),
            b'M' | b'L' if count > 2 => return name(&MONTHS, civil.month, count, out),
            b'E' => return name(&DAYS, civil.weekday(), count, out),
            b'a' => return out.push_str(if civil.hour < 12 { "AM" } else { "PM" }),
            b'z' => return out.push_str(&zone_name(&self.zone, self.date.millis(), self.offset, count > 3)),
            b'Z' => return self.offset(2, out),
            b'X' if self.offset == 0 => return out.push('Z'),
            b'X' => return self.offset(count, out),
            b'M' | b'L' => u16::from(civil.month),
            b'w' => u16::from(civil.iso_week().1),
            b'W' => u16::from(civil.week_in_month()),
            b'D' => civil.day_of_year(),
            b'd' => u16::from(civil.day),
            b'F' => u16::from(civil.day.saturating_sub(1).div_euclid(7).saturating_add(1)),
            b'u' => u16::from(civil.weekday()),
            b'H' => u16::from(civil.hour),
            b'k' => u16::from(if civil.hour == 0 { 24 } else { civil.hour }),
            b'K' => u16::from(civil.hour.rem_euclid(12)),
            b'h' => u16::from(civil.hour.saturating_add(11).rem_euclid(12).saturating_add(1)),
            b'm' => u16::from(civil.minute),
            b's' => u16::from(civil.second),
            _ => civil.milli,
        };
        padded(u32::from(number), count, out);
    }

    /// `+hh`, `+hhmm` or `+hh:mm`.
    fn offset(&self, parts: usize, out: &mut String) {
        out.push_str(&offset_name(self.offset, parts));
    }
}

fn year(year: i32, count: usize, out: &mut String) {
    let year = year.unsigned_abs();
    padded(if count == 2 { year.rem_euclid(100) } else { year }, count, out);
}

fn padded(number: u32, count: usize, out: &mut String) {
    let digits = number.to_string();
    for _ in digits.len()..count {
        out.push('0');
    }
    out.push_str(&digits);
}

/// The full name, or its first three letters.
fn name(names: &[&str], number: u8, count: usize, out: &mut String) {
    let full = names.get(usize::from(number).saturating_sub(1)).copied().unwrap_or("");
    // Writing to a string cannot fail.
    let _ = if count > 3 { write!(out, "{full}") } else { write!(out, "{full:.3}") };
}
