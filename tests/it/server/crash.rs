//! A server that is killed at any moment loses nothing that it acknowledged, and runs nothing twice (WH-62, WH-66).
//!
//! `SIL_CRASH_ROUNDS` says how often; a few times by default.

use super::{OPEN, PREFIX, hook, until};
use sil::{
    MemoryHost,
    host::{Log, LogLevel},
    local::LocalHost,
    server::{Server, ServerOptions, serve},
    webhook::{TaskFilter, TaskState},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    fs::OpenOptions,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const FOLDER: &str = "SIL_CRASH_FOLDER";

/// What scripts print goes to a file at once, so that it outlives the process.
struct Started(fs::File);

impl Log for Started {
    fn log(&mut self, _: LogLevel, message: &str) {
        self.0.write_all(format!("{message}\n").as_bytes()).unwrap();
    }
}

fn open(folder: &Path) -> Server {
    let file = folder.join("started");
    let options = ServerOptions::new(folder).host(move |_| {
        let started = Started(OpenOptions::new().append(true).create(true).open(&file).unwrap());
        Box::new(LocalHost::over(MemoryHost::new()).with_log(started))
    });
    Server::open(options).unwrap()
}

/// The process that is killed: this test, called with a folder by the other one.
#[test]
fn the_server_that_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let server = open(folder);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        fs::write(folder.join("address.new"), address).unwrap();
        fs::rename(folder.join("address.new"), folder.join("address")).unwrap();
        serve(server, listener, std::future::pending()).await.unwrap();
    });
}

fn spawn(folder: &Path) -> (Child, SocketAddr) {
    let file = folder.join("address");
    let _ = fs::remove_file(&file);
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "server::crash::the_server_that_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    until("the server", || file.exists());
    (child, fs::read_to_string(&file).unwrap().parse().unwrap())
}

/// Calls until the server is gone. Gives each acknowledged task with the text of its call.
fn call(address: SocketAddr, name: &str, mark: &str, acknowledged: &Mutex<BTreeMap<String, String>>) {
    let Ok(mut stream) = TcpStream::connect(address) else { return };
    for number in 0.. {
        let body = format!("{mark}-{number}");
        let length = body.len();
        let request = format!("POST {PREFIX}/{name}/run HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}");
        if stream.write_all(request.as_bytes()).is_err() {
            return;
        }
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if !matches!(stream.read(&mut byte), Ok(1)) {
                return;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        let id = head.split("x-sil-task-id: ").nth(1).unwrap().split("\r\n").next().unwrap();
        assert_eq!(acknowledged.lock().unwrap().insert(id.to_owned(), body), None, "an id was given twice");
    }
}

#[test]
fn nothing_is_lost_and_nothing_runs_twice() {
    let rounds: u64 = env::var("SIL_CRASH_ROUNDS").ok().map_or(4, |rounds| rounds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let later = format!("{OPEN}\nsynchronous = false");
    let config = [
        "[pool]\nmax_queue = 1000000\n".to_owned(),
        hook("once", "\"POST\"", "a.sil", &later),
        hook("again", "\"POST\"", "a.sil", &format!("{later}\nmax_attempts = 5\nbackoff = \"1ms\"")),
    ];
    fs::write(folder.path().join("sil.toml"), config.concat()).unwrap();
    fs::create_dir(folder.path().join("scripts")).unwrap();
    let script = "print(getWebhookPayload().payload); int n = 0; for (int i = 0; i < 3000; i++) { n += i; }";
    fs::write(folder.path().join("scripts/a.sil"), script).unwrap();

    let acknowledged: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let mut random = u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos());
    for round in 0..rounds {
        let (mut child, address) = spawn(folder.path());
        let callers: Vec<_> = ["once", "again", "once"]
            .iter()
            .enumerate()
            .map(|(caller, name)| {
                let acknowledged = Arc::clone(&acknowledged);
                let mark = format!("{name}-{round}-{caller}");
                thread::spawn(move || call(address, name, &mark, &acknowledged))
            })
            .collect();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_millis(5 + (random >> 33) % 300));
        child.kill().unwrap();
        child.wait().unwrap();
        callers.into_iter().for_each(|caller| caller.join().unwrap());
    }

    let server = open(folder.path());
    let mut records = Vec::new();
    until("the end of all tasks", || {
        let counts = server.tasks().counts().unwrap();
        counts.waiting == 0 && counts.running == 0
    });
    loop {
        let after = records.last().map(|record: &sil::webhook::TaskRecord| record.seq);
        let page = server.tasks().list(&TaskFilter { after, ..TaskFilter::default() }).unwrap();
        if page.is_empty() {
            break;
        }
        records.extend(page);
    }
    server.close(Duration::from_secs(5));

    let mut starts: BTreeMap<String, u32> = BTreeMap::new();
    for line in fs::read_to_string(folder.path().join("started")).unwrap().lines() {
        *starts.entry(line.to_owned()).or_default() += 1;
    }
    let ids: BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids.len(), records.len(), "a task is listed twice");
    let acknowledged = acknowledged.lock().unwrap();
    assert!(acknowledged.len() as u64 > rounds, "only {} calls were acknowledged", acknowledged.len());
    for (id, body) in acknowledged.iter() {
        assert!(ids.contains(id.as_str()), "the task {id} of {body} is lost");
    }
    let mut interrupted = 0;
    for record in &records {
        let body = record.payload.as_ref().unwrap().content.clone().unwrap();
        if let Some(known) = acknowledged.get(&record.id) {
            assert_eq!(*known, body);
        }
        let started = starts.remove(&body).unwrap_or(0);
        if record.webhook == "once" {
            assert!(started <= 1, "{body} was started {started} times: {record:?}");
            assert!(matches!(record.state, TaskState::Succeeded | TaskState::Interrupted), "{record:?}");
            interrupted += u32::from(record.state == TaskState::Interrupted);
        } else {
            assert!(started <= record.attempt, "{body} was started {started} times: {record:?}");
            assert!(matches!(record.state, TaskState::Succeeded | TaskState::Dead), "{record:?}");
        }
        if record.state == TaskState::Succeeded {
            assert!(started >= 1, "{body} was never started: {record:?}");
        }
    }
    assert!(starts.is_empty(), "runs without a record: {starts:?}");
    println!(
        "{rounds} rounds: {} acknowledged, {} records, {interrupted} interrupted",
        acknowledged.len(),
        records.len()
    );
}
