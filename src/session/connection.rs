//! Requests that carry a token: login when there is none, renewal, repetition, failures.

use super::login::{self, Session};
use super::settings::{Given, Login, Settings};
use crate::failure::{Applied, Failure, Kind, code};
use crate::http::retry::{self, Class, Meaning};
use crate::http::{Answer, Bounds, Header, Method, Platform, Request, TransportError, Trouble};
use crate::json::{self, Members, More};
use crate::salesforce::{composite, errors};
use crate::secret::Secret;
use serde_json::value::RawValue;

/// Set in the `more` of a failure where an answer was larger than its bound.
pub const TOO_LARGE: &str = "tooLarge";

/// One connection to one org: its settings and its session.
pub struct Connection {
    platform: Box<dyn Platform>,
    settings: Settings,
    session: Option<Session>,
}

/// What one action may use up, over all of its requests.
#[derive(Debug)]
pub struct Call {
    deadline: u64,
    headers: Vec<Header>,
    attempts: u32,
}

impl Call {
    /// Requests sent so far, logins included.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

/// A request to the org.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The method.
    pub method: Method,
    /// The path and query string.
    pub path: &'a str,
    /// A JSON body.
    pub body: Option<&'a [u8]>,
    /// Whether it may be repeated.
    pub class: Class,
    /// Whether it is the one request inside a composite one, whose answer counts.
    pub composite: bool,
    /// The most bytes of the answer's body, where that is less than the setting.
    pub max_body: usize,
}

impl<'a> Ask<'a> {
    /// A request without a body.
    pub fn new(method: Method, path: &'a str, class: Class) -> Self {
        Ask {
            method,
            path,
            body: None,
            class,
            composite: false,
            max_body: usize::MAX,
        }
    }

    /// The same with a JSON body.
    pub fn with_body(self, body: &'a [u8]) -> Self {
        Ask {
            body: Some(body),
            ..self
        }
    }
}

/// A successful answer, as text.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body; none where there is none.
    pub body: Option<String>,
    /// Headers worth having, usage, attempts.
    pub more: More,
}

/// A failed attempt.
struct Setback {
    failure: Failure,
    meaning: Meaning,
    expired: bool,
}

impl Setback {
    fn new(failure: Failure, meaning: Meaning) -> Self {
        Setback {
            failure,
            meaning,
            expired: false,
        }
    }
}

