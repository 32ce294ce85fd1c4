use crate::limits::{Budget, LimitHit, memory};
use arrayvec::ArrayString;
use std::{cell::Cell, fmt, rc::Rc};

/// A text with its length in UTF-16 units, which is how SIL counts positions. Cheap to clone.
///
/// Most texts of scripts are short: those stand in the value itself and need no allocation. Those of a line or so are
/// one allocation, longer ones two, the characters apart from what is known of them; both are shared and copied on
/// write.
#[derive(Clone)]
pub struct Text(Form);

#[derive(Clone)]
enum Form {
    Short(Short),
    Middle(Rc<Middle>),
    Long(Rc<Long>),
}

/// Bytes of a text that stands in the value itself.
pub(super) const SHORT: usize = 14;
/// Bytes of a text in one allocation. Walking over it costs no fuel, so it needs no cursor.
pub(super) const MIDDLE: usize = 52;

/// Invariant: the first `len` bytes are UTF-8, the others are zero.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Short {
    len: u8,
    bytes: [u8; SHORT],
}

/// A text with room for [`MIDDLE`] bytes, counted as live whether they are used or not.
struct Middle(ArrayString<MIDDLE>);

/// Invariant: `units == buf.len()` exactly when the text is ASCII; then a position is a byte offset.
struct Long {
    buf: String,
    units: usize,
    /// A known pair of unit and byte offset, so that a loop over all positions stays linear.
    cursor: Cell<(usize, usize)>,
    /// Bytes counted as live.
    counted: usize,
}

/// What a longer text costs beside its characters.
const OVERHEAD: usize = size_of::<Long>();

impl Short {
    /// In few steps of a fixed width: bytes that are written one by one and read together at once are waited for.
    #[inline]
    fn of(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() > SHORT {
            return None;
        }
        let len = u8::try_from(text.len()).ok()?;
        let behind = |width: u32| u32::from(len).saturating_sub(width).saturating_mul(8);
        // The first and the last bytes may be the same ones.
        let all = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => {
                let last = u128::from(u64::from_le_bytes(*last));
                u128::from(u64::from_le_bytes(*first)) | last.wrapping_shl(behind(8))
            }
            _ => match (text.first_chunk(), text.last_chunk()) {
                (Some(first), Some(last)) => {
                    let last = u64::from(u32::from_le_bytes(*last));
                    u128::from(u64::from(u32::from_le_bytes(*first)) | last.wrapping_shl(behind(4)))
                }
                _ => text.iter().rev().fold(0u128, |all, byte| all.wrapping_shl(8) | u128::from(*byte)),
            },
        };
        let bytes = *all.to_le_bytes().first_chunk()?;
        Some(Self { len, bytes })
    }

    /// With more characters behind it, if they fit.
    #[inline]
    fn followed_by(mut self, text: &str) -> Option<Self> {
        let end = usize::from(self.len).checked_add(text.len())?;
        self.bytes.get_mut(usize::from(self.len)..end)?.copy_from_slice(text.as_bytes());
        self.len = u8::try_from(end).ok()?;
        Some(self)
    }

    #[inline]
    fn as_str(&self) -> &str {
        // By the invariant neither can fail; to check it anew costs less than an allocation.
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or(&[]);
        std::str::from_utf8(bytes).unwrap_or("")
    }
}

impl Middle {
    fn new(buf: ArrayString<MIDDLE>) -> Rc<Self> {
        memory::add(size_of::<Self>());
        Rc::new(Self(buf))
    }

    /// Two texts in one, if they fit.
    fn of(left: &str, right: &str) -> Option<ArrayString<MIDDLE>> {
        let mut buf = ArrayString::new();
        buf.try_push_str(left).ok()?;
        buf.try_push_str(right).ok()?;
        Some(buf)
    }
}

impl Drop for Middle {
    fn drop(&mut self) {
        memory::sub(size_of::<Self>());
    }
}

