//! Who has logged in, and the login itself.
//!
//! A session is a secret in a cookie. Only its hash is kept, and the token of its forms is made from it, so there is
//! nothing in memory that a cookie could be made from. Sessions end with the process.

use super::{
    Page, Visit,
    layout::{self, Notice},
    visit::{self, Fields},
};
use crate::{
    host::Random,
    local::OsRandom,
    server::admin::access::{Refused, source_of},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use maud::html;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use subtle::ConstantTimeEq;

/// A session ends when nothing was asked for so long.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// It ends in any case after so long.
const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// Sessions at the same time; one more ends the one that was idle longest.
const MOST: usize = 64;

const COOKIE: &str = "sil_admin";
/// Binds the login form to the browser that asked for it.
const LOGIN_COOKIE: &str = "sil_login";
/// The field of every form that holds its token.
pub(super) const TOKEN: &str = "_token";

type Hash = [u8; 32];

/// All sessions.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    open: Mutex<HashMap<Hash, Times>>,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    begun: Instant,
    seen: Instant,
}

impl Times {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.seen) >= IDLE || now.saturating_duration_since(self.begun) >= LONGEST
    }
}

impl Sessions {
    fn open(&self) -> MutexGuard<'_, HashMap<Hash, Times>> {
        // Each change is one step.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new session: its secret.
    fn begin(&self, now: Instant) -> String {
        let secret = secret();
        let mut open = self.open();
        open.retain(|_, times| !times.is_over(now));
        if open.len() >= MOST
            && let Some(oldest) = open.iter().min_by_key(|(_, times)| times.seen).map(|(hash, _)| *hash)
        {
            open.remove(&oldest);
        }
        open.insert(hash_of(&secret), Times { begun: now, seen: now });
        secret
    }

    /// Whether a session of this secret goes on; it was seen now.
    fn see(&self, secret: &str, now: Instant) -> bool {
        let hash = hash_of(secret);
        let mut open = self.open();
        let goes_on = open.get(&hash).is_some_and(|times| !times.is_over(now));
        match open.get_mut(&hash) {
            Some(times) if goes_on => times.seen = now,
            _ => drop(open.remove(&hash)),
        }
        goes_on
    }

    fn end(&self, secret: &str) {
        self.open().remove(&hash_of(secret));
    }
}

/// The secret of the session that a request belongs to, if it goes on.
pub(super) fn session_of(page: &Page, headers: &HeaderMap) -> Option<String> {
    let secret = cookie(headers, COOKIE)?;
    page.sessions.see(secret, Instant::now()).then(|| secret.to_owned())
}

/// The token of the forms of a session.
pub(super) fn form_token(secret: &str) -> String {
    hex(&Sha256::digest(format!("form {secret}").as_bytes()))
}

/// Whether a form came from the page of a session.
pub(super) fn is_form_token(fields: &Fields, expected: &str) -> bool {
    bool::from(hash_of(fields.one(TOKEN)).ct_eq(&hash_of(expected)))
}

