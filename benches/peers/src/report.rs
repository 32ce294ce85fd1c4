//! The page with the tables.

use crate::{
    Options,
    engines::{Column, Kind},
    results::{Results, Step},
    workloads::{WORKLOADS, What, Workload},
};
use std::{env, fmt::Write as _, fs};

pub fn report(options: &Options, columns: &[Column], results: &Results) -> String {
    let page = Page { options, columns, results };
    let mut text = page.head();
    text.push_str(&page.table());
    text.push_str(NOTES);
    text.push_str("\n## Targets\n\n");
    text.push_str(&page.targets());
    text.push_str("\n## Growth\n\n");
    text.push_str(&page.growth());
    text
}

const NOTES: &str = "
What a language does not express, or expresses otherwise:

- *Dates*: only sil has dates and intervals. Native Rust uses `SystemTime` and `Duration`. Lua has `os.time` with its
  seconds in a number, the others no dates at all; a host function would measure the host.
- *Try and catch*: starlark cannot catch anything. rune and native Rust return a `Result` and look at it.
- *JSON*: sil and starlark have it built in, rune by its module, the others by functions that people add: Lua by mlua's
  serde support, koto by koto_serde (its own module writes indented text), rhai by serde, native Rust into a structure.
- *Text building*: by appending in sil, rhai, rune and native Rust; by a list of pieces joined at the end where texts
  cannot change (Lua, starlark, koto), and by `string.buffer` in LuaJIT.
- *Structures*: a table in Lua, a map in rhai and koto, a dictionary in starlark, whose structures cannot change.
- *Loops*: `while` where `for` would be slower (rhai), `for` with `break` where there is no `while` (starlark).
- *Webhook*: a fresh state is a new state of Lua with code that was compiled before, a new runtime of koto, a new
  machine of rune, a new scope of rhai, a new heap of starlark. Only Lua, koto and rune have something to keep.
- *Compile*: rhai and koto and rune and Lua to what they run; starlark with evaluating definitions, which is when it
  makes code. There is none for native Rust.
- *Limits on*: rhai has 500 million operations, 512 calls, 64 MiB of text, 10 million elements and 10 seconds by a
  callback. It adds up the sizes of a whole array with each `push`, so some of this work does not end in time.
- LuaJIT runs the scripts of Lua 5.4, without its compiler and without its FFI, in a process of its own; so does
  starlark, because it changes how serde_json reads numbers in the whole program.
";

struct Page<'a> {
    options: &'a Options,
    columns: &'a [Column],
    results: &'a Results,
}

