//! The one integration binary.
mod check;
