//! Connects scripts to data of the program: here, to a list of tickets.
//!
//! The lesson: a host implements only the capabilities it has. This one has issues and a log, and no webhook, clock or
//! environment; scripts get a clear error where they ask for more.

use sil::{
    Data, Engine, Host, Limits,
    host::{FieldError, HostError, IssueRef, Issues, Log, LogLevel},
};
use std::error::Error;

struct Ticket {
    key: &'static str,
    title: String,
    votes: i64,
}

/// The tickets of the program, and which one the script is about.
struct Desk {
    tickets: Vec<Ticket>,
    current: &'static str,
}

impl Issues for Desk {
    fn current(&self) -> Option<&str> {
        Some(self.current)
    }

    fn get_field(&mut self, issue: IssueRef<'_>, name: &str) -> Result<Data, FieldError> {
        let ticket = self.ticket(issue)?;
        match name {
            "key" => Ok(Data::Text(ticket.key.to_owned())),
            "summary" => Ok(Data::Text(ticket.title.clone())),
            "votes" => Ok(Data::Integer(ticket.votes)),
            _ => Err(FieldError::Unknown),
        }
    }

    fn set_field(&mut self, issue: IssueRef<'_>, name: &str, value: Data) -> Result<(), FieldError> {
        let ticket = self.ticket(issue)?;
        match (name, value) {
            ("summary", Data::Text(title)) => ticket.title = title,
            ("votes", Data::Integer(votes)) if votes >= 0 => ticket.votes = votes,
            ("votes", _) => return Err(FieldError::Other(HostError::new("votes are counted from zero up"))),
            ("key", _) => return Err(FieldError::ReadOnly),
            _ => return Err(FieldError::Unknown),
        }
        Ok(())
    }
}

impl Desk {
    fn ticket(&mut self, issue: IssueRef<'_>) -> Result<&mut Ticket, FieldError> {
        let key = match issue {
            IssueRef::Current => self.current,
            IssueRef::Key(key) => key,
        };
        self.tickets.iter_mut().find(|ticket| ticket.key == key).ok_or(FieldError::NoIssue)
    }
}

impl Log for Desk {
    fn log(&mut self, level: LogLevel, message: &str) {
        println!("[{}] {message}", level.word());
    }
}

impl Host for Desk {
    fn issues(&mut self) -> Option<&mut dyn Issues> {
        Some(self)
    }

    fn log(&mut self) -> Option<&mut dyn Log> {
        Some(self)
    }
}

const SCRIPT: &str = r#"
votes = votes + DESK-1.votes;
summary = summary + " (" + votes + " votes)";
print("changed " + key);
try {
    votes = -1;
} catch {
    print("refused");
}
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let ticket = |key, title: &str, votes| Ticket { key, title: title.to_owned(), votes };
    let tickets = vec![ticket("DESK-1", "Coffee machine", 3), ticket("DESK-2", "Espresso machine", 4)];
    let mut desk = Desk { tickets, current: "DESK-2" };

    // With the names given, a misspelt field is found when the script is compiled.
    let engine = Engine::builder().field_names(["key", "summary", "votes"]).build();
    engine.compile("merge.sil", SCRIPT)?.run(&mut desk, &Limits::default())?;
    for Ticket { key, title, votes } in &desk.tickets {
        println!("{key}: {title}, {votes}");
    }
    if let Err(diagnostics) = engine.compile("typo.sil", "votes = voles + 1;") {
        println!("{diagnostics}");
    }
    Ok(())
}
