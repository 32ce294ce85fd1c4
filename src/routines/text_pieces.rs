//! Work on long texts piece by piece, with a look at the limits before each piece.

use crate::limits::{Budget, LimitHit};

/// Bytes worked on between two looks at the limits.
const PIECE: usize = 1 << 20;
/// Bytes of a text that is worked on without a look at the clock.
const SHORT: usize = 1 << 10;

/// The byte at which a part occurs first, in a text that is not long or was paid for.
pub(super) fn find(whole: &str, part: &str) -> Option<usize> {
    memchr::memmem::find(whole.as_bytes(), part.as_bytes())
}

/// Where a part that is not empty occurs, from left to right and not overlapping, in a text that is not long or was paid
/// for.
pub(super) enum Places<'t> {
    /// In a text so short that preparing a search takes longer than the search.
    Few {
        whole: &'t [u8],
        /// The part without its first byte.
        others: &'t [u8],
        /// A bit for each place of the first byte that was not looked at yet.
        marks: u64,
    },
    /// A part of one byte.
    Byte(memchr::Memchr<'t>),
    Many(Box<memchr::memmem::FindIter<'t, 't>>),
}

impl<'t> Places<'t> {
    pub(super) fn new(whole: &'t [u8], part: &'t [u8]) -> Self {
        match part {
            [first, others @ ..] if whole.len() <= 64 => Self::Few { whole, others, marks: marks(whole, *first) },
            &[byte] => Self::Byte(memchr::memchr_iter(byte, whole)),
            part => Self::Many(Box::new(memchr::memmem::find_iter(whole, part))),
        }
    }
}

impl Iterator for Places<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        match self {
            Self::Few { whole, others, marks } => {
                while *marks != 0 {
                    let at = marks.trailing_zeros();
                    *marks &= marks.wrapping_sub(1);
                    let from = at as usize;
                    if others.is_empty() {
                        return Some(from);
                    }
                    let behind = from.saturating_add(1);
                    if whole.get(behind..).is_some_and(|rest| rest.starts_with(others)) {
                        let end = u32::try_from(behind.saturating_add(others.len())).unwrap_or(u32::MAX);
                        *marks &= u64::MAX.checked_shl(end).unwrap_or(0);
                        return Some(from);
                    }
                }
                None
            }
            Self::Byte(places) => places.next(),
            Self::Many(places) => places.next(),
        }
    }
}

/// Where a byte stands in the first 64 ones, a bit for each place: eight bytes are looked at in one step.
#[inline]
fn marks(whole: &[u8], byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = u64::from_ne_bytes([byte; 8]);
    let of = |eight: [u8; 8]| {
        let apart = u64::from_le_bytes(eight) ^ wanted;
        // The high bit of each byte that is zero; the product gathers these eight bits at its upper end.
        let equal = !((apart & LOW).wrapping_add(LOW) | apart | LOW);
        equal.wrapping_shr(7).wrapping_mul(0x0102_0408_1020_4080).wrapping_shr(56)
    };
    let Some(last) = whole.last_chunk() else {
        return whole.iter().rev().fold(0, |marks, own| marks.wrapping_shl(1) | u64::from(*own == byte));
    };
    let behind = u32::try_from(whole.len()).unwrap_or(u32::MAX).saturating_sub(8);
    let (eights, _) = whole.as_chunks();
    let marks = eights.iter().rev().fold(0u64, |marks, eight| marks.wrapping_shl(8) | of(*eight));
    // What is looked at twice gives the same bits.
    marks | of(*last).wrapping_shl(behind)
}

/// Whether a text is so short that it is worked on without a look at the clock.
pub(super) fn is_short(whole: &str) -> bool {
    whole.len() <= SHORT
}

/// Looks at the clock, which takes longer than work on a short text. That is paid for with fuel, and each slice of fuel
/// is a look at the clock too.
pub(super) fn poll_for(whole: &str, budget: &Budget) -> Result<(), LimitHit> {
    if is_short(whole) { Ok(()) } else { budget.poll() }
}

/// The byte at which a part occurs first.
pub(super) fn first(whole: &str, part: &str, budget: &Budget) -> Result<Option<usize>, LimitHit> {
    let mut from = 0usize;
    loop {
        poll_for(whole, budget)?;
        // What begins in the piece ends in the window.
        let end = boundary(whole, from.saturating_add(PIECE.max(part.len())).saturating_add(part.len()));
        let found = whole.get(from..end).and_then(|window| find(window, part));
        if found.is_some() || end == whole.len() {
            return Ok(found.map(|at| at.saturating_add(from)));
        }
        from = boundary(whole, end.saturating_sub(part.len()));
    }
}

