//! What Salesforce says when it says no: a status and an array with one object.

use serde_json::{Map, Value, json};

/// An error of the data API.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The `errorCode`.
    pub code: &'static str,
    /// The text for a person.
    pub message: String,
    /// The fields at fault; some errors have the key and others do not.
    pub fields: Option<Vec<String>>,
}

impl ApiError {
    /// An error without the key `fields`.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> ApiError {
        ApiError {
            status,
            code,
            message: message.into(),
            fields: None,
        }
    }

    /// The same with the key `fields`.
    pub fn on(mut self, fields: &[&str]) -> ApiError {
        self.fields = Some(fields.iter().map(|field| (*field).to_owned()).collect());
        self
    }

    /// 404 for a path, an object or a record that does not exist.
    pub fn not_found() -> ApiError {
        ApiError::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    /// 404 for a path segment that is neither an id nor an external id field.
    pub fn no_external_id(name: &str) -> ApiError {
        let message =
            format!("Provided external ID field does not exist or is not accessible: {name}");
        ApiError::new(404, "NOT_FOUND", message)
    }

    /// A record in the recycle bin.
    pub fn deleted(status: u16) -> ApiError {
        ApiError::new(status, "ENTITY_IS_DELETED", "entity is deleted").on(&[])
    }

    /// A reference to a record that does not exist.
    pub fn cross_reference(status: u16, fields: &[&str]) -> ApiError {
        ApiError::new(
            status,
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
        )
        .on(fields)
    }

    /// A record that waits for an approval.
    pub fn locked() -> ApiError {
        let message = "This record is locked. If you need to edit it, contact your admin.";
        ApiError::new(400, "ENTITY_IS_LOCKED", message).on(&[])
    }

    /// An object that does not have this operation.
    pub fn not_for(object: &str, operation: &str) -> ApiError {
        let message = format!("entity type {object} does not support {operation}");
        ApiError::new(400, "INVALID_TYPE_FOR_OPERATION", message).on(&[])
    }

    /// A field that the object does not have.
    pub fn no_column(field: &str, object: &str) -> ApiError {
        let message = format!("No such column '{field}' on sobject of type {object}");
        ApiError::new(400, "INVALID_FIELD", message)
    }

    /// An id of another object, or none at all.
    pub fn malformed_id(label: &str, id: &str, field: &str) -> ApiError {
        let message = format!("{label} ID: id value of incorrect type: {id}");
        ApiError::new(400, "MALFORMED_ID", message).on(&[field])
    }

    /// A body that is not the JSON that is wanted.
    pub fn json(message: impl Into<String>) -> ApiError {
        ApiError::new(400, "JSON_PARSER_ERROR", message)
    }

    /// A method that the resource does not have.
    pub fn method(method: &str, allowed: &str) -> ApiError {
        let message = format!("HTTP Method '{method}' not allowed. Allowed are {allowed}");
        ApiError::new(405, "METHOD_NOT_ALLOWED", message)
    }

    /// The body of the answer.
    pub fn body(&self) -> Value {
        json!([self.shown()])
    }

    /// The error within a result, where the code has another name and `fields` is always there.
    pub fn in_result(&self) -> Value {
        let fields = self.fields.clone().unwrap_or_default();
        json!({"statusCode": self.code, "message": self.message, "fields": fields})
    }

    /// The error within the array of the body.
    pub fn shown(&self) -> Value {
        let mut error = Map::new();
        error.insert("message".to_owned(), json!(self.message));
        error.insert("errorCode".to_owned(), json!(self.code));
        if let Some(fields) = &self.fields {
            error.insert("fields".to_owned(), json!(fields));
        }
        Value::Object(error)
    }
}