impl Long {
    fn new(buf: String) -> Self {
        let units = units_of(&buf);
        let counted = buf.capacity().saturating_add(OVERHEAD);
        memory::add(counted);
        Self { buf, units, cursor: Cell::new((0, 0)), counted }
    }

    /// Two texts in one, with room for at least so many bytes, in the place of a text that counts for some of them.
    fn joined(left: &str, right: &str, room: usize, before: usize, budget: &Budget) -> Result<Self, LimitHit> {
        let length = left.len().saturating_add(right.len());
        budget.text_size(length)?;
        let capacity = length.max(room);
        budget.grow(capacity.saturating_add(OVERHEAD).saturating_sub(before))?;
        let mut buf = String::with_capacity(capacity);
        buf.push_str(left);
        buf.push_str(right);
        Ok(Self::new(buf))
    }

    #[inline]
    fn try_push(&mut self, text: &str, budget: &Budget) -> bool {
        let length = self.buf.len().saturating_add(text.len());
        let fits = length <= self.buf.capacity() && budget.text_size(length).is_ok();
        if fits {
            self.append(text);
        }
        fits
    }

    /// Appends what there is room for.
    #[inline]
    fn append(&mut self, text: &str) {
        self.buf.push_str(text);
        self.units = self.units.saturating_add(units_of(text));
    }

    fn push_str(&mut self, text: &str, budget: &Budget) -> Result<(), LimitHit> {
        let length = self.buf.len().saturating_add(text.len());
        budget.text_size(length)?;
        if length > self.buf.capacity() {
            let wanted = length.max(self.buf.capacity().saturating_mul(2));
            let extra = wanted.saturating_sub(self.buf.capacity());
            budget.grow(extra)?;
            self.buf.reserve_exact(wanted.saturating_sub(self.buf.len()));
            self.recount();
        }
        self.append(text);
        Ok(())
    }

    fn recount(&mut self) {
        let now = self.buf.capacity().saturating_add(OVERHEAD);
        memory::sub(self.counted);
        memory::add(now);
        self.counted = now;
    }
}

impl Drop for Long {
    fn drop(&mut self) {
        memory::sub(self.counted);
    }
}

impl Text {
    /// A text of bounded size: counted, but no budget is asked.
    #[inline]
    pub fn new(text: &str) -> Self {
        match Short::of(text) {
            Some(short) => Self(Form::Short(short)),
            None => Self::longer(text),
        }
    }

    fn longer(text: &str) -> Self {
        match ArrayString::from(text) {
            Ok(buf) => Self(Form::Middle(Middle::new(buf))),
            Err(_) => Self(Form::Long(Rc::new(Long::new(text.to_owned())))),
        }
    }

    /// Takes over a string of bounded size or whose growth was asked for.
    pub fn from_string(text: String) -> Self {
        if text.len() > MIDDLE { Self(Form::Long(Rc::new(Long::new(text)))) } else { Self::new(&text) }
    }

    /// A copy of a text, asking for its size first.
    ///
    /// # Errors
    /// Memory or string size.
    pub fn try_new(text: &str, budget: &Budget) -> Result<Self, LimitHit> {
        budget.text_size(text.len())?;
        if text.len() > SHORT {
            budget.grow(Self::cost(text.len(), text.len()))?;
        }
        Ok(Self::new(text))
    }

    /// Takes over a string after asking for its size.
    ///
    /// # Errors
    /// Memory or string size.
    pub fn try_from_string(text: String, budget: &Budget) -> Result<Self, LimitHit> {
        budget.text_size(text.len())?;
        if text.len() > SHORT {
            budget.grow(Self::cost(text.len(), text.capacity()))?;
        }
        Ok(Self::from_string(text))
    }

    pub(super) fn from_middle(buf: ArrayString<MIDDLE>) -> Self {
        match Short::of(&buf) {
            Some(short) => Self(Form::Short(short)),
            None => Self(Form::Middle(Middle::new(buf))),
        }
    }

