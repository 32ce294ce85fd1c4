//! JSON Web Tokens, HS256 only (RFC 7515, RFC 7519; WH-87).

use crate::webhook::JwtConfig;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;
use thiserror::Error;

/// Seconds by which the clocks of sender and receiver may differ.
const LEEWAY: f64 = 60.0;

/// Why a JSON Web Token is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum JwtError {
    /// It is not three parts of base64 with JSON in them.
    #[error("malformed JSON Web Token")]
    Malformed,
    /// Its `alg` is not `HS256`, or it has extensions that have to be understood.
    #[error("JSON Web Token of another algorithm")]
    Algorithm,
    /// It was signed with another key.
    #[error("wrong signature of a JSON Web Token")]
    Signature,
    /// It has no `exp`.
    #[error("JSON Web Token without expiry")]
    NoExpiry,
    /// Its `exp` is past.
    #[error("expired JSON Web Token")]
    Expired,
    /// Its `nbf` is to come.
    #[error("JSON Web Token that is not valid yet")]
    Early,
    /// It is from another issuer.
    #[error("JSON Web Token of another issuer")]
    Issuer,
    /// It is for another audience.
    #[error("JSON Web Token for another audience")]
    Audience,
}

impl JwtError {
    /// In words, without anything of the token.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "malformed JSON Web Token",
            Self::Algorithm => "JSON Web Token of another algorithm",
            Self::Signature => "wrong signature of a JSON Web Token",
            Self::NoExpiry => "JSON Web Token without expiry",
            Self::Expired => "expired JSON Web Token",
            Self::Early => "JSON Web Token that is not valid yet",
            Self::Issuer => "JSON Web Token of another issuer",
            Self::Audience => "JSON Web Token for another audience",
        }
    }
}

/// Verifies a JSON Web Token and gives its subject. `now` is in milliseconds since 1970.
///
/// # Errors
/// It is not valid.
pub fn verify_jwt(token: &str, config: &JwtConfig, now: i64) -> Result<Option<String>, JwtError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(JwtError::Malformed)?;
    let header = object(header)?;
    // The algorithm is a decision of the receiver; what the token says has to agree and can change nothing.
    if header.get("alg").and_then(Value::as_str) != Some("HS256") || header.contains_key("crit") {
        return Err(JwtError::Algorithm);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Malformed)?;
    let key = config.secret.reveal().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| JwtError::Signature)?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&signature).map_err(|_| JwtError::Signature)?;
    check_claims(&object(claims)?, config, now)
}

/// The JSON object in a part. A dot inside it is no base64, so there are exactly three parts.
fn object(part: &str) -> Result<Map<String, Value>, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Malformed)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any year that matters are exact")]
fn check_claims(claims: &Map<String, Value>, config: &JwtConfig, now: i64) -> Result<Option<String>, JwtError> {
    let now = now as f64 / 1000.0;
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or(JwtError::Malformed),
    };
    let expiry = time("exp")?.ok_or(JwtError::NoExpiry)?;
    if now >= expiry + LEEWAY {
        return Err(JwtError::Expired);
    }
    if time("nbf")?.is_some_and(|start| now < start - LEEWAY) {
        return Err(JwtError::Early);
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if config.issuer.as_deref().is_some_and(|issuer| text("iss") != Some(issuer)) {
        return Err(JwtError::Issuer);
    }
    if let Some(audience) = config.audience.as_deref() {
        let named = match claims.get("aud") {
            Some(Value::Array(list)) => list.iter().any(|one| one.as_str() == Some(audience)),
            other => other.and_then(Value::as_str) == Some(audience),
        };
        if !named {
            return Err(JwtError::Audience);
        }
    }
    Ok(text("sub").map(str::to_owned))
}
