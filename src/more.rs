//! The JSON object that carries what has no typed field of its own.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;

/// Named JSON values; values of Salesforce stay as they came.
#[derive(Clone, Debug, Default)]
pub struct More(BTreeMap<&'static str, Box<RawValue>>);

impl More {
    /// Sets a value, replacing the one of that name.
    pub fn set(&mut self, key: &'static str, value: impl Serialize) {
        // Fails only for values that JSON has no form for, such as maps with numbers as keys.
        if let Ok(raw) = to_raw_value(&value) {
            self.0.insert(key, raw);
        }
    }

    /// One value.
    pub fn raw(&self, key: &str) -> Option<&RawValue> {
        self.0.get(key).map(|raw| &**raw)
    }

    /// The JSON text of one value.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.raw(key).map(RawValue::get)
    }

    /// Whether there is a value of this name.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Takes all values of `other`, which win over those of the same name.
    pub fn extend(&mut self, other: More) {
        self.0.extend(other.0);
    }

    /// The object as JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_else(|_| "{}".into())
    }

    /// Replaces the text of every value by `replace` of it; a result that is no JSON any more
    /// drops the value.
    pub fn map_texts(&mut self, replace: impl Fn(&str) -> String) {
        self.0 = std::mem::take(&mut self.0)
            .into_iter()
            .filter_map(|(key, raw)| {
                let text = replace(raw.get());
                Some((key, RawValue::from_string(text).ok()?))
            })
            .collect();
    }
}

impl Serialize for More {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
