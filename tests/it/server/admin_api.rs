//! The admin API over real sockets.

use super::{
    OPEN, PREFIX, Running, admin_openapi,
    client::{Reply, connect, read_all},
    hook, until,
};
use serde_json::{Value, json};
use std::{fs, io::Write};

const KEY: &str = "Authorization: Bearer the key of these tests\r\n";
const HELLO: &str = "appendToWebhookResponse(\"hello\"); return true, 201;";

/// A request to the admin API with headers and content as they are.
pub fn send(running: &Running, method: &str, path: &str, headers: &str, body: &[u8]) -> Reply {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head =
        format!("{method} /admin/api{path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{length}{headers}\r\n");
    let mut replies = running.raw(&[head.as_bytes(), body].concat());
    assert_eq!(replies.len(), 1, "{replies:?}");
    replies.remove(0)
}

/// With the key, and JSON as content.
pub fn ask(running: &Running, method: &str, path: &str, content: &Value) -> Reply {
    if content.is_null() {
        return send(running, method, path, KEY, b"");
    }
    let headers = format!("{KEY}Content-Type: application/json\r\n");
    send(running, method, path, &headers, content.to_string().as_bytes())
}

/// What it answers when all is well, which has to be as it is described.
fn done(running: &Running, method: &str, path: &str, content: Value, status: u16) -> Value {
    let reply = ask(running, method, path, &content);
    assert_eq!(reply.status, status, "{method} {path}: {}", String::from_utf8_lossy(&reply.body));
    admin_openapi::conforms(&admin_openapi::description(running), method, path, &content, &reply);
    if reply.body.is_empty() { Value::Null } else { serde_json::from_slice(&reply.body).unwrap() }
}

fn refused(running: &Running, method: &str, path: &str, content: Value, status: u16) -> Value {
    let reply = ask(running, method, path, &content);
    assert_eq!(reply.status, status, "{method} {path}: {}", String::from_utf8_lossy(&reply.body));
    admin_openapi::conforms(&admin_openapi::description(running), method, path, &content, &reply);
    reply.problem()
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["problems"].as_array().unwrap().iter().map(|problem| problem["field"].as_str().unwrap()).collect()
}

fn running() -> Running {
    let config = [
        hook("open", "\"GET\", \"POST\"", "hello.sil", OPEN),
        hook("safe", "\"GET\", \"PUT\"", "hello.sil", ""),
        hook("later", "\"POST\"", "later.sil", &format!("{OPEN}\nsynchronous = false")),
        hook(
            "signed",
            "\"POST\"",
            "hello.sil",
            "auth = \"signature\"\nsignature = [\"first secret\", \"second secret\"]\njwt = \"a secret for tokens of JSON, long enough\"",
        ),
    ];
    let later = "WebhookPayload p = getWebhookPayload(); print(\"log line\"); appendToWebhookResponse(p.payload);
        return true, 202;";
    Running::start(&config.concat(), &[("hello.sil", HELLO), ("later.sil", later)])
}

#[test]
fn nobody_without_the_key() {
    let running = running();
    let routes = admin_openapi::operations(&admin_openapi::description(&running));
    assert!(routes.len() > 20);
    for (method, path) in &routes {
        for (headers, challenge) in [
            ("", "Bearer realm=\"admin\""),
            ("Authorization: Basic dGhlIGtleQ==\r\n", "Bearer realm=\"admin\""),
            ("Authorization: the key of these tests\r\n", "Bearer realm=\"admin\""),
            ("X-SIL-TOKEN: the key of these tests\r\n", "Bearer realm=\"admin\""),
        ] {
            let reply = send(&running, method, &admin_openapi::filled(path), headers, b"");
            let open = path == "/openapi.json";
            assert_eq!(reply.status, if open { 200 } else { 401 }, "{method} {path} {headers}");
            assert_eq!(reply.header("www-authenticate"), Some(challenge).filter(|_| !open), "{method} {path}");
        }
    }
    // What is not there is not told either.
    assert_eq!(send(&running, "GET", "/nothing", "", b"").problem()["status"], 401);
    assert_eq!(send(&running, "GET", "/webhooks?key=the+key+of+these+tests", "", b"").status, 401);
    for key in
        ["Authorization: bearer the key of these tests\r\n", "AUTHORIZATION: Bearer   the key of these tests\r\n"]
    {
        assert_eq!(send(&running, "GET", "/webhooks", key, b"").status, 200, "{key}");
    }
}

