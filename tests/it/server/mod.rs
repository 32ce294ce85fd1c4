//! The server over real sockets, with a client that writes and reads bytes.

mod admin_api;
mod admin_openapi;
mod admin_page;
mod auth;
mod awkward;
mod client;
mod command;
mod crash;
mod examples;
mod reload;
mod stores;
mod tasks;

use client::{Reply, send_all};
use sil::server::{Server, ServerOptions, serve};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub const PREFIX: &str = "/rest/keplerrominfo/refapp/latest/webhooks";

/// A server in this process, on a port of its own, with a folder of its own.
pub struct Running {
    pub server: Server,
    pub address: SocketAddr,
    folder: TempDir,
    thread: Option<JoinHandle<()>>,
}

/// One webhook of a configuration.
pub fn hook(name: &str, methods: &str, script: &str, rest: &str) -> String {
    format!("[[webhook]]\nname = \"{name}\"\nmethods = [{methods}]\nscript = \"{script}\"\n{rest}\n")
}

pub const OPEN: &str = "auth = \"none\"";

impl Running {
    pub fn start(config: &str, scripts: &[(&str, &str)]) -> Self {
        Self::start_with(config, scripts, |options| options)
    }

    pub fn start_with(
        config: &str,
        scripts: &[(&str, &str)],
        change: impl FnOnce(ServerOptions) -> ServerOptions,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("scripts")).unwrap();
        fs::write(folder.path().join("sil.toml"), config).unwrap();
        for (path, text) in scripts {
            fs::write(folder.path().join("scripts").join(path), text).unwrap();
        }
        let options = change(ServerOptions::new(folder.path()).admin_key("the key of these tests"));
        let server = match Server::open(options) {
            Ok(server) => server,
            Err(error) => panic!("{error:?}"),
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let own = server.clone();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                serve(own, listener, std::future::pending()).await.unwrap();
            });
        });
        Self { server, address, folder, thread: Some(thread) }
    }

    /// A request line to a webhook with its rest, the connection closed afterwards.
    pub fn call(&self, method: &str, target: &str, headers: &str, body: &[u8]) -> Reply {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head =
            format!("{method} {PREFIX}/{target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{length}{headers}\r\n");
        let mut replies = send_all(self.address, &[head.as_bytes(), body].concat(), method == "HEAD");
        assert_eq!(replies.len(), 1, "{replies:?}");
        replies.remove(0)
    }

    pub fn raw(&self, bytes: &[u8]) -> Vec<Reply> {
        send_all(self.address, bytes, false)
    }

    pub fn scripts(&self) -> PathBuf {
        self.folder.path().join("scripts")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.begin_close();
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not come true");
        thread::sleep(Duration::from_millis(10));
    }
}
