//! Memory that reading small texts needs, kept from one text to the next: most scripts are so short that asking for it
//! takes a good part of the time.

use super::{ast::Ast, build::Stacks, lexer::Buffers};
use std::cell::Cell;

/// Texts of more bytes leave nothing behind: a thread keeps what the largest of the small ones needed.
const SMALL: usize = 64 << 10;

/// What is needed besides the tree: tokens, brackets and unfinished lists.
#[derive(Default)]
pub(super) struct Desk {
    pub buffers: Buffers,
    pub stacks: Stacks,
}

thread_local! {
    static DESK: Cell<Option<Box<Desk>>> = const { Cell::new(None) };
    static TREE: Cell<Option<Box<Ast>>> = const { Cell::new(None) };
}

/// The desk of this thread, as the last text has left it; a new one while that is in use.
pub(super) fn take_desk() -> Box<Desk> {
    DESK.take().unwrap_or_default()
}

/// Clears a desk and keeps it, after a text of so many bytes.
pub(super) fn keep_desk(mut desk: Box<Desk>, bytes: usize) {
    if bytes <= SMALL {
        desk.buffers.clear();
        desk.stacks.clear();
        DESK.set(Some(desk));
    }
}

impl Ast {
    /// An empty tree with the memory of the last one that this thread has kept.
    pub fn reused() -> Box<Self> {
        TREE.take().unwrap_or_default()
    }

    /// Keeps the memory of a tree for the next one, if it was made from a text of few bytes.
    pub fn keep(mut self: Box<Self>, bytes: usize) {
        if bytes <= SMALL {
            self.clear();
            TREE.set(Some(self));
        }
    }
}