#[test]
fn wrong_keys_are_counted_and_then_shut_out() {
    let running = running();
    for key in
        ["the key of these test", "the key of these tests2", "", "THE KEY OF THESE TESTS", "x", "1", "2", "3", "4", "5"]
    {
        let reply = send(&running, "GET", "/webhooks", &format!("Authorization: Bearer {key}\r\n"), b"");
        // Without a key behind it, this is no attempt.
        assert_eq!(reply.status, 401, "{key}");
        reply.problem();
    }
    let reply = send(&running, "GET", "/webhooks", "Authorization: Bearer 6\r\n", b"");
    assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"admin\", error=\"invalid_token\""));
    let shut = send(&running, "GET", "/webhooks", KEY, b"");
    assert_eq!(shut.status, 429);
    let wait: u64 = shut.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Webhooks are served all the same.
    assert_eq!(running.call("GET", "open/run", "", b"").status, 201);
}

#[test]
fn a_server_without_key_has_no_administrators() {
    let folder = tempfile::tempdir().unwrap();
    let server = sil::server::Server::open(sil::server::ServerOptions::new(folder.path()).admin_key("")).unwrap();
    assert!(!server.is_admin_key(""));
    server.begin_close();
}

#[test]
fn a_webhook_from_its_first_to_its_last_day() {
    let running = running();
    let url = "/webhooks/new";
    let content = json!({"name": "new", "methods": ["get", "POST", "GET"], "script": "hello.sil", "auth": "none"});
    let made = ask(&running, "POST", "/webhooks", &content);
    assert_eq!((made.status, made.header("location")), (201, Some("/admin/api/webhooks/new")));
    let made: Value = serde_json::from_slice(&made.body).unwrap();
    assert_eq!(made["methods"], json!(["GET", "POST"]));
    assert_eq!((&made["uri"], &made["program"]), (&json!(format!("{PREFIX}/new/run")), &json!("ready")));
    assert_eq!(running.call("GET", "new/run", "", b"").status, 201);

    // What was read can be sent back with a change.
    let mut read = done(&running, "GET", url, Value::Null, 200);
    read["methods"] = json!(["PUT"]);
    read["name"] = json!("renamed");
    let version = read["version"].as_str().unwrap().to_owned();
    let renamed = done(&running, "PUT", url, read.clone(), 200);
    assert_ne!(renamed["version"], version.as_str());
    assert_eq!(running.call("GET", "new/run", "", b"").status, 404);
    assert_eq!(running.call("GET", "renamed/run", "", b"").status, 405);
    assert_eq!(running.call("PUT", "renamed/run", "", b"").status, 201);
    refused(&running, "PUT", url, read.clone(), 404);

    // Somebody who has seen an older version does not overwrite the newer one.
    let url = "/webhooks/renamed";
    let headers = format!("{KEY}Content-Type: application/json\r\nIf-Match: \"{version}\"\r\n");
    assert_eq!(send(&running, "PUT", url, &headers, read.to_string().as_bytes()).problem()["status"], 412);
    assert_eq!(send(&running, "DELETE", url, &headers, b"").status, 412);
    let tag = ask(&running, "GET", url, &Value::Null).header("etag").unwrap().to_owned();
    let headers = format!("{KEY}Content-Type: application/json\r\nIf-Match: {tag}\r\n");
    let off = json!({"methods": ["PUT"], "script": "hello.sil", "auth": "none", "enabled": false});
    assert_eq!(send(&running, "PUT", url, &headers, off.to_string().as_bytes()).status, 200);
    assert_eq!(running.call("PUT", "renamed/run", "", b"").status, 404);

    let all = done(&running, "GET", "/webhooks", Value::Null, 200);
    let names: Vec<&str> =
        all["webhooks"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["open", "safe", "later", "signed", "renamed"]);
    // It is in the file.
    assert!(fs::read_to_string(running.folder().join("sil.toml")).unwrap().contains("\"renamed\""));
    assert_eq!(done(&running, "DELETE", url, Value::Null, 200), json!({"cancelled": 0}));
    refused(&running, "DELETE", url, Value::Null, 404);
    refused(&running, "GET", url, Value::Null, 404);
}

