//! Routines that need something of the host or of the engine: what they say when it is missing or refuses.

use sil::{
    Engine, ErrorKind, Host, Limits, LoadError, MemoryHost,
    host::{DirEntry, Environment, FileError, FileInfo, Files, LogLevel, OpenMode},
};
use std::time::Duration;

fn run_on(host: &mut dyn Host, engine: &Engine, script: &str) -> Result<Vec<String>, String> {
    let program = engine.compile("case.sil", script).unwrap();
    match program.run(host, &Limits::default()) {
        Ok(outcome) => Ok(outcome.returned().iter().map(sil::Data::to_text).collect()),
        Err(error) => {
            assert!(!matches!(error.kind(), ErrorKind::Internal | ErrorKind::Limit(_)), "{error}");
            Err(error.message().to_owned())
        }
    }
}

struct Nothing;

impl Host for Nothing {}

#[test]
fn a_host_without_anything() {
    let engine = Engine::new();
    for (script, message) in [
        ("sysLock(\"a\");", "locks are not available in this host"),
        ("sysUnlock(\"a\");", "locks are not available in this host"),
        ("sysSleep(\"1s\");", "waiting is not available in this host"),
        ("return getPersistentVar(\"a\");", "persistent variables are not available in this host"),
        ("setPersistentVar(\"a\", \"b\");", "persistent variables are not available in this host"),
        ("persistent number kept = 1;", "persistent variables are not available in this host"),
        ("return fileExists(\"a\");", "files are not available in this host"),
        (
            "HttpRequest r; return httpGet(\"http://h.example/\", r);",
            "requests to other servers are not available in this host",
        ),
        ("return currentDate();", "the current time is not available in this host"),
        #[cfg(feature = "crypto")]
        (
            "return encrypt(\"a\", \"0123456789abcdef\");",
            "random numbers are not available in this host, and `encrypt` needs them",
        ),
    ] {
        assert_eq!(run_on(&mut Nothing, &engine, script), Err(message.to_owned()));
        let caught = format!("try {{ {script} }} catch {{ return \"caught\"; }}");
        assert_eq!(run_on(&mut Nothing, &engine, &caught), Ok(vec!["caught".to_owned()]));
    }
    assert_eq!(run_on(&mut Nothing, &engine, "return isNull(silEnv(\"sil.home\"));"), Ok(vec!["true".to_owned()]));
}

#[test]
fn an_engine_without_loader_and_inline_scripts() {
    let engine = Engine::builder().allow_inline(false).build();
    for (script, message) in [
        ("return runSILInline(\"return 1;\", \"\");", "`runSILInline` is switched off here"),
        ("return call(\"\", \"a.sil\", \"\");", "cannot load `a.sil`: this engine has no include loader"),
        ("return executeTemplate(\"a.tpl\");", "cannot load `a.tpl`: this engine has no include loader"),
    ] {
        assert_eq!(run_on(&mut MemoryHost::new(), &engine, script), Err(message.to_owned()));
    }
}

#[test]
fn templates_come_from_files_even_without_inline_scripts() {
    let engine = Engine::builder()
        .allow_inline(false)
        .include_loader(|_: &str| Ok::<_, LoadError>("$1 + n$".to_owned()))
        .build();
    let result = run_on(&mut MemoryHost::new(), &engine, "number n = 2; return executeTemplate(\"a.tpl\");");
    assert_eq!(result, Ok(vec!["3".to_owned()]));
}

#[test]
fn locks_stay_until_they_are_given_back() {
    let mut host = MemoryHost::new().with_lock_held_elsewhere("theirs");
    let script = "sysLock(\"a\"); sysLock(\"b\"); sysUnlock(\"a\"); runSILInline(\"sysLock(\\\"c\\\");\", \"\");";
    run_on(&mut host, &Engine::new(), script).unwrap();
    assert_eq!(host.held_locks().collect::<Vec<_>>(), ["b", "c"]);
    let refused = run_on(&mut host, &Engine::new(), "sysLock(\"theirs\");");
    assert_eq!(refused, Err("the lock `theirs` could not be taken".to_owned()));
}

