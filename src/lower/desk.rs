//! Memory that lowering small programs needs, kept from one program to the next.

use super::infer::{Inferred, Notes};
use crate::{eval::Place, syntax::ast::Ast};
use std::{cell::Cell, sync::Arc};

/// What is needed besides the nodes.
#[derive(Default)]
pub(super) struct Desk {
    pub inferred: Inferred,
    pub notes: Notes,
    /// Per declaration: where the variable lives, once its declaration was lowered.
    pub places: Vec<Option<Place>>,
    /// Per symbol: its text, if a field was named so.
    pub field_names: Vec<Option<Arc<str>>>,
    /// Per text of the tree: its number among the constants, if it is one.
    pub text_numbers: Vec<Option<u32>>,
}

thread_local! {
    static DESK: Cell<Option<Box<Desk>>> = const { Cell::new(None) };
}

impl Desk {
    /// A desk for a tree.
    pub fn of(ast: &Ast) -> Box<Self> {
        let mut desk: Box<Self> = DESK.take().unwrap_or_default();
        desk.places.resize(ast.decl_count(), None);
        desk.field_names.resize(ast.name_count(), None);
        desk.text_numbers.resize(ast.text_count(), None);
        desk
    }

    /// Clears it and keeps it for the next tree.
    pub fn keep(mut self: Box<Self>, ast: &Ast) {
        if ast.is_small() {
            self.inferred.clear();
            self.notes.clear();
            self.places.clear();
            self.field_names.clear();
            self.text_numbers.clear();
            DESK.set(Some(self));
        }
    }
}
