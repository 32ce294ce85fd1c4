//! Requests over a real connection, to servers of this test.

use sil::{
    CancelFlag, Engine, Limits, MemoryHost,
    host::{HttpCall, HttpClient, HttpFailure, HttpReply},
    local::{FolderFiles, LocalHost, WebClient},
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// A server that answers each request by its path, and remembers what it was asked.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&asked);
        // It ends with the test binary.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let remembered = Arc::clone(&remembered);
                thread::spawn(move || answer(stream, port, &remembered));
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn last(&self) -> String {
        self.asked.lock().unwrap().last().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, port: u16, asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut head = vec![first.trim().to_owned()];
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push(line.to_owned());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    head.push(String::from_utf8(body).unwrap());
    let path = first.split(' ').nth(1).unwrap().split('?').next().unwrap().to_owned();
    asked.lock().unwrap().push(head.join("\n"));
    let mut say = |status: &str, headers: &str, body: &[u8]| {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(body);
    };
    match path.as_str() {
        "/json" => say("200 OK", "Content-Type: application/json\r\nSet-Cookie: sid=7\r\n", b"[4, 5, 6]"),
        "/missing" => say("404 Not Found", "", b"<html>"),
        "/latin" => say("200 OK", "Content-Type: text/plain; charset=ISO-8859-1\r\n", b"caf\xe9"),
        "/large" => say("200 OK", "", &vec![b'x'; 200_000]),
        "/here" => say("302 Found", "Location: /json\r\n", b""),
        "/relative/x" => say("301 Moved", "Location: ../json?a=b\r\n", b""),
        "/ring" => say("302 Found", "Location: /ring\r\n", b""),
        "/name" => say("302 Found", &format!("Location: http://localhost:{port}/json\r\n"), b""),
        "/away" => say("302 Found", "Location: http://169.254.169.254/latest/meta-data\r\n", b""),
        "/file" => say("302 Found", "Location: file:///etc/passwd\r\n", b""),
        "/seen" => say("303 See Other", "Location: /json\r\n", b""),
        "/slow" => {
            thread::sleep(Duration::from_secs(3));
            say("200 OK", "", b"late");
        }
        "/drip" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            for _ in 0..100 {
                let _ = stream.write_all(b"x");
                thread::sleep(Duration::from_millis(50));
            }
        }
        "/cut" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
        }
        "/noise" => {
            let _ = stream.write_all(b"\x00\x01\x02 this is no HTTP\r\n\r\n");
        }
        _ => say("200 OK", "", b"ok"),
    }
}

fn call(method: &str, url: &str) -> HttpCall {
    HttpCall {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        proxy: None,
        max_body: 1_000_000,
        timeout: Some(Duration::from_secs(10)),
    }
}

fn send(client: &mut WebClient, call: &HttpCall) -> Result<HttpReply, HttpFailure> {
    client.send(call, &|| false)
}

fn denied(result: Result<HttpReply, HttpFailure>) -> bool {
    matches!(result, Err(HttpFailure::Denied(_)))
}

fn local() -> WebClient {
    WebClient::new().allow_host("127.0.0.1")
}

