//! Compiles a script and runs it: `cargo run --example run_script -- examples/scripts/greeting.sil Ada`
//!
//! The lesson: compile once, look at the diagnostics, give the run a host and limits.

use sil::{Engine, Limits, MemoryHost, host::WebhookRequest};
use std::{env, error::Error, fs, process::ExitCode};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("usage: run_script FILE [ARG...]")?;
    let source = fs::read_to_string(&path)?;

    let engine = Engine::new();
    let program = match engine.compile(&path, &source) {
        Ok(program) => program,
        Err(diagnostics) => {
            eprintln!("{}", diagnostics.render(false));
            return Ok(ExitCode::from(2));
        }
    };
    if !program.diagnostics().is_empty() {
        eprintln!("{}", program.diagnostics().render(false));
    }

    let host = MemoryHost::new().with_request(WebhookRequest::default());
    let mut host = arguments.fold(host, MemoryHost::with_argument);
    let result = program.run(&mut host, &Limits::default());

    for (level, message) in host.log_lines() {
        eprintln!("{} {message}", level.word());
    }
    print!("{}", host.body());
    match result {
        Ok(outcome) => {
            for value in outcome.returned() {
                println!("{}", value.to_text());
            }
            eprintln!("fuel used: {}", outcome.fuel_used());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("{error}");
            Ok(ExitCode::FAILURE)
        }
    }
}
