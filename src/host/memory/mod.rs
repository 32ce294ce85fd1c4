//! A host that lives in memory: deterministic, and it records everything.

mod convert;
mod fields;
mod files;
mod http;
mod issues;
mod store;

pub use fields::{CustomField, standard_field_names};
pub use files::MemoryFiles;
pub use http::MemoryHttp;
pub use issues::MemoryIssues;
pub use store::MemoryStore;

use super::{
    Clock, Environment, Exchange, Files, Host, HostError, HttpClient, HttpReply, Issues, Locks, Log, LogLevel,
    Persistent, Random, Scope, Sleep, Webhook, WebhookRequest,
};
use crate::{
    types::Type,
    value::{Data, Zone},
};
use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// 2024-01-01T00:00:00Z: what a clock shows that nobody has set.
const START: i64 = 1_704_067_200_000;

/// A host for tests and local runs: deterministic, and everything that a script does can be looked at afterwards.
///
/// The webhook capability is there once a request is given; files and HTTP are not, all others always are. The clock
/// moves only when a script waits, which takes no time; random numbers follow from the seed.
///
/// ```
/// use sil::{host::{Host, IssueRef, Issues, MemoryHost}, value::Data};
///
/// let mut host = MemoryHost::new()
///     .with_issue("HLD-7", [("summary", "Broken lamp")])
///     .with_current_issue("HLD-7");
/// let issues = host.issues().unwrap();
/// issues.set_field(IssueRef::Current, "labels", Data::from("a|b")).unwrap();
/// assert_eq!(host.recorded_issues().changes("HLD-7"), [("labels".to_owned(), vec!["a", "b"].into())]);
/// ```
#[derive(Clone, Debug)]
pub struct MemoryHost {
    webhook: Option<Exchange>,
    issues: MemoryIssues,
    store: MemoryStore,
    time: MemoryTime,
    locks: MemoryLocks,
    log: MemoryLog,
    environment: MemoryEnvironment,
    random: SplitMix,
    files: MemoryFiles,
    http: MemoryHttp,
    arguments: Vec<(Option<String>, String)>,
}

/// A clock that moves when somebody waits.
#[derive(Clone, Debug)]
struct MemoryTime {
    now: i64,
    waits: Vec<Duration>,
}

#[derive(Clone, Debug, Default)]
struct MemoryLocks {
    held: BTreeSet<String>,
    elsewhere: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
struct MemoryLog(Vec<(LogLevel, String)>);

#[derive(Clone, Debug, Default)]
struct MemoryEnvironment(BTreeMap<String, String>);

/// The generator SplitMix64: small, fast, and every seed is a good one.
#[derive(Clone, Copy, Debug)]
struct SplitMix(u64);

impl Default for MemoryHost {
    fn default() -> Self {
        Self {
            webhook: None,
            issues: MemoryIssues::default(),
            store: MemoryStore::default(),
            time: MemoryTime { now: START, waits: Vec::new() },
            locks: MemoryLocks::default(),
            log: MemoryLog::default(),
            environment: MemoryEnvironment::default(),
            random: SplitMix(0),
            files: MemoryFiles::default(),
            http: MemoryHttp::default(),
            arguments: Vec::new(),
        }
    }
}

/// Setting up.
impl MemoryHost {
    /// A host without request, issues, stored variables and arguments, at 2024-01-01T00:00:00Z.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the webhook request, with an empty response.
    #[must_use]
    pub fn with_request(mut self, request: WebhookRequest) -> Self {
        self.webhook = Some(Exchange::new(request));
        self
    }

    /// Adds an issue with the values of some fields; more fields if it is there already.
    ///
    /// Names are resolved as in a script; a name that no field has becomes a custom field of the value's type. A value
    /// that does not convert to the field's type is kept as it is.
    #[must_use]
    pub fn with_issue<N, V>(mut self, key: &str, fields: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<Data>,
    {
        self.issues.add_issue(key);
        for (name, value) in fields {
            self.issues.put_as_it_is(key, &name.into(), value.into());
        }
        self
    }

    /// Sets the time zone of dates that come as texts without one, before issues are added; UTC at first.
    #[must_use]
    pub fn with_time_zone(mut self, zone: Zone) -> Self {
        self.issues.set_time_zone(zone);
        self
    }

    /// Makes an issue the one the script runs for.
    #[must_use]
    pub fn with_current_issue(mut self, key: impl Into<String>) -> Self {
        self.issues.set_current(Some(key.into()));
        self
    }

    /// Adds a custom field, `customfield_` and its number, with a name and a type.
    #[must_use]
    pub fn with_custom_field(mut self, number: u32, name: impl Into<String>, ty: Type) -> Self {
        self.issues.add_custom_field(CustomField::numbered(number, name, ty));
        self
    }

    /// Adds an alias of a custom field; of two with one name the last counts.
    #[must_use]
    pub fn with_alias(mut self, alias: impl Into<String>, number: u32) -> Self {
        self.issues.add_alias(alias, number);
        self
    }

    /// Sets the stored persistent variables.
    #[must_use]
    pub fn with_store(mut self, store: MemoryStore) -> Self {
        self.store = store;
        self
    }

    /// Sets the clock, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn with_clock(mut self, millis: i64) -> Self {
        self.set_clock(millis);
        self
    }

