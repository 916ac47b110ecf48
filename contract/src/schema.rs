//! JSON Schemas, compared: whether whatever fits one fits the other, as far as their structure
//! tells. What is not understood counts as broken once it differs.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What a person reads and no validator checks.
const ANNOTATIONS: [&str; 8] = [
    "$comment",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "title",
];
/// Limits from below and from above.
const LOWER: [&str; 5] = [
    "exclusiveMinimum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
];
const UPPER: [&str; 5] = [
    "exclusiveMaximum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
];
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// A schema without what no validator checks, and with sorted names.
pub fn bare(schema: &Value) -> Value {
    let Value::Object(members) = schema else {
        return schema.clone();
    };
    let mut names: Vec<_> = members.keys().collect();
    names.sort();
    let mut bare_members = Map::new();
    for name in names {
        let Some(value) = members.get(name) else {
            continue;
        };
        let value = match (name.as_str(), value) {
            (name, _) if ANNOTATIONS.contains(&name) => continue,
            // A property may have the name of a keyword.
            ("properties" | "patternProperties" | "$defs" | "dependentSchemas", _) => {
                each_member(value)
            }
            ("const" | "enum" | "required", _) => value.clone(),
            (_, Value::Array(schemas)) => schemas.iter().map(bare).collect(),
            _ => bare(value),
        };
        bare_members.insert(name.clone(), value);
    }
    Value::Object(bare_members)
}

fn each_member(schemas: &Value) -> Value {
    let mut schemas: Vec<_> = schemas.as_object().into_iter().flatten().collect();
    schemas.sort_by_key(|(name, _)| *name);
    let bare = schemas
        .into_iter()
        .map(|(name, schema)| (name.clone(), bare(schema)));
    Value::Object(bare.collect())
}

/// Which of two schemas must take whatever fits the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What was an input stays one.
    Input,
    /// What is an output was one.
    Output,
}

/// A difference that breaks somebody.
#[derive(Debug, PartialEq, Eq)]
pub struct Break {
    /// Where in the schema: names of properties, `[]` for what is in a list.
    pub place: Vec<String>,
    /// What is there.
    pub what: String,
}

/// What of the `new` schema breaks those who know the `old` one. Both are bare.
pub fn breaks(side: Side, old: &Value, new: &Value) -> Vec<Break> {
    let mut comparison = Comparison {
        side,
        place: Vec::new(),
        found: Vec::new(),
    };
    match side {
        Side::Input => comparison.within(old, new),
        Side::Output => comparison.within(new, old),
    }
    comparison.found
}

struct Comparison {
    side: Side,
    place: Vec<String>,
    found: Vec<Break>,
}

impl Comparison {
    fn say(&mut self, what: impl Into<String>) {
        self.found.push(Break {
            place: self.place.clone(),
            what: what.into(),
        });
    }

    /// Says that something changed, from the old to the new.
    fn differs(&mut self, what: &str, inner: Option<&Value>, outer: Option<&Value>) {
        let (old, new) = match self.side {
            Side::Input => (inner, outer),
            Side::Output => (outer, inner),
        };
        let shown =
            |value: Option<&Value>| value.map_or("not limited".to_owned(), Value::to_string);
        self.say(format!("{what} was {}, is {}", shown(old), shown(new)));
    }

    fn at(&mut self, place: &str, inner: &Value, outer: &Value) {
        self.place.push(place.to_owned());
        self.within(inner, outer);
        self.place.pop();
    }

