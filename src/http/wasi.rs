//! The platform of a component: `wasi:http`, `wasi:clocks`, `wasi:random` and
//! `wasi:cli/environment`.

use super::{Answer, Bounds, Method, Platform, Request, Sent, TransportError, Trouble};
use wasi::cli::environment;
use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, OutgoingBody,
    OutgoingRequest, RequestOptions, Scheme, http_error_code,
};
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasi::random::random;

/// Nanoseconds in a millisecond.
const MILLISECOND: u64 = 1_000_000;

/// The most bytes of one read or write; hosts take and give less where they want to.
const PIECE: usize = 64 * 1024;

/// The host that this component runs in.
pub struct Host;

/// The environment of the instance.
pub fn environment() -> Vec<(String, String)> {
    environment::get_environment()
}

impl Platform for Host {
    fn start(
        &self,
        request: &Request<'_>,
        bounds: &Bounds,
    ) -> Result<Box<dyn Sent>, TransportError> {
        let deadline = Deadline::at(bounds.deadline);
        let outgoing = outgoing(request)?;
        let body = match request.body {
            None => None,
            Some(bytes) => {
                let body = outgoing
                    .body()
                    .map_err(|()| unsent("the request takes no body"))?;
                Some((body, bytes))
            }
        };
        // Started before the body is written: a host may buffer as little as one piece of it.
        let pending = outgoing_handler::handle(outgoing, Some(options(bounds)))
            .map_err(|code| failed(&code, None))?;
        let response = pending.subscribe();
        if let Some((body, bytes)) = body {
            write(body, bytes, &response, &deadline)?;
        }
        Ok(Box::new(Awaited {
            response,
            pending,
            deadline,
        }))
    }

    fn now(&self) -> u64 {
        monotonic_clock::now() / MILLISECOND
    }

    fn unix_seconds(&self) -> u64 {
        wall_clock::now().seconds
    }

    fn random(&self, bytes: usize) -> Vec<u8> {
        random::get_random_bytes(bytes as u64)
    }

    fn sleep(&self, milliseconds: u64) {
        let time = milliseconds.saturating_mul(MILLISECOND);
        monotonic_clock::subscribe_duration(time).block();
    }

    fn jitter(&self) -> u64 {
        // The low digits of a clock of nanoseconds differ from call to call.
        monotonic_clock::now() >> 4
    }
}

/// A request whose answer is awaited. Children go before their parents, or the host traps: fields
/// are dropped in this order.
struct Awaited {
    response: Pollable,
    pending: FutureIncomingResponse,
    deadline: Deadline,
}

impl Sent for Awaited {
    fn answer(self: Box<Self>, max_body: usize) -> Result<Answer, TransportError> {
        let late = |late: Late| late.sent(None);
        self.deadline.wait(&self.response).map_err(late)?;
        read(&self.pending, &self.deadline, max_body)
    }
}

/// When everything must be over.
struct Deadline(Pollable);

/// The deadline has passed.
struct Late;

impl Deadline {
    fn at(milliseconds: u64) -> Deadline {
        let instant = milliseconds.saturating_mul(MILLISECOND);
        Deadline(monotonic_clock::subscribe_instant(instant))
    }

    /// Waits for `ready`.
    fn wait(&self, ready: &Pollable) -> Result<(), Late> {
        match poll(&[ready, &self.0]).contains(&0) {
            true => Ok(()),
            false => Err(Late),
        }
    }
}

impl Late {
    fn sent(self, status: Option<u16>) -> TransportError {
        TransportError {
            trouble: Trouble::Timeout,
            sent: true,
            status,
            message: "the time of the call is over".into(),
        }
    }
}

/// How Obelisk marks a secret that it puts in on the way out. It alone knows the length then, and
/// would keep one that it was told.
const PLACEHOLDER: &[u8] = b"OBELISK_SECRET_";

