//! The same work in Rust itself: the floor below which no interpreter gets.
//!
//! Sizes come as data, functions that are called for the sake of calling are not inlined; else the compiler is free.

use crate::engine::{Error, Language, Request, Responder, Runner, State};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fmt::Write as _,
    hint::black_box,
    time::{Duration, SystemTime},
};

/// Rust, built as everything here is.
#[derive(Clone, Copy)]
pub struct Native;

type Function = fn(usize) -> Result<i64, Error>;

/// The workloads by name; `webhook` is apart.
const FUNCTIONS: &[(&str, Function)] = &[
    ("fib", |n| Ok(fib(n as i64))),
    ("loops", loops),
    ("mandelbrot", mandelbrot),
    ("sieve", sieve),
    ("array", array),
    ("keyed", keyed),
    ("text", text),
    ("lines", lines),
    ("sort", sort),
    ("record", record),
    ("calls", calls),
    ("host", host),
    ("dates", dates),
    ("trycatch", trycatch),
    ("json", json),
];

impl Native {
    /// What stands for a script: the name and the size of the work.
    pub fn source(name: &str, size: usize) -> Option<String> {
        let known = name == "webhook" || FUNCTIONS.iter().any(|(function, _)| *function == name);
        known.then(|| format!("{name} {size}"))
    }
}

impl Language for Native {
    fn compile(&self, _: &str) -> Result<(), Error> {
        Err("Rust is compiled before".into())
    }

    fn prepare(&self, source: &str) -> Result<Runner, Error> {
        let (name, size) = source.split_once(' ').ok_or("a name and a size")?;
        let size: usize = size.parse()?;
        let (_, function) = FUNCTIONS.iter().find(|(function, _)| *function == name).ok_or("the name is known")?;
        Ok(Box::new(move || Ok(function(black_box(size))?.to_string())))
    }

    fn webhook(&self, _: &str, _: State) -> Result<Responder, Error> {
        Ok(Box::new(|request: &Request| {
            // Copied, as each language copies the request into values of its own.
            let params =
                request.params.iter().map(|(name, values)| Param { name: name.clone(), values: values.clone() });
            respond(&params.collect::<Vec<_>>())
        }))
    }
}

#[inline(never)]
fn fib(n: i64) -> i64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

fn loops(size: usize) -> Result<i64, Error> {
    let mut sum = 0;
    for i in 0..1000 {
        for j in 0..size as i64 {
            sum = (sum + i * j) % 1_000_003;
        }
    }
    Ok(sum)
}

fn mandelbrot(size: usize) -> Result<i64, Error> {
    let step = 2.5 / size as f64;
    let (mut inside, mut steps) = (0, 0);
    let mut y = -1.2471;
    for _ in 0..size {
        let mut x = -2.0031;
        for _ in 0..size {
            let (mut re, mut im, mut turn) = (0.0, 0.0, 0);
            while turn < 50 && re * re + im * im <= 4.0 {
                (re, im) = (re * re - im * im + x, 2.0 * re * im + y);
                turn += 1;
            }
            steps += turn;
            if turn == 50 {
                inside += 1;
            }
            x += step;
        }
        y += step;
    }
    Ok(inside * 10_000_000 + steps)
}

fn sieve(size: usize) -> Result<i64, Error> {
    let mut composite = vec![false; size];
    let mut primes = 0;
    for i in 2..size {
        if !composite[i] {
            primes += 1;
            for j in (i * 2..size).step_by(i) {
                composite[j] = true;
            }
        }
    }
    Ok(primes)
}

fn array(size: usize) -> Result<i64, Error> {
    let mut values = Vec::new();
    for i in 0..size as i64 {
        values.push(i * 3);
    }
    let mut sum = 0;
    for value in &values {
        sum += value;
    }
    for i in 1..size {
        values[i] = values[i - 1] + 1;
    }
    for value in &values {
        sum += value;
    }
    Ok(sum)
}

fn keyed(size: usize) -> Result<i64, Error> {
    let mut ages = HashMap::new();
    for i in 0..size as i64 {
        ages.insert(format!("user{i}"), i);
    }
    Ok((0..size).map(|i| ages[&format!("user{i}")]).sum())
}

fn text(size: usize) -> Result<i64, Error> {
    let mut text = String::new();
    for i in 0..size {
        text += "line ";
        write!(text, "{i}")?;
        text += ";";
    }
    Ok(black_box(text).len() as i64)
}

fn lines(size: usize) -> Result<i64, Error> {
    let mut text = String::new();
    for i in 0..size {
        if i > 0 {
            text += "\n";
        }
        write!(text, "item {i},red lamp,open")?;
    }
    let (mut changed, mut fields) = (Vec::new(), 0);
    for line in text.split('\n') {
        fields += line.split(',').collect::<Vec<_>>().len();
        changed.push(line.replace("red", "green"));
    }
    Ok((fields * 10_000_000 + changed.join("\n").replace("open", "closed").len()) as i64)
}