impl Page<'_> {
    fn head(&self) -> String {
        format!(
            "# sil beside its peers\n\n\
             Written by `cargo run --release --manifest-path benches/peers/Cargo.toml`; do not edit.\n\n\
             A cell is the time of one run of the work and, in brackets, the time of sil divided by it: below 1, sil is\n\
             faster. Times are medians over {} processes of medians of up to {} rounds in which the engines take turns\n\
             (work that has taken 0.4 s in a process leaves further rounds to others); ratios are medians over the\n\
             processes of the ratio within a process. All results were equal before anything was timed.\n\
             *Spread* is the slowest process of sil divided by the fastest.\n\
             sil runs with all its default limits on; the others run without limits of fuel, size and time, but for the\n\
             column that says otherwise. A dash is work that the language does not express, `> 10 s` is work that did not\n\
             end in time. The geometric means are over all rows that both have, without the webhook that keeps its\n\
             state.\n\n\
             Machine: {}.\n\n",
            self.options.processes,
            self.options.rounds,
            machine()
        )
    }

    /// The rows that were measured.
    fn rows(&self) -> impl Iterator<Item = (usize, &'static Workload)> {
        WORKLOADS.iter().enumerate().filter(|(_, workload)| self.options.wants(workload))
    }

    /// Rows that count in means.
    fn counted(&self, compiling: bool) -> impl Iterator<Item = usize> {
        let counts = move |what| what != What::WebhookKept && (compiling || what != What::Compile);
        self.rows().filter(move |(_, workload)| counts(workload.what)).map(|(row, _)| row)
    }

    fn table(&self) -> String {
        let mut text = String::from("| work |");
        for column in self.columns {
            let version = column.package.map_or("", version);
            let _ = write!(text, " {} {version} |", column.name);
        }
        text.push_str(" spread |\n|---|");
        text.push_str(&"---:|".repeat(self.columns.len() + 1));
        text.push('\n');
        for (row, workload) in self.rows() {
            let _ = write!(text, "| {} |", workload.name);
            for column in 0..self.columns.len() {
                let cell = match self.results.time(row, column, Step::Usual) {
                    Some(time) => match self.results.ratio(row, 0, column).filter(|_| column > 0) {
                        Some(ratio) => format!("{} ({ratio:.2})", shown(time)),
                        None => shown(time),
                    },
                    None if self.results.too_long.contains(&(row, column)) => "> 10 s".to_owned(),
                    None => "-".to_owned(),
                };
                let _ = write!(text, " {cell} |");
            }
            let _ = writeln!(text, " {} |", decimals(self.results.spread(row, 0)));
        }
        for (name, compiling) in [("geometric mean without compiling", false), ("geometric mean of all", true)] {
            let _ = write!(text, "| *{name}* | 1 |");
            for column in 1..self.columns.len() {
                let _ = write!(text, " {} |", decimals(self.mean(column, compiling)));
            }
            text.push_str(" |\n");
        }
        text
    }

    /// The geometric mean of the ratios against a column.
    fn mean(&self, column: usize, compiling: bool) -> Option<f64> {
        let logarithms: Vec<f64> =
            self.counted(compiling).filter_map(|row| self.results.ratio(row, 0, column)).map(f64::ln).collect();
        (!logarithms.is_empty()).then(|| (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp())
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = usize> {
        self.columns.iter().enumerate().filter(move |(_, column)| column.kind == kind).map(|(place, _)| place)
    }

    /// The largest ratio of a row against any of the columns, and where it is.
    fn worst(&self, columns: &[usize], compiling: bool) -> Option<(f64, String)> {
        let cells = self.counted(compiling).flat_map(|row| columns.iter().map(move |&column| (row, column)));
        let ratios = cells.filter_map(|(row, column)| Some((self.results.ratio(row, 0, column)?, row, column)));
        let (ratio, row, column) = ratios.max_by(|left, right| left.0.total_cmp(&right.0))?;
        Some((ratio, format!("{}, {}", WORKLOADS[row].name, self.columns[column].name)))
    }

    /// The ratio in the row of a script that is run, or compiled.
    fn ratio_of(&self, script: &str, column: usize) -> Option<f64> {
        let (row, _) = self.rows().find(|(_, workload)| workload.script == script)?;
        self.results.ratio(row, 0, column)
    }

    fn targets(&self) -> String {
        let mut text = String::from("| what | at most | measured | |\n|---|---:|---:|---|\n");
        let mut line = |what: &str, most: f64, measured: Option<(f64, String)>| {
            if let Some((measured, place)) = measured {
                let met = if measured <= most { "met" } else { "missed" };
                let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
                let _ = writeln!(text, "| {what} | {most:.2} | {measured:.2}{place} | {met} |");
            }
        };
        let plain = |ratio: Option<f64>| ratio.map(|ratio| (ratio, String::new()));
        for lua in self.of_kind(Kind::Lua) {
            line("Lua 5.4, every run", 1.0, self.worst(&[lua], false));
            line("Lua 5.4, every row, compiling too", 1.0, self.worst(&[lua], true));
            line("Lua 5.4, geometric mean without compiling", 0.45, plain(self.mean(lua, false)));
            line("Lua 5.4, geometric mean of all", 0.45, plain(self.mean(lua, true)));
            for (script, what, most) in LUA_TARGETS {
                line(&format!("Lua 5.4, {what}"), *most, plain(self.ratio_of(script, lua)));
            }
        }
        let rust: Vec<usize> = self.of_kind(Kind::Rust).collect();
        line("every engine in Rust, every run", 1.0, self.worst(&rust, false));
        line("every engine in Rust, every row, compiling too", 1.0, self.worst(&rust, true));
        for (name, compiling) in [("without compiling", false), ("of all", true)] {
            let means =
                rust.iter().filter_map(|&column| Some((self.mean(column, compiling)?, self.columns[column].name)));
            let best = means.max_by(|left, right| left.0.total_cmp(&right.0));
            let best = best.map(|(mean, name)| (mean, name.to_owned()));
            line(&format!("best engine in Rust, geometric mean {name}"), 1.0 / 3.0, best);
        }
        for native in self.of_kind(Kind::Native) {
            line("native Rust, webhook", 3.0, plain(self.ratio_of("webhook", native)));
        }
        for koto in rust.iter().copied().filter(|&column| self.columns[column].name == "koto") {
            line("koto, compile 22 lines", 0.8, plain(self.ratio_of("short", koto)));
            line("koto, compile 2,000 lines", 0.8, plain(self.ratio_of("functions", koto)));
        }
        text
    }

    fn growth(&self) -> String {
        let followed: Vec<usize> = self.of_kind(Kind::Sil).chain(self.of_kind(Kind::Lua)).collect();
        let mut text = String::from(
            "Times of sil when the work grows: *n* is the row above, the others are twice, four and eight times as much\n\
             (calls of fib 1, 1.6, 4.2 and 6.9 times). Elements, turns, query parameters or lines of text grow, for JSON\n\
             the document. The exponent is the slope of the logarithm of time over that of the amount: 1 is in proportion\n\
             to the work, and 2 is right for the insertion sort.\n\n\
             | work | n | 2n | 4n | 8n |",
        );
        followed.iter().for_each(|&column| text.push_str(&format!(" exponent of {} |", self.columns[column].name)));
        text.push_str("\n|---|---:|---:|---:|---:|");
        text.push_str(&"---:|".repeat(followed.len()));
        text.push('\n');
        for (row, workload) in self.rows() {
            let Some(sizes) = workload.growth() else { continue };
            let time = |column, step| self.results.time(row, column, Step::Grown(step));
            let _ = write!(text, "| {} |", workload.name);
            (0..4).for_each(|step| text.push_str(&format!(" {} |", time(0, step).map_or("-".into(), shown))));
            for &column in &followed {
                let points =
                    sizes.iter().enumerate().filter_map(|(step, (_, amount))| Some((*amount, time(column, step)?)));
                let _ = write!(text, " {} |", decimals(exponent(&points.collect::<Vec<_>>())));
            }
            text.push('\n');
        }
        text
    }
}

/// Scripts with what sil should at most take of Lua's time.
const LUA_TARGETS: &[(&str, &str, f64)] = &[
    ("webhook", "webhook, fresh state", 0.27),
    ("text", "text building", 0.12),
    ("keyed", "keyed insert and lookup", 0.35),
    ("lines", "split, replace, join", 0.2),
    ("trycatch", "try and catch", 0.5),
    ("host", "host calls", 0.3),
];

/// The slope of the line through the logarithms with the least squares.
fn exponent(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let logarithms: Vec<(f64, f64)> = points.iter().map(|(amount, time)| (amount.ln(), time.ln())).collect();
    let (x, y) = logarithms.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let slope = logarithms.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>()
        / logarithms.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>();
    slope.is_finite().then_some(slope)
}

fn decimals(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}

/// A time with a fitting unit.
fn shown(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.1} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
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
