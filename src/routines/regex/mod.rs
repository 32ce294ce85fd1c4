//! Regular expressions, in the pattern language of Java. A faulty pattern, or one with a construct that cannot be
//! translated, is an error that a catch-all takes; a search that is too much work ends the run.

mod escape;
mod pattern;
mod replacement;
mod set;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::string_slice, reason = "a test stops at the first surprise")]
mod tests;
mod translate;

use super::{argument, bytes, count, text, text_pieces::poll_for};
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Array, Fault, Value, append, to_text},
};
use arrayvec::ArrayVec;
pub(super) use pattern::Search;
use pattern::{PlainSearch, SHORT_LITERAL, cut, is_literal, literal};
use replacement::Part;
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    let of = |name: &'static str, text: &'static str| {
        Signature::new(name, Family::Core).param(text, Type::STRING).param("regex", Type::STRING)
    };
    vec![
        Routine::new(
            of("matches", "string")
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc("Whether the whole text matches a pattern.")
                .example("return matches(\"box 7\", \"box\"), matches(\"box 7\", \"box.*\");", "false|true"),
            |cx, arguments| Ok(Value::Bool(search(cx, arguments, true)?.matches(cx)?)),
        ),
        Routine::new(
            of("matchStart", "input")
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("The position of the first match in a text, or -1.")
                .example("return matchStart(\"see p. 31\", \"\\\\d+\");", "7"),
            |cx, arguments| place(cx, arguments, |(start, _)| start),
        ),
        Routine::new(
            of("matchEnd", "input")
                .returns(Returns::NeverNull(Type::NUMBER))
                .doc("The position behind the first match in a text, or -1.")
                .example("return matchEnd(\"see p. 31\", \"\\\\d+\");", "9"),
            |cx, arguments| place(cx, arguments, |(_, end)| end),
        ),
        Routine::new(
            of("matchText", "input")
                .returns(Returns::Is(Type::STRING))
                .doc("The first matched text, or null.")
                .example("return matchText(\"see p. 31\", \"\\\\d+\");", "31"),
            |cx, arguments| {
                let whole = text(arguments, 0);
                match search(cx, arguments, false)?.next(cx)? {
                    Some((start, end)) => cx.conv().copy_text(whole.get(start..end).unwrap_or("")),
                    None => Ok(Value::Null),
                }
            },
        ),
        Routine::new(
            Signature::new("matchReplace", Family::Core)
                .param("source", Type::STRING)
                .param("target", Type::STRING)
                .param("replacement", Type::STRING)
                .returns(Returns::NeverNull(Type::STRING))
                .doc(
                    "The text with every match replaced. In the replacement `$1` and `${name}` stand for what a group \
                     matched, `\\$` for a dollar sign.",
                )
                .example("return matchReplace(\"2b or not 2b\", \"[0-9]\", \"to \");", "to b or not to b"),
            replace,
        ),
        Routine::new(
            of("allMatches", "input")
                .returns(Returns::Is(Type::STRINGS))
                .doc("Every match: the matched text, then what its groups matched, one match after the other.")
                .example(
                    "string[] g = allMatches(\"W=80 H=25\", \"W=(.*) H=(.*)\"); return g[1] + \"x\" + g[2];",
                    "80x25",
                ),
            all_matches,
        ),
        Routine::new(
            of("split", "str")
                .returns(Returns::Is(Type::STRINGS))
                .doc(
                    "The parts of a text between the matches of a pattern. Empty parts at the end, and one at the \
                     start, are left out.",
                )
                .example("return split(\"9:ink8:pen\", \"[0-9]:\");", "ink|pen"),
            split,
        ),
    ]
}

/// The search that the first two arguments describe.
fn search<'a>(cx: &mut Context<'_>, arguments: &'a [Value], whole: bool) -> Result<Search<'a>, Fault> {
    Search::new(cx, text(arguments, 0), text(arguments, 1), whole)
}

/// One end of the first match, in units.
fn place(cx: &mut Context<'_>, arguments: &[Value], end: fn((usize, usize)) -> usize) -> Result<Value, Fault> {
    let Some(found) = search(cx, arguments, false)?.next(cx)? else { return Ok(Value::Num(-1.0)) };
    Ok(count(match argument(arguments, 0) {
        Value::Text(text) => text.unit_of(end(found)),
        _ => 0,
    }))
}

fn replace(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let whole = text(arguments, 0);
    let mut search = search(cx, arguments, false)?;
    let mut parts = None;
    let mut out = String::new();
    let mut copied = 0;
    while let Some(found) = search.next_captures(cx)? {
        let parts = match &mut parts {
            Some(parts) => parts,
            none => {
                cx.budget.charge((text(arguments, 2).len() as u64).div_euclid(16))?;
                let read = replacement::read(text(arguments, 2), &search.pattern().groups);
                none.insert(read.map_err(|problem| {
                    let shown = cut(text(arguments, 2));
                    Fault::routine(format!("faulty replacement `{shown}`: {problem}"))
                })?)
            }
        };
        let Some(place) = found.get(0) else { break };
        let mut conv = cx.conv();
        append(&mut out, whole.get(copied..place.start()).unwrap_or(""), &mut conv)?;
        for part in &*parts {
            match part {
                Part::Text(text) => append(&mut out, text, &mut conv)?,
                Part::Group(group) => {
                    append(&mut out, found.get(*group).map_or("", |group| group.as_str()), &mut conv)?
                }
            }
        }
        copied = place.end();
    }
    if parts.is_none() {
        return to_text(argument(arguments, 0), &mut cx.conv());
    }
    append(&mut out, whole.get(copied..).unwrap_or(""), &mut cx.conv())?;
    out.shrink_to_fit();
    cx.conv().text(out)
}

