//! Conditional requests: time stamps for every object, ETags for Account alone.

use super::call::Call;
use super::clock;
use super::errors::ApiError;
use super::reply::Reply;
use super::schema::system;
use super::store::Record;

/// `Last-Modified` and, for an account, `ETag`.
pub fn marked(reply: Reply, object: &str, record: &Record) -> Reply {
    let modified = clock::seconds(record.text(system::MODIFIED)).unwrap_or_default();
    let reply = reply.with("Last-Modified", clock::http_date(modified));
    if object == "Account" {
        reply.with("ETag", etag(record))
    } else {
        reply
    }
}

/// `Some` answer where the headers say that the record need not be shown; 412 where they say that it
/// must not be touched.
pub fn check(call: &Call, object: &str, record: &Record) -> Result<Option<Reply>, ApiError> {
    let modified = clock::seconds(record.text(system::MODIFIED)).unwrap_or_default();
    let reading = matches!(call.method.as_str(), "GET" | "HEAD");
    let time = |name: &str| {
        call.header(name)
            .map(|text| (text, clock::parse_http_date(text)))
    };
    let names = |name: &str| {
        let tags = call.header(name).filter(|_| object == "Account")?;
        Some(
            tags.split(',')
                .any(|tag| tag.trim() == "*" || tag.trim() == etag(record)),
        )
    };
    for name in ["If-Modified-Since", "If-Unmodified-Since"] {
        if let Some((text, None)) = time(name).filter(|_| !reading) {
            return Err(ApiError::new(
                400,
                "INVALID_HEADER",
                format!("{name} is not a date: {text}"),
            ));
        }
    }
    let changed = matches!(time("If-Unmodified-Since"), Some((_, Some(since))) if modified > since);
    if changed || names("If-Match") == Some(false) {
        return Err(ApiError::new(
            412,
            "PRECONDITION_FAILED",
            "The record does not meet the condition of the request",
        ));
    }
    let same = matches!(time("If-Modified-Since"), Some((_, Some(since))) if modified <= since);
    match (same || names("If-None-Match") == Some(true), reading) {
        (false, _) => Ok(None),
        (true, true) => Ok(Some(Reply::empty(304))),
        (true, false) => Err(ApiError::new(
            412,
            "PRECONDITION_FAILED",
            "The record does not meet the condition of the request",
        )),
    }
}

fn etag(record: &Record) -> String {
    format!("\"{}-{}\"", record.id(), record.revision)
}
