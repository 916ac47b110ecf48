//! Reads a JSON object that a caller passed, and says precisely what is wrong with it.

use crate::failure::Failure;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

/// The members of a JSON object, in their order, with values as they came.
#[derive(Debug)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// Reads `text`, which the caller knows as `name`. A name that stands twice is refused: the
    /// caller cannot know which of the two would count.
    pub fn parse(name: &str, text: &'a str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|error| {
            let mut why = error.to_string();
            if let Some(end) = why.find(" at line") {
                why.truncate(end);
            }
            let place = format!("line {}, column {}", error.line(), error.column());
            Failure::invalid_input(name, &format!("a JSON object ({why}, at {place})"))
        })
    }

    /// The value of a member; none where it is absent or `null`, which is how many engines send
    /// a variable that was not set.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.members.iter().find(|(key, _)| key == name)?;
        (found.1.get() != "null").then_some(found.1)
    }

    /// All members.
    pub fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.members
            .iter()
            .map(|(key, value)| (key.as_ref(), *value))
    }

    /// Refuses a member that is not among `known`.
    pub fn only(&self, place: &str, known: &[&str]) -> Result<(), Failure> {
        match self
            .members
            .iter()
            .find(|(key, _)| !known.contains(&key.as_ref()))
        {
            None => Ok(()),
            Some((key, _)) => {
                let known = match known {
                    [] => "nothing".to_owned(),
                    names => names.join(", "),
                };
                let expected = format!("a known name; {place} takes {known}");
                Err(Failure::invalid_input(&shown(key), &expected))
            }
        }
    }
}

/// A name that a caller made up, short enough for a message.
fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    if members.iter().any(|(known, _)| *known == key.0) {
                        let twice = format!("the name {} stands twice", shown(&key.0));
                        return Err(A::Error::custom(twice));
                    }
                    members.push((key.0, value));
                }
                Ok(Object { members })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A name that borrows where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a string.
pub fn string<'a>(name: &str, value: &'a RawValue) -> Result<Cow<'a, str>, Failure> {
    let text: Result<Key<'a>, _> = serde_json::from_str(value.get());
    text.map(|key| key.0)
        .map_err(|_| Failure::invalid_input(name, "a string"))
}

/// Reads true or false.
pub fn boolean(name: &str, value: &RawValue) -> Result<bool, Failure> {
    serde_json::from_str(value.get()).map_err(|_| Failure::invalid_input(name, "true or false"))
}

/// Reads a whole number within `range`.
pub fn integer(name: &str, value: &RawValue, range: &RangeInclusive<u32>) -> Result<u32, Failure> {
    serde_json::from_str(value.get())
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            Failure::invalid_input(name, &expected)
        })
}

/// Reads a list of strings.
pub fn strings(name: &str, value: &RawValue) -> Result<Vec<String>, Failure> {
    serde_json::from_str(value.get()).map_err(|_| Failure::invalid_input(name, "a list of strings"))
}

/// The text of a JSON object, or of the one that a string holds. It is yet to be checked.
pub fn object_text<'a>(name: &str, value: &'a RawValue) -> Result<Cow<'a, str>, Failure> {
    match value.get().starts_with('"') {
        true => string(name, value),
        false => Ok(Cow::Borrowed(value.get())),
    }
}

/// Whether `text` is a JSON object, without building it.
pub fn check_object(name: &str, text: &str) -> Result<(), Failure> {
    let expected = "a JSON object, or a string that holds one";
    if !text.trim_start().starts_with('{') {
        return Err(Failure::invalid_input(name, expected));
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(()),
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            Err(Failure::invalid_input(
                name,
                &format!("{expected} (it breaks at {place})"),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.into()).unwrap()
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        let failure = Object::parse("input", r#"{"a":1,"\u0061":2}"#).unwrap_err();
        assert_eq!(failure.detail.code, "INVALID_INPUT");
        assert!(
            failure.detail.message.contains("a stands twice"),
            "{failure:?}"
        );
    }

    #[test]
    fn null_counts_as_absent() {
        let object = Object::parse("input", r#"{"a":null,"b":0}"#).unwrap();
        assert!(object.get("a").is_none());
        assert_eq!(object.get("b").unwrap().get(), "0");
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        for text in ["", "[]", "\"x\"", "{\"a\":", "{\"a\":1}x"] {
            let failure = Object::parse("input", text).unwrap_err();
            assert_eq!(
                failure.detail.more.get("parameter"),
                Some("\"input\""),
                "{text}"
            );
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
    fn deep_nesting_does_not_exhaust_the_stack() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(check_object("p", &text).is_ok());
    }

    #[test]
    fn numbers_are_whole_and_within_their_range() {
        assert_eq!(integer("n", &raw("7"), &(1..=9)).unwrap(), 7);
        for wrong in ["0", "10", "1.5", "\"7\"", "-1", "99999999999999999999"] {
            let failure = integer("n", &raw(wrong), &(1..=9)).unwrap_err();
            assert!(failure.detail.message.contains("from 1 to 9"), "{wrong}");
        }
    }
}
