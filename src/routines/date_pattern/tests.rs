use super::*;
use crate::{
    limits::{Budget, Limits},
    value::{Civil, Date, Zone},
};

fn budget() -> Budget {
    Budget::new(&Limits::default())
}

fn written(pattern: &str, millis: i64, zone: &str) -> String {
    let zone = Zone::named(zone).unwrap();
    write(pattern, Date::from_millis(millis, &zone).unwrap(), &zone, &mut budget()).unwrap()
}

/// The present is the 29th of June 2024.
fn read_in(pattern: &str, text: &str, locale: &str, zone: &str) -> Option<String> {
    let zone = Zone::named(zone).unwrap();
    let century = Century::around(Some(1_719_619_200_000), &zone);
    let date = read(pattern, text, Names::of(locale), century, &zone, &mut budget()).unwrap()?;
    Some(write("yyyy-MM-dd HH:mm:ss.SSS", date, &zone, &mut budget()).unwrap())
}

#[test]
fn dates_as_java_writes_them() {
    for (zone, millis, pattern, expected) in [
        ("UTC", 1709208305007, "yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-02-29T12:05:05.007"),
        ("UTC", 1709208305007, "y yy yyy yyyyy", "2024 24 2024 02024"),
        ("UTC", 1709208305007, "Y YY YYYYY", "2024 24 02024"),
        ("UTC", 1709208305007, "M MM MMM MMMM MMMMM", "2 02 Feb February February"),
        ("UTC", 1709208305007, "L LL LLL LLLL", "2 02 Feb February"),
        ("UTC", 1709208305007, "d dd ddd", "29 29 029"),
        ("UTC", 1709208305007, "D DDDD", "60 0060"),
        ("UTC", 1709208305007, "E EEE EEEE", "Thu Thu Thursday"),
        ("UTC", 1709208305007, "u uu", "4 04"),
        ("UTC", 1709208305007, "F", "5"),
        ("UTC", 1709208305007, "w ww W", "9 09 5"),
        ("UTC", 1709208305007, "a h hh K KK", "PM 12 12 0 00"),
        ("UTC", 1709208305007, "H HH k kk", "12 12 12 12"),
        ("UTC", 1709208305007, "m mm s ss S SSSS", "5 05 5 05 7 0007"),
        ("UTC", 1709208305007, "G GGGG", "AD AD"),
        ("UTC", 1709208305007, "z zzzz", "UTC Coordinated Universal Time"),
        ("UTC", 1709208305007, "Z ZZZZ", "+0000 +0000"),
        ("UTC", 1709208305007, "X XX XXX", "Z Z Z"),
        ("UTC", 1709208305007, "'o''clock' ''h''", "o'clock '12'"),
        ("UTC", 1709208305007, "yyyy年M月", "2024年2月"),
        ("UTC", 1709208305007, "EEEE, d 'de' MMMM", "Thursday, 29 de February"),
        ("Europe/Paris", 1735599600000, "yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-12-31T00:00:00.000"),
        ("Europe/Paris", 1735599600000, "y yy yyy yyyyy", "2024 24 2024 02024"),
        ("Europe/Paris", 1735599600000, "Y YY YYYYY", "2025 25 02025"),
        ("Europe/Paris", 1735599600000, "M MM MMM MMMM MMMMM", "12 12 Dec December December"),
        ("Europe/Paris", 1735599600000, "L LL LLL LLLL", "12 12 Dec December"),
        ("Europe/Paris", 1735599600000, "d dd ddd", "31 31 031"),
        ("Europe/Paris", 1735599600000, "D DDDD", "366 0366"),
        ("Europe/Paris", 1735599600000, "E EEE EEEE", "Tue Tue Tuesday"),
        ("Europe/Paris", 1735599600000, "u uu", "2 02"),
        ("Europe/Paris", 1735599600000, "F", "5"),
        ("Europe/Paris", 1735599600000, "w ww W", "1 01 5"),
        ("Europe/Paris", 1735599600000, "a h hh K KK", "AM 12 12 0 00"),
        ("Europe/Paris", 1735599600000, "H HH k kk", "0 00 24 24"),
        ("Europe/Paris", 1735599600000, "m mm s ss S SSSS", "0 00 0 00 0 0000"),
        ("Europe/Paris", 1735599600000, "G GGGG", "AD AD"),
        ("Europe/Paris", 1735599600000, "z zzzz", "CET Central European Standard Time"),
        ("Europe/Paris", 1735599600000, "Z ZZZZ", "+0100 +0100"),
        ("Europe/Paris", 1735599600000, "X XX XXX", "+01 +0100 +01:00"),
        ("Europe/Paris", 1735599600000, "'o''clock' ''h''", "o'clock '12'"),
        ("Europe/Paris", 1735599600000, "yyyy年M月", "2024年12月"),
        ("Europe/Paris", 1735599600000, "EEEE, d 'de' MMMM", "Tuesday, 31 de December"),
        ("America/New_York", 1720126800040, "yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-07-04T17:00:00.040"),
        ("America/New_York", 1720126800040, "y yy yyy yyyyy", "2024 24 2024 02024"),
        ("America/New_York", 1720126800040, "Y YY YYYYY", "2024 24 02024"),
        ("America/New_York", 1720126800040, "M MM MMM MMMM MMMMM", "7 07 Jul July July"),
        ("America/New_York", 1720126800040, "L LL LLL LLLL", "7 07 Jul July"),
        ("America/New_York", 1720126800040, "d dd ddd", "4 04 004"),
        ("America/New_York", 1720126800040, "D DDDD", "186 0186"),
        ("America/New_York", 1720126800040, "E EEE EEEE", "Thu Thu Thursday"),
        ("America/New_York", 1720126800040, "u uu", "4 04"),
        ("America/New_York", 1720126800040, "F", "1"),
        ("America/New_York", 1720126800040, "w ww W", "27 27 1"),
        ("America/New_York", 1720126800040, "a h hh K KK", "PM 5 05 5 05"),
        ("America/New_York", 1720126800040, "H HH k kk", "17 17 17 17"),
        ("America/New_York", 1720126800040, "m mm s ss S SSSS", "0 00 0 00 40 0040"),
        ("America/New_York", 1720126800040, "G GGGG", "AD AD"),
        ("America/New_York", 1720126800040, "z zzzz", "EDT Eastern Daylight Time"),
        ("America/New_York", 1720126800040, "Z ZZZZ", "-0400 -0400"),
        ("America/New_York", 1720126800040, "X XX XXX", "-04 -0400 -04:00"),
        ("America/New_York", 1720126800040, "'o''clock' ''h''", "o'clock '5'"),
        ("America/New_York", 1720126800040, "yyyy年M月", "2024年7月"),
        ("America/New_York", 1720126800040, "EEEE, d 'de' MMMM", "Thursday, 4 de July"),
        ("+05:30", 946684800999, "yyyy-MM-dd'T'HH:mm:ss.SSS", "2000-01-01T05:30:00.999"),
        ("+05:30", 946684800999, "y yy yyy yyyyy", "2000 00 2000 02000"),
        ("+05:30", 946684800999, "Y YY YYYYY", "1999 99 01999"),
        ("+05:30", 946684800999, "M MM MMM MMMM MMMMM", "1 01 Jan January January"),
        ("+05:30", 946684800999, "L LL LLL LLLL", "1 01 Jan January"),
        ("+05:30", 946684800999, "d dd ddd", "1 01 001"),
        ("+05:30", 946684800999, "D DDDD", "1 0001"),
        ("+05:30", 946684800999, "E EEE EEEE", "Sat Sat Saturday"),
        ("+05:30", 946684800999, "u uu", "6 06"),
        ("+05:30", 946684800999, "F", "1"),
        ("+05:30", 946684800999, "w ww W", "52 52 0"),
        ("+05:30", 946684800999, "a h hh K KK", "AM 5 05 5 05"),
        ("+05:30", 946684800999, "H HH k kk", "5 05 5 05"),
        ("+05:30", 946684800999, "m mm s ss S SSSS", "30 30 0 00 999 0999"),
        ("+05:30", 946684800999, "G GGGG", "AD AD"),
        ("+05:30", 946684800999, "z zzzz", "GMT+05:30 GMT+05:30"),
        ("+05:30", 946684800999, "Z ZZZZ", "+0530 +0530"),
        ("+05:30", 946684800999, "X XX XXX", "+05 +0530 +05:30"),
        ("+05:30", 946684800999, "'o''clock' ''h''", "o'clock '5'"),
        ("+05:30", 946684800999, "yyyy年M月", "2000年1月"),
        ("+05:30", 946684800999, "EEEE, d 'de' MMMM", "Saturday, 1 de January"),
        ("UTC", -62135596800000, "yyyy-MM-dd'T'HH:mm:ss.SSS", "0001-01-01T00:00:00.000"),
        ("UTC", -62135596800000, "y yy yyy yyyyy", "1 01 001 00001"),
        ("UTC", -62135596800000, "Y YY YYYYY", "1 01 00001"),
        ("UTC", -62135596800000, "M MM MMM MMMM MMMMM", "1 01 Jan January January"),
        ("UTC", -62135596800000, "L LL LLL LLLL", "1 01 Jan January"),
        ("UTC", -62135596800000, "d dd ddd", "1 01 001"),
        ("UTC", -62135596800000, "D DDDD", "1 0001"),
        ("UTC", -62135596800000, "E EEE EEEE", "Mon Mon Monday"),
        ("UTC", -62135596800000, "u uu", "1 01"),
        ("UTC", -62135596800000, "F", "1"),
        ("UTC", -62135596800000, "w ww W", "1 01 1"),
        ("UTC", -62135596800000, "a h hh K KK", "AM 12 12 0 00"),
        ("UTC", -62135596800000, "H HH k kk", "0 00 24 24"),
        ("UTC", -62135596800000, "m mm s ss S SSSS", "0 00 0 00 0 0000"),
        ("UTC", -62135596800000, "G GGGG", "AD AD"),
        ("UTC", -62135596800000, "z zzzz", "UTC Coordinated Universal Time"),
        ("UTC", -62135596800000, "Z ZZZZ", "+0000 +0000"),
        ("UTC", -62135596800000, "X XX XXX", "Z Z Z"),
        ("UTC", -62135596800000, "'o''clock' ''h''", "o'clock '12'"),
        ("UTC", -62135596800000, "yyyy年M月", "0001年1月"),
        ("UTC", -62135596800000, "EEEE, d 'de' MMMM", "Monday, 1 de January"),
        ("UTC", 253402300799999, "yyyy-MM-dd'T'HH:mm:ss.SSS", "9999-12-31T23:59:59.999"),
        ("UTC", 253402300799999, "y yy yyy yyyyy", "9999 99 9999 09999"),
        ("UTC", 253402300799999, "Y YY YYYYY", "9999 99 09999"),
        ("UTC", 253402300799999, "M MM MMM MMMM MMMMM", "12 12 Dec December December"),
        ("UTC", 253402300799999, "L LL LLL LLLL", "12 12 Dec December"),
        ("UTC", 253402300799999, "d dd ddd", "31 31 031"),
        ("UTC", 253402300799999, "D DDDD", "365 0365"),
        ("UTC", 253402300799999, "E EEE EEEE", "Fri Fri Friday"),
        ("UTC", 253402300799999, "u uu", "5 05"),
        ("UTC", 253402300799999, "F", "5"),
        ("UTC", 253402300799999, "w ww W", "52 52 5"),
        ("UTC", 253402300799999, "a h hh K KK", "PM 11 11 11 11"),
        ("UTC", 253402300799999, "H HH k kk", "23 23 23 23"),
        ("UTC", 253402300799999, "m mm s ss S SSSS", "59 59 59 59 999 0999"),
        ("UTC", 253402300799999, "G GGGG", "AD AD"),
        ("UTC", 253402300799999, "z zzzz", "UTC Coordinated Universal Time"),
        ("UTC", 253402300799999, "Z ZZZZ", "+0000 +0000"),
        ("UTC", 253402300799999, "X XX XXX", "Z Z Z"),
        ("UTC", 253402300799999, "'o''clock' ''h''", "o'clock '11'"),
        ("UTC", 253402300799999, "yyyy年M月", "9999年12月"),
        ("UTC", 253402300799999, "EEEE, d 'de' MMMM", "Friday, 31 de December"),
    ] {
        assert_eq!(written(pattern, millis, zone), expected, "{pattern:?} in {zone}");
    }
}