fn outgoing(request: &Request<'_>) -> Result<OutgoingRequest, TransportError> {
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let headers: Vec<_> = headers.collect();
    let Ok(fields) = Fields::from_list(&headers) else {
        return Err(unsent(
            "the host does not let one of the headers be sent; options.headers adds some",
        ));
    };
    if let Some(body) = request.body
        && !body
            .windows(PLACEHOLDER.len())
            .any(|part| part == PLACEHOLDER)
    {
        // Without it hosts send in chunks. Some set it themselves and forbid it: then go on.
        let _ = fields.append("content-length", body.len().to_string().as_bytes());
    }
    let outgoing = OutgoingRequest::new(fields);
    let method = match request.method {
        Method::Get => wasi::http::types::Method::Get,
        Method::Post => wasi::http::types::Method::Post,
        Method::Patch => wasi::http::types::Method::Patch,
        Method::Delete => wasi::http::types::Method::Delete,
    };
    let scheme = if request.origin.https() {
        Scheme::Https
    } else {
        Scheme::Http
    };
    // GET is what a request has from the start.
    let set = match request.method {
        Method::Get => Ok(()),
        _ => outgoing.set_method(&method),
    };
    let set = set
        .and_then(|()| outgoing.set_scheme(Some(&scheme)))
        .and_then(|()| outgoing.set_authority(Some(&request.origin.authority())))
        .and_then(|()| outgoing.set_path_with_query(Some(request.path)));
    match set {
        Ok(()) => Ok(outgoing),
        Err(()) => Err(unsent("the host does not take this address")),
    }
}

/// Hosts that cannot keep a time limit refuse to take it; the deadline still holds.
fn options(bounds: &Bounds) -> RequestOptions {
    let options = RequestOptions::new();
    let time = |milliseconds: u64| Some(milliseconds.saturating_mul(MILLISECOND));
    let _ = options.set_connect_timeout(time(bounds.connect_ms));
    let _ = options.set_first_byte_timeout(time(bounds.first_byte_ms));
    let _ = options.set_between_bytes_timeout(time(bounds.between_bytes_ms));
    options
}

/// Writes the body, as far as the server takes it: one that answers early is heard.
fn write(
    body: OutgoingBody,
    bytes: &[u8],
    response: &Pollable,
    deadline: &Deadline,
) -> Result<(), TransportError> {
    let Ok(stream) = body.write() else {
        return Ok(());
    };
    let whole = write_pieces(&stream, bytes, response, deadline);
    drop(stream);
    // A body that is not finished tells the host that the request broke off.
    if whole? {
        let _ = OutgoingBody::finish(body, None);
    }
    Ok(())
}

/// Whether all of it was written.
fn write_pieces(
    stream: &OutputStream,
    mut rest: &[u8],
    response: &Pollable,
    deadline: &Deadline,
) -> Result<bool, TransportError> {
    let ready = stream.subscribe();
    let mut flushed = false;
    loop {
        let Ok(room) = stream.check_write() else {
            return Ok(false);
        };
        if room == 0 {
            let woken = poll(&[&ready, response, &deadline.0]);
            if woken.contains(&0) {
                continue;
            }
            if woken.contains(&1) {
                return Ok(false);
            }
            return Err(Late.sent(None));
        }
        if rest.is_empty() && flushed {
            return Ok(true);
        }
        if rest.is_empty() {
            flushed = true;
            if stream.flush().is_err() {
                return Ok(false);
            }
            continue;
        }
        let size = rest
            .len()
            .min(PIECE)
            .min(usize::try_from(room).unwrap_or(PIECE));
        let (piece, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        if stream.write(piece).is_err() {
            return Ok(false);
        }
        rest = after;
    }
}

/// An answer being read. Children go before their parents, or the host traps: fields are
/// dropped in this order.
struct Incoming {
    /// Only where there was something to wait for.
    ready: Option<Pollable>,
    stream: InputStream,
    _body: IncomingBody,
    _response: IncomingResponse,
}

fn read(
    pending: &FutureIncomingResponse,
    deadline: &Deadline,
    max_body: usize,
) -> Result<Answer, TransportError> {
    let response = match pending.get() {
        Some(Ok(Ok(response))) => response,
        Some(Ok(Err(code))) => return Err(failed(&code, None)),
        _ => return Err(broken("the host gave no answer", None)),
    };
    let status = response.status();
    let headers: Vec<(String, String)> = response
        .headers()
        .entries()
        .into_iter()
        .map(|(mut name, value)| {
            name.make_ascii_lowercase();
            let value = String::from_utf8(value)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            (name, value)
        })
        .collect();
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    let length = answer
        .header("content-length")
        .and_then(|l| l.trim().parse::<usize>().ok());
    let too_large = || TransportError {
        trouble: Trouble::TooLarge,
        sent: true,
        status: Some(status),
        message: format!("the answer has more than {max_body} bytes"),
    };
    if length.is_some_and(|length| length > max_body) {
        return Err(too_large());
    }
    let gone = |()| broken("the host gave no body", Some(status));
    let body = response.consume().map_err(gone)?;
    let stream = body.stream().map_err(gone)?;
    let mut incoming = Incoming {
        ready: None,
        stream,
        _body: body,
        _response: response,
    };
    answer.body.reserve_exact(length.unwrap_or_default());
    loop {
        match incoming.stream.read(PIECE as u64) {
            Ok(piece) if piece.is_empty() => {
                let ready = incoming
                    .ready
                    .get_or_insert_with(|| incoming.stream.subscribe());
                deadline
                    .wait(ready)
                    .map_err(|late| late.sent(Some(status)))?;
            }
            Ok(piece) if answer.body.len() + piece.len() > max_body => return Err(too_large()),
            Ok(piece) => {
                let room = answer.body.capacity() - answer.body.len();
                if room < piece.len() {
                    // By a quarter and not doubled, since an answer may take most of the memory.
                    answer
                        .body
                        .reserve_exact(piece.len() + answer.body.len() / 4);
                }
                answer.body.extend_from_slice(&piece);
            }
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                return Err(match http_error_code(&error) {
                    Some(code) => failed(&code, Some(status)),
                    None => broken("the answer broke off", Some(status)),
                });
            }
        }
    }
    // Not every host compares.
    let bodyless = matches!(status, 204 | 304);
    match length {
        Some(length) if answer.body.len() < length && !bodyless => {
            Err(broken("the answer broke off", Some(status)))
        }
        _ => Ok(answer),
    }
}

