//! `/ui-api/records`: creates that know a request again by its key.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::call::{Call, Content};
use super::errors::ApiError;
use super::records;
use super::reply::{Body, Reply};
use super::store::Store;

/// Requests by their keys, and what was answered to them.
#[derive(Debug, Default)]
pub struct Keyed {
    done: HashMap<String, (Map<String, Value>, Value)>,
}

/// `POST /ui-api/records`
pub fn create(keyed: &mut Keyed, store: &mut Store, call: &mut Call) -> Result<Reply, ApiError> {
    let mut body = call.take_object()?;
    let key = call.header("Idempotency-Key").map(str::to_owned);
    if let Some((asked, answer)) = key.as_ref().and_then(|key| keyed.done.get(key)) {
        if *asked == body {
            return Ok(Reply::json(201, answer.clone()));
        }
        // The code is not documented.
        let message = "The idempotency key was used for another request";
        return Err(ApiError::new(422, "INVALID_IDEMPOTENCY_KEY", message));
    }
    let asked = body.clone();
    let name = body.remove("apiName");
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
    let object = store.object(name).ok_or_else(ApiError::not_found)?;
    call.content = Content::Json(body.remove("fields"));
    let made = records::create(store, object, call)?;
    let id = match &made.body {
        Body::Json(made) => made.get("id").cloned(),
        _ => None,
    };
    let fields = match asked.get("fields") {
        Some(Value::Object(fields)) => fields.clone(),
        _ => Map::new(),
    };
    let shown = |(name, value)| (name, json!({"displayValue": null, "value": value}));
    let fields: Map<String, Value> = fields.into_iter().map(shown).collect();
    let answer = json!({"apiName": name, "id": id, "fields": fields});
    if let Some(key) = key {
        keyed.done.insert(key, (asked, answer.clone()));
    }
    Ok(Reply::json(201, answer))
}