#[test]
fn dates_as_java_reads_them() {
    for (pattern, text, expected) in [
        ("yyyy-MM-dd", "2031-07-04", Some("2031-07-04 00:00:00.000")),
        ("yyyy-MM-dd", "2031-07-04T10:00", Some("2031-07-04 00:00:00.000")),
        ("yyyy-MM-dd", "2031-7-4", Some("2031-07-04 00:00:00.000")),
        ("yyyy-MM-dd", "2031/07/04", None),
        ("yyyy-MM-dd", " 2031- 07-	04", Some("2031-07-04 00:00:00.000")),
        ("yyyy-MM-dd", "2031-13-32", Some("2032-02-01 00:00:00.000")),
        ("yyyy-MM-dd", "2031-00-00", Some("2030-11-30 00:00:00.000")),
        ("yyyy-MM-dd", "2031--1-01", Some("2030-11-01 00:00:00.000")),
        ("yyyy-MM-dd", "31-07-04", Some("0031-07-04 00:00:00.000")),
        ("yyyy-MM-dd", "abc", None),
        ("yyyy-MM-dd", "", None),
        ("yyyy-MM-dd", "2031-07-", None),
        ("yyyyMMdd", "20310704", Some("2031-07-04 00:00:00.000")),
        ("yyyyMMdd", "2031074", Some("2031-07-04 00:00:00.000")),
        ("yyyyMMddHHmmss", "20310704170509", Some("2031-07-04 17:05:09.000")),
        ("ddMMMyy", "04Jul31", Some("2031-07-04 00:00:00.000")),
        ("dMyy", "040731", Some("0731-03-31 00:00:00.000")),
        ("yy-M-d", "31-7-4", Some("2031-07-04 00:00:00.000")),
        ("yy-M-d", "44-7-4", Some("1944-07-04 00:00:00.000")),
        ("yy-M-d", "43-7-4", Some("2043-07-04 00:00:00.000")),
        ("yy-M-d", "1-7-4", Some("0001-07-04 00:00:00.000")),
        ("yy-M-d", "2031-7-4", Some("2031-07-04 00:00:00.000")),
        ("yyyy-M-d", "0031-7-4", Some("0031-07-04 00:00:00.000")),
        ("d MMM yyyy", "4 jul 2031", Some("2031-07-04 00:00:00.000")),
        ("d MMM yyyy", "4 JULY 2031", Some("2031-07-04 00:00:00.000")),
        ("d MMMM yyyy", "4 Jul 2031", Some("2031-07-04 00:00:00.000")),
        ("d MMMM yyyy", "4 Jux 2031", None),
        ("MMM", "Sept", Some("1970-09-01 00:00:00.000")),
        ("EEE, d MMM yyyy", "Mon, 4 Jul 2031", Some("2031-07-04 00:00:00.000")),
        ("EEEE", "Friday", Some("1970-01-02 00:00:00.000")),
        ("E w yyyy", "Sun 1 2031", Some("2031-01-05 00:00:00.000")),
        ("YYYY-'W'ww-u", "2031-W27-5", Some("2031-07-04 00:00:00.000")),
        ("YYYY-'W'ww-u", "2031-W01-1", Some("2030-12-30 00:00:00.000")),
        ("YYYY", "2031", Some("2030-12-30 00:00:00.000")),
        ("D yyyy", "366 2031", Some("2032-01-01 00:00:00.000")),
        ("yyyy D", "2032 60", Some("2032-02-29 00:00:00.000")),
        ("yyyy MM W E", "2031 07 1 Fri", Some("2031-07-04 00:00:00.000")),
        ("yyyy MM F E", "2031 07 2 Fri", Some("2031-07-11 00:00:00.000")),
        ("yyyy MM F E", "2031 07 -1 Fri", Some("2031-07-25 00:00:00.000")),
        ("yyyy-MM-dd D", "2031-01-01 100", Some("2031-04-10 00:00:00.000")),
        ("D yyyy-MM-dd", "100 2031-01-01", Some("2031-01-01 00:00:00.000")),
        ("HH:mm", "25:61", Some("1970-01-02 02:01:00.000")),
        ("hh:mm a", "13:30 AM", Some("1970-01-01 13:30:00.000")),
        ("hh:mm a", "12:30 AM", Some("1970-01-01 00:30:00.000")),
        ("hh:mm a", "12:30 pm", Some("1970-01-01 12:30:00.000")),
        ("hh:mm", "05:00", Some("1970-01-01 05:00:00.000")),
        ("a hh", "PM 5", Some("1970-01-01 17:00:00.000")),
        ("KK a", "0 PM", Some("1970-01-01 12:00:00.000")),
        ("kk:mm", "24:15", Some("1970-01-01 00:15:00.000")),
        ("HH a", "5 PM", Some("1970-01-01 05:00:00.000")),
        ("ss.SSS", "7.5", Some("1970-01-01 00:00:07.005")),
        ("ss.SSS", "7.1500", Some("1970-01-01 00:00:08.500")),
        ("H 'o''clock'", "7 o'clock", Some("1970-01-01 07:00:00.000")),
        ("H 'o''clock'", "7 oclock", None),
        ("HH Z", "07 +0130", Some("1970-01-01 05:30:00.000")),
        ("HH Z", "07 -01:30", None),
        ("HH Z", "07 GMT", Some("1970-01-01 07:00:00.000")),
        ("HH z", "07 GMT-3:30", Some("1970-01-01 10:30:00.000")),
        ("HH z", "07 gmt+03:30", Some("1970-01-01 03:30:00.000")),
        ("HH z", "07 PST", Some("1970-01-01 15:00:00.000")),
        ("HH z", "07 Central European Summer Time", Some("1970-01-01 05:00:00.000")),
        ("HH z", "07 Nowhere", None),
        ("HH X", "07 Z", Some("1970-01-01 07:00:00.000")),
        ("HH X", "07 +02", Some("1970-01-01 05:00:00.000")),
        ("HH X", "07 +0230", Some("1970-01-01 05:00:00.000")),
        ("HH XX", "07 +0230", Some("1970-01-01 04:30:00.000")),
        ("HH XX", "07 +02:30", None),
        ("HH XXX", "07 -02:30", Some("1970-01-01 09:30:00.000")),
        ("HH XXX", "07 -0230", None),
        ("HH X", "07 2", None),
        ("HH Z", "07 +2400", None),
        ("G yyyy", "AD 2031", Some("2031-01-01 00:00:00.000")),
        ("", "2031", None),
        ("yy-M-d", "44-6-28", Some("2044-06-28 00:00:00.000")),
        ("yy-M-d", "44-6-29", Some("1944-06-29 00:00:00.000")),
    ] {
        assert_eq!(read_in(pattern, text, "en", "UTC").as_deref(), expected, "{text:?} by {pattern:?}");
    }
}

