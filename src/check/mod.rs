//! Names, scopes, types and flow: what can be known before a script runs.
//!
//! Reads the tree and the signatures, gives [`Facts`] and diagnostics, runs nothing.

mod facts;

pub use facts::{Facts, NameRef, Owner, Resolution, Site, SiteId, StepFacts, VarFacts};
