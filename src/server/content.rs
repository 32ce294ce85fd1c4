//! The content of a request, read with a limit of size and time (WH-59).

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use std::time::Duration;

/// How long a sender may take for all of the content.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why there is no content.
pub(super) enum Unread {
    /// It is larger than it may be: 413.
    TooLarge,
    /// It did not come in time: 408.
    TooSlow,
    /// It broke off, or its chunks are malformed: 400.
    Broken,
}

impl Unread {
    pub(super) const fn status(&self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::TooSlow => 408,
            Self::Broken => 400,
        }
    }

    pub(super) const fn detail(&self) -> &'static str {
        match self {
            Self::TooLarge => "the content is larger than this webhook takes",
            Self::TooSlow => "the content did not come in time",
            Self::Broken => "the content broke off or is malformed",
        }
    }
}

/// Reads all of it.
pub(super) async fn read(body: Body, most: u64) -> Result<Bytes, Unread> {
    if http_body::Body::is_end_stream(&body) {
        return Ok(Bytes::new());
    }
    match tokio::time::timeout(PATIENCE, collect(body, most)).await {
        Ok(read) => read,
        Err(_) => Err(Unread::TooSlow),
    }
}

async fn collect(mut body: Body, most: u64) -> Result<Bytes, Unread> {
    let mut first = Bytes::new();
    let mut all: Option<Vec<u8>> = None;
    let mut length = 0u64;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
        if length > most {
            return Err(Unread::TooLarge);
        }
        match &mut all {
            // Most contents come in one piece.
            None if first.is_empty() => first = data,
            None => all = Some([first.as_ref(), data.as_ref()].concat()),
            Some(all) => all.extend_from_slice(&data),
        }
    }
    Ok(all.map_or(first, Bytes::from))
}
