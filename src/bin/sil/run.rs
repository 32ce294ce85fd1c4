//! `sil run`: one script, with what it can reach, and what came of it.

use crate::{
    BROKEN, FAILURE, FINE, NOT_COMPILED, Refusal,
    arguments::RunArguments,
    files::read_script,
    host,
    includes::{Folder, folder_of},
    issues::read_issues,
    output,
    requests::read_request,
    store::{read_store, write_store},
};
use serde_json::{Map, Value, json};
use sil::{
    Diagnostics, Engine, Limits, MemoryHost, Outcome, RunError, Zone,
    host::{Files, LogLevel, MemoryStore},
    limits::LimitKind,
    source::Place,
};
use std::path::{Path, PathBuf};

/// Runs a script; the exit code says how it went.
pub fn run(arguments: &RunArguments) -> Result<u8, Refusal> {
    let root = include_root(arguments);
    let zone = time_zone(arguments)?;
    let mut builder = Engine::builder()
        .include_loader(Folder::new(&root))
        .time_zone(zone.clone())
        .log_level(arguments.log_level.unwrap_or(LogLevel::Trace));
    if let Some(home) = &arguments.template_dir {
        builder = builder.template_loader(Folder::new(home));
    }
    let engine = builder.build();
    let request = read_request(arguments)?;
    let files = host::files(arguments)?;
    let as_webhook = request.is_some();
    let mut memory = MemoryHost::new()
        .with_request(request.unwrap_or_default())
        .with_time_zone(zone.clone())
        .with_environment("sil.home", files.as_ref().map_or_else(|| root.display().to_string(), Files::root));
    for argument in &arguments.arguments {
        memory = memory.with_argument(argument);
    }
    for (key, value) in &arguments.keyed {
        memory = memory.with_keyed_argument(key, value);
    }
    if let Some(path) = &arguments.issue {
        read_issues(path, memory.issues_mut())?;
    }
    let before = match &arguments.store {
        Some(path) => read_store(path)?,
        None => MemoryStore::new(),
    };
    let script = read_script(&arguments.file)?;
    let program = match engine.compile(&script.name, &script.text) {
        Ok(program) => program,
        Err(diagnostics) => {
            report_uncompiled(&diagnostics, arguments.json)?;
            return Ok(NOT_COMPILED);
        }
    };
    if !arguments.json && !program.diagnostics().is_empty() {
        output::note(&program.diagnostics().render(output::colour_on_stderr()));
    }
    let mut host = host::host(memory.with_store(before.clone()), files, &zone, arguments)?;
    let result = program.run(&mut host, &limits(arguments));
    let memory = host.into_base();
    // Variables that a library function stored stay stored, also when the script failed later.
    let unsaved = arguments.store.as_deref().and_then(|path| save(path, &before, memory.stored()).err());
    let report =
        Report { result: &result, memory: &memory, diagnostics: program.diagnostics(), as_webhook, zone: &zone };
    if arguments.json {
        output::put(&format!("{}\n", report.to_json()))?;
    } else {
        report.print()?;
    }
    if let Some(message) = unsaved {
        output::complain(&message);
        return Ok(BROKEN);
    }
    Ok(report.exit_code())
}

/// The folder that `include` reads from.
fn include_root(arguments: &RunArguments) -> PathBuf {
    arguments.include_dir.clone().unwrap_or_else(|| folder_of(&arguments.file))
}

fn time_zone(arguments: &RunArguments) -> Result<Zone, Refusal> {
    let Some(name) = &arguments.time_zone else { return Ok(Zone::utc()) };
    let unknown = || format!("`{name}` is no time zone such as `Europe/Paris`, `UTC` or `+02:00`");
    Zone::named(name).ok_or_else(|| Refusal::usage(unknown()))
}

fn limits(arguments: &RunArguments) -> Limits {
    let mut limits = Limits::default();
    if let Some(fuel) = arguments.fuel {
        limits = limits.fuel(fuel);
    }
    if let Some(timeout) = arguments.timeout {
        limits = limits.timeout(Some(timeout));
    }
    if let Some(memory) = arguments.max_memory {
        limits = limits.memory(memory);
    }
    if let Some(depth) = arguments.max_depth {
        limits = limits.depth(depth);
    }
    limits
}

fn save(path: &Path, before: &MemoryStore, after: &MemoryStore) -> Result<(), String> {
    if before == after && path.exists() {
        return Ok(());
    }
    write_store(path, after).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// What came of a run.
struct Report<'a> {
    result: &'a Result<Outcome, RunError>,
    memory: &'a MemoryHost,
    diagnostics: &'a Diagnostics,
    /// Whether a request was given, so that the result is read as a webhook's.
    as_webhook: bool,
    zone: &'a Zone,
}

