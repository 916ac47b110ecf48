//! JSON Schemas (2020-12) of inputs and outputs, from the declarations that check them.

use super::invoke::OPTIONS;
use super::parameter::{Kind, Parameter};
use super::{Action, Answers};
use crate::actions::options;
use crate::actions::query::LONGEST_QUERY;
use crate::json::{Json, Members};
use crate::salesforce::names::{
    FIELD_PATTERN, ID_PATTERN, PERMISSION_SET_PATTERN, RELATIONSHIP_PATTERN, SOBJECT_PATTERN,
};
use crate::salesforce::paths::LOCATOR_PATTERN;
use crate::session::settings::MILLISECONDS;
use std::ops::RangeInclusive;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

type Schema = Members<'static>;

/// A schema of one type; `null` too where the value may be left out.
fn of(kinds: &[&str], required: bool) -> Schema {
    let null = (!required).then_some("null");
    let kinds: Vec<Json> = kinds.iter().copied().chain(null).map(Json::from).collect();
    match kinds.as_slice() {
        [kind] => Schema::default().with("type", kind.raw()),
        kinds => Schema::default().with("type", kinds),
    }
}

fn said(schema: Schema, title: &'static str, description: &'static str) -> Schema {
    schema.with("title", title).with("description", description)
}

/// The same schema with a value that it describes.
fn shown(schema: Schema, example: Json) -> Schema {
    schema.with("examples", &[example][..])
}

/// The value of a text that is JSON.
fn json(text: &str) -> Json {
    Json::parse(text.into()).unwrap_or_else(|| text.into())
}

fn names(names: impl Iterator<Item = &'static str>) -> Json {
    let names: Vec<Json> = names.map(Json::from).collect();
    names.as_slice().into()
}

fn between(schema: Schema, range: &RangeInclusive<u32>) -> Schema {
    schema
        .with("minimum", u64::from(*range.start()))
        .with("maximum", u64::from(*range.end()))
}

/// The schema of what an action takes.
pub fn input(action: &Action) -> String {
    let mut properties = Members::default();
    for parameter in action.parameters {
        properties.set(parameter.name, &of_parameter(parameter));
    }
    properties.set(OPTIONS, &of_options(action.keyed));
    let required = action.parameters.iter().filter(|p| p.required);
    let schema = Schema::default()
        .with("$schema", DIALECT)
        .with("type", "object");
    let mut schema = shown(
        said(schema, action.title, action.summary),
        json(action.example),
    )
    .with("properties", &properties)
    .with("required", names(required.map(|p| p.name)))
    .with("additionalProperties", false);
    if !action.one_of.is_empty() {
        let choices = action
            .one_of
            .iter()
            .map(|name| Json::from(&alone(name, action.one_of)));
        let choices: Vec<Json> = choices.collect();
        schema.set("oneOf", choices.as_slice());
    }
    schema.to_text()
}

