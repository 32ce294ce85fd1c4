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

mod catalogue;
mod check;
#[cfg(feature = "cli")]
mod cli;
mod examples;
#[cfg(feature = "excel")]
mod excel;
#[cfg(feature = "local")]
mod files;
mod generator;
mod guide;
mod hostile;
mod house;
#[cfg(feature = "local")]
mod http;
mod includes;
mod operators;
mod properties;
mod reference;
mod routines;
mod routines_system;
mod rules;
mod run;
#[cfg(feature = "server")]
mod server;
mod sharing;
mod syntax;
mod syntax_deep;
#[cfg(feature = "webhook")]
mod webhook;
