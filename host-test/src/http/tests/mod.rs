//! The pool against small servers that behave as told.

mod connections;
mod egress;
mod failures;
mod proxy;
mod timeouts;
mod tls;

use super::egress::{Egress, HostRule};
use super::pool::Pool;
use super::proxy::Proxy;
use crate::config::HostConfig;
use crate::testing::{HELLO, head, server};
use crate::trace::{Record, Trace};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Uri};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wasmtime_wasi_http::{Error as Code, RequestOptions, WasiBody};

/// Long against the timeouts of the tests, short against a person's patience.
const NEVER: Duration = Duration::from_secs(30);
const SOON: Duration = Duration::from_millis(200);

fn pool() -> Pool {
    Pool::new(&HostConfig::default()).unwrap()
}

/// A record that is kept.
fn record() -> Record {
    Trace::new(true).record(&Method::GET, &Uri::from_static("http://acme.example/"))
}

fn options(
    connect: Duration,
    first_byte: Duration,
    between_bytes: Duration,
) -> Option<RequestOptions> {
    Some(RequestOptions {
        connect_timeout: Some(connect),
        first_byte_timeout: Some(first_byte),
        between_bytes_timeout: Some(between_bytes),
    })
}

fn request(method: &str, uri: &str, body: impl Into<Bytes>) -> Request<WasiBody> {
    let body = Full::new(body.into()).map_err(|never| match never {});
    Request::builder()
        .method(method)
        .uri(uri)
        .body(body.boxed_unsync())
        .unwrap()
}

/// Sends a GET and reads the answer to its end.
async fn get(pool: &Pool, uri: &str, options: Option<RequestOptions>) -> Result<Bytes, Code> {
    let sending = pool.send(request("GET", uri, ""), options, Record::default());
    let response = tokio::time::timeout(NEVER, sending)
        .await
        .expect("a timeout of the request should have ended it")?;
    let reading = response.into_body().collect();
    let body = tokio::time::timeout(NEVER, reading)
        .await
        .expect("a timeout of the request should have ended it")?;
    Ok(body.to_bytes())
}

/// A server that greets whoever asks, on kept connections.
async fn greeter() -> (SocketAddr, Arc<AtomicUsize>) {
    server(|_, mut stream| async move {
        while head(&mut stream).await.is_some() {
            stream.write_all(HELLO.as_bytes()).await.unwrap();
        }
    })
    .await
}
