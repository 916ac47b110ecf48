//! What goes over the wire in place of an answer, byte by byte.

use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use serde_json::Value;

use super::{Elsewhere, Fault};
use crate::fake::reply::Reply;

/// What is done with a connection, one step after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These bytes are sent.
    Send(Bytes),
    /// These bytes are sent so many times.
    Flood(Bytes, u64),
    /// These bytes are sent again and again, with a pause behind each.
    Drip(Bytes, Duration),
    /// Nothing is sent for a while.
    Wait(Duration),
    /// Nothing is sent any more, and the connection stays.
    Hang,
    /// The connection is reset.
    Reset,
    /// The connection is closed.
    Close,
}

/// All steps of an answer. The connection is kept unless they end it.
pub type Script = Vec<Step>;

/// The status that a script answers; 0 where it never gets that far.
pub fn status(script: &[Step]) -> u16 {
    let sent = script.iter().find_map(|step| match step {
        Step::Send(bytes) => bytes.get(..12),
        _ => None,
    });
    let status = sent.and_then(|line| std::str::from_utf8(line).ok()?.get(9..)?.parse().ok());
    status.unwrap_or_default()
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// OAuth.
    Login,
    /// An API that speaks SOAP.
    Soap,
    /// An API that speaks JSON.
    Rest,
}

impl Target {
    /// Who answers at this path.
    pub fn at(path: &str) -> Target {
        if path.starts_with("/services/Soap/") {
            Target::Soap
        } else if path.starts_with("/services/oauth2/token") {
            Target::Login
        } else {
            Target::Rest
        }
    }
}

/// An answer before it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// All headers but those about the body's length.
    pub headers: Vec<(String, String)>,
    /// The body; some answers have none.
    pub body: Option<Bytes>,
}

const JSON: &str = "application/json;charset=UTF-8";
const HTML: &str = "text/html;charset=UTF-8";
const XML: &str = "text/xml;charset=UTF-8";

const DOWN: &str = "<html><head><title>Maintenance</title></head><body><h1>We are setting things up</h1></body></html>";
const LOGIN: &str =
    "<html><head><title>Login | Salesforce</title></head><body>Username</body></html>";
/// An answer to a request that nobody made.
const FOREIGN: &str = r#"{"id":"001Fk0FOREIGN00AAA","success":true,"errors":[],"totalSize":0,"done":true,"records":[]}"#;

const LATE: Duration = Duration::from_millis(100);
const PIECES: usize = 8;
const DROP: Duration = Duration::from_millis(10);
const SLOW_DROP: Duration = Duration::from_millis(50);
/// Long enough that what was sent is read before the connection is reset, which may discard it.
const BEFORE_RESET: Duration = Duration::from_millis(50);

const PIECE: usize = 64 * 1024;
const GIGABYTE: usize = 1 << 30;
const DEPTH: usize = 100_000;

impl Answer {
    /// An answer with a body.
    fn new(status: u16, kind: &str, body: impl Into<Bytes>) -> Answer {
        Answer {
            status,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: Some(body.into()),
        }
    }

    /// The same with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The answer as it should be. HEAD gets everything but the body.
    pub fn script(&self, head_only: bool) -> Script {
        let mut bytes = self.head(&self.length());
        if let Some(body) = self.body.as_ref().filter(|_| !head_only) {
            bytes.extend_from_slice(body);
        }
        vec![Step::Send(bytes.into())]
    }

