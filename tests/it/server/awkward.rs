//! Callers that are slow, hasty, half gone or too large.

use super::{
    OPEN, PREFIX, Running,
    client::{connect, parse_all, read_all, send_and_stop},
    hook, until,
};
use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

const ECHO: &str = "string p = getWebhookPayload().payload;
if (p != null) { appendToWebhookResponse(length(p)); }
return true;";

fn echo(rest: &str) -> Running {
    Running::start(&hook("e", "\"GET\", \"POST\"", "e.sil", &format!("{OPEN}\n{rest}")), &[("e.sil", ECHO)])
}

#[test]
fn chunks() {
    let running = echo("");
    let head =
        format!("POST {PREFIX}/e/run HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    let replies =
        running.raw(format!("{head}3\r\nabc\r\n10;x=y\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n").as_bytes());
    assert_eq!((replies[0].status, replies[0].text()), (200, "19"));
    let before = running.server.runs().recent().len();
    for broken in running.raw(format!("{head}zz\r\nabc\r\n").as_bytes()) {
        assert_eq!(broken.status, 400);
    }
    assert_eq!(running.server.runs().recent().len(), before, "the script ran");
    let both = head.replace("Transfer", "Content-Length: 4\r\nTransfer");
    let replies = running.raw(format!("{both}0\r\n\r\n").as_bytes());
    assert_eq!(replies.len(), 1);
}

#[test]
fn too_large_in_chunks() {
    let running = echo("max_body_bytes = 1000");
    let head = format!("POST {PREFIX}/e/run HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let replies = running.raw(format!("{head}{}0\r\n\r\n", chunk.repeat(300)).as_bytes());
    assert_eq!((replies.len(), replies[0].status), (1, 413));
    assert_eq!(running.call("POST", "e/run", "", &[b'x'; 1001]).status, 413);
    let fits = running.call("POST", "e/run", "", &[b'x'; 1000]);
    assert_eq!((fits.status, fits.text()), (200, "1000"));
}

#[test]
fn a_caller_that_sends_on_gets_to_read_the_answer() {
    let running = echo("");
    let mut stream = connect(running.address);
    let head = format!("POST {PREFIX}/e/run HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // The server may close before all of it is sent.
    let _ = stream.write_all(&vec![b'x'; 4_000_000]);
    let replies = read_all(&mut stream, false);
    assert_eq!((replies.len(), replies[0].status), (1, 413));
}

#[test]
fn ten_mebibytes_pass() {
    let running = echo("");
    let reply = running.call("POST", "e/run", "", &vec![b'x'; 10 << 20]);
    assert_eq!((reply.status, reply.text()), (200, "10485760"));
    assert_eq!(running.call("POST", "e/run", "", &vec![b'x'; (10 << 20) + 1]).status, 413);
}

#[test]
fn long_targets_and_headers() {
    let running = echo("");
    let reply = running.call("GET", &format!("e/run?{}", "x".repeat(16 << 10)), "", b"");
    assert_eq!(reply.status, 414);
    let room = (16 << 10) - PREFIX.len() - "/e/run?".len();
    assert_eq!(running.call("GET", &format!("e/run?{}", "x".repeat(room)), "", b"").status, 200);
    let reply = running.call("GET", "e/run", &format!("X-Long: {}\r\n", "x".repeat(64 << 10)), b"");
    assert_eq!(reply.status, 431);
    let reply = running.call("GET", "e/run", &format!("X-Long: {}\r\n", "x".repeat(63 << 10)), b"");
    assert_eq!(reply.status, 200);
    let reply = running.call("GET", "e/run", &format!("X-Long: {}\r\n", "x".repeat(300 << 10)), b"");
    assert_eq!(reply.status, 431);
}

#[test]
fn one_byte_after_the_other() {
    let running = echo("");
    let mut stream = connect(running.address);
    let bytes =
        format!("POST {PREFIX}/e/run HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
    for byte in bytes.as_bytes() {
        stream.write_all(&[*byte]).unwrap();
        thread::sleep(Duration::from_micros(500));
    }
    let replies = read_all(&mut stream, false);
    assert_eq!((replies[0].status, replies[0].text()), (200, "5"));
}

#[test]
fn half_closed() {
    let running = echo("");
    let bytes = format!("POST {PREFIX}/e/run HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    let replies = send_and_stop(running.address, bytes.as_bytes());
    assert_eq!((replies.len(), replies[0].status, replies[0].text()), (1, 200, "5"));
    // Content that breaks off is not run.
    let before = running.server.runs().recent().len();
    let short = bytes.replace("Content-Length: 5", "Content-Length: 6");
    for reply in send_and_stop(running.address, short.as_bytes()) {
        assert_eq!(reply.status, 400);
    }
    assert_eq!(running.server.runs().recent().len(), before);
}

/// Answers that nobody reads fill the buffers of the system; then the connection is closed, and the place is free.
#[test]
fn callers_who_do_not_read_are_let_go() {
    let config = hook("big", "\"GET\"", "big.sil", OPEN);
    let script =
        "string t = \"0123456789abcdef\"; for (int i = 0; i < 15; i++) { t += t; } appendToWebhookResponse(t);";
    let running = Running::start_with(&config, &[("big.sil", script)], |options| {
        options.answer_timeout(Duration::from_millis(300))
    });
    let mut stream = TcpStream::connect(running.address).unwrap();
    let one = format!("GET {PREFIX}/big/run HTTP/1.1\r\nHost: x\r\n\r\n");
    // Together far more than a socket holds.
    stream.write_all(one.repeat(40).as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(1500));
    let ran = running.server.runs().recent().len();
    assert!((1..40).contains(&ran), "{ran} of 40 answers were made for somebody who reads none");
    // What was on the way can still be read, and then there is nothing more.
    let mut rest = Vec::new();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let ended = stream.read_to_end(&mut rest);
    assert!(!matches!(&ended, Err(error) if error.kind() == ErrorKind::WouldBlock), "{ended:?}");
    assert_eq!(running.server.runs().recent().len(), ran);
}

#[test]
fn pipelined() {
    let running = echo("");
    let one = |text: &str, last: &str| {
        format!("POST {PREFIX}/e/run HTTP/1.1\r\nHost: x\r\n{last}Content-Length: {}\r\n\r\n{text}", text.len())
    };
    let many: String = (1..=20).map(|number| one(&"x".repeat(number), "")).collect();
    let replies = running.raw(format!("{many}{}", one("", "Connection: close\r\n")).as_bytes());
    let texts: Vec<&str> = replies.iter().map(|reply| reply.text()).collect();
    let mut expected: Vec<String> = (1..=20).map(|number: i32| number.to_string()).collect();
    expected.push(String::new());
    assert_eq!(texts, expected);
}

#[test]
fn continue_is_said_only_to_those_who_are_let_in() {
    let config =
        [hook("e", "\"POST\"", "e.sil", &format!("{OPEN}\nmax_body_bytes = 100")), hook("t", "\"POST\"", "e.sil", "")];
    let running = Running::start(&config.concat(), &[("e.sil", ECHO)]);
    let head = |name: &str, length: u32| {
        format!(
            "POST {PREFIX}/{name}/run HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let mut stream = connect(running.address);
    stream.write_all(head("e", 5).as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hello").unwrap();
    assert_eq!(read_all(&mut stream, false)[0].text(), "5");
    for (name, length, status) in [("t", 5, 401), ("e", 101, 413), ("nobody", 5, 404)] {
        let mut stream = connect(running.address);
        stream.write_all(head(name, length).as_bytes()).unwrap();
        let replies = read_all(&mut stream, false);
        assert_eq!((replies.len(), replies[0].status), (1, status), "{name}");
    }
}

#[test]
fn garbage() {
    let running = echo("");
    for bytes in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0\0\0\0\r\n\r\n"]
    {
        let mut stream = connect(running.address);
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        if !answer.is_empty() {
            assert_eq!(parse_all(&answer, false)[0].status, 400);
        }
    }
    assert_eq!(running.call("GET", "e/run", "", b"").status, 200);
}

#[test]
fn a_caller_that_hangs_up_ends_nothing() {
    let script = "sysSleep(\"1s\"); return true;";
    let running = Running::start(&hook("s", "\"GET\"", "s.sil", OPEN), &[("s.sil", script)]);
    let mut stream = connect(running.address);
    stream.write_all(format!("GET {PREFIX}/s/run HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    until("the run", || running.server.runs().len() == 1);
    drop(stream);
    until("its end", || running.server.runs().is_empty());
    let recent = running.server.runs().recent();
    assert_eq!(recent[0].report.status, Some(200), "{recent:?}");
}

#[test]
fn no_room_for_more_runs() {
    let script = "sysSleep(\"5s\"); return true;";
    let config = [
        "max_sync_runs = 3\n".to_owned(),
        hook("s", "\"GET\"", "s.sil", &format!("{OPEN}\nmax_concurrency = 2")),
        hook("o", "\"GET\"", "s.sil", OPEN),
    ];
    let running = Running::start(&config.concat(), &[("s.sil", script)]);
    let begun = Instant::now();
    thread::scope(|scope| {
        for number in 1..=2 {
            scope.spawn(|| running.call("GET", "s/run", "", b""));
            until("a run", || running.server.runs().len() == number);
        }
        let reply = running.call("GET", "s/run", "", b"");
        assert_eq!((reply.status, reply.header("retry-after")), (429, Some("1")));
        reply.problem();
        scope.spawn(|| running.call("GET", "o/run", "", b""));
        until("a run", || running.server.runs().len() == 3);
        let reply = running.call("GET", "o/run", "", b"");
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
        for run in running.server.runs().list() {
            assert!(running.server.runs().cancel(run.id));
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(4), "cancelling did not end the runs");
    assert!(running.server.metrics_text().contains("sil_limits_total{webhook=\"s\",limit=\"max_concurrency\"} 1"));
}

#[test]
fn the_end_of_a_server_waits_for_answers() {
    let running =
        Running::start(&hook("s", "\"GET\"", "s.sil", OPEN), &[("s.sil", "sysSleep(\"1s\"); return true, 202;")]);
    thread::scope(|scope| {
        let caller = scope.spawn(|| running.call("GET", "s/run", "", b""));
        until("the run", || running.server.runs().len() == 1);
        running.server.begin_close();
        assert_eq!(caller.join().unwrap().status, 202);
    });
    until("the port", || std::net::TcpStream::connect(running.address).is_err());
}
