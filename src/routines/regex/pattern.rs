//! Compiled patterns, kept during a run, and the search for their matches.
//!
//! What bounds the work, since the engine does not look at the deadline while it searches:
//!
//! - A pattern without look-around, back-references and groups that do not give back takes linear time: its weight
//!   times the text is limited.
//! - Any other pattern is tried place by place, and the deadline is looked at between two tries. A try has a limited
//!   number of ways back. There are fewer of them when each may run over the text, as a look-ahead with `.*` does,
//!   and where such parts are repeated without limit the text is limited too.
//!
//! Together that is about a third of a second for the most hostile search or try; fair ones take microseconds.

use super::super::text_pieces::{Places, find, poll_for};
use super::{
    set::LINE_TERMINATORS,
    translate::{Faulty, translate},
};
use crate::{
    call::Context,
    limits::{LimitHit, LimitKind, memory},
    value::Fault,
};
use fancy_regex::{Captures, Error, Regex, RegexBuilder, RegexInput};
use std::{borrow::Cow, rc::Rc};

/// Bytes of a pattern.
const PATTERN: usize = 16 << 10;
/// Weight of a pattern times bytes of a text.
const STEPS: u64 = 1 << 26;
/// Bytes of a text for a pattern that is tried place by place.
const TRIED_TEXT: usize = 1 << 20;
/// Bytes that one try may run over.
const TRY: u64 = 1 << 27;
/// Least and most ways back of one try.
const WAYS_BACK: (u64, u64) = (64, 250_000);
/// Compiled patterns kept at once.
const KEPT: usize = 64;
/// Bytes that the engine may take for one automaton.
const AUTOMATON: usize = 1 << 20;

/// Native stack that compiling a pattern of the deepest nesting may take, in bytes.
const COMPILER_STACK: usize = 1 << 20;

/// A compiled pattern.
pub(in crate::routines) struct Pattern {
    regex: Regex,
    /// What it matches, if that is one text only.
    literal: Option<Box<str>>,
    /// Names of the groups, the whole match left out.
    pub groups: Vec<Option<Box<str>>>,
    backtracks: bool,
    weight: u64,
    scans: u64,
    repeats_scans: bool,
    ways_back: u64,
    /// Bytes counted as live.
    counted: usize,
}

impl Drop for Pattern {
    fn drop(&mut self) {
        memory::sub(self.counted);
    }
}

/// What is compiled: the same pattern is needed in several forms.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    pattern: Box<str>,
    /// It must match the whole text.
    whole: bool,
    /// The text ends with a line terminator.
    line_end: bool,
    /// Size of the text as a power of two, which sets the ways back.
    size: u32,
}

/// The patterns of a run, in the order they were compiled.
#[derive(Default)]
struct Kept {
    patterns: Vec<(Key, Rc<Pattern>)>,
}

/// The pattern for a text, compiled unless it is kept.
///
/// # Errors
/// The pattern is faulty or too large, or a limit.
pub(super) fn prepare(cx: &mut Context<'_>, pattern: &str, whole: bool, text: &str) -> Result<Rc<Pattern>, Fault> {
    if pattern.len() > PATTERN {
        return Err(Fault::routine(format!("a pattern of more than {PATTERN} bytes")));
    }
    cx.budget.charge((pattern.len() as u64).div_euclid(16).saturating_add(1))?;
    let line_end = text.ends_with(LINE_TERMINATORS);
    let size = text.len().max(1).next_power_of_two().min(TRIED_TEXT).trailing_zeros();
    let kept = cx.state.get::<Kept>();
    let found = kept.patterns.iter().find(|(key, known)| {
        *key.pattern == *pattern
            && key.whole == whole
            && key.line_end == line_end
            && (key.size == size || !known.backtracks)
    });
    if let Some((_, found)) = found {
        return Ok(Rc::clone(found));
    }
    let compile = || compile(cx, pattern, whole, line_end, size);
    let compiled = Rc::new(stacker::maybe_grow(COMPILER_STACK, COMPILER_STACK.saturating_mul(4), compile)?);
    let kept = cx.state.get::<Kept>();
    if kept.patterns.len() >= KEPT {
        kept.patterns.remove(0);
    }
    kept.patterns.push((Key { pattern: pattern.into(), whole, line_end, size }, Rc::clone(&compiled)));
    Ok(compiled)
}