#[cfg(feature = "local")]
#[test]
fn locks_are_free_again_when_a_run_is_over() {
    let engine = Engine::new();
    // Both hosts live on; what counts is the end of the run.
    let mut first = sil::local::LocalHost::over(MemoryHost::new()).with_process_locks();
    let mut second = sil::local::LocalHost::over(MemoryHost::new()).with_process_locks();
    for (script, works) in [
        ("sysLock(\"quay\"); return 1;", true),
        ("sysLock(\"quay\"); throw \"storm\";", false),
        ("runSILInline(\"sysLock(\\\"quay\\\");\", \"\");", true),
    ] {
        assert_eq!(run_on(&mut first, &engine, script).is_ok(), works, "{script}");
        let program = engine.compile("other.sil", "sysLock(\"quay\"); return 2;").unwrap();
        let limits = Limits::default().timeout(Some(Duration::from_secs(5)));
        let outcome = program.run(&mut second, &limits).unwrap();
        assert_eq!(outcome.returned()[0].to_text(), "2", "{script}");
    }
}

#[cfg(feature = "local")]
#[test]
fn a_script_waits_for_the_lock_of_another() {
    use sil::{host::Log, local::LocalHost};
    use std::{sync::mpsc, thread};

    /// Tells another thread what is logged.
    struct Telling(mpsc::Sender<String>);
    impl Log for Telling {
        fn log(&mut self, _: LogLevel, message: &str) {
            self.0.send(message.to_owned()).unwrap();
        }
    }

    let engine = Engine::new();
    let host = || LocalHost::over(MemoryHost::new()).with_process_locks().with_sleep().with_system_clock();
    let (told, hear) = mpsc::channel();
    let first = engine.clone();
    let first = thread::spawn(move || {
        let script = "sysLock(\"winch\"); print(\"taken\"); sysSleep(\"300ms\"); return currentDate();";
        let program = first.compile("first.sil", script).unwrap();
        program.run(&mut host().with_log(Telling(told)), &Limits::default()).unwrap().returned()[0].clone()
    });
    assert_eq!(hear.recv().unwrap(), "taken");
    let script = "sysLock(\"winch\"); return currentDate();";
    let second = engine.compile("second.sil", script).unwrap().run(&mut host(), &Limits::default()).unwrap();
    let first = first.join().unwrap();
    let millis = |data: &sil::Data| match data {
        sil::Data::Date(date) => date.millis,
        other => panic!("{other:?}"),
    };
    assert!(millis(&second.returned()[0]) >= millis(&first), "{first:?} {second:?}");
}

#[test]
fn log_lines_reach_the_host_with_their_level() {
    let mut host = MemoryHost::new();
    let script = "logPrint(\"TRACE\", 1); logPrint(\"DEBUG\", 2); logPrint(\"INFO\", 3); logPrint(\"WARN\", 4); \
                  logPrint(\"ERROR\", 5); logPrint(\"FATAL\", 6); print(7); runnerLog(8);";
    run_on(&mut host, &Engine::new(), script).unwrap();
    let levels: Vec<LogLevel> = host.log_lines().iter().map(|(level, _)| *level).collect();
    use LogLevel::{Debug, Error, Fatal, Info, Trace, Warn};
    assert_eq!(levels, [Trace, Debug, Info, Warn, Error, Fatal, Info, Info]);
}

#[test]
fn waits_are_recorded() {
    let mut host = MemoryHost::new();
    run_on(&mut host, &Engine::new(), "sysSleep(\"2h\"); sysSleep(\"-1s\"); sysSleep(\"5s\");").unwrap();
    assert_eq!(host.waits(), [Duration::from_secs(7200), Duration::from_secs(5)]);
}

#[test]
fn a_cancelled_run_takes_no_lock() {
    let flag = sil::CancelFlag::new();
    flag.cancel();
    let program = Engine::new().compile("case.sil", "try { sysLock(\"a\"); } catch { }").unwrap();
    let mut host = MemoryHost::new();
    let error = program.run(&mut host, &Limits::default().cancel(Some(flag))).unwrap_err();
    assert!(error.limit().is_some(), "{error}");
    assert_eq!(host.held_locks().count(), 0);
}