fn unsent(message: &str) -> TransportError {
    TransportError {
        trouble: Trouble::Unsendable,
        sent: false,
        status: None,
        message: message.into(),
    }
}

fn broken(message: &str, status: Option<u16>) -> TransportError {
    TransportError {
        trouble: Trouble::Connection,
        sent: true,
        status,
        message: message.into(),
    }
}

/// What the host's error means. Hosts differ in the codes that they use, so that only those
/// which cannot follow a sent request count as not sent.
fn failed(code: &ErrorCode, status: Option<u16>) -> TransportError {
    use Trouble::{Connection, Denied, Timeout, TooLarge, Unsendable};
    let (trouble, sent, message) = match code {
        ErrorCode::DnsTimeout => (Timeout, false, "the name server did not answer in time"),
        ErrorCode::DnsError(_) => (Connection, false, "the host name was not found"),
        ErrorCode::DestinationNotFound => (Connection, false, "the host was not found"),
        ErrorCode::DestinationUnavailable => (Connection, false, "the host is not available"),
        ErrorCode::DestinationIpProhibited => (Denied, false, "the host's address is prohibited"),
        ErrorCode::DestinationIpUnroutable => (Connection, false, "there is no route to the host"),
        ErrorCode::ConnectionRefused => (Connection, false, "the connection was refused"),
        ErrorCode::ConnectionLimitReached => (Connection, false, "too many connections"),
        ErrorCode::TlsCertificateError => (Connection, false, "the certificate is not valid"),
        ErrorCode::TlsProtocolError => (Connection, false, "TLS could not be agreed on"),
        ErrorCode::HttpRequestDenied => (Denied, false, "the host's policy denies this address"),
        ErrorCode::HttpRequestUriInvalid
        | ErrorCode::HttpRequestUriTooLong
        | ErrorCode::HttpRequestMethodInvalid
        | ErrorCode::HttpRequestHeaderSectionSize(_)
        | ErrorCode::HttpRequestHeaderSize(_) => {
            (Unsendable, false, "the host does not take this request")
        }
        // The shim of jco says so of any request whose answer's headers do not come in time.
        ErrorCode::ConnectionTimeout => (Timeout, true, "no connection, or no answer, in time"),
        ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => (Timeout, true, "no answer in time"),
        ErrorCode::HttpResponseBodySize(_) => (TooLarge, true, "the answer is too large"),
        ErrorCode::HttpResponseIncomplete => (Connection, true, "the answer broke off"),
        _ => (Connection, true, "the connection was lost"),
    };
    TransportError {
        trouble,
        sent,
        status,
        message: message.into(),
    }
}
