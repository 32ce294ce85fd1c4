//! Who calls (WH-80 to WH-88).
//!
//! [`authenticate`] looks at headers and query only, since no content is read before a caller is known (WH-57). A
//! signature covers the content, so for that kind it gives a [`SignatureCheck`] to finish when the content is there.
//!
//! Randomness and time are parameters: this room has neither.

mod contract;
mod jwt;
mod signature;
mod token;

pub use contract::check_token_store;
pub use jwt::{JwtError, verify_jwt};
pub use signature::SignatureCheck;
pub use token::{MemoryTokenStore, NewToken, TokenRecord, TokenStore, create_token};

pub(crate) use signature::signing_key;

use super::{Answer, Auth, JwtConfig, Method, WebhookDef};
use crate::host::WebhookParam;

/// What is looked at of a request.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The first header of a name, in any case; nothing when it is no text.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The query.
    pub params: &'a [WebhookParam],
}

impl<'a> Credentials<'a> {
    fn header(&self, name: &str) -> Option<&'a str> {
        (self.header)(name)
    }

    fn param(&self, name: &str) -> Option<&'a str> {
        let param = self.params.iter().find(|param| param.name == name)?;
        param.values.first().map(String::as_str)
    }
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Who called, once that is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identity {
    /// Anybody: the webhook asks for nothing.
    Anonymous,
    /// The holder of a token.
    Token {
        /// Id of the token, which is no secret.
        id: String,
    },
    /// The holder of a JSON Web Token.
    Jwt {
        /// Its `sub`.
        subject: Option<String>,
    },
    /// A sender that knows a key.
    Signature {
        /// The signed `webhook-id`: the idempotency key (WH-88).
        id: Option<String>,
    },
}

/// How far authentication came without the content.
#[derive(Debug)]
pub enum Admission {
    /// The caller is known.
    Granted(Identity),
    /// The content decides: read it, within its size limit, and call [`SignatureCheck::verify`].
    Content(SignatureCheck),
}

/// Why a caller is not let in (WH-85).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthFailure {
    status: u16,
    reason: &'static str,
    challenge: Option<String>,
}

impl AuthFailure {
    pub(super) fn unauthorized(webhook: &str, reason: &'static str) -> Self {
        Self { status: 401, reason, challenge: Some(challenge(webhook)) }
    }

    /// 401, 403, or 503 when the store of tokens cannot be asked.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Why, for logs and metrics, without anything of the credentials. Callers are not told.
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// The value of `WWW-Authenticate`, with every 401.
    pub fn challenge(&self) -> Option<&str> {
        self.challenge.as_deref()
    }

    /// The answer to the caller. `request_id` becomes the `instance`.
    pub fn answer(&self, request_id: &str) -> Answer {
        let detail = match self.status {
            401 => "this webhook needs valid credentials",
            403 => "the credentials are not for this method",
            _ => "credentials cannot be verified at the moment",
        };
        let answer = Answer::problem_of(self.status, None, detail, Some(request_id).filter(|id| !id.is_empty()));
        match &self.challenge {
            Some(challenge) => answer.and("WWW-Authenticate", challenge),
            None => answer,
        }
    }
}

/// The value of `WWW-Authenticate` for a webhook. Its name needs no escaping (WH-71).
pub(super) fn challenge(webhook: &str) -> String {
    format!("SIL-Token realm=\"{webhook}\"")
}

/// Says whether a caller may run a webhook, as far as headers and query tell.
///
/// `method` is the method of the request, which the webhook has; `jwt` the key for `auth = "jwt"`
/// ([`ServerConfig::jwt_of`](super::ServerConfig::jwt_of)); `now` the time in milliseconds since 1970.
///
/// # Errors
/// The caller is not let in.
pub fn authenticate(
    def: &WebhookDef,
    method: Method,
    credentials: &Credentials<'_>,
    now: i64,
    tokens: &dyn TokenStore,
    jwt: Option<&JwtConfig>,
) -> Result<Admission, AuthFailure> {
    let unauthorized = |reason| AuthFailure::unauthorized(&def.name, reason);
    match def.auth {
        Auth::None => Ok(Admission::Granted(Identity::Anonymous)),
        Auth::Token => {
            // The header counts when there is one, good or bad (WH-83).
            let text = credentials.header("x-sil-token").map(str::trim).or_else(|| credentials.param("silToken"));
            let text = text.ok_or_else(|| unauthorized("no credentials"))?;
            let id = token::verify(&def.name, method, text, now, tokens)?;
            Ok(Admission::Granted(Identity::Token { id }))
        }
        Auth::Jwt => {
            let config = jwt.or(def.jwt.as_ref()).ok_or_else(|| unauthorized("no key is configured"))?;
            let text = credentials.header("authorization").and_then(bearer).or_else(|| credentials.param("jwt"));
            let text = text.ok_or_else(|| unauthorized("no credentials"))?;
            let subject = verify_jwt(text, config, now).map_err(|error| unauthorized(error.reason()))?;
            Ok(Admission::Granted(Identity::Jwt { subject }))
        }
        Auth::Signature => {
            let config = def.signature.as_ref().ok_or_else(|| unauthorized("no key is configured"))?;
            SignatureCheck::begin(&def.name, config, credentials, now).map(Admission::Content)
        }
    }
}

/// The token of `Authorization: Bearer ...` or `Authorization: JWT ...`.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("jwt");
    known.then(|| token.trim_start())
}
