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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::Secret;

    const NOW: i64 = 1_950_000_000_000;

    fn config() -> JwtConfig {
        JwtConfig { secret: Secret::new("a key of at least thirty-two bytes"), issuer: None, audience: None }
    }

    /// Made with another implementation of HMAC.
    #[rustfmt::skip]
    const TABLE: &[(&str, Option<JwtError>, &str)] = &[
        ("good", None, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.9NvAY98mw4nzNali5VokqIYBHonYiV6_w7xPShr0JSs"),
        ("within the leeway", None, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NDk5OTk5NDF9.5C0V0d3c_irRaIaBx5GYR5BZWpqPSwSln5U5KggXT1E"),
        ("fraction", None, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDAwMDAuNX0.doIVCb9uHrWO7ku4L_1cr6t8NXjFRI5YXaePScgzInI"),
        ("nbf within the leeway", None, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDAsIm5iZiI6MTk1MDAwMDA2MH0.v_JezHjQ42IgDDMunnerLz4gnTOcRN-nAqx3AN8Odg0"),
        ("expired", Some(JwtError::Expired), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NDk5OTk5NDB9.7S9keJWq2Mwczqlo7UbZAYIpbmLrwosQ5i9IonQG7NU"),
        ("no exp", Some(JwtError::NoExpiry), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.9D1PxC5CBfcRTSfNetuWEYwm-ZZPk5ohY6sfAQK8cpU"),
        ("exp text", Some(JwtError::Malformed), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOiIxOTUwMDAwOTAwIn0.NMOPOPKBivcBoaeXbbm653X-VyUg8XGnaE-YI8JTLuU"),
        ("nbf", Some(JwtError::Early), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5NTAwMDA5MDAsIm5iZiI6MTk1MDAwMDA2MX0.yTKuJNt_vmemvmHeYkxyOGlmb_XeJS-Mnrz4cY5GeL4"),
        ("none", Some(JwtError::Algorithm), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9."),
        ("None signed", Some(JwtError::Algorithm), "eyJhbGciOiJOb25lIn0.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.8UEs-DNvI0C74PVfNn_dkNNOPuQ_frDdYflWmakl17M"),
        ("hs512", Some(JwtError::Algorithm), "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.F3OzsJrjG9r-amuqnc7FFPlT0RP2LZbGqbTSyb-aDpkHVv_sH-e7evTyRMSH5ePY3GGGYK9EV8CJg7Vp2lXaaA"),
        ("lower", Some(JwtError::Algorithm), "eyJhbGciOiJoczI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.5BAkhBDc6K3XyElavpRGFZgcYWj3107nN39ZZapd7Yo"),
        ("noalg", Some(JwtError::Algorithm), "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.i_GvVMZ37wobRJ8GT8DIkxJzKCx2bNSMbE3HOpS4q7A"),
        ("crit", Some(JwtError::Algorithm), "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCJdfQ.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.KOvuPQ6gq8Uv6-0NsT1eXwULA7UGAT7nw431CFOsyrQ"),
        ("wrong key", Some(JwtError::Signature), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.nsZGZLhjudlmONloiKn7u4tKjFI-HHs0k-wHBfZBZFM"),
        ("no signature", Some(JwtError::Signature), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9."),
        ("other claims", Some(JwtError::Signature), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiZXZlIiwgImV4cCI6IDE5NTAwMDA5MDB9.9NvAY98mw4nzNali5VokqIYBHonYiV6_w7xPShr0JSs"),
        ("truncated", Some(JwtError::Malformed), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.9NvAY98mw4nzNali5VokqIYBHonYiV6_w7xPShr"),
        ("two parts", Some(JwtError::Malformed), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9"),
        ("four parts", Some(JwtError::Malformed), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.9NvAY98mw4nzNali5VokqIYBHonYiV6_w7xPShr0JSs.x"),
        ("padding", Some(JwtError::Malformed), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.9NvAY98mw4nzNali5VokqIYBHonYiV6_w7xPShr0JSs="),
        ("array", Some(JwtError::Malformed), "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.WzFd._wjSQxh6Vtdf_XW1Fp0g3Qh7oso1pfaNnzwhc8yWqPY"),
        ("empty", Some(JwtError::Malformed), ""),
    ];

    #[test]
    fn one_of_each_kind() {
        for (name, error, token) in TABLE {
            let expected = error.map_or_else(|| Ok(Some("ada".to_owned())), Err);
            assert_eq!(verify_jwt(token, &config(), NOW), expected, "{name}");
        }
    }

    #[test]
    fn issuer_and_audience_where_configured() {
        let one = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5NTAwMDA5MDAsImlzcyI6InNob3AiLCJhdWQiOiJzaWwifQ.cpK9C1N3oZ2OPn9ovYs-jpvtAKQWGOtFiJ6A6pu5Xn4";
        let several = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5NTAwMDA5MDAsImlzcyI6InNob3AiLCJhdWQiOlsieCIsInNpbCJdfQ.8ufIvbowNcsBPoa9lpCEbnL2ylPSbdUJgJhztN223Xc";
        let neither = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE5NTAwMDA5MDB9.9NvAY98mw4nzNali5VokqIYBHonYiV6_w7xPShr0JSs";
        let with = |issuer: &str, audience: &str| JwtConfig {
            issuer: Some(issuer.to_owned()).filter(|text| !text.is_empty()),
            audience: Some(audience.to_owned()).filter(|text| !text.is_empty()),
            ..config()
        };
        let verify = |token, issuer, audience| verify_jwt(token, &with(issuer, audience), NOW).map(|_| ());
        for token in [one, several] {
            assert_eq!(verify(token, "shop", "sil"), Ok(()));
            assert_eq!(verify(token, "Shop", ""), Err(JwtError::Issuer));
            assert_eq!(verify(token, "", "si"), Err(JwtError::Audience));
        }
        assert_eq!(verify(several, "shop", "x"), Ok(()));
        assert_eq!(verify(neither, "shop", ""), Err(JwtError::Issuer));
        assert_eq!(verify(neither, "", "sil"), Err(JwtError::Audience));
    }

    #[test]
    fn reasons_are_what_errors_say() {
        for error in [
            JwtError::Malformed,
            JwtError::Algorithm,
            JwtError::Signature,
            JwtError::NoExpiry,
            JwtError::Expired,
            JwtError::Early,
            JwtError::Issuer,
            JwtError::Audience,
        ] {
            assert_eq!(error.to_string(), error.reason());
        }
    }
}
