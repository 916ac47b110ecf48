//! Requests that carry a token: login when there is none, renewal, repetition, failures.

mod ask;
mod guard;
mod logins;

use ask::headers;

pub use ask::{Ask, Body};

use super::fault;
use super::login::Session;
use super::settings::{Flow, Given, Login, SOAP_URL_LOGIN, Settings, URL_LOGIN};
use super::verdict::{self, Context, Reply, Setback};
use crate::failure::{Applied, Failure};
use crate::http::breaker::{Breaker, Quota};
use crate::http::gzip;
use crate::http::retry::{self, Left, Stop};
use crate::http::{Bounds, Header, Platform, Request, Sent, TransportError, Trouble};
use crate::salesforce::{composite, soap};
use crate::secret::{self, Secret};

/// The most bytes of an answer in SOAP, which takes several times as much memory once it is read.
const SOAP_BYTES: usize = 16 * 1024 * 1024;

/// One connection to one org: its settings and its session.
pub struct Connection {
    platform: Box<dyn Platform>,
    settings: Settings,
    session: Option<Session>,
    /// How to get the next session: as the settings say, or with the token that came along with
    /// the last one.
    login: Option<Login>,
    /// The failure of a login that was refused for good.
    refused: Option<Failure>,
    /// Secrets of the last login that the settings do not hold.
    secrets: Vec<Secret>,
    /// The token before the one of the session, which an answer may still hold.
    retired: Option<Secret>,
    breaker: Breaker,
    quota: Quota,
}

/// What one action may use up, over all of its requests.
#[derive(Debug)]
pub struct Call {
    deadline: u64,
    headers: Vec<Header>,
    attempts: u32,
    uncertain: bool,
    /// Whether the caller set the time.
    hurried: bool,
    /// Whether it has begun to write.
    writes: bool,
}

impl Call {
    /// Whether an attempt whose answer was lost may have changed something, although a later one
    /// was answered.
    pub fn uncertain(&self) -> bool {
        self.uncertain
    }

