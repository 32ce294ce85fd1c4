//! Names and texts as numbers.

use super::ast::Sym;
use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Texts behind each other, by the order in which they came: none has an allocation of its own.
#[derive(Clone, Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds a text and gives its number.
    fn push(&mut self, text: &str) -> u32 {
        let number = to_u32(self.ends.len());
        self.text.push_str(text);
        self.ends.push(to_u32(self.text.len()));
        number
    }

    /// A text; empty for a number that was not given.
    fn get(&self, number: u32) -> &str {
        let Some(&end) = self.ends.get(number as usize) else { return "" };
        self.text.get(self.start(number)..end as usize).unwrap_or("")
    }

    /// Whether a text is this one.
    fn is(&self, number: u32, text: &str) -> bool {
        let end = self.ends.get(number as usize).map_or(0, |&end| end as usize);
        self.text.as_bytes().get(self.start(number)..end) == Some(text.as_bytes())
    }

    fn start(&self, number: u32) -> usize {
        let before = number.checked_sub(1).and_then(|before| self.ends.get(before as usize));
        before.map_or(0, |&end| end as usize)
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn clear(&mut self) {
        self.ends.clear();
        self.text.clear();
    }
}

/// Invariant: a source text of at most 4 GiB has fewer names and texts than u32 has values, and they are no longer.
fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// All names of one tree, or all its texts: each distinct one has one symbol.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    names: Texts,
    /// A hash table with open addressing: at most half of it is in use, and its length is a power of two.
    slots: Vec<Slot>,
    /// Random, so that nobody can choose names that get into each other's way.
    state: RandomState,
}

/// A name as it is looked for: its length, and its bytes if these are few, else a hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Key {
    bits: u64,
    len: u32,
}

/// Names of more bytes do not fit into a [`Key`].
const SHORT: u32 = 8;

/// A name, and its symbol and one; zero in a slot that is free.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: Key,
    next: u32,
}

impl Interner {
    /// Makes room for so many more names.
    pub fn reserve(&mut self, names: usize) {
        let names = self.names.len().saturating_add(names);
        self.grow(names.saturating_mul(2).next_power_of_two());
    }

    /// The symbol of a name, new or known.
    pub fn intern(&mut self, name: &str) -> Sym {
        // Half of the slots stay free, so that every search comes to an end.
        if self.names.len().saturating_add(1).saturating_mul(2) > self.slots.len() {
            self.grow(self.slots.len().saturating_mul(2).max(32));
        }
        let key = self.key(name);
        let (place, known) = self.probe(name, key);
        known.unwrap_or_else(|| self.add(name, key, place))
    }

    fn add(&mut self, name: &str, key: Key, place: usize) -> Sym {
        let number = self.names.push(name);
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = Slot { key, next: number.saturating_add(1) };
        }
        Sym(number)
    }

    /// The symbol of a name that is known.
    pub fn find(&self, name: &str) -> Option<Sym> {
        self.probe(name, self.key(name)).1
    }

    /// The name of a symbol; empty for a symbol of another tree.
    pub fn name(&self, sym: Sym) -> &str {
        self.names.get(sym.0)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    fn key(&self, name: &str) -> Key {
        let bytes = name.as_bytes();
        let bits = match (bytes, bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (_, Some(&first), Some(&last)) if bytes.len() <= SHORT as usize => {
                u64::from(u32::from_le_bytes(first)) | u64::from(u32::from_le_bytes(last)) << 32
            }
            (&[], ..) => 0,
            (&[a], ..) => u64::from_le_bytes([a, 0, 0, 0, 0, 0, 0, 0]),
            (&[a, b], ..) => u64::from_le_bytes([a, b, 0, 0, 0, 0, 0, 0]),
            (&[a, b, c], ..) => u64::from_le_bytes([a, b, c, 0, 0, 0, 0, 0]),
            _ => {
                let mut hasher = self.state.build_hasher();
                hasher.write(bytes);
                hasher.finish()
            }
        };
        Key { bits, len: to_u32(bytes.len()) }
    }

    /// Where the search for a key begins.
    #[expect(clippy::cast_possible_truncation, reason = "half of the hash is enough")]
    fn first_place(&self, key: Key) -> usize {
        let mut hasher = self.state.build_hasher();
        hasher.write_u64(key.bits);
        hasher.finish() as u32 as usize
    }

    /// Forgets all names.
    pub fn clear(&mut self) {
        self.names.clear();
        self.slots.fill(Slot::default());
    }

    /// The slot where a name is or would be, and its symbol if it is there.
    fn probe(&self, name: &str, key: Key) -> (usize, Option<Sym>) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = self.first_place(key) & mask;
        while let Some(slot) = self.slots.get(place) {
            let Some(number) = slot.next.checked_sub(1) else { break };
            if slot.key == key && (key.len <= SHORT || self.names.is(number, name)) {
                return (place, Some(Sym(number)));
            }
            place = place.wrapping_add(1) & mask;
        }
        (place, None)
    }

    /// Makes the table `size` slots large, if it is smaller.
    fn grow(&mut self, size: usize) {
        if size <= self.slots.len() {
            return;
        }
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        let mask = size.wrapping_sub(1);
        for slot in old.into_iter().filter(|slot| slot.next > 0) {
            let mut place = self.first_place(slot.key) & mask;
            while self.slots.get(place).is_some_and(|other| other.next > 0) {
                place = place.wrapping_add(1) & mask;
            }
            if let Some(free) = self.slots.get_mut(place) {
                *free = slot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn names_keep_their_symbols() {
        let mut names = Interner::default();
        assert_eq!(names.find("a"), None);
        names.reserve(0);
        let symbols: Vec<_> = (0..1000).map(|number| names.intern(&format!("n{number}"))).collect();
        for (number, &sym) in symbols.iter().enumerate() {
            let name = format!("n{number}");
            assert_eq!((names.intern(&name), names.find(&name), names.name(sym)), (sym, Some(sym), &*name));
        }
        assert_eq!((names.len(), names.find("n1000")), (1000, None));
        names.clear();
        assert_eq!((names.len(), names.find("n1"), names.intern("n1").0), (0, None, 0));
    }

    #[test]
    fn names_of_all_lengths_are_told_apart() {
        let mut names = Interner::default();
        let alphabet = ["a", "b", "\0"];
        let mut texts = vec![String::new()];
        for length in 1..6 {
            let longer: Vec<_> = texts.iter().filter(|text| text.len() + 1 == length).cloned().collect();
            texts.extend(longer.iter().flat_map(|text| alphabet.map(|letter| format!("{text}{letter}"))));
        }
        texts.extend((6..40).flat_map(|length| [format!("a{:0length$}", 0), format!("{:0length$}a", 0)]));
        let symbols: Vec<_> = texts.iter().map(|text| names.intern(text)).collect();
        for (text, &sym) in texts.iter().zip(&symbols) {
            assert_eq!((names.find(text), names.name(sym)), (Some(sym), &**text));
        }
        assert_eq!(names.len(), texts.len());
    }

    #[test]
    fn searches_end_however_few_names_there_are() {
        for many in 0..40 {
            let mut names = Interner::default();
            names.reserve(many / 2);
            for number in 0..many {
                names.intern(&number.to_string());
            }
            assert_eq!(names.find("x"), None);
        }
    }
}
