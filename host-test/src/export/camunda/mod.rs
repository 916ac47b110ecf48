//! Element templates for Camunda 8, and the tasks that are made with them.

mod task;

pub use task::{Task, error, response};

use super::{more, parsed};
use crate::wit::Action;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The type of the jobs, for which a worker asks.
pub const JOB_TYPE: &str = "connector:salesforce:1";

/// By this the modeler tells templates for Camunda 8 from others.
const SCHEMA: &str =
    "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json";

/// Expressions and secrets, which a pattern must let pass.
const LATER: &str = r"^(=|\{\{secrets\.).*$";

/// What fails for good becomes a BPMN error with the same code; what may succeed when it is
/// repeated is left to the retries of the task.
const ERROR_EXPRESSION: &str = "=if error = null then null \
     else if error.variables.kind = \"transient\" then null \
     else bpmnError(error.code, error.message, error.variables)";

/// The actions as element templates, one each.
#[must_use]
pub fn templates(actions: &[Action]) -> Value {
    actions.iter().map(template).collect()
}

fn template(action: &Action) -> Value {
    let icon = STANDARD.encode(more(action, "icon"));
    let group = more(action, "group");
    json!({
        "$schema": SCHEMA,
        "name": format!("Salesforce: {}", action.title),
        "id": format!("connector.salesforce.{}", action.name),
        "version": 1,
        "description": action.summary,
        "keywords": ["Salesforce", "CRM", group, action.name],
        "category": { "id": "connectors", "name": "Connectors" },
        "appliesTo": ["bpmn:Task"],
        "elementType": { "value": "bpmn:ServiceTask" },
        "engines": { "camunda": "^8.5" },
        "icon": { "contents": format!("data:image/svg+xml;base64,{icon}") },
        "groups": [
            { "id": "instance", "label": "Instance" },
            { "id": "authentication", "label": "Authentication" },
            { "id": "operation", "label": action.title },
            { "id": "output", "label": "Response mapping" },
            { "id": "errors", "label": "Error handling" },
            { "id": "retries", "label": "Retries" },
        ],
        "properties": properties(action),
    })
}

fn properties(action: &Action) -> Vec<Value> {
    let mut properties = vec![
        json!({
            "type": "Hidden",
            "value": JOB_TYPE,
            "binding": { "type": "zeebe:taskDefinition", "property": "type" },
        }),
        json!({ "type": "Hidden", "value": action.name, "binding": input("action") }),
    ];
    properties.extend(connection());
    let schema = parsed(&action.input_schema);
    let required = schema.get("required").and_then(Value::as_array);
    let members = schema.get("properties").and_then(Value::as_object);
    for (name, schema) in members.into_iter().flatten() {
        let is_required = required.is_some_and(|names| names.iter().any(|n| n == name));
        properties.push(field(name, schema, is_required));
    }
    properties.extend(handling(action));
    properties
}

fn input(name: &str) -> Value {
    json!({ "type": "zeebe:input", "name": name })
}

/// What Camunda gives on each task: where the org is, and who asks. The names are those of its
/// own connector.
fn connection() -> Vec<Value> {
    let when =
        |kind: &str| json!({ "type": "simple", "property": "authentication.type", "equals": kind });
    let credential = |name: &str, label: &str, kind: &str| {
        json!({
            "id": format!("authentication.{name}"),
            "label": label,
            "group": "authentication",
            "type": "String",
            "feel": "optional",
            "binding": input(&format!("authentication.{name}")),
            "constraints": { "notEmpty": true },
            "condition": when(kind),
        })
    };
    vec![
        json!({
            "id": "baseUrl",
            "label": "Salesforce base URL",
            "description": "Such as https://MyDomainName.my.salesforce.com",
            "group": "instance",
            "type": "String",
            "feel": "optional",
            "binding": input("baseUrl"),
            "constraints": {
                "notEmpty": true,
                "pattern": { "value": format!("{LATER}|^https?://.+$"), "message": "Must be a URL." },
            },
        }),
        json!({
            "id": "apiVersion",
            "label": "Salesforce API version",
            "description": "Such as v66.0; may be left out where the base URL has it",
            "group": "instance",
            "type": "String",
            "feel": "optional",
            "optional": true,
            "binding": input("apiVersion"),
        }),
        json!({
            "id": "authentication.type",
            "label": "Type",
            "group": "authentication",
            "type": "Dropdown",
            "value": "oauth-client-credentials-flow",
            "choices": [
                { "name": "Bearer token", "value": "bearer" },
                { "name": "OAuth 2.0", "value": "oauth-client-credentials-flow" },
            ],
            "binding": input("authentication.type"),
        }),
        credential("token", "Bearer token", "bearer"),
        credential("clientId", "Client ID", "oauth-client-credentials-flow"),
        credential(
            "clientSecret",
            "Client secret",
            "oauth-client-credentials-flow",
        ),
    ]
}