#[test]
fn patterns_that_are_none() {
    for pattern in ["b", "yyyy-MM-dd n", "d'", "'", "'a''b", "XXXX", "\u{e9}A"] {
        assert!(check(pattern).is_err(), "{pattern:?}");
    }
    for pattern in ["", "''", "'b'", "\u{e9}", "'it''s'"] {
        assert_eq!(check(pattern), Ok(()), "{pattern:?}");
    }
}

#[test]
fn other_languages() {
    for (locale, text) in [
        ("ru-RU", "4 июля 2031"),
        ("ru", "4 июль 2031"),
        ("ru", "4 ИЮЛ. 2031"),
        ("de-DE", "4 Juli 2031"),
        ("fr_FR", "4 juil. 2031"),
        ("fr", "4 juillet 2031"),
        ("es-ES", "4 jul 2031"),
        ("it-IT", "4 luglio 2031"),
        ("pt-BR", "4 julho 2031"),
        ("nl-NL", "4 juli 2031"),
        ("pl-PL", "4 lipca 2031"),
        ("uk", "4 липня 2031"),
        ("tr", "4 Temmuz 2031"),
        ("en-GB", "4 July 2031"),
        ("tlh", "4 Jul 2031"),
    ] {
        let found = read_in("d MMM yyyy", text, locale, "UTC");
        assert_eq!(found.as_deref(), Some("2031-07-04 00:00:00.000"), "{locale}");
    }
    assert_eq!(read_in("d MMM yyyy", "4 July 2031", "pl", "UTC"), None);
    assert_eq!(
        read_in("EEEE, d. MMMM yyyy", "Freitag, 4. Juli 2031", "de", "UTC").as_deref(),
        Some("2031-07-04 00:00:00.000")
    );
}

