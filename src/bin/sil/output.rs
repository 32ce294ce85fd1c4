//! What goes to the terminal. A reader that has gone away is no error: there is nobody left to tell.

use crate::{BROKEN, Refusal};
use std::io::{self, IsTerminal, Write};

/// Writes to standard output.
pub fn put(text: &str) -> Result<(), Refusal> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Refusal { code: BROKEN, message: format!("cannot write to standard output: {error}") })
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error.
pub fn note(text: &str) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "{text}");
}

/// Tells why the command cannot go on.
pub fn complain(message: &str) {
    note(&format!("sil: {message}"));
}

/// Whether standard error takes colours.
pub fn colour_on_stderr() -> bool {
    io::stderr().is_terminal() && colour_wanted()
}

/// Whether standard output takes colours.
pub fn colour_on_stdout() -> bool {
    io::stdout().is_terminal() && colour_wanted()
}

/// The convention of <https://no-color.org>, and terminals that say they cannot.
fn colour_wanted() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}
