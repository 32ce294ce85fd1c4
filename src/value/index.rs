use super::{
    Array, ConvCx, Date, Fault, Text, Value, convert,
    convert::{article, shorten},
    cow, interval_part, num_to_int, num_to_text, parse_interval, parse_number, to_text,
};
use crate::types::{StructId, Type};
use std::rc::Rc;

/// An index, told apart: a position or a key.
enum Index<'v> {
    At(i64),
    Key(&'v str),
}

fn read_index(index: &Value) -> Result<Index<'_>, Fault> {
    Ok(match index {
        &Value::Int(at) => Index::At(at),
        // A fractional index is truncated (L-110).
        &Value::Num(at) => Index::At(num_to_int(at)),
        &Value::Byte(at) => Index::At(i64::from(at)),
        Value::Text(key) => Index::Key(key.as_str()),
        Value::Null => return Err(Fault::error("the index is null")),
        _ => return Err(Fault::error("an index is a number or a text")),
    })
}

fn position(at: i64) -> Result<usize, Fault> {
    usize::try_from(at).map_err(|_| Fault::error(format!("the index {at} is negative")))
}

/// `base[index]` (L-64, L-110, L-116). An index of null gives null (L-132).
///
/// # Errors
/// The base has no such elements, the index is negative or of a wrong type, or a limit.
pub fn index_get(base: &Value, index: &Value, static_base: Type, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    match base {
        Value::Null => Ok(Value::default_of(static_base.element())),
        Value::Array(array) => get_element(array, index),
        Value::Text(text) => get_of_text(text, index, cx),
        Value::Date(date) => match read_index(index)? {
            Index::Key(word) => date_part(*date, word, cx).ok_or_else(|| no_part("date", word)),
            Index::At(_) => Err(Fault::error("a date is indexed by a word such as `\"YEAR\"`")),
        },
        Value::Interval(millis) => match read_index(index)? {
            Index::Key(word) => interval_part(*millis, word).map(Value::Int).ok_or_else(|| no_part("interval", word)),
            Index::At(_) => Err(Fault::error("an interval is indexed by a word such as `\"HOUR\"`")),
        },
        Value::Struct(record) => {
            let place = field_place(record.id(), index, cx)?;
            Ok(record.get(place).cloned().unwrap_or_default())
        }
        Value::Bool(_) | Value::Int(_) | Value::Num(_) | Value::Byte(_) => Err(no_index(base, cx)),
    }
}

#[cold]
fn no_index(base: &Value, cx: &ConvCx<'_>) -> Fault {
    Fault::error(format!("{} has no index", article(&base.type_of().display(cx.structs))))
}

#[cold]
fn no_part(kind: &str, word: &str) -> Fault {
    Fault::error(format!("{} has no part `{}`", article(kind), shorten(word)))
}

fn date_part(date: Date, word: &str, cx: &ConvCx<'_>) -> Option<Value> {
    match date.name_part(word, cx.zone) {
        Some(name) => Some(Value::text(name)),
        None => date.part(word, cx.zone).map(Value::Int),
    }
}

fn get_element(array: &Array, index: &Value) -> Result<Value, Fault> {
    let found = match read_index(index)? {
        Index::At(at) => {
            let at = position(at)?;
            match array.get(at) {
                // Beyond the end the number may still be a key (L-110).
                None if array.is_keyed() => {
                    let key = match index {
                        Value::Num(number) => num_to_text(*number),
                        _ => at.to_string(),
                    };
                    array.get_key(&key).cloned()
                }
                found => found,
            }
        }
        Index::Key(key) => array.get_key(key).cloned(),
    };
    Ok(found.unwrap_or_else(|| Value::default_of(array.element_type())))
}

/// A character by position, or a part of the interval or date that the text stands for (L-64).
fn get_of_text(text: &Text, index: &Value, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let at = match read_index(index)? {
        Index::At(at) => at,
        Index::Key(word) => match parse_number(word) {
            Some(number) => num_to_int(number),
            None => return part_of_text(text.as_str(), word, cx),
        },
    };
    let Some(unit) = usize::try_from(at).ok().filter(|&unit| unit < text.units()) else { return Ok(Value::Null) };
    cx.charge_bytes(text.distance(unit))?;
    let (byte, second_half) = text.byte_of(unit);
    if second_half {
        return Ok(Value::text(""));
    }
    let character = text.as_str().get(byte..).and_then(|rest| rest.chars().next());
    let mut buffer = [0; 4];
    Ok(Value::text(character.map_or("", |character| character.encode_utf8(&mut buffer))))
}