    /// Whether whatever fits `inner` fits `outer`.
    fn within(&mut self, inner: &Value, outer: &Value) {
        let no_limits = Map::new();
        let (inner, outer) = match (inner, outer) {
            (Value::Bool(false), _) | (_, Value::Bool(true)) => return,
            (_, Value::Object(outer)) if outer.is_empty() => return,
            (Value::Object(inner), Value::Object(outer)) => (inner, outer),
            (Value::Bool(true), Value::Object(outer)) => (&no_limits, outer),
            _ => return self.differs("what is allowed", Some(inner), Some(outer)),
        };
        for (keyword, limit) in outer {
            let own = inner.get(keyword);
            match keyword.as_str() {
                "type" => {
                    if !types(own).is_subset(&types(Some(limit))) {
                        self.differs("type", own, Some(limit));
                    }
                }
                "enum" => self.choices(own, limit),
                "required" => self.required(own, limit),
                "properties" => self.properties(inner, limit),
                "additionalProperties" => self.others(inner, outer, limit),
                "items" => self.at("[]", own.unwrap_or(&Value::Bool(true)), limit),
                lower if LOWER.contains(&lower) => {
                    if number(own).is_none_or(|own| Some(own) < number(Some(limit))) {
                        self.differs(lower, own, Some(limit));
                    }
                }
                upper if UPPER.contains(&upper) => {
                    if number(own).is_none_or(|own| Some(own) > number(Some(limit))) {
                        self.differs(upper, own, Some(limit));
                    }
                }
                other => {
                    if own != Some(limit) {
                        self.differs(other, own, Some(limit));
                    }
                }
            }
        }
    }

    fn choices(&mut self, own: Option<&Value>, allowed: &Value) {
        let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
        let allowed_values = list(Some(allowed)).unwrap_or_default();
        let fits = list(own).is_some_and(|own| own.iter().all(|v| allowed_values.contains(v)));
        if !fits {
            self.differs("enum", own, Some(allowed));
        }
    }

    fn required(&mut self, own: Option<&Value>, required: &Value) {
        let names = |list: Option<&Value>| -> BTreeSet<String> {
            let list = list.and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let own = names(own);
        for name in names(Some(required)).difference(&own) {
            self.place.push(name.clone());
            self.say(match self.side {
                Side::Input => "is required now",
                Side::Output => "is not promised any more",
            });
            self.place.pop();
        }
    }

    /// What is said of each property of `outer`.
    fn properties(&mut self, inner: &Map<String, Value>, properties: &Value) {
        for (name, schema) in properties.as_object().into_iter().flatten() {
            match property(inner, name) {
                Some(own) => self.at(name, own, schema),
                // Others are allowed there, and this one may be any of them.
                None if self.side == Side::Output => {
                    self.place.push(name.clone());
                    self.say("is gone");
                    self.place.pop();
                }
                None => {
                    let others = others(inner).clone();
                    self.at(name, &others, schema);
                }
            }
        }
    }

    /// What `outer` says of the properties that it does not name.
    fn others(&mut self, inner: &Map<String, Value>, outer: &Map<String, Value>, rest: &Value) {
        let named = inner.get("properties").and_then(Value::as_object);
        for (name, schema) in named.into_iter().flatten() {
            if property(outer, name).is_some() {
                continue;
            }
            if *rest == Value::Bool(false) {
                self.place.push(name.clone());
                self.say(match self.side {
                    Side::Input => "is not taken any more",
                    Side::Output => "is new where nothing further was allowed",
                });
                self.place.pop();
            } else {
                self.at(name, schema, rest);
            }
        }
        let own = others(inner).clone();
        self.at("*", &own, rest);
    }
}

fn property<'a>(schema: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(name)
}

fn others(schema: &Map<String, Value>) -> &Value {
    schema
        .get("additionalProperties")
        .unwrap_or(&Value::Bool(true))
}

/// The types that a schema allows; all where it names none. A number may be an integer.
fn types(named: Option<&Value>) -> BTreeSet<&str> {
    let mut types: BTreeSet<_> = match named {
        None => TYPES.into_iter().collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
    };
    if types.contains("number") {
        types.insert("integer");
    }
    types
}

fn number(limit: Option<&Value>) -> Option<f64> {
    limit.and_then(Value::as_f64)
}
