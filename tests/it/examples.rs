//! The examples: every program and every script does what it says.

use sil::{Data, Engine, Limits, MemoryHost, Outcome, WebhookRequest};
use std::{fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/scripts")
}

/// Runs a script of the examples; includes come from beside it.
fn run(name: &str, host: &mut MemoryHost) -> Outcome {
    struct Beside;
    impl sil::IncludeLoader for Beside {
        fn load(&self, path: &str) -> Result<String, sil::LoadError> {
            fs::read_to_string(folder().join(path)).map_err(|error| sil::LoadError::new(error.to_string()))
        }
    }
    let source = fs::read_to_string(folder().join(name)).unwrap();
    let engine = Engine::builder().include_loader(Beside).build();
    let program = engine.compile(name, &source).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    assert!(program.diagnostics().is_empty(), "{name}: {}", program.diagnostics());
    program.run(host, &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn returned(name: &str, mut host: MemoryHost) -> String {
    let outcome = run(name, &mut host);
    outcome.returned().iter().map(Data::to_text).collect::<Vec<_>>().join("; ")
}

fn answer(name: &str, request: WebhookRequest) -> (u16, String) {
    let mut host = MemoryHost::new().with_request(request);
    let outcome = run(name, &mut host);
    (outcome.reading().status, host.body().to_owned())
}

#[test]
fn scripts_that_return_values() {
    let host = MemoryHost::new;
    assert_eq!(returned("greeting.sil", host()), "Hello, world!");
    let french = host().with_argument("Ada").with_keyed_argument("lang", "fr");
    assert_eq!(returned("greeting.sil", french), "Bonjour, Ada !");
    assert_eq!(returned("fizzbuzz.sil", host()), "1 2 fizz 4 buzz fizz 7 8 fizz buzz 11 fizz 13 14 fizzbuzz ");
    assert_eq!(returned("order_total.sil", host()), "items: 3; total: 43.5");
    assert_eq!(
        returned("safe_division.sil", host()),
        "for 4: 3; for 0: failed; for -1: refused, fewer people than none"
    );
    assert_eq!(returned("framed.sil", host()), "-----------------\n| Release notes |\n-----------------");
    assert_eq!(returned("insertion_sort.sil", host()), "-1|2.5|4|5|9");
    assert_eq!(returned("deadline.sil", host()), "2024-02-28 15:00:00; 1d 9h; 33");
}

#[test]
fn scripts_that_answer_requests() {
    let get = || WebhookRequest::new("GET");
    assert_eq!(
        answer("webhook.sil", get().param("who", "Ada").param("lang", "en")),
        (200, "method: GET\nfirst parameter: who=Ada\n".to_owned())
    );
    assert_eq!(
        answer("mysilwebhook.sil", get().param("who", "Ada").param("tag", "a").param("tag", "b")),
        (200, "Method: GET\nParameter who: Ada\nParameter tag: a|b\n".to_owned())
    );
    let post = WebhookRequest::new("POST").content("to be or not to be");
    assert_eq!(answer("mysilwebhook.sil", post.clone()).1, "Method: POST\nPayload: to be or not to be\n");
    assert_eq!(
        answer("webhook.sil", post.clone()).1,
        "method: POST\npayload: to be or not to be\nfirst parameter: =\n"
    );
    assert_eq!(answer("word_count.sil", post), (200, "to 2\nbe 2\nor 1\nnot 1\n".to_owned()));
    assert_eq!(answer("route_status.sil", get()), (400, "which status?".to_owned()));
    assert_eq!(answer("route_status.sil", get().param("status", "open")), (200, "work to do".to_owned()));
    assert_eq!(answer("route_status.sil", get().param("status", "odd")), (404, "unknown status odd".to_owned()));
    let twice = get().param("a", "1").param("a", "2");
    assert_eq!(answer("json_answer.sil", twice), (201, "{\"method\":\"GET\",\"values\":2}".to_owned()));
}

#[test]
fn a_script_that_remembers() {
    let mut host = MemoryHost::new();
    run("visits.sil", &mut host);
    let mut again = MemoryHost::new().with_store(host.stored().clone());
    assert_eq!(run("visits.sil", &mut again).returned()[0].to_text(), "2");
    assert_eq!(again.log_lines()[0].1, "visit number 2");
}

/// The scripts about issues need the files beside them, which the command reads.
#[cfg(feature = "cli")]
#[test]
fn scripts_about_issues() {
    let sil = |name: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sil"));
        let issue = format!("{name}.json");
        command.current_dir(folder()).args(["run", "--json", "--issue", &issue, &format!("{name}.sil")]);
        let output = command.output().unwrap();
        let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(object["error"], serde_json::Value::Null, "{object}");
        object
    };
    let triage = sil("triage");
    assert_eq!(triage["returned"], serde_json::json!(["triaged LAMP-7"]));
    let changes = serde_json::json!({"LAMP-7": {
        "assignee": "dispatcher", "labels": ["hardware", "urgent"], "Escalation Level": "2",
        "summary": "[LAMP] Light stays on"
    }});
    assert_eq!(triage["issues"], changes);
    let report = sil("parent_report");
    let text = "LAMP-8 belongs to LAMP-7 (Light stays on)\nOPS-1: Open\nOPS-2: Done";
    assert_eq!(report["returned"], serde_json::json!([text]));
    assert_eq!(report["issues"]["OPS-2"]["labels"], serde_json::json!(["old", "reported"]));
    let verdict = sil("validate_estimate");
    assert_eq!((&verdict["success"], &verdict["returned"][1]), (&false.into(), &"estimate".into()));
}

/// The example programs, run as a reader runs them. Cargo has built them beside the tests.
#[cfg(all(feature = "render", feature = "webhook"))]
mod programs {
    use std::{
        env,
        io::{BufRead, BufReader, Read, Write},
        net::TcpStream,
        path::PathBuf,
        process::{Command, Stdio},
    };

    const NOT_BUILT: &str = "the examples are built by `cargo test`, but not by `cargo test --test it`";

    fn program(name: &str) -> Command {
        let test = env::current_exe().unwrap();
        let profile: PathBuf = test.parent().and_then(std::path::Path::parent).unwrap().join("examples").join(name);
        let mut command = Command::new(profile);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command
    }

    fn output(command: &mut Command) -> String {
        let output = command.output().unwrap_or_else(|error| panic!("{NOT_BUILT}: {error}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn run_script() {
        let out = output(program("run_script").args(["examples/scripts/greeting.sil", "Ada"]));
        assert_eq!(out, "Hello, Ada!\n");
    }

    #[test]
    fn custom_host() {
        let out = output(&mut program("custom_host"));
        for part in ["[INFO] changed DESK-2\n", "[INFO] refused\n", "DESK-2: Espresso machine (7 votes), 7\n", "voles"]
        {
            assert!(out.contains(part), "{part} in\n{out}");
        }
    }

    #[test]
    fn limits() {
        let out = output(&mut program("limits"));
        let names: Vec<_> = out.lines().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(names, ["fuel", "deadline", "depth", "memory", "cancel"]);
        assert!(!out.contains("came to its end"), "{out}");
    }

    #[test]
    fn embed_http() {
        let mut server = program("embed_http");
        server.args(["examples/scripts/webhook.sil", "--once", "2"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.spawn().unwrap_or_else(|error| panic!("{NOT_BUILT}: {error}"));
        let mut url = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let address = url.trim().strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let ask = |request: &[u8]| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(request).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        let answer = ask(b"PATCH /x?who=Ada HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\xc3\xa9!");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(head.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{head}");
        assert_eq!(body, "method: PATCH\npayload: é!\nfirst parameter: who=Ada\n");
        assert!(ask(b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n\xff").starts_with("HTTP/1.1 415 "));
        assert!(server.wait().unwrap().success());
    }
}
