//! What a caller asks for.

use serde_json::{Map, Value};

use crate::fake::errors::ApiError;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Hand a record in.
    Submit,
    /// Let it pass this step.
    Approve,
    /// End it.
    Reject,
    /// Take it back. Documented for SOAP alone; whether REST takes it is not verified.
    Remove,
}

/// One request.
#[derive(Debug)]
pub struct Request {
    /// What to do.
    pub action: Action,
    /// The record to submit, or the work item to decide about.
    pub context: String,
    /// Who decides next.
    pub next: Vec<String>,
    /// A note for the history.
    pub comments: Option<String>,
    /// Who submits, where it is not the caller.
    pub submitter: Option<String>,
    /// The process, by its developer name or id.
    pub process: Option<String>,
    /// Whether a named process takes what it does not want.
    pub skip_entry: bool,
}

/// Reads the body. What is not of the right shape fails the whole of it.
pub fn read(mut body: Map<String, Value>) -> Result<Vec<Request>, ApiError> {
    match body.remove("requests") {
        Some(Value::Array(requests)) if !requests.is_empty() => {
            requests.into_iter().map(request).collect()
        }
        _ => Err(ApiError::json("requests is missing, empty or not an array")),
    }
}

fn request(value: Value) -> Result<Request, ApiError> {
    let Value::Object(mut given) = value else {
        return Err(ApiError::json("A request is not an object"));
    };
    // Codes and texts for these two are not documented.
    let required = |name: &str| {
        let message = format!("Required fields are missing: [{name}]");
        ApiError::new(400, "REQUIRED_FIELD_MISSING", message).on(&[name])
    };
    let action = match text(&mut given, "actionType")?.as_deref() {
        Some("Submit") => Action::Submit,
        Some("Approve") => Action::Approve,
        Some("Reject") => Action::Reject,
        Some("Removed") => Action::Remove,
        Some(other) => {
            let message = format!("Invalid actionType: {other}");
            return Err(ApiError::new(400, "INVALID_INPUT", message));
        }
        None => return Err(required("actionType")),
    };
    let context = text(&mut given, "contextId")?.ok_or_else(|| required("contextId"))?;
    let next = match given.remove("nextApproverIds") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(ids)) => ids
            .into_iter()
            .map(|id| id.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| wrong("nextApproverIds"))?,
        Some(_) => return Err(wrong("nextApproverIds")),
    };
    let comments = text(&mut given, "comments")?;
    let submitter = text(&mut given, "contextActorId")?;
    let process = text(&mut given, "processDefinitionNameOrId")?;
    let skip_entry = match given.remove("skipEntryCriteria") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(skip)) => skip,
        // As the official example has it.
        Some(Value::String(skip)) => skip.eq_ignore_ascii_case("true"),
        Some(_) => return Err(wrong("skipEntryCriteria")),
    };
    if let Some(name) = given.keys().next() {
        return Err(ApiError::json(format!("Unrecognized field \"{name}\"")));
    }
    Ok(Request {
        action,
        context,
        next,
        comments,
        submitter,
        process,
        skip_entry,
    })
}

fn text(given: &mut Map<String, Value>, name: &str) -> Result<Option<String>, ApiError> {
    match given.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name)),
    }
}

fn wrong(name: &str) -> ApiError {
    ApiError::json(format!("{name} has a value of the wrong type"))
}