#[test]
fn clock_changes() {
    let pattern = "yyyy-MM-dd HH:mm";
    let read = |text| read_in(pattern, text, "en", "Europe/Paris");
    assert_eq!(read("2031-03-30 02:15").as_deref(), Some("2031-03-30 03:15:00.000"));
    // Of two equal times the earlier one, which is an hour before 02:15 +0100.
    let zone = Zone::named("Europe/Paris").unwrap();
    let century = Century::around(None, &zone);
    let date = super::read(pattern, "2031-10-26 02:15", Names::of(""), century, &zone, &mut budget()).unwrap().unwrap();
    assert_eq!(write("HH:mm Z", date, &zone, &mut budget()).unwrap(), "02:15 +0200");
    assert_eq!(
        read_in("yyyy-MM-dd HH:mm z", "2031-10-26 02:15 CET", "en", "Europe/Paris").as_deref(),
        Some("2031-10-26 02:15:00.000")
    );
}

#[test]
fn a_century_without_clock() {
    let utc = Zone::utc();
    let century = Century::around(None, &utc);
    for (text, year) in [("49", 2049), ("50", 1950), ("00", 2000)] {
        let date = read("yy", text, Names::of("en"), century, &utc, &mut budget()).unwrap().unwrap();
        assert_eq!(date.civil(&utc).year, year);
    }
    // A clock outside the calendar is none.
    assert_eq!(Century::around(Some(i64::MAX), &utc).year(49), (2049, false));
}

