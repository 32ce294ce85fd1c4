//! What stands in a text literal (L-10).

use super::scan::shorten;
use crate::{
    diagnostics::{Diagnostic, Diagnostics, codes::syntax as codes},
    source::Span,
};
use std::borrow::Cow;

/// The text that a literal means. `literal` is what stands between the quotes, `start` the position of its first byte.
///
/// Unknown escapes stay as they are, with a warning. A line break counts as one line feed however it is written (L-1).
pub(super) fn decode<'a>(literal: &'a str, start: u32, diagnostics: &mut Diagnostics) -> Cow<'a, str> {
    if !literal.contains(['\\', '\r']) {
        return Cow::Borrowed(literal);
    }
    let mut out = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find(['\\', '\r']) {
        out.push_str(rest.get(..at).unwrap_or(""));
        let from = rest.get(at..).unwrap_or("");
        let offset = literal.len().saturating_sub(from.len());
        let position = start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        let used = match from.strip_prefix('\\') {
            Some(after) => escape(after, position, &mut out, diagnostics).saturating_add(1),
            None if from.starts_with("\r\n") => 1,
            None => {
                out.push('\r');
                1
            }
        };
        rest = from.get(used..).unwrap_or("");
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Reads what follows a backslash and gives the number of bytes read.
fn escape(after: &str, position: u32, out: &mut String, diagnostics: &mut Diagnostics) -> usize {
    let Some(c) = after.chars().next() else {
        out.push('\\');
        return 0;
    };
    let known = match c {
        '"' | '\\' | '\'' => Some(c),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        _ => None,
    };
    if let Some(known) = known {
        out.push(known);
        return 1;
    }
    if c == 'u'
        && let Some(unit) = code_unit(after)
    {
        return unicode(unit, after, position, out, diagnostics);
    }
    out.push('\\');
    out.push(c);
    let width = u32::try_from(c.len_utf8()).unwrap_or(1);
    let span = Span::new(position, position.saturating_add(1).saturating_add(width));
    if !c.is_control() {
        let message = format!("`\\{c}` is no escape, both characters stay");
        let found = Diagnostic::new(codes::UNKNOWN_ESCAPE, span, message);
        let slash = Span::new(position, position.saturating_add(1));
        let hint = format!("write `\\\\{c}` for a backslash and what follows it");
        diagnostics.push(found.hint(hint).fix(slash, "\\\\", true));
    }
    c.len_utf8()
}

/// `uXXXX`, and the second half of a pair if there is one.
fn unicode(unit: u16, after: &str, position: u32, out: &mut String, diagnostics: &mut Diagnostics) -> usize {
    let second = after.get(5..).and_then(|rest| rest.strip_prefix('\\')).and_then(code_unit);
    let mut decoded = char::decode_utf16([Some(unit), second].into_iter().flatten());
    match decoded.next() {
        Some(Ok(c)) => {
            out.push(c);
            if c.len_utf16() == 2 { 11 } else { 5 }
        }
        _ => {
            out.push(char::REPLACEMENT_CHARACTER);
            let written = shorten(after.get(..5).unwrap_or(""));
            let message = format!("`\\{written}` is half of a character and becomes U+FFFD");
            let found =
                Diagnostic::new(codes::LONE_SURROGATE, Span::new(position, position.saturating_add(6)), message);
            diagnostics.push(found.hint("characters beyond U+FFFF are written as two such escapes"));
            5
        }
    }
}

/// The code unit of `uXXXX`.
fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix('u')?.get(..4)?;
    let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}
