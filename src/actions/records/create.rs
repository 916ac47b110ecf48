//! Creates: plain, and with a key that makes them safe to repeat.

use super::parameter::{PAYLOAD, SOBJECT_NAME};
use super::{ask_once, check_payload};
use crate::actions::options::{EXTERNAL_ID, Key, Options};
use crate::actions::{Outcome, Response};
use crate::failure::{Applied, Failure, HINT, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::input;
use crate::json::{self, Json, Members, Object};
use crate::salesforce::{errors, names, paths};
use crate::session::connection::{Ask, Connection};
use crate::session::verdict::Reply;
use serde_json::value::RawValue;

/// The header by which the User Interface API knows a request again.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Creates a record: `POST /sobjects/{SObject}/`, or with a key an upsert or
/// `POST /ui-api/records`.
pub fn create(c: &mut Connection, sobject: &str, payload: &str, mut options: Options) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    check_payload(payload)?;
    let version = c.settings().version.clone();
    match options.key.take() {
        None => {
            let path = paths::sobject(&version, sobject);
            let ask = Ask::new(Method::Post, &path, Class::Write).with_body(payload.as_bytes());
            confirm(ask_once(c, &ask, options)?)
        }
        Some(Key::ExternalId { field, value }) => {
            check_without(payload, &field)?;
            let path = paths::external(&version, sobject, &field, &value);
            let ask = Ask::new(Method::Patch, &path, Class::IdempotentWrite);
            upsert(c, &ask.with_body(payload.as_bytes()), &field, options)
        }
        Some(Key::Idempotency(key)) => {
            options.headers.push((IDEMPOTENCY_KEY.into(), key));
            let path = paths::ui_records(&version);
            let body = format!(r#"{{"apiName":"{sobject}","fields":{payload}}}"#);
            let ask = Ask::new(Method::Post, &path, Class::Keyed).with_body(body.as_bytes());
            let reply = ask_once(c, &ask, options).map_err(unkeyed)?;
            normalise(reply)
        }
    }
}

/// Refuses a payload with the field that the path has.
fn check_without(payload: &str, field: &str) -> Result<(), Failure> {
    let fields = input::object(PAYLOAD, payload)?;
    let mut names = fields.members().map(|(name, _)| name);
    match names.any(|name| name.eq_ignore_ascii_case(field)) {
        false => Ok(()),
        true => {
            let expected = format!("an object without {field}, which {EXTERNAL_ID} gives");
            Err(Failure::invalid_input(PAYLOAD, &expected))
        }
    }
}

/// Creates a record, or changes the one that is there.
fn upsert(c: &mut Connection, ask: &Ask<'_>, field: &str, options: Options) -> Outcome {
    let mut call = c.begin(options.headers, options.deadline_ms);
    let mut asked = c.ask(&mut call, ask);
    // Another made it at the same time, perhaps an earlier attempt: now it can be found.
    if asked
        .as_ref()
        .is_err_and(|failure| is_raced(failure, field))
    {
        asked = c.ask(&mut call, ask);
    }
    let reply = asked.map_err(|failure| {
        let failure = match (call.uncertain(), failure.detail.applied) {
            (true, Applied::No) => failure.applied(Applied::Maybe),
            _ => failure,
        };
        match (failure.detail.status, failure.detail.code.as_ref()) {
            (Some(300), _) => ambiguous(failure),
            (_, "NOT_FOUND") => failure.with(
                HINT,
                "The object or the field does not exist, or the field is no external id, or this \
                 user may not see it.",
            ),
            _ => failure,
        }
    })?;
    if reply.status == 204 {
        return Ok(repeated(reply.into()));
    }
    let response = confirm(reply)?;
    let body = response.body.as_deref().and_then(Object::read);
    let created = body.and_then(|body| json::flag(body.get("created")?));
    match created.unwrap_or(response.status == 201) {
        true => Ok(response),
        false => Ok(repeated(response)),
    }
}

/// Whether it is the external id that another record has since a moment ago.
fn is_raced(failure: &Failure, field: &str) -> bool {
    let message = failure.detail.message.to_ascii_lowercase();
    failure.detail.code == "DUPLICATE_VALUE" && message.contains(&field.to_ascii_lowercase())
}

fn repeated(mut response: Response) -> Response {
    response.more.set("repeated", true);
    response
}

/// The failure of a value that several records have: their addresses are the answer.
fn ambiguous(mut failure: Failure) -> Failure {
    let body = failure.detail.body.as_deref().unwrap_or_default();
    let addresses = json::list(body).unwrap_or_default().into_iter();
    let ids: Vec<Json> = addresses
        .filter_map(|address| Some(Json::from(json::text(address)?.rsplit('/').next()?)))
        .collect();
    let expected = "a value that one record has, and several have it";
    let told = Failure::invalid_input(EXTERNAL_ID, expected);
    failure.detail.code = told.detail.code;
    failure.detail.message = told.detail.message;
    failure.detail.more.extend(told.detail.more);
    failure.with("candidates", ids.as_slice())
}

/// What helps where a key was refused.
fn unkeyed(failure: Failure) -> Failure {
    let detail = &failure.detail;
    if detail.status == Some(422) {
        let hint = "The key was used for another request: a new record needs a new key.";
        return failure.with(HINT, hint);
    }
    match detail.code.contains("IDEMPOTENCY") {
        true => failure.with(
            HINT,
            "The org or the object does not take keys: use options.externalId, or ask \
             Salesforce to enable idempotent record writes.",
        ),
        false => failure,
    }
}

/// The answer of the User Interface API in the shape of the others.
fn normalise(reply: Reply) -> Outcome {
    let body = reply.body.as_deref().unwrap_or_default();
    let id = Object::read(body).and_then(|record| record.text("id"));
    let Some(id) = id else {
        return Err(unclear(&reply));
    };
    let none: &[Json] = &[];
    let body = Members::default()
        .with("id", id.as_ref())
        .with("success", true)
        .with("errors", none)
        .to_text();
    Ok(Response {
        status: reply.status,
        body: Some(body),
        more: reply.more,
    })
}

/// The failure of a success that does not say what was saved.
fn unclear(reply: &Reply) -> Failure {
    let message = "Salesforce answered a status of success without saying what was saved";
    // 201 says that something was created.
    let applied = match reply.status {
        201 => Applied::Yes,
        _ => Applied::Maybe,
    };
    told(Failure::permanent(code::UNKNOWN_ERROR, message), reply).applied(applied)
}

/// A failure with what its answer tells.
fn told(mut failure: Failure, reply: &Reply) -> Failure {
    failure.detail.more.extend(reply.more.clone());
    let body = reply.body.as_deref().unwrap_or_default();
    failure.answered(reply.status, body.as_bytes())
}

/// Holds a status of success against what the body says.
fn confirm(reply: Reply) -> Outcome {
    let saved = reply.body.as_deref().and_then(Object::read);
    let success = saved
        .as_ref()
        .and_then(|saved| json::flag(saved.get("success")?));
    match success {
        Some(true) => return Ok(reply.into()),
        Some(false) => {}
        None => return Err(unclear(&reply)),
    }
    let errors = saved.and_then(|saved| saved.get("errors"));
    let found = errors::read(None, errors.map(RawValue::get).unwrap_or_default());
    let code = match found.understood {
        true => found.code,
        false => code::UNKNOWN_ERROR.to_owned(),
    };
    let message = match found.message.is_empty() {
        true => "Salesforce did not save the record, and did not say why".to_owned(),
        false => found.message,
    };
    let mut failure = Failure::permanent(code, message);
    if let Some(errors) = errors {
        failure = failure.with("errors", errors);
    }
    Err(told(failure, &reply))
}

#[cfg(test)]
mod tests;
