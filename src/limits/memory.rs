//! Live bytes of the values of the run on this thread.
//!
//! Heap bodies of values add what they hold and take it off when dropped. Dropping cannot reach the run, so the
//! counter is per thread; values never leave the thread of their run, and a nested run goes on counting in the same
//! cell.

use std::cell::Cell;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

/// Bytes counted as live on this thread now.
pub fn live() -> usize {
    LIVE.try_with(Cell::get).unwrap_or(0)
}

/// Counts bytes that were just allocated. Ask [`Budget::grow`](super::Budget::grow) before allocating.
pub fn add(bytes: usize) {
    // A thread that is going away has no run left to limit.
    let _ = LIVE.try_with(|live| live.set(live.get().saturating_add(bytes)));
}

/// Takes off bytes that were just freed.
pub fn sub(bytes: usize) {
    let _ = LIVE.try_with(|live| live.set(live.get().saturating_sub(bytes)));
}

/// Starts counting for a run that is not inside another one: remembers the count and puts it back when dropped.
#[derive(Debug)]
pub struct Scope {
    before: usize,
}

impl Scope {
    /// Sets the count to zero until the scope is dropped.
    pub fn start() -> Self {
        let before = live();
        sub(before);
        Self { before }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        sub(live());
        add(self.before);
    }
}