    /// What stands in its place where a fault strikes.
    pub fn struck(self, fault: Fault, target: Target, elsewhere: &Elsewhere) -> Script {
        let refuse = |status, code: &str, message: &str| refusal(target, status, code, message);
        let page = |status| Answer::new(status, HTML, DOWN);
        let limit = |message| refuse(403, "REQUEST_LIMIT_EXCEEDED", message);
        let expired = |message| refuse(401, "INVALID_SESSION_ID", message);
        let answer = match fault {
            Fault::Refused
            | Fault::NotAccepted
            | Fault::ClosedOnAccept
            | Fault::ResetUnread
            | Fault::HangUnread => self,
            Fault::HangUnanswered | Fault::HangApplied => return vec![Step::Hang],
            Fault::ClosedUnapplied | Fault::ClosedApplied => return vec![Step::Close],
            Fault::ResetUnapplied | Fault::ResetApplied => return vec![Step::Reset],
            Fault::HangInHeaders => return self.cut(0, &[Step::Hang]),
            Fault::HangInBody => return self.cut(1, &[Step::Hang]),
            Fault::ClosedInBody => return self.cut(1, &[Step::Close]),
            Fault::ResetInBody => return self.cut(1, &[Step::Wait(BEFORE_RESET), Step::Reset]),
            Fault::ClosedInHead => return vec![send("HTTP/1.1 20"), Step::Close],
            Fault::Late => return [vec![Step::Wait(LATE)], self.script(false)].concat(),
            Fault::Drip => return self.drip(),
            Fault::DripForever => return self.drip_forever(),
            Fault::LengthShort => return self.misjudged(|length| length / 2, &[]),
            Fault::LengthLong => return self.misjudged(|length| length + 10, &[Step::Hang]),
            Fault::Overlong => {
                let foreign = Answer::new(200, JSON, FOREIGN).script(false);
                return [self.script(false), foreign].concat();
            }
            Fault::ChunksBroken => return self.chunks_broken(),
            Fault::Gigabyte => return self.flood(&format!("Content-Length: {GIGABYTE}"), "", ""),
            Fault::GigabyteInChunks => return self.flood(CHUNKED, "10000\r\n", "\r\n"),
            Fault::Expired => expired("Session expired or invalid"),
            Fault::Assurance => expired("This session is not valid for use with the REST API"),
            Fault::UnauthorizedPage => page(401),
            Fault::AuthHeader => refuse(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
            Fault::Quota => limit("TotalRequests Limit exceeded."),
            Fault::Concurrent => {
                limit("ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
            }
            Fault::LongRunning => limit("ConcurrentPerOrgLongTxn Limit exceeded."),
            Fault::NoRoute => page(420),
            Fault::Throttled => page(429).with("Retry-After", "1"),
            Fault::ThrottledLong => page(429).with("Retry-After", "3600"),
            Fault::NotAcceptable => Answer {
                status: 406,
                headers: Vec::new(),
                body: Some(Bytes::new()),
            },
            Fault::LockedRow => {
                let message = "unable to obtain exclusive access to this record";
                refuse(400, "UNABLE_TO_LOCK_ROW", message)
            }
            Fault::ServerError | Fault::ServerErrorApplied => {
                let message = "An unexpected error occurred. ErrorId: 1-1 (1)";
                refuse(500, "UNKNOWN_EXCEPTION", message)
            }
            Fault::BadGateway | Fault::BadGatewayApplied => page(502),
            Fault::Unavailable | Fault::UnavailableApplied => page(503),
            Fault::Redirect => redirect(302, elsewhere),
            Fault::RedirectBody => redirect(307, elsewhere),
            Fault::InstanceAstray => self.astray(&elsewhere.instance),
            Fault::LoginPage => Answer::new(200, HTML, LOGIN),
            Fault::Garbage => self.body("%PDF-1.7 \u{1}\u{2} no JSON, and no XML"),
            Fault::NoBody => self.body(""),
            Fault::EmptyObject => self.body("{}"),
            Fault::InvalidUtf8 => self.body(&b"{\"id\":\"\xff\xfe\",\"success\":true}"[..]),
            Fault::DeepNesting => {
                let open = "[".repeat(DEPTH);
                let close = "]".repeat(DEPTH);
                self.body(open + &close)
            }
            Fault::DuplicateKeys => self.doubled(),
            Fault::SoapFault => Answer::new(500, XML, fault_xml("soapenv:Server", "Server")),
            Fault::EntityBomb => self.body(bomb()).of_xml(),
            Fault::ExternalEntity => {
                let entity = format!(r#"<!ENTITY e SYSTEM "{}/">"#, elsewhere.redirect);
                self.body(document(&entity, "&e;")).of_xml()
            }
        };
        answer.script(false)
    }

    /// The status line and the headers, with one about the length.
    fn head(&self, length: &str) -> Vec<u8> {
        let reason = StatusCode::from_u16(self.status).ok();
        let reason = reason.and_then(|status| status.canonical_reason());
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason.unwrap_or(""));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !length.is_empty() {
            head.push_str(&format!("{length}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    fn length(&self) -> String {
        match &self.body {
            Some(body) => format!("Content-Length: {}", body.len()),
            None if matches!(self.status, 204 | 304) => String::new(),
            None => "Content-Length: 0".to_owned(),
        }
    }

    fn bytes(&self) -> Bytes {
        self.body.clone().unwrap_or_default()
    }

    /// None, or half, of the body and then something else. An answer without a body is whole
    /// with its headers.
    fn cut(self, halves: usize, then: &[Step]) -> Script {
        let body = self.bytes();
        if body.is_empty() {
            return self.script(false);
        }
        let mut bytes = self.head(&self.length());
        bytes.extend_from_slice(&body.slice(..body.len() * halves / 2));
        [&[Step::Send(bytes.into())], then].concat()
    }

    fn drip(self) -> Script {
        let mut bytes = self.head(&self.length());
        bytes.extend_from_slice(&self.bytes());
        let size = bytes.len().div_ceil(PIECES).max(1);
        let piece = |piece: &[u8]| [Step::Send(Bytes::copy_from_slice(piece)), Step::Wait(DROP)];
        bytes.chunks(size).flat_map(piece).collect()
    }

    fn drip_forever(self) -> Script {
        let head = self.full().head(CHUNKED);
        vec![
            Step::Send(head.into()),
            Step::Drip(Bytes::from_static(b"1\r\n \r\n"), SLOW_DROP),
        ]
    }

    fn misjudged(self, length: impl Fn(usize) -> usize, then: &[Step]) -> Script {
        let body = self.bytes();
        let mut bytes = self.head(&format!("Content-Length: {}", length(body.len())));
        bytes.extend_from_slice(&body);
        [&[Step::Send(bytes.into())], then].concat()
    }

    fn chunks_broken(self) -> Script {
        let answer = self.full();
        let body = answer.bytes();
        let half = body.slice(..body.len() / 2);
        let mut bytes = answer.head(CHUNKED);
        if !half.is_empty() {
            bytes.extend_from_slice(format!("{:x}\r\n", half.len()).as_bytes());
            bytes.extend_from_slice(&half);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"no chunk\r\n");
        vec![Step::Send(bytes.into()), Step::Close]
    }

    fn flood(self, length: &str, before: &str, after: &str) -> Script {
        let head = self.full().head(length);
        let mut piece = before.as_bytes().to_vec();
        piece.resize(piece.len() + PIECE, b' ');
        piece.extend_from_slice(after.as_bytes());
        let times = u64::try_from(GIGABYTE / PIECE).unwrap_or_default();
        let mut steps = vec![Step::Send(head.into()), Step::Flood(piece.into(), times)];
        if !before.is_empty() {
            steps.push(send("0\r\n\r\n"));
        }
        steps
    }

    /// An answer that may have a body: 204 may not.
    fn full(mut self) -> Answer {
        if self.status == 204 {
            self.status = 200;
        }
        let kind = |(name, _): &(String, String)| name == "Content-Type";
        if !self.headers.iter().any(kind) {
            self = self.with("Content-Type", JSON);
        }
        self
    }

    /// The same with another body.
    fn body(self, body: impl Into<Bytes>) -> Answer {
        Answer {
            body: Some(body.into()),
            ..self.full()
        }
    }

    fn of_xml(mut self) -> Answer {
        self.headers.retain(|(name, _)| name != "Content-Type");
        self.with("Content-Type", XML)
    }

    /// The same where it is a login, but for the instance.
    fn astray(mut self, instance: &str) -> Answer {
        let body = self.bytes();
        let text = String::from_utf8_lossy(&body);
        if let Ok(Value::Object(mut object)) = serde_json::from_str(&text) {
            if let Some(place) = object.get_mut("instance_url") {
                *place = instance.into();
                self.body = Some(Value::Object(object).to_string().into());
            }
        } else if let Some((before, rest)) = text.split_once("<serverUrl>")
            && let Some((url, after)) = rest.split_once("</serverUrl>")
        {
            let path = url.find("/services").and_then(|at| url.get(at..));
            let url = format!("{instance}{}", path.unwrap_or_default());
            let text = format!("{before}<serverUrl>{url}</serverUrl>{after}");
            self.body = Some(text.into());
        }
        self
    }

    /// The same with each key of its objects twice.
    fn doubled(mut self) -> Answer {
        if let Ok(value) = serde_json::from_slice(&self.bytes()) {
            let mut text = String::new();
            double(&value, &mut text);
            self.body = Some(text.into());
        }
        self
    }
}

const CHUNKED: &str = "Transfer-Encoding: chunked";

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        let (kind, body) = reply.body.into_bytes();
        let mut headers: Vec<(String, String)> = Vec::new();
        if let Some(kind) = kind {
            headers.push(("Content-Type".to_owned(), kind.to_owned()));
        }
        let others = reply.headers.into_iter();
        headers.extend(others.map(|(name, value)| (name.to_owned(), value)));
        Answer {
            status: reply.status,
            headers,
            body,
        }
    }
}

fn send(text: &'static str) -> Step {
    Step::Send(Bytes::from_static(text.as_bytes()))
}

/// An error in the form of who answers. SOAP has one status for all.
fn refusal(target: Target, status: u16, code: &str, message: &str) -> Answer {
    match target {
        Target::Soap => Answer::new(500, XML, fault_xml(&format!("sf:{code}"), message)),
        Target::Login | Target::Rest => {
            let body = serde_json::json!([{"message": message, "errorCode": code}]);
            Answer::new(status, JSON, body.to_string())
        }
    }
}

fn redirect(status: u16, elsewhere: &Elsewhere) -> Answer {
    let place = format!("{}/services/data/", elsewhere.redirect);
    Answer::new(status, HTML, "").with("Location", &place)
}

fn fault_xml(code: &str, message: &str) -> String {
    let fault = format!(
        "<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{message}</faultstring></soapenv:Fault>"
    );
    document("", &fault)
}

/// An envelope with this in its body, and this in front of it.
fn document(entities: &str, content: &str) -> String {
    let kind = match entities {
        "" => String::new(),
        entities => format!("<!DOCTYPE soapenv:Envelope [{entities}]>"),
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>{kind}<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="http://soap.sforce.com/2006/04/metadata"><soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"#
    )
}

/// Ten entities, each of which is ten of the one before.
fn bomb() -> String {
    let mut entities = String::from(r#"<!ENTITY e0 "ha">"#);
    for at in 1..=10 {
        let ten = format!("&e{};", at - 1).repeat(10);
        entities.push_str(&format!(r#"<!ENTITY e{at} "{ten}">"#));
    }
    document(&entities, "&e10;")
}

fn double(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            out.push('{');
            let twice = object.iter().flat_map(|member| [member, member]);
            for (at, (key, value)) in twice.enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                double(value, out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                double(value, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}
