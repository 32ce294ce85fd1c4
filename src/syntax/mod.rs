//! From text to tree: tokens, lexer, parser, tree.
//!
//! This room knows types only by their names; it knows no meaning.

pub mod ast;
mod interner;
