//! The bodies of requests and answers on their way through the pool.

use super::failed::Failed;
use crate::trace::Record;
use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_util::client::legacy::connect::CaptureConnection;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::{Error as Code, WasiBody};

/// How far a request has come.
#[derive(Debug)]
pub(super) struct Progress {
    /// When the connection last took a piece of the body.
    last: Mutex<Instant>,
    connected: AtomicBool,
}

impl Progress {
    pub(super) fn now() -> Self {
        Self {
            last: Mutex::new(Instant::now()),
            connected: AtomicBool::new(false),
        }
    }

    pub(super) fn touch(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub(super) fn last(&self) -> Instant {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection has it now.
    pub(super) fn set_connected(&self) {
        self.connected.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }
}

/// The body of a request, which notes how it gets on.
pub(super) struct RequestBody {
    pub(super) inner: WasiBody,
    pub(super) progress: Arc<Progress>,
    pub(super) record: Record,
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Code;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Code>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        self.progress.touch();
        if let Some(Ok(frame)) = &frame {
            let bytes = length(frame);
            self.record.note(|exchange| exchange.sent += bytes);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of an answer. It fails where nothing comes for longer than the between-bytes
/// timeout, which runs only while somebody waits.
pub(super) struct ResponseBody {
    inner: Incoming,
    timeout: Duration,
    timer: Pin<Box<Sleep>>,
    waiting: bool,
    connection: CaptureConnection,
    record: Record,
}

impl ResponseBody {
    pub(super) fn new(
        inner: Incoming,
        timeout: Duration,
        connection: CaptureConnection,
        record: Record,
    ) -> Self {
        Self {
            inner,
            timeout,
            timer: Box::pin(tokio::time::sleep(timeout)),
            waiting: false,
            connection,
            record,
        }
    }

    fn fail(&self, failed: Failed) -> Poll<Option<Result<Frame<Bytes>, Code>>> {
        let failure = failed.describe();
        self.record
            .note(|exchange| exchange.failure = Some(failure));
        Poll::Ready(Some(Err(failed.code)))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Code;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Code>>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.waiting = false;
                let bytes = length(&frame);
                this.record.note(|exchange| exchange.received += bytes);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => this.fail(Failed::from(error)),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                if !this.waiting {
                    this.waiting = true;
                    let until = Instant::now() + this.timeout;
                    this.timer.as_mut().reset(until);
                }
                ready!(this.timer.as_mut().poll(context));
                poison(&this.connection);
                let cause = format!("nothing more of the answer within {:?}", this.timeout);
                this.fail(Failed::new(Code::ConnectionReadTimeout, &cause))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Keeps the pool from using the connection again. An HTTP/1.1 connection closes anyway when a
/// request is given up; one of HTTP/2 would go on to swallow others.
pub(super) fn poison(connection: &CaptureConnection) {
    if let Some(connected) = connection.connection_metadata().as_ref() {
        connected.poison();
    }
}

/// The bytes of data in a frame.
fn length(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, |data| data.remaining() as u64)
}
