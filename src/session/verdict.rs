//! What an attempt came to: a reply, or a failure and whether the next attempt may follow.

use crate::failure::{Applied, BODY_LIMIT, Failure, HINT, Kind, code};
use crate::http::breaker::Usage;
use crate::http::retry::{self, Class, Meaning, Stop};
use crate::http::{Answer, TransportError, Trouble, date};
use crate::json::{Json, Members, More, scan};
use crate::salesforce::errors;
use crate::salesforce::pages::Page;

/// A successful answer, as text.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body; none where there is none.
    pub body: Option<String>,
    /// The page that the body is, where one was asked for and it is one.
    pub page: Option<Page>,
    /// Headers worth having, usage, attempts.
    pub more: More,
}

impl Reply {
    /// What stands for the answer of requests that an earlier call made.
    pub fn empty() -> Self {
        Reply {
            status: 200,
            body: None,
            page: None,
            more: More::default(),
        }
    }
}

/// A failed attempt.
pub(super) struct Setback {
    /// What a caller is told where this was the last one.
    pub failure: Failure,
    /// Whether another may follow, and what this one did.
    pub meaning: Meaning,
    /// Whether the session has ended, so that a new one may help.
    pub expired: bool,
}

impl Setback {
    /// An attempt that failed for another reason than its session.
    pub fn new(failure: Failure, meaning: Meaning) -> Self {
        Setback {
            failure,
            meaning,
            expired: false,
        }
    }

    /// The failure that ends a call after `tries` attempts of its last request; `stop` says why
    /// no other follows where it might.
    pub fn finish(self, tries: u32, applied: Applied, stop: Stop) -> Failure {
        let mut failure = self.failure.applied(applied);
        if !self.meaning.repeat {
            return failure;
        }
        failure.kind = Kind::Transient;
        if tries > 1 {
            let last = std::mem::take(&mut failure.detail.message);
            let (code, said) = match stop {
                Stop::UsedUp => (code::CIRCUIT_BREAKER_OPEN, "attempts failed"),
                Stop::AskedTooMuch => {
                    let said = "attempts failed, and the service asks for a longer wait";
                    (code::CIRCUIT_BREAKER_OPEN, said)
                }
                Stop::TooLate => {
                    let said = "attempts failed before the time of the call was over";
                    (code::REQUEST_TIMEOUT, said)
                }
            };
            let cause = std::mem::replace(&mut failure.detail.code, code.into());
            failure.detail.message = format!("{tries} {said}; the last: {last}");
            failure = failure.with("cause", cause.as_ref());
        }
        failure
    }
}

/// What is known beside an answer.
#[derive(Clone, Copy)]
pub(super) struct Context {
    /// Requests of the call so far.
    pub attempts: u64,
    /// Whether the settings can get a new session.
    pub renewable: bool,
    /// Whether a page of a query was asked for.
    pub page: bool,
    /// The time, in seconds since 1970.
    pub unix_seconds: u64,
}

/// What it comes to that no whole answer came; `what` is what failed.
pub(super) fn of_transport(what: &str, class: Class, error: &TransportError) -> Setback {
    let (code, hint) = match error.trouble {
        Trouble::Timeout => (code::REQUEST_TIMEOUT, None),
        Trouble::Connection | Trouble::Unsendable => (code::CONNECTION_ERROR, None),
        Trouble::Denied => {
            let hint = "Let the component reach this host: see the host's policy.";
            (code::CONNECTION_ERROR, Some(hint))
        }
        Trouble::TooLarge => {
            let hint = "Ask for less, or raise SALESFORCE_MAX_RESPONSE_BYTES.";
            (code::UNKNOWN_ERROR, Some(hint))
        }
    };
    let mut failure = Failure::permanent(code, format!("{what} failed: {error}"));
    failure.detail.status = error.status;
    failure.detail.too_large = error.trouble == Trouble::TooLarge;
    Setback::new(failure.hinted(hint), retry::of_transport(error, class))
}

/// What an answer comes to.
pub(super) fn of_answer(class: Class, answer: Answer, context: Context) -> Result<Reply, Setback> {
    let status = answer.status;
    // Only a read can find that nothing has changed.
    let unchanged = status == 304 && class == Class::Read;
    if !unchanged && !(200..300).contains(&status) {
        return Err(rejected(class, &answer, context));
    }
    let mut more = facts(&answer);
    more.set("attempts", context.attempts);
    let kind = answer.header("content-type").map(str::to_owned);
    let body = match text(answer.body, context.page) {
        Ok((body, page)) => {
            return Ok(Reply {
                status,
                body,
                page,
                more,
            });
        }
        Err(body) => body,
    };
    let page = errors::is_html(kind.as_deref(), str::from_utf8(&body).unwrap_or_default());
    let (what, hint, applied) = match page {
        true => {
            let hint = "Check that the instance URL is the host of the API.";
            // Nothing but the API creates.
            let applied = match status {
                201 => Applied::Yes,
                _ => Applied::Maybe,
            };
            ("a page", hint, applied)
        }
        false => {
            let hint = "Read before repeating a write.";
            ("a body that is not whole JSON", hint, Applied::Yes)
        }
    };
    let message = format!("Salesforce answered {status} and {what}");
    let failure = Failure::permanent(code::UNKNOWN_ERROR, message).with(HINT, hint);
    let applied = match class {
        Class::Read => Applied::No,
        _ => applied,
    };
    let meaning = match page {
        // A page is a wrong host.
        true => Meaning {
            applied,
            ..Meaning::REFUSED
        },
        // A garbled answer may come whole next time.
        false => Meaning::done(class, applied),
    };
    Err(Setback::new(failure.answered(status, &body), meaning))
}

