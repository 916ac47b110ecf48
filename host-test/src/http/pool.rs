//! One pool of connections for all instances of a host, with the timeouts of `wasi:http`.

use super::body::{Progress, RequestBody, ResponseBody, poison};
use super::connect::{CONNECT_TIMEOUT, Connector};
use super::failed::Failed;
use crate::config::HostConfig;
use crate::error::Error;
use crate::trace::Record;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};
use wasmtime_wasi_http::{Error as Code, RequestOptions, WasiBody};

/// What `wasmtime` takes where a guest sets no timeout.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// A pool of connections, HTTP/1.1 and HTTP/2. Cheap to clone.
///
/// No redirect is followed. Nothing is sent twice, with one exception that hyper-util makes: a
/// request that was given to a kept connection which turned out to be closed before anything of
/// the request was written goes to another connection.
#[derive(Clone)]
pub(crate) struct Pool {
    client: Client<Connector, RequestBody>,
}

/// The timeouts of one request.
#[derive(Clone, Copy, Debug)]
struct Timeouts {
    /// For the connection to stand: name lookup, TCP, proxy and TLS together.
    connect: Duration,
    /// From there, or from the last piece of the request's body that the connection took, to the
    /// headers of the answer.
    first_byte: Duration,
    /// Between two pieces of the answer's body.
    between_bytes: Duration,
}

impl From<Option<RequestOptions>> for Timeouts {
    fn from(options: Option<RequestOptions>) -> Self {
        let options = options.unwrap_or_default();
        Self {
            connect: options.connect_timeout.unwrap_or(DEFAULT_TIMEOUT),
            first_byte: options.first_byte_timeout.unwrap_or(DEFAULT_TIMEOUT),
            between_bytes: options.between_bytes_timeout.unwrap_or(DEFAULT_TIMEOUT),
        }
    }
}

impl Pool {
    /// An empty pool.
    pub(crate) fn new(config: &HostConfig) -> Result<Self, Error> {
        let connector = Connector::new(config.roots.tls()?, config.proxy.clone());
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(config.pool_idle)
            .timer(TokioTimer::new())
            .build(connector);
        Ok(Self { client })
    }

    /// Sends a request and answers once the headers of the answer are there.
    pub(crate) async fn send(
        &self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        record: Record,
    ) -> Result<Response<WasiBody>, Code> {
        let timeouts = Timeouts::from(options);
        match self.exchange(request, timeouts, &record).await {
            Ok((response, connection)) => {
                let status = response.status().as_u16();
                record.note(|exchange| exchange.status = Some(status));
                let body = |incoming| {
                    ResponseBody::new(incoming, timeouts.between_bytes, connection, record)
                };
                Ok(response.map(|incoming| body(incoming).boxed_unsync()))
            }
            Err(failed) => {
                let failure = failed.describe();
                record.note(|exchange| exchange.failure = Some(failure));
                Err(failed.code)
            }
        }
    }

    /// The request, under its connect and first-byte timeouts.
    async fn exchange(
        &self,
        request: Request<WasiBody>,
        timeouts: Timeouts,
        record: &Record,
    ) -> Result<(Response<Incoming>, CaptureConnection), Failed> {
        let given = request.extensions().get::<Arc<Progress>>().cloned();
        let progress = given.unwrap_or_else(|| Arc::new(Progress::now()));
        let mut request = request.map(|inner| RequestBody {
            inner,
            progress: Arc::clone(&progress),
            record: record.clone(),
        });
        let mut connection = capture_connection(&mut request);
        let response = CONNECT_TIMEOUT.scope(timeouts.connect, self.client.request(request));
        let mut response = pin!(response);

        // Until there is a connection, new or kept. The connector has the same timeout; this one
        // is for a request that waits for the connection of another.
        let early = tokio::select! {
            biased;
            answer = &mut response => Some(answer),
            _ = connection.wait_for_connection_metadata() => None,
            () = sleep(timeouts.connect) => {
                let cause = format!("no connection within {:?}", timeouts.connect);
                return Err(Failed::new(Code::ConnectionTimeout, &cause));
            }
        };
        if let Some(answer) = early {
            return Ok((answer?, connection));
        }

        progress.set_connected();
        progress.touch();
        loop {
            let until = progress.last() + timeouts.first_byte;
            tokio::select! {
                biased;
                answer = &mut response => return Ok((answer?, connection)),
                () = sleep_until(until) => {
                    if progress.last() + timeouts.first_byte <= Instant::now() {
                        poison(&connection);
                        let cause = format!("no answer within {:?}", timeouts.first_byte);
                        return Err(Failed::new(Code::ConnectionReadTimeout, &cause));
                    }
                }
            }
        }
    }
}
