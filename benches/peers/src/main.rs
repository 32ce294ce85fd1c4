//! Compares sil with other embeddable languages on the same work and writes `benches/RESULTS.md`.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml -- [--rounds N] [--only WORD] [--print]`
//!
//! Before anything is timed, all engines have to give the same result. Every run starts with a fresh state.

mod engines;
mod measure;

use engines::{Engine, Error, Request, State};
use measure::Contestant;
use std::{env, fmt::Write as _, fs, path::PathBuf};

/// Scripts that return one value, with what they do.
const WORKLOADS: &[(&str, &str)] = &[
    ("fib", "fib(27)"),
    ("loops", "nested integer loops, 5M turns"),
    ("mandelbrot", "mandelbrot, 200 x 200"),
    ("sieve", "sieve, 500k"),
    ("array", "array push, index, sum, 500k"),
    ("keyed", "keyed insert and lookup, 200k"),
    ("text", "text building, 200k turns"),
    ("sort", "insertion sort, 1,500"),
    ("record", "structure fields, 1M turns"),
    ("calls", "calls with 4 arguments, 2M"),
    ("dates", "dates and intervals, 200k turns"),
    ("trycatch", "try and catch, 200k"),
    ("json", "JSON of 10 kB, 20 times there and back"),
];

/// What is compiled: a script, how many copies of it, and its length in SIL.
const COMPILED: &[(&str, usize, &str)] = &[
    ("short", 1, "compile 22 lines"),
    ("functions", 1, "compile 100 lines"),
    ("functions", 20, "compile 2,000 lines"),
];

const QUERY: &[(&str, &str)] = &[
    ("kind", "order"),
    ("limit", "20"),
    ("item", "lamp"),
    ("color", "dark green"),
    ("size", "42"),
    ("room", "4"),
    ("floor", "2"),
    ("building", "west"),
    ("note", "handle gently"),
    ("who", "Ada"),
];

struct Options {
    rounds: usize,
    only: Option<String>,
    print: bool,
}

struct Row {
    name: String,
    medians: Vec<Option<f64>>,
}

fn main() -> Result<(), Error> {
    let options = options()?;
    let engines = engines::all();
    let mut rows = Vec::new();
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| name.contains(only));
    for (file, name) in WORKLOADS.iter().filter(|(file, _)| wanted(file)) {
        rows.push(measured(name, &engines, options.rounds, &|engine| workload(engine, file))?);
    }
    if wanted("webhook") {
        for (state, name) in
            [(State::Fresh, "webhook, fresh state"), (State::Kept, "webhook, state kept if there is one")]
        {
            rows.push(measured(name, &engines, options.rounds, &|engine| webhook(engine, state))?);
        }
    }
    if wanted("compile") {
        for (script, copies, name) in COMPILED {
            rows.push(measured(name, &engines, options.rounds, &|engine| compiling(engine, script, *copies))?);
        }
    }
    let report = report(&engines, &rows, options.rounds);
    println!("{report}");
    if options.only.is_none() && !options.print {
        fs::write(folder().join("../RESULTS.md"), report)?;
    }
    Ok(())
}

fn options() -> Result<Options, Error> {
    let mut options = Options { rounds: 9, only: None, print: false };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => options.rounds = arguments.next().ok_or("--rounds needs a number")?.parse()?,
            "--only" => options.only = Some(arguments.next().ok_or("--only needs a word")?),
            "--print" => options.print = true,
            _ => return Err(format!("unknown argument `{argument}`").into()),
        }
    }
    Ok(options)
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The script of an engine, if the work can be expressed in its language.
fn script(engine: &dyn Engine, name: &str) -> Option<String> {
    let scripts = if engine.extension() == "sil" { folder().join("../scripts") } else { folder().join("scripts") };
    fs::read_to_string(scripts.join(format!("{name}.{}", engine.extension()))).ok()
}

/// What one engine has to do, and the result it gave.
type Prepared = Option<(Box<dyn FnMut()>, String)>;

fn workload(engine: &dyn Engine, name: &str) -> Result<Prepared, Error> {
    let Some(source) = script(engine, name) else { return Ok(None) };
    let mut run = engine.prepare(&source)?;
    let result = run();
    Ok(Some((Box::new(move || drop(run())), result)))
}