    /// Bytes that a text of some length counts for, in a string of some capacity.
    #[inline]
    pub(super) fn cost(length: usize, capacity: usize) -> usize {
        if length <= SHORT {
            0
        } else if length <= MIDDLE {
            size_of::<Middle>()
        } else {
            capacity.saturating_add(OVERHEAD)
        }
    }

    /// Appends in place, in amortised constant time; a text that somebody else holds too is copied first.
    ///
    /// # Errors
    /// Memory or string size; nothing is appended then.
    pub fn push_str(&mut self, text: &str, budget: &Budget) -> Result<(), LimitHit> {
        if self.try_push(text, budget) {
            return Ok(());
        }
        // With room, since what was appended to once is appended to again; not so what somebody else holds. A text that
        // grew to a line by being appended to becomes a list or a page: that saves it the first growths.
        let (room, before) = match &mut self.0 {
            Form::Short(_) => (SHORT.saturating_mul(4), 0),
            Form::Middle(middle) if Rc::strong_count(middle) == 1 => (MIDDLE.saturating_mul(5), size_of::<Middle>()),
            Form::Middle(_) => (0, 0),
            Form::Long(long) => match Rc::get_mut(long) {
                Some(long) => return long.push_str(text, budget),
                None => (0, 0),
            },
        };
        let length = self.len().saturating_add(text.len());
        self.0 = match Middle::of(self.as_str(), text) {
            Some(buf) => {
                budget.text_size(length)?;
                budget.grow(size_of::<Middle>())?;
                Form::Middle(Middle::new(buf))
            }
            None => Form::Long(Rc::new(Long::joined(self.as_str(), text, room, before, budget)?)),
        };
        Ok(())
    }

    /// Appends in place where that needs no growth and no copy, and says whether it did.
    #[inline]
    #[must_use]
    pub fn try_push(&mut self, text: &str, budget: &Budget) -> bool {
        match &mut self.0 {
            Form::Short(short) => match short.followed_by(text) {
                Some(longer) if budget.text_size(usize::from(longer.len)).is_ok() => {
                    *short = longer;
                    true
                }
                _ => false,
            },
            Form::Middle(middle) => Rc::get_mut(middle).is_some_and(|Middle(buf)| {
                let length = buf.len().saturating_add(text.len());
                budget.text_size(length).is_ok() && buf.try_push_str(text).is_ok()
            }),
            Form::Long(long) => Rc::get_mut(long).is_some_and(|long| long.try_push(text, budget)),
        }
    }

    /// Whether somebody else holds the characters too, so that a change has to copy them.
    pub fn is_shared(&self) -> bool {
        match &self.0 {
            Form::Short(_) => false,
            Form::Middle(middle) => Rc::strong_count(middle) > 1,
            Form::Long(long) => Rc::strong_count(long) > 1,
        }
    }