#[test]
fn all_problems_of_a_webhook_at_once() {
    let running = running();
    let content = json!({
        "name": "a b", "methods": ["FETCH"], "script": "nowhere.sil", "timeout": "soon", "colour": "red",
        "max_attempts": 0,
    });
    let problem = refused(&running, "POST", "/webhooks", content.clone(), 422);
    let mut found = fields(&problem);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ["colour", "max_attempts", "methods", "name", "script", "timeout"], "{problem}");
    refused(&running, "PUT", "/webhooks/open", content, 422);
    assert_eq!(fields(&refused(&running, "POST", "/webhooks", json!({}), 422)), ["name", "methods", "script"]);

    let twin = json!({"name": "OPEN", "methods": ["GET"], "script": "hello.sil"});
    assert_eq!(fields(&refused(&running, "POST", "/webhooks", twin.clone(), 409)), ["name"]);
    assert_eq!(fields(&refused(&running, "PUT", "/webhooks/safe", twin, 409)), ["name"]);
    // Another case of its own name is no conflict.
    let own = json!({"name": "OPEN", "methods": ["GET"], "script": "hello.sil", "auth": "none"});
    done(&running, "PUT", "/webhooks/open", own, 200);
    assert_eq!(running.call("GET", "OPEN/run", "", b"").status, 201);

    // A script that does not compile is a warning (WH-74).
    fs::write(running.scripts().join("broken.sil"), "int = ;").unwrap();
    let saved = json!({"name": "b", "methods": ["GET"], "script": "broken.sil", "auth": "none"});
    let saved = done(&running, "POST", "/webhooks", saved, 201);
    assert_eq!((&saved["program"], &saved["warnings"][0]["field"]), (&json!("broken"), &json!("script")));
    assert_eq!(saved["warnings"][0]["warning"], true);
}

#[test]
fn contents_that_are_none() {
    let running = running();
    for (headers, body, status) in [
        ("", b"{}".as_slice(), 415),
        ("Content-Type: text/plain\r\n", b"{}", 415),
        ("Content-Type: application/json\r\nContent-Encoding: gzip\r\n", b"{}", 415),
        ("Content-Type: application/json\r\n", b"{", 400),
        ("Content-Type: application/json\r\n", b"", 400),
        ("Content-Type: application/json\r\n", b"\xff", 400),
        ("Content-Type: application/json; charset=utf-8\r\n", b"[1]", 422),
    ] {
        let reply = send(&running, "POST", "/webhooks", &format!("{KEY}{headers}"), body);
        assert_eq!(reply.status, status, "{headers} {body:?}");
        reply.problem();
    }
    let mut stream = connect(running.address);
    let head = "POST /admin/api/webhooks HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 99999999\r\n";
    stream.write_all(format!("{head}Content-Type: application/json\r\n{KEY}\r\n").as_bytes()).unwrap();
    assert_eq!(read_all(&mut stream, false)[0].problem()["status"], 413);
}

#[test]
fn addresses_and_methods_that_are_none() {
    let running = running();
    for path in ["/", "/nothing", "/webhooks/open/nothing", "/webhooks/open/run", "/tasks/1/2/3"] {
        assert_eq!(ask(&running, "GET", path, &Value::Null).problem()["status"], 404, "{path}");
    }
    let reply = ask(&running, "PATCH", "/webhooks/open", &Value::Null);
    assert_eq!(reply.problem()["status"], 405);
    let mut allowed: Vec<&str> = reply.header("allow").unwrap().split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["DELETE", "GET", "HEAD", "PUT"]);
    assert_eq!(ask(&running, "POST", "/openapi.json", &Value::Null).problem()["status"], 405);
    assert_eq!(ask(&running, "GET", "/webhooks/%ff", &Value::Null).problem()["status"], 400);
    for query in
        ["limit=0", "limit=501", "limit=x", "state=lost", "after=", "after=no-such-task", "page=2", "limit=1&limit=2"]
    {
        refused(&running, "GET", &format!("/tasks?{query}"), Value::Null, 422);
    }
}

