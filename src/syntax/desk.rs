//! Memory that reading small texts needs, kept from one text to the next: most scripts are so short that asking for it
//! takes a good part of the time.

use super::{ast::Ast, build::Stacks, lexer::Lexeme};
use std::cell::Cell;

/// Texts of more bytes leave nothing behind: a thread keeps what the largest of the small ones needed.
const SMALL: usize = 64 << 10;

/// What is needed besides the tree: tokens and unfinished lists.
#[derive(Default)]
pub(super) struct Desk {
    pub tokens: Vec<Lexeme>,
    pub stacks: Stacks,
}

thread_local! {
    static DESK: Cell<Desk> = Cell::default();
    static TREE: Cell<Ast> = Cell::default();
}

/// The desk of this thread, as the last text has left it; a new one while that is in use.
pub(super) fn take_desk() -> Desk {
    DESK.take()
}

/// Clears a desk and keeps it, after a text of so many bytes.
pub(super) fn keep_desk(mut desk: Desk, bytes: usize) {
    if bytes <= SMALL {
        desk.tokens.clear();
        desk.stacks.clear();
        DESK.set(desk);
    }
}

impl Ast {
    /// An empty tree with the memory of the last one that this thread has kept.
    pub fn reused() -> Self {
        TREE.take()
    }

    /// Keeps the memory of a tree for the next one, if it was made from a text of few bytes.
    pub fn keep(mut self, bytes: usize) {
        if bytes <= SMALL {
            self.clear();
            TREE.set(self);
        }
    }
}
