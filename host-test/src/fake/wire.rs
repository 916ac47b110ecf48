//! Connections: they are taken up, read as HTTP, and written to as a script says.

use std::convert::Infallible;
use std::io;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::header::CONNECTION;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::faults::{Fault, Script, Step};
use super::service::Service;
use super::stream::Stream;

const BACKLOG: u32 = 1024;

/// A short time in which others get on.
const MOMENT: Duration = Duration::from_millis(2);

/// How much of a request is looked at before it is read: its first line fits.
const LOOKED_AT: usize = 2_048;

/// Takes up connections until it is aborted; the set takes all of them along.
pub async fn serve(mut listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        // Before the plan is looked at, so that no change of it is missed.
        let changed = service.until_changed();
        let lifted = service.until_lifted();
        if let Some(outage) = service.outage() {
            let over = async {
                match outage.lasts {
                    Some(time) => tokio::time::timeout(time, lifted).await.unwrap_or(()),
                    None => lifted.await,
                }
            };
            if outage.fault == Fault::NotAccepted {
                over.await;
                continue;
            }
            match closed(listener) {
                Ok(door) => {
                    over.await;
                    match door.listen(BACKLOG) {
                        Ok(opened) => listener = opened,
                        Err(_) => return,
                    }
                }
                Err(_) => return,
            }
            continue;
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = changed => continue,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, most likely; others may give some back.
            tokio::time::sleep(MOMENT * 10).await;
            continue;
        };
        // Answers are small; waiting for more would cost 40 ms a request.
        let _ = stream.set_nodelay(true);
        // Now, since the next outage may count this connection. Dropping a stream closes it.
        if service.accepted().is_none() {
            let connection = Connection {
                busy: Busy::new(&service),
                service: Arc::clone(&service),
            };
            connections.spawn(connection.run(stream));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Stops listening, but keeps the port: connections to it are refused.
fn closed(listener: TcpListener) -> io::Result<TcpSocket> {
    let address = listener.local_addr()?;
    drop(listener);
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Waits until all connections that stand were taken up, and nothing is going on on any.
pub async fn settled(service: &Service) -> io::Result<()> {
    // Connections are taken up in their order, so that this one is the last. An outage may need
    // a moment to end.
    let mut last = loop {
        match TcpStream::connect(service.address).await {
            Ok(stream) => break stream,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                tokio::time::sleep(MOMENT).await;
            }
            Err(error) => return Err(error),
        }
    };
    last.shutdown().await?;
    // The server closes it once it has seen that nothing comes.
    let _ = last.read(&mut [0]).await;
    while service.busy.load(SeqCst) > 0 {
        tokio::time::sleep(MOMENT).await;
    }
    Ok(())
}

/// Closes the connections on which nothing is going on, and waits until the callers have closed
/// them, too.
pub async fn hung_up(service: &Service) {
    service.hang_up();
    while service.open.load(SeqCst) > service.busy.load(SeqCst) {
        tokio::time::sleep(MOMENT).await;
    }
}

/// Whether something is going on on a connection.
struct Busy {
    service: Arc<Service>,
    busy: bool,
}

impl Busy {
    fn new(service: &Arc<Service>) -> Busy {
        service.open.fetch_add(1, SeqCst);
        service.busy.fetch_add(1, SeqCst);
        Busy {
            service: Arc::clone(service),
            busy: true,
        }
    }

    fn set(&mut self, busy: bool) {
        match (self.busy, busy) {
            (false, true) => self.service.busy.fetch_add(1, SeqCst),
            (true, false) => self.service.busy.fetch_sub(1, SeqCst),
            _ => return,
        };
        self.busy = busy;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.set(false);
        self.service.open.fetch_sub(1, SeqCst);
    }
}

/// How a connection ends; the stream, where it does not.
type Kept = Option<Stream>;

struct Connection {
    service: Arc<Service>,
    busy: Busy,
}

impl Connection {
    async fn run(mut self, stream: TcpStream) {
        let Ok(mut stream) = Stream::begin(stream, self.service.tls.as_ref()).await else {
            return;
        };
        while let Some(kept) = self.request(stream).await {
            stream = kept;
        }
    }

    /// One request and its answer.
    async fn request(&mut self, mut stream: Stream) -> Kept {
        let head = self.first_line(&mut stream).await?;
        if let Some((method, target)) = head
            && let Some(fault) = self.service.unread(&method, &target)
        {
            if fault == Fault::HangUnread {
                self.service.until_lifted().await;
            }
            // What was not read makes it a reset; with TLS it was.
            stream.reset();
            return None;
        }
        let (script, keep);
        (stream, script, keep) = self.read(stream).await?;
        self.write(stream, script).await.filter(|_| keep)
    }

    /// Waits for a request, and looks at its first line without taking it: the method and the
    /// target. None where no more requests come.
    async fn first_line(&mut self, stream: &mut Stream) -> Option<Option<(String, String)>> {
        let mut start = [0; LOOKED_AT];
        let here = stream.has_bytes();
        if !here {
            self.busy.set(false);
        }
        let length = tokio::select! {
            length = stream.peek(&mut start) => length.ok()?,
            () = self.service.until_hung_up(), if !here => {
                // Until the caller has noticed.
                let _ = stream.shutdown().await;
                let _ = stream.read(&mut start).await;
                return None;
            }
        };
        self.busy.set(true);
        let start = start.get(..length).filter(|start| !start.is_empty())?;
        let line = start.split(|byte| *byte == b'\r').next()?;
        let line = String::from_utf8_lossy(line);
        let mut words = line.split(' ');
        let words = words.next().zip(words.next());
        Some(words.map(|(method, target)| (method.to_owned(), target.to_owned())))
    }

    /// Reads a request, has it done, and answers what to write, and whether the connection is
    /// kept. hyper only reads: what it wrote would be HTTP.
    async fn read(&self, stream: Stream) -> Option<(Stream, Script, bool)> {
        let (sender, done) = oneshot::channel();
        let sender = Mutex::new(Some(sender));
        let service = &self.service;
        let work = service_fn(|request: Request<Incoming>| {
            let sender = &sender;
            async move {
                let keep = service.config.keep_alive && is_kept(&request);
                let script = service.handle(request).await;
                let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(sender) = sender {
                    let _ = sender.send((script, keep));
                }
                std::future::pending::<Result<Response<Empty<Bytes>>, Infallible>>().await
            }
        });
        let mut reading = http1::Builder::new().serve_connection(TokioIo::new(stream), work);
        let (script, keep) = tokio::select! {
            biased;
            done = done => done.ok()?,
            _ = &mut reading => return None,
        };
        let parts = reading.into_parts();
        // A request that was sent along with this one is not read.
        let keep = keep && parts.read_buf.is_empty();
        Some((parts.io.into_inner(), script, keep))
    }

    /// Writes what a script says; the stream, where it does not end the connection.
    async fn write(&self, mut stream: Stream, script: Script) -> Kept {
        let lifted = self.service.until_lifted();
        tokio::pin!(lifted);
        for step in script {
            match step {
                Step::Send(bytes) => send(&mut stream, &bytes).await?,
                Step::Flood(bytes, times) => {
                    for _ in 0..times {
                        send(&mut stream, &bytes).await?;
                    }
                }
                Step::Drip(bytes, pause) => loop {
                    send(&mut stream, &bytes).await?;
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = &mut lifted => return None,
                    }
                },
                Step::Wait(time) => tokio::time::sleep(time).await,
                Step::Hang => {
                    // Until the caller gives up.
                    let mut nothing = [0];
                    tokio::select! {
                        _ = stream.read(&mut nothing) => {}
                        () = &mut lifted => {}
                    }
                    return None;
                }
                Step::Reset => {
                    stream.reset();
                    return None;
                }
                Step::Close => return None,
            }
        }
        Some(stream)
    }
}

async fn send(stream: &mut Stream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    stream.flush().await.ok()
}

fn is_kept(request: &Request<Incoming>) -> bool {
    let close = request.headers().get(CONNECTION);
    request.version() == Version::HTTP_11 && close.is_none_or(|value| value != "close")
}