fn compile(cx: &mut Context<'_>, pattern: &str, whole: bool, line_end: bool, size: u32) -> Result<Pattern, Fault> {
    // Translating walks over the pattern once and makes sets of characters.
    cx.budget.charge((pattern.len() as u64).saturating_mul(16).saturating_add(64))?;
    let translated = translate(pattern, line_end).map_err(|Faulty { at, what }| {
        Fault::routine(format!("faulty pattern `{}`: {what} (character {at})", cut(pattern)))
    })?;
    let text = if whole { format!("\\A(?:{})\\z", translated.text) } else { translated.text };
    let weight = translated.weight;
    let units = (text.len() as u64).saturating_add(weight as u64).saturating_mul(8);
    cx.budget.charge(units)?;
    let counted = (32_usize << 10).saturating_add(weight.saturating_add(text.len()).saturating_mul(64));
    cx.budget.grow(counted)?;
    // What one way back may cost.
    let each = match translated.scans {
        0 => weight as u64,
        scans => 1u64.checked_shl(size).unwrap_or(u64::MAX).saturating_mul(scans as u64),
    };
    let ways_back = TRY.checked_div(each).unwrap_or(0).clamp(WAYS_BACK.0, WAYS_BACK.1);
    let regex = RegexBuilder::new(&text)
        .backtrack_limit(usize::try_from(ways_back).unwrap_or(usize::MAX))
        .delegate_size_limit(AUTOMATON)
        .delegate_dfa_size_limit(AUTOMATON)
        .delegate_dfa_skip_cache_capacity_check(false)
        .max_prog_size(1 << 17)
        // Without this `\G` cannot be told that it does not hold; with it `\A` and `\z` need ways back.
        .allow_input_assertion_overrides(translated.continues)
        .build()
        .map_err(|error| refused(pattern, &error))?;
    memory::add(counted);
    Ok(Pattern {
        regex,
        literal: if whole { None } else { literal(pattern).map(|literal| literal.into()) },
        groups: translated.groups,
        backtracks: translated.backtracks,
        weight: weight as u64,
        scans: translated.scans as u64,
        repeats_scans: translated.repeats_scans,
        ways_back,
        counted,
    })
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'.' | b'[' | b']' | b'{' | b'}' | b'(' | b')' | b'*' | b'+' | b'?' | b'^' | b'$' | b'|')
}

/// Whether a pattern that is not empty stands for itself.
pub(super) fn is_literal(pattern: &[u8]) -> bool {
    !pattern.iter().any(|&byte| byte == b'\\' || is_special(byte))
}

/// The only text that a pattern matches, if it says so without special characters: most patterns of `split` do.
pub(super) fn literal(pattern: &str) -> Option<Cow<'_, str>> {
    if pattern.is_empty() || pattern.len() > PATTERN {
        return None;
    }
    if is_literal(pattern.as_bytes()) {
        return Some(Cow::Borrowed(pattern));
    }
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(rest.next().filter(char::is_ascii_punctuation)?),
            c if u8::try_from(c).is_ok_and(is_special) => return None,
            c => text.push(c),
        }
    }
    Some(Cow::Owned(text))
}

/// Bytes of a pattern that is not compiled when it is mere text.
pub(super) const SHORT_LITERAL: usize = 64;

