//! What is measured.

use crate::engine::{State, Task};

/// A row of the table.
pub struct Workload {
    /// The name of its scripts.
    pub script: &'static str,
    pub name: &'static str,
    pub what: What,
    /// How large the work is: a number that stands in its scripts, how many query parameters there are, or how many
    /// copies of a script are compiled.
    pub size: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    Run,
    Webhook,
    /// As before, but the next run may use the state. For information: not part of any mean.
    WebhookKept,
    Compile,
}

const fn run(script: &'static str, name: &'static str, size: usize) -> Workload {
    Workload { script, name, what: What::Run, size }
}

pub const WORKLOADS: &[Workload] = &[
    run("fib", "fib(27)", 27),
    run("loops", "nested integer loops, 5M turns", 5000),
    run("mandelbrot", "mandelbrot, 200 x 200", 200),
    run("sieve", "sieve, 500k", 500_000),
    run("array", "array push, index, sum, 500k", 500_000),
    run("keyed", "keyed insert and lookup, 200k", 200_000),
    run("text", "text building, 200k turns", 200_000),
    run("lines", "split, replace, join, 10k lines", 10_000),
    run("sort", "insertion sort, 1,500", 1500),
    run("record", "structure fields, 1M turns", 1_000_000),
    run("calls", "calls with 4 arguments, 2M", 2_000_000),
    run("host", "host calls, 1M", 1_000_000),
    run("dates", "dates and intervals, 200k turns", 200_000),
    run("trycatch", "try and catch, 200k", 200_000),
    run("json", "JSON of 10 kB, 20 times there and back", 110),
    Workload { script: "webhook", name: "webhook, fresh state", what: What::Webhook, size: 10 },
    Workload { script: "webhook", name: "webhook, state kept", what: What::WebhookKept, size: 10 },
    Workload { script: "short", name: "compile 22 lines", what: What::Compile, size: 1 },
    Workload { script: "functions", name: "compile 2,000 lines", what: What::Compile, size: 20 },
];

impl Workload {
    pub fn task(&self, size: usize) -> Task {
        match self.what {
            What::Run => Task::Run,
            What::Webhook => Task::Webhook(State::Fresh, size),
            What::WebhookKept => Task::Webhook(State::Kept, size),
            What::Compile => Task::Compile,
        }
    }

    /// Sizes that make about once, twice, four and eight times the work, and how much that is exactly. None where
    /// there is nothing to grow.
    pub fn growth(&self) -> Option<[(usize, f64); 4]> {
        match (self.what, self.script) {
            (What::WebhookKept, _) | (What::Compile, "short") => None,
            // The work is the number of calls.
            (_, "fib") => Some([27, 28, 30, 31].map(|n| (n, fib_calls(n) / fib_calls(27)))),
            (_, "mandelbrot") => Some([200, 283, 400, 566].map(|side| (side, (side * side) as f64 / 40_000.0))),
            _ => Some([1, 2, 4, 8].map(|times| (self.size * times, times as f64))),
        }
    }
}

fn fib_calls(n: usize) -> f64 {
    if n < 2 { 1.0 } else { 1.0 + fib_calls(n - 1) + fib_calls(n - 2) }
}
