//! Rounds and medians.

use crate::engine::{Error, Ready};
use std::time::Duration;

/// The shortest time that is measured; faster work is repeated.
const SLICE: Duration = Duration::from_millis(20);

/// Work that has taken so long altogether leaves the remaining rounds to others.
const ENOUGH: Duration = Duration::from_millis(400);

struct Times {
    repeats: u32,
    spent: Duration,
    seconds: Vec<f64>,
}

/// The median of each contestant in seconds per turn. They take turns in each round, so that a slow moment of the
/// machine touches all of them.
pub fn medians(contestants: &mut [Ready], rounds: usize) -> Result<Vec<f64>, Error> {
    let mut times = Vec::new();
    for contestant in &mut *contestants {
        times.push(Times { repeats: repeats(contestant)?, spent: Duration::ZERO, seconds: Vec::new() });
    }
    for _ in 0..rounds {
        for (contestant, times) in contestants.iter_mut().zip(&mut times).filter(|(_, times)| times.spent < ENOUGH) {
            let time = (contestant.turns)(times.repeats)?;
            times.spent += time;
            times.seconds.push(time.as_secs_f64() / f64::from(times.repeats));
        }
    }
    Ok(times.into_iter().filter_map(|times| median(times.seconds)).collect())
}

/// How often work has to be done to fill a slice. Finding that out warms up too, if one turn did not suffice.
fn repeats(contestant: &mut Ready) -> Result<u32, Error> {
    let mut repeats = 1;
    if contestant.tried < SLICE {
        while (contestant.turns)(repeats)? < SLICE && repeats < 1 << 20 {
            repeats *= 2;
        }
    }
    Ok(repeats)
}

/// The middle one, or the mean of the two in the middle.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { (values[middle - 1] + upper) / 2.0 } else { upper })
}
