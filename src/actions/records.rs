//! Single records: the interface `records`.

mod create;
mod read;

pub use create::create;
pub use read::{RELATED, Wanted, get};

use super::{Outcome, Response};
use crate::actions::options::Options;
use crate::failure::{Applied, Failure};
use crate::http::Method;
use crate::http::retry::Class;
use crate::input;
use crate::salesforce::{names, paths};
use crate::session::connection::{Ask, Connection};
use crate::session::verdict::Reply;

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
        // An attempt whose answer was lost did it; the next one found the record gone, from the
        // recycle bin too where the object has none.
        Err(failure) if is_gone(&failure) && failure.detail.applied != Applied::No => {
            let kept = ["attempts", "apiUsage", "headers"];
            Ok(Response {
                status: 204,
                body: None,
                more: failure.detail.more.only(&kept).with("repeated", true),
            })
        }
        outcome => outcome.map(Response::from),
    }
}

fn is_gone(failure: &Failure) -> bool {
    let codes = ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"];
    codes.contains(&failure.detail.code.as_ref())
}

fn check_payload(payload: &str) -> Result<(), Failure> {
    names::present(PAYLOAD, payload, "a JSON object of fields")?;
    input::check_object(PAYLOAD, payload)
}

fn ask_once(c: &mut Connection, ask: &Ask<'_>, options: Options) -> Result<Reply, Failure> {
    let mut call = c.begin(options.headers, options.deadline_ms);
    c.ask(&mut call, ask)
}

#[cfg(test)]
mod tests;