fn run(host: &mut LocalHost<MemoryHost>, script: &str) -> Vec<String> {
    let program = Engine::new().compile("case.sil", script).unwrap_or_else(|found| panic!("{found}"));
    let outcome = program.run(host, &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    outcome.returned().iter().map(sil::Data::to_text).collect()
}

#[test]
fn scripts_ask_a_server() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let files = FolderFiles::new(folder.path()).unwrap();
    let mut host = LocalHost::over(MemoryHost::new()).with_web(local()).with_files(files);
    let script = r#"
        HttpRequest request;
        request.headers += httpCreateHeader("X-A", "1");
        request.cookies += httpCreateCookie("k", "v");
        request.parameters += httpCreateParameter("q", "a b");
        integer[] n = httpGet("HERE/json", request);
        string cookie = httpGetCookie("sid");
        struct Item { string name; }
        Item item = {"rope"};
        HttpRequest plain;
        string said = httpPost("HERE/items", plain, item);
        string cafe = httpGet("HERE/latin", plain);
        string page = httpGet("HERE/missing", plain);
        return n, cookie, said, cafe, page, httpGetStatusCode(), httpGetErrorMessage(), httpGetReasonPhrase(),
            saveURLToFile("HERE/json", "saved.json"), fileSize("saved.json");
    "#;
    let found = run(&mut host, &script.replace("HERE", &server.url("")));
    let expected = ["4", "5", "6", "7", "ok", "café", "<html>", "404", "404 Not Found", "Not Found", "true", "9"];
    assert_eq!(found, expected);
    let asked = server.asked.lock().unwrap();
    let get = asked[0].to_lowercase();
    assert!(get.starts_with("get /json?q=a+b http/1.1"), "{get}");
    assert!(get.contains("\nx-a: 1") && get.contains("\ncookie: k=v"), "{get}");
    let post = &asked[1];
    assert!(post.starts_with("POST /items HTTP/1.1") && post.ends_with("{\"name\":\"rope\"}"), "{post}");
    assert!(post.to_lowercase().contains("content-type: application/json"), "{post}");
}

#[test]
fn every_verb_reaches_a_server() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let files = FolderFiles::new(folder.path()).unwrap();
    let mut host = LocalHost::over(MemoryHost::new()).with_web(local()).with_files(files);
    let script = r#"
        HttpRequest login;
        login.headers += httpBasicAuthHeader("pilot", "keel");
        HttpRequest form;
        form.parameters += httpCreateParameter("quay", "3 west");
        integer[] depth = {7, 9};
        string[] said;
        said += httpGet("HERE/a", login);
        said += httpDelete("HERE/b", login, "gone");
        said += httpOptions("HERE/c", login);
        said += httpPost("HERE/d", form);
        said += httpPut("HERE/e", login, depth);
        said += httpPatch("HERE/f", login, 4.5);
        said += saveURLToFile("HERE/json", "depths.json");
        said += readFromTextFile("depths.json");
        return said;
    "#;
    let found = run(&mut host, &script.replace("HERE", &server.url("")));
    assert_eq!(found, ["ok", "ok", "ok", "ok", "ok", "ok", "true", "[4, 5, 6]"]);
    let asked = server.asked.lock().unwrap();
    let seen = asked.iter().map(|asked| {
        let first = asked.lines().next().unwrap().trim_end_matches(" HTTP/1.1");
        let has_key = asked.to_lowercase().contains("\nauthorization: basic cglsb3q6a2vlba==");
        (first, has_key, asked.lines().last().unwrap())
    });
    let wanted = [
        ("GET /a", true, ""),
        ("DELETE /b", true, "gone"),
        ("OPTIONS /c", true, ""),
        ("POST /d", false, "quay=3+west"),
        ("PUT /e", true, "[7,9]"),
        ("PATCH /f", true, "4.5"),
        ("GET /json", false, ""),
    ];
    for ((first, has_key, last), (request, key, body)) in seen.zip(wanted) {
        assert_eq!((first, has_key), (request, key));
        assert!(body.is_empty() || last == body, "{request}: {last}");
    }
    assert_eq!(asked.len(), wanted.len());
}

#[test]
fn every_verb_may_have_a_body() {
    let server = Server::start();
    for method in ["GET", "DELETE", "OPTIONS", "POST", "PUT", "PATCH"] {
        let mut call = call(method, &server.url("/echo"));
        call.body = Some(b"data".to_vec());
        assert_eq!(send(&mut local(), &call).unwrap().body, b"ok", "{method}");
        let last = server.last();
        assert!(last.starts_with(method) && last.ends_with("\ndata"), "{last}");
    }
}

