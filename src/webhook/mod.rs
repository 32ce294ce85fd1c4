//! Webhook requests and answers without HTTP, so that every front end gives the same ones.
//!
//! [`parse_query`] and [`decode_content`] make the request a script sees, [`build_request`] does both; [`Answer`] is
//! what goes back. This room knows no sockets and no server.

mod answer;
mod content;
mod query;
mod request;

pub use crate::host::{check_header, is_token};
pub use answer::Answer;
pub use content::{ContentError, decode_content};
pub use query::parse_query;
pub use request::{RequestError, build_request};