fn hash_of(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 256 random bits.
fn secret() -> String {
    (0..4).map(|_| format!("{:016x}", OsRandom.next_u64())).collect()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// Sets a cookie for the pages, or removes it when the value is empty.
fn set_cookie(response: &mut Response, headers: &HeaderMap, base: &str, name: &str, value: &str) {
    let secure = if visit::is_tls(headers) { "; Secure" } else { "" };
    let gone = if value.is_empty() { "; Max-Age=0" } else { "" };
    let line = format!("{name}={value}; Path={base}/admin; HttpOnly; SameSite=Strict{secure}{gone}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// From the address without slash to the one with it.
pub(super) async fn to_front(State(page): State<Page>) -> Response {
    layout::redirect(&format!("{}/admin/", page.server.config().base_path))
}

/// The login form.
pub(super) async fn form(State(page): State<Page>, request: Request) -> Response {
    let next = visit::query_of(request.uri()).one("next").to_owned();
    shown(&page, request.headers(), StatusCode::OK, &next, None)
}

fn shown(page: &Page, headers: &HeaderMap, status: StatusCode, next: &str, failure: Option<&str>) -> Response {
    let base = page.server.config().base_path.clone();
    let token = match cookie(headers, LOGIN_COOKIE).filter(|token| token.len() >= 64) {
        Some(token) => token.to_owned(),
        None => secret(),
    };
    let notice = failure.map(|text| Notice::error(text.to_owned()));
    let content = html! {
        form.card.login method="post" action=(format!("{base}/admin/login")) {
            h1 { "SIL webhooks" }
            @if let Some(notice) = &notice { (layout::notice(notice)) }
            input type="hidden" name=(TOKEN) value=(token);
            input type="hidden" name="next" value=(next);
            // Password managers want a name to remember the key for.
            input.away type="text" name="user" value="admin" autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            div.field {
                label for="key" { "Admin key" }
                input #key type="password" name="key" required autofocus autocomplete="current-password";
                p.hint { "The server told it when it started, or it is in the file of the option " code { "--admin-key-file" } "." }
            }
            button.primary type="submit" { "Log in" }
        }
    };
    let mut response = layout::bare(&base, status, "Log in", &content);
    set_cookie(&mut response, headers, &base, LOGIN_COOKIE, &token);
    response
}

/// Looks at a key and begins a session.
pub(super) async fn enter(State(page): State<Page>, request: Request) -> Response {
    let (headers, source) = (request.headers().clone(), source_of(request.extensions()));
    let fields = match Fields::from_request(request, &page).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let next = fields.one("next").to_owned();
    let refuse = |status, text: &str| shown(&page, &headers, status, &next, Some(text));
    let known = cookie(&headers, LOGIN_COOKIE).is_some_and(|token| is_form_token(&fields, token));
    if !known {
        return refuse(StatusCode::FORBIDDEN, "The form was too old, or cookies are off. Please try again.");
    }
    match page.access.check(source, fields.one("key")) {
        Ok(()) => {}
        Err(Refused::WrongKey) => {
            tracing::warn!("somebody tried to log in to the admin page with a wrong key");
            return refuse(StatusCode::UNAUTHORIZED, "That is not the admin key.");
        }
        Err(Refused::TooMany { retry_after }) => {
            let text = format!("Too many wrong keys. Wait {retry_after} seconds, then try again.");
            let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, &text);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
            return response;
        }
    }
    let secret = page.sessions.begin(Instant::now());
    tracing::info!("an administrator has logged in");
    let base = page.server.config().base_path.clone();
    let mut response = layout::redirect(&local(&base, &next));
    set_cookie(&mut response, &headers, &base, COOKIE, &secret);
    set_cookie(&mut response, &headers, &base, LOGIN_COOKIE, "");
    response
}

/// Where to go after the login: a page of ours, whatever was asked for.
fn local(base: &str, next: &str) -> String {
    let front = format!("{base}/admin/");
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if next.starts_with(&front) && plain { next.to_owned() } else { front }
}

/// Ends the session.
pub(super) fn leave(visit: &Visit) -> Response {
    visit.page.sessions.end(&visit.secret);
    let mut response = layout::redirect(&visit.to("login"));
    set_cookie(&mut response, &visit.headers, &visit.base, COOKIE, "");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end() {
        let sessions = Sessions::default();
        let start = Instant::now();
        let secret = sessions.begin(start);
        assert!(sessions.see(&secret, start + IDLE / 2));
        assert!(sessions.see(&secret, start + IDLE));
        assert!(!sessions.see(&secret, start + IDLE * 2));
        assert!(!sessions.see(&secret, start + IDLE), "it was dropped");

        let secret = sessions.begin(start);
        let mut now = start;
        while now < start + LONGEST {
            assert!(sessions.see(&secret, now));
            now += IDLE / 2;
        }
        assert!(!sessions.see(&secret, now), "seen all the time, and over all the same");
        assert!(!sessions.see("", now));
    }

    #[test]
    fn sessions_are_bounded() {
        let sessions = Sessions::default();
        let start = Instant::now();
        let first = sessions.begin(start);
        for second in 1..=MOST as u64 {
            sessions.begin(start + Duration::from_secs(second));
        }
        assert_eq!(sessions.open().len(), MOST);
        assert!(!sessions.see(&first, start));
    }

    #[test]
    fn only_pages_of_ours_come_after_the_login() {
        assert_eq!(local("/x", "/x/admin/tasks?state=dead"), "/x/admin/tasks?state=dead");
        for next in ["", "//evil", "/x/admin", "https://evil/", "/admin/", "/x/admin/\r\nX: y", "/x/admin/\\evil"] {
            assert_eq!(local("/x", next), "/x/admin/", "{next}");
        }
    }

    #[test]
    fn cookies_are_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; sil_admin=x=y"));
        headers.append(header::COOKIE, HeaderValue::from_static("b=2"));
        assert_eq!(cookie(&headers, "sil_admin"), Some("x=y"));
        assert_eq!(cookie(&headers, "b"), Some("2"));
        assert_eq!(cookie(&headers, "admin"), None);
    }
}
