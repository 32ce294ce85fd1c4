use super::{AuthFailure, Method};
use crate::{
    value::{Civil, Date, Zone, days_in_month},
    webhook::StoreError,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq;

/// A token, which is shown to its maker and kept nowhere (WH-81).
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The text that callers send; its alphabet needs no encoding in a query (WH-86).
    pub text: String,
    /// What is stored.
    pub record: TokenRecord,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("record", &self.record).finish_non_exhaustive()
    }
}

/// What is stored of a token. Nobody can make the token from it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TokenRecord {
    /// Finds and names the token; the part of its text before the dot.
    pub id: String,
    /// The webhook it is for.
    pub webhook: String,
    /// The one method it is for.
    pub method: Method,
    /// The last day it is valid, `2030-12-31`.
    pub expires: String,
    /// The first millisecond it is not valid any more, since 1970.
    pub expires_at: i64,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// SHA-256 of its text.
    #[serde(skip)]
    pub hash: [u8; 32],
}

/// Makes a token for one method of a webhook, valid to the end of the day `expires` (`2030-12-31`) in `zone` (WH-82).
///
/// `random` has to come from the system's generator of secrets, fresh for each token. Store the record, show the text.
///
/// # Errors
/// Says what is wrong with the date: it is no date, or its day is over.
pub fn create_token(
    webhook: &str,
    method: Method,
    expires: &str,
    zone: &Zone,
    random: &[u8; 40],
    now: i64,
) -> Result<NewToken, String> {
    let no_date = || format!("expected a date such as `2030-12-31`, found `{expires}`");
    let (year, month, day) = parse_day(expires).ok_or_else(no_date)?;
    let civil = Civil::day(year, month, day);
    let next = Civil::from_local(civil.local().saturating_add(86_400_000));
    let expires_at = Date::from_civil(next, zone.id(), zone).ok_or_else(no_date)?.millis();
    if expires_at <= now {
        return Err(format!("the day `{expires}` is over"));
    }
    let (id, secret) = random.split_at(8);
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("{id}.{}", URL_SAFE_NO_PAD.encode(secret));
    let record = TokenRecord {
        id,
        webhook: webhook.to_owned(),
        method,
        expires: expires.to_owned(),
        expires_at,
        created: now,
        hash: hash(&text),
    };
    Ok(NewToken { text, record })
}

fn parse_day(text: &str) -> Option<(i32, u8, u8)> {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return None;
    }
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let real = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    real.then_some((year, month, day))
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Says whether a text is a valid token for a webhook and method, and which one (WH-85).
pub(super) fn verify(
    webhook: &str,
    method: Method,
    text: &str,
    now: i64,
    store: &dyn TokenStore,
) -> Result<String, AuthFailure> {
    let unauthorized = |reason| AuthFailure::unauthorized(webhook, reason);
    let (id, _) = text.split_once('.').ok_or_else(|| unauthorized("malformed token"))?;
    let found = store.find(id).map_err(|_| AuthFailure {
        status: 503,
        reason: "the store of tokens failed",
        challenge: None,
    })?;
    let record = found.ok_or_else(|| unauthorized("unknown token"))?;
    if !bool::from(hash(text).ct_eq(&record.hash)) {
        return Err(unauthorized("unknown token"));
    }
    if record.webhook != webhook {
        return Err(unauthorized("token of another webhook"));
    }
    if now >= record.expires_at {
        return Err(unauthorized("expired token"));
    }
    if record.method != method {
        return Err(AuthFailure { status: 403, reason: "token for another method", challenge: None });
    }
    Ok(record.id)
}

/// Where records of tokens are kept.
pub trait TokenStore: Send + Sync {
    /// Stores a record; a second one of the same id is an error.
    ///
    /// # Errors
    /// The store failed.
    fn add(&self, record: &TokenRecord) -> Result<(), StoreError>;

    /// The record of an id.
    ///
    /// # Errors
    /// The store failed.
    fn find(&self, id: &str) -> Result<Option<TokenRecord>, StoreError>;

    /// The records of a webhook, oldest first, expired ones included.
    ///
    /// # Errors
    /// The store failed.
    fn list(&self, webhook: &str) -> Result<Vec<TokenRecord>, StoreError>;

    /// Removes one token of a webhook; says whether there was one (WH-84).
    ///
    /// # Errors
    /// The store failed.
    fn revoke(&self, webhook: &str, id: &str) -> Result<bool, StoreError>;

    /// Removes all tokens of a webhook, for all methods; says how many (WH-84). Called for removed webhooks too.
    ///
    /// # Errors
    /// The store failed.
    fn expire_all(&self, webhook: &str) -> Result<u64, StoreError>;

    /// Gives the tokens of a webhook to its new name.
    ///
    /// # Errors
    /// The store failed.
    fn rename(&self, webhook: &str, new_name: &str) -> Result<(), StoreError>;
}

/// Tokens in memory, gone with the process.
#[derive(Debug, Default)]
pub struct MemoryTokenStore {
    records: Mutex<Vec<TokenRecord>>,
}

impl MemoryTokenStore {
    /// No tokens.
    pub fn new() -> Self {
        Self::default()
    }

    fn records(&self) -> MutexGuard<'_, Vec<TokenRecord>> {
        // Each change is one step, so what a thread that broke off left behind is whole.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryTokenStore {
    fn add(&self, record: &TokenRecord) -> Result<(), StoreError> {
        let mut records = self.records();
        if records.iter().any(|other| other.id == record.id) {
            return Err(StoreError::new("there is a token of this id"));
        }
        records.push(record.clone());
        Ok(())
    }

    fn find(&self, id: &str) -> Result<Option<TokenRecord>, StoreError> {
        Ok(self.records().iter().find(|record| record.id == id).cloned())
    }

    fn list(&self, webhook: &str) -> Result<Vec<TokenRecord>, StoreError> {
        Ok(self.records().iter().filter(|record| record.webhook == webhook).cloned().collect())
    }

    fn revoke(&self, webhook: &str, id: &str) -> Result<bool, StoreError> {
        let mut records = self.records();
        let before = records.len();
        records.retain(|record| record.webhook != webhook || record.id != id);
        Ok(records.len() < before)
    }

    fn expire_all(&self, webhook: &str) -> Result<u64, StoreError> {
        let mut records = self.records();
        let before = records.len();
        records.retain(|record| record.webhook != webhook);
        Ok(before.saturating_sub(records.len()) as u64)
    }

    fn rename(&self, webhook: &str, new_name: &str) -> Result<(), StoreError> {
        for record in self.records().iter_mut().filter(|record| record.webhook == webhook) {
            new_name.clone_into(&mut record.webhook);
        }
        Ok(())
    }
}