fn part_of_text(text: &str, word: &str, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    cx.charge_bytes(text.len())?;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    if let Some(millis) = parse_interval(text) {
        return interval_part(millis, word).map(Value::Int).ok_or_else(|| no_part("interval", word));
    }
    match Date::parse(text, cx.zone) {
        Some(date) => date_part(date, word, cx).ok_or_else(|| no_part("date", word)),
        None => Err(Fault::error(format!(
            "`{}` is no interval and no date, so it has no part `{}`",
            shorten(text),
            shorten(word)
        ))),
    }
}

/// Position of a field given by position or name.
fn field_place(id: StructId, index: &Value, cx: &ConvCx<'_>) -> Result<usize, Fault> {
    let def = cx.structs.get(id);
    let found = match read_index(index)? {
        Index::At(at) => {
            let at = position(at)?;
            (at < cx.structs.fields(id).len()).then_some(at)
        }
        Index::Key(name) => def.and_then(|def| def.field(name)),
    };
    found.ok_or_else(|| {
        let name = def.map_or("structure", |def| def.name());
        match index {
            Value::Text(field) => Fault::error(format!("{} has no field `{}`", article(name), shorten(field.as_str()))),
            _ => Fault::error(format!("{} has only {} fields", article(name), cx.structs.fields(id).len())),
        }
    })
}

/// Makes a value that can be written into: what is null becomes the empty value of its static type (L-101, L-114).
fn create(base: &mut Value, static_base: Type, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    if !base.is_absent() {
        return Ok(());
    }
    *base = if let Some(id) = static_base.as_struct() {
        Value::Struct(Rc::new(cx.empty_record(id)?))
    } else if static_base == Type::STRING {
        Value::text("")
    } else if static_base.is_array() || static_base.is_dynamic() {
        Value::Array(Rc::new(Array::new(static_base.element())))
    } else {
        let name = article(&static_base.display(cx.structs));
        return Err(Fault::error(format!("{name} cannot be changed by an index")));
    };
    Ok(())
}

/// `base[index] = value` (L-111, L-114, L-116). The value is converted to the type of the element; a base that others
/// hold too is copied first.
///
/// # Errors
/// The base cannot be written into, the index is negative or of a wrong type, the value does not convert, or a limit.
pub fn index_set(
    base: &mut Value,
    index: &Value,
    value: Value,
    static_base: Type,
    cx: &mut ConvCx<'_>,
) -> Result<(), Fault> {
    create(base, static_base, cx)?;
    let element = element_type(base, index, cx)?;
    let value = convert(value, element, cx)?;
    index_put(base, index, value, cx)
}

/// Type of what an index writes to.
fn element_type(base: &Value, index: &Value, cx: &ConvCx<'_>) -> Result<Type, Fault> {
    Ok(match base {
        Value::Array(array) => array.element_type(),
        Value::Struct(record) => {
            let place = field_place(record.id(), index, cx)?;
            cx.structs.fields(record.id()).get(place).map_or(Type::DYNAMIC, |field| field.ty)
        }
        Value::Text(_) => Type::STRING,
        Value::Date(_) | Value::Interval(_) => {
            return Err(Fault::error("the parts of dates and intervals are read-only"));
        }
        base => return Err(no_index(base, cx)),
    })
}

/// `base[index] = value` for a value that has the type of the element already. The base is no null.
///
/// # Errors
/// As for [`index_set`], conversion apart.
pub fn index_put(base: &mut Value, index: &Value, value: Value, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    match base {
        Value::Array(array) => {
            let array = cow::array(array, cx)?;
            match read_index(index)? {
                Index::At(at) => {
                    let at = position(at)?;
                    let gap = at.saturating_sub(array.len());
                    if gap > 0 {
                        cx.budget.array_size(at.saturating_add(1))?;
                        cx.charge_items(gap)?;
                    }
                    array.set(at, value, cx.budget)?;
                }
                Index::Key(key) => {
                    cx.charge_bytes(key.len())?;
                    array.set_key(key, value, cx.budget)?;
                }
            }
            Ok(())
        }
        Value::Struct(record) => {
            let place = field_place(record.id(), index, cx)?;
            cow::record(record, cx)?.set(place, value, cx.budget)?;
            Ok(())
        }
        Value::Text(text) => {
            let at = match read_index(index)? {
                Index::At(at) => at,
                Index::Key(key) => match parse_number(key) {
                    Some(number) => num_to_int(number),
                    None => return Err(Fault::error("the parts of dates and intervals are read-only")),
                },
            };
            let at = position(at)?;
            let with = to_text(&value, cx)?;
            *base = put_character(text, at, with.as_str().unwrap_or(""), cx)?;
            Ok(())
        }
        Value::Date(_) | Value::Interval(_) => Err(Fault::error("the parts of dates and intervals are read-only")),
        base => Err(no_index(base, cx)),
    }
}