#[test]
fn years_outside_the_calendar() {
    for text in
        ["0-01-01", "-5-01-01", "10000-01-01", "9999-12-32", "9223372036854775807-01-01", "99999999999999999999-01-01"]
    {
        assert_eq!(read_in("yyyy-MM-dd", text, "en", "UTC"), None, "{text}");
    }
    assert_eq!(read_in("yyyy-MM-dd G", "0031-07-04 BC", "en", "UTC"), None);
    let far = i64::MAX.to_string();
    for letter in ["Y", "y", "M", "w", "W", "D", "d", "F", "u", "H", "k", "K", "h", "m", "s", "S"] {
        for text in [far.clone(), format!("-{far}")] {
            // Whatever comes out, nothing breaks.
            let found = read_in(letter, &text, "en", "UTC");
            assert!(found.is_none() || letter == "u", "{letter} {text} {found:?}");
            read_in(&format!("E w W F {letter}"), &format!("Mon {far} {far} -{far} {text}"), "en", "UTC");
        }
    }
}

/// What is written is read again as the same, by patterns made from a fixed seed.
#[test]
fn written_dates_read_back() {
    let mut seed = 20_310_704u64;
    let mut next = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    let days: [&[&str]; 4] = [&["yyyy", "MM", "dd"], &["yyyy", "MMM", "d"], &["yyyy", "DDD"], &["YYYY", "ww", "u"]];
    let times: [&[&str]; 3] =
        [&["HH", "mm", "ss", "SSS"], &["hh", "mm", "ss", "SSS", "a"], &["kk", "mm", "ss", "SSS", "XXX"]];
    let marks = ["-", "/", " ", ", ", "'T'", "''", "\u{2013}"];
    let zones = ["UTC", "Asia/Kolkata", "+11:00"];
    for _ in 0..3000 {
        let mut letters: Vec<&str> = days[next(days.len())].to_vec();
        letters.extend(times[next(times.len())]);
        for place in (1..letters.len()).rev() {
            letters.swap(place, next(place + 1));
        }
        let mut pattern = String::new();
        for letter in letters {
            pattern.push_str(letter);
            pattern.push_str(marks[next(marks.len())]);
        }
        let zone = Zone::named(zones[next(zones.len())]).unwrap();
        // 1900 to 2190, in local time, so that no offset has seconds.
        let local = -2_208_988_800_000 + (next(1 << 31) as i64) * 4261 + next(4261) as i64;
        let date =
            Date::from_civil(Civil::from_local(local), 0, &zone).filter(|date| date.offset_seconds(&zone) % 60 == 0);
        let Some(date) = date else { continue };
        let text = write(&pattern, date, &zone, &mut budget()).unwrap();
        let century = Century::around(None, &zone);
        let back = read(&pattern, &text, Names::of("en"), century, &zone, &mut budget()).unwrap();
        assert_eq!(back, Some(date), "{text:?} by {pattern:?}");
    }
}

#[test]
fn long_patterns_and_texts() {
    let long = "y".repeat(300_000);
    assert_eq!(written(&long, 0, "UTC").len(), 300_000);
    let text = format!("{}5", "0".repeat(300_000));
    assert_eq!(read_in("M", &text, "en", "UTC").as_deref(), Some("1970-05-01 00:00:00.000"));
    assert_eq!(read_in(&"dM".repeat(1000), &"1".repeat(2000), "en", "UTC").as_deref(), Some("1970-01-01 00:00:00.000"));
    let mut small = Budget::new(&Limits::default().string_size(1000));
    let utc = Zone::utc();
    assert!(write(&"E,".repeat(400), Date::from_millis(0, &utc).unwrap(), &utc, &mut small).is_err());
}
