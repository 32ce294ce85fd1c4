use crate::value::Data;

/// How a webhook reads the values a script returned (WH-40 to WH-42).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Whether the script did what it should.
    pub success: bool,
    /// The status to answer with, always from 200 to 599.
    pub status: u16,
    /// The status code the script asked for, if it is a valid one.
    pub code: Option<u16>,
    /// Whether the script returned something.
    pub stated: bool,
    /// Why the result breaks the contract; the status is 500 then.
    pub problem: Option<String>,
    /// What deserves a line in the log.
    pub warning: Option<String>,
}

/// Reads the flat list of returned values.
pub fn read_result(values: &[Data]) -> Reading {
    match values {
        [] | [Data::Null] => Reading { stated: false, ..plain(true, None) },
        [value] => read_one(value),
        [flag, code, rest @ ..] => {
            let mut reading = read_pair(flag, code);
            if !rest.is_empty() {
                reading.warning = Some(format!("{} returned values beyond flag and code are ignored", rest.len()));
            }
            reading
        }
    }
}

/// One value decides by its type: a flag or a status code.
fn read_one(value: &Data) -> Reading {
    match value {
        Data::Boolean(success) => plain(*success, None),
        Data::Text(text) => match flag_word(text) {
            Some(success) => plain(success, None),
            None if is_numeric(text) => read_status(value),
            None => broken("the script returned one text that is neither a flag nor a status code"),
        },
        Data::Integer(_) | Data::Number(_) | Data::Byte(_) => read_status(value),
        _ => broken("the script returned a value that is neither a flag nor a status code"),
    }
}

fn read_status(value: &Data) -> Reading {
    match status_code(value) {
        Some(code) => plain(code < 400, Some(code)),
        None => broken(OUT_OF_RANGE),
    }
}

fn read_pair(flag: &Data, code: &Data) -> Reading {
    let Some(success) = as_flag(flag) else {
        return broken("the script returned a first value that is no flag");
    };
    match status_code(code) {
        Some(code) => plain(success, Some(code)),
        None => broken(OUT_OF_RANGE),
    }
}

const OUT_OF_RANGE: &str = "the script returned a status code outside 200..599";

fn plain(success: bool, code: Option<u16>) -> Reading {
    let status = code.unwrap_or(if success { 200 } else { 500 });
    Reading { success, status, code, stated: true, problem: None, warning: None }
}

fn broken(problem: &str) -> Reading {
    Reading { success: false, status: 500, code: None, stated: true, problem: Some(problem.to_owned()), warning: None }
}

fn flag_word(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn is_numeric(text: &str) -> bool {
    let text = text.trim();
    text.parse::<f64>().is_ok_and(f64::is_finite)
        && text.bytes().all(|byte| !byte.is_ascii_alphabetic() || byte == b'e')
}

/// A value as boolean, by the language's conversion; null and what does not convert is none.
fn as_flag(value: &Data) -> Option<bool> {
    match value {
        Data::Boolean(value) => Some(*value),
        Data::Integer(value) => Some(*value != 0),
        Data::Number(value) => Some(*value != 0.0),
        Data::Text(text) => {
            flag_word(text).or_else(|| is_numeric(text).then(|| text.trim().parse::<f64>().is_ok_and(|n| n != 0.0)))
        }
        _ => None,
    }
}

/// A whole number from 200 to 599 (WH-41); a text of digits counts.
fn status_code(value: &Data) -> Option<u16> {
    let code = match value {
        Data::Integer(value) => *value,
        Data::Byte(value) => i64::from(*value),
        // Truncation cannot lose anything: the fraction was tested, and the range is tested below.
        Data::Number(value) if value.fract() == 0.0 && value.abs() < 1000.0 => crate::value::num_to_int(*value),
        Data::Text(text) => {
            let text = text.trim();
            if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            text.parse().ok()?
        }
        _ => return None,
    };
    u16::try_from(code).ok().filter(|code| (200..=599).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[Data]) -> (bool, u16, bool) {
        let reading = read_result(values);
        (reading.success, reading.status, reading.problem.is_none())
    }

    #[test]
    fn wh_40() {
        use Data::{Boolean, Integer, Null, Number, Text};
        let text = |text: &str| Text(text.to_owned());
        assert_eq!(read(&[]), (true, 200, true));
        assert_eq!(read(&[Null]), (true, 200, true));
        assert_eq!(read(&[Boolean(true)]), (true, 200, true));
        assert_eq!(read(&[Boolean(false)]), (false, 500, true));
        assert_eq!(read(&[Boolean(true), Integer(202)]), (true, 202, true));
        assert_eq!(read(&[Boolean(false), Integer(410)]), (false, 410, true));
        assert_eq!(read(&[Boolean(false), Number(200.0)]), (false, 200, true));
        assert_eq!(read(&[Integer(303)]), (true, 303, true));
        assert_eq!(read(&[Integer(451)]), (false, 451, true));
        assert_eq!(read(&[text("TRUE"), text(" 206 ")]), (true, 206, true));
        assert_eq!(read(&[Integer(1), Integer(203)]), (true, 203, true));
        assert_eq!(read(&[Integer(0), Integer(502)]), (false, 502, true));
        assert_eq!(read(&[text("ready")]), (false, 500, false));
        assert_eq!(read(&[Null, Integer(200)]), (false, 500, false));
        assert_eq!(read(&[text("maybe"), Integer(200)]), (false, 500, false));
        assert_eq!(read(&[text("404")]), (false, 404, true));
        assert_eq!(read_result(&[Boolean(true), Integer(201), Null]).warning.is_some(), true);
    }

    #[test]
    fn wh_42() {
        for code in [Data::Integer(1234), Data::Integer(99), Data::Integer(600), Data::Integer(0), Data::Integer(-1)] {
            assert_eq!(read(&[Data::Boolean(true), code]), (false, 500, false));
        }
        for code in
            [Data::Number(201.5), Data::Number(f64::NAN), Data::Text("abc".into()), Data::Null, Data::Integer(101)]
        {
            assert_eq!(read(&[Data::Boolean(true), code]), (false, 500, false));
        }
    }
}
