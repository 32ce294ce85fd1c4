//! Requests to other servers that are answered from memory.

use crate::host::{HttpCall, HttpClient, HttpFailure, HttpReply};

/// Calls that are remembered, and their contents in bytes.
const CALLS: usize = 1_000;
const BYTES: usize = 16 << 20;

/// Answers requests with what was set, and remembers the requests: the first thousand of them, up to 16 MiB of content.
#[derive(Clone, Debug, Default)]
pub struct MemoryHttp {
    answers: Vec<(String, String, HttpReply)>,
    calls: Vec<HttpCall>,
    bytes: usize,
}

impl MemoryHttp {
    /// Sets the answer for a method and an address without query.
    pub(super) fn answer(&mut self, method: &str, url: &str, reply: HttpReply) {
        self.answers.push((method.to_owned(), url.to_owned(), reply));
    }

    /// The requests that were sent, in order.
    pub fn calls(&self) -> &[HttpCall] {
        &self.calls
    }
}

impl HttpClient for MemoryHttp {
    fn send(&mut self, call: &HttpCall, _: &dyn Fn() -> bool) -> Result<HttpReply, HttpFailure> {
        let size = call.body.as_ref().map_or(0, Vec::len).saturating_add(call.url.len());
        if self.calls.len() < CALLS && self.bytes.saturating_add(size) <= BYTES {
            self.bytes = self.bytes.saturating_add(size);
            self.calls.push(call.clone());
        }
        let address = call.url.split(['?', '#']).next().unwrap_or("");
        let answer = self.answers.iter().rev().find(|(method, url, _)| *method == call.method && url == address);
        match answer {
            Some((_, _, reply)) if reply.body.len() > call.max_body => Err(HttpFailure::TooLarge),
            Some((_, _, reply)) => Ok(reply.clone()),
            None => Err(HttpFailure::Failed(format!("no server answers at {address}"))),
        }
    }
}