fn sort(size: usize) -> Result<i64, Error> {
    let mut values = Vec::new();
    let mut seed = 42;
    for _ in 0..size {
        seed = seed * 16_807 % 2_147_483_647;
        values.push(seed % 100_000);
    }
    for i in 1..size {
        let value = values[i];
        let mut j = i;
        while j > 0 && values[j - 1] > value {
            values[j] = values[j - 1];
            j -= 1;
        }
        values[j] = value;
    }
    Ok(values.iter().fold(0, |sum, value| (sum * 31 + value) % 1_000_003))
}

struct Account {
    balance: i64,
    moves: i64,
    owner: String,
}

fn record(size: usize) -> Result<i64, Error> {
    let mut account = Account { balance: 100, moves: 0, owner: "Ada".into() };
    for i in 0..size as i64 {
        account.balance += i % 7;
        account.moves += 1;
    }
    black_box(&account.owner);
    Ok(account.balance + account.moves)
}

#[inline(never)]
fn mix(a: i64, b: i64, c: i64, d: i64) -> i64 {
    a + b * 2 - c + d % 10
}

fn calls(size: usize) -> Result<i64, Error> {
    Ok((0..size as i64).map(|i| mix(i, 1, i, i)).sum())
}

#[inline(never)]
fn weight(n: i64) -> i64 {
    n % 10
}

fn host(size: usize) -> Result<i64, Error> {
    Ok((0..size as i64).map(weight).sum())
}

fn dates(size: usize) -> Result<i64, Error> {
    const WEEKS: Duration = Duration::from_secs(52 * 7 * 24 * 3600);
    let step = Duration::from_secs(7 * 3600 + 30 * 60);
    // 2024-01-01T08:00:00Z; the library has no reader for it.
    let mut start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_096_000);
    let (mut day, mut spent) = (start, Duration::ZERO);
    let (mut late, mut after) = (0, 0);
    for _ in 0..size {
        day += step;
        spent += step;
        if day.duration_since(start)? > spent - step.mul_f64(0.5) {
            late += 1;
        }
        if day > start + spent - step {
            after += 1;
        }
        if spent > WEEKS {
            spent -= WEEKS;
            start += WEEKS;
        }
    }
    Ok(late + after + (day.duration_since(start)?.as_secs() / 86_400) as i64)
}

#[inline(never)]
fn risky(n: i64) -> Result<i64, String> {
    if n % 2 == 0 { Err("even".into()) } else { Ok(n) }
}

fn trycatch(size: usize) -> Result<i64, Error> {
    let mut sum = 0;
    for i in 0..size as i64 {
        match risky(i) {
            Ok(value) => sum += value,
            Err(_) => sum -= 1,
        }
    }
    Ok(sum)
}

#[derive(Serialize, Deserialize)]
struct Line {
    name: String,
    count: i64,
    price: f64,
    open: bool,
    tags: Vec<String>,
}

fn json(size: usize) -> Result<i64, Error> {
    let line = |i| Line {
        name: format!("article number {i}"),
        count: i as i64 * 7,
        price: 1.25,
        open: i % 2 == 0,
        tags: vec!["red".into(), "round".into(), "new".into()],
    };
    let mut lines: Vec<Line> = (0..size).map(line).collect();
    let mut total = 0;
    for turn in 0..20 {
        let text = serde_json::to_string(&lines)?;
        let again: Vec<Line> = serde_json::from_str(&text)?;
        total += text.len() as i64 + again[turn].count;
        lines = again;
    }
    Ok(total)
}

struct Param {
    name: String,
    values: Vec<String>,
}

fn respond(params: &[Param]) -> Result<(i64, String), Error> {
    let value = |name| params.iter().find(|param| param.name == name).map_or("", |param| param.values[0].as_str());
    let kind = value("kind");
    let limit: usize = value("limit").parse()?;
    let mut total = 0;
    let mut list = String::new();
    for param in params {
        let first = &param.values[0];
        total += first.len();
        if !list.is_empty() {
            list += ",";
        }
        write!(list, "{{\"name\":\"{}\",\"value\":\"{first}\",\"size\":{}}}", param.name, first.len())?;
    }
    let mut body = String::new();
    if kind == "order" && total > limit {
        write!(body, "{{\"status\":\"accepted\",\"total\":{total},")?;
        write!(body, "\"params\":[{list}]}}")?;
        return Ok((202, body));
    }
    body += "{\"status\":\"refused\"}";
    Ok((400, body))
}
