//! The one integration binary.

mod syntax;
mod syntax_deep;