/// One of several parameters, given without the others.
fn alone(name: &'static str, all: &'static [&'static str]) -> Schema {
    let mut others = Members::default();
    for other in all.iter().filter(|other| **other != name) {
        others.set(other, &of(&["null"], true));
    }
    let given = Members::default().with("not", &of(&["null"], true));
    others.set(name, &given);
    Schema::default()
        .with("required", names([name].into_iter()))
        .with("properties", &others)
}

fn of_parameter(parameter: &Parameter) -> Schema {
    let text = || of(&["string"], parameter.required);
    let schema = match &parameter.kind {
        Kind::SObjectName => text().with("pattern", SOBJECT_PATTERN),
        Kind::Id => text().with("pattern", ID_PATTERN),
        Kind::Fields => {
            let field = of(&["string"], true).with("pattern", FIELD_PATTERN);
            of(&["array"], parameter.required).with("items", &field)
        }
        Kind::Relationship => text().with("pattern", RELATIONSHIP_PATTERN),
        Kind::QueryParameters => {
            let names = Schema::default().with("pattern", SOBJECT_PATTERN);
            of(&["object", "string"], parameter.required)
                .with("propertyNames", &names)
                .with(
                    "additionalProperties",
                    &of(&["string", "number", "boolean"], false),
                )
        }
        Kind::Payload => of(&["object", "string"], parameter.required),
        Kind::Requests => of(&["object", "array", "string"], parameter.required),
        Kind::Text => text(),
        Kind::Ids => {
            let id = of(&["string"], true).with("pattern", ID_PATTERN);
            of(&["array"], parameter.required).with("items", &id)
        }
        Kind::Description => of(&["object", "array", "string"], parameter.required),
        Kind::PermissionSet => text().with("pattern", PERMISSION_SET_PATTERN),
        Kind::Soql => text()
            .with("pattern", "\\S")
            .with("maxLength", LONGEST_QUERY as u64),
        Kind::Locator => text().with("pattern", LOCATOR_PATTERN),
        Kind::Flag => of(&["boolean"], parameter.required),
        Kind::Number(range) => between(of(&["integer"], parameter.required), range),
    };
    let schema = said(schema, parameter.title, parameter.description);
    shown(schema, json(parameter.example))
}

fn of_options(keyed: bool) -> Schema {
    let [headers, deadline, meta] = options::NAMES;
    let texts = of(&["string"], true);
    let headers_schema = said(
        of(&["object"], false).with("additionalProperties", &texts),
        "Request headers",
        "Headers of the REST API, such as Sforce-Auto-Assign or Sforce-Duplicate-Rule-Header.",
    );
    let deadline_schema = said(
        between(of(&["integer"], false), &MILLISECONDS),
        "Deadline",
        "The time for the whole call in milliseconds.",
    );
    let meta_schema = said(
        of(&["boolean"], false),
        "Meta",
        "Whether the output has salesforceMeta: attempts, usage, headers.",
    );
    let headers_example = json(r#"{"Sforce-Auto-Assign":"FALSE"}"#);
    let mut properties = Members::default()
        .with(headers, &shown(headers_schema, headers_example))
        .with(deadline, &shown(deadline_schema, 60_000.into()))
        .with(meta, &shown(meta_schema, true.into()));
    if keyed {
        let [external_id, idempotency] = options::KEYS;
        properties.set(external_id, &of_external_id());
        let schema = said(
            of(&["string"], false).with("pattern", options::UUID_PATTERN),
            "Idempotency key",
            "A new UUID of version 4, kept for repetitions of this call alone. Salesforce must \
             have enabled it for the org.",
        );
        let example = "12cfe4e6-e477-4de8-aa4e-95d31aa2be24".into();
        properties.set(idempotency, &shown(schema, example));
    }
    let schema = said(of(&["object"], false), "Options", "What is seldom needed.");
    shown(schema, json(r#"{"deadlineMs":60000}"#))
        .with("properties", &properties)
        .with("additionalProperties", false)
}

fn of_external_id() -> Schema {
    let [field, value] = options::MEMBERS;
    let field_schema = said(
        of(&["string"], true).with("pattern", SOBJECT_PATTERN),
        "Field",
        "An external id field that is unique, such as Order_No__c. The payload must not have it.",
    );
    let value_schema = said(
        of(&["string", "integer"], true)
            .with("pattern", options::VALUE_PATTERN)
            .with("maxLength", options::LONGEST_VALUE as u64)
            .with("minimum", 0),
        "Value",
        "The value of this record in that field.",
    );
    let properties = Members::default()
        .with(field, &shown(field_schema, "Order_No__c".into()))
        .with(value, &shown(value_schema, "A-17".into()));
    let schema = said(
        of(&["object"], false),
        "External id",
        "Makes the call safe to repeat: where a record has this value in this field, it gets the \
         fields of the payload, and no second one is made.",
    );
    shown(schema, json(r#"{"field":"Order_No__c","value":"A-17"}"#))
        .with("properties", &properties)
        .with("required", names(options::MEMBERS.into_iter()))
        .with("additionalProperties", false)
}

/// The schema of what an action answers.
pub fn output(action: &Action) -> String {
    let string = |title, description| said(of(&["string"], true), title, description);
    let object = |title, description| said(of(&["object"], true), title, description);
    let mut properties = Members::default();
    let mut add = |name, schema: Schema| properties.set(name, &schema);
    add(
        "salesforceStatus",
        string("Status", "The HTTP status of the answer.").with("pattern", "^[0-9]{3}$"),
    );
    // A rejection has a body even where success has none.
    add(
        "salesforceResult",
        string("Result", "The body of the answer, as Salesforce sent it.")
            .with("contentMediaType", "application/json"),
    );
    if matches!(
        action.answers,
        Answers::Page | Answers::Pages | Answers::Related
    ) {
        let description = "Where the result goes on; absent where it is whole.";
        let schema = string("Locator", description);
        add("locator", schema.with("pattern", LOCATOR_PATTERN));
    }
    if action.answers == Answers::Related {
        let description = "What the relationship leads to.";
        let found: Vec<Json> = ["one", "many", "none"].map(Json::from).into();
        let schema = string("Related", description);
        add("related", schema.with("enum", found.as_slice()));
    }
    if action.answers == Answers::Pages {
        let description = "Why the result ends early: by is maxRows, maxBytes or failure.";
        add("cut", object("Cut", description));
    }
    add(
        "salesforceError",
        object(
            "Rejection",
            "Code and message of a rejection, with the setting SALESFORCE_REJECTIONS=output.",
        ),
    );
    add(
        "salesforceMeta",
        object(
            "Meta",
            "Attempts, API usage and headers, with the option meta.",
        ),
    );
    let required: &[&str] = match action.answers {
        Answers::Nothing | Answers::BodyIfChanged | Answers::Related => &["salesforceStatus"],
        _ => &["salesforceStatus", "salesforceResult"],
    };
    let (status, body) = action.example_answer;
    let mut example = Members::default().with("salesforceStatus", status.to_string().as_str());
    if !body.is_empty() {
        example.set("salesforceResult", body);
    }
    let schema = Schema::default()
        .with("$schema", DIALECT)
        .with("type", "object");
    shown(schema.with("title", action.title), Json::from(&example))
        .with("properties", &properties)
        .with("required", names(required.iter().copied()))
        .to_text()
}
