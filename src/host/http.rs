use std::time::Duration;

/// A server that a request goes through.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HttpProxy {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// A request to another server, as a routine makes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpCall {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The whole address, query included.
    pub url: String,
    /// Headers in order, cookies included.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Option<Vec<u8>>,
    /// The proxy to go through.
    pub proxy: Option<HttpProxy>,
    /// The longest answer that is read, in bytes.
    pub max_body: usize,
    /// Time left for all of it.
    pub timeout: Option<Duration>,
}

/// The answer of another server.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HttpReply {
    /// The status code.
    pub status: u16,
    /// The words behind it.
    pub reason: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum HttpFailure {
    /// The host does not allow this address.
    Denied(String),
    /// No connection, a broken one, or a time-out.
    Failed(String),
    /// The answer is larger than was asked for.
    TooLarge,
}

impl HttpFailure {
    /// In words.
    pub fn message(&self) -> &str {
        match self {
            Self::Denied(message) | Self::Failed(message) => message,
            Self::TooLarge => "the answer is too large",
        }
    }
}

/// The HTTP client capability.
pub trait HttpClient {
    /// Sends a request and waits for the answer. Any status is an answer. Waiting ends early when `cancelled` says so;
    /// the caller looks at the limits afterwards.
    ///
    /// # Errors
    /// See [`HttpFailure`].
    fn send(&mut self, call: &HttpCall, cancelled: &dyn Fn() -> bool) -> Result<HttpReply, HttpFailure>;
}
