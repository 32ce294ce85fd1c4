//! Requests to other servers (section 17 of the routines), through the host's HTTP client.

mod build;
mod latest;
mod request;
mod send;
mod verbs;

use crate::{
    call::Routine,
    signatures::{Family, Signature},
};

pub(super) fn routines() -> Vec<Routine> {
    [build::routines(), verbs::routines(), latest::routines()].concat()
}

fn core(name: &'static str, short: &'static str) -> Signature {
    Signature::new(name, Family::Core).package("http", short)
}

fn signature(name: &'static str, short: &'static str) -> Signature {
    Signature::new(name, Family::Http).package("http", short)
}