fn webhook(engine: &dyn Engine, state: State) -> Result<Prepared, Error> {
    let Some(source) = script(engine, "webhook") else { return Ok(None) };
    let params = QUERY.iter().map(|&(name, value)| (name.to_owned(), vec![value.to_owned()])).collect();
    let request = Request { params };
    let mut respond = engine.webhook(&source, state)?;
    let (status, body) = respond(&request);
    Ok(Some((Box::new(move || drop(respond(&request))), format!("{status} {body}"))))
}

/// Compiling has no result to compare; the texts say the same in each language.
fn compiling(engine: &dyn Engine, name: &str, copies: usize) -> Result<Prepared, Error> {
    let Some(source) = script(engine, name) else { return Ok(None) };
    let source: String = (0..copies).map(|copy| source.replace("_0", &format!("_{copy}"))).collect();
    engine.compile(&source)?;
    let engine =
        engines::all().into_iter().find(|other| other.name() == engine.name()).ok_or("the engine is listed")?;
    let work = move || engine.compile(&source).expect("it compiled before");
    Ok(Some((Box::new(work), String::new())))
}

fn measured(
    name: &str,
    engines: &[Box<dyn Engine>],
    rounds: usize,
    prepare: &dyn Fn(&dyn Engine) -> Result<Prepared, Error>,
) -> Result<Row, Error> {
    let mut contestants = Vec::new();
    let mut expected: Option<String> = None;
    for (column, engine) in engines.iter().enumerate() {
        let prepared = prepare(&**engine).map_err(|error| format!("{name}, {}: {error}", engine.name()))?;
        let Some((work, result)) = prepared else { continue };
        if *expected.get_or_insert_with(|| result.clone()) != result {
            return Err(
                format!("{name}: {} gives `{result}`, not `{}`", engine.name(), expected.unwrap_or_default()).into()
            );
        }
        contestants.push(Contestant { column, work });
    }
    let medians = measure::medians(&mut contestants, engines.len(), rounds);
    eprintln!(
        "{name}: {}",
        medians.iter().map(|time| time.map_or("-".into(), measure::shown)).collect::<Vec<_>>().join(", ")
    );
    Ok(Row { name: name.to_owned(), medians })
}

fn report(engines: &[Box<dyn Engine>], rows: &[Row], rounds: usize) -> String {
    let mut text = String::from("# sil beside its peers\n\n");
    text.push_str("Written by `cargo run --release --manifest-path benches/peers/Cargo.toml`; do not edit.\n\n");
    let _ = writeln!(
        text,
        "Medians of {rounds} rounds in which the engines take turns; all results were equal before anything was timed.\n\
         A cell is the time of the engine and, in brackets, how many times the time of sil that is: above 1, sil is faster.\n\
         sil runs with all its default limits on; the others run without limits of fuel, size and time.\n\
         A dash is work that is not expressed in that language yet.\n\
         rhai reads JSON through a tree of serde_json: its own reader does not know numbers as a feature of starlark\n\
         hands them over.\n\
         rhai has a limit of 512 calls, as sil has, since 0 would forbid calls.\n\n\
         Machine: {}.\n",
        machine()
    );
    text.push_str("| work |");
    engines.iter().for_each(|engine| text.push_str(&format!(" {} {} |", engine.name(), version(engine.package()))));
    text.push_str("\n|---|");
    engines.iter().for_each(|_| text.push_str("---:|"));
    text.push('\n');
    for row in rows {
        let _ = write!(text, "| {} |", row.name);
        let own = row.medians.first().copied().flatten();
        for (column, time) in row.medians.iter().enumerate() {
            match (time, own) {
                (Some(time), Some(own)) if column > 0 => {
                    let _ = write!(text, " {} ({:.2}) |", measure::shown(*time), time / own);
                }
                (Some(time), _) => {
                    let _ = write!(text, " {} |", measure::shown(*time));
                }
                (None, _) => text.push_str(" - |"),
            }
        }
        text.push('\n');
    }
    text
}

/// The version of a package in the lock file; the library stands there by its path.
fn version(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    lock.split_once(&format!("name = \"{package}\"\nversion = \""))
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or("?")
}

fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = info
        .lines()
        .filter_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map(|(_, name)| name)
        .collect();
    format!(
        "{} x {}, {} {}",
        models.len(),
        models.first().unwrap_or(&"unknown processor"),
        env::consts::OS,
        env::consts::ARCH
    )
}
