//! JSON Schemas (2020-12) of inputs and outputs, from the declarations that check them.

use super::parameter::{Kind, Parameter};
use super::{Action, Answers};
use crate::actions::options;
use crate::actions::query::LONGEST_QUERY;
use crate::salesforce::names::{FIELD_PATTERN, ID_PATTERN, SOBJECT_PATTERN};
use crate::session::settings::MILLISECONDS;
use serde::Serialize;
use std::collections::BTreeMap;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A schema: the keywords that the catalog uses.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    dialect: Option<&'static str>,
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    types: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Box<Schema>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<&'static str, Schema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_properties: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    one_of: Vec<Schema>,
}

impl Schema {
    fn of(types: &[&'static str]) -> Schema {
        Schema {
            types: types.to_vec(),
            ..Schema::default()
        }
    }

    fn said(self, title: &'static str, description: &'static str) -> Schema {
        Schema {
            title: Some(title),
            description: Some(description),
            ..self
        }
    }

    fn text(self) -> String {
        serde_json::to_string(&self).unwrap_or_else(|_| "{}".into())
    }
}

/// The schema of what an action takes.
pub fn input(action: &Action) -> String {
    let mut properties: BTreeMap<_, _> = action
        .parameters
        .iter()
        .map(|p| (p.name, parameter(p)))
        .collect();
    properties.insert(super::invoke::OPTIONS, options());
    let one_of = action.one_of.iter().map(|chosen| {
        let others = action.one_of.iter().filter(|name| *name != chosen);
        Schema {
            required: vec![chosen],
            properties: others.map(|name| (*name, Schema::of(&["null"]))).collect(),
            ..Schema::default()
        }
    });
    Schema {
        dialect: Some(DIALECT),
        properties,
        required: action
            .parameters
            .iter()
            .filter(|p| p.required)
            .map(|p| p.name)
            .collect(),
        additional_properties: Some(false),
        one_of: one_of.collect(),
        ..Schema::of(&["object"]).said(action.title, action.summary)
    }
    .text()
}

fn parameter(parameter: &Parameter) -> Schema {
    let mut schema = match &parameter.kind {
        Kind::SObjectName => Schema {
            pattern: Some(SOBJECT_PATTERN),
            ..Schema::of(&["string"])
        },
        Kind::Id => Schema {
            pattern: Some(ID_PATTERN),
            ..Schema::of(&["string"])
        },
        Kind::Fields => {
            let field = Schema {
                pattern: Some(FIELD_PATTERN),
                ..Schema::of(&["string"])
            };
            Schema {
                items: Some(Box::new(field)),
                ..Schema::of(&["array"])
            }
        }
        Kind::Payload => Schema::of(&["object", "string"]),
        Kind::Soql => Schema {
            min_length: Some(1),
            max_length: Some(LONGEST_QUERY),
            ..Schema::of(&["string"])
        },
        Kind::Locator => Schema {
            pattern: Some("^/services/data/"),
            ..Schema::of(&["string"])
        },
        Kind::Flag => Schema::of(&["boolean"]),
        Kind::Number(range) => Schema {
            minimum: Some(*range.start()),
            maximum: Some(*range.end()),
            ..Schema::of(&["integer"])
        },
    };
    if !parameter.required {
        schema.types.push("null");
    }
    schema.said(parameter.title, parameter.description)
}

fn options() -> Schema {
    let [headers, deadline, meta] = options::NAMES;
    let properties = BTreeMap::from([
        (
            headers,
            Schema::of(&["object", "null"]).said(
                "Request headers",
                "Headers of the REST API, such as Sforce-Auto-Assign or \
                 Sforce-Duplicate-Rule-Header, with strings as values.",
            ),
        ),
        (
            deadline,
            Schema {
                minimum: Some(*MILLISECONDS.start()),
                maximum: Some(*MILLISECONDS.end()),
                ..Schema::of(&["integer", "null"])
                    .said("Deadline", "The time for the whole call in milliseconds.")
            },
        ),
        (
            meta,
            Schema::of(&["boolean", "null"]).said(
                "Meta",
                "Whether the output has salesforceMeta: attempts, usage, headers.",
            ),
        ),
    ]);
    Schema {
        properties,
        additional_properties: Some(false),
        ..Schema::of(&["object", "null"]).said("Options", "What is seldom needed.")
    }
}

/// The schema of what an action answers.
pub fn output(action: &Action) -> String {
    let string = |title, description| Schema::of(&["string"]).said(title, description);
    let object = |title, description| Schema::of(&["object"]).said(title, description);
    let mut properties = BTreeMap::from([
        (
            "salesforceStatus",
            string("Status", "The HTTP status of the answer."),
        ),
        (
            "salesforceError",
            object(
                "Rejection",
                "Code and message of a rejection, with the setting SALESFORCE_REJECTIONS=output.",
            ),
        ),
        (
            "salesforceMeta",
            object(
                "Meta",
                "Attempts, API usage and headers, with the option meta.",
            ),
        ),
        // A rejection has a body even where success has none.
        (
            "salesforceResult",
            string("Result", "The body of the answer, as Salesforce sent it."),
        ),
    ]);
    if matches!(action.answers, Answers::Page | Answers::Pages) {
        let description = "Where the result goes on; absent where it is whole.";
        properties.insert("locator", string("Locator", description));
    }
    if action.answers == Answers::Pages {
        let description = "Why the result ends early: by is maxRows, maxBytes or failure.";
        properties.insert("cut", object("Cut", description));
    }
    let required = match action.answers {
        Answers::Nothing => vec!["salesforceStatus"],
        _ => vec!["salesforceResult", "salesforceStatus"],
    };
    Schema {
        dialect: Some(DIALECT),
        properties,
        required,
        ..Schema::of(&["object"])
    }
    .text()
}
