//! Requests to other servers.

use super::address::{Rule, is_public};
use crate::host::{HttpCall, HttpClient, HttpFailure, HttpReply};
use std::{
    io::{self, Read},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};
use ureq::{
    Agent, Error, Proxy, ProxyProtocol,
    config::Config,
    http::{Method, Request, Response, Uri, header},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

/// How long to wait between two looks at the cancel flag.
const TURN: Duration = Duration::from_millis(5);
/// Redirects that are followed.
const HOPS: usize = 5;
/// The longest answer, unless set.
const BODY: usize = 32 << 20;

/// An HTTP client that reaches the allowed servers only.
///
/// A server has to be allowed by name, and the address behind the name has to be a public one. A server that is allowed
/// by its address, or as `localhost`, may be private. Both hold for every redirect as well, of which five are followed;
/// what authenticates the script is not sent on to another server. A proxy has to be allowed as well; which address a
/// name has is then the proxy's affair.
#[derive(Clone, Debug)]
pub struct WebClient {
    rules: Vec<Rule>,
    allow_private: bool,
    timeout: Duration,
    max_body: usize,
}

impl Default for WebClient {
    fn default() -> Self {
        Self::new()
    }
}

impl WebClient {
    /// A client that reaches nobody; 30 seconds for a request, 32 MiB for an answer.
    pub fn new() -> Self {
        Self { rules: Vec::new(), allow_private: false, timeout: Duration::from_secs(30), max_body: BODY }
    }

    /// Allows a server: `example.com`, `*.example.com` for all names below, an address, or `*` for all; a port may
    /// follow, as in `example.com:8443`.
    #[must_use]
    pub fn allow_host(mut self, host: &str) -> Self {
        self.rules.push(Rule::parse(host));
        self
    }

    /// Allows names of private, loopback and link-local addresses.
    #[must_use]
    pub fn allow_private_addresses(mut self, on: bool) -> Self {
        self.allow_private = on;
        self
    }

    /// Sets the time for one request, redirects included.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the longest answer in bytes.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    fn is_allowed(&self, host: &str, port: u16) -> bool {
        self.rules.iter().any(|rule| rule.allows(host, port))
    }

    fn may_be_private(&self, host: &str, port: u16) -> bool {
        self.allow_private || self.rules.iter().any(|rule| rule.names_address() && rule.allows(host, port))
    }

    /// Whether an address may be asked, by name.
    fn admit(&self, uri: &Uri) -> Result<(), HttpFailure> {
        let Some((host, port)) = target(uri) else {
            return Err(HttpFailure::Failed(format!("`{uri}` is no address of a server")));
        };
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(HttpFailure::Denied("an address must not contain a name and a password".to_owned()));
        }
        if self.is_allowed(host, port) {
            return Ok(());
        }
        Err(HttpFailure::Denied(format!("scripts are not allowed to reach `{host}:{port}`")))
    }

    /// Sends a request and follows redirects.
    fn exchange(&self, call: &HttpCall) -> Result<HttpReply, HttpFailure> {
        let begun = Instant::now();
        let timeout = call.timeout.map_or(self.timeout, |timeout| timeout.min(self.timeout));
        let mut step = Step::first(call)?;
        for hop in 0.. {
            self.admit(&step.uri)?;
            let left = timeout.saturating_sub(begun.elapsed());
            let response = self.ask(call, &step, left)?;
            match step.next(&response)? {
                Some(next) if hop < HOPS => step = next,
                Some(_) => return Err(HttpFailure::Failed(format!("more than {HOPS} redirects"))),
                None => return self.reply(call, response),
            }
        }
        Err(HttpFailure::Failed("no answer".to_owned()))
    }

    fn ask(&self, call: &HttpCall, step: &Step, left: Duration) -> Result<Response<ureq::Body>, HttpFailure> {
        if left.is_zero() {
            return Err(HttpFailure::Failed(SLOW.to_owned()));
        }
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(self.proxy(call)?)
            .timeout_global(Some(left))
            .allow_non_standard_methods(true)
            .user_agent(concat!("sil/", env!("CARGO_PKG_VERSION")))
            .build();
        let agent = Agent::with_parts(
            config,
            DefaultConnector::default(),
            Guard { client: self.clone(), inner: DefaultResolver::default() },
        );
        let mut request = Request::builder().method(step.method.clone()).uri(step.uri.clone());
        for (name, value) in &step.headers {
            request = request.header(name.as_str(), value.as_bytes());
        }
        let unfit = |error: ureq::http::Error| HttpFailure::Failed(format!("the request makes no sense: {error}"));
        let answer = match &step.body {
            Some(body) => agent.run(request.body(&body[..]).map_err(unfit)?),
            None => agent.run(request.body(()).map_err(unfit)?),
        };
        answer.map_err(|error| failure(&error))
    }

    fn proxy(&self, call: &HttpCall) -> Result<Option<Proxy>, HttpFailure> {
        let Some(proxy) = &call.proxy else { return Ok(None) };
        if !self.is_allowed(&proxy.host, proxy.port) {
            let message = format!("scripts are not allowed to reach the proxy `{}:{}`", proxy.host, proxy.port);
            return Err(HttpFailure::Denied(message));
        }
        let built = Proxy::builder(ProxyProtocol::Http).host(&proxy.host).port(proxy.port).build();
        built.map(Some).map_err(|error| HttpFailure::Failed(format!("the proxy makes no sense: {error}")))
    }

    fn reply(&self, call: &HttpCall, response: Response<ureq::Body>) -> Result<HttpReply, HttpFailure> {
        let (parts, body) = response.into_parts();
        let limit = call.max_body.min(self.max_body);
        let mut bytes = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        body.into_reader().take(most).read_to_end(&mut bytes).map_err(|error| {
            HttpFailure::Failed(if error.kind() == io::ErrorKind::TimedOut {
                SLOW.to_owned()
            } else {
                error.to_string()
            })
        })?;
        if bytes.len() > limit {
            return Err(HttpFailure::TooLarge);
        }
        let headers = parts.headers.iter();
        Ok(HttpReply {
            status: parts.status.as_u16(),
            reason: parts.status.canonical_reason().unwrap_or("").to_owned(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect(),
            body: bytes,
        })
    }
}

