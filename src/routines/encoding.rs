//! Texts in other clothes: base64, HTML, URLs, hashes.

use super::{hexadecimal, room, text};
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Fault, Value},
};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Writes padding, and reads texts with and without.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What may not stand in a URL. Punctuation that means something there is left alone.
const NOT_IN_URLS: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Bytes that are worked on between two looks at the limits.
const CHUNK: usize = 64 << 10;

pub(super) fn routines() -> Vec<Routine> {
    let core = |name: &'static str| Signature::new(name, Family::Core).returns(Returns::Is(Type::STRING));
    vec![
        Routine::new(
            core("base64Encode")
                .param("textToEncode", Type::STRING)
                .doc("The UTF-8 bytes of a text as base64, with padding.")
                .example("return base64Encode(\"Low tide\");", "TG93IHRpZGU="),
            |cx, arguments| {
                let plain = text(arguments, 0);
                room(cx, plain.len(), plain.len().div_ceil(3).saturating_mul(4))?;
                cx.conv().text(BASE64.encode(plain))
            },
        ),
        Routine::new(
            core("base64Decode")
                .param("textToDecode", Type::STRING)
                .doc(
                    "The text whose UTF-8 bytes were written as base64. White space and missing padding do not matter; \
                     bytes that are no UTF-8 become U+FFFD.",
                )
                .example("return base64Decode(\"TG93IHRpZGU=\");", "Low tide"),
            base64_decode,
        ),
        Routine::new(
            core("escapeHtml")
                .param("html", Type::STRING)
                .doc("The text with `\"`, `&`, `<` and `>` as HTML entities.")
                .example("return escapeHtml(\"a < b & c\");", "a &lt; b &amp; c"),
            escape_html,
        ),
        Routine::new(
            core("urlEncode")
                .param("textToEncode", Type::STRING)
                .doc(
                    "Replaces what may not stand in a URL, percent signs included, by the percent forms of its UTF-8 \
                     bytes. Punctuation of URLs stays.",
                )
                .example(
                    "return urlEncode(\"http://port.example/low tide?h=1 m\");",
                    "http://port.example/low%20tide?h=1%20m",
                ),
            url_encode,
        ),
        Routine::new(
            core("urlDecode")
                .param("textToDecode", Type::STRING)
                .doc("Replaces percent forms by what they stand for, as UTF-8. A `+` stays, and so does a broken form.")
                .example("return urlDecode(\"low%20tide+1\");", "low tide+1"),
            |cx, arguments| {
                let encoded = text(arguments, 0);
                // A broken byte becomes a character of three.
                room(cx, encoded.len(), encoded.len().saturating_add(encoded.matches('%').count()))?;
                let decoded = percent_decode_str(encoded).decode_utf8_lossy().into_owned();
                cx.conv().text(decoded)
            },
        ),
        Routine::new(
            core("hashString")
                .param("str", Type::STRING)
                .doc("A hash of a text: SHA-256 of its UTF-8 bytes, hexadecimal in small letters.")
                .example(
                    "return hashString(\"a\") == hashString(\"a\"), hashString(\"a\") == hashString(\"b\");",
                    "true|false",
                ),
            |cx, arguments| {
                let mut hash = Sha256::new();
                chunks(text(arguments, 0).as_bytes(), cx, &mut |chunk| hash.update(chunk))?;
                Ok(Value::text(&hexadecimal(&hash.finalize())))
            },
        ),
    ]
}

/// Gives bytes to a hash piece by piece, paying for each piece first.
pub(super) fn chunks(bytes: &[u8], cx: &mut Context<'_>, take: &mut dyn FnMut(&[u8])) -> Result<(), Fault> {
    for chunk in bytes.chunks(CHUNK) {
        cx.budget.charge((chunk.len() as u64).div_euclid(16).saturating_add(1))?;
        take(chunk);
    }
    Ok(())
}

fn base64_decode(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let encoded = text(arguments, 0);
    // The text without white space, the bytes, and the text of them: a broken byte becomes a character of three.
    room(cx, encoded.len(), encoded.len().saturating_mul(4))?;
    let packed: String = encoded.split_ascii_whitespace().collect();
    let bytes = BASE64.decode(packed).map_err(|error| Fault::routine(format!("the text is no base64: {error}")))?;
    let decoded = match String::from_utf8(bytes) {
        Ok(decoded) => decoded,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    cx.conv().text(decoded)
}

fn escape_html(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let plain = text(arguments, 0);
    let special = plain.bytes().filter(|byte| matches!(byte, b'"' | b'&' | b'<' | b'>')).count();
    room(cx, plain.len(), plain.len().saturating_add(special.saturating_mul(5)))?;
    let mut out = String::with_capacity(plain.len());
    let mut rest = plain;
    while let Some(at) = rest.find(['"', '&', '<', '>']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let mut characters = from.chars();
        out.push_str(match characters.next() {
            Some('"') => "&quot;",
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            _ => "&gt;",
        });
        rest = characters.as_str();
    }
    out.push_str(rest);
    cx.conv().text(out)
}

fn url_encode(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let plain = text(arguments, 0);
    room(cx, plain.len(), plain.len())?;
    let mut out = String::new();
    for piece in utf8_percent_encode(plain, &NOT_IN_URLS) {
        // Most texts do not grow; those that do ask piece by piece.
        if out.len().saturating_add(piece.len()) > out.capacity() {
            let wanted = out.capacity().saturating_mul(2).max(out.len().saturating_add(piece.len()));
            room(cx, 0, wanted)?;
            out.reserve(wanted.saturating_sub(out.len()));
        }
        out.push_str(piece);
    }
    cx.conv().text(out)
}