/// The byte at which a part occurs last.
pub(super) fn last(whole: &str, part: &str, budget: &Budget) -> Result<Option<usize>, LimitHit> {
    let mut end = whole.len();
    loop {
        poll_for(whole, budget)?;
        let from = boundary(whole, end.saturating_sub(PIECE.max(part.len())).saturating_sub(part.len()));
        let found = whole.get(from..end).and_then(|window| window.rfind(part));
        if found.is_some() || from == 0 {
            return Ok(found.map(|at| at.saturating_add(from)));
        }
        end = boundary(whole, from.saturating_add(part.len()).saturating_add(3));
    }
}

/// A text with each piece changed. Pieces part only where letters do not depend on each other.
pub(super) fn change(whole: &str, change: fn(&str) -> String, budget: &Budget) -> Result<String, LimitHit> {
    let mut out = String::with_capacity(whole.len());
    let mut rest = whole;
    while !rest.is_empty() {
        budget.poll()?;
        let (piece, after) = rest.split_at_checked(seam(rest)).unwrap_or((rest, ""));
        out.push_str(&change(piece));
        rest = after;
    }
    Ok(out)
}

/// Whether all characters pass a test.
pub(super) fn all(whole: &str, test: fn(char) -> bool, budget: &Budget) -> Result<bool, LimitHit> {
    let mut rest = whole;
    while !rest.is_empty() {
        budget.poll()?;
        let (piece, after) = rest.split_at_checked(boundary(rest, PIECE)).unwrap_or((rest, ""));
        if !piece.chars().all(test) {
            return Ok(false);
        }
        rest = after;
    }
    Ok(true)
}

/// A place not behind `byte`, and no more than three before it, that parts no character.
fn boundary(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..4).map(|back| byte.saturating_sub(back)).find(|&byte| text.is_char_boundary(byte)).unwrap_or(0)
}

/// Where the first piece ends: between two ASCII letters, digits or blanks. How a letter is written small may depend on
/// the letters around it (the Greek sigma at the end of a word), but not across such a place.
fn seam(text: &str) -> usize {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
    let behind = text.as_bytes().get(PIECE..).unwrap_or_default();
    let at = behind.windows(2).position(|pair| pair.iter().all(plain));
    at.map_or(text.len(), |at| at.saturating_add(PIECE).saturating_add(1))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn pieces_change_nothing() {
        let budget = Budget::new(&Limits::default());
        let filler = "é😀.aé".repeat(PIECE / 9);
        let short = "-b-";
        let long = format!("x{filler}");
        for part in [short, &long, "é", "a", "nowhere", ""] {
            if let Some(part) = Some(part).filter(|part| !part.is_empty()) {
                for whole in [&filler, "é", "a-b--b-", "-b--b--b-x", "aéaéaé"] {
                    let places = Places::new(whole.as_bytes(), part.as_bytes());
                    assert!(places.eq(whole.match_indices(part).map(|(at, _)| at)), "{part}");
                }
            }
            for shift in 0..9 {
                let whole = format!("{}{filler}{part}{filler}é{part}{filler}", "a".repeat(shift));
                assert_eq!(first(&whole, part, &budget).unwrap(), whole.find(part), "{shift}");
                assert_eq!(last(&whole, part, &budget).unwrap(), whole.rfind(part), "{shift}");
            }
        }
        assert_eq!(first("", "", &budget).unwrap(), Some(0));
        assert_eq!(first("a", "ab", &budget).unwrap(), None);
        assert_eq!(last("ab", "ab", &budget).unwrap(), Some(0));
    }

    #[test]
    fn places_in_short_texts_are_those_of_a_search() {
        let letters = "aaabaabcaé😀aab".repeat(5);
        for (length, _) in letters.char_indices() {
            for (start, _) in letters.char_indices().take(14) {
                let Some(whole) = letters.get(start..start.max(length)) else { continue };
                for part in ["a", "aa", "ab", "aab", "é", "😀a", "b", "x", "aaabaabcaé😀aab"] {
                    let places = Places::new(whole.as_bytes(), part.as_bytes());
                    assert!(places.eq(whole.match_indices(part).map(|(at, _)| at)), "{whole} {part}");
                }
            }
        }
    }

    #[test]
    fn letters_change_as_in_one_piece() {
        let budget = Budget::new(&Limits::default());
        for word in ["ΑΣ", "ΑΣ'Β ", "Abc 1", "ß", "ΣaΣb", "x"] {
            let whole = word.repeat(3 * PIECE / word.len());
            assert!(change(&whole, str::to_lowercase, &budget).unwrap() == whole.to_lowercase(), "{word}");
            assert!(change(&whole, str::to_uppercase, &budget).unwrap() == whole.to_uppercase(), "{word}");
        }
        assert_eq!(change("", str::to_uppercase, &budget).unwrap(), "");
        assert!(all(&"é".repeat(PIECE), char::is_lowercase, &budget).unwrap());
        assert!(!all(&("é".repeat(PIECE) + "É"), char::is_lowercase, &budget).unwrap());
    }
}
