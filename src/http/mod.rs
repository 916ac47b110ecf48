//! HTTP without a platform: what a request and an answer are, and who carries them.

pub mod breaker;
pub mod date;
pub mod retry;
#[cfg(target_family = "wasm")]
pub mod wasi;

use crate::salesforce::hosts::Origin;
use std::borrow::Cow;

/// The methods that the connector uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, logs in, or carries a composite request.
    Post,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The name in a request line.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// A header: its name and its value.
pub type Header = (Cow<'static, str>, String);

/// A request, complete. It has no `Debug`, since its headers hold the token.
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// Where it goes.
    pub origin: &'a Origin,
    /// The path and the query string, encoded.
    pub path: &'a str,
    /// All headers but `Host` and `Content-Length`.
    pub headers: Vec<Header>,
    /// The body; none sends none.
    pub body: Option<&'a [u8]>,
}

/// An answer, read to its end. It has no `Debug`, since that of a login holds the token.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, at most the limit of the request.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body; empty where it is no UTF-8.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap_or_default()
    }

    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// How long a request may take and how large its answer may be.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For the connection to stand, in milliseconds.
    pub connect_ms: u64,
    /// From there to the answer's headers, in milliseconds.
    pub first_byte_ms: u64,
    /// Between two pieces of the answer's body, in milliseconds.
    pub between_bytes_ms: u64,
    /// When everything must be over, on the clock of the platform, in milliseconds.
    pub deadline: u64,
}

/// What went wrong between here and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Something took longer than its bound.
    Timeout,
    /// No connection, or a lost or garbled one.
    Connection,
    /// The host's policy does not let requests go there.
    Denied,
    /// The request cannot be sent by this host, however often one tries.
    Unsendable,
    /// The answer's body is larger than its bound.
    TooLarge,
}

/// A request without an answer, or with half of one.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// What went wrong.
    pub trouble: Trouble,
    /// Whether the server may have received the request. False only where that is certain.
    pub sent: bool,
    /// The status, where the answer broke off after its headers.
    pub status: Option<u16>,
    /// What the platform says of it.
    pub message: String,
}

/// A request that was sent, and whose answer is still to be read. Giving it up gives up the
/// request.
pub trait Sent {
    /// Waits for the answer and reads the whole of it, `max_body` bytes of body at most.
    fn answer(self: Box<Self>, max_body: usize) -> Result<Answer, TransportError>;
}

/// The platform: carries requests, tells the time, waits, and has random numbers.
pub trait Platform {
    /// Sends `request` once. Follows no redirect.
    fn start(
        &self,
        request: &Request<'_>,
        bounds: &Bounds,
    ) -> Result<Box<dyn Sent>, TransportError>;
    /// Milliseconds on a clock that only goes forward.
    fn now(&self) -> u64;
    /// Seconds since 1970, on the clock of the wall.
    fn unix_seconds(&self) -> u64;
    /// This many bytes that nobody can guess.
    fn random(&self, bytes: usize) -> Vec<u8>;
    /// Waits.
    fn sleep(&self, milliseconds: u64);
    /// A number that differs from call to call, to spread repetitions. Not for secrets.
    fn jitter(&self) -> u64;
}
