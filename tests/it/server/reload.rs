//! Changes are in force at once, or within two seconds when they come from outside (WH-76 to WH-78).

use super::{OPEN, Running, hook};
use sil::webhook::{Method, PoolConfig, TaskState, WebhookDef};
use std::{
    fs, thread,
    time::{Duration, Instant},
};

fn answer(running: &Running, name: &str) -> (u16, String) {
    let reply = running.call("GET", &format!("{name}/run"), "", b"");
    (reply.status, reply.text().to_owned())
}

fn says(text: &str) -> String {
    format!("appendToWebhookResponse(\"{text}\");")
}

/// Waits for an answer, two seconds at most.
fn soon(running: &Running, name: &str, expected: (u16, &str)) {
    let begun = Instant::now();
    loop {
        let now = answer(running, name);
        if (now.0, now.1.as_str()) == expected {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{now:?} and not {expected:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn replace(running: &Running, path: &str, text: &str) {
    let beside = running.folder().join("new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, running.folder().join(path)).unwrap();
}

#[test]
fn scripts_and_what_they_include() {
    let include = "include \"part.sil\";\nappendToWebhookResponse(part());";
    let scripts = [("a.sil", include), ("part.sil", "function part() { return \"one\"; }")];
    let running = Running::start(&hook("a", "\"GET\"", "a.sil", OPEN), &scripts);
    assert_eq!(answer(&running, "a"), (200, "one".to_owned()));
    replace(&running, "scripts/part.sil", "function part() { return \"two\"; }");
    soon(&running, "a", (200, "two"));
    fs::write(running.scripts().join("a.sil"), says("three")).unwrap();
    soon(&running, "a", (200, "three"));
    // What comes through the server is in force with the next request.
    for number in 0..20 {
        running.server.write_script("a.sil", &says(&number.to_string())).unwrap();
        assert_eq!(answer(&running, "a"), (200, number.to_string()));
    }
    fs::remove_file(running.scripts().join("a.sil")).unwrap();
    let begun = Instant::now();
    while answer(&running, "a").0 != 500 {
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
    assert!(running.server.write_script("../a.sil", "").is_err());
    assert!(running.server.write_script("/a.sil", "").is_err());
}

#[test]
fn a_configuration_as_a_whole_or_not_at_all() {
    let scripts = [("a.sil", "return true, 201;"), ("b.sil", "return true, 202;")];
    let a = hook("a", "\"GET\"", "a.sil", OPEN);
    let b = hook("b", "\"GET\"", "b.sil", OPEN);
    let running = Running::start(&a, &scripts);
    assert_eq!((answer(&running, "a").0, answer(&running, "b").0), (201, 404));
    replace(&running, "sil.toml", &format!("{a}{b}"));
    soon(&running, "b", (202, ""));
    // Neither an invalid file nor a missing one changes anything.
    replace(&running, "sil.toml", &format!("{b}{}", hook("c", "", "b.sil", OPEN)));
    thread::sleep(Duration::from_millis(1_200));
    assert_eq!((answer(&running, "a").0, answer(&running, "b").0), (201, 202));
    fs::remove_file(running.folder().join("sil.toml")).unwrap();
    thread::sleep(Duration::from_millis(1_200));
    assert_eq!((answer(&running, "a").0, answer(&running, "b").0), (201, 202));
    replace(&running, "sil.toml", &b);
    let begun = Instant::now();
    while answer(&running, "a").0 != 404 {
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
    assert_eq!(answer(&running, "b").0, 202);
}

#[test]
fn changes_of_administrators_are_in_force_at_once_and_in_the_file() {
    let config = format!("# kept\n{}", hook("a", "\"GET\"", "a.sil", OPEN));
    let running = Running::start(&config, &[("a.sil", "return true, 201;")]);
    let mut def = WebhookDef::new("b", [Method::Get], "a.sil");
    def.auth = sil::webhook::Auth::None;
    assert!(running.server.save_webhook(def.clone(), None).unwrap().is_empty());
    assert_eq!(answer(&running, "b").0, 201);
    def.name = "c".to_owned();
    running.server.save_webhook(def.clone(), Some("b")).unwrap();
    assert_eq!((answer(&running, "b").0, answer(&running, "c").0), (404, 201));
    let problems = running.server.save_webhook(WebhookDef::new("A", [Method::Get], "x.sil"), None).unwrap_err();
    let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert!(fields.contains(&"name") && fields.contains(&"script"), "{problems:?}");
    running.server.remove_webhook("a", false).unwrap();
    assert_eq!(answer(&running, "a").0, 404);
    running.server.set_pool_config(PoolConfig { threads: 3, ..PoolConfig::default() }).unwrap();
    assert!(running.server.set_pool_config(PoolConfig { threads: 0, ..PoolConfig::default() }).is_err());
    let text = fs::read_to_string(running.folder().join("sil.toml")).unwrap();
    let (read, _) = sil::server::parse_config(&text).unwrap();
    assert_eq!(read.webhooks, [def]);
    assert_eq!(read.pool.threads, 3);
}

#[test]
fn tasks_of_a_removed_webhook_still_run() {
    let later = format!("{OPEN}\nsynchronous = false");
    let config = [hook("a", "\"POST\"", "a.sil", &later), hook("b", "\"POST\"", "a.sil", &later)];
    let running =
        Running::start(&format!("[pool]\nthreads = 1\n{}", config.concat()), &[("a.sil", "sysSleep(\"1s\");")]);
    let call = |name: &str| {
        let reply = running.call("POST", &format!("{name}/run"), "", b"");
        reply.header("x-sil-task-id").unwrap().to_owned()
    };
    let ids = [call("a"), call("a"), call("b")];
    running.server.remove_webhook("a", false).unwrap();
    assert_eq!(running.server.remove_webhook("b", true).unwrap(), 1);
    assert_eq!(running.call("POST", "a/run", "", b"").status, 404);
    let state = |id: &str| running.server.tasks().get(id).unwrap().unwrap().state;
    super::until("the tasks", || ids.iter().all(|id| state(id).is_final()));
    assert_eq!(ids.map(|id| state(&id)), [TaskState::Succeeded, TaskState::Succeeded, TaskState::Cancelled]);
}