/// A field of the form, from the schema of a parameter.
fn field(name: &str, schema: &Value, required: bool) -> Value {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let takes = |kind: &str| match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|k| k == kind),
        Some(one) => one == kind,
        None => false,
    };
    let mut field = Map::new();
    let mut set = |key: &str, value: Value| field.insert(key.to_owned(), value);
    set("id", json!(format!("input.{name}")));
    set("label", json!(text("title")));
    set("description", json!(text("description")));
    set("group", json!("operation"));
    set("binding", input(&format!("input.{name}")));
    let mut constraints = Map::new();
    if required {
        constraints.insert("notEmpty".to_owned(), json!(true));
    } else {
        // Constraints of an optional field must say that it may be empty.
        constraints.insert("notEmpty".to_owned(), json!(false));
        set("optional", json!(true));
    }
    let example = schema.get("examples").and_then(|examples| examples.get(0));
    let feel = if takes("boolean") {
        set("type", json!("Boolean"));
        "optional"
    } else if takes("integer") {
        set("type", json!("Number"));
        "optional"
    } else if takes("object") || takes("array") {
        set("type", json!("Text"));
        // JSON as text is taken where the action takes a string, and is otherwise an expression.
        let feel = if takes("string") {
            "optional"
        } else {
            "required"
        };
        set("placeholder", json!(example.map(Value::to_string)));
        feel
    } else {
        let long = text("pattern").is_none_or(|pattern| pattern == "\\S");
        set("type", json!(if long { "Text" } else { "String" }));
        set("placeholder", json!(example.and_then(Value::as_str)));
        if let Some(pattern) = text("pattern").filter(|_| !long) {
            let message = "Does not have the form that Salesforce asks for.";
            let pattern = json!({ "value": format!("{LATER}|{pattern}"), "message": message });
            constraints.insert("pattern".to_owned(), pattern);
        }
        "optional"
    };
    set("feel", json!(feel));
    if !constraints.is_empty() {
        set("constraints", Value::Object(constraints));
    }
    Value::Object(field)
}

/// What happens with the answer, and with a failure.
fn handling(action: &Action) -> Vec<Value> {
    let header = |key: &str| json!({ "type": "zeebe:taskHeader", "key": key });
    let schema = parsed(&action.output_schema);
    let answers = |name: &str| schema.pointer(&format!("/properties/{name}")).is_some();
    let mut result =
        "={salesforceStatus: response.status, salesforceResult: response.body".to_owned();
    for name in ["locator", "related", "cut"] {
        if answers(name) {
            result.push_str(&format!(", {name}: response.{name}"));
        }
    }
    result.push('}');
    vec![
        json!({
            "id": "resultVariable",
            "label": "Result variable",
            "description": "Name of the variable that takes the whole response",
            "group": "output",
            "type": "String",
            "optional": true,
            "binding": header("resultVariable"),
        }),
        json!({
            "id": "resultExpression",
            "label": "Result expression",
            "description": "Expression that maps the response to variables",
            "group": "output",
            "type": "Text",
            "feel": "required",
            "value": result,
            "binding": header("resultExpression"),
        }),
        json!({
            "id": "errorExpression",
            "label": "Error expression",
            "description": "Expression that makes a failure a BPMN error",
            "group": "errors",
            "type": "Text",
            "feel": "required",
            "value": ERROR_EXPRESSION,
            "binding": header("errorExpression"),
        }),
        json!({
            "id": "retryCount",
            "label": "Retries",
            "description": "How often a call is made that may succeed when it is repeated",
            "group": "retries",
            "type": "String",
            "feel": "optional",
            "value": "3",
            "binding": { "type": "zeebe:taskDefinition", "property": "retries" },
        }),
    ]
}
