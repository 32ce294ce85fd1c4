//! Files (section 16 of the routines): all of them reach the world through the host's files.
//!
//! Whatever leaves the folders that scripts may use is an error. What only fails gives false and a line in the log,
//! or an error where a result is wanted. Work goes in pieces of 64 KiB, each paid for before it is done.

mod access;
mod bytes;
mod csv;
mod handles;
mod pattern;
mod search;
mod text;
mod tree;
#[cfg(feature = "zip")]
mod zip;

#[cfg(feature = "excel")]
pub(super) use access::{CHUNK, cannot, read_all};
pub(super) use access::{charge, write_all};

use crate::{
    call::Routine,
    signatures::{Family, Returns, Signature},
    types::Type,
};

const YES_OR_NO: Returns = Returns::NeverNull(Type::BOOLEAN);

pub(super) fn routines() -> Vec<Routine> {
    let groups = [
        tree::routines(),
        text::routines(),
        bytes::routines(),
        csv::routines(),
        search::routines(),
        handles::routines(),
        #[cfg(feature = "zip")]
        zip::routines(),
    ];
    groups.concat()
}

fn signature(name: &'static str, short: &'static str) -> Signature {
    Signature::new(name, Family::System).package("file", short)
}
