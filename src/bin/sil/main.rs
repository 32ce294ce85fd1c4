//! The command `sil`: runs and checks scripts. It uses the public interface of the library only.

mod arguments;
mod check;
mod explain;
mod files;
mod fix;
mod host;
mod includes;
mod issues;
mod output;
mod requests;
mod routines;
mod run;
mod store;
mod units;

use arguments::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// Everything went well.
const FINE: u8 = 0;
/// The script ran, and its result reads as a failure.
const FAILURE: u8 = 1;
/// The script does not compile.
const NOT_COMPILED: u8 = 2;
/// The script failed while it ran, or hit a limit.
const BROKEN: u8 = 3;
/// The command line makes no sense (`EX_USAGE`).
const USAGE: u8 = 64;
/// A file is not there or cannot be read (`EX_NOINPUT`).
const NO_INPUT: u8 = 66;

/// Why a command could not do its work: a message and an exit code.
#[derive(Debug)]
struct Refusal {
    code: u8,
    message: String,
}

impl Refusal {
    fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }

    fn no_input(message: impl Into<String>) -> Self {
        Self { code: NO_INPUT, message: message.into() }
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody may be listening any more, and then there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { FINE });
        }
    };
    let result = match &cli.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Check(arguments) => check::check(arguments),
        Command::Routines(arguments) => routines::routines(arguments),
        Command::Explain(arguments) => explain::explain(arguments),
    };
    ExitCode::from(result.unwrap_or_else(|refusal| {
        output::complain(&refusal.message);
        refusal.code
    }))
}