/// `base[key] = value` where nobody else holds the array: [`index_set`] for this case.
///
/// # Errors
/// The value does not convert, or a limit.
pub fn put_keyed(array: &mut Array, key: &str, value: Value, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    let value = convert(value, array.element_type(), cx)?;
    cx.charge_bytes(key.len())?;
    Ok(array.set_key(key, value, cx.budget)?)
}

/// Replaces a character by the first one of another text; beyond the end blanks fill the gap (L-116).
fn put_character(text: &Text, at: usize, with: &str, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let with = with.chars().next();
    let gap = at.saturating_sub(text.units());
    if at >= text.units() && with.is_none() {
        return cx.copy_text(text.as_str());
    }
    let length = text.len().saturating_add(gap).saturating_add(4);
    cx.budget.text_size(length)?;
    cx.budget.grow(length)?;
    cx.charge_bytes(length)?;
    let mut out = String::with_capacity(length);
    let (byte, second_half) = text.byte_of(at);
    let (head, tail) = text.as_str().split_at_checked(byte).unwrap_or((text.as_str(), ""));
    out.push_str(head);
    for _ in 0..gap {
        out.push(' ');
    }
    out.extend(with);
    let mut rest = tail.chars();
    // The second unit of a character holds nothing, so nothing is replaced there.
    if !second_half {
        rest.next();
    }
    out.push_str(rest.as_str());
    cx.text(out)
}

