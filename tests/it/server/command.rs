//! The example server as a process.

use super::{OPEN, client::send_all, hook, until};
use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

/// Cargo builds examples beside the tests, unless only this test is asked for.
fn program() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/webhook_server");
    if !program.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--all-features", "--example", "webhook_server"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.unwrap().success());
    }
    program
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).current_dir(folder).args(arguments).output().unwrap()
}

struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.current_dir(folder).args(arguments).args(["--listen", "127.0.0.1:0"]).env("SIL_LOG", "debug");
        let log = fs::File::create(folder.join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// What stands behind a word in what it prints.
    fn told(&mut self, word: &str) -> String {
        let mut line = String::new();
        while self.out.read_line(&mut line).unwrap() > 0 {
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
            line.clear();
        }
        panic!("`{word}` was not printed");
    }

    /// Asks it to end, and gives its exit code.
    fn end(mut self) -> Option<i32> {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        status.code()
    }
}

fn get(url: &str) -> (u16, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let head = format!("GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let reply = send_all(host.parse().unwrap(), head.as_bytes(), false).remove(0);
    (reply.status, reply.text().to_owned())
}

#[test]
fn without_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    let mut process = Process::start(folder.path(), &["--admin-key-file", "key", "--log", "json"]);
    let url = process.told("webhook ");
    let curl = process.told("try ");
    assert_eq!(curl, format!("curl '{url}?name=Ada'"));
    assert!(process.told("admin ").ends_with("/admin/"));
    let key = process.told("admin key ");
    assert_eq!(fs::read_to_string(&key_file).unwrap().trim(), key);
    assert_eq!(fs::metadata(&key_file).unwrap().permissions().mode() & 0o777, 0o600);
    let (status, text) = get(&format!("{url}?name=Ada&silToken=hide-me"));
    assert_eq!((status, text.lines().nth(1)), (200, Some("Parameter name: Ada")));
    assert_eq!(process.end(), Some(0));
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["message"] == "answered").unwrap();
    assert_eq!((&answered["query"], &answered["status"]), (&"name=Ada&silToken=***".into(), &200.into()));
    assert!(answered["request_id"].as_str().unwrap().starts_with("req-"));
    assert!(!log.contains("hide-me") && !log.contains(&key));
    // Data and key are there the next time.
    let mut process = Process::start(folder.path(), &["--admin-key-file", "key", "--base-path", "/jira"]);
    let url = process.told("webhook ");
    assert!(url.contains("/jira/rest/keplerrominfo/refapp/latest/webhooks/mysilwebhook/run"), "{url}");
    assert_eq!(get(&url).0, 200);
    assert_eq!(get(&url.replace("/jira", "")).0, 404);
    assert_eq!(process.end(), Some(0));
}

#[test]
fn the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let help = output(folder.path(), &["--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    for option in ["--config", "--listen", "--data", "--scripts", "--admin-key-file", "--log", "--base-path", "--check"]
    {
        assert!(text.contains(option), "{option}");
    }
    assert_eq!(help.status.code(), Some(0));
    for wrong in [&["--what"][..], &["--log", "xml"], &["--config"], &["--config", "nowhere.toml"]] {
        let ended = output(folder.path(), wrong);
        assert_eq!(ended.status.code(), Some(2), "{wrong:?}");
        assert!(!ended.stderr.is_empty());
    }
}

#[test]
fn checking() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.sil"), "return true;").unwrap();
    let good = hook("a", "\"GET\"", "a.sil", OPEN);
    fs::write(folder.path().join("good.toml"), &good).unwrap();
    assert_eq!(output(folder.path(), &["--check", "--config", "good.toml"]).status.code(), Some(0));
    let bad = [
        "sync_timeout = \"soon\"\n".to_owned(),
        good,
        hook("A", "\"GET\"", "a.sil", OPEN),
        hook("b/c", "", "a.sil", "colour = 1"),
        hook("d", "\"GET\"", "d.sil", OPEN),
    ];
    fs::write(folder.path().join("bad.toml"), bad.concat()).unwrap();
    let ended = output(folder.path(), &["--check", "--config", "bad.toml"]);
    assert_eq!(ended.status.code(), Some(2));
    let told = String::from_utf8(ended.stderr).unwrap();
    for part in ["sync_timeout", "`A`", "b/c", "methods", "colour", "d.sil"] {
        assert!(told.contains(part), "{part} in\n{told}");
    }
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3, "checking left something behind");
}

#[test]
fn a_second_one_in_the_same_folder_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path(), &[]);
    process.told("webhook ");
    let second = output(folder.path(), &["--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8(second.stderr).unwrap().contains("another server uses this folder"));
    assert_eq!(process.end(), Some(0));
    until("the data", || folder.path().join("sil-data/sil.db").exists());
}
