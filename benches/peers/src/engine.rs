//! What is asked of a language.

use std::{
    fmt,
    hint::black_box,
    time::{Duration, Instant},
};

pub type Error = Box<dyn std::error::Error>;

/// A run ends because of a limit on its time.
#[derive(Debug)]
#[allow(dead_code, reason = "some programs have no such limit")]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too long")
    }
}

impl std::error::Error for TooLong {}

/// A prepared script; each call is one run and gives the result as text.
pub type Runner = Box<dyn FnMut() -> Result<String, Error>>;

/// A prepared webhook; each call is one run for a request and gives status and content.
pub type Responder = Box<dyn FnMut(&Request) -> Result<(i64, String), Error>>;

/// Name and values of the query parameters.
pub struct Request {
    pub params: Vec<(String, Vec<String>)>,
}

/// What becomes of the state of a webhook after a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Every run starts anew.
    Fresh,
    /// The next run may use it.
    Kept,
}

/// What is to be done with a script.
#[derive(Clone, Copy)]
pub enum Task {
    Run,
    /// Answers a request with so many query parameters.
    Webhook(State, usize),
    Compile,
}

/// Work that can be timed, and the result it gave when it was tried.
pub struct Ready {
    pub result: String,
    /// How long that took.
    pub tried: Duration,
    /// Does the work so many times; the time all of them took.
    pub turns: Box<dyn FnMut(u32) -> Result<Duration, Error>>,
}

/// A language to compare with, in this process or in another one.
pub trait Engine {
    /// Prepares a script for many turns and tries one.
    fn ready(&self, task: Task, source: &str) -> Result<Ready, Error>;
}

/// A language in this process.
pub trait Language {
    /// Reads a script and drops what came of it.
    fn compile(&self, source: &str) -> Result<(), Error>;

    /// Prepares a script for many runs.
    fn prepare(&self, source: &str) -> Result<Runner, Error>;

    /// Prepares a webhook.
    fn webhook(&self, source: &str, state: State) -> Result<Responder, Error>;
}

impl<L: Language + Copy + 'static> Engine for L {
    fn ready(&self, task: Task, source: &str) -> Result<Ready, Error> {
        match task {
            Task::Run => {
                let mut run = self.prepare(source)?;
                let start = Instant::now();
                Ok(Ready { result: run()?, tried: start.elapsed(), turns: timed(run) })
            }
            Task::Webhook(state, params) => {
                let request = request(params);
                let mut respond = self.webhook(source, state)?;
                let start = Instant::now();
                let (status, body) = respond(&request)?;
                let (result, tried) = (format!("{status} {body}"), start.elapsed());
                Ok(Ready { result, tried, turns: timed(move || respond(&request)) })
            }
            Task::Compile => {
                // There is no result to compare; the texts say the same in each language.
                let start = Instant::now();
                self.compile(source)?;
                let (language, source) = (*self, source.to_owned());
                let turns = timed(move || language.compile(&source));
                Ok(Ready { result: String::new(), tried: start.elapsed(), turns })
            }
        }
    }
}

fn timed<T>(mut work: impl FnMut() -> Result<T, Error> + 'static) -> Box<dyn FnMut(u32) -> Result<Duration, Error>> {
    Box::new(move |turns| {
        let start = Instant::now();
        for _ in 0..turns {
            black_box(work()?);
        }
        Ok(start.elapsed())
    })
}

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

/// The parameters of [`QUERY`], then once more under other names, until there are enough.
fn request(params: usize) -> Request {
    let named =
        |number: usize, name: &str| if number < QUERY.len() { name.to_owned() } else { format!("{name}{number}") };
    let params = QUERY.iter().cycle().take(params).enumerate();
    Request { params: params.map(|(number, &(name, value))| (named(number, name), vec![value.to_owned()])).collect() }
}
