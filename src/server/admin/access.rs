//! Who may administer: whoever knows the admin key, and does not try too many others.
//!
//! Failures are counted for each source address and overall. A source with too many is not listened to for a while,
//! not even with the right key, since otherwise it could go on guessing. The overall limit is for guesses from many
//! addresses; a source that had the right key before is not kept out by it.

use super::super::Server;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Failures of one source within the time of [`WINDOW`].
const OF_ONE: u32 = 10;
/// Failures of all sources within the time of [`WINDOW`].
const OF_ALL: u32 = 200;
const WINDOW: Duration = Duration::from_secs(60);
/// Sources that are remembered at the same time. Further ones share one count.
const SOURCES: usize = 10_000;

/// The other end of a connection. An application that serves the router by itself puts it into the extensions of each
/// request; otherwise all requests count as from one source.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Why somebody is no administrator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refused {
    /// The key is wrong.
    WrongKey,
    /// There were too many wrong keys: 429.
    TooMany {
        /// Seconds after which it can be tried again, at least 1.
        retry_after: u64,
    },
}

/// The server and the count of failures, which API and page share. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Access {
    server: Server,
    failures: Arc<Mutex<Failures>>,
    changes: Arc<Mutex<()>>,
}

impl Access {
    pub(super) fn new(server: &Server) -> Self {
        Self { server: server.clone(), failures: Arc::default(), changes: Arc::default() }
    }

    pub(super) const fn server(&self) -> &Server {
        &self.server
    }

    /// Hold it from looking at something to changing it, so that nobody else with access changes it in between.
    pub(super) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether a text is the admin key. Counts it when it is not.
    pub(super) fn check(&self, source: Option<IpAddr>, key: &str) -> Result<(), Refused> {
        // One at a time, so that many guesses at once are counted like those one after the other.
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.check(source, Instant::now(), || self.server.is_admin_key(key))
    }
}

/// The source of a request: the address, or for IPv6 the network, of which whoever has one address has all.
pub(super) fn source_of(extensions: &axum::http::Extensions) -> Option<IpAddr> {
    let Peer(address) = extensions.get::<Peer>()?;
    Some(match address.ip().to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    })
}

#[derive(Clone, Copy, Debug)]
struct Count {
    failures: u32,
    since: Instant,
    /// The right key came from there.
    known: bool,
}

impl Count {
    const fn new(now: Instant) -> Self {
        Self { failures: 0, since: now, known: false }
    }

    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= WINDOW
    }

    /// Begins anew when its time is over. Says how long to wait when the limit is reached.
    fn wait(&mut self, now: Instant, most: u32) -> Option<u64> {
        if self.is_over(now) {
            *self = Self { failures: 0, since: now, ..*self };
        }
        let left = WINDOW.saturating_sub(now.saturating_duration_since(self.since));
        (self.failures >= most).then(|| left.as_millis().div_ceil(1000).try_into().unwrap_or(1).max(1))
    }
}

#[derive(Debug, Default)]
struct Failures {
    sources: HashMap<Option<IpAddr>, Count>,
    all: Option<Count>,
}

impl Failures {
    fn check(&mut self, source: Option<IpAddr>, now: Instant, fits: impl FnOnce() -> bool) -> Result<(), Refused> {
        if !self.sources.contains_key(&source) && self.sources.len() >= SOURCES {
            self.sources.retain(|_, count| !count.is_over(now));
        }
        // When all places are taken, what comes new shares the place of the sources that are not known.
        let place = if self.sources.contains_key(&source) || self.sources.len() < SOURCES { source } else { None };
        let own = self.sources.entry(place).or_insert(Count::new(now));
        let all = self.all.get_or_insert(Count::new(now));
        let general = all.wait(now, OF_ALL).filter(|_| !own.known);
        if let Some(retry_after) = own.wait(now, OF_ONE).max(general) {
            return Err(Refused::TooMany { retry_after });
        }
        if fits() {
            own.known = place.is_some();
            return Ok(());
        }
        own.failures = own.failures.saturating_add(1);
        all.failures = all.failures.saturating_add(1);
        Err(Refused::WrongKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(number: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(number.into()))
    }

    #[test]
    fn one_source_is_shut_out_for_a_while_and_no_other() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        for _ in 0..OF_ONE {
            assert_eq!(failures.check(source(1), start, || false), Err(Refused::WrongKey));
        }
        let later = start + Duration::from_millis(20_500);
        let shut = failures.check(source(1), later, || panic!("the key is not looked at"));
        assert_eq!(shut, Err(Refused::TooMany { retry_after: 40 }));
        assert_eq!(failures.check(source(2), later, || true), Ok(()));
        assert_eq!(failures.check(source(1), start + WINDOW, || true), Ok(()));
    }

    #[test]
    fn guesses_from_everywhere_do_not_shut_out_those_who_know_the_key() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        assert_eq!(failures.check(source(0), now, || true), Ok(()));
        for number in 1..=OF_ALL {
            assert_eq!(failures.check(source(number), now, || false), Err(Refused::WrongKey));
        }
        let shut = failures.check(source(OF_ALL + 1), now, || true);
        assert_eq!(shut, Err(Refused::TooMany { retry_after: 60 }));
        assert_eq!(failures.check(source(0), now, || true), Ok(()));
    }

    #[test]
    fn the_memory_for_sources_is_bounded() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        for number in 0..2 * u32::try_from(SOURCES).unwrap() {
            let _ = failures.check(source(number), now, || true);
        }
        assert!(failures.sources.len() <= SOURCES + 1);
    }

    #[test]
    fn an_ipv6_source_is_its_network() {
        let of = |text: &str| {
            let mut extensions = axum::http::Extensions::new();
            extensions.insert(Peer(SocketAddr::new(text.parse().unwrap(), 1)));
            source_of(&extensions)
        };
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_eq!(of("::ffff:10.0.0.1"), Some("10.0.0.1".parse().unwrap()));
        assert_eq!(source_of(&axum::http::Extensions::new()), None);
    }
}
