//! A webhook server of its own: `cargo run --release --features server --example webhook_server`
//!
//! The lesson: the library has the server, this file has the command line. It starts without any configuration, makes
//! a demo webhook, and says how to call it.

use sil::{
    host::Random,
    local::OsRandom,
    server::{FolderScripts, OpenError, Server, ServerOptions, check_config, print_config, serve},
    webhook::{Auth, Method, Problem, ServerConfig, WebhookDef, has_errors},
};
use std::{
    env,
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

const HELP: &str = "\
Serves SIL scripts as webhooks.

Usage: webhook_server [OPTIONS]

  --config FILE.toml     settings and webhooks (default: sil.toml in the data folder)
  --listen ADDR          address and port; port 0 takes a free one (default: 127.0.0.1:8080)
  --data DIR             folder of tasks, tokens and variables (default: sil-data)
  --scripts DIR          folder of scripts (default: that of --config, or `scripts` in the data folder)
  --admin-key-file FILE  holds the admin key; made when it is not there
  --log json|text        form of the log (default: text); SIL_LOG sets what is logged, for example `debug`
  --base-path PATH       what comes before /rest and /admin in addresses
  --check                validate configuration and scripts, print all problems, exit with 0 or 2
  --help                 this text
";

const DEMO: &str = include_str!("scripts/mysilwebhook.sil");

#[derive(Default)]
struct Arguments {
    config: Option<PathBuf>,
    listen: Option<String>,
    data: Option<PathBuf>,
    scripts: Option<PathBuf>,
    admin_key_file: Option<PathBuf>,
    json: bool,
    base_path: Option<String>,
    check: bool,
    help: bool,
}

fn read_arguments() -> Result<Arguments, String> {
    let mut read = Arguments::default();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--config" => read.config = Some(value()?.into()),
            "--listen" => read.listen = Some(value()?),
            "--data" => read.data = Some(value()?.into()),
            "--scripts" => read.scripts = Some(value()?.into()),
            "--admin-key-file" => read.admin_key_file = Some(value()?.into()),
            "--log" => {
                read.json = match value()?.as_str() {
                    "json" => true,
                    "text" => false,
                    other => return Err(format!("expected `json` or `text` after --log, found `{other}`")),
                }
            }
            "--base-path" => read.base_path = Some(value()?),
            "--check" => read.check = true,
            "--help" | "-h" => read.help = true,
            other => return Err(format!("unknown option `{other}`")),
        }
    }
    Ok(read)
}

fn main() -> ExitCode {
    let arguments = match read_arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if arguments.check {
        return check(&arguments);
    }
    let filter = EnvFilter::try_from_env("SIL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if arguments.json {
        log.json().flatten_event(true).init();
    } else {
        log.with_ansi(false).init();
    }
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(OpenError::Config(problems)) = error.downcast_ref() {
                print_problems(problems);
            }
            ExitCode::from(2)
        }
    }
}

fn options(arguments: &Arguments) -> ServerOptions {
    let data = arguments.data.clone().unwrap_or_else(|| "sil-data".into());
    let mut options = ServerOptions::new(data);
    if let Some(config) = &arguments.config {
        options = options.config(config);
    }
    if let Some(scripts) = &arguments.scripts {
        options = options.scripts(scripts);
    }
    let (listen, base_path) = (arguments.listen.clone(), arguments.base_path.clone());
    options.adjust(move |config| adjust(config, listen.as_ref(), base_path.as_ref()))
}

fn adjust(config: &mut ServerConfig, listen: Option<&String>, base_path: Option<&String>) {
    config.listen = listen.unwrap_or(&config.listen).clone();
    config.base_path = base_path.unwrap_or(&config.base_path).clone();
}

fn start(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut options = options(arguments);
    let demo = !options.config_path().exists();
    if arguments.config.is_some() && demo {
        return Err(format!("{}: there is no such file", options.config_path().display()).into());
    }
    if demo {
        write_demo(&options)?;
    }
    let (key, fresh) = admin_key(arguments.admin_key_file.as_deref())?;
    options = options.admin_key(&key);
    // Half of the threads may run short scripts in place, so there are more of them than processors.
    let threads = std::thread::available_parallelism().map_or(4, |found| found.get().max(2).saturating_mul(2));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(async {
        let server = Server::open(options)?;
        let listener = tokio::net::TcpListener::bind(&server.config().listen).await?;
        let root = format!("http://{}", listener.local_addr()?);
        greet(&server, &root, &key, fresh)?;
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop = async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        };
        serve(server, listener, stop).await?;
        Ok(())
    })
}

/// The first configuration: one webhook that anybody on this machine may call.
fn write_demo(options: &ServerOptions) -> Result<(), Box<dyn Error>> {
    let mut def = WebhookDef::new("mysilwebhook", [Method::Get, Method::Post], "mysilwebhook.sil");
    def.auth = Auth::None;
    def.description = Some("Shows what it was called with".to_owned());
    let config = ServerConfig { webhooks: vec![def], ..ServerConfig::default() };
    let scripts = FolderScripts::new(options.scripts_path())?;
    if !scripts.root().join("mysilwebhook.sil").exists() {
        scripts.write("mysilwebhook.sil", DEMO)?;
    }
    if let Some(folder) = options.config_path().parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(options.config_path(), print_config(&config)?)?;
    Ok(())
}

/// The key of the file, or a new one. Says whether it is new.
fn admin_key(file: Option<&Path>) -> Result<(String, bool), Box<dyn Error>> {
    if let Some(file) = file
        && file.exists()
    {
        let key = fs::read_to_string(file)?.trim().to_owned();
        if key.len() < 16 {
            return Err(format!("{}: the admin key has fewer than 16 characters", file.display()).into());
        }
        return Ok((key, false));
    }
    let key: String = (0..4).map(|_| format!("{:016x}", OsRandom.next_u64())).collect();
    if let Some(file) = file {
        use std::os::unix::fs::OpenOptionsExt;
        let mut made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        made.write_all(format!("{key}\n").as_bytes())?;
        made.sync_all()?;
    }
    Ok((key, true))
}

fn greet(server: &Server, root: &str, key: &str, fresh: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let base = server.config().base_path.clone();
    writeln!(out, "listening on {root}{base}")?;
    for entry in server.registry().entries().iter().take(1) {
        let url = format!("{root}{}", server.path_of(&entry.def.name));
        writeln!(out, "webhook      {url}")?;
        if entry.def.auth == Auth::None && entry.def.methods.contains(&Method::Get) {
            writeln!(out, "try          curl '{url}?name=Ada'")?;
        }
    }
    writeln!(out, "admin        {root}{base}/admin/")?;
    if fresh {
        writeln!(out, "admin key    {key}")?;
    }
    out.flush()
}

/// Reads everything that a start would read, and changes nothing.
fn check(arguments: &Arguments) -> ExitCode {
    let options = options(arguments);
    let text = match fs::read_to_string(options.config_path()) {
        Ok(text) => text,
        // A start would make it.
        Err(error) if error.kind() == io::ErrorKind::NotFound && arguments.config.is_none() => String::new(),
        Err(error) => {
            eprintln!("{}: {error}", options.config_path().display());
            return ExitCode::from(2);
        }
    };
    let problems = check_config(&text, &options.scripts_path());
    print_problems(&problems);
    if has_errors(&problems) { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

fn print_problems(problems: &[Problem]) {
    for problem in problems {
        let kind = if problem.warning { "warning" } else { "error" };
        eprintln!("{kind}: {problem}");
    }
}
