//! The one integration binary.

mod check;
mod run;
mod syntax;
mod syntax_deep;