#[test]
fn secrets_are_never_shown_and_stay_when_they_are_not_changed() {
    let running = running();
    let secrets = || {
        let def = running.server.registry().get("signed").unwrap().def.clone();
        let keys: Vec<String> = def.signature.unwrap().secrets.iter().map(|one| one.reveal().to_owned()).collect();
        (keys, def.jwt.unwrap().secret.reveal().to_owned())
    };
    let before = secrets();
    let mut read = done(&running, "GET", "/webhooks/signed", Value::Null, 200);
    assert_eq!(read["signature"]["secrets"], json!(["***", "***"]));
    assert_eq!(read["jwt"]["secret"], "***");
    read["description"] = json!("for somebody");
    let saved = ask(&running, "PUT", "/webhooks/signed", &read);
    assert_eq!(saved.status, 200);
    assert!(!saved.text().contains(" secret"), "{}", saved.text());
    assert_eq!(secrets(), before);
    read["signature"]["secrets"] = json!(["***", "third secret"]);
    done(&running, "PUT", "/webhooks/signed", read.clone(), 200);
    assert_eq!(secrets().0, ["first secret", "third secret"]);
    // There is no third one to stay.
    read["signature"]["secrets"] = json!(["***", "***", "***"]);
    assert_eq!(fields(&refused(&running, "PUT", "/webhooks/signed", read, 422)), ["signature.secrets"]);
    assert!(!ask(&running, "GET", "/webhooks", &Value::Null).text().contains("first secret"));
}

#[test]
fn tokens() {
    let running = running();
    let url = "/webhooks/safe/tokens";
    let new = |method: &str| done(&running, "POST", url, json!({"method": method, "expires": "2999-12-31"}), 201);
    let (get, put) = (new("GET"), new("put"));
    let status = |method: &str, token: &Value| {
        let header = format!("X-SIL-TOKEN: {}\r\n", token["token"].as_str().unwrap());
        running.call(method, "safe/run", &header, b"").status
    };
    assert_eq!((status("GET", &get), status("PUT", &put), status("PUT", &get)), (201, 201, 403));
    let listed = ask(&running, "GET", url, &Value::Null);
    for token in [&get, &put] {
        assert!(!listed.text().contains(token["token"].as_str().unwrap()));
        assert!(listed.text().contains(token["id"].as_str().unwrap()));
    }
    let listed = done(&running, "GET", url, Value::Null, 200);
    assert_eq!((&listed["tokens"][1]["method"], &listed["tokens"][1]["expired"]), (&json!("PUT"), &json!(false)));

    done(&running, "DELETE", &format!("{url}/{}", put["id"].as_str().unwrap()), Value::Null, 204);
    assert_eq!((status("GET", &get), status("PUT", &put)), (201, 401));
    refused(&running, "DELETE", &format!("{url}/{}", put["id"].as_str().unwrap()), Value::Null, 404);

    // They follow a new name.
    let renamed = json!({"name": "safer", "methods": ["GET"], "script": "hello.sil"});
    done(&running, "PUT", "/webhooks/safe", renamed, 200);
    let header = format!("X-SIL-TOKEN: {}\r\n", get["token"].as_str().unwrap());
    assert_eq!(running.call("GET", "safer/run", &header, b"").status, 201);
    refused(&running, "GET", url, Value::Null, 404);
    let url = "/webhooks/safer/tokens";
    assert_eq!(done(&running, "DELETE", url, Value::Null, 200), json!({"expired": 1}));
    assert_eq!(running.call("GET", "safer/run", &header, b"").status, 401);

    for (content, field) in [
        (json!({"method": "POST", "expires": "2999-12-31"}), "method"),
        (json!({"method": "FETCH", "expires": "2999-12-31"}), "method"),
        (json!({"method": "GET", "expires": "2001-01-01"}), "expires"),
        (json!({"method": "GET", "expires": "2999-02-30"}), "expires"),
        (json!({"method": "GET"}), "expires"),
        (json!({"method": "GET", "expires": 7}), "expires"),
        (json!({"method": "GET", "expires": "2999-12-31", "webhook": "open"}), "webhook"),
    ] {
        assert_eq!(fields(&refused(&running, "POST", url, content, 422)), [field]);
    }
    refused(&running, "POST", "/webhooks/no/tokens", json!({"method": "GET", "expires": "2999-12-31"}), 404);
}

