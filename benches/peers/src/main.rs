//! Compares sil with other embeddable languages on the same work and writes `benches/RESULTS.md`:
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- [--processes N] [--rounds N] [--only WORD] [--print]
//! ```
//!
//! `--only` takes the rows whose script or name has the word in it; the table is then printed and not written, and
//! `--print` does that for the whole table. A quiet machine needs about eight minutes for all.
//!
//! The program starts itself several times, one after the other, since the places where the system loads code and
//! stack alone make some work slower or faster by a half. Each process measures every row: all engines have to give
//! the same result, then they take turns in rounds.
//!
//! LuaJIT and starlark are programs of their own, which this one builds, starts and drives (see `drive.rs`).

mod drive;
mod engine;
mod engines;
mod measure;
mod process;
mod report;
mod results;
mod workloads;

use engine::Error;
use results::Results;
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};
use workloads::Workload;

pub struct Options {
    processes: usize,
    rounds: usize,
    only: Option<String>,
    print: bool,
    /// Whether this is one of the processes that measure.
    measures: bool,
    /// Rows and columns that a process leaves out.
    without: Vec<(usize, usize)>,
}

impl Options {
    fn read() -> Result<Self, Error> {
        let mut options =
            Self { processes: 5, rounds: 5, only: None, print: false, measures: false, without: Vec::new() };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--processes" => options.processes = value()?.parse()?,
                "--rounds" => options.rounds = value()?.parse()?,
                "--only" => options.only = Some(value()?),
                "--print" => options.print = true,
                "--measure" => options.measures = true,
                "--without" => {
                    let value = value()?;
                    let (row, column) = value.split_once(':').ok_or("--without needs ROW:COLUMN")?;
                    options.without.push((row.parse()?, column.parse()?));
                }
                _ => return Err(format!("unknown argument `{argument}`").into()),
            }
        }
        Ok(options)
    }

    pub fn wants(&self, workload: &Workload) -> bool {
        self.only.as_deref().is_none_or(|word| workload.script.contains(word) || workload.name.contains(word))
    }
}

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn main() -> Result<(), Error> {
    let options = Options::read()?;
    if options.measures {
        return process::measure(&options, &engines::all()?);
    }
    engines::build_driven()?;
    let mut results = Results::default();
    for process in 1..=options.processes {
        measure_once(&options, process, &mut results)?;
    }
    let report = report::report(&options, &engines::all()?, &results);
    println!("{report}");
    if options.only.is_none() && !options.print {
        fs::write(folder().join("../RESULTS.md"), report)?;
    }
    Ok(())
}

/// Starts this program once more and takes in what it says. What took too long once is not tried again.
fn measure_once(options: &Options, number: usize, results: &mut Results) -> Result<(), Error> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("--measure").args(["--rounds", &options.rounds.to_string()]).stdout(Stdio::piped());
    if let Some(word) = &options.only {
        command.args(["--only", word]);
    }
    for (row, column) in &results.too_long {
        command.args(["--without", &format!("{row}:{column}")]);
    }
    let mut child = command.spawn()?;
    let output = child.stdout.take().ok_or("the process has an output")?;
    let mut last = None;
    for line in BufReader::new(output).lines() {
        let line: results::Line = line?.parse()?;
        if last.replace(line.row()) != Some(line.row()) {
            eprintln!("process {number} of {}: {}", options.processes, workloads::WORKLOADS[line.row()].name);
        }
        results.add(line);
    }
    if child.wait()?.success() { Ok(()) } else { Err("a process failed".into()) }
}
