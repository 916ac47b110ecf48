//! The catalog in the forms that other programs read. Each is a pure function of what
//! [`crate::Instance::catalog`] answers.

pub mod camunda;
pub mod mcp;
pub mod openapi;

use crate::wit::{Action, Effect};
use serde_json::{Value, json};

/// The catalog itself, as a list under the names of the WIT.
#[must_use]
pub fn catalog(actions: &[Action]) -> Value {
    let whole = |action: &Action| {
        json!({
            "name": action.name,
            "title": action.title,
            "summary": action.summary,
            "input-schema": parsed(&action.input_schema),
            "output-schema": parsed(&action.output_schema),
            "effect": effect(action.effect),
            "repeatable": action.repeatable,
            "more": parsed(&action.more),
        })
    };
    actions.iter().map(whole).collect()
}

/// The name of an effect.
#[must_use]
pub fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Write => "write",
        Effect::Delete => "delete",
    }
}

/// A text of the catalog that is JSON.
fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

/// One of the texts in what `more` of an action has.
fn more(action: &Action, name: &str) -> String {
    let more = parsed(&action.more);
    let text = more.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// A schema without the members of these names, at its top.
fn without(schema: &str, names: &[&str]) -> Value {
    let mut schema = parsed(schema);
    if let Some(members) = schema.as_object_mut() {
        members.retain(|name, _| !names.contains(&name.as_str()));
    }
    schema
}

/// The codes that the connector itself gives, and what happened.
const CODES: [(&str, &str); 7] = [
    ("MISSING_INPUT", "A parameter or setting is missing."),
    (
        "INVALID_INPUT",
        "A parameter or setting has the wrong form.",
    ),
    ("MISSING_TOKEN", "No session could be had."),
    ("REQUEST_TIMEOUT", "No answer came in time."),
    ("CONNECTION_ERROR", "The connection failed or broke."),
    ("CIRCUIT_BREAKER_OPEN", "The attempts are used up."),
    ("UNKNOWN_ERROR", "An answer came that cannot be understood."),
];

#[cfg(test)]
mod tests;
