//! Signatures of the raw content (WH-88).

use super::{AuthFailure, Credentials, Identity};
use crate::webhook::{Scheme, SignatureConfig};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Characters of a `webhook-id`.
const MAX_ID: usize = 256;
/// Signatures that are tried from one header; senders add one for each key they are changing between.
const MAX_SIGNATURES: usize = 16;

/// A signature whose headers are fine, waiting for the content.
pub struct SignatureCheck {
    webhook: String,
    id: Option<String>,
    /// What is signed before the content.
    prefix: Vec<u8>,
    keys: Vec<Vec<u8>>,
    signatures: Vec<Vec<u8>>,
}

impl std::fmt::Debug for SignatureCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignatureCheck").field("webhook", &self.webhook).field("id", &self.id).finish_non_exhaustive()
    }
}

impl SignatureCheck {
    pub(super) fn begin(
        webhook: &str,
        config: &SignatureConfig,
        credentials: &Credentials<'_>,
        now: i64,
    ) -> Result<Self, AuthFailure> {
        let unauthorized = |reason| AuthFailure::unauthorized(webhook, reason);
        let header = |name| credentials.header(name).map(str::trim);
        let missing = || unauthorized("no credentials");
        let mut check = Self {
            webhook: webhook.to_owned(),
            id: None,
            prefix: Vec::new(),
            keys: Vec::new(),
            signatures: Vec::new(),
        };
        match config.scheme {
            Scheme::Standard => {
                let id = header("webhook-id").ok_or_else(missing)?;
                let timestamp = header("webhook-timestamp").ok_or_else(missing)?;
                let signatures = header("webhook-signature").ok_or_else(missing)?;
                // A dot in the id would let one signature stand for several ways to cut the signed bytes.
                if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
                {
                    return Err(unauthorized("malformed webhook id"));
                }
                if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(unauthorized("malformed timestamp"));
                }
                let seconds: i64 = timestamp.parse().map_err(|_| unauthorized("malformed timestamp"))?;
                let off = u128::from(seconds.saturating_mul(1000).abs_diff(now));
                if off > config.tolerance.as_millis() {
                    return Err(unauthorized("timestamp out of tolerance"));
                }
                check.prefix = format!("{id}.{timestamp}.").into_bytes();
                check.id = Some(id.to_owned());
                check.keys = config.secrets.iter().filter_map(|secret| signing_key(secret.reveal())).collect();
                // Signatures of other versions may stand beside ours.
                let ours = signatures.split_ascii_whitespace().filter_map(|one| one.strip_prefix("v1,"));
                check.signatures = ours.take(MAX_SIGNATURES).filter_map(|one| STANDARD.decode(one).ok()).collect();
            }
            Scheme::Github => {
                let signature = header("x-hub-signature-256").ok_or_else(missing)?;
                check.keys = config.secrets.iter().map(|secret| secret.reveal().as_bytes().to_vec()).collect();
                check.signatures = signature.strip_prefix("sha256=").and_then(from_hex).into_iter().collect();
            }
        }
        if check.signatures.is_empty() {
            return Err(unauthorized("malformed signature"));
        }
        Ok(check)
    }

    /// Verifies the signature against the content exactly as it came, before any decoding.
    ///
    /// # Errors
    /// The signature was made of another content or with another key.
    pub fn verify(self, content: &[u8]) -> Result<Identity, AuthFailure> {
        let fits = |key: &Vec<u8>| {
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
            mac.update(&self.prefix);
            mac.update(content);
            self.signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
        };
        if self.keys.iter().any(fits) {
            return Ok(Identity::Signature { id: self.id });
        }
        Err(AuthFailure::unauthorized(&self.webhook, "wrong signature"))
    }
}

/// The key of a Standard Webhooks secret; nothing when its base64 is broken.
pub(crate) fn signing_key(secret: &str) -> Option<Vec<u8>> {
    match secret.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).ok().filter(|key| !key.is_empty()),
        None => Some(secret.as_bytes().to_vec()),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(32);
    let mut digits = text.chars();
    while let Some(high) = digits.next() {
        let (high, low) = (high.to_digit(16)?, digits.next()?.to_digit(16)?);
        bytes.push(u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?);
    }
    Some(bytes)
}
