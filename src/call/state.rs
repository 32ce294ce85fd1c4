use std::any::{Any, TypeId};

/// What routines remember during a run: each kind of thing once, found by its type.
#[derive(Default)]
pub struct RunState {
    /// A handful of kinds, so that looking through them takes less time than hashing.
    kept: Vec<(TypeId, Box<dyn Any>)>,
}

impl RunState {
    /// What is kept of a type, made when it is first asked for.
    pub fn get<T: Any + Default>(&mut self) -> &mut T {
        let id = TypeId::of::<T>();
        let at = self.kept.iter().position(|(kind, _)| *kind == id).unwrap_or_else(|| {
            self.kept.push((id, Box::new(T::default())));
            self.kept.len().saturating_sub(1)
        });
        #[expect(clippy::expect_used, reason = "the box behind a type's id holds that type")]
        self.kept.get_mut(at).and_then(|(_, slot)| slot.downcast_mut::<T>()).expect("found by its type")
    }

    /// What is kept of a type, if anything is.
    pub fn find<T: Any>(&mut self) -> Option<&mut T> {
        let id = TypeId::of::<T>();
        self.kept.iter_mut().find(|(kind, _)| *kind == id)?.1.downcast_mut()
    }
}

impl std::fmt::Debug for RunState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunState").field("kinds", &self.kept.len()).finish()
    }
}
