use super::{Limits, memory};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Units taken from the fuel at once; the deadline and the cancel flag are looked at between two slices.
const SLICE: u64 = 4096;

/// Bytes that a line of the log takes besides its text: without them endless empty lines would be free.
const LINE: usize = 64;

/// Ends a run from another thread: keep a clone, give one to [`Limits::cancel`].
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks every run that holds the flag to end. It stays set.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was set.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Which limit ended a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum LimitKind {
    /// Units of work.
    Fuel,
    /// Nested calls.
    Depth,
    /// Live bytes.
    Memory,
    /// Wall-clock time, in milliseconds.
    Deadline,
    /// The cancel flag was set.
    Cancel,
    /// Bytes of the webhook response.
    ResponseSize,
    /// Bytes of the log.
    LogSize,
    /// Bytes of one text.
    StringSize,
    /// Elements of one array.
    ArraySize,
    /// Values inside values.
    ValueDepth,
    /// Work of one regular expression match.
    Regex,
    /// Levels of a JSON document.
    JsonDepth,
}

impl LimitKind {
    /// The word used in messages, options and documentation.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fuel => "fuel",
            Self::Depth => "depth",
            Self::Memory => "memory",
            Self::Deadline => "deadline",
            Self::Cancel => "cancel",
            Self::ResponseSize => "response size",
            Self::LogSize => "log size",
            Self::StringSize => "string size",
            Self::ArraySize => "array size",
            Self::ValueDepth => "value depth",
            Self::Regex => "regex",
            Self::JsonDepth => "JSON depth",
        }
    }

    /// What the numbers of the limit count.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Fuel => "units",
            Self::Depth => "levels",
            Self::Deadline => "ms",
            Self::ArraySize => "elements",
            Self::ValueDepth | Self::JsonDepth => "levels",
            Self::Regex => "steps",
            Self::Cancel => "",
            Self::Memory | Self::ResponseSize | Self::LogSize | Self::StringSize => "bytes",
        }
    }
}

/// A limit was reached, or the run was cancelled. It ends the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LimitHit {
    /// Which one.
    pub kind: LimitKind,
    /// Its value.
    pub limit: u64,
    /// How much was used or asked for.
    pub used: u64,
}

impl fmt::Display for LimitHit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, limit, used } = *self;
        match kind {
            LimitKind::Cancel => f.write_str("the run was cancelled"),
            _ => {
                let (word, unit) = (kind.word(), kind.unit());
                write!(f, "{word} limit of {limit} {unit} reached ({used} used)")
            }
        }
    }
}

/// What a run has left of its [`Limits`].
///
/// Fuel is exact: it is handed out in slices, but what is left of a slice still counts as unused.
#[derive(Debug)]
pub struct Budget {
    slice: u64,
    fuel_left: u64,
    limits: Limits,
    started: Instant,
    depth_left: u32,
    response: usize,
    log: usize,
}

impl Budget {
    /// A fresh budget; the clock of the deadline starts now.
    pub fn new(limits: &Limits) -> Self {
        Self {
            slice: 0,
            fuel_left: limits.fuel,
            limits: limits.clone(),
            started: Instant::now(),
            depth_left: limits.depth,
            response: 0,
            log: 0,
        }
    }

    /// The limits it was made from.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Spends `units` of fuel. Routines call it before each chunk of work, so that the deadline and the cancel flag
    /// are noticed within a few milliseconds.
    ///
    /// # Errors
    /// The fuel is used up, the deadline has passed or the run was cancelled.
    #[inline]
    pub fn charge(&mut self, units: u64) -> Result<(), LimitHit> {
        if self.spend(units) { Ok(()) } else { self.refill(units) }
    }

    /// Spends `units` of fuel if they are at hand; [`Budget::charge`] takes the next slice otherwise.
    #[inline]
    #[must_use]
    pub fn spend(&mut self, units: u64) -> bool {
        match self.slice.checked_sub(units) {
            Some(left) => {
                self.slice = left;
                true
            }
            None => false,
        }
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self, units: u64) -> Result<(), LimitHit> {
        self.poll()?;
        let all = self.fuel_left.saturating_add(self.slice);
        let Some(left) = all.checked_sub(units) else {
            // The run ends with everything spent, as if it had worked up to the limit.
            self.fuel_left = 0;
            self.slice = 0;
            return Err(LimitHit { kind: LimitKind::Fuel, limit: self.limits.fuel, used: self.limits.fuel });
        };
        self.slice = left.min(SLICE);
        self.fuel_left = left.saturating_sub(self.slice);
        Ok(())
    }

    /// Looks at the cancel flag and at the clock.
    ///
    /// # Errors
    /// The deadline has passed or the run was cancelled.
    pub fn poll(&self) -> Result<(), LimitHit> {
        if self.limits.cancel.as_ref().is_some_and(CancelFlag::is_cancelled) {
            return Err(LimitHit { kind: LimitKind::Cancel, limit: 0, used: 0 });
        }
        if let Some(timeout) = self.limits.timeout {
            let elapsed = self.started.elapsed();
            if elapsed >= timeout {
                return Err(LimitHit { kind: LimitKind::Deadline, limit: millis(timeout), used: millis(elapsed) });
            }
        }
        Ok(())
    }

    /// Time left until the deadline, for blocking capabilities; `None` without a deadline.
    pub fn time_left(&self) -> Option<Duration> {
        self.limits.timeout.map(|timeout| timeout.saturating_sub(self.started.elapsed()))
    }

