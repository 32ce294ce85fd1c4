//! Texts. Positions and lengths count UTF-16 units, and a cut never leaves half a character: one of two units belongs
//! to its first unit.

use super::{argument, array, bytes, count, counted, encoding::first_piece, number, text, text_pieces};
use crate::{
    call::{Context, Measure, Routine},
    limits::{Budget, LimitHit},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Draft, Fault, Text, Value, num_to_int, parse_number, to_text},
};
use arrayvec::ArrayVec;
use fancy_regex::Regex;
use std::sync::LazyLock;

pub(super) fn routines() -> Vec<Routine> {
    let mut all = parts();
    all.extend(tests());
    all.extend(changes());
    all
}

fn of_text(name: &'static str) -> Signature {
    Signature::new(name, Family::Core).param("str", Type::STRING)
}

fn of_two(name: &'static str) -> Signature {
    Signature::new(name, Family::Core).param("str1", Type::STRING).param("str2", Type::STRING)
}

const NUMBER: Returns = Returns::NeverNull(Type::NUMBER);
const BOOLEAN: Returns = Returns::NeverNull(Type::BOOLEAN);

fn parts() -> Vec<Routine> {
    vec![
        Routine::new(
            of_text("length")
                .returns(NUMBER)
                .doc("How many characters a text has, counted in UTF-16 units.")
                .example("return length(\"harbour\");", "7"),
            |_, arguments| match argument(arguments, 0) {
                Value::Text(text) => Ok(count(text.units())),
                _ => Ok(count(0)),
            },
        )
        .measured(Measure::Number(|value| match value {
            Value::Text(text) => Some(counted(text.units())),
            _ => None,
        })),
        Routine::new(
            of_text("chop")
                .param("nmb", Type::NUMBER)
                .returns(Returns::Is(Type::STRING))
                .doc("The first characters of a text; all of it when it is shorter or the number is negative.")
                .example("return chop(\"parliament\", 4);", "parl"),
            chop,
        ),
        Routine::new(
            of_text("substring")
                .param("start", Type::NUMBER)
                .param("stop", Type::NUMBER)
                .returns(Returns::NeverNull(Type::STRING))
                .doc(
                    "The characters from position `start` up to, not including, `stop`. Null or -1 stand for the \
                     start and for the end.",
                )
                .example("return substring(\"geometry\", -1, 3);", "geo"),
            substring,
        ),
        Routine::new(
            of_two("indexOf")
                .returns(NUMBER)
                .doc("The position of the first occurrence of the second text in the first one, or -1.")
                .example("return indexOf(\"to-do-list\", \"-\");", "2"),
            |cx, arguments| find(cx, arguments, text_pieces::first),
        ),
        Routine::new(
            of_two("lastIndexOf")
                .returns(NUMBER)
                .doc("The position of the last occurrence of the second text in the first one, or -1.")
                .example("return lastIndexOf(\"to-do-list\", \"-\");", "5"),
            |cx, arguments| find(cx, arguments, text_pieces::last),
        ),
        Routine::new(
            of_two("contains")
                .returns(BOOLEAN)
                .doc("Whether the second text occurs in the first one.")
                .example("return contains(\"seashell\", \"shell\");", "true"),
            |cx, arguments| {
                let (whole, part) = (text(arguments, 0), text(arguments, 1));
                charge(cx, whole.len().saturating_add(part.len()))?;
                Ok(Value::Bool(text_pieces::first(whole, part, &cx.budget)?.is_some()))
            },
        ),
        Routine::new(
            of_two("startsWith")
                .returns(BOOLEAN)
                .doc("Whether the first text begins with the second one.")
                .example("return startsWith(\"seashell\", \"sea\");", "true"),
            |cx, arguments| compare(cx, arguments, |whole, part| whole.starts_with(part)),
        ),
        Routine::new(
            of_two("endsWith")
                .returns(BOOLEAN)
                .doc("Whether the first text ends with the second one.")
                .example("return endsWith(\"seashell\", \"sea\");", "false"),
            |cx, arguments| compare(cx, arguments, |whole, part| whole.ends_with(part)),
        ),
    ]
}

