//! What really changed, whatever was answered.

use serde_json::{Map, Value, json};

use super::schema::{ObjectType, system};
use super::store::Record;

/// A change of a record, a component of metadata (`CustomObject`, `CustomField`) or a deployment
/// (`DeployRequest`).
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The object of a record, or the kind of what it is else.
    pub object: String,
    /// The id, or the full name of a component.
    pub id: String,
    /// What it was: the fields that changed, or the description of a component. None where it
    /// was not there.
    pub before: Option<Value>,
    /// What it is now, in the same form. None where it is gone.
    pub after: Option<Value>,
}

/// A change and the request that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The number of the request, from 1, in the order in which they were read.
    pub request: u64,
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// What it changed.
    pub change: Change,
}

/// Texts longer than this are not kept, in characters.
const LONGEST: usize = 1_000;

impl Change {
    /// Whether there is a difference, apart from the time stamps.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }

    /// What became of a record.
    pub(super) fn of_record(
        schema: &ObjectType,
        before: Option<&Record>,
        after: &Record,
    ) -> Change {
        const STAMPS: [usize; 3] = [system::MODIFIED, system::MODIFIED_BY, system::MODSTAMP];
        let (mut was, mut is) = (Map::new(), Map::new());
        for (at, field) in schema.fields.iter().enumerate() {
            let old = before.map_or(&Value::Null, |before| before.get(at));
            let new = after.get(at);
            if !STAMPS.contains(&at) && old != new {
                was.insert(field.name.clone(), kept(old));
                is.insert(field.name.clone(), kept(new));
            }
        }
        Change {
            object: schema.name.clone(),
            id: after.id().to_owned(),
            before: before.map(|_| Value::Object(was)),
            after: Some(Value::Object(is)),
        }
    }
}

fn kept(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if text.len() > LONGEST => json!(format!("{} bytes of text", text.len())),
        _ => value.clone(),
    }
}
