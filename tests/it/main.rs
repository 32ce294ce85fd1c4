//! The one integration binary.

mod check;
#[cfg(feature = "cli")]
mod cli;
mod examples;
mod routines_system;
mod run;
mod syntax;
mod syntax_deep;
