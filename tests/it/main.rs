//! The one integration binary.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::field_reassign_with_default,
    reason = "tests may panic"
)]

mod syntax;
mod syntax_deep;