fn tests() -> Vec<Routine> {
    vec![
        Routine::new(
            of_text("isAlpha")
                .returns(BOOLEAN)
                .doc("Whether a text consists of letters only; false for the empty text, like all these tests.")
                .example("return isAlpha(\"Harbour\"), isAlpha(\"Pier 3\");", "true|false"),
            |cx, arguments| all_are(cx, arguments, &LETTERS),
        ),
        Routine::new(
            of_text("isAlphaNumeric")
                .returns(BOOLEAN)
                .doc("Whether a text consists of letters and digits only.")
                .example("return isAlphaNumeric(\"Pier3\"), isAlphaNumeric(\"Pier 3\");", "true|false"),
            |cx, arguments| all_are(cx, arguments, &LETTERS_AND_DIGITS),
        ),
        Routine::new(
            of_text("isDigit")
                .returns(BOOLEAN)
                .doc("Whether a text consists of digits only.")
                .example("return isDigit(\"725\"), isDigit(\"7.25\");", "true|false"),
            |cx, arguments| all_are(cx, arguments, &DIGITS),
        ),
        Routine::new(
            of_text("isLower")
                .returns(BOOLEAN)
                .doc("Whether a text consists of lower-case letters only.")
                .example("return isLower(\"quay\"), isLower(\"quay 1\");", "true|false"),
            |cx, arguments| each_is(cx, arguments, char::is_lowercase),
        ),
        Routine::new(
            of_text("isUpper")
                .returns(BOOLEAN)
                .doc("Whether a text consists of upper-case letters only.")
                .example("return isUpper(\"QUAY\"), isUpper(\"Quay\");", "true|false"),
            |cx, arguments| each_is(cx, arguments, char::is_uppercase),
        ),
        Routine::new(
            of_text("isNumeric")
                .returns(BOOLEAN)
                .doc("Whether a text reads as a number.")
                .example("return isNumeric(\"-7.25\"), isNumeric(\"7 kg\");", "true|false"),
            |cx, arguments| {
                let text = text(arguments, 0);
                charge(cx, text.len())?;
                Ok(Value::Bool(parse_number(text).is_some()))
            },
        ),
    ]
}

fn changes() -> Vec<Routine> {
    vec![
        Routine::new(
            Signature::new("join", Family::Core)
                .param("stringArr", Type::STRINGS)
                .param("delimiter", Type::STRING)
                .returns(Returns::NeverNull(Type::STRING))
                .doc("The elements as one text, with a delimiter between them.")
                .example("return join({\"salt\", \"oil\"}, \" & \");", "salt & oil"),
            join,
        ),
        Routine::new(
            of_text("replace")
                .param("searchStr", Type::STRING)
                .param("replacementStr", Type::STRING)
                .returns(Returns::NeverNull(Type::STRING))
                .doc("The text with every occurrence of a part replaced; the part is plain text, not a pattern.")
                .example("return replace(\"1.5.2\", \".\", \"-\");", "1-5-2"),
            replace,
        ),
        Routine::new(
            Signature::new("toLower", Family::Core)
                .param("string", Type::STRING)
                .returns(Returns::NeverNull(Type::STRING))
                .doc("The text in lower-case letters.")
                .example("return toLower(\"Pier 3\");", "pier 3"),
            |cx, arguments| change_case(cx, arguments, str::to_lowercase),
        ),
        Routine::new(
            Signature::new("toUpper", Family::Core)
                .param("string", Type::STRING)
                .returns(Returns::NeverNull(Type::STRING))
                .doc("The text in upper-case letters.")
                .example("return toUpper(\"Pier 3\");", "PIER 3"),
            |cx, arguments| change_case(cx, arguments, str::to_uppercase),
        ),
        Routine::new(
            of_text("trim")
                .returns(Returns::NeverNull(Type::STRING))
                .doc("The text without white space at its start and end.")
                .example("return \"[\" + trim(\"  low tide \") + \"]\";", "[low tide]"),
            |cx, arguments| {
                let text = text(arguments, 0);
                charge(cx, text.len())?;
                part(cx, argument(arguments, 0), text.trim())
            },
        ),
        Routine::new(
            of_text("hashString")
                .returns(Returns::NeverNull(Type::STRING))
                .doc("A short text that is the same for equal texts, and nearly always differs for different ones.")
                .example("return hashString(\"tide\") == hashString(\"ti\" + \"de\");", "true"),
            hash,
        ),
    ]
}