/// Takes an element out to change it in place; what is missing comes as the default of its type, and `false`. Put it
/// back with [`index_put`]: until then the place holds null.
///
/// # Errors
/// As for [`index_set`].
pub fn index_take(
    base: &mut Value,
    index: &Value,
    static_base: Type,
    cx: &mut ConvCx<'_>,
) -> Result<(Value, bool), Fault> {
    create(base, static_base, cx)?;
    let element = element_type(base, index, cx)?;
    let found = match base {
        Value::Array(array) => {
            let array = cow::array(array, cx)?;
            let found = match read_index(index)? {
                Index::At(at) => Some(position(at)?).filter(|&at| at < array.len()),
                Index::Key(key) => array.index_of_key(key),
            };
            found.map(|at| array.take(at))
        }
        Value::Struct(record) => {
            let place = field_place(record.id(), index, cx)?;
            Some(cow::record(record, cx)?.take(place))
        }
        base => Some(index_get(base, index, static_base, cx)?),
    };
    Ok(match found {
        Some(value) => (value, true),
        None => (Value::default_of(element), false),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::{
        limits::{LimitKind, Limits},
        value::{
            FaultKind,
            testing::{arr, d, ints, iv, nums, run, run_with, show, t, texts, ty},
        },
    };

    fn get(base: &Value, index: Value, static_base: &str) -> String {
        run(|cx| match index_get(base, &index, ty(static_base), cx) {
            Ok(value) => show(&value, cx),
            Err(fault) => format!("error: {}", fault.message()),
        })
    }

    fn set(base: Value, index: Value, value: Value, static_base: &str) -> String {
        run(|cx| {
            let mut base = base;
            match index_set(&mut base, &index, value, ty(static_base), cx) {
                Ok(()) => show(&base, cx),
                Err(fault) => format!("error: {}", fault.message()),
            }
        })
    }

    /// `nut` 40, `bolt` 25, then 7 without key.
    fn stock() -> Value {
        run(|cx| {
            let mut stock = Value::default_of(ty("number[]"));
            index_set(&mut stock, &t("nut"), Value::Int(40), ty("number[]"), cx).unwrap();
            index_set(&mut stock, &t("bolt"), t("25"), ty("number[]"), cx).unwrap();
            index_set(&mut stock, &Value::Int(2), Value::Int(7), ty("number[]"), cx).unwrap();
            stock
        })
    }

    #[test]
    fn reading_arrays() {
        let numbers = nums([4.0, 8.0, 15.0]);
        assert_eq!(get(&numbers, Value::Int(1), "number[]"), "number 8");
        assert_eq!(get(&numbers, Value::Num(1.9), "number[]"), "number 8");
        assert_eq!(get(&numbers, Value::Num(-0.5), "number[]"), "number 4");
        assert_eq!(get(&numbers, Value::Int(3), "number[]"), "null");
        assert_eq!(get(&numbers, t("0"), "number[]"), "null");
        assert_eq!(get(&numbers, Value::Int(-1), "number[]"), "error: the index -1 is negative");
        assert_eq!(get(&numbers, Value::Null, "number[]"), "error: the index is null");
        assert_eq!(get(&numbers, Value::Bool(true), "number[]"), "error: an index is a number or a text");
        assert_eq!(get(&arr(Type::STRINGS, []), Value::Int(0), "string[][]"), "string[] ");
        assert_eq!(get(&Value::Null, Value::Int(0), "string[]"), "null");
        assert_eq!(get(&Value::Null, Value::Int(0), "any"), "null");
        assert_eq!(get(&Value::Null, Value::Int(0), "string[][]"), "string[] ");
        assert_eq!(get(&Value::Int(5), Value::Int(0), "any"), "error: an integer has no index");
    }

    #[test]
    fn keys_and_positions() {
        let stock = stock();
        assert_eq!(get(&stock, Value::Int(1), "number[]"), "number 25");
        assert_eq!(get(&stock, t("nut"), "number[]"), "number 40");
        assert_eq!(get(&stock, Value::Int(2), "number[]"), "number 7");
        assert_eq!(get(&stock, t("2"), "number[]"), "null");
        run(|cx| assert_eq!(show(&stock, cx), "number[] 40|25|7"));
        assert_eq!(set(stock.clone(), t("nut"), Value::Int(1), "number[]"), "number[] 1|25|7");
        assert_eq!(set(stock, Value::Int(0), Value::Int(1), "number[]"), "number[] 1|25|7");
        // A number beyond the end may be a key.
        run(|cx| {
            let mut codes = Value::default_of(Type::STRINGS);
            index_set(&mut codes, &t("7788"), t("found"), Type::STRINGS, cx).unwrap();
            index_set(&mut codes, &t("1.5"), t("half"), Type::STRINGS, cx).unwrap();
            for (index, expected) in
                [(Value::Num(7788.0), "string found"), (Value::Int(7788), "string found"), (Value::Int(9), "null")]
            {
                let found = index_get(&codes, &index, Type::STRINGS, cx).unwrap();
                assert_eq!(show(&found, cx), expected);
            }
            let found = index_get(&codes, &Value::Num(1.5), Type::STRINGS, cx).unwrap();
            assert_eq!(show(&found, cx), "string half");
        });
    }

    #[test]
    fn writing_arrays() {
        assert_eq!(set(ints([1, 2]), Value::Int(0), t("9"), "integer[]"), "integer[] 9|2");
        assert_eq!(set(ints([1, 2]), Value::Int(2), Value::Num(3.9), "integer[]"), "integer[] 1|2|3");
        assert_eq!(set(ints([1, 2]), Value::Int(4), Value::Int(5), "integer[]"), "integer[] 1|2|||5");
        assert_eq!(set(ints([1, 2]), Value::Int(0), Value::Null, "integer[]"), "integer[] |2");
        assert_eq!(set(Value::Null, Value::Int(0), Value::Int(5), "integer[]"), "integer[] 5");
        assert_eq!(set(ints([1]), Value::Int(-1), Value::Int(5), "integer[]"), "error: the index -1 is negative");
        assert_eq!(set(ints([1]), Value::Int(0), t("x"), "integer[]"), "error: `x` is no integer");
        assert_eq!(
            set(ints([1]), Value::Bool(true), Value::Int(5), "integer[]"),
            "error: an index is a number or a text"
        );
    }

    #[test]
    fn the_original_is_not_changed() {
        run(|cx| {
            let first = texts(["x"]);
            let mut second = first.clone();
            index_set(&mut second, &Value::Int(1), t("y"), Type::STRINGS, cx).unwrap();
            assert_eq!((show(&first, cx).as_str(), show(&second, cx).as_str()), ("string[] x", "string[] x|y"));
        });
    }

    #[test]
    fn texts_by_position() {
        assert_eq!(get(&t("héllo"), Value::Int(1), "string"), "string é");
        assert_eq!(get(&t("hello"), t("1"), "string"), "string e");
        assert_eq!(get(&t("hello"), Value::Int(5), "string"), "null");
        assert_eq!(get(&t("hello"), Value::Int(-1), "string"), "null");
        assert_eq!(get(&t("a😀b"), Value::Int(1), "string"), "string 😀");
        assert_eq!(get(&t("a😀b"), Value::Int(2), "string"), "string ");
        assert_eq!(get(&t("a😀b"), Value::Int(3), "string"), "string b");
        assert_eq!(set(t("hello"), Value::Int(0), t("Jx"), "string"), "string Jello");
        assert_eq!(set(t("hello"), Value::Int(4), t(""), "string"), "string hell");
        assert_eq!(set(t("hello"), Value::Int(7), t("!"), "string"), "string hello  !");
        assert_eq!(set(t("hello"), Value::Int(5), t("s"), "string"), "string hellos");
        assert_eq!(set(t("hello"), Value::Int(9), t(""), "string"), "string hello");
        assert_eq!(set(Value::Null, Value::Int(1), Value::Int(7), "string"), "string  7");
        assert_eq!(set(t("a😀b"), Value::Int(1), t("-"), "string"), "string a-b");
        assert_eq!(set(t("a😀b"), Value::Int(2), t("-"), "string"), "string a😀-b");
        assert_eq!(set(t("x"), Value::Int(-1), t("-"), "string"), "error: the index -1 is negative");
        assert!(set(t("1h"), t("HOUR"), Value::Int(2), "string").starts_with("error: "));
    }

    #[test]
    fn parts_of_dates_and_intervals() {
        let date = d("2011-08-17T10:20:30.456");
        assert_eq!(get(&date, t("YEAR"), "date"), "integer 2011");
        assert_eq!(get(&date, t("WEEK"), "date"), "integer 33");
        assert_eq!(get(&date, t("DAYOFWEEK"), "date"), "string Wed");
        assert_eq!(get(&date, t("MONTHNAME"), "date"), "string Aug");
        assert_eq!(get(&date, t("CENTURY"), "date"), "error: a date has no part `CENTURY`");
        assert!(get(&date, Value::Int(0), "date").starts_with("error: "));
        assert_eq!(get(&iv("1d 30h"), t("DAY"), "interval"), "integer 2");
        assert_eq!(get(&iv("1h 1m 3s"), t("SECOND"), "interval"), "integer 3");
        assert_eq!(get(&iv("1h"), t("YEAR"), "interval"), "error: an interval has no part `YEAR`");
        assert_eq!(get(&t("90m"), t("HOUR"), "string"), "integer 1");
        assert_eq!(get(&t("2011-08-17"), t("DAYOFWEEK"), "string"), "string Wed");
        assert_eq!(get(&t(""), t("HOUR"), "string"), "null");
        assert_eq!(
            get(&t("abc"), t("HOUR"), "string"),
            "error: `abc` is no interval and no date, so it has no part `HOUR`"
        );
        assert!(set(date, t("YEAR"), Value::Int(2012), "date").starts_with("error: "));
    }

    #[test]
    fn structures() {
        run(|cx| {
            let pt = ty("Pt");
            let point = convert(t("3|4"), pt, cx).unwrap();
            for (index, expected) in [(Value::Int(1), "integer 4"), (t("x"), "integer 3")] {
                let found = index_get(&point, &index, pt, cx).unwrap();
                assert_eq!(show(&found, cx), expected);
            }
            for (index, expected) in [(Value::Int(2), "a Pt has only 2 fields"), (t("z"), "a Pt has no field `z`")] {
                assert_eq!(index_get(&point, &index, pt, cx).unwrap_err().message(), expected);
            }
            let mut copy = point.clone();
            index_set(&mut copy, &t("y"), Value::Num(9.9), pt, cx).unwrap();
            index_set(&mut copy, &Value::Int(0), t("8"), pt, cx).unwrap();
            assert_eq!((show(&copy, cx).as_str(), show(&point, cx).as_str()), ("Pt 8|9", "Pt 3|4"));
        });
    }

    #[test]
    fn far_positions_meet_a_limit() {
        let limits = Limits::default().array_size(1000);
        run_with(&limits, |cx| {
            let mut array = ints([]);
            let fault = index_set(&mut array, &Value::Int(i64::MAX), Value::Int(1), ty("integer[]"), cx).unwrap_err();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::ArraySize));
            let mut text = t("");
            let fault = index_set(&mut text, &Value::Int(i64::MAX), t("x"), Type::STRING, cx).unwrap_err();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::StringSize));
        });
    }
}