impl Connection {
    /// A connection that logs in when it first has to, unless the settings give a session.
    pub fn new(platform: Box<dyn Platform>, settings: Settings) -> Self {
        let given = settings.given.clone();
        let session = given.map(|Given { token, origin }| Session::given(token, origin));
        Connection {
            platform,
            settings,
            session,
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

    /// Runs an action, and lets no secret out that a server may have put into its answer.
    pub fn run<T>(
        &mut self,
        action: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        action(self).map_err(|failure| self.sealed(failure))
    }

    /// Starts the time of an action. `headers` go with each of its requests.
    pub fn begin(&self, headers: Vec<Header>, deadline_ms: Option<u64>) -> Call {
        let time = deadline_ms.unwrap_or(self.settings.limits.deadline_ms);
        Call {
            deadline: self.platform.now().saturating_add(time),
            headers,
            attempts: 0,
        }
    }

    /// Logs in, even where a session is held. Without credentials the session that the settings
    /// gave is the only one.
    pub fn log_in(&mut self) -> Result<&Session, Failure> {
        let mut call = self.begin(Vec::new(), None);
        if let Some(login) = self.settings.login.clone() {
            let renewed = self.renew(&login, &mut call).map_err(|setback| {
                let repeat = setback.meaning.repeat;
                if repeat {
                    setback.failure.transient()
                } else {
                    setback.failure
                }
            });
            renewed.map_err(|failure| self.sealed(failure))?;
        }
        let missing = || Failure::permanent(code::MISSING_TOKEN, "there is no session");
        self.session.as_ref().ok_or_else(missing)
    }

    /// Makes a request until it succeeds, fails for good, or may not be repeated.
    pub fn ask(&mut self, call: &mut Call, ask: &Ask<'_>) -> Result<Reply, Failure> {
        let (mut tries, mut renewed, mut applied) = (0, false, Applied::No);
        loop {
            tries += 1;
            let setback = match self.attempt(call, ask) {
                Ok(reply) => return Ok(reply),
                Err(setback) => setback,
            };
            if setback.expired && !renewed && self.settings.login.is_some() {
                renewed = true;
                tries -= 1;
                self.session = None;
                continue;
            }
            // What an earlier attempt may have done stays possible.
            applied = match (applied, setback.meaning.applied) {
                (earlier, Applied::No) => earlier,
                (_, now) => now,
            };
            if setback.meaning.repeat && self.wait(call, tries, &setback.failure) {
                continue;
            }
            let failure =
                finish(setback, tries, applied).with("attempts", u64::from(call.attempts));
            return Err(self.sealed(failure));
        }
    }

    /// Waits for the next attempt; false where there is none.
    fn wait(&self, call: &Call, tries: u32, failure: &Failure) -> bool {
        let asked = failure.detail.retry_after_ms;
        let wait = retry::wait_ms(tries + 1, asked, self.platform.jitter());
        let Some(wait) = wait.filter(|_| tries < self.settings.limits.attempts) else {
            return false;
        };
        if self.platform.now().saturating_add(wait) >= call.deadline {
            return false;
        }
        self.platform.sleep(wait);
        true
    }

    /// One attempt: a login where there is no session, and the request.
    fn attempt(&mut self, call: &mut Call, ask: &Ask<'_>) -> Result<Reply, Setback> {
        let session = match (self.session.clone(), self.settings.login.clone()) {
            (Some(session), _) => session,
            (None, Some(login)) => self.renew(&login, call)?,
            (None, None) => {
                let failure = Failure::permanent(code::MISSING_TOKEN, "there is no session");
                return Err(Setback::new(failure, refused()));
            }
        };
        let mut headers: Vec<Header> = vec![
            (
                "Authorization".into(),
                format!("Bearer {}", session.token.reveal()),
            ),
            ("Accept".into(), "application/json".into()),
        ];
        if ask.body.is_some() {
            headers.push((
                "Content-Type".into(),
                "application/json; charset=UTF-8".into(),
            ));
        }
        if !ask.composite {
            headers.extend(call.headers.iter().cloned());
        }
        let request = Request {
            method: ask.method,
            origin: &session.origin,
            path: ask.path,
            headers,
            body: ask.body,
        };
        let limit = self.settings.limits.response_bytes.min(ask.max_body);
        let sent = self.send(call, &request, limit);
        let answer = sent.map_err(|error| {
            Setback::new(
                disconnected(&session, &error),
                retry::of_transport(&error, ask.class),
            )
        })?;
        let answer = match ask.composite && answer.status == 200 {
            true => composite::unwrap(answer),
            false => answer,
        };
        self.judge(call, ask, answer)
    }

    fn send(
        &self,
        call: &mut Call,
        request: &Request<'_>,
        max_body: usize,
    ) -> Result<Answer, TransportError> {
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
        self.platform.send(
            request,
            &Bounds {
                connect_ms: limits.connect_ms,
                first_byte_ms: limits.first_byte_ms,
                between_bytes_ms: limits.between_bytes_ms,
                deadline: call.deadline,
                max_body,
            },
        )
    }

    /// Logs in once.
    fn renew(&mut self, login: &Login, call: &mut Call) -> Result<Session, Setback> {
        let form = login::form(login);
        let request = Request {
            method: Method::Post,
            origin: &login.endpoint.origin,
            path: &login.endpoint.path,
            headers: login::headers(),
            body: Some(form.as_bytes()),
        };
        // More than any login answers.
        const LOGIN_BYTES: usize = 256 * 1024;
        let answer = self.send(call, &request, LOGIN_BYTES).map_err(|error| {
            let mut failure = lost(&format!("the login at {}", login.endpoint.origin), &error);
            failure.detail.status = error.status;
            Setback::new(failure, retry::of_transport(&error, Class::Read))
        })?;
        let session = login::read(login, &self.settings, &answer).map_err(|mut failure| {
            // A refused login is refused for good; a service that is down may come back.
            let down = !failure.detail.more.has("oauth") && failure.detail.status != Some(200);
            let meaning = match down {
                true => retry::of_answer(answer.status, "", "", Class::Read),
                false => refused(),
            };
            failure.detail.retry_after_ms = retry_after(&answer);
            Setback::new(failure, meaning)
        })?;
        self.session = Some(session.clone());
        Ok(session)
    }

    /// Tells success from failure.
    fn judge(&self, call: &Call, ask: &Ask<'_>, answer: Answer) -> Result<Reply, Setback> {
        if !(200..300).contains(&answer.status) && answer.status != 304 {
            return Err(self.rejected(ask, &answer));
        }
        let mut more = facts(&answer);
        more.set("attempts", u64::from(call.attempts));
        let status = answer.status;
        let page = errors::is_html(answer.header("content-type"), answer.text());
        let body = match text(answer.body) {
            Ok(body) => return Ok(Reply { status, body, more }),
            Err(body) => body,
        };
        let (what, hint) = match page {
            true => (
                "a page",
                "Check that the instance URL is the host of the API.",
            ),
            false => (
                "a body that is not whole JSON",
                "Read before repeating a write.",
            ),
        };
        let message = format!("Salesforce answered {status} and {what}");
        let failure = Failure::permanent(code::UNKNOWN_ERROR, message).with("hint", hint);
        let applied = match (ask.class, page) {
            (Class::Read, _) => Applied::No,
            (_, true) => Applied::Maybe,
            (_, false) => Applied::Yes,
        };
        // A garbled answer may come whole next time; a page is a wrong host.
        let repeat = ask.class == Class::Read && !page;
        Err(Setback::new(
            failure.answered(status, &body),
            Meaning { repeat, applied },
        ))
    }

    fn rejected(&self, ask: &Ask<'_>, answer: &Answer) -> Setback {
        let status = answer.status;
        let found = errors::read(answer.header("content-type"), answer.text());
        let meaning = retry::of_answer(status, &found.code, &found.message, ask.class);
        let expired = errors::is_expired(status, &found);
        let mut failure = match (expired, found.understood) {
            (true, _) => {
                let way = match self.settings.login {
                    Some(_) => "a new session did not help",
                    None => "the settings hold no credentials to get another",
                };
                let message = format!("the session has expired, and {way}");
                Failure::permanent(code::MISSING_TOKEN, message)
            }
            (false, true) => {
                let failure = Failure::permanent(found.code.clone(), found.message);
                match errors::hint(&found.code) {
                    Some(hint) => failure.with("hint", hint),
                    None => failure,
                }
            }
            (false, false) => {
                let what = match (status, found.html, answer.body.is_empty()) {
                    (300..400, ..) => "a redirect, which is not followed",
                    (_, true, _) => "a page",
                    (_, _, true) => "no body",
                    _ => "a body that could not be understood",
                };
                let message = format!("Salesforce answered {status} and {what}");
                Failure::permanent(code::UNKNOWN_ERROR, message)
            }
        };
        if found.understood {
            // Kept as it came; read once above, so it is JSON.
            if let Ok(raw) = serde_json::from_str::<&RawValue>(answer.text()) {
                failure = failure.with("errors", raw);
            }
        }
        failure.detail.more.extend(facts(answer));
        failure.detail.retry_after_ms = retry_after(answer);
        let mut setback = Setback::new(failure.answered(status, &answer.body), meaning);
        setback.expired = expired;
        setback
    }

    /// The failure without any secret that a server may have put into its answer.
    fn sealed(&self, mut failure: Failure) -> Failure {
        let token = self.session.as_ref().map(|s| &s.token);
        let secrets: Vec<_> = self.settings.secrets.iter().chain(token).collect();
        failure.map_texts(|text| {
            let seal = |text: String, secret: &&Secret| secret.redact(&text);
            secrets.iter().fold(text.to_owned(), seal)
        });
        failure
    }
}

fn refused() -> Meaning {
    Meaning {
        repeat: false,
        applied: Applied::No,
    }
}

/// The failure that ends a call after `tries` attempts of its last request.
fn finish(setback: Setback, tries: u32, applied: Applied) -> Failure {
    let Setback {
        failure, meaning, ..
    } = setback;
    let mut failure = failure.applied(applied);
    if !meaning.repeat {
        return failure;
    }
    failure.kind = Kind::Transient;
    if tries > 1 {
        let cause = std::mem::replace(&mut failure.detail.code, code::CIRCUIT_BREAKER_OPEN.into());
        let last = std::mem::take(&mut failure.detail.message);
        failure.detail.message = format!("{tries} attempts failed; the last: {last}");
        failure = failure.with("cause", cause.as_ref());
    }
    failure
}

/// The failure of a request to the org that got no whole answer.
fn disconnected(session: &Session, error: &TransportError) -> Failure {
    let mut failure = lost(&format!("the request to {}", session.origin), error);
    failure.detail.status = error.status;
    failure
}

fn lost(what: &str, error: &TransportError) -> Failure {
    let (code, hint) = match error.trouble {
        Trouble::Timeout => (code::REQUEST_TIMEOUT, None),
        Trouble::Connection => (code::CONNECTION_ERROR, None),
        Trouble::Denied => (
            code::CONNECTION_ERROR,
            Some("Let the component reach this host: see the host's policy."),
        ),
        Trouble::TooLarge => {
            let hint = "Ask for less, or raise SALESFORCE_MAX_RESPONSE_BYTES.";
            (code::UNKNOWN_ERROR, Some(hint))
        }
    };
    let mut failure = Failure::permanent(code, format!("{what} failed: {error}"));
    if error.trouble == Trouble::TooLarge {
        failure = failure.with(TOO_LARGE, true);
    }
    match hint {
        Some(hint) => failure.with("hint", hint),
        None => failure,
    }
}

/// The body as text, none where there is none; the body itself where it is no JSON.
fn text(body: Vec<u8>) -> Result<Option<String>, Vec<u8>> {
    if body.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8(body).map_err(|error| error.into_bytes())?;
    match json::check(&text) {
        Ok(_) => Ok(Some(text)),
        Err(_) => Err(text.into_bytes()),
    }
}

/// What the headers of an answer tell.
fn facts(answer: &Answer) -> More {
    let mut more = More::default();
    let mut headers = Members::default();
    for name in [
        "location",
        "etag",
        "last-modified",
        "warning",
        "retry-after",
    ] {
        if let Some(value) = answer.header(name) {
            headers.set(name, value);
        }
    }
    if !headers.is_empty() {
        more.set("headers", &headers);
    }
    if let Some((used, limit)) = answer.header("sforce-limit-info").and_then(api_usage) {
        more.set(
            "apiUsage",
            &Members::default().with("used", used).with("limit", limit),
        );
    }
    more
}

/// Reads `api-usage=18/5000`: the requests used, and the limit.
fn api_usage(header: &str) -> Option<(u64, u64)> {
    let usage = header
        .split(';')
        .find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, limit) = usage.split_once('/')?;
    Some((used.trim().parse().ok()?, limit.trim().parse().ok()?))
}

/// The wait that the server asks for, in milliseconds. Only the form in seconds is in use.
fn retry_after(answer: &Answer) -> Option<u64> {
    let seconds: u64 = answer.header("retry-after")?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1_000))
}

#[cfg(test)]
mod tests;