/// Pays for looking at so many bytes.
fn charge(cx: &mut Context<'_>, bytes: usize) -> Result<(), Fault> {
    Ok(cx.budget.charge((bytes as u64).div_euclid(64).saturating_add(1))?)
}

/// A part of a text argument as a value; the argument itself when nothing is missing.
fn part(cx: &mut Context<'_>, whole: &Value, part: &str) -> Result<Value, Fault> {
    match whole {
        Value::Text(text) if text.len() == part.len() => Ok(whole.clone()),
        _ => {
            charge(cx, part.len())?;
            cx.conv().copy_text(part)
        }
    }
}

fn chop(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let whole = argument(arguments, 0);
    let Some(number) = number(arguments, 1) else { return Ok(Value::Null) };
    let Value::Text(text) = whole else { return Ok(Value::text("")) };
    let stop = usize::try_from(num_to_int(number)).unwrap_or(usize::MAX);
    cut(cx, whole, text, 0, stop)
}

fn substring(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let whole = argument(arguments, 0);
    let Value::Text(text) = whole else { return Ok(Value::text("")) };
    let position = |index, negative| {
        number(arguments, index).and_then(|number| usize::try_from(num_to_int(number)).ok()).unwrap_or(negative)
    };
    cut(cx, whole, text, position(1, 0), position(2, usize::MAX))
}

/// The characters that begin between two positions.
fn cut(cx: &mut Context<'_>, whole: &Value, text: &Text, start: usize, stop: usize) -> Result<Value, Fault> {
    charge(cx, text.distance(start))?;
    let (from, _) = text.byte_of(start);
    charge(cx, text.distance(stop))?;
    let (to, _) = text.byte_of(stop);
    part(cx, whole, text.as_str().get(from..to).unwrap_or(""))
}

fn find(
    cx: &mut Context<'_>,
    arguments: &[Value],
    found: fn(&str, &str, &Budget) -> Result<Option<usize>, LimitHit>,
) -> Result<Value, Fault> {
    let part = text(arguments, 1);
    let Value::Text(whole) = argument(arguments, 0) else {
        return Ok(if part.is_empty() { count(0) } else { Value::Num(-1.0) });
    };
    charge(cx, whole.len().saturating_add(part.len()))?;
    let byte = found(whole.as_str(), part, &cx.budget)?;
    Ok(byte.map_or(Value::Num(-1.0), |byte| count(whole.unit_of(byte))))
}

fn compare(cx: &mut Context<'_>, arguments: &[Value], holds: impl Fn(&str, &str) -> bool) -> Result<Value, Fault> {
    let (whole, part) = (text(arguments, 0), text(arguments, 1));
    charge(cx, whole.len().saturating_add(part.len()))?;
    Ok(Value::Bool(holds(whole, part)))
}

/// A fixed pattern that a whole text must match. One that did not compile would match nothing.
type Kind = LazyLock<Option<Regex>>;

static LETTERS: Kind = LazyLock::new(|| Regex::new(r"\A\p{L}+\z").ok());
static DIGITS: Kind = LazyLock::new(|| Regex::new(r"\A\p{Nd}+\z").ok());
static LETTERS_AND_DIGITS: Kind = LazyLock::new(|| Regex::new(r"\A[\p{L}\p{Nd}]+\z").ok());

fn all_are(cx: &mut Context<'_>, arguments: &[Value], kind: &Kind) -> Result<Value, Fault> {
    let text = text(arguments, 0);
    charge(cx, text.len().saturating_mul(4))?;
    let Some(kind) = kind.as_ref() else { return Ok(Value::Bool(false)) };
    let mut rest = text;
    let mut all = !rest.is_empty();
    while all && !rest.is_empty() {
        cx.budget.poll()?;
        let piece = first_piece(rest);
        all = kind.is_match(piece).unwrap_or(false);
        rest = rest.get(piece.len()..).unwrap_or("");
    }
    Ok(Value::Bool(all))
}

fn each_is(cx: &mut Context<'_>, arguments: &[Value], test: fn(char) -> bool) -> Result<Value, Fault> {
    let text = text(arguments, 0);
    charge(cx, text.len())?;
    Ok(Value::Bool(!text.is_empty() && text_pieces::all(text, test, &cx.budget)?))
}

/// Parts that are measured, paid for and copied at once, and bytes from which on there are no more of them.
const BATCH: usize = 16;
const BATCH_BYTES: usize = 16 << 10;