#[test]
fn scripts() {
    let running = running();
    let listed = done(&running, "GET", "/scripts", Value::Null, 200);
    assert_eq!(listed["scripts"][1], json!({"path": "later.sil", "webhooks": ["later"]}));
    assert_eq!(done(&running, "GET", "/scripts/hello.sil", Value::Null, 200)["text"], HELLO);

    // A change is in force with the next call, that of an included file too.
    let text = "include \"parts/answer.sil\"; appendToWebhookResponse(answer());";
    let part = |word: &str| json!({"text": format!("function answer() {{ return \"{word}\"; }}")});
    done(&running, "PUT", "/scripts/parts/answer.sil", part("one"), 200);
    let stored = done(&running, "PUT", "/scripts/hello.sil", json!({"text": text}), 200);
    assert_eq!((&stored["ok"], &stored["webhooks"]), (&json!(true), &json!(["open", "safe", "signed"])));
    assert_eq!(running.call("GET", "open/run", "", b"").text(), "one");
    done(&running, "PUT", "/scripts/parts/answer.sil", part("two"), 200);
    assert_eq!(running.call("GET", "open/run", "", b"").text(), "two");
    refused(&running, "DELETE", "/scripts/parts/answer.sil", Value::Null, 409);

    let broken = done(&running, "PUT", "/scripts/own.sil", json!({"text": "int a = 1;\nint = ;"}), 200);
    assert_eq!((&broken["ok"], &broken["diagnostics"][0]["line"]), (&json!(false), &json!(2)));
    assert_eq!(broken["diagnostics"][0]["severity"], "error");
    done(&running, "DELETE", "/scripts/own.sil", Value::Null, 204);
    refused(&running, "DELETE", "/scripts/own.sil", Value::Null, 404);
    refused(&running, "GET", "/scripts/own.sil", Value::Null, 404);

    let check = |content: Value| done(&running, "POST", "/scripts/check", content, 200);
    let good = check(json!({"path": "hello.sil"}));
    assert_eq!(good, json!({"ok": true, "diagnostics": []}));
    let bad = check(json!({"path": "hello.sil", "text": "int = ;"}));
    let first = &bad["diagnostics"][0];
    assert_eq!(
        (&bad["ok"], &first["file"], &first["line"], &first["column"]),
        (&json!(false), &json!("hello.sil"), &json!(1), &json!(5))
    );
    assert!(first["code"].as_str().unwrap().starts_with("SIL") && first["message"].is_string());
    assert_eq!(running.call("GET", "open/run", "", b"").text(), "two", "checking stores nothing");
    refused(&running, "POST", "/scripts/check", json!({"path": "none.sil"}), 404);
    refused(&running, "POST", "/scripts/check", json!({}), 422);
}

#[test]
fn scripts_are_in_their_folder_only() {
    let running = running();
    for path in [
        "../sil.toml",
        "..%2Fsil.toml",
        "%2e%2e/x.sil",
        "a/../../x.sil",
        "%2Fetc/x.sil",
        "a.txt",
        "a//b.sil",
        "sil.toml",
    ] {
        let path = format!("/scripts/{path}");
        for (method, content) in [("GET", Value::Null), ("PUT", json!({"text": ""})), ("DELETE", Value::Null)] {
            let reply = ask(&running, method, &path, &content);
            assert_eq!(reply.status, 422, "{method} {path} {}", String::from_utf8_lossy(&reply.body));
        }
    }
    assert!(!running.folder().join("x.sil").exists());
}

fn start(running: &Running, content: &str) -> String {
    let reply = running.call("POST", "later/run?silToken=abc&a=1", "", content.as_bytes());
    reply.header("x-sil-task-id").unwrap().to_owned()
}

