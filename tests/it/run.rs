//! Runs `tests/scripts/run/**/*.sil` and compares with what each script's header expects.
//!
//! The header is the run of `// key: value` lines at the top. Keys: `rule`, `expect`, `print`, `return`, `request`,
//! `content`, `body`, `status`, `success`, `header`, `issue`, `alias`, `changed`, `argv`, `stored`, `saved`,
//! `time-zone`, `now`, `env`, `limit`, `feature` (runs with it only), `include`, `file`, `written`, `reply`, `sent`,
//! `log-level`, `templates` (the
//! folder of templates, beside the script), `needs` (a feature without which the script is left out).

mod fixture;
#[cfg(feature = "local")]
mod folder;

use fixture::{Expect, Fixture};
use sil::{Data, Engine, ErrorKind, LoadError, Zone};
use std::{
    fs,
    path::{Path, PathBuf},
};

pub fn scripts(root: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(root)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sil") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no scripts in {root}");
    found
}

#[test]
fn every_script_does_what_its_header_says() {
    let mut failures = Vec::new();
    let paths = scripts("tests/scripts/run");
    let filter = std::env::var("SIL_FIXTURE").unwrap_or_default();
    for path in &paths {
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
        if !name.contains(&filter) {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        if let Err(problem) = run(&text, path.parent().unwrap()) {
            failures.push(format!("{name}\n{problem}"));
        }
    }
    let count = failures.len();
    assert!(failures.is_empty(), "{count} of {} scripts fail:\n\n{}", paths.len(), failures.join("\n"));
}

fn run(text: &str, folder: &Path) -> Result<(), String> {
    let fixture = Fixture::parse(text)?;
    if !fixture.is_built() {
        return Ok(());
    }
    match fixture.needs.as_deref() {
        Some("zip") if cfg!(not(feature = "zip")) => return Ok(()),
        Some("excel") if cfg!(not(feature = "excel")) => return Ok(()),
        None | Some("zip" | "excel") => {}
        Some(feature) => return Err(format!("unknown feature `{feature}`")),
    }
    let mut problems = Vec::new();
    let mut same = |what: &str, expected: &str, found: &str| {
        if expected != found {
            problems.push(format!("  {what}: expected {expected:?}, found {found:?}"));
        }
    };
    let includes = folder.to_path_buf();
    let mut builder = Engine::builder()
        .time_zone(Zone::named(&fixture.time_zone).ok_or("unknown time zone")?)
        .include_loader(move |path: &str| {
            fs::read_to_string(includes.join(path)).map_err(|error| LoadError::new(error.to_string()))
        })
        .log_level(fixture.log_level);
    if let Some(home) = &fixture.templates {
        let home = folder.join(home);
        builder = builder.template_loader(move |path: &str| {
            fs::read_to_string(home.join(path)).map_err(|error| LoadError::new(error.to_string()))
        });
    }
    let engine = builder.build();
    let compiled = engine.compile("case.sil", text);
    let program = match (compiled, &fixture.expect) {
        (Err(diagnostics), Expect::Error(part, at)) => {
            let hit = diagnostics.errors().find(|diagnostic| diagnostic.message.contains(part.as_str()));
            return match hit {
                None => Err(format!("  expected error {part:?}, found:\n{diagnostics}")),
                Some(diagnostic) => {
                    let place = diagnostics.sources().place(diagnostic.span).unwrap();
                    match at {
                        Some(at) if *at != (place.line, place.column) => {
                            Err(format!("  expected the error at {at:?}, found {}:{}", place.line, place.column))
                        }
                        _ => Ok(()),
                    }
                }
            };
        }
        (Err(diagnostics), _) => return Err(format!("  does not compile:\n{diagnostics}")),
        (Ok(program), _) => program,
    };
    if let Expect::Error(part, _) = &fixture.expect {
        return Err(format!("  expected compile error {part:?}, but it compiles"));
    }
    for part in &fixture.warnings {
        if !program.diagnostics().warnings().any(|warning| warning.message.contains(part.as_str())) {
            return Err(format!("  expected warning {part:?}, found:\n{}", program.diagnostics()));
        }
    }
    let mut host = fixture.host()?;
    let result = program.run(&mut host, &fixture.limits);
    let log = match &result {
        Ok(outcome) => outcome.log(),
        Err(error) => error.log(),
    };
    let printed: Vec<&str> = log.iter().map(|entry| entry.message.as_str()).collect();
    match (&result, &fixture.expect) {
        (Ok(_), Expect::Ok) => {}
        (Ok(outcome), expected) => {
            return Err(format!(
                "  expected {expected:?}, but it returned {:?}, printed {printed:?}",
                outcome.returned()
            ));
        }
        (Err(error), Expect::Fails(part, at)) => {
            let limit = matches!(error.kind(), ErrorKind::Limit(_) | ErrorKind::Internal | ErrorKind::Thrown);
            if limit || !error.message().contains(part.as_str()) {
                return Err(format!("  expected failure {part:?}, found {error}"));
            }
            let place = error.place().map(|place| (place.line, place.column));
            if at.is_some() && *at != place {
                return Err(format!("  expected the failure at {at:?}, found {place:?}: {error}"));
            }
        }
        (Err(error), Expect::Thrown(text)) => {
            if !matches!(error.kind(), ErrorKind::Thrown) || error.message() != format!("uncaught exception: {text}") {
                return Err(format!("  expected thrown {text:?}, found {error}"));
            }
        }
        (Err(error), Expect::Limit(word)) => match error.kind() {
            ErrorKind::Limit(hit) if hit.kind.word() == word => {}
            _ => return Err(format!("  expected limit {word:?}, found {error}")),
        },
        (Err(error), expected) => return Err(format!("  expected {expected:?}, found {error}")),
    }
    // What is printed until the log is full cannot be listed.
    let log_is_full = fixture.expect == Expect::Limit("log size".to_owned());
    if let Some(prints) = fixture.prints.as_ref().filter(|_| !log_is_full) {
        same("print", &prints.join("\n"), &printed.join("\n"));
    }
    if let Ok(outcome) = &result {
        let zone = engine.time_zone();
        if let Some(returns) = &fixture.returns {
            let texts: Vec<String> = outcome.returned().iter().map(|data| data.to_text_in(zone)).collect();
            same("return", &returns.join("\n"), &texts.join("\n"));
        }
        if let Some(status) = &fixture.status {
            same("status", status, &outcome.reading().status.to_string());
        }
        if let Some(success) = &fixture.success {
            same("success", success, &outcome.reading().success.to_string());
        }
    }
    if let Some(body) = &fixture.body {
        let status = result.as_ref().map_or(500, |outcome| outcome.reading().status);
        same("body", body, &content(status, host.body(), host.headers()));
    }
    for header in &fixture.headers {
        let found = host.headers().iter().any(|(name, value)| format!("{name}: {value}") == *header);
        same("header", header, if found { header } else { "not there" });
    }
    for (path, expected) in &fixture.written {
        let found = host.recorded_files().get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        same(&format!("file {path}"), expected, found.as_deref().unwrap_or("(no file)"));
    }
    if !fixture.sent.is_empty() {
        let calls: Vec<String> =
            host.recorded_http().calls().iter().map(|call| fixture::sent(call).trim_end().to_owned()).collect();
        same("sent", &fixture.sent.join("\n"), &calls.join("\n"));
    }
    for (key, expected) in &fixture.changed {
        let changes = host.recorded_issues().changes(key).to_vec();
        same(
            "changed",
            &serde_json::to_string(expected).unwrap(),
            &fixture::json(&Data::Struct(String::new(), changes)),
        );
    }
    for (scope, name, expected) in &fixture.saved {
        let found = host.stored().get(fixture::scope(scope), name).unwrap_or("(nothing)").to_owned();
        same("saved", expected, &found);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// What is sent of the appended text: some answers have no content (WH-43).
#[cfg(feature = "webhook")]
fn content(status: u16, body: &str, headers: &[(String, String)]) -> String {
    sil::webhook::Answer::new(status, body, headers).content().to_owned()
}

/// What was appended; the answer rules are not compiled in.
#[cfg(not(feature = "webhook"))]
fn content(status: u16, body: &str, _: &[(String, String)]) -> String {
    if matches!(status, 204 | 205 | 304) { String::new() } else { body.to_owned() }
}
