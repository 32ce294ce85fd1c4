//! Elements with keys: what an array becomes once one of them has a key.

use crate::{
    limits::{Budget, LimitHit, memory},
    value::Value,
};
use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};
use std::hash::{Hash, Hasher};

#[derive(Clone, Debug, Default)]
pub(super) struct Keyed {
    pub map: IndexMap<Key, Value, RandomState>,
    /// The next number for an element without key.
    next: u64,
    /// Bytes of the keys' texts.
    pub key_bytes: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Named(Box<str>),
    /// An element without key; the number only tells it from the others.
    Unnamed(u64),
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Named(name) => name.hash(state),
            Self::Unnamed(number) => number.hash(state),
        }
    }
}

/// Finds a named key without making one.
#[derive(Hash)]
pub(super) struct Name<'a>(pub &'a str);

impl Equivalent<Key> for Name<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(key, Key::Named(name) if **name == *self.0)
    }
}

/// What an element of a keyed array costs, the hash table included.
pub(super) const KEYED_ENTRY: usize = size_of::<Key>() + size_of::<Value>() + 24;

impl Keyed {
    /// A key for an element that has none.
    pub fn unnamed(&mut self) -> Key {
        self.next = self.next.saturating_add(1);
        Key::Unnamed(self.next)
    }

    /// Makes room for one more element, asking first.
    pub fn reserve(&mut self, key_bytes: usize, counted: &mut usize, budget: &Budget) -> Result<(), LimitHit> {
        let mut extra = key_bytes;
        let before = self.map.capacity();
        let grows = self.map.len() >= before;
        if grows {
            extra = extra.saturating_add(before.max(4).saturating_mul(KEYED_ENTRY));
        }
        if extra == 0 {
            return Ok(());
        }
        budget.grow(extra)?;
        if grows {
            self.map.reserve(before.max(4));
        }
        let now = self.map.capacity().saturating_sub(before).saturating_mul(KEYED_ENTRY).saturating_add(key_bytes);
        memory::add(now);
        *counted = counted.saturating_add(now);
        Ok(())
    }
}