#[test]
fn each_task_is_on_exactly_one_page() {
    let running = running();
    let mut sent: Vec<String> = (0..23).map(|number| start(&running, &number.to_string())).collect();
    for by_id in [false, true] {
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let page = done(&running, "GET", &format!("/tasks?limit=5{after}"), Value::Null, 200);
            let ids = page["tasks"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned());
            found.extend(ids);
            if page["next"].is_null() {
                break;
            }
            after = match by_id {
                false => format!("&after={}", page["next"]),
                true => format!("&after={}", found.last().unwrap()),
            };
            // What is accepted meanwhile comes behind.
            if found.len() == 10 && !by_id {
                sent.push(start(&running, "more"));
            }
        }
        assert_eq!(found, sent);
    }
    let newest = done(&running, "GET", "/tasks?newest=true&limit=1", Value::Null, 200);
    assert_eq!(newest["tasks"][0]["id"], sent[23].as_str());
    assert_eq!(done(&running, "GET", "/tasks?webhook=open", Value::Null, 200)["tasks"], json!([]));
    until("the end of all", || {
        let counts = running.server.tasks().counts().unwrap();
        counts.waiting == 0 && counts.running == 0
    });
    let ended = done(&running, "GET", "/tasks?state=succeeded&limit=500", Value::Null, 200);
    assert_eq!(ended["tasks"].as_array().unwrap().len(), 24);
    let queue = done(&running, "GET", "/queue", Value::Null, 200);
    assert_eq!((&queue["waiting"], &queue["states"]["succeeded"]), (&json!(0), &json!(24)));
}

#[test]
fn a_task_with_everything_and_again() {
    let running = running();
    let id = start(&running, "content");
    until("the end", || running.server.tasks().get(&id).unwrap().unwrap().state.is_final());
    let url = format!("/tasks/{id}");
    let task = done(&running, "GET", &url, Value::Null, 200);
    assert_eq!(
        (&task["state"], &task["status"], &task["output"]),
        (&json!("succeeded"), &json!(202), &json!("content"))
    );
    assert_eq!(task["payload"]["content"], "content");
    let params = json!([{"name": "silToken", "values": ["***"]}, {"name": "a", "values": ["1"]}]);
    assert_eq!(task["payload"]["params"], params);
    assert_eq!(task["log"][0]["message"], "log line");
    refused(&running, "POST", &format!("{url}/cancel"), Value::Null, 409);

    let again = done(&running, "POST", &format!("{url}/replay"), Value::Null, 201);
    assert_eq!(again["replay_of"], id.as_str());
    let new = again["id"].as_str().unwrap();
    until("the end", || running.server.tasks().get(new).unwrap().unwrap().state.is_final());
    assert_eq!(done(&running, "GET", &format!("/tasks/{new}"), Value::Null, 200)["output"], "content");
    for (method, path) in [("GET", "/tasks/none"), ("POST", "/tasks/none/cancel"), ("POST", "/tasks/none/replay")] {
        refused(&running, method, path, Value::Null, 404);
    }
}

#[test]
fn what_runs_and_what_waits_can_be_ended() {
    let running = running();
    done(&running, "PUT", "/pool", json!({"threads": 1}), 200);
    done(&running, "PUT", "/scripts/later.sil", json!({"text": "while (true) { sysSleep(\"1s\"); }"}), 200);
    let ids: Vec<String> = (0..4).map(|number| start(&running, &number.to_string())).collect();
    until("the first run", || running.server.runs().len() == 1);
    let threads = done(&running, "GET", "/threads", Value::Null, 200);
    let thread = &threads["threads"][0];
    assert_eq!((&thread["webhook"], &thread["task"]), (&json!("later"), &json!(ids[0])));
    refused(&running, "POST", &format!("/tasks/{}/replay", ids[0]), Value::Null, 409);
    assert_eq!(done(&running, "POST", &format!("/tasks/{}/cancel", ids[1]), Value::Null, 202)["state"], "cancelled");
    assert_eq!(done(&running, "POST", "/tasks/cancel?webhook=open", Value::Null, 200), json!({"cancelled": 0}));
    assert_eq!(done(&running, "POST", "/tasks/cancel", Value::Null, 200), json!({"cancelled": 2}));
    let url = format!("/threads/{}/cancel", thread["id"]);
    assert_eq!(done(&running, "POST", &url, Value::Null, 202)["cancelled"], true);
    until("the end of the run", || running.server.tasks().get(&ids[0]).unwrap().unwrap().state.is_final());
    for id in &ids {
        assert_eq!(done(&running, "GET", &format!("/tasks/{id}"), Value::Null, 200)["state"], "cancelled");
    }
    refused(&running, "POST", &url, Value::Null, 404);
    refused(&running, "POST", "/threads/x/cancel", Value::Null, 404);
}

