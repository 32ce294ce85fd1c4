//! A client that knows no more of HTTP than it has to.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    pub status: u16,
    /// The line as it came.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The problem document, which has to be one.
    pub fn problem(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let document: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(document["status"], self.status);
        assert_eq!(document["type"], "about:blank");
        assert_eq!(document["instance"].as_str(), self.header("x-request-id"));
        document
    }
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Sends bytes, and reads until the other side closes.
pub fn send_all(address: SocketAddr, bytes: &[u8], head_only: bool) -> Vec<Reply> {
    let mut stream = connect(address);
    stream.write_all(bytes).unwrap();
    read_all(&mut stream, head_only)
}

/// Sends bytes, says that no more will come, and reads until the other side closes.
pub fn send_and_stop(address: SocketAddr, bytes: &[u8]) -> Vec<Reply> {
    let mut stream = connect(address);
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    read_all(&mut stream, false)
}

pub fn read_all(stream: &mut TcpStream, head_only: bool) -> Vec<Reply> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    parse_all(&bytes, head_only)
}

/// All answers in a row. A rest that is none fails.
pub fn parse_all(mut bytes: &[u8], head_only: bool) -> Vec<Reply> {
    let mut replies = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        bytes = &bytes[end + 4..];
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let status: u16 = line.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut reply = Reply { status, line, headers, body: Vec::new() };
        assert!(reply.header("transfer-encoding").is_none(), "{reply:?}");
        let length = reply.header("content-length").map_or(0, |length| length.parse::<usize>().unwrap());
        if !head_only && !matches!(status, 100..=199 | 204 | 304) {
            reply.body = bytes[..length].to_vec();
            bytes = &bytes[length..];
        }
        replies.push(reply);
    }
    replies
}
