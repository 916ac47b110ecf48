//! `POST /composite`: several calls in one, where later ones may use the answers of earlier ones.

use std::collections::HashMap;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::call::{Call, Content};
use super::errors::ApiError;
use super::reply::{Body, Reply};
use super::rest::Data;

const MAX_CALLS: usize = 25;
const MAX_QUERIES: usize = 5;

/// One subrequest.
struct Part {
    method: String,
    url: String,
    reference: String,
    headers: HeaderMap,
    body: Option<Value>,
}

/// Runs all subrequests; the whole is 200 whatever becomes of the parts.
pub fn run(data: &mut Data, call: &mut Call) -> Result<Reply, ApiError> {
    let mut body = call.take_object()?;
    let all_or_none = body.get("allOrNone") == Some(&Value::Bool(true));
    let Some(Value::Array(parts)) = body.remove("compositeRequest") else {
        return Err(ApiError::json(
            "compositeRequest is missing or not an array",
        ));
    };
    let parts = parts.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
    check(&parts)?;
    let references: Vec<String> = parts.iter().map(|part| part.reference.clone()).collect();
    if all_or_none {
        data.store.begin();
    }
    let mut answers: Vec<Reply> = Vec::new();
    let mut bodies = HashMap::new();
    for mut part in parts {
        let reply = match resolve(&mut part, &bodies) {
            Ok(()) => run_part(data, &mut part),
            Err(error) => error.into(),
        };
        let failed = reply.status >= 300;
        if let Body::Json(body) = &reply.body
            && !failed
        {
            bodies.insert(part.reference, body.clone());
        }
        answers.push(reply);
        if failed && all_or_none {
            break;
        }
    }
    let failed = answers.last().is_some_and(|reply| reply.status >= 300);
    if all_or_none && failed {
        data.store.roll_back();
        halt_others(&mut answers, references.len());
    } else if all_or_none {
        data.store.commit();
    }
    let answers: Vec<Value> = answers
        .into_iter()
        .zip(references)
        .map(|(reply, name)| shown(reply, &name))
        .collect();
    Ok(Reply::json(200, json!({"compositeResponse": answers})))
}

fn halt_others(answers: &mut Vec<Reply>, all: usize) {
    let message =
        "The transaction was rolled back since another operation in the same transaction failed.";
    let halted = || Reply::from(ApiError::new(400, "PROCESSING_HALTED", message));
    let failed = answers.len() - 1;
    for answer in answers.iter_mut().take(failed) {
        *answer = halted();
    }
    answers.resize_with(all, halted);
}

fn part(value: Value) -> Result<Part, ApiError> {
    let Value::Object(mut part) = value else {
        return Err(ApiError::json("A subrequest is not an object"));
    };
    let mut text = |name: &str| match part.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(ApiError::json(format!(
            "A subrequest has no {name}, or not as a string"
        ))),
    };
    let (method, url, reference) = (text("method")?, text("url")?, text("referenceId")?);
    let mut headers = HeaderMap::new();
    if let Some(Value::Object(given)) = part.remove("httpHeaders") {
        for (name, value) in given {
            let name = HeaderName::try_from(name.as_str());
            let value = HeaderValue::try_from(value.as_str().unwrap_or_default());
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.insert(name, value);
            }
        }
    }
    Ok(Part {
        method,
        url,
        reference,
        headers,
        body: part.remove("body"),
    })
}

fn check(parts: &[Part]) -> Result<(), ApiError> {
    let refused = |message: String| Err(ApiError::new(400, "INVALID_INPUT", message));
    if parts.is_empty() || parts.len() > MAX_CALLS {
        return refused(format!(
            "A composite request has 1 to {MAX_CALLS} subrequests"
        ));
    }
    if parts
        .iter()
        .filter(|part| part.url.contains("/query"))
        .count()
        > MAX_QUERIES
    {
        return refused(format!(
            "A composite request has at most {MAX_QUERIES} queries"
        ));
    }
    for (at, part) in parts.iter().enumerate() {
        let name = &part.reference;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return refused(format!(
                "Provided referenceId '{name}' must have letters, digits and underscores alone"
            ));
        }
        if parts.iter().take(at).any(|other| other.reference == *name) {
            return refused(format!("Duplicate referenceId '{name}'"));
        }
        if ["accept", "authorization", "content-type"]
            .iter()
            .any(|header| part.headers.contains_key(*header))
        {
            return refused(format!(
                "Subrequest '{name}' has a header that belongs to the whole request"
            ));
        }
        if !part.url.starts_with("/services/data/v") {
            return refused(format!(
                "The url of subrequest '{name}' must start with /services/data/vXX.X/"
            ));
        }
    }
    Ok(())
}

fn run_part(data: &mut Data, part: &mut Part) -> Reply {
    let headers = std::mem::take(&mut part.headers);
    let call = Call::new(
        &part.method.to_ascii_uppercase(),
        &part.url,
        headers,
        Content::Json(part.body.take()),
    );
    let answer = call.and_then(|mut call| {
        let path = std::mem::take(&mut call.path);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        data.single(&path, &mut call)
    });
    answer.unwrap_or_else(Reply::from)
}

fn shown(reply: Reply, reference: &str) -> Value {
    let headers: Map<String, Value> = reply
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    let body = match reply.body {
        Body::Json(body) => body,
        Body::Empty | Body::Html(_) | Body::Xml(_) => Value::Null,
    };
    json!({"body": body, "httpHeaders": headers, "httpStatusCode": reply.status, "referenceId": reference})
}

/// Puts values in place of `@{reference.path}`.
fn resolve(part: &mut Part, bodies: &HashMap<String, Value>) -> Result<(), ApiError> {
    replace(&mut part.url, bodies)?;
    part.body
        .as_mut()
        .map_or(Ok(()), |body| resolve_all(body, bodies))
}

fn resolve_all(value: &mut Value, bodies: &HashMap<String, Value>) -> Result<(), ApiError> {
    match value {
        Value::String(text) => replace(text, bodies),
        Value::Array(values) => values
            .iter_mut()
            .try_for_each(|value| resolve_all(value, bodies)),
        Value::Object(fields) => fields
            .values_mut()
            .try_for_each(|value| resolve_all(value, bodies)),
        _ => Ok(()),
    }
}

fn replace(text: &mut String, bodies: &HashMap<String, Value>) -> Result<(), ApiError> {
    let mut from = 0;
    while let Some(start) = text
        .get(from..)
        .and_then(|rest| rest.find("@{"))
        .map(|start| from + start)
    {
        let Some(length) = text.get(start..).and_then(|rest| rest.find('}')) else {
            return Ok(());
        };
        let path = text.get(start + 2..start + length).unwrap_or_default();
        let value = look_up(path, bodies).ok_or_else(|| {
            let name = path.split('.').next().unwrap_or_default();
            let message =
                format!("Invalid reference specified. No value for {path} found in {name}");
            ApiError::new(400, "PROCESSING_HALTED", message)
        })?;
        text.replace_range(start..=start + length, &value);
        from = start + value.len();
    }
    Ok(())
}

/// `ref.id` or `ref.records[0].Id`.
fn look_up(path: &str, bodies: &HashMap<String, Value>) -> Option<String> {
    let mut steps = path.split(['.', '[']);
    let mut value = bodies.get(steps.next()?)?;
    for step in steps {
        value = match step.strip_suffix(']') {
            Some(at) => value.get(at.parse::<usize>().ok()?)?,
            None => value.get(step)?,
        };
    }
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