#[test]
fn only_allowed_servers_are_reached() {
    let server = Server::start();
    let url = server.url("/json");
    assert!(denied(send(&mut WebClient::new(), &call("GET", &url))));
    assert!(denied(send(&mut WebClient::new().allow_host("example.com"), &call("GET", &url))));
    assert!(denied(send(&mut WebClient::new().allow_host("127.0.0.1:1"), &call("GET", &url))));
    let port = format!("127.0.0.1:{}", server.port);
    assert!(send(&mut WebClient::new().allow_host(&port), &call("GET", &url)).is_ok());
    for odd in [
        format!("http://127.0.0.1@evil.test:{}/", server.port),
        format!("http://user:pw@127.0.0.1:{}/json", server.port),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
        "/json".to_owned(),
        "http://".to_owned(),
        String::new(),
    ] {
        assert!(send(&mut local(), &call("GET", &odd)).is_err(), "{odd}");
    }
    assert_eq!(server.asked.lock().unwrap().len(), 1);
}

#[test]
fn private_addresses_are_not_reached_by_a_name() {
    let server = Server::start();
    let all = || WebClient::new().allow_host("*");
    for url in [
        server.url("/json"),
        format!("http://localhost:{}/json", server.port),
        format!("http://[::ffff:127.0.0.1]:{}/json", server.port),
        format!("http://127.1:{}/json", server.port),
        format!("http://2130706433:{}/json", server.port),
        format!("http://0:{}/json", server.port),
        "http://169.254.169.254/".to_owned(),
        "http://10.0.0.1/".to_owned(),
    ] {
        let result = send(&mut all(), &call("GET", &url));
        assert!(result.is_err(), "{url}: {result:?}");
    }
    assert!(denied(send(&mut all(), &call("GET", &server.url("/json")))));
    assert!(server.asked.lock().unwrap().is_empty());
    assert!(send(&mut all().allow_private_addresses(true), &call("GET", &server.url("/json"))).is_ok());
    let named = format!("http://localhost:{}/json", server.port);
    assert!(send(&mut WebClient::new().allow_host("localhost"), &call("GET", &named)).is_ok());
}

#[test]
fn redirects_are_checked_like_addresses() {
    let server = Server::start();
    let get = |client: &mut WebClient, path: &str| send(client, &call("GET", &server.url(path)));
    assert_eq!(get(&mut local(), "/here").unwrap().body, b"[4, 5, 6]");
    assert_eq!(get(&mut local(), "/relative/x").unwrap().body, b"[4, 5, 6]");
    assert!(denied(get(&mut local(), "/away")));
    assert!(denied(get(&mut local(), "/name")));
    assert!(get(&mut local(), "/file").is_err());
    assert!(matches!(get(&mut local(), "/ring"), Err(HttpFailure::Failed(_))));
    // The address behind a redirect is checked too, even if every name is allowed.
    assert!(denied(get(&mut local().allow_host("*"), "/away")));
    // What changes something is not sent a second time.
    assert_eq!(send(&mut local(), &call("POST", &server.url("/here"))).unwrap().status, 302);
    assert_eq!(send(&mut local(), &call("POST", &server.url("/seen"))).unwrap().body, b"[4, 5, 6]");
    assert!(server.last().starts_with("GET /json"));
}

#[test]
fn secrets_are_not_sent_on_to_another_server() {
    let server = Server::start();
    let mut client = local().allow_host("localhost");
    let mut call = call("GET", &server.url("/name"));
    call.headers = vec![("Authorization".to_owned(), "Basic x".to_owned()), ("X-A".to_owned(), "1".to_owned())];
    send(&mut client, &call).unwrap();
    let last = server.last().to_lowercase();
    assert!(last.contains("x-a: 1") && !last.contains("authorization"), "{last}");
    call.url = server.url("/here");
    send(&mut client, &call).unwrap();
    assert!(server.last().to_lowercase().contains("authorization: basic x"));
}

