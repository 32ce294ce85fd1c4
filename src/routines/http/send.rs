//! Sending a request, and what came of it.

use crate::{
    call::Context,
    host::{HttpCall, HttpFailure, HttpReply, LogLevel},
    limits::{CancelFlag, memory},
    value::Fault,
};

/// What is known of the latest request of a run.
#[derive(Default)]
pub(super) struct Latest {
    /// The answer, without its content.
    pub(super) reply: Option<HttpReply>,
    /// Why there is none, or what is wrong with it.
    pub(super) error: String,
}

/// Bytes that an answer may have: what is left of the memory has to hold it as bytes and as text.
pub(super) fn max_body(cx: &Context<'_>) -> usize {
    let limits = cx.budget.limits();
    limits.string_size.min(limits.memory.saturating_sub(memory::live()) / 4)
}

/// Sends a request. `None` when there is no answer, which is then told in the log and remembered (section 17).
pub(super) fn send(cx: &mut Context<'_>, call: &HttpCall) -> Result<Option<HttpReply>, Fault> {
    let size = call.body.as_ref().map_or(0, Vec::len).saturating_add(call.url.len());
    cx.budget.charge(u64::try_from(size / 64).unwrap_or(u64::MAX).saturating_add(1_000))?;
    cx.budget.poll()?;
    let cancel = cx.budget.limits().cancel.clone();
    let cancelled = || cancel.as_ref().is_some_and(CancelFlag::is_cancelled);
    let Some(http) = cx.host.http() else {
        return Err(Fault::host("requests to other servers are not available in this host"));
    };
    let result = http.send(call, &cancelled);
    // Waiting took time.
    cx.budget.poll()?;
    let latest = cx.state.get::<Latest>();
    match result {
        Ok(reply) => {
            latest.error = match reply.status {
                0..400 => String::new(),
                status => format!("{status} {}", reply.reason).trim_end().to_owned(),
            };
            latest.reply = Some(HttpReply { body: Vec::new(), ..reply.clone() });
            Ok(Some(reply))
        }
        Err(failure) => {
            latest.reply = None;
            latest.error = failure.message().to_owned();
            if let HttpFailure::Denied(message) = failure {
                return Err(Fault::host(message));
            }
            let address = call.url.split(['?', '#']).next().unwrap_or("");
            cx.log(LogLevel::Warn, &format!("{} {address} failed: {}", call.method, failure.message()))?;
            Ok(None)
        }
    }
}

/// An address with characters escaped that cannot stand in one.
pub(super) fn escaped(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.trim().bytes() {
        match byte {
            b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=31 | 127.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            byte => out.push(char::from(byte)),
        }
    }
    out
}

/// An address with a query added to what it has.
pub(super) fn with_query(address: &str, query: &str) -> String {
    if query.is_empty() {
        return address.to_owned();
    }
    let (address, fragment) = match address.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (address, None),
    };
    let separator = if address.ends_with(['?', '&']) {
        ""
    } else if address.contains('?') {
        "&"
    } else {
        "?"
    };
    match fragment {
        Some(fragment) => format!("{address}{separator}{query}#{fragment}"),
        None => format!("{address}{separator}{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(escaped(" http://a/b c?q=\"ä\"%20"), "http://a/b%20c?q=%22%C3%A4%22%20");
        assert_eq!(with_query("http://a", "x=1"), "http://a?x=1");
        assert_eq!(with_query("http://a?y", "x=1"), "http://a?y&x=1");
        assert_eq!(with_query("http://a?", "x=1"), "http://a?x=1");
        assert_eq!(with_query("http://a#top", "x=1"), "http://a?x=1#top");
        assert_eq!(with_query("http://a#top", ""), "http://a#top");
    }
}
