//! What makes a create safe to repeat.

use crate::failure::Failure;
use crate::input;
use crate::json;
use crate::salesforce::names;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Where failures name the option.
pub const EXTERNAL_ID: &str = "options.externalId";
const FIELD: &str = "options.externalId.field";
const VALUE: &str = "options.externalId.value";
const IDEMPOTENCY_KEY: &str = "options.idempotencyKey";

/// The members of an external id.
pub const MEMBERS: [&str; 2] = ["field", "value"];
/// What a value must be as a text, as a regular expression.
pub const VALUE_PATTERN: &str = "^\\S(.*\\S)?$";
/// The most characters of a value: those of a field of type Text.
pub const LONGEST_VALUE: usize = 255;
/// What an idempotency key must be, as a regular expression.
pub const UUID_PATTERN: &str =
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-4[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$";

/// By what Salesforce knows a create again.
#[derive(Debug, PartialEq, Eq)]
pub enum Key {
    /// A field of the record, and its value there.
    ExternalId {
        /// The field, which is an external id.
        field: String,
        /// The value.
        value: String,
    },
    /// A UUID of this create alone.
    Idempotency(String),
}

impl Key {
    /// Reads what was given of the two options.
    pub(super) fn read(
        external_id: Option<&RawValue>,
        idempotency: Option<&RawValue>,
    ) -> Result<Option<Key>, Failure> {
        match (external_id, idempotency) {
            (None, None) => Ok(None),
            (Some(external_id), None) => of_external_id(external_id).map(Some),
            (None, Some(key)) => of_uuid(key).map(Some),
            (Some(_), Some(_)) => {
                let expected = "to be left out where options.externalId is given";
                Err(Failure::invalid_input(IDEMPOTENCY_KEY, expected))
            }
        }
    }
}

fn of_external_id(given: &RawValue) -> Result<Key, Failure> {
    let object = input::object(EXTERNAL_ID, given.get())?;
    input::only(&object, EXTERNAL_ID, "options.externalId.", &MEMBERS)?;
    let [field, value] = MEMBERS.map(|name| object.get(name));
    let expected = "the API name of an external id field, such as Order_No__c";
    let field = field.ok_or_else(|| Failure::missing_input(FIELD, expected))?;
    let field = input::string(FIELD, field)?;
    if !names::is_api_name(&field) || field.eq_ignore_ascii_case("Id") {
        return Err(Failure::invalid_input(FIELD, expected));
    }
    let expected = "a text of at most 255 characters without spaces around it, or a whole number";
    let value = value.ok_or_else(|| Failure::missing_input(VALUE, expected))?;
    let value = json::text(value).or_else(|| Some(Cow::Owned(json::number(value)?.to_string())));
    let value = value
        .filter(|value| is_segment(value))
        .ok_or_else(|| Failure::invalid_input(VALUE, expected))?;
    Ok(Key::ExternalId {
        field: field.into_owned(),
        value: value.into_owned(),
    })
}

/// Whether a value can stand in a path once it is encoded: dots alone would lead out of it, and
/// Salesforce would cut off spaces around it.
fn is_segment(value: &str) -> bool {
    let whole = value.trim() == value && !value.contains(char::is_control);
    whole && !matches!(value, "" | "." | "..") && value.chars().count() <= LONGEST_VALUE
}

fn of_uuid(given: &RawValue) -> Result<Key, Failure> {
    let key = input::string(IDEMPOTENCY_KEY, given)?;
    let fits = |(at, b): (usize, u8)| match at {
        8 | 13 | 18 | 23 => b == b'-',
        14 => b == b'4',
        19 => matches!(b, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
        _ => b.is_ascii_hexdigit(),
    };
    match key.len() == 36 && key.bytes().enumerate().all(fits) {
        true => Ok(Key::Idempotency(key.into_owned())),
        false => {
            let expected = "a UUID of version 4, such as 12cfe4e6-e477-4de8-aa4e-95d31aa2be24";
            Err(Failure::invalid_input(IDEMPOTENCY_KEY, expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::options::Options;

    const UUID: &str = "0f8fad5b-d9cb-469f-A165-70867728950e";

    fn read(text: &str) -> Result<Option<Key>, Failure> {
        Options::with_key(Some(text)).map(|options| options.key)
    }

    #[test]
    fn an_external_id_is_a_field_and_a_text_or_a_whole_number() {
        let longest = "ü".repeat(255);
        let table = [
            (r#""A-17""#, "A-17"),
            (r#""a/b?c#d@e%f g\u00fc""#, "a/b?c#d@e%f gü"),
            (r#""...""#, "..."),
            ("17", "17"),
            ("5e3", "5000"),
            ("18446744073709551615", "18446744073709551615"),
            (&format!("\"{longest}\""), &longest),
        ];
        for (given, expected) in table {
            let text = format!(r#"{{"externalId":{{"field":"ns__No__c","value":{given}}}}}"#);
            let key = Key::ExternalId {
                field: "ns__No__c".into(),
                value: expected.into(),
            };
            assert_eq!(read(&text).unwrap(), Some(key), "{given}");
        }
        assert_eq!(read(r#"{"externalId":null}"#).unwrap(), None);
    }

    #[test]
    fn an_idempotency_key_is_a_uuid_of_version_4() {
        let text = format!(r#"{{"idempotencyKey":"{UUID}","idempotencyKey2":1}}"#);
        assert!(read(&text).is_err());
        let text = format!(r#"{{"idempotencyKey":"{UUID}","meta":true}}"#);
        assert_eq!(read(&text).unwrap(), Some(Key::Idempotency(UUID.into())));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let external = |members: &str| format!(r#"{{"externalId":{members}}}"#);
        let valued = |value: &str| external(&format!(r#"{{"field":"F__c","value":{value}}}"#));
        let keyed = |key: &str| format!(r#"{{"idempotencyKey":"{key}"}}"#);
        let (missing, invalid) = ("MISSING_INPUT", "INVALID_INPUT");
        let table = [
            (external("[]"), invalid, EXTERNAL_ID),
            (external("\"F__c\""), invalid, EXTERNAL_ID),
            (external("{}"), missing, FIELD),
            (external(r#"{"value":"x"}"#), missing, FIELD),
            (external(r#"{"field":7,"value":"x"}"#), invalid, FIELD),
            (external(r#"{"field":"","value":"x"}"#), invalid, FIELD),
            (external(r#"{"field":"A/B","value":"x"}"#), invalid, FIELD),
            (external(r#"{"field":"A.B","value":"x"}"#), invalid, FIELD),
            (external(r#"{"field":"iD","value":"x"}"#), invalid, FIELD),
            (external(r#"{"field":"F__c"}"#), missing, VALUE),
            (
                external(r#"{"field":"F__c","value":"x","more":1}"#),
                invalid,
                "options.externalId.more",
            ),
            (valued("null"), missing, VALUE),
            (valued("\"\""), invalid, VALUE),
            (valued("\" \""), invalid, VALUE),
            (valued("\" x\""), invalid, VALUE),
            (valued("\"x\\u00a0\""), invalid, VALUE),
            (valued("\".\""), invalid, VALUE),
            (valued("\"..\""), invalid, VALUE),
            (valued("\"a\\nb\""), invalid, VALUE),
            (valued("\"a\\u0000b\""), invalid, VALUE),
            (valued("1.5"), invalid, VALUE),
            (valued("-1"), invalid, VALUE),
            (valued("true"), invalid, VALUE),
            (valued("[1]"), invalid, VALUE),
            (valued(&format!("\"{}\"", "x".repeat(256))), invalid, VALUE),
            (keyed(""), invalid, IDEMPOTENCY_KEY),
            (keyed("x"), invalid, IDEMPOTENCY_KEY),
            (
                keyed(&UUID.replace("469f", "169f")),
                invalid,
                IDEMPOTENCY_KEY,
            ),
            (
                keyed(&UUID.replace("A165", "c165")),
                invalid,
                IDEMPOTENCY_KEY,
            ),
            (keyed(&UUID.replace('-', "")), invalid, IDEMPOTENCY_KEY),
            (keyed(&UUID.replace("0f8", "0g8")), invalid, IDEMPOTENCY_KEY),
            (keyed(&format!("{UUID}0")), invalid, IDEMPOTENCY_KEY),
            (
                "{\"idempotencyKey\":7}".to_owned(),
                invalid,
                IDEMPOTENCY_KEY,
            ),
            (
                format!(
                    r#"{{"idempotencyKey":"{UUID}","externalId":{{"field":"F__c","value":"x"}}}}"#
                ),
                invalid,
                IDEMPOTENCY_KEY,
            ),
        ];
        for (text, code, place) in table {
            let failure = read(&text).unwrap_err();
            let parameter = failure.detail.more.get("parameter").unwrap_or_default();
            assert_eq!(failure.detail.code, code, "{text}");
            assert_eq!(parameter.trim_matches('"'), place, "{text}");
            assert!(failure.detail.message.contains(place), "{failure:?}");
        }
    }

    #[test]
    fn other_actions_take_no_key() {
        for (text, place) in [
            (
                r#"{"externalId":{"field":"F__c","value":"x"}}"#,
                "\"options.externalId\"",
            ),
            (r#"{"idempotencyKey":"x"}"#, "\"options.idempotencyKey\""),
        ] {
            let failure = Options::parse(Some(text)).unwrap_err();
            assert_eq!(failure.detail.code, "INVALID_INPUT");
            assert_eq!(failure.detail.more.get("parameter"), Some(place));
        }
    }
}