/// What a status outside success comes to.
fn rejected(class: Class, answer: &Answer, context: Context) -> Setback {
    let status = answer.status;
    let found = errors::read(answer.header("content-type"), answer.text());
    let meaning = retry::of_answer(status, &found.code, &found.message, class);
    let expired = errors::is_expired(status, &found);
    let mut failure = match (expired, found.understood) {
        (true, _) => ended(context.renewable),
        (false, true) => {
            let hint = errors::hint(&found.code);
            Failure::permanent(found.code, found.message).hinted(hint)
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
    if found.understood
        && answer.body.len() <= BODY_LIMIT
        && let Some(errors) = Json::parse(answer.text().to_owned())
    {
        failure = failure.with("errors", errors);
    }
    failure.detail.more.extend(facts(answer));
    failure.detail.retry_after_ms = retry_after(answer, context.unix_seconds);
    Setback {
        failure: failure.answered(status, &answer.body),
        meaning,
        expired,
    }
}

/// The failure of a session that has ended and stays so.
pub(super) fn ended(renewable: bool) -> Failure {
    let way = match renewable {
        true => "a new session did not help",
        false => "the settings hold no credentials to get another",
    };
    let message = format!("the session has expired, and {way}");
    Failure::permanent(code::MISSING_TOKEN, message)
}

/// The body as text, none where there is none, with the page that it is; the body itself where it
/// is no JSON. A page has a megabyte, so that one look at it has to be enough.
fn text(body: Vec<u8>, page: bool) -> Result<(Option<String>, Option<Page>), Vec<u8>> {
    if body.is_empty() {
        return Ok((None, None));
    }
    let text = String::from_utf8(body).map_err(|error| error.into_bytes())?;
    let page = if page { Page::parse(&text) } else { None };
    match page.is_some() || scan::is_whole(&text) {
        true => Ok((Some(text), page)),
        false => Err(text.into_bytes()),
    }
}

/// What the headers of an answer tell.
pub(super) fn facts(answer: &Answer) -> More {
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
    if let Some(text) = answer.header("warning").and_then(deprecation) {
        more.set("warnings", &[Json::from(text)][..]);
    }
    if let Some(usage) = usage(answer) {
        more.set(API_USAGE, &told(usage));
    }
    more
}

/// Where `more` has the usage of the quota.
pub(super) const API_USAGE: &str = "apiUsage";

/// The usage of the quota, as JSON.
pub(super) fn told(usage: Usage) -> More {
    More::default()
        .with("used", usage.used)
        .with("limit", usage.limit)
}

/// The usage of the quota, as an answer tells it.
pub(super) fn usage(answer: &Answer) -> Option<Usage> {
    answer.header("sforce-limit-info").and_then(api_usage)
}

/// Reads `299 - "This API is deprecated …"`: what Salesforce says of an old API version.
fn deprecation(header: &str) -> Option<&str> {
    let text = header
        .trim()
        .strip_prefix("299")?
        .trim_start_matches([' ', '-']);
    Some(text.trim_matches('"'))
}

/// Reads `api-usage=18/5000`: the requests used, and the limit.
fn api_usage(header: &str) -> Option<Usage> {
    let usage = header
        .split(';')
        .find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, limit) = usage.split_once('/')?;
    Some(Usage {
        used: used.trim().parse().ok()?,
        limit: limit.trim().parse().ok()?,
    })
}

/// The wait that the service asks for, in milliseconds: in seconds, or up to a date, which is
/// one of its own clock where the answer tells that.
pub(super) fn retry_after(answer: &Answer, unix_seconds: u64) -> Option<u64> {
    let asked = answer.header("retry-after")?.trim();
    let seconds = match asked.parse() {
        Ok(seconds) => seconds,
        Err(_) => {
            let told = answer.header("date").and_then(date::unix_seconds);
            date::unix_seconds(asked)?.saturating_sub(told.unwrap_or(unix_seconds))
        }
    };
    Some(seconds.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_read_from_its_header() {
        let usage = |used, limit| Some(Usage { used, limit });
        assert_eq!(api_usage("api-usage=18/5000"), usage(18, 5000));
        let both = "per-app-api-usage=1/2(appName=x); api-usage=3/4";
        assert_eq!(api_usage(both), usage(3, 4));
        assert_eq!(api_usage("api-usage=x/5000"), None);
    }

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_up_to_a_date() {
        let later = "Tue, 14 Nov 2023 22:13:30 GMT";
        // What is asked for, the clock of the service, and the wait by ours of 22:13:20.
        let table = [
            ("120", None, Some(120_000)),
            (" 0 ", None, Some(0)),
            (later, None, Some(10_000)),
            (later, Some("Tue, 14 Nov 2023 22:13:00 GMT"), Some(30_000)),
            (later, Some("Tue, 14 Nov 2023 22:14:00 GMT"), Some(0)),
            (later, Some("yesterday"), Some(10_000)),
            ("18446744073709551615", None, Some(u64::MAX)),
            ("soon", None, None),
            ("-1", None, None),
            ("", None, None),
        ];
        for (asked, date, expected) in table {
            let date = date.map(|date| ("date".to_owned(), date.to_owned()));
            let asked = ("retry-after".to_owned(), asked.to_owned());
            let answer = Answer {
                status: 503,
                headers: date.into_iter().chain([asked]).collect(),
                body: Vec::new(),
            };
            let found = retry_after(&answer, 1_700_000_000);
            assert_eq!(found, expected, "{:?}", answer.headers);
        }
    }

    #[test]
    fn a_deprecated_version_is_read_from_its_header() {
        let header = "299 - \"This API is deprecated and will be removed by Summer '28.\"";
        let text = "This API is deprecated and will be removed by Summer '28.";
        assert_eq!(deprecation(header), Some(text));
        assert_eq!(deprecation("110 - \"Response is stale\""), None);
    }
}
