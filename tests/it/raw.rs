//! A server that misbehaves to order, one step for each request it gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request once it has read it.
#[derive(Clone, Debug)]
pub enum Step {
    /// Answers this and keeps the connection.
    Answer(Vec<u8>),
    /// Answers this, perhaps a part of an answer, and closes the connection.
    Cut(Vec<u8>),
    /// Answers this, perhaps nothing, and then neither answers nor closes.
    Hang(Vec<u8>),
}

/// A whole answer.
pub fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// The server; it stops when its test's runtime does.
pub struct Server {
    pub url: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server that takes these steps in turn, whatever connection a request comes on.
    /// Without steps it takes connections and never reads from them.
    pub async fn start(steps: Vec<Step>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (connections, requests) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let server = Server {
            url,
            connections: connections.clone(),
            requests: requests.clone(),
        };
        let steps = Arc::new(steps);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, steps.clone(), requests.clone()));
            }
        });
        server
    }

    /// Connections that were made.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Requests that were read.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, steps: Arc<Vec<Step>>, requests: Arc<AtomicUsize>) {
    if steps.is_empty() {
        std::future::pending::<()>().await;
    }
    while request(&mut stream).await {
        let step = steps.get(requests.fetch_add(1, Ordering::SeqCst));
        match step.expect("a request beyond the steps") {
            Step::Answer(bytes) => stream.write_all(bytes).await.unwrap(),
            Step::Cut(bytes) => {
                stream.write_all(bytes).await.unwrap();
                return;
            }
            Step::Hang(bytes) => {
                stream.write_all(bytes).await.unwrap();
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Reads one request with its body; false where the connection ends.
async fn request(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if body.len() >= length {
                return true;
            }
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}
