//! The command `sil`, run as a user runs it.

mod findings;

use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// A folder with files, for one test.
struct Desk(TempDir);

impl Desk {
    fn new(files: &[(&str, &str)]) -> Self {
        let desk = Self(TempDir::new().unwrap());
        for (name, text) in files {
            let path = desk.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sil"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    fn sil(&self, arguments: &[&str]) -> Run {
        Run::new(self.command(arguments).output().unwrap())
    }

    fn sil_with_stdin(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::new(child.wait_with_output().unwrap())
    }
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    fn new(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {}{}", self.out, self.err))
    }

    fn outcome(&self) -> (i32, &str) {
        (self.code, &self.out)
    }
}

fn script(text: &str) -> Desk {
    Desk::new(&[("a.sil", text)])
}

#[test]
fn arguments_with_and_without_keys() {
    let desk = script("return size(argv), argv[0], argv[1], argv[\"screen\"];");
    let run = desk.sil(&["run", "a.sil", "one", "--arg", "screen=edit=1", "--", "-two"]);
    assert_eq!(run.outcome(), (0, "3\none\n-two\nedit=1\n"), "{}", run.err);
}

#[test]
fn a_script_from_standard_input() {
    let run = Desk::new(&[]).sil_with_stdin(&["run", "-"], "return \"two\" + 2;");
    assert_eq!(run.outcome(), (0, "two2\n"), "{}", run.err);
}

#[test]
fn the_response_and_the_values_are_apart() {
    let desk = script("appendToWebhookResponse(\"body\"); return true, 201;");
    assert_eq!(desk.sil(&["run", "a.sil"]).outcome(), (0, "body\ntrue\n201\n"));
    assert_eq!(desk.sil(&["run", "a.sil", "--method", "get"]).outcome(), (0, "body"));
}

const ECHO: &str = "WebhookPayload call = getWebhookPayload();
appendToWebhookResponse(call.httpMethod + \" \" + call.payload);
for (WebhookParam p in call.queryParams) { appendToWebhookResponse(\" \" + p.name + \"=\" + p.values); }
return true, 200;";

#[test]
fn requests_from_options() {
    let desk = Desk::new(&[("a.sil", ECHO), ("body.txt", "é\n")]);
    let body = |arguments: &[&str]| {
        let run = desk.sil(&[&["run", "a.sil"], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    assert_eq!(body(&["--query", "?a=1&b&a=2"]), "GET  a=1|2 b=");
    assert_eq!(body(&["--body", "-x"]), "POST -x");
    assert_eq!(body(&["--body-file", "body.txt", "--method", "PUT"]), "PUT é\n");
    let piped = desk.sil_with_stdin(&["run", "a.sil", "--body-file", "-"], "piped");
    assert_eq!(piped.outcome(), (0, "POST piped"));
}

#[test]
fn a_request_from_a_file() {
    let request = r#"{"httpMethod": "DELETE", "payload": null, "queryParams": [{"name": "a", "values": ["1", "2"]}]}"#;
    let desk = Desk::new(&[("a.sil", ECHO), ("request.json", request)]);
    assert_eq!(desk.sil(&["run", "a.sil", "--request", "request.json"]).outcome(), (0, "DELETE  a=1|2"));
}

#[test]
fn json_tells_everything_about_a_success() {
    let text = "print(\"seen\"); appendToWebhookResponse(\"x\"); labels += \"b\"; return true, 202;";
    let issue = r#"{"key": "HLD-7", "fields": {"summary": "..", "labels": ["a"], "customfield_10024": null}}"#;
    let desk = Desk::new(&[("a.sil", text), ("issue.json", issue)]);
    let run = desk.sil(&["run", "a.sil", "--query", "", "--issue", "issue.json", "--json"]);
    let expected = json!({
        "success": true, "status": 202, "body": "x", "headers": [], "returned": [true, 202],
        "log": [{"level": "INFO", "message": "seen"}],
        "issues": {"HLD-7": {"labels": ["a", "b"]}},
        "error": null, "diagnostics": []
    });
    assert_eq!((run.code, run.json()), (0, expected), "{}", run.err);
}

#[test]
fn every_outcome_has_the_same_keys() {
    let cases = [
        ("return true;", 0, true),
        ("return false;", 1, false),
        ("return 1 +;", 2, false),
        ("throw \"no\";", 3, false),
        ("while (true) { }", 3, false),
    ];
    let keys = ["success", "status", "body", "headers", "returned", "log", "issues", "error", "diagnostics"];
    for (text, code, success) in cases {
        let run = script(text).sil(&["run", "a.sil", "--json", "--fuel", "10k"]);
        let object = run.json();
        let found: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((run.code, found), (code, keys.to_vec()), "{text}");
        assert_eq!(object["success"], success, "{text}");
        if code >= 2 {
            let error: Vec<_> = object["error"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(error, ["kind", "message", "file", "line", "column", "stack"], "{text}");
        }
    }
}

#[test]
fn the_kinds_of_errors() {
    let kind = |text: &str, more: &[&str]| {
        let run = script(text).sil(&[&["run", "a.sil", "--json"], more].concat());
        let object = run.json();
        (object["error"]["kind"].as_str().unwrap_or_default().to_owned(), object["status"].clone())
    };
    assert_eq!(kind("throw \"no\";", &[]), ("thrown".to_owned(), json!(500)));
    assert_eq!(kind("while (true) { }", &["--fuel", "1000"]), ("limit".to_owned(), json!(500)));
    let late = kind("while (true) { }", &["--timeout", "20ms", "--fuel", "1000G"]);
    assert_eq!(late, ("limit".to_owned(), json!(504)));
    assert_eq!(kind("int x = ;", &[]), ("compile".to_owned(), json!(500)));
}

#[test]
fn errors_show_their_place_and_their_calls() {
    let text = "function inner(int n) {\n    throw \"lost \" + n;\n}\nfunction outer() {\n    inner(7);\n}\nouter();\n";
    let desk = script(text);
    let run = desk.sil(&["run", "a.sil"]);
    assert_eq!(run.code, 3);
    for part in ["lost 7", "in inner at a.sil:2:5", "in outer at a.sil:5:5", "a.sil:7:1"] {
        assert!(run.err.contains(part), "{part} in\n{}", run.err);
    }
    let object = desk.sil(&["run", "a.sil", "--json"]).json();
    assert_eq!((&object["error"]["line"], &object["error"]["column"]), (&json!(2), &json!(5)));
    assert_eq!(object["error"]["stack"][0]["function"], "inner");
}

#[test]
fn the_result_is_read_for_its_context() {
    let cases = [
        ("return \"done\";", 0, 1),
        ("return \"FALSE\";", 1, 1),
        ("return 500;", 0, 1),
        ("return false, 200;", 1, 1),
        ("return true, 1234;", 0, 1),
        ("return;", 0, 0),
    ];
    for (text, plain, webhook) in cases {
        let desk = script(text);
        assert_eq!(desk.sil(&["run", "a.sil"]).code, plain, "{text}");
        assert_eq!(desk.sil(&["run", "a.sil", "--method", "GET"]).code, webhook, "{text}");
    }
}

#[test]
fn surplus_values_and_broken_results_are_told() {
    let desk = script("return true, 201, \"x\", \"y\";");
    let run = desk.sil(&["run", "a.sil", "--method", "GET", "--json"]);
    let object = run.json();
    assert_eq!((run.code, &object["status"], &object["log"][0]["level"]), (0, &json!(201), &json!("WARN")));
    let run = script("return true, 1234;").sil(&["run", "a.sil", "--method", "GET", "--json"]);
    let object = run.json();
    assert_eq!((run.code, &object["status"], &object["error"]["kind"]), (1, &json!(500), &json!("result")));
}

#[test]
fn variables_persist_in_a_file() {
    let desk = script("persistent int n = 10; n++; return n;");
    let arguments = ["run", "a.sil", "--store", "state.json"];
    assert_eq!(desk.sil(&arguments).outcome(), (0, "11\n"));
    assert_eq!(desk.sil(&arguments).outcome(), (0, "12\n"));
    let stored: Value = serde_json::from_str(&fs::read_to_string(desk.path().join("state.json")).unwrap()).unwrap();
    assert_eq!(stored, json!({"global": {"n": "12"}, "issues": {}}));
    let left: Vec<_> = fs::read_dir(desk.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn variables_of_an_issue_are_apart() {
    let desk = Desk::new(&[("a.sil", "persistent int n = 1; n++; return n;"), ("i.json", r#"{"key": "A-1"}"#)]);
    let issue = ["run", "a.sil", "--store", "s.json", "--issue", "i.json"];
    assert_eq!(desk.sil(&["run", "a.sil", "--store", "s.json"]).out, "2\n");
    assert_eq!(desk.sil(&issue).out, "2\n");
    assert_eq!(desk.sil(&issue).out, "3\n");
}

#[test]
fn a_failed_script_changes_no_issue_and_no_variable() {
    let text = "persistent int n = 1; n = 5; summary = \"new\"; throw \"no\";";
    let desk = Desk::new(&[("a.sil", text), ("i.json", r#"[{"key": "A-1", "fields": {"summary": "old"}}]"#)]);
    let run = desk.sil(&["run", "a.sil", "--store", "s.json", "--issue", "i.json", "--json"]);
    assert_eq!((run.code, &run.json()["issues"]), (3, &json!({})));
    let stored: Value = serde_json::from_str(&fs::read_to_string(desk.path().join("s.json")).unwrap()).unwrap();
    assert_eq!(stored, json!({"global": {}, "issues": {}}));
}

#[test]
fn includes_stay_in_their_folder() {
    let files = [
        ("scripts/a.sil", "include \"lib/b.incl\"; return value();"),
        ("scripts/lib/b.incl", "function value() { return 7; }"),
        ("scripts/up.sil", "include \"../secret.incl\"; return 1;"),
        ("scripts/missing.sil", "include \"nowhere.incl\"; return 1;"),
        ("secret.incl", "print(\"secret\");"),
        ("other/lib/b.incl", "function value() { return 8; }"),
    ];
    let desk = Desk::new(&files);
    assert_eq!(desk.sil(&["run", "scripts/a.sil"]).outcome(), (0, "7\n"));
    assert_eq!(desk.sil(&["run", "scripts/a.sil", "--include-dir", "other"]).outcome(), (0, "8\n"));
    for name in ["scripts/up.sil", "scripts/missing.sil"] {
        let run = desk.sil(&["run", name]);
        assert_eq!(run.code, 2, "{name}");
        assert!(!run.err.contains("secret\""), "{}", run.err);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(desk.path().join("secret.incl"), desk.path().join("scripts/link.incl")).unwrap();
        fs::write(desk.path().join("scripts/c.sil"), "include \"link.incl\"; return 1;").unwrap();
        assert_eq!(desk.sil(&["run", "scripts/c.sil"]).code, 2);
    }
}

#[test]
fn malformed_files_are_told_with_their_place() {
    let files = [
        ("a.sil", "return;"),
        ("syntax.json", "{\n  \"key\": \"A-1\",\n}"),
        ("typo.json", "{\"key\": \"A-1\",\n \"felds\": {}}"),
        ("list.json", "[{\"key\": \"A-1\"},\n {\"key\": 7}]"),
        ("type.json", "{\"key\": \"A-1\", \"fields\": {\"votes\": \"many\"}}"),
    ];
    let desk = Desk::new(&files);
    let cases = [
        ("--issue", "syntax.json", "syntax.json:3:1:"),
        ("--issue", "typo.json", "typo.json:2:8:"),
        ("--issue", "list.json", "list.json:2:10:"),
        ("--issue", "type.json", "issue A-1"),
        ("--request", "typo.json", "typo.json:1:6:"),
        ("--store", "typo.json", "typo.json:1:6:"),
    ];
    for (option, file, expected) in cases {
        let run = desk.sil(&["run", "a.sil", option, file]);
        assert_eq!(run.code, 64, "{file}");
        assert!(run.err.contains(expected), "{expected} in {}", run.err);
    }
}

#[test]
fn wrong_usage_and_missing_files() {
    let desk = script("return;");
    let cases: [(&[&str], i32); 12] = [
        (&[], 64),
        (&["walk"], 64),
        (&["run"], 64),
        (&["run", "a.sil", "--max-memory", "64X"], 64),
        (&["run", "a.sil", "--timeout", "30"], 64),
        (&["run", "a.sil", "--time-zone", "Mars/Base"], 64),
        (&["run", "a.sil", "--body", "x", "--body-file", "y"], 64),
        (&["run", "a.sil", "--method", "G E T"], 64),
        (&["run", "nowhere.sil"], 66),
        (&["run", "a.sil", "--issue", "nowhere.json"], 66),
        (&["check", "nowhere"], 66),
        (&["--help"], 0),
    ];
    for (arguments, code) in cases {
        let run = desk.sil(arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
        assert!(!run.err.is_empty() || code == 0);
    }
}

#[test]
fn check_reports_every_file() {
    let files = [
        ("scripts/good.sil", "return 1;"),
        ("scripts/deep/bad.sil", "int x = ;\nreturn 1"),
        ("scripts/deep/part.incl", "int y = 2;"),
        ("scripts/notes.txt", "int x = ;"),
    ];
    let desk = Desk::new(&files);
    let run = desk.sil(&["check", "scripts"]);
    assert_eq!(run.code, 2);
    for part in ["scripts/deep/bad.sil:1:9", "int x = ;", "^"] {
        assert!(run.out.contains(part), "{part} in\n{}", run.out);
    }
    assert!(run.err.starts_with("3 files checked: "), "{}", run.err);
    let lines = desk.sil(&["check", "scripts", "--json"]).out;
    let objects: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = objects.iter().map(|object| object["file"].as_str().unwrap()).collect();
    assert_eq!(names, ["scripts/deep/bad.sil", "scripts/deep/part.incl", "scripts/good.sil"]);
    assert_eq!(objects[0]["diagnostics"][0]["line"], 1);
    assert_eq!(objects[2]["diagnostics"], json!([]));
    assert_eq!(desk.sil(&["check", "scripts/good.sil", "scripts/deep/part.incl"]).code, 0);
}

#[test]
fn check_can_stop_after_parsing() {
    let desk = script("noSuchRoutineAnywhere(1);");
    assert_eq!(desk.sil(&["check", "a.sil"]).code, 2);
    assert_eq!(desk.sil(&["check", "a.sil", "--level", "parse"]).code, 0);
}

#[test]
fn the_log_goes_to_standard_error() {
    let run = script("logPrint(\"WARN\", \"careful\"); print(1.5);").sil(&["run", "a.sil"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", "WARN careful\nINFO 1.5\n"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let desk = script("for (int i = 0; i < 20000; i++) { appendToWebhookResponse(\"0123456789\"); } return true;");
    let mut command = desk.command(&["run", "a.sil", "--method", "GET"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 5];
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut first).unwrap();
    drop(out);
    let run = Run::new(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn limits_from_the_command_line() {
    let cases = [
        ("function f(int n) { return f(n + 1); } f(0);", ["--max-depth", "50"], "depth"),
        ("string s = \"x\"; while (true) { s += s; }", ["--max-memory", "1M"], "memory"),
        ("while (true) { }", ["--fuel", "1_000"], "fuel"),
        ("while (true) { }", ["--timeout", "20ms"], "deadline"),
    ];
    for (text, option, word) in cases {
        let run = script(text).sil(&["run", "a.sil", option[0], option[1]]);
        assert_eq!(run.code, 3, "{word}");
        assert!(run.err.contains(word), "{word} in {}", run.err);
    }
}

#[test]
fn files_are_there_when_they_are_allowed() {
    let desk = Desk::new(&[
        ("a.sil", "printInFile(\"out.txt\", \"hi\"); return readFromTextFile(\"in.txt\");"),
        ("out.sil", "return readFromTextFile(\"../secret.txt\");"),
        ("data/in.txt", "content"),
        ("secret.txt", "secret"),
    ]);
    let denied = desk.sil(&["run", "a.sil"]);
    assert_eq!(denied.code, 3);
    assert!(denied.err.contains("files are not available in this host"), "{}", denied.err);
    assert!(denied.err.contains("help: --allow-files FOLDER"), "{}", denied.err);
    assert_eq!(desk.sil(&["run", "a.sil", "--allow-files", "data"]).outcome(), (0, "content\n"));
    assert_eq!(fs::read_to_string(desk.path().join("data/out.txt")).unwrap(), "hi\n");
    let out = desk.sil(&["run", "out.sil", "--allow-files", "data"]);
    assert_eq!(out.code, 3);
    assert!(out.err.contains("outside the folder"), "{}", out.err);
    assert_eq!(desk.sil(&["run", "a.sil", "--allow-files", "nowhere"]).code, 66);
}

#[test]
fn servers_are_there_when_they_are_allowed() {
    let desk =
        Desk::new(&[("a.sil", "HttpRequest r; string s = httpGet(\"http://127.0.0.1:9/\", r); return isNull(s);")]);
    let run = desk.sil(&["run", "a.sil"]);
    assert!(run.code == 3 && run.err.contains("not available in this host"), "{}", run.err);
    let run = desk.sil(&["run", "a.sil", "--allow-net", "example.com"]);
    assert!(run.code == 3 && run.err.contains("not allowed to reach `127.0.0.1:9`"), "{}", run.err);
    assert!(run.err.contains("help: --allow-net HOST"), "{}", run.err);
    // Allowed, but nobody answers.
    assert_eq!(desk.sil(&["run", "a.sil", "--allow-net", "127.0.0.1:9"]).outcome(), (0, "true\n"));
}

#[test]
fn the_clock_can_be_stopped() {
    let desk = Desk::new(&[("a.sil", "return currentDate();")]);
    let run = desk.sil(&["run", "a.sil", "--now", "2024-02-29 12:00:00", "--time-zone", "Europe/Paris"]);
    assert_eq!(run.outcome(), (0, "2024-02-29 12:00:00\n"));
    let run = desk.sil(&["run", "a.sil", "--now", "soon"]);
    assert!(run.code == 64 && run.err.contains("`soon` is no time such as"), "{}", run.err);
}

#[test]
fn the_clock_of_the_system_goes_on_without_now() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let run = script("date d = currentDate(); return d[\"TOMILLIS\"];").sil(&["run", "a.sil"]);
    let told: u128 = run.out.trim().parse().unwrap();
    assert!(told >= now && told < now + 60_000, "{told} is not soon after {now}");
}

#[test]
fn chance_follows_from_a_seed() {
    let desk = script("return random(1000000000), random(1000000000), random(1000000000);");
    let seeded = |seed| desk.sil(&["run", "a.sil", "--seed", seed]).out;
    assert_eq!(seeded("7"), seeded("7"));
    assert_ne!(seeded("7"), seeded("8"));
    assert_ne!(desk.sil(&["run", "a.sil"]).out, desk.sil(&["run", "a.sil"]).out);
    assert_eq!(desk.sil(&["run", "a.sil", "--seed", "many"]).code, 64);
}

#[test]
fn variables_of_the_environment_are_shown_one_by_one() {
    let desk = script("return silEnv(\"SIL_SHOWN\"), isNull(silEnv(\"SIL_HIDDEN\")), isNull(silEnv(\"SIL_UNSET\"));");
    let run = |options: &[&str]| {
        let mut command = desk.command(&["run", "a.sil"]);
        command.args(options).env("SIL_SHOWN", "tide").env("SIL_HIDDEN", "ebb");
        Run::new(command.output().unwrap())
    };
    let shown = ["--allow-env", "SIL_SHOWN", "--allow-env", "SIL_UNSET"];
    assert_eq!(run(&shown).outcome(), (0, "tide\ntrue\ntrue\n"));
    assert_eq!(run(&[]).outcome(), (0, "\ntrue\ntrue\n"));
}

#[test]
fn scripts_wait_and_take_locks() {
    let text = "use \"system\"; date begin = currentDate(); lock(\"tide\"); lock(\"tide\"); sleep(\"1s\");
        unlock(\"tide\"); date end = currentDate(); return end - begin >= \"1s\";";
    assert_eq!(script(text).sil(&["run", "a.sil"]).outcome(), (0, "true\n"));
    // Waiting ends with the run's time.
    let run = script("sysSleep(\"1h\");").sil(&["run", "a.sil", "--timeout", "100ms"]);
    assert!(run.code == 3 && run.err.contains("deadline limit of 100 ms"), "{}", run.err);
}

#[test]
fn routines_are_listed_by_category() {
    let desk = Desk::new(&[]);
    let run = desk.sil(&["routines"]);
    assert_eq!(run.code, 0);
    assert!(run.out.contains("\nFiles\n  createDirectory(string path)\n"), "{}", run.out);
    assert!(!run.out.contains("not offered here)"), "{}", run.out);
    let all = desk.sil(&["routines", "--all"]);
    assert!(all.out.contains("not offered here)") && all.out.contains("\nProjects\n"), "{}", all.out);
    let list: Value = serde_json::from_str(&desk.sil(&["routines", "--all", "--json"]).out).unwrap();
    assert!(list.as_array().unwrap().len() >= 786);
}

#[test]
fn routines_are_explained() {
    let desk = Desk::new(&[]);
    for name in ["readFromCSVFile", "READCSV", "readCSV"] {
        let run = desk.sil(&["routines", name]);
        assert_eq!(run.code, 0, "{}", run.err);
        for part in [
            "readFromCSVFile(string path, boolean hasHeader, [string charset])\n",
            "short     readCSV, after `use \"file\";`",
            "needs     files (--allow-files)",
            "offered   yes",
            "Example:",
            "plum|3",
        ] {
            assert!(run.out.contains(part), "{part}: {}", run.out);
        }
    }
    let known: Value = serde_json::from_str(&desk.sil(&["routines", "arraySize", "--json"]).out).unwrap();
    assert_eq!(known[0]["aliases"], json!(["size"]));
    assert_eq!((&known[0]["provided"], &known[0]["parameters"][0]["type"]), (&json!(true), &json!("array")));
    assert!(desk.sil(&["routines", "getWorklogLoggedHours"]).out.contains("offered   no"));
    assert_eq!(desk.sil(&["routines", "zipFiles", "--json"]).json()[0]["feature"], json!("zip"));
}

#[test]
fn routines_are_searched() {
    let desk = Desk::new(&[]);
    let run = desk.sil(&["routines", "checksu"]);
    assert!(run.out.starts_with("fileSHA256Checksum("), "{}", run.out);
    let run = desk.sil(&["routines", "file"]);
    assert!(
        run.out.lines().count() > 10 && run.out.contains("  fileOpen(string path, [boolean mode])\n"),
        "{}",
        run.out
    );
    let run = desk.sil(&["routines", "fileReadLyne"]);
    assert_eq!(run.code, 66);
    assert!(run.err.contains("no routine is called `fileReadLyne`, did you mean `fileReadLine`?"), "{}", run.err);
}

#[test]
fn templates_start_at_their_own_home() {
    let files = [
        ("scripts/a.sil", "string pilot = \"Ida\"; return executeTemplate(\"notes/a.tpl\");"),
        ("scripts/notes/a.tpl", "scripts: $pilot$"),
        ("home/notes/a.tpl", "home: $pilot$"),
        ("secret.tpl", "secret"),
        ("scripts/up.sil", "return executeTemplate(\"../secret.tpl\");"),
    ];
    let desk = Desk::new(&files);
    assert_eq!(desk.sil(&["run", "scripts/a.sil"]).outcome(), (0, "scripts: Ida\n"));
    assert_eq!(desk.sil(&["run", "scripts/a.sil", "--template-dir", "home"]).outcome(), (0, "home: Ida\n"));
    let run = desk.sil(&["run", "scripts/up.sil", "--template-dir", "home"]);
    assert_eq!(run.outcome(), (3, ""), "{}", run.err);
}

#[test]
fn log_lines_below_the_level_are_left_out() {
    let desk = script("logPrint(\"DEBUG\", \"depth\"); print(\"course\"); logPrint(\"ERROR\", \"leak\");");
    assert_eq!(desk.sil(&["run", "a.sil"]).err, "DEBUG depth\nINFO course\nERROR leak\n");
    assert_eq!(desk.sil(&["run", "a.sil", "--log-level", "info"]).err, "INFO course\nERROR leak\n");
    let log = &desk.sil(&["run", "a.sil", "--log-level", "ERROR", "--json"]).json()["log"];
    assert_eq!(*log, json!([{"level": "ERROR", "message": "leak"}]));
    assert_eq!(desk.sil(&["run", "a.sil", "--log-level", "loud"]).code, 64);
}

#[test]
fn a_path_means_the_same_file_to_every_routine() {
    let text = "boolean made = createFile(\"gen/b.sil\");
        printInFile(\"gen/b.sil\", \"// doubles\");
        printInFile(\"gen/b.sil\", \"return argv[0] + argv[0];\");
        string twice = call(\"\", \"gen/b.sil\", \"ho\");
        number lines = size(split(readFromTextFile(\"gen/b.sil\"), \"\\\\n\"));
        return made, twice, lines, deleteFile(\"gen/b.sil\"), fileExists(\"gen/b.sil\");";
    let desk = Desk::new(&[("home/a.sil", text), ("home/gen/c.txt", "")]);
    let run = desk.sil(&["run", "home/a.sil", "--allow-files", "home"]);
    assert_eq!(run.outcome(), (0, "true\nhoho\n2\ntrue\nfalse\n"), "{}", run.err);
}

#[test]
fn the_console_shows_what_scripts_say_to_it() {
    let run = script("runnerLog(\"hoist\", 40, \"init_progressBar\"); return 1;").sil(&["run", "a.sil"]);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("1\n", "INFO hoist\n"));
}

#[test]
fn properties_of_the_scripts_home_are_shown() {
    let files = [
        ("a.sil", "return silEnv(\"crane\"), silEnv(\"SIL_CRANE\"), isNull(silEnv(\"winch\"));"),
        ("home/sil.properties", "crane=north quay\nSIL_CRANE=file\n"),
    ];
    let desk = Desk::new(&files);
    let mut command = desk.command(&["run", "a.sil", "--allow-files", "home", "--allow-env", "SIL_CRANE"]);
    let run = Run::new(command.env("SIL_CRANE", "system").output().unwrap());
    assert_eq!(run.outcome(), (0, "north quay\nsystem\ntrue\n"), "{}", run.err);
}