/// What copying a part costs.
fn price(part: &str) -> u64 {
    (part.len() as u64).div_euclid(64).saturating_add(1)
}

fn join(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let delimiter = text(arguments, 1);
    let mut out = Draft::new();
    let Some(array) = array(arguments, 0) else { return Ok(Value::text("")) };
    let mut next = 0;
    while next < array.len() {
        let from = next;
        let (mut units, mut bytes) = (0u64, 0usize);
        let mut batch = [""; BATCH];
        let mut other = None;
        for slot in &mut batch {
            if next >= array.len() || bytes >= BATCH_BYTES || other.is_some() {
                break;
            }
            match array.value_ref(next) {
                Some(Value::Text(text)) => {
                    *slot = text.as_str();
                    units = units.saturating_add(price(slot));
                    bytes = bytes.saturating_add(slot.len());
                }
                Some(Value::Null) => {}
                _ => other = Some(to_text(&array.get(next).unwrap_or_default(), &mut cx.conv())?),
            }
            next = next.saturating_add(1);
            if next > 1 {
                units = units.saturating_add(price(delimiter));
                bytes = bytes.saturating_add(delimiter.len());
            }
        }
        cx.budget.charge(units)?;
        let other = other.as_ref().and_then(Value::as_str).unwrap_or("");
        out.reserve(bytes.saturating_add(other.len()), &cx.budget)?;
        for (index, part) in (from..next).zip(batch) {
            if index > 0 {
                out.push_str(delimiter);
            }
            out.push_str(part);
        }
        out.push_str(other);
    }
    Ok(Value::Text(out.finish(&cx.budget)?))
}

fn replace(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (whole, part) = (text(arguments, 0), bytes(arguments, 1));
    charge(cx, whole.len().saturating_add(part.len()))?;
    let occurs = match text_pieces::is_short(whole) {
        true => part.len() <= whole.len(),
        false => text_pieces::first(whole, text(arguments, 1), &cx.budget)?.is_some(),
    };
    if part.is_empty() || !occurs {
        return to_text(argument(arguments, 0), &mut cx.conv());
    }
    let mut places = text_pieces::Places::new(whole.as_bytes(), part);
    let mut next = places.next();
    if next.is_none() {
        return to_text(argument(arguments, 0), &mut cx.conv());
    }
    let with = text(arguments, 2);
    let each = price(with);
    let mut out = Draft::new();
    let mut batch = ArrayVec::<&str, BATCH>::new();
    // Behind the last occurrence.
    let mut from = 0;
    loop {
        let (mut units, mut bytes) = (0u64, 0usize);
        while let Some(place) = next
            && bytes < BATCH_BYTES
        {
            let piece = whole.get(from..place).unwrap_or("");
            if batch.try_push(piece).is_err() {
                break;
            }
            from = place.saturating_add(part.len());
            units = units.saturating_add(price(piece)).saturating_add(each);
            bytes = bytes.saturating_add(piece.len()).saturating_add(with.len());
            next = places.next();
        }
        let mut rest = "";
        if next.is_none() {
            rest = whole.get(from..).unwrap_or("");
            units = units.saturating_add(price(rest));
        }
        cx.budget.charge(units)?;
        out.reserve(bytes.saturating_add(rest.len()), &cx.budget)?;
        for piece in batch.drain(..) {
            out.push_str(piece);
            out.push_str(with);
        }
        out.push_str(rest);
        if next.is_none() {
            return Ok(Value::Text(out.finish(&cx.budget)?));
        }
    }
}

fn change_case(cx: &mut Context<'_>, arguments: &[Value], change: fn(&str) -> String) -> Result<Value, Fault> {
    let text = text(arguments, 0);
    charge(cx, text.len().saturating_mul(4))?;
    // Outside ASCII a character may become up to three.
    let most = if text.is_ascii() { text.len() } else { text.len().saturating_mul(3) };
    cx.budget.grow(most)?;
    let changed = text_pieces::change(text, change, &cx.budget)?;
    cx.conv().text(changed)
}

/// FNV-1a in 64 bits: the same on every machine and in every version.
fn hash(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let text = text(arguments, 0);
    charge(cx, text.len().saturating_mul(8))?;
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    Ok(Value::Text(Text::new(&format!("{hash:016x}"))))
}
