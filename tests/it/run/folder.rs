//! The scripts about files once more, in a real folder.

use super::{
    fixture::{Expect, Fixture},
    scripts,
};
use sil::{
    Engine, ErrorKind, MemoryHost,
    local::{FolderFiles, LocalHost},
};
use std::{fs, path::Path};

/// What the files of `MemoryHost` have as root.
const ROOT: &str = "/sil";
/// The machine has its own clock.
const LEFT_OUT: &str = "info_dates";

#[test]
fn file_scripts_do_the_same_in_a_real_folder() {
    let mut failures = Vec::new();
    let mut count = 0;
    for path in scripts("tests/scripts/run/routines-files") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let fixture = Fixture::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        if name == LEFT_OUT || fixture.needs.as_deref() == Some("zip") && cfg!(not(feature = "zip")) {
            continue;
        }
        count += 1;
        let folder = tempfile::tempdir().unwrap();
        if let Err(problem) = run(&fs::read_to_string(&path).unwrap(), &fixture, folder.path()) {
            failures.push(format!("{name}: {problem}"));
        }
    }
    assert!(failures.is_empty(), "{} of {count} scripts fail:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 40, "{count} scripts");
}

fn run(text: &str, fixture: &Fixture, folder: &Path) -> Result<(), String> {
    for (path, content) in &fixture.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let root = fs::canonicalize(folder).unwrap().display().to_string();
    let program = Engine::new().compile("case.sil", text).map_err(|found| found.to_string());
    let program = match (program, &fixture.expect) {
        (Err(found), Expect::Error(part, _)) if found.contains(part) => return Ok(()),
        (program, _) => program?,
    };
    let mut host = LocalHost::over(MemoryHost::new()).with_files(FolderFiles::new(folder).unwrap());
    let result = program.run(&mut host, &fixture.limits);
    let log = result.as_ref().map_or_else(|error| error.log(), |outcome| outcome.log());
    let printed: Vec<String> = log.iter().map(|entry| entry.message.replace(&root, ROOT)).collect();
    match (&result, &fixture.expect) {
        (Ok(_), Expect::Ok) => {}
        (Err(error), Expect::Fails(part, _)) if error.message().replace(&root, ROOT).contains(part) => {}
        (Err(error), Expect::Thrown(text)) if error.message() == format!("uncaught exception: {text}") => {}
        (Err(error), Expect::Limit(word)) => match error.kind() {
            ErrorKind::Limit(hit) if hit.kind.word() == word => {}
            _ => return Err(format!("expected limit {word:?}, found {error}")),
        },
        (Ok(outcome), expected) => return Err(format!("expected {expected:?}, found {:?}", outcome.returned())),
        (Err(error), expected) => return Err(format!("expected {expected:?}, found {error}")),
    }
    if let (Ok(outcome), Some(expected)) = (&result, &fixture.returns) {
        let found: Vec<String> = outcome.returned().iter().map(|data| data.to_text().replace(&root, ROOT)).collect();
        if found != *expected {
            return Err(format!("expected {expected:?}, found {found:?}"));
        }
    }
    if let Some(expected) = &fixture.prints
        && printed != *expected
    {
        return Err(format!("expected the lines {expected:?}, found {printed:?}"));
    }
    for (path, expected) in &fixture.written {
        let found = fs::read(folder.join(path)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if found.as_ref().ok() != Some(expected) {
            return Err(format!("expected {expected:?} in {path}, found {found:?}"));
        }
    }
    Ok(())
}