    /// The characters.
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Short(short) => short.as_str(),
            Form::Middle(middle) => &middle.0,
            Form::Long(long) => &long.buf,
        }
    }

    /// The characters in UTF-8, which costs less than [`Text::as_str`].
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Short(short) => short.bytes.get(..usize::from(short.len)).unwrap_or(&[]),
            Form::Middle(middle) => middle.0.as_bytes(),
            Form::Long(long) => long.buf.as_bytes(),
        }
    }

    /// Length in UTF-16 units.
    pub fn units(&self) -> usize {
        match &self.0 {
            Form::Short(short) if short.bytes.is_ascii() => usize::from(short.len),
            Form::Short(short) => units_of(short.as_str()),
            Form::Middle(middle) => units_of(&middle.0),
            Form::Long(long) => long.units,
        }
    }

    /// Length in bytes.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Short(short) => usize::from(short.len),
            Form::Middle(middle) => middle.0.len(),
            Form::Long(long) => long.buf.len(),
        }
    }

    /// Whether it has no characters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every character is one byte and one unit.
    pub fn is_ascii(&self) -> bool {
        match &self.0 {
            Form::Short(short) => short.bytes.is_ascii(),
            Form::Middle(middle) => middle.0.is_ascii(),
            Form::Long(long) => long.units == long.buf.len(),
        }
    }

    /// Byte offset of a unit position, `len()` at or beyond the end. A position at the second unit of a character of
    /// two gives the offset **behind** it and `true`.
    pub fn byte_of(&self, unit: usize) -> (usize, bool) {
        if self.is_ascii() {
            return (unit.min(self.len()), false);
        }
        if unit >= self.units() {
            return (self.len(), false);
        }
        let (mut at_unit, mut at_byte) = self.cursor().map_or((0, 0), Cell::get);
        if at_unit > unit {
            (at_unit, at_byte) = (0, 0);
        }
        for character in self.as_str().get(at_byte..).unwrap_or("").chars() {
            if at_unit >= unit {
                break;
            }
            at_unit = at_unit.saturating_add(character.len_utf16());
            at_byte = at_byte.saturating_add(character.len_utf8());
        }
        if let Some(cursor) = self.cursor() {
            cursor.set((at_unit, at_byte));
        }
        (at_byte, at_unit > unit)
    }

    /// How many characters [`Text::byte_of`] may have to walk to reach a position, for charging.
    pub fn distance(&self, unit: usize) -> usize {
        if self.is_ascii() {
            return 0;
        }
        let (at, _) = self.cursor().map_or((0, 0), Cell::get);
        if unit >= at { unit.saturating_sub(at) } else { unit }.min(self.units())
    }

    /// Unit position of a byte offset on a character boundary.
    pub fn unit_of(&self, byte: usize) -> usize {
        if self.is_ascii() { byte } else { self.as_str().get(..byte).map_or_else(|| self.units(), units_of) }
    }

    fn cursor(&self) -> Option<&Cell<(usize, usize)>> {
        match &self.0 {
            Form::Short(_) | Form::Middle(_) => None,
            Form::Long(long) => Some(&long.cursor),
        }
    }
}

fn units_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Short(own), Form::Short(other)) => own == other,
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
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
    fn every_form_holds_the_same_text() {
        let budget = Budget::new(&crate::limits::Limits::default());
        let whole = "é😀ab".repeat(20);
        for (length, _) in whole.char_indices() {
            let (start, rest) = whole.split_at(length);
            let mut grown = Text::new("");
            let mut shared = Vec::new();
            for letter in start.chars() {
                grown.push_str(letter.encode_utf8(&mut [0; 4]), &budget).unwrap();
                if grown.len().is_multiple_of(3) {
                    shared.push((grown.clone(), grown.as_str().to_owned()));
                }
            }
            for text in [Text::new(start), Text::from_string(start.to_owned()), grown] {
                assert_eq!((text.as_str(), text.len()), (start, length));
                assert_eq!(text.units(), start.encode_utf16().count());
                assert_eq!(text.is_ascii(), start.is_ascii());
                assert_eq!(text.byte_of(text.units()), (length, false));
                let mut longer = text.clone();
                longer.push_str(rest, &budget).unwrap();
                assert_eq!((longer.as_str(), text.as_str()), (&*whole, start));
            }
            for (text, expected) in shared {
                assert_eq!(text.as_str(), expected);
            }
        }
    }

    #[test]
    fn memory_is_asked_for_and_given_back_in_every_form() {
        for length in [1, SHORT, SHORT + 1, MIDDLE, MIDDLE + 1, 1000] {
            let before = memory::live();
            let text = Text::new(&"x".repeat(length));
            assert_eq!(memory::live() - before, Text::cost(length, length));
            drop(text);
            assert_eq!(memory::live(), before);
        }
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
