//! Clock, randomness, environment, waiting and locks of the machine.

use crate::host::{Clock, Environment, Locks, Random, Sleep};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError, atomic::AtomicU64, atomic::Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long to wait between two looks at the cancel flag.
const TURN: Duration = Duration::from_millis(5);
/// Locks that one run may hold.
const LOCKS: usize = 1_000;

/// The clock of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_millis(&mut self) -> i64 {
        // A clock set before 1970 is wrong anyway.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Random numbers of the system, good enough for keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::expect_used, reason = "numbers that are not random would be worse than none")]
    fn next_u64(&mut self) -> u64 {
        getrandom::u64().expect("the system has a source of random numbers")
    }
}

/// Environment variables of the process, those of the given names.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentNames {
    names: BTreeSet<String>,
}

impl EnvironmentNames {
    /// Nothing is shown.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows the variable of a name.
    #[must_use]
    pub fn allow(mut self, name: impl Into<String>) -> Self {
        self.names.insert(name.into());
        self
    }
}

impl Environment for EnvironmentNames {
    fn get(&mut self, name: &str) -> Option<String> {
        if self.names.contains(name) { std::env::var(name).ok() } else { None }
    }
}

/// Waiting that keeps the thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreadSleep;

impl Sleep for ThreadSleep {
    fn sleep(&mut self, duration: Duration, deadline: Option<Duration>, cancelled: &dyn Fn() -> bool) {
        let begun = Instant::now();
        let wanted = deadline.map_or(duration, |deadline| duration.min(deadline));
        loop {
            let left = wanted.saturating_sub(begun.elapsed());
            if left.is_zero() || cancelled() {
                return;
            }
            thread::sleep(left.min(TURN));
        }
    }
}

/// Who holds the locks of the process.
static HELD: LazyLock<Mutex<HashMap<String, u64>>> = LazyLock::new(Mutex::default);
static FREED: Condvar = Condvar::new();
static OWNERS: AtomicU64 = AtomicU64::new(0);

/// Locks shared by all runs of the process. Each value is one holder, who lets go of everything when it is dropped.
#[derive(Debug)]
pub struct ProcessLocks {
    owner: u64,
    mine: BTreeSet<String>,
}

impl Default for ProcessLocks {
    fn default() -> Self {
        Self::new()
    }
}

impl ProcessLocks {
    /// A holder without locks.
    pub fn new() -> Self {
        Self { owner: OWNERS.fetch_add(1, Ordering::Relaxed), mine: BTreeSet::new() }
    }

    /// Lets go of everything.
    pub fn release_all(&mut self) {
        if self.mine.is_empty() {
            return;
        }
        let mut held = held();
        for name in std::mem::take(&mut self.mine) {
            held.remove(&name);
        }
        drop(held);
        FREED.notify_all();
    }
}

/// A holder that ended badly leaves the table as it should be: it is changed in single steps.
fn held() -> MutexGuard<'static, HashMap<String, u64>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Locks for ProcessLocks {
    fn lock(&mut self, name: &str, deadline: Option<Duration>, cancelled: &dyn Fn() -> bool) -> bool {
        if self.mine.contains(name) {
            return true;
        }
        if self.mine.len() >= LOCKS {
            return false;
        }
        let begun = Instant::now();
        let mut held = held();
        while held.contains_key(name) {
            let over = deadline.is_some_and(|deadline| begun.elapsed() >= deadline);
            if over || cancelled() {
                return false;
            }
            held = FREED.wait_timeout(held, TURN).unwrap_or_else(PoisonError::into_inner).0;
        }
        held.insert(name.to_owned(), self.owner);
        self.mine.insert(name.to_owned());
        true
    }

    fn unlock(&mut self, name: &str) {
        if self.mine.remove(name) {
            held().remove(name);
            FREED.notify_all();
        }
    }
}

impl Drop for ProcessLocks {
    fn drop(&mut self) {
        self.release_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_and_let_go_of_at_the_end() {
        let name = "local::machine::tests";
        let never = || false;
        let short = Some(Duration::from_millis(20));
        let mut first = ProcessLocks::new();
        assert!(first.lock(name, short, &never));
        assert!(first.lock(name, short, &never));
        let mut second = ProcessLocks::new();
        assert!(!second.lock(name, short, &never));
        assert!(!second.lock(name, None, &|| true));
        let waiting = thread::spawn(move || second.lock(name, Some(Duration::from_secs(10)), &|| false));
        thread::sleep(Duration::from_millis(20));
        drop(first);
        assert!(waiting.join().unwrap());
    }

    #[test]
    fn sleeping_ends_at_the_deadline_and_on_cancel() {
        let begun = Instant::now();
        ThreadSleep.sleep(Duration::from_secs(60), Some(Duration::from_millis(20)), &|| false);
        ThreadSleep.sleep(Duration::from_secs(60), None, &|| true);
        assert!(begun.elapsed() < Duration::from_secs(5));
        ThreadSleep.sleep(Duration::from_millis(30), None, &|| false);
        assert!(begun.elapsed() >= Duration::from_millis(50));
    }

    #[test]
    fn only_named_variables_are_shown() {
        let mut names = EnvironmentNames::new().allow("PATH");
        assert_eq!(names.get("PATH"), std::env::var("PATH").ok());
        assert_eq!(names.get("CARGO_MANIFEST_DIR"), None);
    }

    #[test]
    fn the_clock_runs_and_numbers_differ() {
        assert!(SystemClock.now_millis() > 1_704_067_200_000);
        assert_ne!(OsRandom.next_u64(), OsRandom.next_u64());
    }
}
