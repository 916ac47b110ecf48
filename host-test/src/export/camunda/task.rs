//! A task of a process: from its variables to settings and a call, and from the answer back.

use crate::wit::{Applied, Failure};
use serde_json::{Map, Value, json};
use std::fmt;

/// What a task asks for: a connection, an action, and its input.
///
/// Taken are the variables of the templates here, and those of Camunda's own connector: its
/// processes keep their tasks.
#[derive(Clone, PartialEq)]
pub struct Task {
    /// The settings of the instance.
    pub settings: Vec<(String, String)>,
    /// The action.
    pub action: String,
    /// The input, a JSON object.
    pub input: String,
}

/// Settings hold secrets, and inputs may hold data of persons.
impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

impl Task {
    /// Reads the variables of a job.
    ///
    /// # Errors
    ///
    /// What is missing or not known, by its name; never a value.
    pub fn read(variables: &Value) -> Result<Task, String> {
        let (action, input) = match variables.get("action") {
            Some(action) => {
                let action = action.as_str().ok_or("action must be a text")?;
                let input = variables.get("input").cloned();
                (action, input.unwrap_or_else(|| json!({})))
            }
            None => own_connector(variables)?,
        };
        Ok(Task {
            settings: settings(variables)?,
            action: action.to_owned(),
            input: input.to_string(),
        })
    }
}

/// The settings of an instance: Camunda gives them on each task.
fn settings(variables: &Value) -> Result<Vec<(String, String)>, String> {
    let mut settings = Vec::new();
    let mut add = |setting: &str, place: &str| -> Result<(), String> {
        let pointer = format!("/{}", place.replace('.', "/"));
        match variables.pointer(&pointer) {
            None | Some(Value::Null) => Ok(()),
            Some(Value::String(text)) => {
                settings.push((setting.to_owned(), text.clone()));
                Ok(())
            }
            Some(_) => Err(format!("{place} must be a text")),
        }
    };
    add("SALESFORCE_INSTANCE_URL", "baseUrl")?;
    add("SALESFORCE_VERSION", "apiVersion")?;
    let kind = variables.pointer("/authentication/type");
    match kind.and_then(Value::as_str) {
        Some("bearer") => {
            add("SALESFORCE_ACCESS_TOKEN", "authentication.token")?;
            settings.push(("SALESFORCE_AUTH".to_owned(), "bearer".to_owned()));
        }
        Some("oauth-client-credentials-flow") => {
            add("SALESFORCE_CLIENT_ID", "authentication.clientId")?;
            add("SALESFORCE_CLIENT_SECRET", "authentication.clientSecret")?;
            settings.push((
                "SALESFORCE_AUTH".to_owned(),
                "client-credentials".to_owned(),
            ));
        }
        _ => {
            let expected = "bearer or oauth-client-credentials-flow";
            return Err(format!("authentication.type must be {expected}"));
        }
    }
    Ok(settings)
}

/// What a task of Camunda's own Salesforce connector asks for.
fn own_connector(variables: &Value) -> Result<(&'static str, Value), String> {
    let text = |name: &str| variables.get(name).and_then(Value::as_str);
    let (action, names): (_, &[(&str, &str)]) =
        match (text("salesforceInteractionType"), text("method")) {
            (Some("soqlQuery"), _) => ("QUERY", &[("soqlQuery", "salesforceQuery")]),
            (Some("sObject"), Some("post")) => (
                "CREATE",
                &[("objectType", "SObjectName"), ("body", "salesforcePayload")],
            ),
            (Some("sObject"), Some("get")) => (
                "GET",
                &[
                    ("objectType", "SObjectName"),
                    ("objectId", "SObjectId"),
                    ("relationshipFieldName", "relationship"),
                    ("queryParameters", "queryParameters"),
                ],
            ),
            (Some("sObject"), Some("patch")) => (
                "UPDATE",
                &[
                    ("objectType", "SObjectName"),
                    ("objectId", "SObjectId"),
                    ("body", "salesforcePayload"),
                ],
            ),
            (Some("sObject"), Some("delete")) => (
                "DELETE",
                &[("objectType", "SObjectName"), ("objectId", "SObjectId")],
            ),
            (Some("sObject"), _) => {
                return Err("method must be get, post, patch or delete".to_owned());
            }
            _ => {
                let expected = "action, or salesforceInteractionType sObject or soqlQuery";
                return Err(format!("the task must have {expected}"));
            }
        };
    let mut input = Map::new();
    for (from, to) in names {
        if let Some(value) = variables.get(from).filter(|value| !value.is_null()) {
            input.insert((*to).to_owned(), value.clone());
        }
    }
    Ok((action, Value::Object(input)))
}

/// The `response` of result expressions, from the output of an action: `status` and `body`, as
/// Camunda's connectors have them, and what else the output has.
#[must_use]
pub fn response(output: &str) -> Value {
    let mut output: Map<String, Value> = serde_json::from_str(output).unwrap_or_default();
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let status = text(output.remove("salesforceStatus"));
    let body = text(output.remove("salesforceResult"));
    let mut response = Map::new();
    response.insert("status".to_owned(), json!(status.parse::<u16>().ok()));
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    response.insert("body".to_owned(), body);
    response.extend(output);
    Value::Object(response)
}

/// The `error` of error expressions, from a failure.
#[must_use]
pub fn error(failure: &Failure) -> Value {
    let (kind, detail) = match failure {
        Failure::Permanent(detail) => ("permanent", detail),
        Failure::Transient(detail) => ("transient", detail),
        Failure::ExecutionFailed => return json!({ "code": "UNKNOWN_ERROR", "message": "" }),
    };
    let applied = match detail.applied {
        Applied::No => "no",
        Applied::Maybe => "maybe",
        Applied::Partly => "partly",
        Applied::Yes => "yes",
    };
    let more: Value = serde_json::from_str(&detail.more).unwrap_or_default();
    json!({
        "code": detail.code,
        "message": detail.message,
        "variables": {
            "kind": kind,
            "applied": applied,
            "status": detail.status,
            "retryAfterMs": detail.retry_after_ms,
            "more": more,
        },
    })
}
