//! Connections: limits and timeouts for callers that are slow or wish no good, and an end without broken answers.

use super::{
    Peer, Server,
    hook::{MAX_HEADERS, serve_below},
    router,
};
use crate::webhook::is_webhook_path;
use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    future::poll_fn,
    io,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;
use tower_service::Service;

/// How long a caller may take for the head of a request, and a connection may wait for the next one.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Connections at the same time.
const CONNECTIONS: usize = 10_000;
/// How long what a caller still sends is thrown away, so that he gets to read the answer to it.
const LINGER: Duration = Duration::from_secs(2);
/// How long answers that go on are waited for at the end, beyond the time limit of runs.
const GRACE: Duration = Duration::from_secs(5);

/// Serves connections until `stop` is done or the server closes: then no connection is accepted any more, answers that
/// go on are finished, tasks are stored or finished, and everything has ended when this comes back.
///
/// # Errors
/// The socket cannot be used any more.
pub async fn serve(server: Server, listener: TcpListener, stop: impl Future<Output = ()>) -> io::Result<()> {
    let base = server.config().base_path.clone();
    let app = if base.is_empty() { router(&server) } else { Router::new().nest(&base, router(&server)) };
    let base: Arc<str> = base.into();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
            () = server.closed() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (app, base, server) = (app.clone(), Arc::clone(&base), server.clone());
                tokio::spawn(async move {
                    connection(stream, Peer(peer), app, &base, &server).await;
                    drop(place);
                });
            }
            // Too many open files, for one: it passes.
            Err(error) => {
                tracing::error!("no connection can be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    server.begin_close();
    let patience = server.config().sync_timeout;
    let own = server.clone();
    let ended = tokio::task::spawn_blocking(move || own.close(patience));
    let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
    // Whoever has all places knows that no connection is left.
    let _ = tokio::time::timeout(patience.saturating_add(GRACE), places.acquire_many(all)).await;
    ended.await.map(|_| ()).map_err(io::Error::other)
}

/// Serves one connection to its end.
async fn connection(stream: TcpStream, peer: Peer, app: Router, base: &str, server: &Server) {
    // Answers are written as a whole, so waiting for more to send gains nothing.
    let _ = stream.set_nodelay(true);
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(server.answer_timeout()));
    let service = service_fn(move |mut request: Request<Incoming>| {
        // The way through the router costs as much as a small script.
        let direct = is_webhook_path(base, request.uri().path());
        if !direct {
            request.extensions_mut().insert(peer);
        }
        let mut app = (!direct).then(|| app.clone());
        Box::pin(async move {
            let request = request.map(Body::new);
            match &mut app {
                Some(app) => app.call(request).await,
                None => Ok(serve_below(server, base, request).await),
            }
        })
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).half_close(true);
    // Room for what is allowed and for a little more, which gets a proper 431.
    builder.max_buf_size(MAX_HEADERS.saturating_mul(3));
    let mut served = builder.serve_connection(TokioIo::new(stream), service);
    let ended = {
        let mut closed = pin!(server.closed());
        let mut told = false;
        poll_fn(|context| {
            if !told && closed.as_mut().poll(context).is_ready() {
                told = true;
                Pin::new(&mut served).graceful_shutdown();
            }
            served.poll_without_shutdown(context)
        })
        .await
    };
    if let Err(error) = ended {
        tracing::debug!("connection broke off: {error}");
    }
    linger(served.into_parts().io.into_inner()).await;
}

/// Closing a socket that has unread content makes the system take back the answer as well.
async fn linger(mut stream: Pin<Box<TimeoutStream<TcpStream>>>) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut rest = [0; 8192];
    let _ = tokio::time::timeout(LINGER, async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} }).await;
}
