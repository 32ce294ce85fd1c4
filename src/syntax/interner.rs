//! Names as numbers.

use super::ast::Sym;
use foldhash::fast::FixedState;
use indexmap::IndexSet;

/// All names of one tree: each distinct one has one symbol.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    names: IndexSet<Box<str>, FixedState>,
}

impl Interner {
    /// Makes room for so many more names.
    pub fn reserve(&mut self, names: usize) {
        self.names.reserve(names);
    }

    /// The symbol of a name, new or known.
    pub fn intern(&mut self, name: &str) -> Sym {
        let index = match self.names.get_index_of(name) {
            Some(index) => index,
            None => self.names.insert_full(name.into()).0,
        };
        // Invariant: a source text of at most 4 GiB has fewer names than u32 has values.
        Sym(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The symbol of a name that is known.
    pub fn find(&self, name: &str) -> Option<Sym> {
        self.names.get_index_of(name).and_then(|index| u32::try_from(index).ok()).map(Sym)
    }

    /// The name of a symbol; empty for a symbol of another tree.
    pub fn name(&self, sym: Sym) -> &str {
        self.names.get_index(sym.index()).map_or("", |name| name)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }
}
