//! An interpreter for SIL, the Simple Issue Language of Power Scripts for Jira and Confluence: run, check and embed
//! existing scripts anywhere.
//!
//! ```
//! use sil::{Engine, Limits, MemoryHost};
//!
//! let engine = Engine::new();
//! let program = engine.compile("sum.sil", "number[] n = {4, 8, 15}; return n[1] + n[2];")?;
//! let outcome = program.run(&mut MemoryHost::new(), &Limits::default())?;
//! assert_eq!(outcome.returned()[0].to_text(), "23");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What can never happen
//! No script and no input, however hostile, makes this crate panic, overflow the stack, hang, or take memory without
//! bound: every run is held by [`Limits`], which are on by default and which a script cannot catch. The crate forbids
//! `unsafe` code.
//!
//! # Rooms
//! A script travels `source` → `syntax` → `check` → `lower` → `eval`. `value` holds what it computes with, `host` is
//! the world around it, `routines` what it may call, and [`engine`](Engine) wires all of it together. The
//! [`guide`] describes the language, the limits, the differences to the original, and the design.
//!
//! # Features
//! - `render` (default): diagnostics with source excerpts for terminals.
//! - `webhook`: webhooks without HTTP: definitions, registry, requests, answers, authentication, tasks.
//! - `local`: files, network, clock, randomness and environment of a real machine, each switched on by itself.
//! - `crypto`: `encrypt`, `decrypt`, `hmacSHA1`, `hmacSHA256`, `rsaSHA256`, with the crates of RustCrypto.
//! - `zip`: the routine `zipFiles`.
//! - `excel`: the routines for workbooks.
//! - `full`: every family of routines that is built in.
//! - `server`: webhooks over HTTP: a router to nest, durable stores, workers, administration.
//! - `cli`: the command `sil`, with `webhook`, `local` and `full`.

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        clippy::arithmetic_side_effects,
        reason = "tests stop at the first surprise"
    )
)]

pub mod call;
pub mod check;
pub mod diagnostics;
mod engine;
mod eval;
pub mod guide;
pub mod host;
pub mod limits;
#[cfg(feature = "local")]
pub mod local;
mod lower;
mod routines;
#[cfg(feature = "server")]
pub mod server;
pub mod signatures;
pub mod source;
pub mod syntax;
pub mod types;
pub mod value;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use call::LogEntry;
pub use diagnostics::{Diagnostic, Diagnostics, Severity};
pub use engine::{
    Embedded, Engine, EngineBuilder, ErrorKind, FromValue, IncludeLoader, IntoValue, LoadError, Outcome, Program,
    Reading, RunError, StackEntry, TextArg, read_result,
};
pub use host::{Host, MemoryHost, WebhookRequest};
pub use limits::{CancelFlag, LimitHit, LimitKind, Limits, SourceLimits};
pub use value::{Data, Zone};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