    /// Makes a lock one that somebody else holds and never lets go of.
    #[must_use]
    pub fn with_lock_held_elsewhere(mut self, name: impl Into<String>) -> Self {
        self.locks.elsewhere.insert(name.into());
        self
    }

    /// Sets the seed of the random numbers; it is 0 at first.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.random = SplitMix(seed);
        self
    }

    /// Sets an environment value.
    #[must_use]
    pub fn with_environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.0.insert(name.into(), value.into());
        self
    }

    /// Adds a file, with the folders that lead to it.
    #[must_use]
    pub fn with_file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.put(path, bytes.into());
        self
    }

    /// Sets what a request to an address is answered with, query left out; of two for one address the last counts.
    #[must_use]
    pub fn with_reply(mut self, method: &str, url: &str, reply: HttpReply) -> Self {
        self.http.answer(method, url, reply);
        self
    }

    /// Adds an argument without key.
    #[must_use]
    pub fn with_argument(mut self, value: impl Into<String>) -> Self {
        self.arguments.push((None, value.into()));
        self
    }

    /// Adds an argument with a key.
    #[must_use]
    pub fn with_keyed_argument(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.arguments.push((Some(key.into()), value.into()));
        self
    }

    /// Moves the clock, between two runs for example.
    pub fn set_clock(&mut self, millis: i64) {
        self.time.now = millis;
        self.files.set_time(millis);
    }

    /// The issues, to add to them.
    pub fn issues_mut(&mut self) -> &mut MemoryIssues {
        &mut self.issues
    }
}

/// Looking at what happened.
impl MemoryHost {
    /// What was appended to the response.
    pub fn body(&self) -> &str {
        self.webhook.as_ref().map_or("", |webhook| &webhook.body)
    }

    /// The headers that were added to the response, in order.
    pub fn headers(&self) -> &[(String, String)] {
        self.webhook.as_ref().map_or(&[], |webhook| &webhook.headers)
    }

    /// The log lines, in order.
    pub fn log_lines(&self) -> &[(LogLevel, String)] {
        &self.log.0
    }

    /// The issues with their fields, and what was changed.
    pub fn recorded_issues(&self) -> &MemoryIssues {
        &self.issues
    }

    /// How long was waited, each time, in order.
    pub fn waits(&self) -> &[Duration] {
        &self.time.waits
    }

    /// The locks that were taken and not let go of, by name.
    pub fn held_locks(&self) -> impl Iterator<Item = &str> {
        self.locks.held.iter().map(String::as_str)
    }

    /// The files.
    pub fn recorded_files(&self) -> &MemoryFiles {
        &self.files
    }

    /// The requests that were sent.
    pub fn recorded_http(&self) -> &MemoryHttp {
        &self.http
    }

    /// The stored persistent variables.
    pub fn stored(&self) -> &MemoryStore {
        &self.store
    }
}

impl Host for MemoryHost {
    fn webhook(&mut self) -> Option<&mut dyn Webhook> {
        self.webhook.as_mut().map(|webhook| webhook as &mut dyn Webhook)
    }

    fn issues(&mut self) -> Option<&mut dyn Issues> {
        Some(&mut self.issues)
    }

    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        Some(&mut self.store)
    }

    fn clock(&mut self) -> Option<&mut dyn Clock> {
        Some(&mut self.time)
    }

    fn sleep(&mut self) -> Option<&mut dyn Sleep> {
        Some(&mut self.time)
    }

    fn locks(&mut self) -> Option<&mut dyn Locks> {
        Some(&mut self.locks)
    }

    fn log(&mut self) -> Option<&mut dyn Log> {
        Some(&mut self.log)
    }

    fn environment(&mut self) -> Option<&mut dyn Environment> {
        Some(&mut self.environment)
    }

    fn random(&mut self) -> Option<&mut dyn Random> {
        Some(&mut self.random)
    }

    fn files(&mut self) -> Option<&mut dyn Files> {
        Some(&mut self.files)
    }

    fn http(&mut self) -> Option<&mut dyn HttpClient> {
        Some(&mut self.http)
    }

    fn run_ended(&mut self) {
        self.files.close_all();
    }

    fn arguments(&mut self) -> Vec<(Option<String>, String)> {
        self.arguments.clone()
    }

    fn as_any(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }
}

impl Persistent for MemoryStore {
    fn load(&mut self, scope: Scope<'_>, name: &str) -> Result<Option<String>, HostError> {
        Ok(self.get(scope, name).map(str::to_owned))
    }

    fn store(&mut self, scope: Scope<'_>, name: &str, text: &str) -> Result<(), HostError> {
        self.set(scope, name, text);
        Ok(())
    }
}