/// Where the mere text that a pattern stands for occurs, as [`Search`] finds it.
pub(super) struct PlainSearch<'t> {
    places: Places<'t>,
    /// Bytes of the mere text.
    width: usize,
    /// What each search costs, the last one too that finds nothing; the caller pays it.
    pub price: u64,
}

impl<'t> PlainSearch<'t> {
    /// Prepares a search for the price of [`Search::new`] but for that of compiling; `literal` is what a pattern of so
    /// many bytes stands for.
    pub fn new(cx: &mut Context<'_>, text: &'t str, pattern: usize, literal: &'t [u8]) -> Result<Self, Fault> {
        let length = text.len() as u64;
        // Bytes that begin a character.
        let characters = literal.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let steps = length.saturating_mul(characters as u64);
        let looked_at = (pattern as u64).div_euclid(16).saturating_add(1);
        if steps > STEPS {
            cx.budget.charge(looked_at)?;
            return Err(hit(STEPS, steps));
        }
        let prepared = length.div_euclid(64).saturating_add(steps.div_euclid(1024));
        cx.budget.charge(looked_at.saturating_add(prepared))?;
        Ok(Self { places: Places::new(text.as_bytes(), literal), width: literal.len(), price: price(text, false) })
    }
}

impl Iterator for PlainSearch<'_> {
    type Item = (usize, usize);

    /// The place of the next match, in bytes.
    #[inline]
    fn next(&mut self) -> Option<(usize, usize)> {
        let start = self.places.next()?;
        Some((start, start.saturating_add(self.width)))
    }
}

/// What one search or try costs.
fn price(text: &str, scans: bool) -> u64 {
    let each = if scans { 1 << 14 } else { 1 << 16 };
    (text.len() as u64).div_euclid(each).saturating_add(1)
}

/// What the engine does not take. Syntax errors were found before.
#[cold]
fn refused(pattern: &str, error: &Error) -> Fault {
    let reason = match error {
        Error::CompileError(error) => match &**error {
            fancy_regex::CompileError::InnerError(_) | fancy_regex::CompileError::PatternTooComplex => {
                "it is too large".to_owned()
            }
            fancy_regex::CompileError::LookBehindNotConst | fancy_regex::CompileError::DfaBuildError(..) => {
                "what stands in its look-behind has no obvious greatest length".to_owned()
            }
            other => other.to_string(),
        },
        other => other.to_string(),
    };
    Fault::routine(format!("faulty pattern `{}`: {reason}", cut(pattern)))
}

/// A pattern for a message: at most sixty characters, on one line.
pub(super) fn cut(pattern: &str) -> String {
    let mut shown: String = pattern.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if pattern.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

/// The matches of a pattern in a text, one after the other as Java finds them: the next search begins where the last
/// match ended, one character further if that was empty.
pub(in crate::routines) struct Search<'t> {
    pattern: Rc<Pattern>,
    text: &'t str,
    at: usize,
    /// The last match was empty, so `\G` does not hold at `at`.
    apart: bool,
    done: bool,
}

impl<'t> Search<'t> {
    /// Prepares a search; `whole` for a match of the whole text.
    pub fn new(cx: &mut Context<'_>, text: &'t str, pattern: &str, whole: bool) -> Result<Self, Fault> {
        let pattern = prepare(cx, pattern, whole, text)?;
        let length = text.len() as u64;
        let steps = length.saturating_mul(pattern.weight);
        if steps > STEPS {
            return Err(hit(STEPS, steps));
        }
        if pattern.backtracks {
            if text.len() > TRIED_TEXT {
                return Err(hit(TRIED_TEXT as u64, length));
            }
            let run_over = length.saturating_mul(length).saturating_mul(pattern.scans);
            if pattern.repeats_scans && run_over > TRY {
                return Err(hit(TRY, run_over));
            }
            // What is remembered for the ways back, which the engine does not count.
            cx.budget.grow(text.len().saturating_mul(64))?;
        }
        cx.budget.charge(length.div_euclid(64).saturating_add(steps.div_euclid(1024)))?;
        Ok(Self { pattern, text, at: 0, apart: false, done: false })
    }

