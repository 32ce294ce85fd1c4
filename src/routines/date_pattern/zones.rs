//! Names of time zones.

use crate::value::Zone;
use std::sync::OnceLock;

/// Zones that have the same names.
struct Row {
    /// Short and full name of standard time, short and full name of summer time.
    names: [&'static str; 4],
    /// Minutes east of UTC in standard time.
    minutes: i32,
    zones: Vec<&'static str>,
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| include_str!("zones.tsv").lines().filter_map(row).collect())
}

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.split('\t');
    let names = [fields.next()?, fields.next()?, fields.next()?, fields.next()?];
    Some(Row { names, minutes: fields.next()?.parse().ok()?, zones: fields.next()?.split(' ').collect() })
}

fn row_of(zone: &Zone) -> Option<&'static Row> {
    rows().iter().find(|row| row.zones.contains(&zone.name()))
}

/// Abbreviations that Java takes for zones where nothing else has them.
const SHORT: [(&str, &str); 25] = [
    ("ACT", "Australia/Darwin"),
    ("AET", "Australia/Sydney"),
    ("AGT", "America/Argentina/Buenos_Aires"),
    ("ART", "Africa/Cairo"),
    ("AST", "America/Anchorage"),
    ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"),
    ("CAT", "Africa/Harare"),
    ("CNT", "America/St_Johns"),
    ("CST", "America/Chicago"),
    ("CTT", "Asia/Shanghai"),
    ("EAT", "Africa/Addis_Ababa"),
    ("ECT", "Europe/Paris"),
    ("IET", "America/Indiana/Indianapolis"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("MIT", "Pacific/Apia"),
    ("NET", "Asia/Yerevan"),
    ("NST", "Pacific/Auckland"),
    ("PLT", "Asia/Karachi"),
    ("PNT", "America/Phoenix"),
    ("PRT", "America/Puerto_Rico"),
    ("PST", "America/Los_Angeles"),
    ("SST", "Pacific/Guadalcanal"),
    ("VST", "Asia/Ho_Chi_Minh"),
];

/// The zone of a name; an unknown one counts as GMT.
pub(in crate::routines) fn zone_named(name: &str) -> Zone {
    let name = name.trim();
    let short = || SHORT.iter().find(|(short, _)| *short == name).and_then(|(_, zone)| Zone::named(zone));
    Zone::named(name).or_else(short).unwrap_or_default()
}

/// What a zone is called at an instant: `CET`, in full `Central European Standard Time`, or `GMT+05:00`.
pub(super) fn zone_name(zone: &Zone, millis: i64, offset: i32, full: bool) -> String {
    if *zone == Zone::utc() {
        return if full { "Coordinated Universal Time" } else { "UTC" }.to_owned();
    }
    if let Some(row) = row_of(zone) {
        let summer = offset > row.minutes.saturating_mul(60);
        let place = usize::from(full).saturating_add(if summer { 2 } else { 0 });
        if let Some(name) = row.names.get(place) {
            return (*name).to_owned();
        }
    }
    let (short, _) = zone.abbreviation_at(millis);
    if !full && !short.is_empty() && short.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return short;
    }
    format!("GMT{}", offset_name(offset, 3))
}

/// `+02`, `+0200` or `+02:00`, for one, two and three parts.
pub(super) fn offset_name(offset: i32, parts: usize) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs().div_euclid(60);
    let (hours, minutes) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    match parts {
        1 => format!("{sign}{hours:02}"),
        2 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}

/// Offset in seconds of the zone name that a text begins with, and its length. Names of the engine's zone come first.
pub(super) fn zone_at(text: &str, engine: &Zone) -> Option<(i32, usize)> {
    let of_row = |row: &Row| {
        let standard = row.minutes.saturating_mul(60);
        let offsets = [standard, standard, standard.saturating_add(3600), standard.saturating_add(3600)];
        longest(text, row.names.into_iter().zip(offsets))
    };
    if let Some(found) = row_of(engine).and_then(of_row) {
        return Some(found);
    }
    // Winter and summer of some year: what the engine's zone itself is called.
    for millis in [1_704_067_200_000, 1_719_792_000_000] {
        let (name, _) = engine.abbreviation_at(millis);
        if name.starts_with(|first: char| first.is_ascii_alphabetic())
            && let Some(length) = super::names::length_of(&name, text)
        {
            return Some((engine.offset_at(millis), length));
        }
    }
    let utc = longest(text, [("UTC", 0), ("Coordinated Universal Time", 0)].into_iter());
    // Of two equally long ones the first counts.
    rows().iter().filter_map(of_row).chain(utc).reduce(|best, found| if found.1 > best.1 { found } else { best })
}

fn longest<'n>(text: &str, names: impl Iterator<Item = (&'n str, i32)>) -> Option<(i32, usize)> {
    names
        .filter_map(|(name, offset)| Some((offset, super::names::length_of(name, text)?)))
        .reduce(|best, found| if found.1 > best.1 { found } else { best })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert_eq!(rows().len(), include_str!("zones.tsv").lines().filter(|line| !line.starts_with('#')).count());
        let mut seen = std::collections::HashSet::new();
        for row in rows() {
            for zone in &row.zones {
                assert!(seen.insert(zone), "{zone} twice");
            }
        }
        for (short, zone) in SHORT {
            assert!(Zone::named(zone).is_some(), "{short}");
        }
    }

    #[test]
    fn names_in_summer_and_winter() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let winter = 1_704_067_200_000;
        let summer = 1_719_792_000_000;
        let name = |zone: &Zone, millis, full| zone_name(zone, millis, zone.offset_at(millis), full);
        assert_eq!(name(&paris, winter, false), "CET");
        assert_eq!(name(&paris, summer, false), "CEST");
        assert_eq!(name(&paris, summer, true), "Central European Summer Time");
        let dublin = Zone::named("Europe/Dublin").unwrap();
        assert_eq!(name(&dublin, winter, false), "GMT");
        assert_eq!(name(&dublin, summer, true), "Irish Standard Time");
        assert_eq!(name(&Zone::named("-08:00").unwrap(), summer, true), "GMT-08:00");
        assert_eq!(name(&Zone::utc(), summer, false), "UTC");
        // Not in the table.
        assert_eq!(name(&Zone::named("Pacific/Guam").unwrap(), summer, false), "ChST");
        assert_eq!(name(&Zone::named("Pacific/Kiritimati").unwrap(), summer, false), "GMT+14:00");
        assert_eq!(name(&Zone::named("Pacific/Guam").unwrap(), summer, true), "GMT+10:00");
    }

    #[test]
    fn reading_names() {
        let utc = Zone::utc();
        assert_eq!(zone_at("PST", &utc), Some((-8 * 3600, 3)));
        assert_eq!(zone_at("cest!", &utc), Some((2 * 3600, 4)));
        assert_eq!(zone_at("Pacific Daylight Time", &utc), Some((-7 * 3600, 21)));
        assert_eq!(zone_at("UTC", &utc), Some((0, 3)));
        assert_eq!(zone_at("IST", &Zone::named("Asia/Kolkata").unwrap()), Some((19_800, 3)));
        assert_eq!(zone_at("CST", &Zone::named("Asia/Shanghai").unwrap()), Some((8 * 3600, 3)));
        assert_eq!(zone_at("CST", &utc), Some((-6 * 3600, 3)));
        assert_eq!(zone_at("Nowhere", &utc), None);
    }
}
