//! Texts in other clothes: base64, HTML, URLs, hashes.

use super::{hexadecimal, room, text};
use crate::{
    call::{Context, Routine},
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Fault, Value},
};
use base64::{
    DecodeError, Engine,
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
/// The same for base64: a multiple of three bytes, so that every piece but the last has no padding.
const PIECE: usize = 3 << 14;

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
                let packed = base64(cx, plain.as_bytes())?;
                cx.conv().text(packed)
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
                let mut bytes = Vec::with_capacity(encoded.len());
                let mut rest = encoded;
                while !rest.is_empty() {
                    cx.budget.poll()?;
                    // No cut through a percent form.
                    let mut piece = first_piece(rest);
                    if piece.len() < rest.len()
                        && let Some(at) = piece.rfind('%').filter(|at| at.saturating_add(3) > piece.len() && *at > 0)
                    {
                        piece = piece.get(..at).unwrap_or(piece);
                    }
                    bytes.extend(percent_decode_str(piece));
                    rest = rest.get(piece.len()..).unwrap_or("");
                }
                let decoded = lossy(bytes);
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

/// Base64, written piece by piece with a look at the limits before each. The caller has paid for it.
pub(super) fn base64(cx: &Context<'_>, bytes: &[u8]) -> Result<String, Fault> {
    let mut out = String::with_capacity(bytes.len().div_euclid(3).saturating_add(1).saturating_mul(4));
    for piece in bytes.chunks(PIECE) {
        cx.budget.poll()?;
        BASE64.encode_string(piece, &mut out);
    }
    Ok(out)
}

/// What base64 says, without white space in it, or nothing; read piece by piece as it is written.
pub(super) fn from_base64(cx: &Context<'_>, packed: &str) -> Result<Result<Vec<u8>, DecodeError>, Fault> {
    let mut out = Vec::with_capacity(packed.len());
    let mut start = 0usize;
    let pieces = packed.as_bytes().chunks(PIECE.saturating_mul(4));
    let last = pieces.len().saturating_sub(1);
    for (number, piece) in pieces.enumerate() {
        cx.budget.poll()?;
        // Padding stands at the very end.
        if let Some(at) = piece.iter().position(|byte| *byte == b'=').filter(|_| number < last) {
            return Ok(Err(DecodeError::InvalidByte(start.saturating_add(at), b'=')));
        }
        if let Err(error) = BASE64.decode_vec(piece, &mut out) {
            return Ok(Err(match error {
                DecodeError::InvalidByte(at, byte) => DecodeError::InvalidByte(start.saturating_add(at), byte),
                DecodeError::InvalidLastSymbol { offset, symbol, symbol_value } => {
                    DecodeError::InvalidLastSymbol { offset: start.saturating_add(offset), symbol, symbol_value }
                }
                error => error,
            }));
        }
        start = start.saturating_add(piece.len());
    }
    Ok(Ok(out))
}

/// The beginning of a text, about as long as what is worked on between two looks at the limits.
pub(super) fn first_piece(text: &str) -> &str {
    // A character has at most four bytes.
    (0..4).find_map(|back| text.get(..CHUNK.saturating_sub(back))).unwrap_or(text)
}

/// The text of bytes; a broken one becomes U+FFFD.
fn lossy(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}

/// What is wrong with a text that is no base64.
fn base64_fault(packed: &str, error: &DecodeError) -> String {
    match error {
        DecodeError::InvalidByte(at, _) => match packed.get(*at..).and_then(|rest| rest.chars().next()) {
            Some(character) => format!("`{character}` cannot stand there (character {})", at.saturating_add(1)),
            None => "it has a character that cannot stand there".to_owned(),
        },
        DecodeError::InvalidLength(_) => "its length is not that of whole groups of four characters".to_owned(),
        DecodeError::InvalidLastSymbol { .. } => "its last character says more than there is room for".to_owned(),
        DecodeError::InvalidPadding => "the `=` at its end are too few or too many".to_owned(),
    }
}

fn base64_decode(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let encoded = text(arguments, 0);
    // The text without white space, the bytes, and the text of them: a broken byte becomes a character of three.
    room(cx, encoded.len(), encoded.len().saturating_mul(4))?;
    let mut packed = String::with_capacity(encoded.len());
    let mut rest = encoded;
    while !rest.is_empty() {
        cx.budget.poll()?;
        let piece = first_piece(rest);
        packed.extend(piece.split_ascii_whitespace());
        rest = rest.get(piece.len()..).unwrap_or("");
    }
    let bytes = from_base64(cx, &packed)?;
    let bytes =
        bytes.map_err(|error| Fault::routine(format!("the text is no base64: {}", base64_fault(&packed, &error))))?;
    let decoded = lossy(bytes);
    cx.conv().text(decoded)
}

fn escape_html(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let plain = text(arguments, 0);
    let mut special = 0usize;
    for piece in plain.as_bytes().chunks(CHUNK) {
        cx.budget.poll()?;
        let found = piece.iter().filter(|byte| matches!(byte, b'"' | b'&' | b'<' | b'>')).count();
        special = special.saturating_add(found);
    }
    room(cx, plain.len(), plain.len().saturating_add(special.saturating_mul(5)))?;
    let mut out = String::with_capacity(plain.len());
    let mut rest = plain;
    let mut looked = 0usize;
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
        if out.len().saturating_sub(looked) > CHUNK {
            cx.budget.poll()?;
            looked = out.len();
        }
    }
    out.push_str(rest);
    cx.conv().text(out)
}

fn url_encode(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let plain = text(arguments, 0);
    room(cx, plain.len(), plain.len())?;
    let mut out = String::new();
    let mut looked = 0usize;
    for piece in utf8_percent_encode(plain, &NOT_IN_URLS) {
        if out.len().saturating_sub(looked) > CHUNK {
            cx.budget.poll()?;
            looked = out.len();
        }
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
