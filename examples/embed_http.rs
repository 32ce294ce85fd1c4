//! Serves a script over HTTP with the standard library only:
//! `cargo run --features webhook --example embed_http -- examples/scripts/webhook.sil`
//!
//! The lesson: a front end builds the request and has a program answer it, with a host and limits. One connection at a
//! time, one request for each; a real server has more to think of.

use sil::{
    Engine, Limits, MemoryHost, Program,
    webhook::{Answer, RespondOptions, build_request, respond},
};
use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    time::Duration,
};

const MAX_HEAD: u64 = 64 << 10;
const MAX_CONTENT: u64 = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut script, mut port, mut once) = (None, 0u16, usize::MAX);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--port" => port = arguments.next().ok_or("--port needs a number")?.parse()?,
            "--once" => once = arguments.next().ok_or("--once needs a number")?.parse()?,
            _ => script = Some(argument),
        }
    }
    let script = script.ok_or("usage: embed_http SCRIPT [--port N] [--once N]")?;
    let program = Engine::new().compile(&script, &fs::read_to_string(&script)?)?;

    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("http://{}/", listener.local_addr()?);
    for stream in listener.incoming().take(once) {
        // A caller that breaks off is no reason to stop serving.
        if let Err(error) = stream.and_then(|stream| serve(&program, stream)) {
            eprintln!("{error}");
        }
    }
    Ok(())
}

/// One request and its answer.
fn serve(program: &Program, mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (answer, head_only) = match read_request(&mut reader)? {
        Ok(request) => (answer(program, &request), request.method == "HEAD"),
        Err((status, detail)) => (Answer::problem(status, detail), false),
    };
    let mut head = format!("HTTP/1.1 {} \r\nConnection: close\r\n", answer.status());
    for (name, value) in answer.headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !matches!(answer.status(), 204 | 304) {
        head.push_str(&format!("Content-Length: {}\r\n", answer.content().len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    if !head_only {
        stream.write_all(answer.content().as_bytes())?;
    }
    stream.flush()
}

struct Request {
    method: String,
    query: String,
    content_type: Option<String>,
    content_encoding: Option<String>,
    content: Vec<u8>,
}

/// Reads a request; what cannot be served comes back as a status and a reason.
fn read_request(reader: &mut BufReader<TcpStream>) -> io::Result<Result<Request, (u16, &'static str)>> {
    let mut head = reader.by_ref().take(MAX_HEAD);
    let mut line = String::new();
    head.read_line(&mut line)?;
    let mut parts = line.split_ascii_whitespace();
    let (Some(method), Some(target), Some(_version)) = (parts.next(), parts.next(), parts.next()) else {
        return Ok(Err((400, "the request line is not complete")));
    };
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default().to_owned();
    let (method, mut length) = (method.to_owned(), 0);
    let (mut content_type, mut content_encoding) = (None, None);
    loop {
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 {
            return Ok(Err((400, "the head is too large or has no end")));
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let value = value.trim().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "content-type" => content_type = Some(value),
            "content-encoding" => content_encoding = Some(value),
            "transfer-encoding" => return Ok(Err((411, "the length of the content must be given"))),
            "content-length" => match value.parse() {
                Ok(bytes) if bytes <= MAX_CONTENT => length = bytes,
                Ok(_) => return Ok(Err((413, "the content is too large"))),
                Err(_) => return Ok(Err((400, "the length of the content is no number"))),
            },
            _ => {}
        }
    }
    let mut content = Vec::new();
    if reader.take(length).read_to_end(&mut content)? as u64 != length {
        return Ok(Err((400, "the content is shorter than announced")));
    }
    Ok(Ok(Request { method, query, content_type, content_encoding, content }))
}

/// Runs the script for a request.
fn answer(program: &Program, request: &Request) -> Answer {
    let Request { method, query, content_type, content_encoding, content } = request;
    let built = build_request(method, query, content_type.as_deref(), content_encoding.as_deref(), content);
    let request = match built {
        Ok(request) => request,
        Err(error) => return Answer::problem(error.status(), &error.to_string()),
    };
    let limits = Limits::default().timeout(Some(Duration::from_secs(10)));
    let response = respond(program, &mut MemoryHost::new(), request, &limits, &RespondOptions::default());
    if let Some(error) = &response.report.error {
        // The error may tell too much, so it stays here.
        eprintln!("{error}");
    }
    response.answer
}
