use crate::{
    eval::{Bank, Place, Repr},
    types::{Base, Type},
};

/// Hands out the slots of a frame. Disjoint scopes reuse them.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Slots {
    scalars: u32,
    refs: u32,
    most_scalars: u32,
    most_refs: u32,
}

impl Slots {
    /// Raw slots in use.
    pub(super) fn scalars(self) -> u32 {
        self.scalars
    }

    /// Value slots in use.
    pub(super) fn refs(self) -> u32 {
        self.refs
    }

    /// The most raw slots that were ever in use.
    pub(super) fn most_scalars(self) -> usize {
        self.most_scalars as usize
    }

    /// The most value slots that were ever in use.
    pub(super) fn most_refs(self) -> usize {
        self.most_refs as usize
    }

    /// Takes the slots of a variable.
    pub(super) fn allocate(&mut self, ty: Type, bank: Bank, never_null: bool) -> Place {
        let repr = match (is_raw(ty), never_null) {
            (false, _) => Repr::Ref,
            (true, true) => Repr::Raw,
            (true, false) => Repr::Nullable,
        };
        let at = match repr {
            Repr::Ref => self.take_refs(1),
            Repr::Raw => self.take_scalars(1),
            Repr::Nullable => self.take_scalars(2),
        };
        Place { ty, bank, repr, at }
    }

    /// Takes value slots and gives the first.
    pub(super) fn take_refs(&mut self, count: u32) -> u32 {
        let at = self.refs;
        self.refs = at.saturating_add(count);
        self.most_refs = self.most_refs.max(self.refs);
        at
    }

    fn take_scalars(&mut self, count: u32) -> u32 {
        let at = self.scalars;
        self.scalars = at.saturating_add(count);
        self.most_scalars = self.most_scalars.max(self.scalars);
        at
    }

    /// Gives back what was taken since `before`.
    pub(super) fn release(&mut self, before: Self) {
        self.scalars = before.scalars;
        self.refs = before.refs;
    }
}

/// Whether values of a type are stored as 8 raw bytes.
pub(super) const fn is_raw(ty: Type) -> bool {
    ty.dims == 0
        && matches!(ty.base, Base::Integer | Base::Number | Base::Boolean | Base::Byte | Base::Date | Base::Interval)
}
