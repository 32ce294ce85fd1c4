use crate::limits::{Budget, LimitHit, memory};
use std::{cell::Cell, fmt};

/// A text with its length in UTF-16 units, which is how SIL counts positions.
///
/// Invariant: `units == buf.len()` exactly when the text is ASCII; then a position is a byte offset.
pub struct Text {
    buf: String,
    units: usize,
    /// A known pair of unit and byte offset, so that a loop over all positions stays linear.
    cursor: Cell<(usize, usize)>,
    /// Bytes counted as live.
    counted: usize,
}

/// What a text costs beside its characters.
const OVERHEAD: usize = size_of::<Text>();

impl Text {
    /// A text of bounded size: counted, but no budget is asked.
    pub fn new(text: &str) -> Self {
        Self::from_string(text.to_owned())
    }

    /// Takes over a string of bounded size or whose growth was asked for.
    pub fn from_string(buf: String) -> Self {
        let units = units_of(&buf);
        let counted = buf.capacity().saturating_add(OVERHEAD);
        memory::add(counted);
        Self { buf, units, cursor: Cell::new((0, 0)), counted }
    }

    /// A copy of a text, asking for its size first.
    ///
    /// # Errors
    /// Memory or string size.
    pub fn try_new(text: &str, budget: &Budget) -> Result<Self, LimitHit> {
        budget.text_size(text.len())?;
        budget.grow(text.len().saturating_add(OVERHEAD))?;
        Ok(Self::new(text))
    }

    /// Takes over a string after asking for its size.
    ///
    /// # Errors
    /// Memory or string size.
    pub fn try_from_string(text: String, budget: &Budget) -> Result<Self, LimitHit> {
        budget.text_size(text.len())?;
        budget.grow(text.capacity().saturating_add(OVERHEAD))?;
        Ok(Self::from_string(text))
    }

    /// Appends in place where that needs no growth, and says whether it did.
    #[inline]
    #[must_use]
    pub fn try_push(&mut self, text: &str, budget: &Budget) -> bool {
        let length = self.buf.len().saturating_add(text.len());
        let fits = length <= self.buf.capacity() && budget.text_size(length).is_ok();
        if fits {
            self.buf.push_str(text);
            self.units = self.units.saturating_add(units_of(text));
        }
        fits
    }

    /// Appends in place, in amortised constant time.
    ///
    /// # Errors
    /// Memory or string size; nothing is appended then.
    pub fn push_str(&mut self, text: &str, budget: &Budget) -> Result<(), LimitHit> {
        let length = self.buf.len().saturating_add(text.len());
        budget.text_size(length)?;
        if length > self.buf.capacity() {
            self.make_room(length, budget)?;
        }
        self.buf.push_str(text);
        self.units = self.units.saturating_add(units_of(text));
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, length: usize, budget: &Budget) -> Result<(), LimitHit> {
        let wanted = length.max(self.buf.capacity().saturating_mul(2));
        let extra = wanted.saturating_sub(self.buf.capacity());
        budget.grow(extra)?;
        self.buf.reserve_exact(wanted.saturating_sub(self.buf.len()));
        self.recount();
        Ok(())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.buf
    }

    /// Length in UTF-16 units.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    /// Whether it has no characters.
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// Whether every character is one byte and one unit.
    pub fn is_ascii(&self) -> bool {
        self.units == self.buf.len()
    }

    /// Byte offset of a unit position, `len()` at or beyond the end. A position at the second unit of a character of
    /// two gives the offset **behind** it and `true`.
    pub fn byte_of(&self, unit: usize) -> (usize, bool) {
        if self.is_ascii() {
            return (unit.min(self.buf.len()), false);
        }
        if unit >= self.units {
            return (self.buf.len(), false);
        }
        let (mut at_unit, mut at_byte) = self.cursor.get();
        if at_unit > unit {
            (at_unit, at_byte) = (0, 0);
        }
        for character in self.buf.get(at_byte..).unwrap_or("").chars() {
            if at_unit >= unit {
                break;
            }
            at_unit = at_unit.saturating_add(character.len_utf16());
            at_byte = at_byte.saturating_add(character.len_utf8());
        }
        self.cursor.set((at_unit, at_byte));
        (at_byte, at_unit > unit)
    }

    /// How many characters [`Text::byte_of`] may have to walk to reach a position, for charging.
    pub fn distance(&self, unit: usize) -> usize {
        if self.is_ascii() {
            return 0;
        }
        let (at, _) = self.cursor.get();
        if unit >= at { unit.saturating_sub(at) } else { unit }.min(self.units)
    }

    /// Unit position of a byte offset on a character boundary.
    pub fn unit_of(&self, byte: usize) -> usize {
        if self.is_ascii() { byte } else { self.buf.get(..byte).map_or(self.units, units_of) }
    }

    fn recount(&mut self) {
        let now = self.buf.capacity().saturating_add(OVERHEAD);
        memory::sub(self.counted);
        memory::add(now);
        self.counted = now;
    }
}

fn units_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

impl Clone for Text {
    fn clone(&self) -> Self {
        let buf = self.buf.clone();
        let counted = buf.capacity().saturating_add(OVERHEAD);
        memory::add(counted);
        Self { buf, units: self.units, cursor: self.cursor.clone(), counted }
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        memory::sub(self.counted);
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.buf == other.buf
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.buf.fmt(f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_utf16() {
        let text = Text::new("aé😀b");
        assert_eq!(text.units(), 5);
        let found: Vec<_> = (0..7).map(|unit| text.byte_of(unit)).collect();
        assert_eq!(found, [(0, false), (1, false), (3, false), (7, true), (7, false), (8, false), (8, false)]);
        assert_eq!(text.unit_of(7), 4);
    }

    #[test]
    fn memory_is_given_back() {
        let before = memory::live();
        let mut text = Text::new("abc");
        let budget = Budget::new(&crate::limits::Limits::default());
        text.push_str(&"x".repeat(1000), &budget).unwrap();
        assert!(memory::live() >= before + 1003);
        drop(text);
        assert_eq!(memory::live(), before);
    }
}
