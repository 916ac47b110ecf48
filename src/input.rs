//! Reads what a caller passed, and says precisely what is wrong with it.

use crate::failure::Failure;
use crate::json::{self, Object};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Reads a JSON object.
pub fn object<'a>(name: &str, text: &'a str) -> Result<Object<'a>, Failure> {
    Object::parse(text).map_err(|error| {
        let mut why = error.to_string();
        if let Some(end) = why.find(" at line") {
            why.truncate(end);
        }
        // What is told of a value of another type holds the value.
        if error.is_data() && !why.starts_with("the") {
            why = "it is another kind of value".into();
        }
        Failure::invalid_input(
            name,
            &format!("a JSON object ({why}, at {})", place(&error)),
        )
        .hinted(feel(text))
    })
}

/// What to do about a text that is an expression in FEEL, such as `= {Name: "x"}`: an engine
/// should have evaluated it.
pub fn feel(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    let name = |c: char| c.is_alphabetic() || c == '_';
    let unquoted = text
        .strip_prefix('{')
        .is_some_and(|rest| rest.trim_start().starts_with(name));
    (unquoted || text.starts_with('=')).then_some(
        "This is a FEEL expression that was not evaluated. Let the engine evaluate it (in \
         Camunda the field then shows an equals sign), or write JSON, with names in double quotes.",
    )
}

fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// Refuses a member that is not among `known`; `owner` is what takes them, and `prefix` stands
/// before the member's name where a failure names it.
pub fn only(object: &Object<'_>, owner: &str, prefix: &str, known: &[&str]) -> Result<(), Failure> {
    match object.members().find(|(name, _)| !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let expected = format!("a known name; {owner} takes {}", known.join(", "));
            let place = format!("{prefix}{}", json::shown(name));
            Err(Failure::invalid_input(&place, &expected))
        }
    }
}

/// Reads a string.
pub fn string<'a>(name: &str, value: &'a RawValue) -> Result<Cow<'a, str>, Failure> {
    json::text(value).ok_or_else(|| Failure::invalid_input(name, "a string"))
}

/// Reads true or false.
pub fn boolean(name: &str, value: &RawValue) -> Result<bool, Failure> {
    json::flag(value).ok_or_else(|| Failure::invalid_input(name, "true or false"))
}

/// Reads a whole number within `range`.
pub fn integer(name: &str, value: &RawValue, range: &RangeInclusive<u32>) -> Result<u32, Failure> {
    let number = json::number(value).and_then(|number| u32::try_from(number).ok());
    within(name, number.unwrap_or_default(), range)
}

/// Checks a whole number.
pub fn within(name: &str, number: u32, range: &RangeInclusive<u32>) -> Result<u32, Failure> {
    match range.contains(&number) {
        true => Ok(number),
        false => {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            Err(Failure::invalid_input(name, &expected))
        }
    }
}

/// Reads a list of strings.
pub fn strings(name: &str, value: &RawValue) -> Result<Vec<String>, Failure> {
    let texts = json::list(value.get()).and_then(|items| {
        let texts = items.into_iter().map(json::text);
        texts.map(|text| text.map(Cow::into_owned)).collect()
    });
    texts.ok_or_else(|| Failure::invalid_input(name, "a list of strings"))
}

/// The text of a JSON object, or of the one that a string holds. It is yet to be checked.
pub fn object_text<'a>(name: &str, value: &'a RawValue) -> Result<Cow<'a, str>, Failure> {
    match value.get().starts_with('"') {
        true => string(name, value),
        false => Ok(Cow::Borrowed(value.get())),
    }
}

/// Whether `text` is a JSON object, without reading what is in it.
pub fn check_object(name: &str, text: &str) -> Result<(), Failure> {
    let expected = "a JSON object, or a string that holds one";
    if !text.trim_start().starts_with('{') {
        return Err(Failure::invalid_input(name, expected).hinted(feel(text)));
    }
    json::check(text).map_err(|error| {
        let expected = format!("{expected} (it breaks at {})", place(&error));
        Failure::invalid_input(name, &expected).hinted(feel(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.into()).unwrap()
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        let failure = object("input", r#"{"a":1,"\u0061":2}"#).unwrap_err();
        assert_eq!(failure.detail.code, "INVALID_INPUT");
        assert!(
            failure.detail.message.contains("a stands twice"),
            "{failure:?}"
        );
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        for text in ["", "[]", "\"x\"", "{\"a\":", "{\"a\":1}x"] {
            let failure = object("input", text).unwrap_err();
            assert_eq!(
                failure.detail.more.get("parameter"),
                Some("\"input\""),
                "{text}"
            );
            assert!(!failure.detail.message.contains("\"x\""), "{failure:?}");
            assert!(
                failure.detail.message.contains("line 1, column"),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn a_payload_is_an_object_or_a_string_that_holds_one_and_keeps_its_text() {
        let text = r#"{ "b":1.000000000000000001, "a": "\u00e9", "b":2 }"#;
        assert_eq!(object_text("p", &raw(text)).unwrap(), text);
        let quoted = serde_json::to_string(text).unwrap();
        assert_eq!(object_text("p", &raw(&quoted)).unwrap(), text);
        assert!(check_object("p", text).is_ok());
        for wrong in ["1", "[]", "", "[1]", "{", "true", "{} {}", "{'a':1}"] {
            let failure = check_object("p", wrong).unwrap_err();
            assert_eq!(failure.detail.code, "INVALID_INPUT", "{wrong}");
        }
    }

    #[test]
    fn an_expression_in_feel_is_told_from_broken_json() {
        let feel = [
            r#"= {Name: "x"}"#,
            r#"={"Name": "x"}"#,
            r#"{ Name: "Express Logistics and Transport" }"#,
            "{\n_a : 1}",
            "= name",
        ];
        for text in feel {
            for failure in [check_object("p", text), object("p", text).map(|_| ())] {
                let detail = failure.unwrap_err().detail;
                assert_eq!(detail.code, "INVALID_INPUT");
                let hint = detail.more.get("hint").unwrap_or_default();
                assert!(hint.contains("FEEL"), "{text}: {hint}");
            }
        }
        for text in ["", "{", r#"{"a":}"#, "{'a':1}", "[1]", "a = b"] {
            let detail = check_object("p", text).unwrap_err().detail;
            assert_eq!(detail.more.get("hint"), None, "{text}");
        }
    }

    #[test]
    fn lists_hold_strings_alone() {
        assert_eq!(strings("l", &raw(r#"["a","\u0062"]"#)).unwrap(), ["a", "b"]);
        assert!(strings("l", &raw("[]")).unwrap().is_empty());
        for wrong in ["\"a\"", "[1]", "[null]", "{}", "7"] {
            let failure = strings("l", &raw(wrong)).unwrap_err();
            assert!(
                failure.detail.message.contains("list of strings"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn numbers_are_whole_and_within_their_range() {
        assert_eq!(integer("n", &raw("7"), &(1..=9)).unwrap(), 7);
        assert_eq!(integer("n", &raw("5e3"), &(1..=9_000)).unwrap(), 5_000);
        for wrong in ["0", "10", "1.5", "\"7\"", "-1", "99999999999999999999"] {
            let failure = integer("n", &raw(wrong), &(1..=9)).unwrap_err();
            assert!(failure.detail.message.contains("from 1 to 9"), "{wrong}");
        }
    }
}
