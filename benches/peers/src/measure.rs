//! Rounds, medians and the table of the results.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// One entry of a workload: an engine's column and what it does.
pub struct Contestant {
    pub column: usize,
    pub work: Box<dyn FnMut()>,
}

/// The shortest time that is measured; faster work is repeated.
const SLICE: Duration = Duration::from_millis(20);

/// Medians in seconds by column. The contestants take turns in each round, so that a slow moment of the machine
/// touches all of them.
pub fn medians(contestants: &mut [Contestant], columns: usize, rounds: usize) -> Vec<Option<f64>> {
    let repeats: Vec<u32> = contestants.iter_mut().map(|contestant| repeats(&mut contestant.work)).collect();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); columns];
    for _ in 0..rounds {
        for (contestant, &repeats) in contestants.iter_mut().zip(&repeats) {
            let start = Instant::now();
            for _ in 0..repeats {
                black_box((contestant.work)());
            }
            times[contestant.column].push(start.elapsed().as_secs_f64() / f64::from(repeats));
        }
    }
    times.into_iter().map(median).collect()
}

/// How often work has to be done to fill a slice; doing it warms up too.
fn repeats(work: &mut dyn FnMut()) -> u32 {
    let mut repeats = 1;
    loop {
        let start = Instant::now();
        for _ in 0..repeats {
            work();
        }
        if start.elapsed() >= SLICE || repeats >= 1 << 20 {
            return repeats;
        }
        repeats *= 2;
    }
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

/// A time with a fitting unit.
pub fn shown(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.1} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}
