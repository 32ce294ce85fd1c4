//! Charsets by the names that Java knows them by.
//!
//! The tables come from the web's encodings, which read some names more widely than Java does; those few are done here.

use crate::{call::Context, value::Fault};
use encoding_rs::{CoderResult, EncoderResult, Encoding, UTF_8};

/// Bytes worked on between two looks at the limits.
const CHUNK: usize = 256 << 10;

/// How texts are written as bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Charset {
    /// ISO-8859-1, one byte for one of the first 256 characters.
    Latin1,
    /// The first 128 characters.
    Ascii,
    /// Two bytes for each UTF-16 unit. Without a fixed order a mark tells it, and big end first is written.
    Utf16(Option<Order>),
    /// One of the web's.
    Table(&'static Encoding),
}

/// Which byte of two comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    Big,
    Little,
}

impl Charset {
    /// The charset of a name; UTF-8 for none.
    ///
    /// # Errors
    /// Nothing is known under this name.
    pub(super) fn named(name: &str) -> Result<Self, Fault> {
        let name = name.trim();
        let known = match name.to_ascii_uppercase().as_str() {
            "" => Some(Self::Table(UTF_8)),
            "ISO-8859-1" | "ISO8859-1" | "ISO8859_1" | "ISO_8859_1" | "ISO_8859-1" | "LATIN1" | "L1" => {
                Some(Self::Latin1)
            }
            "US-ASCII" | "ASCII" | "ISO646-US" => Some(Self::Ascii),
            "UTF-16" | "UTF16" | "UTF_16" => Some(Self::Utf16(None)),
            "UTF-16BE" => Some(Self::Utf16(Some(Order::Big))),
            "UTF-16LE" => Some(Self::Utf16(Some(Order::Little))),
            "UTF8" | "UTF_8" => Some(Self::Table(UTF_8)),
            "CP1252" | "CP1250" | "CP1251" => {
                Encoding::for_label(format!("windows-{}", name.get(2..).unwrap_or("")).as_bytes()).map(Self::Table)
            }
            _ => Encoding::for_label_no_replacement(name.as_bytes()).map(Self::Table),
        };
        known.ok_or_else(|| Fault::routine(format!("`{name}` is no known charset")))
    }

    /// The text of bytes; what is malformed becomes U+FFFD, and a mark of UTF-8 at the start is left out.
    pub(super) fn decode(self, bytes: Vec<u8>, cx: &mut Context<'_>) -> Result<String, Fault> {
        cx.budget.charge(units(bytes.len()))?;
        match self {
            Self::Table(table) if table == UTF_8 => utf8(bytes, cx),
            Self::Table(table) => decode_by_table(table, &bytes, cx),
            Self::Latin1 => decode_bytes(&bytes, cx, char::from),
            Self::Ascii => {
                decode_bytes(
                    &bytes,
                    cx,
                    |byte| if byte.is_ascii() { char::from(byte) } else { char::REPLACEMENT_CHARACTER },
                )
            }
            Self::Utf16(order) => decode_utf16(&bytes, order, cx),
        }
    }

    /// The bytes of a text; a character that the charset lacks becomes `?`.
    pub(super) fn encode(self, text: &str, cx: &mut Context<'_>) -> Result<Vec<u8>, Fault> {
        // No charset here takes more bytes for a character than UTF-8 takes plus four.
        cx.budget.grow(text.len().saturating_mul(2))?;
        let mut out = Vec::with_capacity(text.len());
        if let Self::Utf16(None) = self {
            out.extend_from_slice(&[0xfe, 0xff]);
        }
        let mut rest = text;
        let mut table = match self {
            Self::Table(table) => Some(table.new_encoder()),
            _ => None,
        };
        while !rest.is_empty() {
            let (now, later) = rest.split_at(cut(rest));
            rest = later;
            cx.budget.charge(units(now.len()))?;
            cx.budget.grow(out.len().saturating_add(now.len().saturating_mul(2)))?;
            match (self, &mut table) {
                (_, Some(encoder)) => encode_by_table(encoder, now, rest.is_empty(), &mut out),
                (Self::Utf16(Some(Order::Little)), _) => out.extend(now.encode_utf16().flat_map(u16::to_le_bytes)),
                (Self::Utf16(_), _) => out.extend(now.encode_utf16().flat_map(u16::to_be_bytes)),
                (Self::Ascii, _) => out.extend(now.chars().map(|c| if c.is_ascii() { byte_of(c) } else { b'?' })),
                _ => out.extend(now.chars().map(byte_of)),
            }
        }
        Ok(out)
    }
}

/// Where a piece of at most [`CHUNK`] bytes ends.
fn cut(text: &str) -> usize {
    let mut at = text.len().min(CHUNK);
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

fn byte_of(c: char) -> u8 {
    u8::try_from(u32::from(c)).unwrap_or(b'?')
}

fn units(bytes: usize) -> u64 {
    u64::try_from(bytes / 64).unwrap_or(u64::MAX).saturating_add(1)
}

fn utf8(bytes: Vec<u8>, cx: &mut Context<'_>) -> Result<String, Fault> {
    cx.budget.grow(bytes.len())?;
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return decode_by_table(UTF_8, error.as_bytes(), cx),
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

fn decode_bytes(bytes: &[u8], cx: &mut Context<'_>, read: fn(u8) -> char) -> Result<String, Fault> {
    cx.budget.grow(bytes.len().saturating_mul(3))?;
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.chunks(CHUNK) {
        cx.budget.charge(units(chunk.len()))?;
        cx.budget.poll()?;
        text.extend(chunk.iter().map(|&byte| read(byte)));
    }
    Ok(text)
}

fn decode_utf16(bytes: &[u8], order: Option<Order>, cx: &mut Context<'_>) -> Result<String, Fault> {
    let (order, bytes) = match (order, bytes) {
        (None, [0xff, 0xfe, rest @ ..]) => (Order::Little, rest),
        (None, [0xfe, 0xff, rest @ ..]) => (Order::Big, rest),
        (order, bytes) => (order.unwrap_or(Order::Big), bytes),
    };
    let table = if order == Order::Big { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
    decode_by_table(table, bytes, cx)
}

fn decode_by_table(table: &'static Encoding, bytes: &[u8], cx: &mut Context<'_>) -> Result<String, Fault> {
    let mut decoder = table.new_decoder_with_bom_removal();
    let mut text = String::new();
    let mut rest = bytes;
    loop {
        let (now, later) = rest.split_at(rest.len().min(CHUNK));
        rest = later;
        cx.budget.charge(units(now.len()))?;
        cx.budget.poll()?;
        let most = decoder.max_utf8_buffer_length(now.len()).unwrap_or(usize::MAX);
        cx.budget.grow(text.len().saturating_add(most).saturating_mul(2))?;
        text.reserve(most);
        let last = rest.is_empty();
        let (result, _, _) = decoder.decode_to_string(now, &mut text, last);
        if last || result == CoderResult::OutputFull {
            return Ok(text);
        }
    }
}

fn encode_by_table(encoder: &mut encoding_rs::Encoder, text: &str, last: bool, out: &mut Vec<u8>) {
    let mut rest = text;
    loop {
        let most = encoder.max_buffer_length_from_utf8_without_replacement(rest.len()).unwrap_or(rest.len());
        out.reserve(most.saturating_add(1));
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, out, last);
        rest = rest.get(read..).unwrap_or("");
        match result {
            EncoderResult::Unmappable(_) => out.push(b'?'),
            EncoderResult::InputEmpty | EncoderResult::OutputFull => return,
        }
    }
}
