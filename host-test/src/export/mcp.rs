//! Tools of the Model Context Protocol.

use super::{effect, more, parsed, without};
use crate::wit::{Action, Effect};
use serde_json::{Value, json};

/// The name under which a tool's `_meta` has the effect of its action.
pub const EFFECT: &str = "connector.salesforce/effect";

/// The actions as tools, in the form of an answer to `tools/list`.
#[must_use]
pub fn tools(actions: &[Action]) -> Value {
    let tools: Vec<Value> = actions.iter().map(tool).collect();
    json!({ "tools": tools })
}

/// One action as a tool.
///
/// The protocol calls a tool destructive unless it only adds, and an update replaces what was
/// there, so that every write is one; `_meta` has the effect itself. A choice between parameters
/// (`oneOf` at the top of a schema) is left out, since models are often not given tools that
/// have one: a wrong choice is refused by the action, which says what to do.
#[must_use]
pub fn tool(action: &Action) -> Value {
    let reads = action.effect == Effect::Read;
    json!({
        "name": action.name,
        "title": action.title,
        "description": description(action),
        "inputSchema": without(&action.input_schema, &["oneOf"]),
        "outputSchema": parsed(&action.output_schema),
        "annotations": {
            "title": action.title,
            "readOnlyHint": reads,
            "destructiveHint": !reads,
            "idempotentHint": action.repeatable,
            "openWorldHint": true,
        },
        "_meta": { EFFECT: effect(action.effect) },
    })
}

/// What a model is told: what the action does, and where a choice is to be made, between what.
fn description(action: &Action) -> String {
    let schema = parsed(&action.input_schema);
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let names: Vec<&str> = choices
        .into_iter()
        .flatten()
        .filter_map(|choice| choice.get("required")?.get(0)?.as_str())
        .collect();
    let group = more(action, "group");
    let mut text = format!("Salesforce, {}: {}", group.to_lowercase(), action.summary);
    if !names.is_empty() {
        text.push_str(&format!(" Give one of {}, not both.", names.join(" and ")));
    }
    text
}
