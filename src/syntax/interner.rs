//! Names as numbers, and texts that are kept together.

use super::ast::Sym;
use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Texts behind each other, by the order in which they came: none has an allocation of its own.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds a text and gives its number.
    pub fn push(&mut self, text: &str) -> u32 {
        let number = to_u32(self.ends.len());
        self.text.push_str(text);
        self.ends.push(to_u32(self.text.len()));
        number
    }

    /// A text; empty for a number that was not given.
    pub fn get(&self, number: u32) -> &str {
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

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Forgets all but the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.text.truncate(self.ends.last().map_or(0, |&end| end as usize));
    }
}

/// Invariant: a source text of at most 4 GiB has fewer names and texts than u32 has values, and they are no longer.
fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// All names of one tree: each distinct one has one symbol.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    names: Texts,
    /// A hash table with open addressing: at most half of it is in use, and its length is a power of two.
    slots: Vec<Slot>,
    /// Random, so that nobody can choose names that get into each other's way.
    state: RandomState,
}

/// Part of the hash of a name, and its symbol and one; zero in a slot that is free.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
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
        let hash = self.hash(name);
        let (place, known) = self.probe(name, hash);
        known.unwrap_or_else(|| {
            let number = self.names.push(name);
            if let Some(slot) = self.slots.get_mut(place) {
                *slot = Slot { hash, next: number.saturating_add(1) };
            }
            Sym(number)
        })
    }

    /// The symbol of a name that is known.
    pub fn find(&self, name: &str) -> Option<Sym> {
        self.probe(name, self.hash(name)).1
    }

    /// The name of a symbol; empty for a symbol of another tree.
    pub fn name(&self, sym: Sym) -> &str {
        self.names.get(sym.0)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    #[expect(clippy::cast_possible_truncation, reason = "half of the hash is enough")]
    fn hash(&self, name: &str) -> u32 {
        let mut hasher = self.state.build_hasher();
        hasher.write(name.as_bytes());
        hasher.finish() as u32
    }

    /// Forgets all names.
    pub fn clear(&mut self) {
        self.names.truncate(0);
        self.slots.fill(Slot::default());
    }

    /// The slot where a name is or would be, and its symbol if it is there.
    fn probe(&self, name: &str, hash: u32) -> (usize, Option<Sym>) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        while let Some(slot) = self.slots.get(place) {
            let Some(number) = slot.next.checked_sub(1) else { break };
            if slot.hash == hash && self.names.is(number, name) {
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
            let mut place = slot.hash as usize & mask;
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