    /// Fuel spent so far.
    pub fn fuel_used(&self) -> u64 {
        self.limits.fuel.saturating_sub(self.fuel_left.saturating_add(self.slice))
    }

    /// Asks for `bytes` more of live memory, before they are allocated.
    ///
    /// # Errors
    /// The memory limit would be passed.
    #[inline]
    pub fn grow(&self, bytes: usize) -> Result<(), LimitHit> {
        let used = memory::live().saturating_add(bytes);
        if used > self.limits.memory {
            return Err(hit(LimitKind::Memory, self.limits.memory, used));
        }
        Ok(())
    }

    /// Asks whether one text may have `bytes` bytes.
    ///
    /// # Errors
    /// The string size limit is passed.
    #[inline]
    pub fn text_size(&self, bytes: usize) -> Result<(), LimitHit> {
        at_most(LimitKind::StringSize, self.limits.string_size, bytes)
    }

    /// Asks whether one array may have `elements` elements.
    ///
    /// # Errors
    /// The array size limit is passed.
    #[inline]
    pub fn array_size(&self, elements: usize) -> Result<(), LimitHit> {
        at_most(LimitKind::ArraySize, self.limits.array_size, elements)
    }

    /// Asks whether a value may be `levels` deep.
    ///
    /// # Errors
    /// The value depth limit is passed.
    #[inline]
    pub fn value_depth(&self, levels: u32) -> Result<(), LimitHit> {
        if levels > self.limits.value_depth {
            return Err(LimitHit {
                kind: LimitKind::ValueDepth,
                limit: u64::from(self.limits.value_depth),
                used: u64::from(levels),
            });
        }
        Ok(())
    }

    /// Enters a call of the given weight.
    ///
    /// # Errors
    /// The depth limit would be passed.
    #[inline]
    pub fn enter(&mut self, weight: u32) -> Result<(), LimitHit> {
        if self.try_enter(weight) {
            return Ok(());
        }
        let limit = self.limits.depth;
        let used = limit.saturating_sub(self.depth_left).saturating_add(weight);
        Err(LimitHit { kind: LimitKind::Depth, limit: u64::from(limit), used: u64::from(used) })
    }

    /// Enters a call of the given weight if the depth allows it; [`Budget::enter`] says why not.
    #[inline]
    #[must_use]
    pub fn try_enter(&mut self, weight: u32) -> bool {
        match self.depth_left.checked_sub(weight) {
            Some(left) => {
                self.depth_left = left;
                true
            }
            None => false,
        }
    }

    /// Leaves a call of the given weight.
    #[inline]
    pub fn leave(&mut self, weight: u32) {
        self.depth_left = self.depth_left.saturating_add(weight);
    }

    /// Counts bytes added to the response, which are alive until the run is over.
    ///
    /// # Errors
    /// The response size limit or the memory limit would be passed.
    pub fn respond(&mut self, bytes: usize) -> Result<(), LimitHit> {
        self.response = self.response.saturating_add(bytes);
        at_most(LimitKind::ResponseSize, self.limits.response_size, self.response)?;
        self.keep(bytes)
    }

    /// Counts the bytes of a line added to the log, which is alive until the run is over.
    ///
    /// # Errors
    /// The log size limit or the memory limit would be passed.
    pub fn log(&mut self, bytes: usize) -> Result<(), LimitHit> {
        self.log = self.log.saturating_add(bytes);
        at_most(LimitKind::LogSize, self.limits.log_size, self.log)?;
        self.keep(bytes.saturating_add(LINE))
    }

    /// Counts bytes that are never given back.
    fn keep(&self, bytes: usize) -> Result<(), LimitHit> {
        self.grow(bytes)?;
        memory::add(bytes);
        Ok(())
    }
}

fn at_most(kind: LimitKind, limit: usize, used: usize) -> Result<(), LimitHit> {
    if used > limit { Err(hit(kind, limit, used)) } else { Ok(()) }
}

fn hit(kind: LimitKind, limit: usize, used: usize) -> LimitHit {
    let widen = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    LimitHit { kind, limit: widen(limit), used: widen(used) }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuel_is_exact() {
        let mut budget = Budget::new(&Limits::default().fuel(10_000));
        for _ in 0..10_000 {
            budget.charge(1).unwrap();
        }
        assert_eq!(budget.fuel_used(), 10_000);
        assert_eq!(budget.charge(1).unwrap_err().kind, LimitKind::Fuel);
    }

    #[test]
    fn cancel_is_seen_at_the_next_slice() {
        let flag = CancelFlag::new();
        let mut budget = Budget::new(&Limits::default().cancel(Some(flag.clone())));
        budget.charge(1).unwrap();
        flag.cancel();
        let hit = (0..=SLICE).find_map(|_| budget.charge(1).err()).unwrap();
        assert_eq!(hit.kind, LimitKind::Cancel);
    }

    #[test]
    fn a_deadline_is_seen_where_a_cancel_is() {
        let mut budget = Budget::new(&Limits::default().timeout(Some(Duration::ZERO)));
        assert_eq!(budget.poll().unwrap_err().kind, LimitKind::Deadline);
        let hit = (0..=SLICE).find_map(|_| budget.charge(1).err()).unwrap();
        assert_eq!(hit.kind, LimitKind::Deadline);
    }
}
