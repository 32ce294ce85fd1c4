//! Date patterns as `SimpleDateFormat` of Java has them: writing and reading dates.
//!
//! A pattern is walked piece by piece, not taken apart first, so that a long one costs no memory.

mod fields;
mod names;
mod read;
mod write;
mod zones;

pub(super) use names::Names;
pub(super) use read::{Century, read};
pub(super) use write::write;
pub(super) use zones::zone_named;

/// A piece of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Item<'p> {
    /// A letter with a meaning, so many times.
    Letter(u8, usize),
    /// Text that stands for itself.
    Literal(&'p str),
}

/// The pieces of a pattern.
#[derive(Clone, Debug)]
struct Items<'p> {
    rest: &'p str,
    quoted: bool,
}

/// Letters with a meaning. `L` is a month that stands alone.
const LETTERS: &[u8] = b"GyYMLwWDdFEuaHkKhmsSzZX";

impl<'p> Items<'p> {
    fn new(pattern: &'p str) -> Self {
        Self { rest: pattern, quoted: false }
    }

    /// Whether a number follows directly, so that the number before has to end by its count.
    fn number_follows(&self) -> bool {
        match self.clone().next() {
            Some(Ok(Item::Letter(b'M' | b'L', count))) => count <= 2,
            Some(Ok(Item::Letter(letter, _))) => b"yYwWDdFuHkKhmsS".contains(&letter),
            _ => false,
        }
    }

    fn take(&mut self, length: usize) -> &'p str {
        let (head, tail) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }
}

impl<'p> Iterator for Items<'p> {
    type Item = Result<Item<'p>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(&first) = self.rest.as_bytes().first() {
            if first == b'\'' {
                self.take(1);
                if self.rest.starts_with('\'') {
                    return Some(Ok(Item::Literal(self.take(1))));
                }
                self.quoted = !self.quoted;
                continue;
            }
            if self.quoted {
                let Some(end) = self.rest.find('\'') else {
                    self.rest = "";
                    return Some(Err("has a quote that is not closed".to_owned()));
                };
                return Some(Ok(Item::Literal(self.take(end))));
            }
            if !first.is_ascii_alphabetic() {
                let end = self.rest.find(|next: char| next.is_ascii_alphabetic() || next == '\'');
                return Some(Ok(Item::Literal(self.take(end.unwrap_or(self.rest.len())))));
            }
            let count = self.rest.bytes().take_while(|&next| next == first).count();
            self.take(count);
            if !LETTERS.contains(&first) {
                self.rest = "";
                return Some(Err(format!("has the letter `{}`, which has no meaning", char::from(first))));
            }
            if first == b'X' && count > 3 {
                self.rest = "";
                return Some(Err("has more than three `X`".to_owned()));
            }
            return Some(Ok(Item::Letter(first, count)));
        }
        // A quote at the very end opens nothing.
        std::mem::take(&mut self.quoted).then(|| Err("has a quote that is not closed".to_owned()))
    }
}

/// What is wrong with a pattern, if anything.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    Items::new(pattern).find_map(Result::err).map_or(Ok(()), Err)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests;
