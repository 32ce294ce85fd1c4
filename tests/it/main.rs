//! The one integration binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::field_reassign_with_default,
    reason = "tests stop at the first surprise"
)]

mod check;
#[cfg(feature = "cli")]
mod cli;
mod examples;
mod hostile;
mod run;
mod sharing;
mod syntax;
mod syntax_deep;
#[cfg(feature = "webhook")]
mod webhook;