    /// Requests sent so far, logins included.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

/// A request that was made before its answer was needed.
pub struct Ahead {
    sent: Box<dyn Sent>,
    /// The token that it was made with.
    token: Secret,
}

impl Connection {
    /// A connection that logs in when it first has to, unless the settings give a session.
    pub fn new(platform: Box<dyn Platform>, settings: Settings) -> Self {
        let given = settings.given.clone();
        let session = given.map(|Given { token, origin }| Session::given(token, origin));
        let limits = settings.limits;
        Connection {
            platform,
            login: settings.login.clone(),
            settings,
            session,
            refused: None,
            secrets: Vec::new(),
            retired: None,
            breaker: Breaker::new(limits.breaker),
            quota: Quota::new(limits.reserve_percent, limits.breaker.open_ms),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The session held now.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The session as settings of another instance, with the place of the login: an instance
    /// URL alone would move it to the org's host.
    pub fn handover(&self) -> Option<Vec<(String, String)>> {
        let mut settings = self.session.as_ref()?.settings();
        if let Some(login) = &self.login {
            let name = match login.flow {
                Flow::Soap { .. } => SOAP_URL_LOGIN,
                _ => URL_LOGIN,
            };
            let place = format!("{}{}", login.endpoint.origin, login.endpoint.path);
            settings.push((name.to_owned(), place));
        }
        Some(settings)
    }

    /// Runs an action, and lets no secret out that a server may have put into its answer.
    pub fn run<T>(
        &mut self,
        action: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let outcome = action(self);
        self.breaker.end(self.platform.now());
        outcome.map_err(|failure| self.sealed(failure))
    }

    /// Starts the time of an action. `headers` go with each of its requests.
    pub fn begin(&self, headers: Vec<Header>, deadline_ms: Option<u64>) -> Call {
        let time = deadline_ms.unwrap_or(self.settings.limits.deadline_ms);
        Call {
            deadline: self.platform.now().saturating_add(time),
            headers,
            attempts: 0,
            uncertain: false,
            hurried: deadline_ms.is_some(),
            writes: false,
        }
    }

    /// Makes a request until it succeeds, fails for good, or may not be repeated.
    pub fn ask(&mut self, call: &mut Call, ask: &Ask<'_>) -> Result<Reply, Failure> {
        self.ask_again(call, ask, None)
    }

    /// Makes a request whose answer is needed later; none where it cannot be made now. It is no
    /// SOAP, and may be repeated.
    pub fn start(&self, call: &mut Call, ask: &Ask<'_>) -> Option<Ahead> {
        let session = self.session.as_ref()?;
        let token = session.token.clone();
        let headers = self.headers(call, ask, session);
        let request = Request {
            method: ask.method,
            origin: &session.origin,
            path: ask.path,
            headers,
            body: None,
        };
        let sent = self.send(call, &request).ok()?;
        Some(Ahead { sent, token })
    }

    /// The same as [`Connection::ask`], where the first attempt may have been made ahead.
    pub fn ask_again(
        &mut self,
        call: &mut Call,
        ask: &Ask<'_>,
        ahead: Option<Ahead>,
    ) -> Result<Reply, Failure> {
        self.admit(call, ask.class)?;
        let session = self.session.as_ref();
        // With a token that was replaced meanwhile it would only be told so.
        let mut ahead =
            ahead.filter(|ahead| session.is_some_and(|session| session.token == ahead.token));
        let (mut tries, mut renewed, mut applied) = (0, false, Applied::No);
        loop {
            tries += 1;
            let sent = call.attempts - u32::from(ahead.is_some());
            let mut setback = match self.attempt(call, ask, ahead.take()) {
                Ok(reply) => {
                    self.note_success();
                    return Ok(reply);
                }
                Err(setback) => setback,
            };
            if setback.expired && !renewed && self.login.is_some() {
                renewed = true;
                tries -= 1;
                self.retired = self.session.take().map(|session| session.token);
                continue;
            }
            setback.failure = self.sealed(setback.failure);
            if call.attempts > sent {
                self.note_failure(call, &setback);
            }
            if ask.results && setback.meaning.applied == Applied::Yes {
                setback.meaning.applied = Applied::Maybe;
            }
            call.uncertain |= setback.meaning.applied != Applied::No;
            // What an earlier attempt did, or may have done, stays so.
            applied = match (applied, setback.meaning.applied) {
                (Applied::Yes, _) | (_, Applied::No) => applied,
                (_, now) => now,
            };
            let stop = match setback.meaning.repeat {
                true => self.wait(call, tries, &setback.failure),
                false => Some(Stop::UsedUp),
            };
            if let Some(stop) = stop {
                let failure = setback.finish(tries, applied, stop);
                return Err(failure.with("attempts", u64::from(call.attempts)));
            }
        }
    }

    /// Waits within the time of a call; false, at once, where that would be over first.
    pub fn pause(&self, call: &Call, milliseconds: u64) -> bool {
        let within = self.platform.now().saturating_add(milliseconds) < call.deadline;
        if within {
            self.platform.sleep(milliseconds);
        }
        within
    }

    /// Waits for the next attempt, or says why there is none.
    fn wait(&self, call: &Call, tries: u32, failure: &Failure) -> Option<Stop> {
        let left = Left {
            made: tries,
            most: self.settings.limits.attempts,
            ms: call.deadline.saturating_sub(self.platform.now()),
            cap_ms: self.settings.limits.max_wait_ms,
        };
        let asked = failure.detail.retry_after_ms;
        match retry::wait_ms(left, asked, self.platform.jitter()) {
            Ok(wait) => {
                self.platform.sleep(wait);
                None
            }
            Err(stop) => Some(stop),
        }
    }

    /// One attempt: a login where there is no session, and the request.
    fn attempt(
        &mut self,
        call: &mut Call,
        ask: &Ask<'_>,
        ahead: Option<Ahead>,
    ) -> Result<Reply, Setback> {
        let session = match self.session.clone() {
            Some(session) => session,
            None => self.renew(call)?,
        };
        let token = session.token.reveal();
        let soap = matches!(ask.body, Some(Body::Soap(_)));
        if soap && soap::is_jwt(token) {
            return Err(fault::jwt());
        }
        let envelope = match ask.body {
            Some(Body::Soap(operation)) => soap::envelope(ask.path, token, operation),
            _ => String::new(),
        };
        let headers = self.headers(call, ask, &session);
        let request = Request {
            method: ask.method,
            origin: &session.origin,
            path: ask.path,
            headers,
            body: match ask.body {
                Some(Body::Soap(_)) => Some(envelope.as_bytes()),
                Some(Body::Json(body) | Body::Other(_, body)) => Some(body),
                None => None,
            },
        };
        let limit = self.settings.limits.response_bytes.min(ask.max_body);
        let limit = if soap { limit.min(SOAP_BYTES) } else { limit };
        let sent = match ahead {
            Some(ahead) => Ok(ahead.sent),
            None => self.send(call, &request),
        };
        let answer = sent.and_then(|sent| gzip::inflated(sent.answer(limit)?, limit));
        let answer = answer.map_err(|error| {
            verdict::of_transport(
                &format!("the request to {}", session.origin),
                ask.class,
                &error,
            )
        })?;
        if let Some(usage) = verdict::usage(&answer) {
            self.quota.learn(usage, self.platform.now());
        }
        let answer = match ask.composite && answer.status == 200 {
            true => composite::unwrap(answer),
            false => answer,
        };
        let context = Context {
            attempts: u64::from(call.attempts),
            renewable: self.login.is_some(),
            page: ask.page,
            unix_seconds: self.platform.unix_seconds(),
        };
        match soap {
            true => fault::of_answer(ask.class, answer, context),
            false => verdict::of_answer(ask.class, answer, context),
        }
    }

    /// The headers of a request, those of the caller among them.
    fn headers(&self, call: &Call, ask: &Ask<'_>, session: &Session) -> Vec<Header> {
        let mut headers = headers(session.token.reveal(), ask.body);
        // Other answers are too small for it to pay, and to this machine there is no distance.
        let compression = self.settings.limits.compression;
        if ask.page && compression.unwrap_or(!session.origin.is_loopback()) {
            headers.push(("Accept-Encoding".into(), gzip::GZIP.into()));
        }
        if !matches!(ask.body, Some(Body::Soap(_))) && !ask.composite {
            headers.extend(call.headers.iter().cloned());
        }
        headers
    }

    fn send(
        &self,
        call: &mut Call,
        request: &Request<'_>,
    ) -> Result<Box<dyn Sent>, TransportError> {
        if self.platform.now() >= call.deadline {
            return Err(TransportError {
                trouble: Trouble::Timeout,
                sent: false,
                status: None,
                message: "the time of the call is over".into(),
            });
        }
        call.attempts += 1;
        let limits = &self.settings.limits;
        self.platform.start(
            request,
            &Bounds {
                connect_ms: limits.connect_ms,
                first_byte_ms: limits.first_byte_ms,
                between_bytes_ms: limits.between_bytes_ms,
                deadline: call.deadline,
            },
        )
    }

    /// The failure without any secret that a server may have put into its answer.
    fn sealed(&self, mut failure: Failure) -> Failure {
        let session = self.session.iter();
        let held = session.flat_map(|s| s.refresh.iter().chain([&s.token]));
        let settings = self.settings.secrets.iter();
        let earlier = self.secrets.iter().chain(&self.retired);
        let secrets: Vec<_> = settings.chain(earlier).chain(held).collect();
        failure.map_texts(|text| secret::redact(text, &secrets));
        failure
    }
}

#[cfg(test)]
mod tests;