impl Clock for MemoryTime {
    fn now_millis(&mut self) -> i64 {
        self.now
    }
}

impl Sleep for MemoryTime {
    /// Waits without taking time, so no deadline can pass meanwhile.
    fn sleep(&mut self, duration: Duration, _: Option<Duration>, cancelled: &dyn Fn() -> bool) {
        if cancelled() {
            return;
        }
        self.waits.push(duration);
        self.now = self.now.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
    }
}

impl Locks for MemoryLocks {
    /// Nobody else is there to let go of a lock, so there is nothing to wait for.
    fn lock(&mut self, name: &str, _: Option<Duration>, cancelled: &dyn Fn() -> bool) -> bool {
        if cancelled() || self.elsewhere.contains(name) {
            return false;
        }
        self.held.insert(name.to_owned());
        true
    }

    fn unlock(&mut self, name: &str) {
        self.held.remove(name);
    }
}

impl Log for MemoryLog {
    fn log(&mut self, level: LogLevel, message: &str) {
        self.0.push((level, message.to_owned()));
    }
}

impl Environment for MemoryEnvironment {
    fn get(&mut self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

impl Random for SplitMix {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_sent_and_cloned() {
        fn check<T: Send + Clone + std::fmt::Debug + 'static>() {}
        check::<MemoryHost>();
    }

    #[test]
    fn the_response_is_joined_without_separator() {
        let mut host = MemoryHost::new().with_request(WebhookRequest::new("POST"));
        let webhook = host.webhook().unwrap();
        webhook.append("a").unwrap();
        webhook.append("b").unwrap();
        webhook.add_header("X-Id", "7").unwrap();
        assert!(webhook.add_header("Date", "now").is_err());
        assert_eq!(host.body(), "ab");
        assert_eq!(host.headers(), [("X-Id".to_owned(), "7".to_owned())]);
        assert!(MemoryHost::new().webhook().is_none());
    }

    #[test]
    fn random_numbers_follow_from_the_seed() {
        let draw = |seed| {
            let mut host = MemoryHost::new().with_seed(seed);
            let random = host.random().unwrap();
            [random.next_u64(), random.next_u64()]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        // The first number of the published generator for seed 0.
        assert_eq!(draw(0)[0], 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn clock_environment_arguments_log() {
        let mut host = MemoryHost::new()
            .with_clock(5)
            .with_environment("sil.home", "scripts")
            .with_argument("one")
            .with_keyed_argument("screen", "edit");
        assert_eq!(host.clock().unwrap().now_millis(), 5);
        let environment = host.environment().unwrap();
        assert_eq!((environment.get("sil.home"), environment.get("HOME")), (Some("scripts".to_owned()), None));
        let arguments = [(None, "one".to_owned()), (Some("screen".to_owned()), "edit".to_owned())];
        assert_eq!(host.arguments(), arguments);
        host.log().unwrap().log(LogLevel::Warn, "careful");
        assert_eq!(host.log_lines(), [(LogLevel::Warn, "careful".to_owned())]);
    }

    #[test]
    fn waiting_moves_the_clock() {
        let mut host = MemoryHost::new().with_clock(1_000);
        let sleep = host.sleep().unwrap();
        sleep.sleep(Duration::from_secs(90), Some(Duration::from_secs(1)), &|| false);
        sleep.sleep(Duration::from_secs(7), None, &|| true);
        assert_eq!(host.clock().unwrap().now_millis(), 91_000);
        assert_eq!(host.waits(), [Duration::from_secs(90)]);
    }

    #[test]
    fn locks() {
        let mut host = MemoryHost::new().with_lock_held_elsewhere("theirs");
        let locks = host.locks().unwrap();
        assert!(locks.lock("mine", None, &|| false));
        assert!(locks.lock("mine", None, &|| false));
        assert!(locks.lock("b", None, &|| false));
        assert!(!locks.lock("theirs", None, &|| false));
        assert!(!locks.lock("c", None, &|| true));
        locks.unlock("mine");
        locks.unlock("theirs");
        assert_eq!(host.held_locks().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn variables_of_issues_and_of_the_installation_are_apart() {
        let mut host = MemoryHost::new();
        let store = host.persistent().unwrap();
        store.store(Scope::Global, "n", "1").unwrap();
        store.store(Scope::Issue("A-1"), "n", "2").unwrap();
        store.store(Scope::Issue("A-2"), "n", "").unwrap();
        assert_eq!(store.load(Scope::Global, "n").unwrap().as_deref(), Some("1"));
        assert_eq!(store.load(Scope::Issue("A-1"), "n").unwrap().as_deref(), Some("2"));
        assert_eq!(store.load(Scope::Issue("A-2"), "n").unwrap().as_deref(), Some(""));
        assert_eq!(store.load(Scope::Issue("A-3"), "n").unwrap(), None);
        assert_eq!(host.stored().get(Scope::Issue("A-2"), "n"), Some(""));
        assert_eq!(host.stored().get(Scope::Issue("A-3"), "n"), None);
    }
}
