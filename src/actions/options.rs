//! The `options` of every action.

mod key;

pub use key::{EXTERNAL_ID, Key, LONGEST_VALUE, MEMBERS, UUID_PATTERN, VALUE_PATTERN};

use crate::failure::Failure;
use crate::http::Header;
use crate::input;
use crate::json;
use crate::session::settings::MILLISECONDS;
use serde_json::value::RawValue;

/// Request headers of the REST API that a caller may set, in lower case.
const HEADERS: [&str; 9] = [
    "sforce-auto-assign",
    "sforce-call-options",
    "sforce-duplicate-rule-header",
    "sforce-mru",
    "sforce-query-options",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
];

/// The most bytes of all headers together. Salesforce takes 16,384 with the URL; hosts break
/// down far above.
const HEADER_BYTES: usize = 8_192;

/// The version of a managed package; the rest of the name is its namespace.
const PACKAGE_VERSION: &str = "x-sfdc-packageversion-";

/// Names of the options, in the order in which they are documented.
pub const NAMES: [&str; 3] = ["headers", "deadlineMs", META];

/// Names of the options that make a create safe to repeat.
pub const KEYS: [&str; 2] = ["externalId", "idempotencyKey"];

/// Whether `invoke` answers `salesforceMeta` too.
pub const META: &str = "meta";

/// The options of one call.
#[derive(Debug, Default)]
pub struct Options {
    /// Headers of each request.
    pub headers: Vec<Header>,
    /// The time for the whole call in milliseconds, instead of the setting.
    pub deadline_ms: Option<u64>,
    /// What makes a create safe to repeat.
    pub key: Option<Key>,
}

impl Options {
    /// Reads the options; none are none.
    pub fn parse(text: Option<&str>) -> Result<Options, Failure> {
        Self::read(text, &NAMES)
    }

    /// Reads the options of a create, which may hold a key.
    pub fn with_key(text: Option<&str>) -> Result<Options, Failure> {
        Self::read(text, &[NAMES.as_slice(), &KEYS].concat())
    }

    fn read(text: Option<&str>, names: &[&str]) -> Result<Options, Failure> {
        let Some(text) = text else {
            return Ok(Options::default());
        };
        let object = input::object("options", text)?;
        input::only(&object, "options", "options.", names)?;
        if let Some(value) = object.get(META) {
            input::boolean("options.meta", value)?;
        }
        let [external_id, idempotency] = KEYS.map(|name| object.get(name));
        let time = object.get("deadlineMs");
        let time = time.map(|v| input::integer("options.deadlineMs", v, &MILLISECONDS));
        Ok(Options {
            headers: object
                .get("headers")
                .map(headers)
                .transpose()?
                .unwrap_or_default(),
            deadline_ms: time.transpose()?.map(u64::from),
            key: Key::read(external_id, idempotency)?,
        })
    }
}

fn headers(value: &RawValue) -> Result<Vec<Header>, Failure> {
    let object = input::object("options.headers", value.get())?;
    let headers: Result<Vec<Header>, Failure> = object
        .members()
        .map(|(name, value)| header(name, value))
        .collect();
    let headers = headers?;
    let size: usize = headers.iter().map(|(n, v)| n.len() + v.len()).sum();
    match size <= HEADER_BYTES {
        true => Ok(headers),
        false => {
            let expected = format!("at most {HEADER_BYTES} bytes of headers");
            Err(Failure::invalid_input("options.headers", &expected))
        }
    }
}

fn header(name: &str, value: &RawValue) -> Result<Header, Failure> {
    let place = format!("options.headers.{}", json::shown(name));
    let lower = name.to_ascii_lowercase();
    let namespace = lower.strip_prefix(PACKAGE_VERSION);
    let package = namespace.is_some_and(|n| {
        !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    if !package && !HEADERS.contains(&lower.as_str()) {
        let expected = format!("one of {}, {PACKAGE_VERSION}*", HEADERS.join(", "));
        return Err(Failure::invalid_input(&place, &expected));
    }
    let text = input::string(&place, value)?;
    match text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        true => Ok((name.to_owned().into(), text.into_owned())),
        false => Err(Failure::invalid_input(
            &place,
            "a string of visible ASCII characters",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let text = r#"{"headers":{"Sforce-Auto-Assign":"FALSE","x-sfdc-packageversion-ns":"1.0"},"deadlineMs":5,"meta":true}"#;
        let options = Options::parse(Some(text)).unwrap();
        assert_eq!(options.deadline_ms, Some(5));
        assert_eq!(
            options.headers[0],
            ("Sforce-Auto-Assign".into(), "FALSE".into())
        );
        assert_eq!(options.headers.len(), 2);
    }

    #[test]
    fn wrong_options_name_their_place() {
        let table = [
            ("[]", "options"),
            (r#"{"header":{}}"#, "options.header"),
            (r#"{"deadlineMs":0}"#, "options.deadlineMs"),
            (r#"{"meta":1}"#, "options.meta"),
            (r#"{"headers":[]}"#, "options.headers"),
            (
                r#"{"headers":{"Authorization":"x"}}"#,
                "options.headers.Authorization",
            ),
            (r#"{"headers":{"Host":"x"}}"#, "options.headers.Host"),
            (
                r#"{"headers":{"x-sfdc-packageversion-":"x"}}"#,
                "options.headers.x-sfdc-packageversion-",
            ),
            (r#"{"headers":{"If-Match":1}}"#, "options.headers.If-Match"),
            (
                r#"{"headers":{"If-Match":"a\r\nb: c"}}"#,
                "options.headers.If-Match",
            ),
        ];
        for (text, place) in table {
            let failure = Options::parse(Some(text)).unwrap_err();
            let parameter = format!("\"{place}\"");
            assert_eq!(
                failure.detail.more.get("parameter"),
                Some(parameter.as_str()),
                "{text}"
            );
        }
    }
}