#[test]
fn a_removed_webhook_takes_its_waiting_tasks_along_when_asked() {
    let running = running();
    done(&running, "PUT", "/pool", json!({"threads": 1}), 200);
    done(&running, "PUT", "/scripts/later.sil", json!({"text": "while (true) { sysSleep(\"1s\"); }"}), 200);
    for number in 0..3 {
        start(&running, &number.to_string());
    }
    until("the first run", || running.server.runs().len() == 1);
    refused(&running, "DELETE", "/webhooks/later?cancel_tasks=maybe", Value::Null, 422);
    assert_eq!(
        done(&running, "DELETE", "/webhooks/later?cancel_tasks=true", Value::Null, 200),
        json!({"cancelled": 2})
    );
    // The one that runs goes on until it is ended.
    let runs = running.server.runs().list();
    assert!(running.server.cancel_run(runs[0].id).unwrap());
    assert!(!running.server.cancel_run(runs[0].id + 1).unwrap());
}

#[test]
fn settings_of_the_pool() {
    let running = running();
    let before = done(&running, "GET", "/pool", Value::Null, 200);
    assert_eq!((&before["threads"], &before["max_script_runtime"]), (&json!(10), &json!("1h")));
    let after = done(&running, "PUT", "/pool", json!({"threads": 3, "checkpoint_interval": "2m"}), 200);
    assert_eq!(
        (&after["threads"], &after["checkpoint_interval"], &after["max_queue"]),
        (&json!(3), &json!("2m"), &json!(10_000))
    );
    assert_eq!(done(&running, "GET", "/pool", Value::Null, 200), after);
    assert_eq!(running.server.pool_config().threads, 3);
    let problem = refused(&running, "PUT", "/pool", json!({"threads": 0, "max_queue": "many", "more": 1}), 422);
    let mut found = fields(&problem);
    found.sort_unstable();
    assert_eq!(found, ["max_queue", "more", "threads"]);
    assert_eq!(running.server.pool_config().threads, 3);
}

#[test]
fn trying_a_webhook() {
    let running = running();
    let text = "WebhookPayload p = getWebhookPayload(); print(\"seen\"); addWebhookResponseHeader(httpCreateHeader(\"X-A\", \"1\"));
        appendToWebhookResponse(p.httpMethod + p.payload); return true, 203;";
    done(&running, "PUT", "/scripts/hello.sil", json!({"text": text}), 200);
    let trial = json!({"method": "PUT", "query": "?a=1", "content_type": "text/plain", "body": "é"});
    let result = done(&running, "POST", "/webhooks/safe/try", trial, 200);
    assert_eq!(
        (&result["status"], &result["body"], &result["state"]),
        (&json!(203), &json!("PUTé"), &json!("succeeded"))
    );
    assert!(result["headers"].as_array().unwrap().contains(&json!({"name": "X-A", "value": "1"})));
    assert_eq!(result["log"][0]["message"], "seen");
    assert!(result["elapsed"].as_f64().unwrap() > 0.0);
    let runs = done(&running, "GET", "/runs?webhook=safe", Value::Null, 200);
    assert_eq!((&runs["runs"][0]["request_id"], &runs["runs"][0]["output"]), (&result["request_id"], &json!("PUTé")));

    // An asynchronous one is run and waited for; an error is shown in full.
    done(&running, "PUT", "/scripts/later.sil", json!({"text": "throw \"no luck\";"}), 200);
    let result = done(&running, "POST", "/webhooks/later/try", json!({}), 200);
    assert_eq!((&result["status"], &result["state"]), (&json!(500), &json!("failed")));
    assert!(result["error"].as_str().unwrap().contains("no luck"));
    assert_eq!(fields(&refused(&running, "POST", "/webhooks/safe/try", json!({"method": "DELETE"}), 422)), ["method"]);
    let charset = json!({"method": "POST", "content_type": "text/plain; charset=utf-16", "body": "x"});
    assert_eq!(fields(&refused(&running, "POST", "/webhooks/open/try", charset, 422)), ["body"]);
    refused(&running, "POST", "/webhooks/none/try", json!({}), 404);
    let large = json!({"body": "x".repeat((10 << 20) + 1)});
    assert_eq!(ask(&running, "POST", "/webhooks/open/try", &large).problem()["status"], 413);
}
