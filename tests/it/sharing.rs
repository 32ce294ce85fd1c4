//! One program, many threads: nothing is shared between runs but the program itself.

use sil::{Data, Engine, Limits, MemoryHost, Outcome, Program, RunError, WebhookRequest};
use std::thread;

fn assert_shareable<T: Send + Sync + Clone + 'static>() {}
fn assert_send<T: Send + 'static>() {}

#[test]
fn what_may_cross_threads() {
    assert_shareable::<Program>();
    assert_shareable::<Engine>();
    assert_send::<Outcome>();
    assert_send::<RunError>();
    assert_send::<MemoryHost>();
    assert_send::<Data>();
}

/// Every run starts from nothing (WH-27): globals, constants and collections of one request never reach another.
const SCRIPT: &str = r#"
struct Seen { string who; number times; }
number calls = 0;
string[] names;
Seen seen;
function note(string name) {
    calls++;
    names += name;
    seen.who = name;
    seen.times = calls;
    return "hello " + name;
}
WebhookPayload call = getWebhookPayload();
for (WebhookParam p in call.queryParams) {
    for (string value in p.values) { appendToWebhookResponse(note(value) + ";"); }
}
appendToWebhookResponse("" + calls + "/" + size(names) + "/" + seen);
return true, 200 + calls;
"#;

#[test]
fn eight_threads_share_a_program() {
    let runs: u16 = if cfg!(debug_assertions) { 2_000 } else { 10_000 };
    let program = Engine::new().compile("shared.sil", SCRIPT).unwrap();
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let program = program.clone();
            thread::spawn(move || {
                for run in 0..runs {
                    let count: u16 = (thread + run) % 5;
                    let mut request = WebhookRequest::new("GET");
                    let mut expected = String::new();
                    for index in 0..count {
                        let name = format!("t{thread}r{run}n{index}");
                        expected.push_str(&format!("hello {name};"));
                        request = request.param("who", name);
                    }
                    let last = count.checked_sub(1).map_or(String::new(), |last| format!("t{thread}r{run}n{last}"));
                    let times = if count == 0 { String::new() } else { count.to_string() };
                    expected.push_str(&format!("{count}/{count}/"));
                    // A structure that was never written is null, and prints as nothing.
                    if count > 0 {
                        expected.push_str(&format!("{last}|{times}"));
                    }
                    let mut host = MemoryHost::new().with_request(request);
                    let outcome = program.run(&mut host, &Limits::default()).unwrap();
                    assert_eq!(host.body(), expected);
                    assert_eq!(outcome.code(), Some(200 + count));
                    assert_eq!(sil::limits::memory::live(), 0, "memory of a run outlives it");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
