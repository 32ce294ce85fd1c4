//! Engines in another process: who drives them, and how they are driven.
//!
//! A request is a line and perhaps a script, the answer is a line. The other process times its own turns, so that the
//! way there and back does not count, and waits while others take theirs.
//!
//! - `ready TASK BYTES`, the script: `ok NANOSECONDS RESULT`
//! - `turns N`, of what was made ready last: `ok NANOSECONDS`

#![allow(dead_code, reason = "each program uses one of the two ends")]

use crate::engine::{Engine, Error, Ready, State, Task};
use std::{
    cell::RefCell,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    rc::Rc,
    time::Duration,
};

/// The near end: an engine whose work is done elsewhere.
pub struct Driven(Rc<RefCell<Process>>);

struct Process {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Driven {
    pub fn start(program: &Path) -> Result<Self, Error> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or("the process has an output")?);
        Ok(Self(Rc::new(RefCell::new(Process { child, requests, answers }))))
    }
}

impl Process {
    fn ask(&mut self, request: &str) -> Result<String, Error> {
        let requests = self.requests.as_mut().ok_or("the process has an input")?;
        requests.write_all(request.as_bytes())?;
        requests.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        match line.trim_end_matches('\n').split_once(' ') {
            Some(("ok", answer)) => Ok(answer.to_owned()),
            Some(("error", message)) => Err(message.into()),
            _ => Err("the process ended".into()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.requests = None;
        let _ = self.child.wait();
    }
}

impl Engine for Driven {
    fn ready(&self, task: Task, source: &str) -> Result<Ready, Error> {
        let task = match task {
            Task::Run => "run".to_owned(),
            Task::Webhook(State::Fresh, params) => format!("fresh-{params}"),
            Task::Webhook(State::Kept, params) => format!("kept-{params}"),
            Task::Compile => "compile".to_owned(),
        };
        let answer = self.0.borrow_mut().ask(&format!("ready {task} {}\n{source}", source.len()))?;
        let (tried, result) = answer.split_once(' ').ok_or("a time and a result")?;
        let process = Rc::clone(&self.0);
        let turns = move |turns| {
            let nanoseconds = process.borrow_mut().ask(&format!("turns {turns}\n"))?;
            Ok(Duration::from_nanos(nanoseconds.parse()?))
        };
        Ok(Ready { result: result.to_owned(), tried: Duration::from_nanos(tried.parse()?), turns: Box::new(turns) })
    }
}

/// The far end: does what it is told until its input ends.
pub fn serve(engine: &dyn Engine) -> Result<(), Error> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut ready: Option<Ready> = None;
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let answer = match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["ready", task, bytes] => {
                let mut source = vec![0; bytes.parse()?];
                input.read_exact(&mut source)?;
                // What was there before goes first, so that it takes no memory from what comes.
                ready = None;
                made_ready(engine, task, &String::from_utf8(source)?).map(|new| {
                    let answer = format!("{} {}", new.tried.as_nanos(), new.result);
                    ready = Some(new);
                    answer
                })
            }
            ["turns", turns] => match &mut ready {
                Some(ready) => (ready.turns)(turns.parse()?).map(|time| time.as_nanos().to_string()),
                None => Err("nothing is ready".into()),
            },
            _ => Err(format!("unknown request `{line}`").into()),
        };
        match answer {
            Ok(answer) => writeln!(output, "ok {answer}")?,
            Err(error) => writeln!(output, "error {}", error.to_string().replace('\n', " "))?,
        }
        output.flush()?;
        line.clear();
    }
    Ok(())
}

fn made_ready(engine: &dyn Engine, task: &str, source: &str) -> Result<Ready, Error> {
    let task = match task.split_once('-') {
        Some(("fresh", params)) => Task::Webhook(State::Fresh, params.parse()?),
        Some(("kept", params)) => Task::Webhook(State::Kept, params.parse()?),
        None if task == "run" => Task::Run,
        None if task == "compile" => Task::Compile,
        _ => return Err(format!("unknown task `{task}`").into()),
    };
    engine.ready(task, source)
}