#[test]
fn answers_are_limited() {
    let server = Server::start();
    let mut large = call("GET", &server.url("/large"));
    assert_eq!(send(&mut local(), &large).unwrap().body.len(), 200_000);
    large.max_body = 100_000;
    assert_eq!(send(&mut local(), &large), Err(HttpFailure::TooLarge));
    large.max_body = 200_000;
    assert_eq!(send(&mut local().max_body(1_000), &large), Err(HttpFailure::TooLarge));
    assert!(send(&mut local(), &large).is_ok());
}

#[test]
fn broken_answers_are_failures() {
    let server = Server::start();
    for path in ["/cut", "/noise"] {
        let result = send(&mut local(), &call("GET", &server.url(path)));
        assert!(matches!(result, Err(HttpFailure::Failed(_))), "{path}: {result:?}");
    }
    // Nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut host = LocalHost::over(MemoryHost::new()).with_web(local());
    let script = format!(
        "HttpRequest r; string s = httpGet(\"http://127.0.0.1:{free}/\", r); \
         return isNull(s), isNull(httpGetStatusCode()), httpGetErrorMessage() != \"\";"
    );
    assert_eq!(run(&mut host, &script), ["true", "true", "true"]);
}

#[test]
fn time_is_limited() {
    let server = Server::start();
    for path in ["/slow", "/drip"] {
        let begun = Instant::now();
        let mut client = local().timeout(Duration::from_millis(200));
        let result = send(&mut client, &call("GET", &server.url(path)));
        assert!(matches!(result, Err(HttpFailure::Failed(_))), "{path}: {result:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{path}");
    }
}

#[test]
fn deadline_and_cancel_end_a_request() {
    let server = Server::start();
    let script = format!("HttpRequest r; return httpGet(\"{}\", r);", server.url("/slow"));
    let program = Engine::new().compile("case.sil", &script).unwrap();
    let mut host = LocalHost::over(MemoryHost::new()).with_web(local());
    let begun = Instant::now();
    let limits = Limits::default().timeout(Some(Duration::from_millis(200)));
    let error = program.run(&mut host, &limits).unwrap_err();
    assert!(error.limit().is_some_and(|hit| hit.kind == sil::LimitKind::Deadline), "{error}");
    let flag = CancelFlag::new();
    let limits = Limits::default().cancel(Some(flag.clone()));
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        flag.cancel();
    });
    let error = program.run(&mut host, &limits).unwrap_err();
    assert!(error.limit().is_some_and(|hit| hit.kind == sil::LimitKind::Cancel), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_denied_server_is_an_error_a_script_can_catch() {
    let mut host = LocalHost::over(MemoryHost::new()).with_web(WebClient::new().allow_host("example.com"));
    let script = "HttpRequest r; try { httpGet(\"http://evil.test/\", r); } catch { return lastExceptionMessage(); }";
    let said = run(&mut host, script);
    assert!(said[0].ends_with("scripts are not allowed to reach `evil.test:80`"), "{said:?}");
    let program = Engine::new().compile("case.sil", "HttpRequest r; return httpGet(\"http://a.test/\", r);").unwrap();
    let error = program.run(&mut LocalHost::over(MemoryHost::new()), &Limits::default()).unwrap_err();
    assert!(error.message().contains("not available in this host"), "{error}");
}

#[test]
fn a_proxy_is_used_if_it_is_allowed() {
    let proxy = Server::start();
    let mut call = call("GET", "http://example.com/json");
    call.proxy = Some(sil::host::HttpProxy { host: "127.0.0.1".to_owned(), port: proxy.port });
    let mut client = WebClient::new().allow_host("example.com");
    assert!(denied(send(&mut client, &call)));
    let mut client = client.allow_host("127.0.0.1");
    // This proxy knows no tunnels; that it was asked is enough.
    let _ = send(&mut client, &call);
    assert!(proxy.asked.lock().unwrap()[0].contains("example.com"), "{}", proxy.last());
}
