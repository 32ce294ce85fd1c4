//! The one integration binary.

mod check;
#[cfg(feature = "cli")]
mod cli;
mod examples;
mod syntax;
mod syntax_deep;
