//! An OpenAPI document.

use super::{CODES, effect, more, parsed, without};
use crate::wit::Action;
use serde_json::{Map, Value, json};

/// The actions as an OpenAPI 3.1 document: `POST /actions/{NAME}` with the input as the body.
/// It is for a platform that offers the connector over HTTP; the connector itself has no server.
#[must_use]
pub fn document(actions: &[Action]) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    let mut tags: Vec<Value> = Vec::new();
    for action in actions {
        let tag = json!({ "name": more(action, "group") });
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        paths.insert(format!("/actions/{}", action.name), path(action));
        for (name, schema) in [
            (input(action), &action.input_schema),
            (output(action), &action.output_schema),
        ] {
            // The dialect stands once, for all of them.
            schemas.insert(name, without(schema, &["$schema"]));
        }
    }
    schemas.insert("Failure".to_owned(), failure());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Salesforce connector",
            "summary": "Sandboxed access to one Salesforce org.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "InvalidInput": refusal("A parameter is missing or has the wrong form. Nothing was sent."),
                "Permanent": refusal("The call failed, and is not simply to be repeated. Where applied is not no, read before repeating."),
                "Transient": {
                    "description": "The call failed; the same call is safe to repeat and may succeed.",
                    "headers": {
                        "Retry-After": {
                            "description": "How long to wait, in seconds, where known.",
                            "schema": { "type": "integer", "minimum": 0 },
                        },
                    },
                    "content": content("Failure"),
                },
            },
        },
    })
}

fn input(action: &Action) -> String {
    format!("{}_Input", action.name)
}

fn output(action: &Action) -> String {
    format!("{}_Output", action.name)
}

fn content(schema: &str) -> Value {
    let schema = format!("#/components/schemas/{schema}");
    json!({ "application/json": { "schema": { "$ref": schema } } })
}

fn refusal(description: &str) -> Value {
    json!({ "description": description, "content": content("Failure") })
}

fn path(action: &Action) -> Value {
    let refer = |name: &str| json!({ "$ref": format!("#/components/responses/{name}") });
    let required = parsed(&action.input_schema)
        .get("required")
        .and_then(Value::as_array)
        .is_some_and(|names| !names.is_empty());
    json!({
        "post": {
            "operationId": action.name,
            "summary": action.title,
            "description": action.summary,
            "tags": [more(action, "group")],
            "requestBody": { "required": required, "content": content(&input(action)) },
            "responses": {
                "200": { "description": "The action was done.", "content": content(&output(action)) },
                "400": refer("InvalidInput"),
                "422": refer("Permanent"),
                "503": refer("Transient"),
            },
            "x-effect": effect(action.effect),
            "x-repeatable": action.repeatable,
            "x-requests": more(action, "requests"),
        },
    })
}

/// A failure, as the WIT has it.
fn failure() -> Value {
    let own: Vec<String> = CODES
        .iter()
        .map(|(code, what)| format!("{code}: {what}"))
        .collect();
    let code = format!(
        "What a caller catches. {} All others are the errorCode of Salesforce, such as \
         DUPLICATE_VALUE.",
        own.join(" ")
    );
    json!({
        "type": "object",
        "title": "Failure",
        "properties": {
            "kind": {
                "type": "string",
                "enum": ["permanent", "transient"],
                "description": "Whether the same call is safe to repeat and may succeed.",
            },
            "code": { "type": "string", "description": code },
            "message": { "type": "string", "description": "One or two sentences for a person." },
            "status": {
                "type": ["integer", "null"],
                "description": "The HTTP status that Salesforce answered.",
            },
            "applied": {
                "type": "string",
                "enum": ["no", "maybe", "partly", "yes"],
                "description": "Whether anything changed in Salesforce.",
            },
            "retryAfterMs": {
                "type": ["integer", "null"],
                "description": "How long to wait before the call is repeated, in milliseconds.",
            },
            "body": {
                "type": ["string", "null"],
                "description": "What Salesforce answered, at most 64 KiB of it.",
            },
            "more": {
                "type": "object",
                "description": "The rest: the parameter at fault, all errors of Salesforce, what usually cures it.",
            },
        },
        "required": ["kind", "code", "message", "applied", "more"],
    })
}
