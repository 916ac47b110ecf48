//! The requests of a payload: one object, a list of them, or `{"requests": […]}`.

use super::Action;
use super::parameter::PAYLOAD;
use crate::failure::Failure;
use crate::input;
use crate::json::{self, Json, Members, Object};
use crate::salesforce::names;
use serde_json::value::RawValue;

/// One request, ready to be sent.
#[derive(Debug)]
pub struct Request {
    /// The record or the work item.
    pub context_id: String,
    /// The request as JSON, with its `actionType`.
    pub body: Json,
}

const EXPECTED: &str =
    "an approval request as a JSON object, a list of them, or {\"requests\": […]}";

/// Whether `text` is JSON, for what a payload may be.
pub fn check_payload(parameter: &str, text: &str) -> Result<(), Failure> {
    names::present(parameter, text, EXPECTED)?;
    json::check(text)
        .map_err(|_| Failure::invalid_input(parameter, EXPECTED).hinted(input::feel(text)))
}

/// Reads the requests of a payload. At least one, each complete.
pub fn requests(action: Action, payload: &str) -> Result<Vec<Request>, Failure> {
    check_payload(PAYLOAD, payload)?;
    let invalid = || Failure::invalid_input(PAYLOAD, EXPECTED);
    let whole = Object::read(payload);
    let listed = whole.as_ref().and_then(|whole| whole.get("requests"));
    let (place, list) = match (listed, payload.trim_start().starts_with('[')) {
        (Some(listed), _) => {
            let place = format!("{PAYLOAD}.requests");
            let list = json::list(listed.get());
            let list = list.ok_or_else(|| Failure::invalid_input(&place, "a list of requests"))?;
            (place, list)
        }
        (None, true) => (PAYLOAD.to_owned(), json::list(payload).ok_or_else(invalid)?),
        (None, false) => {
            let one = Object::read(payload).ok_or_else(invalid)?;
            return Ok(vec![request(action, PAYLOAD, &one)?]);
        }
    };
    if list.is_empty() {
        return Err(Failure::missing_input(&place, "at least one request"));
    }
    let each = |(at, value): (usize, &RawValue)| {
        let place = format!("{place}[{at}]");
        let one = Object::read(value.get())
            .ok_or_else(|| Failure::invalid_input(&place, "a JSON object"))?;
        request(action, &place, &one)
    };
    list.into_iter().enumerate().map(each).collect()
}

fn request(action: Action, place: &str, given: &Object<'_>) -> Result<Request, Failure> {
    let place = |member: &str| format!("{place}.{member}");
    if let Some(named) = given.get("actionType") {
        let same = json::text(named).is_some_and(|n| n.eq_ignore_ascii_case(action.name()));
        if !same {
            let expected = format!("{}, or to be left out", action.name());
            return Err(Failure::invalid_input(&place("actionType"), &expected));
        }
    }
    let context_id = match given.get("contextId") {
        Some(id) => json::text(id).ok_or_else(|| {
            Failure::invalid_input(&place("contextId"), "a record id as a string")
        })?,
        None => Default::default(),
    };
    names::check_id(&place("contextId"), &context_id)?;
    let mut body = Members::default().with("actionType", action.name());
    for (name, value) in given.members().filter(|(name, _)| *name != "actionType") {
        body.set(name, value);
    }
    Ok(Request {
        context_id: context_id.into_owned(),
        body: Json::from(&body),
    })
}
