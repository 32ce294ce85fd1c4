//! The webhook room without a socket.

mod auth;
mod definition;
mod registry;
mod respond;
