//! What can be written on the command line, and the help that teaches it.

use crate::units;
use clap::{Args, Parser, Subcommand, ValueEnum};
use sil::host::LogLevel;
use std::{path::PathBuf, time::Duration};

/// Runs and checks scripts in SIL, the Simple Issue Language.
#[derive(Debug, Parser)]
#[command(name = "sil", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0   fine
  1   the script ran, and its result reads as a failure
  2   a script does not compile
  3   the script failed or hit a limit
  64  wrong usage
  66  a file is not there or cannot be read";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a script
    #[command(after_help = RUN_HELP)]
    Run(Box<RunArguments>),
    /// Check scripts without running them
    #[command(after_help = CHECK_HELP)]
    Check(CheckArguments),
    /// Explain an error or warning by its code
    #[command(after_help = EXPLAIN_HELP)]
    Explain(ExplainArguments),
    /// List the routines, search them, or explain one
    #[command(after_help = ROUTINES_HELP)]
    Routines(RoutinesArguments),
}

const RUN_HELP: &str = "\
Examples:
  sil run hello.sil                              run a script
  sil run hello.sil Ada 42                       with argv[0] and argv[1]
  sil run hello.sil --arg screen=edit -- -v      with argv[\"screen\"], and an argument with a dash
  echo 'return 6 * 7;' | sil run -               a script from standard input
  sil run hook.sil --query 'who=Ada&lang=en'     as a webhook: GET with a query
  sil run hook.sil --method PUT --body-file a.json
  sil run hook.sil --request request.json        as a webhook, see below
  sil run field.sil --issue issue.json           for an issue, see below
  sil run count.sil --store variables.json       keeps persistent variables from run to run
  sil run report.sil --allow-files data --allow-net api.example.com
  sil run any.sil --now '2024-02-29 12:00' --seed 7   the same result every time
  sil run any.sil --fuel 1000000 --timeout 500ms --max-memory 64M

A request: {\"httpMethod\": \"POST\", \"payload\": \"text\",
            \"queryParams\": [{\"name\": \"who\", \"values\": [\"Ada\"]}]}
An issue:  {\"key\": \"HLD-7\", \"fields\": {\"summary\": \"Lamp\", \"labels\": [\"a\"],
            \"customfield_10024\": null}}

The response goes to standard output; without a request, the returned values follow, one per line.
Log and diagnostics go to standard error. With --json, one object on standard output tells it all.

Exit codes: 0 fine, 2 does not compile, 3 failed or hit a limit, 64 wrong usage, 66 no such file,
1 the result reads as a failure: as a webhook when a request is given, else when the first
returned value is false.";

const CHECK_HELP: &str = "\
Examples:
  sil check hello.sil                            one script
  sil check scripts                              every .sil and .incl file below a folder
  sil check scripts --json                       one JSON object for each file, one per line
  sil check old.sil --level parse                the syntax only
  sil check scripts --fix                        repairs what is certain, then checks
  sil check scripts --sarif > sil.sarif          for code hosts

Exit codes: 0 no errors (warnings may be there), 2 errors, 64 wrong usage, 66 no such file.";

#[derive(Debug, Args)]
pub struct RunArguments {
    /// The script; `-` is standard input
    pub file: PathBuf,

    /// Arguments of the script, its `argv`
    #[arg(value_name = "ARG")]
    pub arguments: Vec<String>,

    /// An argument with a key, as in `argv["screen"]`; can be given more than once
    #[arg(long = "arg", value_name = "KEY=VALUE", value_parser = units::pair)]
    pub keyed: Vec<(String, String)>,

    /// Print one JSON object that tells everything about the run
    #[arg(long)]
    pub json: bool,

    /// The webhook request, from a JSON file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "query", "body", "body_file"], help_heading = REQUEST)]
    pub request: Option<PathBuf>,

    /// Method of the request [default: GET, or POST with a body]
    #[arg(long, help_heading = REQUEST)]
    pub method: Option<String>,

    /// Query of the request, as in an address: `who=Ada&lang=en`
    #[arg(long, allow_hyphen_values = true, help_heading = REQUEST)]
    pub query: Option<String>,

    /// Content of the request
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with = "body_file", help_heading = REQUEST)]
    pub body: Option<String>,

    /// Content of the request from a file, UTF-8; `-` is standard input
    #[arg(long, value_name = "FILE", help_heading = REQUEST)]
    pub body_file: Option<PathBuf>,

    /// Issues from a JSON file, one object or a list; the script runs for the first
    #[arg(long, value_name = "FILE", help_heading = WORLD)]
    pub issue: Option<PathBuf>,

    /// Keep persistent variables in this JSON file; it is made when missing
    #[arg(long, value_name = "FILE", help_heading = WORLD)]
    pub store: Option<PathBuf>,

    /// Where `include` finds files [default: the folder of the script]
    #[arg(long, value_name = "FOLDER", help_heading = WORLD)]
    pub include_dir: Option<PathBuf>,

    /// Where `executeTemplate` finds files, the home of the application [default: where `include` finds them]
    #[arg(long, value_name = "FOLDER", help_heading = WORLD)]
    pub template_dir: Option<PathBuf>,

    /// Let the script use the files of this folder and of no other; it becomes `sil.home`
    #[arg(long, value_name = "FOLDER", help_heading = WORLD)]
    pub allow_files: Option<PathBuf>,

    /// Let the script send requests to this server, such as `example.com`, `*.example.com` or `localhost:8080`; can be
    /// given more than once
    #[arg(long, value_name = "HOST", help_heading = WORLD)]
    pub allow_net: Vec<String>,

    /// Show this environment variable to the script; can be given more than once
    #[arg(long, value_name = "NAME", help_heading = WORLD)]
    pub allow_env: Vec<String>,

    /// Leave out log lines below this level: TRACE, DEBUG, INFO, WARN, ERROR or FATAL [default: TRACE]
    #[arg(long, value_name = "LEVEL", value_parser = units::level, help_heading = WORLD)]
    pub log_level: Option<LogLevel>,

    /// Stop the clock at this time, such as `2024-02-29 12:00:00` [default: the clock of the system]
    #[arg(long, value_name = "TIME", help_heading = WORLD)]
    pub now: Option<String>,

    /// Make random numbers follow from a seed [default: random numbers of the system]
    #[arg(long, value_name = "NUMBER", help_heading = WORLD)]
    pub seed: Option<u64>,

    /// Time zone of dates, such as `Europe/Paris` or `+02:00` [default: UTC]
    #[arg(long, value_name = "ZONE", help_heading = WORLD)]
    pub time_zone: Option<String>,

    /// Units of work [default: 500 million]
    #[arg(long, value_name = "UNITS", value_parser = units::count, help_heading = LIMITS)]
    pub fuel: Option<u64>,

    /// Time, such as `30s` or `500ms` [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = units::duration, help_heading = LIMITS)]
    pub timeout: Option<Duration>,

    /// Memory, such as `64M` [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = units::size, help_heading = LIMITS)]
    pub max_memory: Option<usize>,

    /// Levels of nested calls [default: 512]
    #[arg(long, value_name = "LEVELS", help_heading = LIMITS)]
    pub max_depth: Option<u32>,
}

const ROUTINES_HELP: &str = "\
Examples:
  sil routines                        every routine that scripts can call, by category
  sil routines --all                  with those that are known but not offered here
  sil routines sort                   every routine with `sort` in its name
  sil routines arraySort              what it takes, gives and does
  sil routines --json > routines.json

Exit codes: 0 found, 64 wrong usage, 66 no such routine.";

#[derive(Debug, Args)]
pub struct RoutinesArguments {
    /// Name, alias, short name, or a part of one
    pub name: Option<String>,

    /// List routines too that are known, but not offered here
    #[arg(long)]
    pub all: bool,

    /// Print a JSON list
    #[arg(long)]
    pub json: bool,
}

const EXPLAIN_HELP: &str = "\
Examples:
  sil explain SIL0012      what it means, a wrong script, and the same script mended
  sil explain 12           the same
  sil explain              all codes with their titles

Exit codes: 0 found, 64 wrong usage, 66 no such code.";

#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// A code, such as `SIL0012`
    pub code: Option<String>,
}

const REQUEST: &str = "Webhook request";
const WORLD: &str = "What the script can reach";
const LIMITS: &str = "Limits";

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Files, or folders with `.sil` and `.incl` files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Print one JSON object for each file, one per line
    #[arg(long)]
    pub json: bool,

    /// Print one SARIF 2.1.0 log for all files
    #[arg(long, conflicts_with = "json")]
    pub sarif: bool,

    /// Apply the fixes that are certain to the files; a file is left as it is unless it becomes better
    #[arg(long)]
    pub fix: bool,

    /// How far to go
    #[arg(long, value_enum, default_value_t = Level::All)]
    pub level: Level,

    /// Where `include` finds files [default: the given folder, or the folder of the file]
    #[arg(long, value_name = "FOLDER")]
    pub include_dir: Option<PathBuf>,
}

/// How far to check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Level {
    /// Syntax only
    Parse,
    /// Syntax, names and types
    All,
}
