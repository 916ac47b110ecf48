//! JSON as this component reads and writes it: values as text, objects as lists of members.
//!
//! One reader and one writer for all shapes, instead of a derived one for each, which is a
//! third of the component's size.

pub mod scan;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::fmt;

/// One JSON value.
#[derive(Clone, Debug)]
pub struct Json(Box<RawValue>);

impl Json {
    /// Reads one value; none where the text is none.
    pub fn parse(text: String) -> Option<Json> {
        RawValue::from_string(text).ok().map(Json)
    }

    /// Its text.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// The value itself.
    pub fn raw(&self) -> &RawValue {
        &self.0
    }
}

impl From<&RawValue> for Json {
    fn from(raw: &RawValue) -> Self {
        Json(raw.to_owned())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        // A string always has a form in JSON.
        Json(to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Json(
            if flag {
                RawValue::TRUE
            } else {
                RawValue::FALSE
            }
            .to_owned(),
        )
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Json::parse(number.to_string()).unwrap_or_else(|| false.into())
    }
}

impl From<&[Json]> for Json {
    fn from(list: &[Json]) -> Self {
        let texts: Vec<&str> = list.iter().map(Json::text).collect();
        Json::parse(format!("[{}]", texts.join(","))).unwrap_or_else(|| false.into())
    }
}

impl From<&Members<'_>> for Json {
    fn from(members: &Members<'_>) -> Self {
        Json(to_raw_value(members).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

/// Names with values, in their order: an object to be written.
#[derive(Clone, Debug, Default)]
pub struct Members<'a>(Vec<(&'a str, Json)>);

/// What has no typed field of its own in an answer or a failure.
pub type More = Members<'static>;

impl<'a> Members<'a> {
    /// Sets a value, replacing the one of that name.
    pub fn set(&mut self, name: &'a str, value: impl Into<Json>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(member) => member.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// The same with one more value.
    pub fn with(mut self, name: &'a str, value: impl Into<Json>) -> Self {
        self.set(name, value);
        self
    }

    /// One value.
    pub fn value(&self, name: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// The JSON text of one value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.value(name).map(Json::text)
    }

    /// Whether there is a value of this name.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The values of these names alone.
    pub fn only(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| names.contains(name));
        self
    }

    /// Takes all values of `other`, which win over those of the same name.
    pub fn extend(&mut self, other: Members<'a>) {
        for (name, value) in other.0 {
            self.set(name, value);
        }
    }

    /// The object as JSON text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".into())
    }

    /// Replaces the text of every value but that of `but` by `replace` of it; a result that is
    /// no JSON any more drops the value.
    pub fn map_texts(&mut self, but: &str, replace: impl Fn(&str) -> String) {
        let members = std::mem::take(&mut self.0).into_iter();
        let replaced = |(name, value): (&'a str, Json)| match name == but {
            true => Some((name, value)),
            false => Some((name, Json::parse(replace(value.text()))?)),
        };
        self.0 = members.filter_map(replaced).collect();
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value.raw())?;
        }
        map.end()
    }
}

/// The members of an object that was read, in their order, with values as they came. A name
/// that stands twice is an error: one could not know which of the two counts.
#[derive(Debug)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// Reads an object; the error says why and where it is none.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Reads an object; none where the text is none.
    pub fn read(text: &'a str) -> Option<Self> {
        Self::parse(text).ok()
    }

    /// The value of a member; none where it is absent or `null`, which is how many engines send
    /// a variable that was not set.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.members.iter().find(|(known, _)| known == name)?;
        (found.1.get() != "null").then_some(found.1)
    }

    /// The value of a member that is a string.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).and_then(text)
    }

    /// All members.
    pub fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.members
            .iter()
            .map(|(name, value)| (name.as_ref(), *value))
    }
}

/// More names than any object has that is read here. Each is compared with all others.
const MOST_MEMBERS: usize = 1_000;

/// A name of a caller or a server, short enough for a message.
pub fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    if members.iter().any(|(known, _)| *known == name.0) {
                        let twice = format!("the name {} stands twice", shown(&name.0));
                        return Err(A::Error::custom(twice));
                    }
                    if members.len() == MOST_MEMBERS {
                        return Err(A::Error::custom("there are more than 1,000 names"));
                    }
                    members.push((name.0, value));
                }
                Ok(Object { members })
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// A string that borrows where it has no escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a string.
pub fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let text: Result<Text<'_>, _> = serde_json::from_str(value.get());
    text.ok().map(|text| text.0)
}

/// Reads true or false.
pub fn flag(value: &RawValue) -> Option<bool> {
    match value.get() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Reads a whole number, in whatever form: `5`, `5.00`, `5e3`, `500e-2`.
pub fn number(value: &RawValue) -> Option<u64> {
    let (number, power) = match value.get().split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i32>().ok()?),
        None => (value.get(), 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // The digits before the point, once it is moved.
    let point = i32::try_from(whole.len()).ok()?.checked_add(power)?;
    let digits = whole.bytes().chain(fraction.bytes());
    let mut read: u64 = 0;
    let mut at = 0;
    for digit in digits.map(|b| b.wrapping_sub(b'0')) {
        match (digit, at < point) {
            (0..=9, true) => read = read.checked_mul(10)?.checked_add(u64::from(digit))?,
            (0, false) => {}
            _ => return None,
        }
        at += 1;
    }
    for _ in at..point {
        if read == 0 {
            break;
        }
        read = read.checked_mul(10)?;
    }
    Some(read)
}

/// Writes a string as JSON to the end of `out`. A string of megabytes is written once: doubling
/// buffers on the way would take most of an instance's memory.
pub fn push_string(out: &mut String, text: &str) {
    let escaped = |b: u8| matches!(b, b'"' | b'\\') || b < 0x20;
    let escapes: usize = text
        .bytes()
        .filter(|b| escaped(*b))
        .map(|b| if b < 0x20 { 5 } else { 1 })
        .sum();
    out.reserve_exact(text.len() + escapes + 64);
    out.push('"');
    for piece in text.split_inclusive(|c: char| u8::try_from(c).is_ok_and(escaped)) {
        let last = piece
            .chars()
            .next_back()
            .filter(|c| u8::try_from(*c).is_ok_and(escaped));
        let Some(last) = last else {
            out.push_str(piece);
            continue;
        };
        out.push_str(piece.strip_suffix(last).unwrap_or(piece));
        match last {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control => out.push_str(&format!("\\u{:04x}", u32::from(control))),
        }
    }
    out.push('"');
}

/// More items than any list has that is read here: a page has 2,000 rows. Without a bound a
/// short text could take all memory.
pub const MOST_ITEMS: usize = 200_000;

/// Reads a list; none where it has more than [`MOST_ITEMS`].
pub fn list(text: &str) -> Option<Vec<&RawValue>> {
    let list: Result<List<'_>, _> = serde_json::from_str(text);
    list.ok().map(|list| list.0)
}

struct List<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for List<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = List<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    if items.len() == MOST_ITEMS {
                        return Err(A::Error::custom("there are more than 200,000 items"));
                    }
                    items.push(item);
                }
                Ok(List(items))
            }
        }
        deserializer.deserialize_seq(Read)
    }
}

/// Whether `text` is one JSON value; the error says why and where it is none. Takes neither
/// memory nor stack, however large or deep the value is.
pub fn check(text: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<&RawValue>(text).map(|_| ())
}

#[cfg(test)]
mod tests;
