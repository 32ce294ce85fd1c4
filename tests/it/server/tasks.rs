//! Runs that nobody waits for (WH-61 to WH-67).

use super::{OPEN, PREFIX, Running, client::connect, hook, until};
use sil::{
    server::{Server, ServerOptions},
    webhook::{Cancelled, PoolConfig, Replayed, TaskFilter, TaskRecord, TaskState},
};
use std::{fs, io::Write, thread, time::Duration};

fn later(name: &str, script: &str, rest: &str) -> String {
    hook(name, "\"GET\", \"POST\"", script, &format!("{OPEN}\nsynchronous = false\n{rest}"))
}

fn start_task(running: &Running, target: &str, body: &[u8]) -> String {
    let reply = running.call("POST", target, "", body);
    assert_eq!((reply.status, reply.header("content-length"), reply.body.len()), (200, Some("0"), 0), "{reply:?}");
    assert_eq!(reply.header("content-type"), None);
    let id = reply.header("x-sil-task-id").unwrap().to_owned();
    assert_eq!(reply.header("link"), Some(format!("</admin/api/tasks/{id}>; rel=\"monitor\"").as_str()));
    id
}

fn ended(running: &Running, id: &str) -> TaskRecord {
    until("the end of the task", || running.server.tasks().get(id).unwrap().unwrap().state.is_final());
    running.server.tasks().get(id).unwrap().unwrap()
}

