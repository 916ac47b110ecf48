//! What became of a request that failed, in the terms of `wasi:http`.

use super::connect::{ConnectTimeout, LookupFailed};
use hyper_util::client::legacy;
use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use wasmtime_wasi_http::Error as Code;

/// A request that failed, or an answer that broke off.
#[derive(Debug)]
pub(crate) struct Failed {
    /// What the connector is told.
    pub(crate) code: Code,
    /// What a person is told, in a trace.
    pub(crate) cause: String,
}

impl Failed {
    /// A failure without a deeper cause.
    pub(crate) fn new(code: Code, cause: &str) -> Self {
        Self {
            code,
            cause: cause.to_owned(),
        }
    }

    /// The text for a trace.
    pub(crate) fn describe(&self) -> String {
        format!("{} ({})", name(&self.code), self.cause)
    }
}

/// A request without an answer. What failed before anything was written gets a code that says
/// so: a refused connection, a timeout of the connection, and so on.
impl From<legacy::Error> for Failed {
    fn from(error: legacy::Error) -> Self {
        let code = if error.is_connect() {
            connect_code(&error)
        } else {
            match find::<hyper::Error>(&error) {
                Some(hyper) => hyper_code(hyper),
                None => Code::HttpProtocolError,
            }
        };
        Self {
            code,
            cause: innermost(&error),
        }
    }
}

/// An answer that broke off in its body.
impl From<hyper::Error> for Failed {
    fn from(error: hyper::Error) -> Self {
        Self {
            code: hyper_code(&error),
            cause: innermost(&error),
        }
    }
}

/// No connection.
fn connect_code(error: &legacy::Error) -> Code {
    if find::<ConnectTimeout>(error).is_some() {
        return Code::ConnectionTimeout;
    }
    if find::<LookupFailed>(error).is_some() {
        return Code::DnsError {
            rcode: Some("address not available".to_owned()),
            info_code: None,
        };
    }
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(_)) => return Code::TlsCertificateError,
        // An alert, too: by its own code it could as well have come after the request.
        Some(_) => return Code::TlsProtocolError,
        None => {}
    }
    match find::<io::Error>(error).map(deepest_kind) {
        Some(ErrorKind::TimedOut) => Code::ConnectionTimeout,
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
            Code::DestinationIpUnroutable
        }
        Some(ErrorKind::AddrNotAvailable) => Code::ConnectionLimitReached,
        Some(ErrorKind::UnexpectedEof) => Code::TlsProtocolError,
        // Also a proxy that says no.
        _ => Code::ConnectionRefused,
    }
}

/// A connection that failed.
fn hyper_code(error: &hyper::Error) -> Code {
    if error.is_canceled() {
        // hyper says so only where it gives the request back: nothing was written. The
        // connection closed as soon as it was there.
        return Code::ConnectionRefused;
    }
    if error.is_timeout() {
        return Code::HttpResponseTimeout;
    }
    let lost = error.is_incomplete_message()
        || error.is_closed()
        || error.is_body_write_aborted()
        || find::<io::Error>(error).is_some();
    if lost && !error.is_parse() {
        Code::ConnectionTerminated
    } else {
        Code::HttpProtocolError
    }
}

/// The first error of type `T` among `error` and its causes.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        current = below(error);
    }
    None
}

/// The cause of `error`. An `io::Error` names the cause of what it holds as its own, and so
/// hides what it holds.
fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(held) => Some(held),
        None => error.source(),
    }
}

/// The kind of the innermost `io::Error`: the outer ones only carry it.
fn deepest_kind(error: &io::Error) -> ErrorKind {
    match error.get_ref().and_then(|held| find::<io::Error>(held)) {
        Some(deeper) => deepest_kind(deeper),
        None => error.kind(),
    }
}

/// What the last cause says; the outer ones only say that something failed.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(deeper) = below(last) {
        last = deeper;
    }
    last.to_string()
}

/// The name of a code in `wasi:http`, for the codes that are made here.
pub(super) fn name(code: &Code) -> &'static str {
    match code {
        Code::ConnectionLimitReached => "connection-limit-reached",
        Code::ConnectionReadTimeout => "connection-read-timeout",
        Code::ConnectionRefused => "connection-refused",
        Code::ConnectionTerminated => "connection-terminated",
        Code::ConnectionTimeout => "connection-timeout",
        Code::DestinationIpUnroutable => "destination-IP-unroutable",
        Code::DnsError { .. } => "DNS-error",
        Code::HttpProtocolError => "HTTP-protocol-error",
        Code::HttpRequestDenied => "HTTP-request-denied",
        Code::HttpResponseTimeout => "HTTP-response-timeout",
        Code::TlsCertificateError => "TLS-certificate-error",
        Code::TlsProtocolError => "TLS-protocol-error",
        _ => "internal-error",
    }
}
