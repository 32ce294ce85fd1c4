//! What happened so far.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Runs by how they ended, and the longest times.
#[derive(Default)]
pub struct Tally {
    counts: Mutex<BTreeMap<String, u64>>,
    faults: AtomicU64,
    /// In microseconds: from the cancel to the end by the clock, by the work of the thread, and past a deadline.
    stop: AtomicU64,
    stop_work: AtomicU64,
    overrun: AtomicU64,
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Tally {
    pub fn count(&self, outcome: &str) {
        *self.counts.lock().unwrap().entry(outcome.to_owned()).or_default() += 1;
    }

    /// What must never happen.
    pub fn fault(&self, what: &str) {
        eprintln!("{what}");
        self.count("fault");
        self.faults.fetch_add(1, Ordering::Relaxed);
    }

    pub fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }

    pub fn stopped(&self, after: Duration, worked: Duration) {
        self.stop.fetch_max(micros(after), Ordering::Relaxed);
        self.stop_work.fetch_max(micros(worked), Ordering::Relaxed);
    }

    pub fn overran(&self, by: Duration) {
        self.overrun.fetch_max(micros(by), Ordering::Relaxed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.counts.lock().unwrap();
        write!(f, "{} runs (", counts.values().sum::<u64>())?;
        for (index, (outcome, count)) in counts.iter().enumerate() {
            write!(f, "{}{outcome} {count}", if index > 0 { ", " } else { "" })?;
        }
        let millis = |micros: &AtomicU64| micros.load(Ordering::Relaxed) as f64 / 1000.0;
        let (stop, work, overrun) = (millis(&self.stop), millis(&self.stop_work), millis(&self.overrun));
        write!(f, "); longest stop after a cancel {stop:.1} ms, of which {work:.1} ms of work at most; ")?;
        write!(f, "longest overrun of a deadline {overrun:.1} ms")
    }
}

/// The work of one thread, which is its time without that of others who share the machine.
pub struct Watch(Option<PathBuf>);

impl Watch {
    pub fn of_this_thread() -> Self {
        Self(fs::read_link("/proc/thread-self").ok().map(|thread| Path::new("/proc").join(thread).join("schedstat")))
    }

    pub fn now(&self) -> Duration {
        let text = self.0.as_ref().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
    }
}

/// Bytes of the process in memory.
pub fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or(0) << 10
}
