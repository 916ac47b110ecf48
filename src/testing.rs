//! A platform that answers what a test told it to, and keeps what was sent.

use crate::http::{Answer, Bounds, Platform, Request, Sent as Awaited, TransportError, Trouble};
use crate::session::connection::Connection;
use crate::session::settings::Settings;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// The time on the wall, in seconds since 1970.
pub const UNIX_SECONDS: u64 = 1_700_000_000;

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Method, origin and path.
    pub line: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Sent {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

#[derive(Default)]
struct State {
    answers: VecDeque<Result<Answer, TransportError>>,
    sent: Vec<Sent>,
    slept: Vec<u64>,
    now: u64,
    slow: u64,
}

/// The platform; clones share their state.
#[derive(Clone, Default)]
pub struct Script(Rc<RefCell<State>>);

impl Script {
    /// Answers a status and a body of JSON next.
    pub fn answer(&self, status: u16, body: &str) -> &Self {
        self.answer_with(
            status,
            &[("content-type", "application/json;charset=UTF-8")],
            body,
        )
    }

    /// Answers a status, headers and a body next.
    pub fn answer_with(&self, status: u16, headers: &[(&str, &str)], body: &str) -> &Self {
        let headers = headers
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        let body = body.as_bytes().to_vec();
        self.0.borrow_mut().answers.push_back(Ok(Answer {
            status,
            headers,
            body,
        }));
        self
    }

    /// Answers a login next.
    pub fn login(&self, token: &str) -> &Self {
        let body = format!(
            r#"{{"access_token":"{token}","instance_url":"https://acme.my.salesforce.com","id":"https://login.salesforce.com/id/00D/005","token_type":"Bearer","issued_at":"1476977613358"}}"#
        );
        self.answer(200, &body)
    }

    /// Fails next.
    pub fn fail(&self, trouble: Trouble, sent: bool, status: Option<u16>) -> &Self {
        let message = "lost".into();
        let error = TransportError {
            trouble,
            sent,
            status,
            message,
        };
        self.0.borrow_mut().answers.push_back(Err(error));
        self
    }

    /// Turns the clock with each request from here on.
    pub fn slow(&self, milliseconds: u64) -> &Self {
        self.0.borrow_mut().slow = milliseconds;
        self
    }

    /// Turns the clock.
    pub fn pass(&self, milliseconds: u64) -> &Self {
        self.0.borrow_mut().now += milliseconds;
        self
    }

    /// A connection with these settings.
    pub fn connect(&self, settings: &[(&str, &str)]) -> Connection {
        let settings: Vec<_> = settings
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        Connection::new(Box::new(self.clone()), Settings::read(&settings).unwrap())
    }

    /// What was sent, one line each: method, origin and path.
    pub fn lines(&self) -> Vec<String> {
        self.0
            .borrow()
            .sent
            .iter()
            .map(|sent| sent.line.clone())
            .collect()
    }

    /// What was sent.
    pub fn sent(&self) -> Vec<Sent> {
        self.0.borrow().sent.clone()
    }

    /// How long was waited, in milliseconds.
    pub fn slept(&self) -> Vec<u64> {
        self.0.borrow().slept.clone()
    }
}

/// An answer that is known already.
pub struct Scripted(pub Result<Answer, TransportError>);

impl Awaited for Scripted {
    fn answer(self: Box<Self>, max_body: usize) -> Result<Answer, TransportError> {
        self.0
            .and_then(|answer| match answer.body.len() > max_body {
                false => Ok(answer),
                true => Err(TransportError {
                    trouble: Trouble::TooLarge,
                    sent: true,
                    status: Some(answer.status),
                    message: "too large".into(),
                }),
            })
    }
}

impl Platform for Script {
    fn start(&self, request: &Request<'_>, _: &Bounds) -> Result<Box<dyn Awaited>, TransportError> {
        let mut state = self.0.borrow_mut();
        let headers = request
            .headers
            .iter()
            .map(|(n, v)| (n.to_string(), v.clone()))
            .collect();
        state.sent.push(Sent {
            line: format!(
                "{} {}{}",
                request.method.name(),
                request.origin,
                request.path
            ),
            headers,
            body: String::from_utf8_lossy(request.body.unwrap_or_default()).into_owned(),
        });
        state.now += state.slow;
        let answer = state
            .answers
            .pop_front()
            .expect("a request that the test did not expect");
        Ok(Box::new(Scripted(answer)))
    }

    fn now(&self) -> u64 {
        self.0.borrow().now
    }

    fn unix_seconds(&self) -> u64 {
        UNIX_SECONDS
    }

    fn random(&self, bytes: usize) -> Vec<u8> {
        (0..=u8::MAX).cycle().take(bytes).collect()
    }

    fn sleep(&self, milliseconds: u64) {
        let mut state = self.0.borrow_mut();
        state.slept.push(milliseconds);
        state.now += milliseconds;
    }

    fn jitter(&self) -> u64 {
        100
    }
}
