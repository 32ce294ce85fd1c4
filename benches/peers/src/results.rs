//! What the processes found out.

use crate::{engine::Error, measure::median};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

/// The usual size of some work, or one of the sizes it grows to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Usual,
    Grown(usize),
}

/// What a process says about one row and column; the fields are divided by tabs.
pub enum Line {
    Time {
        row: usize,
        column: usize,
        step: Step,
        seconds: f64,
    },
    /// The work does not end within the time that the language's limits allow.
    TooLong {
        row: usize,
        column: usize,
    },
}

impl Line {
    pub fn row(&self) -> usize {
        match self {
            Self::Time { row, .. } | Self::TooLong { row, .. } => *row,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time { row, column, step: Step::Usual, seconds } => write!(f, "{row}\t{column}\tusual\t{seconds}"),
            Self::Time { row, column, step: Step::Grown(step), seconds } => {
                write!(f, "{row}\t{column}\t{step}\t{seconds}")
            }
            Self::TooLong { row, column } => write!(f, "{row}\t{column}\ttoo long"),
        }
    }
}

impl FromStr for Line {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self, Error> {
        match line.split('\t').collect::<Vec<_>>()[..] {
            [row, column, "too long"] => Ok(Self::TooLong { row: row.parse()?, column: column.parse()? }),
            [row, column, step, seconds] => {
                let step = if step == "usual" { Step::Usual } else { Step::Grown(step.parse()?) };
                Ok(Self::Time { row: row.parse()?, column: column.parse()?, step, seconds: seconds.parse()? })
            }
            _ => Err(format!("a process says `{line}`").into()),
        }
    }
}

#[derive(Default)]
pub struct Results {
    /// One time of each process.
    times: BTreeMap<(usize, usize, Step), Vec<f64>>,
    pub too_long: BTreeSet<(usize, usize)>,
}

impl Results {
    pub fn add(&mut self, line: Line) {
        match line {
            Line::Time { row, column, step, seconds } => {
                self.times.entry((row, column, step)).or_default().push(seconds);
            }
            Line::TooLong { row, column } => {
                self.too_long.insert((row, column));
            }
        }
    }

    /// The median over the processes, in seconds.
    pub fn time(&self, row: usize, column: usize, step: Step) -> Option<f64> {
        self.times.get(&(row, column, step)).cloned().and_then(median)
    }

    /// How many times as long as another column one takes: the median over the ratios within each process.
    pub fn ratio(&self, row: usize, column: usize, other: usize) -> Option<f64> {
        let own = self.times.get(&(row, column, Step::Usual))?;
        let other = self.times.get(&(row, other, Step::Usual))?;
        median(own.iter().zip(other).map(|(own, other)| own / other).collect())
    }

    /// The largest time of a process beside the smallest.
    pub fn spread(&self, row: usize, column: usize) -> Option<f64> {
        let times = self.times.get(&(row, column, Step::Usual))?;
        let smallest = times.iter().copied().min_by(f64::total_cmp)?;
        Some(times.iter().copied().max_by(f64::total_cmp)? / smallest)
    }
}
