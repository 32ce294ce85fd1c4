//! The server under load, beside a handler of axum that returns the same bytes without any script.
//!
//! `cargo bench --features server --bench server` needs `wrk` and prints a table. `SIL_LOAD_SECONDS` (3) is how long each
//! measurement takes, `SIL_LOAD_ROUNDS` (3) how many there are of each kind, in turn; the middle one counts. The time of
//! processors that the server took for a call says most where client and server share them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a measurement stops at the first surprise"
)]

use axum::{Router, http::HeaderMap, routing::any};
use sil::{
    server::{Server, ServerOptions, serve},
    webhook::Method,
};
use std::{env, fs, net::SocketAddr, process::Command, time::Duration};
use tokio::{net::TcpListener, runtime::Runtime};

const PATH: &str = "/rest/keplerrominfo/refapp/latest/webhooks";
const QUERY: &str = "?who=Ada&t=a&t=b";
const SCRIPT: &str = include_str!("../examples/scripts/mysilwebhook.sil");
const BYTES: &str = "Method: GET\nParameter who: Ada\nParameter t: a|b\n";

const CONFIG: &str = r#"
[pool]
max_queue = 10000000
[[webhook]]
name = "open"
methods = ["GET"]
script = "demo.sil"
auth = "none"
[[webhook]]
name = "safe"
methods = ["GET"]
script = "demo.sil"
[[webhook]]
name = "later"
methods = ["GET"]
script = "demo.sil"
auth = "none"
synchronous = false
"#;

async fn plain() -> (HeaderMap, &'static str) {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("x-request-id", "req-0123456789abcdef"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    (headers, BYTES)
}

/// As the example server makes it.
fn runtime() -> Runtime {
    let threads = std::thread::available_parallelism().map_or(4, |found| found.get().max(2) * 2);
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap()
}

/// Calls in a second, microseconds that half of the calls and 99 of 100 take at most, and microseconds of processors for
/// a call, on Linux.
#[derive(Clone, Copy, Debug)]
struct Load {
    calls: f64,
    half: f64,
    most: f64,
    processor: f64,
}

/// Microseconds of processors that this process has taken, threads included, in steps of the system's clock tick.
fn processor() -> f64 {
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return f64::NAN };
    // The name in parentheses may hold blanks; user and system time are the 14th and 15th field.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap() * 10_000.0).sum()
}

fn micros(text: &str) -> f64 {
    for (unit, factor) in [("us", 1.0), ("ms", 1_000.0), ("s", 1_000_000.0)] {
        if let Some(number) = text.strip_suffix(unit) {
            return number.parse::<f64>().unwrap() * factor;
        }
    }
    panic!("`{text}` is no time");
}

fn load(address: SocketAddr, target: &str, header: Option<&str>, seconds: &str) -> Load {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "-c32", "--latency", &format!("-d{seconds}s")]);
    if let Some(header) = header {
        wrk.args(["-H", header]);
    }
    let before = processor();
    let output = wrk.arg(format!("http://{address}{target}")).output().expect("wrk is installed");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("Non-2xx"), "{text}");
    let behind = |word: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(word)).unwrap_or_else(|| panic!("{text}"));
        line.trim().to_owned()
    };
    let calls: f64 = behind("Requests/sec:").parse().unwrap();
    let processor = (processor() - before) / (calls * seconds.parse::<f64>().unwrap());
    Load { calls, half: micros(&behind("50%")), most: micros(&behind("99%")), processor }
}

fn main() {
    let setting = |name: &str, default: &str| env::var(name).unwrap_or(default.to_owned());
    let (seconds, rounds) =
        (setting("SIL_LOAD_SECONDS", "3"), setting("SIL_LOAD_ROUNDS", "3").parse::<usize>().unwrap());

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scripts")).unwrap();
    fs::write(folder.path().join("sil.toml"), CONFIG).unwrap();
    fs::write(folder.path().join("scripts/demo.sil"), SCRIPT).unwrap();
    let server = Server::open(ServerOptions::new(folder.path())).unwrap();
    let token = server.create_token("safe", Method::Get, "2999-12-31").unwrap().text;

    let (ours, theirs) = (runtime(), runtime());
    let listener = ours.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    ours.spawn(serve(server.clone(), listener, std::future::pending()));
    let listener = theirs.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let plain_address = listener.local_addr().unwrap();
    let app = Router::new().route(&format!("{PATH}/{{*rest}}"), any(plain));
    theirs.spawn(async move { axum::serve(listener, app).await });

    let header = format!("X-SIL-TOKEN: {token}");
    let kinds: [(&str, SocketAddr, String, Option<&str>); 4] = [
        ("plain handler", plain_address, format!("{PATH}/open/run{QUERY}"), None),
        ("synchronous", address, format!("{PATH}/open/run{QUERY}"), None),
        ("synchronous, token", address, format!("{PATH}/safe/run{QUERY}"), Some(&header)),
        ("asynchronous", address, format!("{PATH}/later/run{QUERY}"), None),
    ];
    let mut loads: Vec<Vec<Load>> = vec![Vec::new(); kinds.len()];
    for _ in 0..rounds {
        for (index, (_, address, target, header)) in kinds.iter().enumerate() {
            loads[index].push(load(*address, target, *header, &seconds));
            // Tasks that wait would take their share of the next measurement.
            while server.tasks().counts().unwrap().waiting > 0 {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
    let middle = |index: usize| {
        let mut sorted = loads[index].clone();
        sorted.sort_by(|a, b| a.calls.total_cmp(&b.calls));
        sorted[sorted.len() / 2]
    };
    let base = middle(0).calls;
    println!("| kind | calls/s | of plain | p50 | p99 | processor |\n|---|---|---|---|---|---|");
    for (index, (name, ..)) in kinds.iter().enumerate() {
        let Load { calls, half, most, processor } = middle(index);
        println!(
            "| {name} | {calls:.0} | {:.0} % | {half:.0} µs | {most:.0} µs | {processor:.1} µs |",
            calls * 100.0 / base
        );
    }
    server.close(Duration::from_secs(1));
}
