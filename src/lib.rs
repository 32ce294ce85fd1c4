//! An interpreter for SIL, the Simple Issue Language.

// LOCAL pub mod call;
// LOCAL pub mod check;
pub mod diagnostics;
// LOCAL pub mod host;
pub mod limits;
// LOCAL pub mod signatures;
pub mod source;
// LOCAL pub mod syntax;
pub mod types;
pub mod value;

// LOCAL pub use host::Host;
