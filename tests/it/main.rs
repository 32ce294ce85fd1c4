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

#[cfg(feature = "excel")]
mod bombs;
mod catalogue;
mod check;
#[cfg(feature = "cli")]
mod cli;
mod comparison;
mod embedded;
mod examples;
#[cfg(feature = "excel")]
mod excel;
mod explanations;
mod facts;
mod failing;
#[cfg(feature = "local")]
mod files;
mod fixes;
mod fuel;
mod generator;
mod guide;
mod hostile;
mod hostile_text;
mod house;
#[cfg(feature = "local")]
mod http;
mod includes;
mod limits;
mod lints;
mod operators;
mod properties;
mod recursion;
mod reference;
mod round_trip;
#[cfg(all(feature = "full", feature = "local"))]
mod routine_reference;
mod routines;
mod routines_system;
mod rules;
mod run;
#[cfg(feature = "server")]
mod server;
mod sharing;
mod sound;
#[cfg(all(feature = "full", feature = "local"))]
mod stopping;
mod syntax;
mod syntax_deep;
mod tables;
#[cfg(feature = "webhook")]
mod webhook;
