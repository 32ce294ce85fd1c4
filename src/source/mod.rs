//! Text in, places out: files, spans, lines and columns.
//!
//! All files of one program share one space of byte positions: each file starts where the one before
//! it ended, one byte apart. So a [`Span`] is two `u32` and still names its file.
//!
//! Invariant: a span made by the lexer or parser lies inside one file, on character boundaries.
//! This room knows nothing about the language.

mod map;
mod span;

pub use map::{FileId, Place, SourceFile, SourceMap};
pub use span::Span;
