//! A server that costs next to nothing, so that it is the clients that are measured.

use super::answers::Answers;
use bytes::{Buf, BytesMut};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server has seen since it started.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Traffic {
    /// Connections that were opened.
    pub connections: u64,
    /// Requests that were answered.
    pub requests: u64,
    /// Bytes that clients sent, headers included.
    pub sent: u64,
    /// Bytes that clients received, headers included.
    pub received: u64,
}

impl Traffic {
    /// What came after `earlier`.
    pub(super) fn since(self, earlier: Self) -> Self {
        Self {
            connections: self.connections - earlier.connections,
            requests: self.requests - earlier.requests,
            sent: self.sent - earlier.sent,
            received: self.received - earlier.received,
        }
    }
}

/// Answers creates, reads, updates, queries and logins as Salesforce would, always the same, each
/// after a wait that stands for the distance.
pub struct Server {
    answers: Answers,
    latency_ms: AtomicU64,
    connections: AtomicU64,
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Server {
    /// Starts it on a port of the system's choice; it ends with the runtime. `rows` is how many
    /// records a query finds.
    ///
    /// # Errors
    ///
    /// Those of the system, where there is no port to be had.
    pub async fn start(rows: usize) -> std::io::Result<(SocketAddr, Arc<Self>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = Arc::new(Self {
            answers: Answers::new(rows),
            latency_ms: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
        });
        let accepting = Arc::clone(&server);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepting.connections.fetch_add(1, Ordering::Relaxed);
                let server = Arc::clone(&accepting);
                // A client that goes away ends its connection, and nothing else.
                tokio::spawn(async move { server.serve(stream, address).await.ok() });
            }
        });
        Ok((address, server))
    }

    /// Waits this long before each answer from now on.
    pub fn set_latency(&self, milliseconds: u64) {
        self.latency_ms.store(milliseconds, Ordering::Relaxed);
    }

    /// What was seen so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        Traffic {
            connections: self.connections.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
        }
    }

    async fn serve(&self, mut stream: TcpStream, address: SocketAddr) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut read = BytesMut::with_capacity(16 * 1024);
        loop {
            let Some(length) = whole(&read) else {
                if stream.read_buf(&mut read).await? == 0 {
                    return Ok(());
                }
                continue;
            };
            let answer = self.answer(&read, address);
            read.advance(length);
            let latency = self.latency_ms.load(Ordering::Relaxed);
            if latency > 0 {
                tokio::time::sleep(Duration::from_millis(latency)).await;
            }
            // Counted before, so that whoever has read an answer finds it counted.
            self.requests.fetch_add(1, Ordering::Relaxed);
            self.sent.fetch_add(length as u64, Ordering::Relaxed);
            self.received
                .fetch_add(answer.len() as u64, Ordering::Relaxed);
            stream.write_all(&answer).await?;
        }
    }

    fn answer(&self, message: &[u8], address: SocketAddr) -> bytes::Bytes {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let answers = &self.answers;
        if request.parse(message).is_err() {
            return answers.missing.clone();
        }
        let (method, path) = (request.method.unwrap_or(""), request.path.unwrap_or(""));
        match (method, path) {
            ("POST", path) if path.contains("/sobjects/") => answers.created.clone(),
            ("GET", path) if path.contains("/sobjects/") => answers.record.clone(),
            ("PATCH", _) => answers.updated.clone(),
            ("GET", path) if path.contains("/query") => {
                let packed = request.headers.iter().any(|header| {
                    header.name.eq_ignore_ascii_case("accept-encoding")
                        && header.value.windows(4).any(|part| part == b"gzip")
                });
                answers.page(path, packed)
            }
            ("POST", path) if path.ends_with("/token") => answers.token(&address.to_string()),
            _ => answers.missing.clone(),
        }
    }
}

/// How many bytes the first message has; none where it is not whole yet.
fn whole(read: &[u8]) -> Option<usize> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = request.parse(read) else {
        return None;
    };
    let length = request.headers.iter().find_map(|header| {
        let found = header.name.eq_ignore_ascii_case("content-length");
        let value = || std::str::from_utf8(header.value).ok()?.trim().parse().ok();
        found.then(value).flatten()
    });
    let chunked = request
        .headers
        .iter()
        .any(|header| header.name.eq_ignore_ascii_case("transfer-encoding"));
    let end = match (chunked, length) {
        (true, _) => {
            head + read
                .get(head..)?
                .windows(5)
                .position(|w| w == b"0\r\n\r\n")?
                + 5
        }
        (false, length) => head + length.unwrap_or(0usize),
    };
    (read.len() >= end).then_some(end)
}
