//! Single records: the interface `records`.

use super::{Outcome, Response};
use crate::actions::options::Options;
use crate::failure::{Applied, Failure, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::input;
use crate::json::{self, Object};
use crate::salesforce::{errors, names, paths};
use crate::session::connection::{Ask, Connection};
use crate::session::verdict::Reply;
use serde_json::value::RawValue;

/// Parameters, as failures and the dynamic face name them.
pub mod parameter {
    /// The API name of an object.
    pub const SOBJECT_NAME: &str = "SObjectName";
    /// The id of a record.
    pub const SOBJECT_ID: &str = "SObjectId";
    /// A JSON object of fields.
    pub const PAYLOAD: &str = "salesforcePayload";
    /// The relationship to follow.
    pub const RELATIONSHIP: &str = "relationship";
    /// The fields to read.
    pub const FIELDS: &str = "fields";
    /// Further query parameters.
    pub const QUERY_PARAMETERS: &str = "queryParameters";
}

use parameter::{PAYLOAD, SOBJECT_ID, SOBJECT_NAME};
pub use read::{RELATED, Wanted, get};

/// Creates a record: `POST /sobjects/{SObject}/`.
pub fn create(c: &mut Connection, sobject: &str, payload: &str, options: Options) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    check_payload(payload)?;
    let path = paths::sobject(&c.settings().version, sobject);
    let ask = Ask::new(Method::Post, &path, Class::Write).with_body(payload.as_bytes());
    let reply = ask_once(c, &ask, options)?;
    confirm(reply)
}

/// Changes fields of a record: `PATCH /sobjects/{SObject}/{id}`.
pub fn update(
    c: &mut Connection,
    sobject: &str,
    id: &str,
    payload: &str,
    options: Options,
) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    names::check_id(SOBJECT_ID, id)?;
    check_payload(payload)?;
    let path = paths::record(&c.settings().version, sobject, id);
    let ask = Ask::new(Method::Patch, &path, Class::IdempotentWrite);
    ask_once(c, &ask.with_body(payload.as_bytes()), options).map(Response::from)
}

/// Moves a record to the recycle bin: `DELETE /sobjects/{SObject}/{id}`.
pub fn delete(c: &mut Connection, sobject: &str, id: &str, options: Options) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    names::check_id(SOBJECT_ID, id)?;
    let path = paths::record(&c.settings().version, sobject, id);
    let outcome = ask_once(
        c,
        &Ask::new(Method::Delete, &path, Class::IdempotentWrite),
        options,
    );
    match outcome {
        // An attempt whose answer was lost did it; the next one found the record gone.
        Err(failure)
            if failure.detail.code == "ENTITY_IS_DELETED"
                && failure.detail.applied != Applied::No =>
        {
            let more = failure
                .detail
                .more
                .only(&["attempts", "apiUsage", "headers"]);
            Ok(Response {
                status: 204,
                body: None,
                more,
            })
        }
        outcome => outcome.map(Response::from),
    }
}

fn check_payload(payload: &str) -> Result<(), Failure> {
    names::present(PAYLOAD, payload, "a JSON object of fields")?;
    input::check_object(PAYLOAD, payload)
}

fn ask_once(c: &mut Connection, ask: &Ask<'_>, options: Options) -> Result<Reply, Failure> {
    let mut call = c.begin(options.headers, options.deadline_ms);
    c.ask(&mut call, ask)
}

/// Holds a status of success against what the body says.
fn confirm(reply: Reply) -> Outcome {
    let body = reply.body.as_deref().unwrap_or_default();
    let saved = Object::read(body);
    let success = saved
        .as_ref()
        .and_then(|saved| json::flag(saved.get("success")?));
    let mut failure = match success {
        Some(true) => return Ok(reply.into()),
        Some(false) => {
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
            let failure = Failure::permanent(code, message);
            match errors {
                Some(errors) => failure.with("errors", errors),
                None => failure,
            }
        }
        None => {
            let message = "Salesforce answered a status of success without saying what was saved";
            // 201 says that something was created.
            let applied = match reply.status {
                201 => Applied::Yes,
                _ => Applied::Maybe,
            };
            Failure::permanent(code::UNKNOWN_ERROR, message).applied(applied)
        }
    };
    failure.detail.more.extend(reply.more);
    Err(failure.answered(reply.status, body.as_bytes()))
}

mod read;
#[cfg(test)]
mod tests;
