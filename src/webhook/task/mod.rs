//! Runs that nobody waits for: what is stored of them, and where (WH-61 to WH-67, WH-90 to WH-94).
//!
//! A task is `queued` when it is accepted, `running` while a worker has claimed it, and ends in one of the other
//! states. Which state follows which is decided here ([`after_attempt`], [`after_loss`]), so that all stores agree.
//!
//! [`TaskStore`] is what a store has to do, [`contract::check_contract`] the tests it has to pass, [`MemoryTaskStore`]
//! a store for tests. All times are milliseconds since 1970 and come from the caller.

pub mod contract;
mod memory;
mod record;
mod store;

pub use memory::MemoryTaskStore;
pub use record::{
    Attempt, LogLine, MAX_OUTPUT, NewTask, Payload, RunReport, TaskRecord, TaskState, after_attempt, after_loss,
    new_task_id, retry_delay,
};
pub use store::{Cancelled, Enqueued, Held, Lost, Replayed, TaskCounts, TaskFilter, TaskStore};
