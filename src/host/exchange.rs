use super::{HostError, Webhook, WebhookRequest, check_header};

/// Room for a small answer, in bytes.
const FIRST: usize = 512;

/// A request to a webhook and what a script makes of the answer, kept in memory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exchange {
    /// What came in.
    pub request: WebhookRequest,
    /// The text appended so far.
    pub body: String,
    /// The headers added so far, in order.
    pub headers: Vec<(String, String)>,
}

impl Exchange {
    /// An exchange whose answer is still empty.
    pub fn new(request: WebhookRequest) -> Self {
        Self { request, body: String::new(), headers: Vec::new() }
    }
}

impl Webhook for Exchange {
    fn request(&self) -> &WebhookRequest {
        &self.request
    }

    fn append(&mut self, text: &str) -> Result<(), HostError> {
        // The run's budget has counted it (WH-26). Most answers are put together of small pieces.
        if self.body.capacity() == 0 {
            self.body.reserve(text.len().max(FIRST));
        }
        self.body.push_str(text);
        Ok(())
    }

    fn add_header(&mut self, name: &str, value: &str) -> Result<(), HostError> {
        check_header(name, value)?;
        self.headers.push((name.to_owned(), value.to_owned()));
        Ok(())
    }
}
