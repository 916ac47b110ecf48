//! What Salesforce says when it says no.

use crate::json::{self, Object};
use serde_json::value::RawValue;

/// The error that an answer carries, as far as it could be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rejection {
    /// The first `errorCode`; empty where the answer has none.
    pub code: String,
    /// The message that goes with it; empty where there is none.
    pub message: String,
    /// Whether `errors` holds errors of Salesforce: a list, or one object.
    pub understood: bool,
    /// Whether the body is a page for a browser.
    pub html: bool,
}

/// Reads the body of an answer outside success: a list of errors or a bare one, a page, or
/// nothing.
pub fn read(content_type: Option<&str>, body: &str) -> Rejection {
    let list = json::list(body).unwrap_or_default();
    let error = Object::read(list.first().copied().map(RawValue::get).unwrap_or(body));
    // Collections and approvals say `statusCode` for `errorCode`.
    let code = error
        .as_ref()
        .and_then(|e| e.text("errorCode").or_else(|| e.text("statusCode")));
    match (code, error) {
        (Some(code), Some(error)) => Rejection {
            code: code.into_owned(),
            message: message(&error),
            understood: true,
            html: false,
        },
        _ => Rejection {
            html: is_html(content_type, body),
            ..Rejection::default()
        },
    }
}

/// The message of an error; never empty. Text that is cut inside a character is kept as it came.
fn message(error: &Object<'_>) -> String {
    let said = error.get("message").map(|raw| (json::text(raw), raw.get()));
    match said {
        Some((Some(text), _)) if !text.trim().is_empty() => text.into_owned(),
        Some((None, raw)) => raw.to_owned(),
        _ => "Salesforce gave no message".into(),
    }
}

/// Whether the answer is a page: by its type, or by how it starts.
pub fn is_html(content_type: Option<&str>, body: &str) -> bool {
    content_type.is_some_and(|t| t.to_ascii_lowercase().starts_with("text/html"))
        || body.trim_start().starts_with('<')
}

/// Whether a 401 tells of a session that ended, so that a new one will do. Others keep coming
/// back however often one logs in: a session without the assurance level or scope that the org
/// asks for, an app that is not attached, a password that has to be changed.
pub fn is_expired(status: u16, rejection: &Rejection) -> bool {
    let other = ["not valid for use", "Connected app"];
    status == 401
        && rejection.code == "INVALID_SESSION_ID"
        && !other.iter().any(|text| rejection.message.contains(text))
}

/// What usually cures an error, by its code.
pub fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "INVALID_FIELD" | "INVALID_FIELD_FOR_INSERT_UPDATE" => {
            "The field is missing, read-only, or not visible to this user: check its API name, \
             and the field-level security in the user's profile and permission sets."
        }
        "INVALID_TYPE" | "NOT_FOUND" => {
            "The object or record does not exist, or this user may not see it, or the feature \
             is not enabled in the org."
        }
        "MALFORMED_ID" => "An id of another kind of record, or a text that is no id, was mapped.",
        "INVALID_CROSS_REFERENCE_KEY" => {
            "An id in the request points to a record that is gone, of another kind, or not \
             visible to this user."
        }
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" => {
            "A trigger or flow in the org failed on this record: its message says which."
        }
        "REQUIRED_FIELD_MISSING" => "Map a value to each field that `fields` lists.",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION" => "A validation rule of the org refused the values.",
        "DUPLICATE_VALUE" => {
            "A field that is unique has a value that another record has: `message` says which."
        }
        "DUPLICATES_DETECTED" => {
            "A duplicate rule found records like this one. Where the rule only alerts, the \
             header Sforce-Duplicate-Rule-Header: allowSave=true saves it all the same."
        }
        "INSUFFICIENT_ACCESS"
        | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
        | "INSUFFICIENT_ACCESS_OR_READONLY" => {
            "This user lacks a permission: check its profile and permission sets."
        }
        "FUNCTIONALITY_NOT_ENABLED" | "API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED" => {
            "The edition has no API access, or this user lacks the permission API Enabled."
        }
        "REQUEST_LIMIT_EXCEEDED" => {
            "The org's API requests of the last 24 hours are used up, or too many run at once."
        }
        "INVALID_QUERY_LOCATOR" => {
            "A locator lives two days and belongs to one user: start the query again."
        }
        "INVALID_SESSION_ID" => {
            "The session is valid but may not do this: check the session's security level and \
             the scopes of the connected app."
        }
        "ENTITY_IS_DELETED" => "The record is in the recycle bin.",
        "ENTITY_IS_LOCKED" => "The record is locked, most often by an approval.",
        "UNABLE_TO_LOCK_ROW" => "Another transaction holds the record; it may be repeated.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(body: &str) -> Rejection {
        read(Some("application/json;charset=UTF-8"), body)
    }

    #[test]
    fn lists_and_bare_objects_are_understood() {
        let bodies = [
            r#"[{"message":"m","errorCode":"E","fields":["Id"]},{"message":"n","errorCode":"F"}]"#,
            r#"{"errorCode":"E","message":"m"}"#,
            r#"[{"statusCode":"E","message":"m","fields":[]}]"#,
            r#"[{"duplicateResult":{"allowSave":true},"errorCode":"E","message":"m"}]"#,
        ];
        for body in bodies {
            let found = rejection(body);
            assert_eq!(
                (found.code.as_str(), found.message.as_str()),
                ("E", "m"),
                "{body}"
            );
            assert!(found.understood);
        }
        assert_eq!(
            rejection(r#"[{"errorCode":"E"}]"#).message,
            "Salesforce gave no message"
        );
        let cut = r#"[{"errorCode":"E","message":"a\ud83d"}]"#;
        assert_eq!(rejection(cut).message, r#""a\ud83d""#);
    }

    #[test]
    fn pages_and_rubbish_are_not() {
        let page = read(Some("text/html; charset=UTF-8"), "We are setting things up");
        assert!(page.html && !page.understood);
        assert!(rejection("\n <html>").html);
        for body in [
            "",
            "{",
            "[]",
            "[1]",
            "\u{1}",
            r#"["/services/data/v60.0/sobjects/A/1"]"#,
        ] {
            assert_eq!(rejection(body), Rejection::default(), "{body}");
        }
    }

    #[test]
    fn only_an_ended_session_is_expired() {
        let expired = |status, code: &str, message: &str| {
            let body = format!(r#"[{{"message":"{message}","errorCode":"{code}"}}]"#);
            is_expired(status, &rejection(&body))
        };
        assert!(expired(
            401,
            "INVALID_SESSION_ID",
            "Session expired or invalid"
        ));
        assert!(!expired(
            403,
            "INVALID_SESSION_ID",
            "Session expired or invalid"
        ));
        let rest = "This session is not valid for use with the REST API";
        assert!(!expired(401, "INVALID_SESSION_ID", rest));
        assert!(!expired(
            401,
            "INVALID_SESSION_ID",
            "Connected app is not attached to Agent"
        ));
        assert!(!expired(
            401,
            "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
            "expired"
        ));
        assert!(!expired(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"));
    }
}
