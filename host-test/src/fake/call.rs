//! A request to the data API, from HTTP or from inside a composite one.

use bytes::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::errors::ApiError;

/// What a request carries.
pub enum Content {
    /// Bytes, as they came over the wire.
    Bytes(Bytes),
    /// The `body` of a subrequest.
    Json(Option<Value>),
}

/// A request below `/services/data/vXX.X/`.
pub struct Call {
    /// The method, in capitals.
    pub method: String,
    /// The API version without its `.0`.
    pub version: u16,
    /// The decoded segments after the version.
    pub path: Vec<String>,
    /// The decoded parameters.
    pub query: Vec<(String, String)>,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub content: Content,
}

impl Call {
    /// Splits a path with its query. Errors: 404 for what is not below a version, 410 for a retired
    /// version.
    pub fn new(
        method: &str,
        target: &str,
        headers: HeaderMap,
        content: Content,
    ) -> Result<Call, ApiError> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut segments = path
            .strip_prefix("/services/data/")
            .ok_or_else(ApiError::not_found)?
            .split('/');
        let version = version(segments.next().unwrap_or_default())?;
        let mut path = segments
            .map(decode)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(ApiError::not_found)?;
        if path.last().is_some_and(String::is_empty) {
            path.pop();
        }
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let mut call = Call {
            method: method.to_owned(),
            version,
            path,
            query,
            headers,
            content,
        };
        if method == "POST"
            && let Some(method) = call.parameter("_HttpMethod").map(str::to_ascii_uppercase)
        {
            call.method = method;
        }
        Ok(call)
    }

    /// The first parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as a JSON object, which every write wants. It is taken, not copied, since it may be
    /// tens of megabytes.
    pub fn take_object(&mut self) -> Result<Map<String, Value>, ApiError> {
        let value = match std::mem::replace(&mut self.content, Content::Json(None)) {
            Content::Json(value) => value.ok_or_else(no_body)?,
            Content::Bytes(bytes) => {
                let kind = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
                let essence = kind.split(';').next().unwrap_or_default().trim();
                if !essence.eq_ignore_ascii_case("application/json") {
                    let message = format!(
                        "Content-Type header specified in HTTP request is not supported: {kind}"
                    );
                    return Err(ApiError::new(415, "UNSUPPORTED_MEDIA_TYPE", message));
                }
                if let Some(coding) = self
                    .header(CONTENT_ENCODING.as_str())
                    .filter(|coding| *coding != "identity")
                {
                    let message = format!("This fake does not decode Content-Encoding: {coding}");
                    return Err(ApiError::new(415, "UNSUPPORTED_MEDIA_TYPE", message));
                }
                if bytes.is_empty() {
                    return Err(no_body());
                }
                serde_json::from_slice(&bytes).map_err(|error| {
                    let place = format!("at [line:{}, column:{}]", error.line(), error.column());
                    ApiError::json(format!("Unexpected character or end of the body {place}"))
                })?
            }
        };
        match value {
            Value::Object(object) => Ok(object),
            other => Err(ApiError::json(format!(
                "Unexpected {} in place of an object",
                token(&other)
            ))),
        }
    }
}

/// The name that the JSON parser of Salesforce has for a value.
pub fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "VALUE_NULL",
        Value::Bool(true) => "VALUE_TRUE",
        Value::Bool(false) => "VALUE_FALSE",
        Value::Number(number) if number.is_f64() => "VALUE_NUMBER_FLOAT",
        Value::Number(_) => "VALUE_NUMBER_INT",
        Value::String(_) => "VALUE_STRING",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

fn no_body() -> ApiError {
    ApiError::json("The HTTP entity body is required, but this request has no entity body.")
}

fn version(segment: &str) -> Result<u16, ApiError> {
    let number = segment
        .strip_prefix('v')
        .and_then(|rest| rest.strip_suffix(".0"));
    match number.and_then(|number| number.parse().ok()) {
        Some(version) if super::versions::SERVED.contains(&version) => Ok(version),
        Some(21..=30) => {
            let message = "The requested API version has been retired and is no longer available";
            Err(ApiError::new(410, "GONE", message))
        }
        _ => Err(ApiError::not_found()),
    }
}

/// A path segment; unlike in a query, `+` is a plus sign.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