fn all_matches(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let mut search = search(cx, arguments, false)?;
    let mut all = Array::new(Type::STRING);
    while let Some(found) = search.next_captures(cx)? {
        for group in 0..found.len() {
            let value = match found.get(group) {
                Some(part) => {
                    cx.budget.charge((part.as_str().len() as u64).div_euclid(64).saturating_add(1))?;
                    cx.conv().copy_text(part.as_str())?
                }
                None => Value::Null,
            };
            all.push(value, &cx.budget)?;
        }
    }
    Ok(Value::Array(Rc::new(all)))
}

fn split(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let whole = text(arguments, 0);
    // Most patterns are mere text, which needs no engine.
    let pattern = bytes(arguments, 1);
    if (1..=SHORT_LITERAL).contains(&pattern.len()) {
        if is_literal(pattern) {
            return split_by(cx, whole, pattern.len(), pattern);
        }
        if let Some(literal) = literal(text(arguments, 1)) {
            return split_by(cx, whole, pattern.len(), literal.as_bytes());
        }
    }
    let mut search = search(cx, arguments, false)?;
    parts(cx, whole, 0, |cx| search.next(cx))
}

fn split_by(cx: &mut Context<'_>, whole: &str, pattern: usize, literal: &[u8]) -> Result<Value, Fault> {
    let mut search = PlainSearch::new(cx, whole, pattern, literal)?;
    parts(cx, whole, search.price, |_| Ok(search.next()))
}

/// The parts of a text between places, for what each place costs that is not paid for by finding it.
fn parts(
    cx: &mut Context<'_>,
    whole: &str,
    price: u64,
    mut next: impl FnMut(&mut Context<'_>) -> Result<Option<(usize, usize)>, Fault>,
) -> Result<Value, Fault> {
    let mut parts = Parts { whole, array: Array::new(Type::STRING), batch: ArrayVec::new(), units: 0 };
    // Empty parts wait: only a later one that is not empty makes them count.
    let mut empty = 0usize;
    let mut from = 0;
    let mut first = true;
    loop {
        let found = next(cx)?;
        parts.owe(price, cx)?;
        let (start, end) = match found {
            // An empty match at the start cuts nothing off.
            Some((0, 0)) => continue,
            Some(place) => place,
            None => (whole.len(), whole.len()),
        };
        let part = whole.get(from..start).unwrap_or("");
        // Without a cut the text is the only part, even if it is empty.
        let uncut = first && found.is_none();
        if part.is_empty() && !uncut {
            if !first {
                empty = empty.saturating_add(1);
            }
        } else {
            for _ in 0..std::mem::take(&mut empty) {
                parts.push("", cx)?;
            }
            parts.push(part, cx)?;
        }
        if found.is_none() {
            parts.store(cx)?;
            return Ok(Value::Array(Rc::new(parts.array)));
        }
        first = false;
        from = end;
    }
}

/// Parts that are stored at once; a part of more bytes than these is the first of those.
const BATCH: usize = 16;
const LONG: usize = 1 << 10;
/// Units of fuel that are owed at most before a part is looked at.
const OWED: u64 = 64;

/// An array of parts, the last of which wait until they are stored together.
struct Parts<'t> {
    whole: &'t str,
    array: Array,
    batch: ArrayVec<&'t str, BATCH>,
    /// Units of fuel that are not paid yet.
    units: u64,
}

impl<'t> Parts<'t> {
    #[inline]
    fn owe(&mut self, units: u64, cx: &mut Context<'_>) -> Result<(), Fault> {
        self.units = self.units.saturating_add(units);
        if self.units > OWED { self.pay(cx) } else { Ok(()) }
    }

    #[inline(never)]
    fn pay(&mut self, cx: &mut Context<'_>) -> Result<(), Fault> {
        poll_for(self.whole, &cx.budget)?;
        Ok(cx.budget.charge(std::mem::take(&mut self.units))?)
    }

    #[inline]
    fn push(&mut self, part: &'t str, cx: &mut Context<'_>) -> Result<(), Fault> {
        self.owe((part.len() as u64).div_euclid(64).saturating_add(1), cx)?;
        if self.batch.is_full() || part.len() > LONG {
            self.store(cx)?;
        }
        self.batch.push(part);
        Ok(())
    }

    #[inline(never)]
    fn store(&mut self, cx: &mut Context<'_>) -> Result<(), Fault> {
        self.pay(cx)?;
        self.array.push_texts(&self.batch, &cx.budget)?;
        self.batch.clear();
        Ok(())
    }
}
