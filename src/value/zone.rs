use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};
use std::sync::OnceLock;

/// A time zone: an offset of whole minutes, or one of the bundled zones with its rules.
///
/// Zones come from the library's own data, never from files of the machine, so a script sees the same everywhere.
#[derive(Clone, Debug)]
pub struct Zone {
    id: u16,
    rules: Rules,
}

#[derive(Clone, Debug)]
enum Rules {
    /// Seconds east of UTC.
    Fixed(i32),
    Named(TimeZone),
}

/// Offsets reach from -18:00 to +18:00.
const MAX_MINUTES: i32 = 18 * 60;
const OFFSETS: u16 = 2 * 18 * 60 + 1;
/// Place of +00:00 in the list of zones.
const UTC: u16 = 18 * 60 + 1;

/// The zones a date can name: 0 stands for the engine's, then the offsets, then the bundled zones by name.
struct Table {
    names: Vec<Box<str>>,
    rules: Vec<OnceLock<Option<TimeZone>>>,
    database: TimeZoneDatabase,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let database = TimeZoneDatabase::bundled();
        let mut zones: Vec<Box<str>> = database.available().map(|name| name.as_str().into()).collect();
        zones.sort_unstable();
        let rules = zones.iter().map(|_| OnceLock::new()).collect();
        let mut names: Vec<Box<str>> = vec!["".into()];
        names.extend((-MAX_MINUTES..=MAX_MINUTES).map(|minutes| offset_name(minutes).into()));
        names.extend(zones);
        // The place in the list has to fit in 14 bits.
        names.truncate(super::date::ZONES);
        Table { names, rules, database }
    })
}