    /// The pattern.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Whether the whole text matches.
    pub fn matches(&self, cx: &mut Context<'_>) -> Result<bool, Fault> {
        self.pay(cx)?;
        let input = RegexInput::new(self.text).anchored(true);
        let found = self.pattern.regex.find_input(input).map_err(|error| self.failed(&error))?;
        Ok(found.is_some())
    }

    /// The place of the next match, in bytes.
    pub fn next(&mut self, cx: &mut Context<'_>) -> Result<Option<(usize, usize)>, Fault> {
        if let Some(literal) = &self.pattern.literal
            && !self.done
        {
            self.pay(cx)?;
            let found = self.text.get(self.at..).and_then(|rest| find(rest, literal));
            let place = |found: usize| {
                let start = self.at.saturating_add(found);
                (start, start.saturating_add(literal.len()))
            };
            let found = found.map(place);
            return Ok(found.inspect(|&(start, end)| self.advance(start, end)));
        }
        let regex = |pattern: &Pattern, input: RegexInput<'t, str>| {
            Ok(pattern.regex.find_input(input)?.map(|found| (found.start(), found.end())))
        };
        let found = self.search(cx, regex)?;
        Ok(found.inspect(|&(start, end)| self.advance(start, end)))
    }

    /// The next match with its groups.
    pub fn next_captures(&mut self, cx: &mut Context<'_>) -> Result<Option<Captures<'t, str>>, Fault> {
        let found = self.search(cx, |pattern, input| pattern.regex.captures_input(input))?;
        if let Some(whole) = found.as_ref().and_then(|found| found.get(0)) {
            self.advance(whole.start(), whole.end());
        }
        Ok(found)
    }

    fn search<T>(
        &self,
        cx: &mut Context<'_>,
        run: impl Fn(&Pattern, RegexInput<'t, str>) -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Fault> {
        if self.done {
            return Ok(None);
        }
        let mut at = self.at;
        let mut apart = self.apart;
        loop {
            self.pay(cx)?;
            let input = RegexInput::new(self.text)
                .from_pos(at)
                .anchored(self.pattern.backtracks)
                .continue_from_previous_match_end(!apart);
            let found = run(&self.pattern, input).map_err(|error| self.failed(&error))?;
            if found.is_some() || !self.pattern.backtracks || at >= self.text.len() {
                return Ok(found);
            }
            at = self.behind(at);
            apart = true;
        }
    }

    fn advance(&mut self, start: usize, end: usize) {
        self.apart = start == end;
        self.at = if self.apart { self.behind(end) } else { end };
        self.done = self.at > self.text.len();
    }

    /// The place behind the next character; behind the end at the end.
    fn behind(&self, at: usize) -> usize {
        let next = self.text.get(at..).and_then(|rest| rest.chars().next());
        at.saturating_add(next.map_or(1, char::len_utf8))
    }

    /// Pays for one search or try. The engine does not look at the clock, so it is done here.
    fn pay(&self, cx: &mut Context<'_>) -> Result<(), Fault> {
        cx.budget.charge(price(self.text, self.pattern.scans > 0))?;
        // Ways back may take long in a short text too.
        if self.pattern.backtracks { cx.budget.poll() } else { poll_for(self.text, &cx.budget) }.map_err(Fault::from)
    }

    #[cold]
    fn failed(&self, error: &Error) -> Fault {
        match error {
            Error::RuntimeError(_) => {
                let limit = self.pattern.ways_back;
                hit(limit, limit.saturating_add(1))
            }
            error => Fault::internal(format!("the engine of patterns: {error}")),
        }
    }
}

#[cold]
fn hit(limit: u64, used: u64) -> Fault {
    Fault::from(LimitHit { kind: LimitKind::Regex, limit, used })
}
