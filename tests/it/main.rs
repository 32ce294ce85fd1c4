//! The one integration binary.

mod check;
mod syntax;
mod syntax_deep;