const SLOW: &str = "the server did not answer in time";

impl HttpClient for WebClient {
    fn send(&mut self, call: &HttpCall, cancelled: &dyn Fn() -> bool) -> Result<HttpReply, HttpFailure> {
        // Nothing wakes a thread that waits for the network; so another one waits, which its own time-out ends.
        let (sender, receiver) = mpsc::channel();
        let (client, sent) = (self.clone(), call.clone());
        let spawned = thread::Builder::new().name("sil-http".to_owned()).spawn(move || {
            // Nobody listens any more when the run was cancelled.
            let _ = sender.send(client.exchange(&sent));
        });
        if spawned.is_err() {
            return Err(HttpFailure::Failed("no thread can be started".to_owned()));
        }
        let begun = Instant::now();
        let patience = call.timeout.map_or(self.timeout, |timeout| timeout.min(self.timeout));
        loop {
            match receiver.recv_timeout(TURN) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Disconnected) => return Err(HttpFailure::Failed("no answer".to_owned())),
                Err(RecvTimeoutError::Timeout) if cancelled() || begun.elapsed() > patience.saturating_add(TURN) => {
                    return Err(HttpFailure::Failed(SLOW.to_owned()));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// One request of a chain of redirects.
struct Step {
    method: Method,
    uri: Uri,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Step {
    fn first(call: &HttpCall) -> Result<Self, HttpFailure> {
        let unfit = || HttpFailure::Failed(format!("`{}` is no address of a server", call.url));
        let method = Method::from_bytes(call.method.as_bytes()).map_err(|_| unfit())?;
        // What comes behind `#` is not sent.
        let address = call.url.trim().split('#').next().unwrap_or("");
        let uri: Uri = address.parse().map_err(|_| unfit())?;
        Ok(Self { method, uri, headers: call.headers.clone(), body: call.body.clone() })
    }

    /// The request that an answer redirects to, for those that change nothing on the server.
    fn next(&self, response: &Response<ureq::Body>) -> Result<Option<Self>, HttpFailure> {
        let reading = matches!(self.method, Method::GET | Method::HEAD);
        let method = match response.status().as_u16() {
            301 | 302 | 303 | 307 | 308 if reading => self.method.clone(),
            303 => Method::GET,
            _ => return Ok(None),
        };
        let Some(location) = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()) else {
            return Ok(None);
        };
        let unfit = || HttpFailure::Failed(format!("the redirect to `{location}` makes no sense"));
        let uri: Uri = join(&self.uri, location).ok_or_else(unfit)?.parse().map_err(|_| unfit())?;
        let same = target(&uri) == target(&self.uri) && uri.scheme() == self.uri.scheme();
        let secret = |name: &str| {
            ["authorization", "cookie", "proxy-authorization"].iter().any(|secret| secret.eq_ignore_ascii_case(name))
        };
        let headers = self.headers.iter().filter(|(name, _)| same || !secret(name));
        let without_body = method != self.method;
        let headers = headers.filter(|(name, _)| !(without_body && name.eq_ignore_ascii_case("content-type")));
        let body = if without_body { None } else { self.body.clone() };
        Ok(Some(Self { method, uri, headers: headers.cloned().collect(), body }))
    }
}

/// An address as another one sees it.
fn join(base: &Uri, location: &str) -> Option<String> {
    let location = location.split('#').next().unwrap_or("");
    if location.contains("://") {
        return Some(location.to_owned());
    }
    let scheme = base.scheme_str()?;
    if location.starts_with("//") {
        return Some(format!("{scheme}:{location}"));
    }
    let authority = base.authority()?.as_str();
    if location.starts_with('/') {
        return Some(format!("{scheme}://{authority}{location}"));
    }
    if location.is_empty() || location.starts_with('?') {
        return Some(format!("{scheme}://{authority}{}{location}", base.path()));
    }
    let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    let (path, query) = location.find('?').map_or((location, ""), |at| location.split_at(at));
    let mut parts: Vec<&str> = folder.split('/').skip(1).collect();
    let mut open_end = false;
    for part in path.split('/') {
        open_end = matches!(part, "." | "..");
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let end = if open_end && !parts.is_empty() { "/" } else { "" };
    Some(format!("{scheme}://{authority}/{}{end}{query}", parts.join("/")))
}

/// Host and port of an address of the web.
fn target(uri: &Uri) -> Option<(&str, u16)> {
    let default = match uri.scheme_str()? {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let host = uri.host().filter(|host| !host.is_empty())?;
    Some((host, uri.port_u16().unwrap_or(default)))
}

fn failure(error: &Error) -> HttpFailure {
    match error {
        Error::Timeout(_) => HttpFailure::Failed(SLOW.to_owned()),
        Error::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => HttpFailure::Denied(error.to_string()),
        Error::HostNotFound => HttpFailure::Failed("there is no such server".to_owned()),
        error => HttpFailure::Failed(error.to_string()),
    }
}

/// Finds addresses and leaves out those that are not allowed.
#[derive(Debug)]
struct Guard {
    client: WebClient,
    inner: DefaultResolver,
}

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let Some((host, port)) = target(uri) else { return Err(Error::HostNotFound) };
        if self.client.may_be_private(host, port) {
            return Ok(found);
        }
        let mut allowed = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            allowed.push(*address);
        }
        if allowed.is_empty() {
            let message = format!("scripts are not allowed to reach `{host}`, whose address is not public");
            return Err(Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, message)));
        }
        Ok(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_seen_from_where_they_come() {
        let base: Uri = "http://a.test:81/b/c/d?q".parse().unwrap();
        for (location, expected) in [
            ("https://x.test/y#z", "https://x.test/y"),
            ("//x.test/y", "http://x.test/y"),
            ("/y?n=1", "http://a.test:81/y?n=1"),
            ("y", "http://a.test:81/b/c/y"),
            ("./y/", "http://a.test:81/b/c/y/"),
            ("../y?n=../1", "http://a.test:81/b/y?n=../1"),
            ("../../../../y", "http://a.test:81/y"),
            ("..", "http://a.test:81/b/"),
            ("?n=1", "http://a.test:81/b/c/d?n=1"),
            ("", "http://a.test:81/b/c/d"),
        ] {
            assert_eq!(join(&base, location).as_deref(), Some(expected), "{location}");
        }
    }
}
