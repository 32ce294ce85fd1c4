//! JSON text to values, and back (L-46).

mod read;
mod write;

pub use read::from_json;
pub(super) use read::read_if_json;
pub use write::{DateWriter, EmptyField, JsonStyle, to_json};

use write::write_string;
