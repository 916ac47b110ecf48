//! What an attempt in SOAP came to.

use super::verdict::{self, Context, Reply, Setback};
use crate::failure::{Applied, Failure, HINT, code};
use crate::http::Answer;
use crate::http::retry::{self, Class, Meaning};
use crate::json::Members;
use crate::salesforce::errors::{self, Rejection};
use crate::salesforce::soap;
use crate::salesforce::xml::Shape;

/// Set in the `more` of a failure where the session is one that SOAP does not take.
pub const JWT: &str = "jwt";

/// The code of a session that SOAP does not take, or not any more.
const INVALID_SESSION: &str = "INVALID_SESSION_ID";

/// What it comes to that the session is a JSON Web Token. Salesforce would call it expired, and
/// a new one would be the same.
pub(super) fn jwt() -> Setback {
    let message = "the session's token is a JSON Web Token, which SOAP does not take";
    let hint = "Let the app issue opaque tokens, or use an action that does not need SOAP.";
    let failure = Failure::permanent(INVALID_SESSION, message);
    let failure = failure.with(HINT, hint).with(JWT, true);
    Setback::new(failure, Meaning::REFUSED)
}

/// What an answer comes to. The reply to a success has the whole envelope, which was read and
/// may be read again.
pub(super) fn of_answer(class: Class, answer: Answer, context: Context) -> Result<Reply, Setback> {
    let status = answer.status;
    let read = match str::from_utf8(&answer.body) {
        Ok(text) => soap::read(text),
        Err(_) => Err("is not UTF-8"),
    };
    match read {
        Ok(soap::Answer::Fault(fault)) => Err(refused(class, &answer, &fault, context)),
        Ok(soap::Answer::Response(_)) if status == 200 => {
            let mut more = verdict::facts(&answer);
            more.set("attempts", context.attempts);
            let body = String::from_utf8(answer.body).ok();
            Ok(Reply {
                status,
                body,
                page: None,
                more,
            })
        }
        Ok(_) => Err(unknown(class, &answer, "is an answer of success", context)),
        Err(why) => Err(unknown(class, &answer, why, context)),
    }
}

/// What a fault comes to.
fn refused(class: Class, answer: &Answer, fault: &soap::Fault, context: Context) -> Setback {
    let meaning = match fault.code.as_str() {
        // Not the fault of the request; whether it was executed is open.
        "" | "Server" | "UNKNOWN_EXCEPTION" | "SERVER_UNAVAILABLE" => {
            retry::of_answer(500, "", "", class)
        }
        "UNABLE_TO_LOCK_ROW" => retry::of_answer(400, &fault.code, &fault.message, class),
        // The status of every fault is 500; only the code tells that nothing was executed.
        code => retry::of_answer(403, code, &fault.message, class),
    };
    let rejection = Rejection {
        code: fault.code.clone(),
        message: fault.message.clone(),
        ..Rejection::default()
    };
    let expired = errors::is_expired(401, &rejection);
    let failure = match (expired, fault.code.as_str()) {
        (true, _) => verdict::ended(context.renewable),
        (false, "") => {
            Failure::permanent(code::UNKNOWN_ERROR, "SOAP answered a fault without code")
        }
        (false, code) => Failure::permanent(code.to_owned(), fault.message.as_str()),
    };
    let said = Members::default()
        .with("code", fault.code.as_str())
        .with("message", fault.message.as_str());
    let mut failure = failure.with("soap", &said);
    if let Some(hint) = errors::hint(&fault.code).filter(|_| !expired) {
        failure = failure.with(HINT, hint);
    }
    failure.detail.more.extend(verdict::facts(answer));
    failure.detail.retry_after_ms = verdict::retry_after(answer, context.unix_seconds);
    let body = fault.element.json(Shape::TEXTS);
    Setback {
        failure: failure.answered(answer.status, body.text().as_bytes()),
        meaning,
        expired,
    }
}

/// What it comes to that an answer is no envelope.
fn unknown(class: Class, answer: &Answer, why: &str, context: Context) -> Setback {
    let status = answer.status;
    let page = answer
        .header("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
    let what = match (page, answer.body.is_empty()) {
        (true, _) => "a page".to_owned(),
        (_, true) => "no body".to_owned(),
        _ => format!("XML that {why}"),
    };
    let message = format!("Salesforce answered {status} and {what}");
    let mut failure = Failure::permanent(code::UNKNOWN_ERROR, message);
    let meaning = match (status, class) {
        // A page is a wrong host.
        (200, Class::Read) if page => Meaning::REFUSED,
        // A garbled answer may come whole next time.
        (200, Class::Read) => retry::of_answer(500, "", "", class),
        (200, _) => {
            failure = failure.with(HINT, "Read before repeating a write.");
            match page {
                true => Meaning {
                    applied: Applied::Maybe,
                    ..Meaning::REFUSED
                },
                false => Meaning::done(class, Applied::Maybe),
            }
        }
        _ => retry::of_answer(status, "", "", class),
    };
    failure.detail.more.extend(verdict::facts(answer));
    failure.detail.retry_after_ms = verdict::retry_after(answer, context.unix_seconds);
    Setback::new(failure.answered(status, &answer.body), meaning)
}