#[cfg(not(feature = "crypto"))]
#[test]
fn routines_that_are_not_built_in_are_known() {
    let engine = Engine::new();
    let program = engine.compile("case.sil", "return encrypt(\"a\", \"0123456789abcdef\");").unwrap();
    assert!(program.diagnostics().warnings().any(|warning| warning.message.contains("`encrypt` is known")));
    let error = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap_err();
    assert_eq!(error.message(), "routine `encrypt` is not available in this host");
}

#[cfg(feature = "crypto")]
#[test]
fn encrypted_texts_differ_even_if_random_numbers_repeat() {
    let seal = |text: &str, seed| {
        let script = format!("return encrypt(\"{text}\", \"0123456789abcdef\");");
        run_on(&mut MemoryHost::new().with_seed(seed), &Engine::new(), &script).unwrap().remove(0)
    };
    let nonce = |sealed: String| sealed[..16].to_owned();
    assert_eq!(seal("ebb", 1), seal("ebb", 1));
    assert_ne!(nonce(seal("ebb", 1)), nonce(seal("tide", 1)));
    assert_ne!(nonce(seal("ebb", 1)), nonce(seal("ebb", 2)));
}

/// A host whose files are in a folder; nothing else of them is asked for.
struct Rooted;

impl Host for Rooted {
    fn files(&mut self) -> Option<&mut dyn Files> {
        Some(self)
    }

    fn environment(&mut self) -> Option<&mut dyn Environment> {
        Some(self)
    }
}

impl Environment for Rooted {
    fn get(&mut self, name: &str) -> Option<String> {
        Some(format!("environment {name}"))
    }
}

#[rustfmt::skip]
impl Files for Rooted {
    fn root(&self) -> String { "/srv/sil".to_owned() }
    fn info(&mut self, _: &str) -> Result<FileInfo, FileError> { Err(FileError::Denied) }
    fn list(&mut self, _: &str, _: usize) -> Result<Vec<DirEntry>, FileError> { Err(FileError::Denied) }
    fn read(&mut self, _: &str, _: usize) -> Result<Vec<u8>, FileError> { Err(FileError::Denied) }
    fn write(&mut self, _: &str, _: &[u8], _: bool) -> Result<(), FileError> { Err(FileError::Denied) }
    fn create_file(&mut self, _: &str) -> Result<(), FileError> { Err(FileError::Denied) }
    fn create_dir(&mut self, _: &str) -> Result<(), FileError> { Err(FileError::Denied) }
    fn remove_file(&mut self, _: &str) -> Result<(), FileError> { Err(FileError::Denied) }
    fn remove_dir(&mut self, _: &str) -> Result<(), FileError> { Err(FileError::Denied) }
    fn rename(&mut self, _: &str, _: &str) -> Result<(), FileError> { Err(FileError::Denied) }
    fn open(&mut self, _: &str, _: OpenMode) -> Result<u64, FileError> { Err(FileError::Denied) }
    fn read_open(&mut self, _: u64, _: usize) -> Result<Vec<u8>, FileError> { Err(FileError::Denied) }
    fn write_open(&mut self, _: u64, _: &[u8]) -> Result<(), FileError> { Err(FileError::Denied) }
    fn seek_open(&mut self, _: u64, _: u64) -> Result<u64, FileError> { Err(FileError::Denied) }
    fn close(&mut self, _: u64) -> Result<(), FileError> { Err(FileError::Denied) }
}

#[test]
fn the_home_of_scripts_is_the_root_of_the_files() {
    let result = run_on(&mut Rooted, &Engine::new(), "return silEnv(\"sil.home\"), silEnv(\"PATH\");");
    assert_eq!(result, Ok(vec!["/srv/sil".to_owned(), "environment PATH".to_owned()]));
}

#[test]
fn a_host_without_chance() {
    struct Bare;
    impl Host for Bare {}
    for source in ["return rand();", "return random(6);"] {
        let program = Engine::new().compile("chance.sil", source).unwrap();
        let error = program.run(&mut Bare, &sil::Limits::default()).unwrap_err();
        assert!(error.message().contains("random numbers are not available"), "{error}");
    }
    let caught = "string s; try { s = \"\" + rand(); } catch { s = \"none\"; } return s;";
    let program = Engine::new().compile("chance.sil", caught).unwrap();
    let outcome = program.run(&mut Bare, &sil::Limits::default()).unwrap();
    assert_eq!(outcome.returned().first().unwrap().to_text(), "none");
}
