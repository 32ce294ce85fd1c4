//! What a script of the command line can reach: memory, and what the options allow of the machine.

use crate::{Refusal, arguments::RunArguments, output};
use sil::{
    MemoryHost, Zone,
    host::{Log, LogLevel},
    local::{EnvironmentNames, FolderFiles, LocalHost, WebClient},
    value::Date,
};

/// Log lines on the terminal while the script runs.
struct Terminal;

impl Log for Terminal {
    fn log(&mut self, level: LogLevel, message: &str) {
        output::note(&format!("{} {message}", level.word()));
    }
}

/// The files that a script may use, if it may use any.
pub fn files(arguments: &RunArguments) -> Result<Option<FolderFiles>, Refusal> {
    let Some(folder) = &arguments.allow_files else { return Ok(None) };
    let cannot = |error: std::io::Error| Refusal::no_input(format!("cannot open {}: {error}", folder.display()));
    FolderFiles::new(folder).map(Some).map_err(cannot)
}

/// The host of `sil run`.
pub fn host(
    memory: MemoryHost,
    files: Option<FolderFiles>,
    zone: &Zone,
    arguments: &RunArguments,
) -> Result<LocalHost<MemoryHost>, Refusal> {
    let mut memory = memory;
    if let Some(now) = &arguments.now {
        let date = Date::parse(now, zone);
        let wrong = || Refusal::usage(format!("`{now}` is no time such as `2024-02-29 12:00:00`"));
        memory.set_clock(date.ok_or_else(wrong)?.millis());
    }
    if let Some(seed) = arguments.seed {
        memory = memory.with_seed(seed);
    }
    let mut host = LocalHost::over(memory).with_sleep().with_process_locks();
    if arguments.now.is_none() {
        host = host.with_system_clock();
    }
    if arguments.seed.is_none() {
        host = host.with_os_random();
    }
    if let Some(files) = files {
        host = host.with_files(files);
    }
    if !arguments.allow_net.is_empty() {
        let allowed = arguments.allow_net.iter();
        host = host.with_web(allowed.fold(WebClient::new(), |web, name| web.allow_host(name)));
    }
    if !arguments.allow_env.is_empty() {
        let names = arguments.allow_env.iter();
        host = host.with_environment(names.fold(EnvironmentNames::new(), EnvironmentNames::allow));
    }
    // With --json the lines are part of the object.
    Ok(if arguments.json { host } else { host.with_log(Terminal) })
}