impl Report<'_> {
    /// Whether the result reads as success (L-26), and the status.
    fn reading(&self) -> (bool, u16) {
        match self.result {
            Ok(outcome) => {
                let reading = outcome.reading();
                if self.as_webhook {
                    return (reading.success, reading.status);
                }
                let success = !outcome.reads_as_failure();
                // A script that was not written for a webhook may return values that are no status.
                let status = if reading.success == success { reading.status } else { fallback(success) };
                (success, status)
            }
            Err(error) if ran_out_of_time(error) => (false, 504),
            Err(_) => (false, 500),
        }
    }

    /// How the result breaks the contract of webhooks, if it is read as one (WH-42).
    fn problem(&self) -> Option<&str> {
        self.result.as_ref().ok().filter(|_| self.as_webhook)?.reading().problem.as_deref()
    }

    /// What deserves a line in the log about the result, if it is read as a webhook's (WH-40).
    fn warning(&self) -> Option<&str> {
        self.result.as_ref().ok().filter(|_| self.as_webhook)?.reading().warning.as_deref()
    }

    fn exit_code(&self) -> u8 {
        match self.result {
            Err(_) => BROKEN,
            Ok(_) if self.reading().0 => FINE,
            Ok(_) => FAILURE,
        }
    }

    fn print(&self) -> Result<(), Refusal> {
        let mut text = self.memory.body().to_owned();
        if let Ok(outcome) = self.result
            && !self.as_webhook
        {
            if !text.is_empty() && !text.ends_with('\n') && !outcome.returned().is_empty() {
                text.push('\n');
            }
            for value in outcome.returned() {
                text.push_str(&value.to_text_in(self.zone));
                text.push('\n');
            }
        }
        output::put(&text)?;
        match self.result {
            Err(error) => {
                output::note(&error.report());
                if let Some(help) = help_for(error) {
                    output::note(&format!("  help: {help}"));
                }
            }
            Ok(_) => {
                if let Some(problem) = self.problem() {
                    output::note(&format!("error: {problem}"));
                }
                if let Some(warning) = self.warning() {
                    output::note(&format!("{} {warning}", LogLevel::Warn.word()));
                }
            }
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let (success, status) = self.reading();
        let (returned, log, error) = match self.result {
            Ok(outcome) => {
                let error = self.problem().map(|message| error_json("result", message, None, Vec::new()));
                (json!(outcome.returned()), outcome.log(), error)
            }
            Err(error) => {
                let stack = error.stack().iter().map(|entry| {
                    let mut object = Map::from_iter([("function".to_owned(), json!(entry.function))]);
                    object.extend(place_json(entry.place.as_ref()));
                    object.insert("source".to_owned(), json!(entry.source.as_ref().map(|source| &source.text)));
                    Value::Object(object)
                });
                let object = error_json(error.kind().word(), error.message(), error.place(), stack.collect());
                (json!([]), error.log(), Some(object))
            }
        };
        let mut log: Vec<Value> = log.iter().map(|entry| log_json(entry.level, &entry.message)).collect();
        log.extend(self.warning().map(|warning| log_json(LogLevel::Warn, warning)));
        // What a failed script wrote to issues is discarded (L-27).
        let issues: Map<String, Value> = match self.result {
            Ok(_) => self.changed_issues(),
            Err(_) => Map::new(),
        };
        json!({
            "success": success,
            "status": status,
            "body": self.memory.body(),
            "headers": self.memory.headers(),
            "returned": returned,
            "log": log,
            "issues": issues,
            "error": error,
            "diagnostics": self.diagnostics,
        })
    }

    fn changed_issues(&self) -> Map<String, Value> {
        let issues = self.memory.recorded_issues();
        let changed = issues.keys().map(|key| (key, issues.changes(key))).filter(|(_, changes)| !changes.is_empty());
        changed
            .map(|(key, changes)| {
                let fields: Map<String, Value> =
                    changes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                (key.to_owned(), Value::Object(fields))
            })
            .collect()
    }
}

fn fallback(success: bool) -> u16 {
    if success { 200 } else { 500 }
}

fn ran_out_of_time(error: &RunError) -> bool {
    error.limit().is_some_and(|hit| hit.kind == LimitKind::Deadline)
}

fn log_json(level: LogLevel, message: &str) -> Value {
    json!({"level": level.word(), "message": message})
}

fn place_json(place: Option<&Place>) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("file".to_owned(), json!(place.map(|place| &place.file)));
    object.insert("line".to_owned(), json!(place.map(|place| place.line)));
    object.insert("column".to_owned(), json!(place.map(|place| place.column)));
    object
}

fn error_json(kind: &str, message: &str, place: Option<&Place>, stack: Vec<Value>) -> Value {
    let mut object = Map::new();
    object.insert("kind".to_owned(), json!(kind));
    object.insert("message".to_owned(), json!(message));
    object.extend(place_json(place));
    object.insert("stack".to_owned(), Value::Array(stack));
    Value::Object(object)
}

/// The option that lets a script do what it was refused, or work longer.
fn help_for(error: &RunError) -> Option<&'static str> {
    if let Some(hit) = error.limit() {
        return match hit.kind {
            LimitKind::Fuel => Some("--fuel UNITS sets another limit"),
            LimitKind::Deadline => Some("--timeout TIME sets another limit"),
            LimitKind::Memory => Some("--max-memory SIZE sets another limit"),
            LimitKind::Depth => Some("--max-depth LEVELS sets another limit"),
            _ => None,
        };
    }
    let refused = |what: &str| error.message().contains(what);
    if refused("files are not available in this host") {
        Some("--allow-files FOLDER lets the script do this")
    } else if refused("requests to other servers are not available") || refused("not allowed to reach") {
        Some("--allow-net HOST lets the script do this")
    } else if refused("cannot be matched against a standard field") {
        Some("a variable is declared with its type, `string x;`; fields of an issue come from --issue FILE")
    } else {
        None
    }
}

/// Tells why a script does not compile.
fn report_uncompiled(diagnostics: &Diagnostics, as_json: bool) -> Result<(), Refusal> {
    if !as_json {
        output::note(&diagnostics.render(output::colour_on_stderr()));
        return Ok(());
    }
    let first = diagnostics.errors().next();
    let place = first.and_then(|first| diagnostics.sources().place(first.span));
    let message = first.map_or("the script does not compile", |first| first.message.as_str());
    let object = json!({
        "success": false,
        "status": 500,
        "body": "",
        "headers": [],
        "returned": [],
        "log": [],
        "issues": {},
        "error": error_json("compile", message, place.as_ref(), Vec::new()),
        "diagnostics": diagnostics,
    });
    output::put(&format!("{object}\n"))
}
