use super::Answer;
use foldhash::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many runs may go on at the same time: in all, and for each webhook (WH-45). Cheap to clone; clones count together.
///
/// ```
/// use sil::webhook::{Busy, Capacity};
/// let capacity = Capacity::new(2);
/// let first = capacity.enter("orders", Some(1)).unwrap();
/// assert_eq!(capacity.enter("orders", Some(1)).unwrap_err(), Busy::Webhook);
/// drop(first);
/// assert!(capacity.enter("orders", Some(1)).is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Capacity {
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug)]
struct Counts {
    most: u32,
    all: u32,
    /// Webhooks that had a run, most of them with none now.
    webhooks: HashMap<Arc<str>, u32>,
}

/// Why a run has to wait for another time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Busy {
    /// The webhook's own limit: 429.
    Webhook,
    /// The limit of all together: 503.
    Server,
}

impl Busy {
    /// The status to answer with; `Retry-After` goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Webhook => 429,
            Self::Server => 503,
        }
    }

    /// The answer. `retry_after` is in seconds, a guess when there will be room; `request_id` becomes the `instance`.
    pub fn answer(self, retry_after: u32, request_id: &str) -> Answer {
        let instance = Some(request_id).filter(|id| !id.is_empty());
        let answer = Answer::problem_of(self.status(), None, self.detail(), instance);
        answer.and("Retry-After", &retry_after.to_string())
    }

    /// In words, for the caller.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Webhook => "this webhook has as many runs as it may",
            Self::Server => "the server has as many runs as it may",
        }
    }
}

/// Leave for one run. It ends when it is dropped.
#[derive(Debug)]
pub struct Permit {
    counts: Arc<Mutex<Counts>>,
    webhook: Arc<str>,
}

/// Webhooks without a run that are kept in the table.
const KEPT: usize = 1000;

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    // Each change is one step, so the counts are right even when a thread broke off.
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Capacity {
    /// At most so many runs together.
    pub fn new(most: u32) -> Self {
        Self { counts: Arc::new(Mutex::new(Counts { most, all: 0, webhooks: HashMap::default() })) }
    }

    /// Changes the limit; runs that go on are not affected.
    pub fn resize(&self, most: u32) {
        lock(&self.counts).most = most;
    }

    /// Runs that go on now.
    pub fn running(&self) -> u32 {
        lock(&self.counts).all
    }

    /// Leave for one more run of a webhook, which has a limit of its own or none.
    ///
    /// # Errors
    /// A limit is reached.
    pub fn enter(&self, webhook: &str, most: Option<u32>) -> Result<Permit, Busy> {
        let mut counts = lock(&self.counts);
        let (webhook, own) = match counts.webhooks.get_key_value(webhook) {
            Some((webhook, own)) => (Arc::clone(webhook), *own),
            None => (webhook.into(), 0),
        };
        if most.is_some_and(|most| own >= most) {
            return Err(Busy::Webhook);
        }
        if counts.all >= counts.most {
            return Err(Busy::Server);
        }
        counts.all = counts.all.saturating_add(1);
        counts.webhooks.insert(Arc::clone(&webhook), own.saturating_add(1));
        Ok(Permit { counts: Arc::clone(&self.counts), webhook })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        counts.all = counts.all.saturating_sub(1);
        let left = counts.webhooks.get(&self.webhook).map_or(0, |own| own.saturating_sub(1));
        // The next run of the webhook is to find its place, but names that have gone out of use are not kept for ever.
        if left == 0 && counts.webhooks.len() > KEPT {
            counts.webhooks.remove(&self.webhook);
        } else if let Some(own) = counts.webhooks.get_mut(&self.webhook) {
            *own = left;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits() {
        let capacity = Capacity::new(3);
        let a = capacity.enter("a", Some(2)).unwrap();
        let _a = capacity.enter("a", Some(2)).unwrap();
        assert_eq!(capacity.enter("a", Some(2)).unwrap_err(), Busy::Webhook);
        let _b = capacity.enter("b", None).unwrap();
        let answer = capacity.enter("c", None).unwrap_err().answer(2, "r-1");
        assert_eq!((answer.status(), answer.header("retry-after")), (503, Some("2")));
        assert_eq!(capacity.running(), 3);
        drop(a);
        assert!(capacity.enter("a", Some(2)).is_ok());
        // That leave was given back at once.
        assert_eq!(capacity.running(), 2);
        capacity.resize(1);
        assert_eq!(capacity.enter("d", None).unwrap_err(), Busy::Server);
    }
}
