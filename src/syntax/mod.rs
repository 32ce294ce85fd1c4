//! From text to tree: tokens, lexer, parser, tree.
//!
//! [`parse_file`] always gives a tree; [`lex_file`] gives the tokens alone. Neither fails, overflows the stack or
//! takes more than linear time, whatever the text is: nesting is bounded by
//! [`SourceLimits::nesting`](crate::limits::SourceLimits::nesting), and reading ends when
//! [`SourceLimits::errors`](crate::limits::SourceLimits::errors) were found.
//!
//! Invariant: every error node has a diagnostic that explains it.
//!
//! This room knows types only by their names; it knows no meaning.

pub mod ast;
mod build;
mod desk;
mod escape;
mod interner;
mod lexer;
mod parser;
mod print;
mod scan;
mod token;
mod wording;

pub use lexer::Lexeme;
pub use parser::{lex_file, parse_file};
pub use print::print;
pub use token::{Atom, Token};
