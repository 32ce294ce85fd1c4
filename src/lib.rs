//! An interpreter for SIL, the Simple Issue Language.

pub mod call;
pub mod check;
pub mod diagnostics;
pub mod guide;
pub mod host;
pub mod limits;
pub mod signatures;
pub mod source;
pub mod syntax;
pub mod types;
pub mod value;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use host::Host;