fn offset_name(minutes: i32) -> String {
    if minutes == 0 {
        return "UTC".to_owned();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
}

impl Zone {
    /// Coordinated universal time.
    pub const fn utc() -> Self {
        Self { id: UTC, rules: Rules::Fixed(0) }
    }

    /// The zone of a name: `Europe/Paris` and the like, `UTC`, `GMT`, `Z`, `GMT+2`, `GMT-03:30`, `+02:00`, `+0200`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        if ["UTC", "GMT", "Z", "UT"].iter().any(|utc| utc.eq_ignore_ascii_case(name)) {
            return Some(Self::utc());
        }
        let bare = name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC")).unwrap_or(name);
        if bare.starts_with(['+', '-']) {
            return Self::offset_minutes(parse_offset(bare)?);
        }
        let names = table().names.get(usize::from(OFFSETS).saturating_add(1)..)?;
        let found = names
            .binary_search_by(|zone| (**zone).cmp(name))
            .ok()
            .or_else(|| names.iter().position(|zone| zone.eq_ignore_ascii_case(name)))?;
        Self::by_id(OFFSETS.saturating_add(1).saturating_add(u16::try_from(found).ok()?))
    }

    /// The zone of an offset in minutes east of UTC, at most 18 hours.
    pub fn offset_minutes(minutes: i32) -> Option<Self> {
        if !(-MAX_MINUTES..=MAX_MINUTES).contains(&minutes) {
            return None;
        }
        let id = u16::try_from(minutes.saturating_add(MAX_MINUTES).saturating_add(1)).ok()?;
        Some(Self { id, rules: Rules::Fixed(minutes.saturating_mul(60)) })
    }

    /// The zone at a place of the fixed list; `None` for 0, which stands for the engine's zone.
    pub fn by_id(id: u16) -> Option<Self> {
        match id {
            0 => None,
            1..=OFFSETS => Self::offset_minutes(i32::from(id).saturating_sub(MAX_MINUTES).saturating_sub(1)),
            _ => {
                let table = table();
                let slot = table.rules.get(usize::from(id.saturating_sub(OFFSETS).saturating_sub(1)))?;
                let name = table.names.get(usize::from(id))?;
                let zone = slot.get_or_init(|| table.database.get(name).ok()).clone()?;
                Some(Self { id, rules: Rules::Named(zone) })
            }
        }
    }

    /// Its place in the fixed list, never 0.
    pub fn id(&self) -> u16 {
        self.id
    }

    /// Its name: `UTC`, `+02:00`, `Europe/Paris`.
    pub fn name(&self) -> &'static str {
        if self.id == UTC {
            return "UTC";
        }
        table().names.get(usize::from(self.id)).map_or("UTC", |name| name)
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_at(&self, millis: i64) -> i32 {
        match &self.rules {
            Rules::Fixed(seconds) => *seconds,
            Rules::Named(zone) => zone.to_offset(timestamp(millis)).seconds(),
        }
    }

    /// The short name in use at an instant, such as `CET`, and whether it is daylight saving time; for an offset its
    /// name.
    pub fn abbreviation_at(&self, millis: i64) -> (String, bool) {
        match &self.rules {
            Rules::Fixed(_) => (self.name().to_owned(), false),
            Rules::Named(zone) => {
                let info = zone.to_offset_info(timestamp(millis));
                (info.abbreviation().to_owned(), info.dst().is_dst())
            }
        }
    }

    /// The instant of a local time, in milliseconds since 1970 as if the local time were UTC.
    ///
    /// A time that a clock change skips is moved forward by the gap, of two equal ones the earlier counts (L-41).
    pub(super) fn instant_of(&self, local: i64, civil: Option<DateTime>) -> i64 {
        let offset = match (&self.rules, civil) {
            (Rules::Fixed(seconds), _) => *seconds,
            (Rules::Named(zone), Some(civil)) => match zone.to_ambiguous_timestamp(civil).offset() {
                AmbiguousOffset::Unambiguous { offset } => offset.seconds(),
                AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before.seconds(),
            },
            (Rules::Named(_), None) => self.offset_at(local),
        };
        local.saturating_sub(i64::from(offset).saturating_mul(1000))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::utc()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Zone {}

/// An instant as the zone library knows it; at the borders of its range the offset no longer changes.
fn timestamp(millis: i64) -> Timestamp {
    let seconds = millis.div_euclid(1000);
    let clamped = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(clamped).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// `+2`, `+02`, `+0230`, `+02:30`, in minutes.
pub(super) fn parse_offset(text: &str) -> Option<i32> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'+' => (false, text.get(1..)?),
        b'-' => (true, text.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if digits.len() > 2 => digits.split_at_checked(digits.len().saturating_sub(2))?,
        None => (digits, "0"),
    };
    let number = |text: &str| -> Option<i32> {
        (matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours.saturating_mul(60).saturating_add(minutes);
    (minutes < 60 && total <= MAX_MINUTES).then_some(if negative { total.saturating_neg() } else { total })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn names_and_offsets() {
        for (name, expected) in [
            ("UTC", "UTC"),
            ("Z", "UTC"),
            ("GMT", "UTC"),
            ("GMT+2", "+02:00"),
            ("GMT-8", "-08:00"),
            ("UTC+05:30", "+05:30"),
            ("+02:00", "+02:00"),
            ("-0330", "-03:30"),
            ("+00:00", "UTC"),
            ("+18:00", "+18:00"),
            ("Europe/Paris", "Europe/Paris"),
            ("europe/paris", "Europe/Paris"),
            ("America/New_York", "America/New_York"),
        ] {
            assert_eq!(Zone::named(name).unwrap().name(), expected, "{name}");
        }
        for name in ["", "Nowhere", "+18:01", "+", "GMT+", "GMT+2:5", "+1:2:3", "++2", "+00060", "+0260"] {
            assert!(Zone::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn every_place_of_the_list_is_its_own_zone() {
        let names = &table().names;
        assert!(names.len() > 2_500 && names.len() < 16_384, "{}", names.len());
        for id in 1..u16::try_from(names.len()).unwrap() {
            let zone = Zone::by_id(id).unwrap();
            let again = Zone::named(zone.name()).unwrap();
            // `GMT` and `UTC` are names of the offset zero.
            assert!(again.id() == id || again == Zone::utc(), "{id} {}", zone.name());
        }
        assert!(Zone::by_id(0).is_none());
        assert!(Zone::by_id(16_383).is_none());
    }

    #[test]
    fn zones_go_between_threads() {
        fn shared<T: Send + Sync + Clone>() {}
        shared::<Zone>();
    }
}
