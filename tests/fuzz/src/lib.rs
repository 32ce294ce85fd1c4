//! What each fuzz target holds. What it needs of the tests of the library is theirs, not a copy.
//!
//! A target takes bytes. Where it needs several texts they are separated by the byte 0xFF, which no text has; so seeds
//! and findings can be read, and the dictionary works in all of them.

#[path = "../../it/comparison.rs"]
pub mod comparison;
#[path = "../../it/generator/mod.rs"]
pub mod generator;
#[path = "../../it/reference/mod.rs"]
pub mod reference;
#[path = "../../it/round_trip/mod.rs"]
pub mod round_trip;
#[path = "../../it/sound.rs"]
pub mod sound;

mod conversions;
mod routines;
mod scripts;
mod webhooks;

pub use conversions::conversions;
pub use routines::{dates, regex};
pub use scripts::{check, host, lex, parse, round_trip as round, run};
pub use webhooks::request;

use sil::{ErrorKind, Outcome, RunError};
use std::borrow::Cow;

/// A target: it panics when something does not hold.
pub type Target = fn(&[u8]);

/// All of them by name.
pub const TARGETS: [(&str, Target); 9] = [
    ("lex", lex),
    ("parse", parse),
    ("check", check),
    ("run", run),
    ("round_trip", round),
    ("request", request),
    ("conversions", conversions),
    ("dates", dates),
    ("regex", regex),
];

/// The texts of an input; an empty one for each that it lacks.
fn texts<const N: usize>(data: &[u8]) -> [Cow<'_, str>; N] {
    let mut parts = data.splitn(N, |byte| *byte == 0xff);
    std::array::from_fn(|_| String::from_utf8_lossy(parts.next().unwrap_or_default()))
}

/// A run may end in any way but one.
fn hold(result: &Result<Outcome, RunError>) {
    if let Err(error) = result {
        assert!(*error.kind() != ErrorKind::Internal, "{}", error.report());
    }
}