#[test]
fn the_caller_sees_nothing_and_the_record_everything() {
    let good = "WebhookPayload p = getWebhookPayload(); appendToWebhookResponse(p.httpMethod + p.payload);
        addWebhookResponseHeader(httpCreateHeader(\"X-A\", \"1\")); print(\"hello\"); return false, 404;";
    let config = [later("good", "good.sil", ""), later("throws", "t.sil", ""), later("broken", "b.sil", "")];
    let scripts = [("good.sil", good), ("t.sil", "throw \"no\";"), ("b.sil", "int = ;")];
    let running = Running::start(&config.concat(), &scripts);
    let record = ended(&running, &start_task(&running, "good/run?silToken=secret", b"body"));
    assert_eq!((record.state, record.status), (TaskState::Failed, Some(404)));
    assert_eq!((record.output.as_str(), record.log.len()), ("POSTbody", 1));
    assert_eq!(record.headers, [("X-A".to_owned(), "1".to_owned())]);
    assert!(record.script_hash.is_some() && record.started >= Some(record.received));
    let shown = record.payload.unwrap().redacted();
    assert_eq!(shown.params, [("silToken".to_owned(), vec!["***".to_owned()])]);
    for name in ["throws", "broken"] {
        let record = ended(&running, &start_task(&running, &format!("{name}/run"), b""));
        assert_eq!((record.state, record.status), (TaskState::Failed, Some(500)), "{name}");
        assert!(record.error.is_some());
    }
}

#[test]
fn another_status_where_it_is_configured() {
    let running = Running::start(&format!("async_status = 202\n{}", later("a", "a.sil", "")), &[("a.sil", "")]);
    assert_eq!(running.call("POST", "a/run", "", b"").status, 202);
}

#[test]
fn in_order_of_acceptance_and_bounded() {
    let config = format!("[pool]\nthreads = 1\nmax_queue = 3\n{}", later("a", "a.sil", ""));
    let running = Running::start(&config, &[("a.sil", "sysSleep(\"1s\");")]);
    let first = start_task(&running, "a/run", b"");
    until("the first run", || running.server.runs().len() == 1);
    let rest: Vec<String> = (0..3).map(|_| start_task(&running, "a/run", b"")).collect();
    let full = running.call("POST", "a/run", "", b"");
    assert_eq!((full.status, full.header("retry-after")), (503, Some("1")));
    full.problem();
    let counts = running.server.tasks().counts().unwrap();
    assert_eq!((counts.running, counts.waiting, counts.longest), (1, 3, 3));
    // More threads take effect at once.
    running.server.set_pool_config(PoolConfig { threads: 4, max_queue: 3, ..PoolConfig::default() }).unwrap();
    until("all runs", || running.server.runs().len() == 4);
    for id in rest.iter().chain([&first]) {
        assert_eq!(ended(&running, id).state, TaskState::Succeeded);
    }
    let listed = running.server.tasks().list(&TaskFilter::default()).unwrap();
    let ids: Vec<&str> = listed.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids[0], first);
    assert_eq!(ids[1..], rest.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn time_limits_cancelling_and_replaying() {
    let config = [later("slow", "loop.sil", "timeout = \"200ms\""), later("loop", "loop.sil", "")];
    let running = Running::start(&config.concat(), &[("loop.sil", "while (true) {}")]);
    let record = ended(&running, &start_task(&running, "slow/run", b"x"));
    assert_eq!((record.state, record.status), (TaskState::TimedOut, Some(504)));
    let id = start_task(&running, "loop/run", b"x");
    until("the run", || running.server.runs().len() == 1);
    assert_eq!(running.server.cancel_task(&id).unwrap(), Cancelled::Requested);
    assert_eq!(ended(&running, &id).state, TaskState::Cancelled);
    running.server.write_script("loop.sil", "appendToWebhookResponse(getWebhookPayload().payload);").unwrap();
    let (replayed, copy) = running.server.replay_task(&id).unwrap();
    assert_eq!(replayed, Replayed::Stored);
    let record = ended(&running, &copy.unwrap());
    assert_eq!((record.state, record.output.as_str(), record.replay_of), (TaskState::Succeeded, "x", Some(id)));
}

#[test]
fn more_attempts_where_they_are_wanted() {
    let rest = "max_attempts = 3\nbackoff = \"20ms\"\nkeep_payload = false";
    let running = Running::start(&later("a", "a.sil", rest), &[("a.sil", "return false;")]);
    let record = ended(&running, &start_task(&running, "a/run", b"x"));
    assert_eq!((record.state, record.attempt, record.payload), (TaskState::Dead, 3, None));
}

#[test]
fn no_more_than_the_webhook_may_have() {
    let config = format!("[pool]\nthreads = 1\n{}", later("a", "a.sil", "max_concurrency = 2"));
    let running = Running::start(&config, &[("a.sil", "sysSleep(\"1s\");")]);
    start_task(&running, "a/run", b"");
    start_task(&running, "a/run", b"");
    assert_eq!(running.call("POST", "a/run", "", b"").status, 429);
}

#[test]
fn what_waits_at_the_end_runs_after_the_next_start() {
    let config = format!("[pool]\nthreads = 1\n{}", later("a", "a.sil", ""));
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scripts")).unwrap();
    fs::write(folder.path().join("sil.toml"), &config).unwrap();
    fs::write(folder.path().join("scripts/a.sil"), "sysSleep(\"1s\"); return true, 202;").unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (ids, count) = {
        let server = Server::open(ServerOptions::new(folder.path())).unwrap();
        assert!(Server::open(ServerOptions::new(folder.path())).is_err(), "two servers in one folder");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let serving = runtime.spawn(sil::server::serve(server.clone(), listener, std::future::pending()));
        let request = format!("POST {PREFIX}/a/run HTTP/1.1\r\nHost: x\r\n\r\n");
        let mut stream = connect(address);
        stream.write_all(request.repeat(5).as_bytes()).unwrap();
        until("the tasks", || server.tasks().list(&TaskFilter::default()).unwrap().len() == 5);
        until("a run", || !server.runs().is_empty());
        thread::sleep(Duration::from_millis(50));
        server.begin_close();
        runtime.block_on(serving).unwrap().unwrap();
        let listed = server.tasks().list(&TaskFilter::default()).unwrap();
        let waiting = listed.iter().filter(|task| task.state == TaskState::Queued).count();
        assert!((1..5).contains(&waiting), "{waiting} wait");
        (listed.into_iter().map(|task| task.id).collect::<Vec<_>>(), waiting)
    };
    let mut opened = Server::open(ServerOptions::new(folder.path()));
    // The threads of the first one let go of the folder a moment later.
    for _ in 0..100 {
        if opened.is_ok() {
            break;
        }
        thread::sleep(Duration::from_millis(20));
        opened = Server::open(ServerOptions::new(folder.path()));
    }
    let server = opened.unwrap();
    assert!(count > 0);
    until("all tasks", || {
        let listed = server.tasks().list(&TaskFilter::default()).unwrap();
        listed.iter().all(|task| task.state == TaskState::Succeeded && task.attempt == 1) && listed.len() == ids.len()
    });
    server.close(Duration::from_secs(5));
}
