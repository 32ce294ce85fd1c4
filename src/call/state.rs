use std::{
    any::{Any, TypeId},
    collections::HashMap,
};

/// What routines remember during a run: each kind of thing once, found by its type.
#[derive(Default)]
pub struct RunState {
    kept: HashMap<TypeId, Box<dyn Any>>,
}

impl RunState {
    /// What is kept of a type, made when it is first asked for.
    pub fn get<T: Any + Default>(&mut self) -> &mut T {
        let slot = self.kept.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(T::default()));
        #[expect(clippy::expect_used, reason = "the box behind a type's id holds that type")]
        slot.downcast_mut::<T>().expect("found by its type")
    }

    /// What is kept of a type, if anything is.
    pub fn find<T: Any>(&mut self) -> Option<&mut T> {
        self.kept.get_mut(&TypeId::of::<T>())?.downcast_mut()
    }
}

impl std::fmt::Debug for RunState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunState").field("kinds", &self.kept.len()).finish()
    }
}
