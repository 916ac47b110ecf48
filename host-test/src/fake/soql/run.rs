//! Finds the records of a plan and shows them.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::literal::Key;
use super::parser::Operator;
use super::plan::{Access, Column, Filter, Plan, Sort};
use crate::fake::schema::ANY;
use crate::fake::store::{ObjectRef, Record, Store, attributes};

impl Plan {
    /// The places of the records that the plan finds, in order.
    pub fn run(&self, store: &Store, deleted_too: bool) -> Vec<usize> {
        let records = store.table(self.object).records().iter().enumerate();
        let found = records.filter(|(_, record)| {
            (deleted_too || !record.deleted())
                && self
                    .filter
                    .as_ref()
                    .is_none_or(|filter| filter.accepts(store, record))
        });
        let mut rows: Vec<(Vec<Key>, usize)> = found
            .map(|(row, record)| {
                (
                    self.order
                        .iter()
                        .map(|sort| sort.access.key(store, record))
                        .collect(),
                    row,
                )
            })
            .collect();
        // The sort is stable, so that records stay in the order in which they were made.
        rows.sort_by(|(left, _), (right, _)| {
            let orders = self
                .order
                .iter()
                .zip(left.iter().zip(right))
                .map(|(sort, (left, right))| sort.order(left, right));
            orders.fold(Ordering::Equal, Ordering::then)
        });
        let limit = self.limit.unwrap_or(usize::MAX);
        rows.into_iter()
            .map(|(_, row)| row)
            .skip(self.offset)
            .take(limit)
            .collect()
    }
}

impl Sort {
    fn order(&self, left: &Key, right: &Key) -> Ordering {
        match (left, right) {
            (Key::Null, Key::Null) => Ordering::Equal,
            (Key::Null, _) if self.nulls_last => Ordering::Greater,
            (Key::Null, _) => Ordering::Less,
            (_, Key::Null) if self.nulls_last => Ordering::Less,
            (_, Key::Null) => Ordering::Greater,
            _ if self.descending => right.order(left),
            _ => left.order(right),
        }
    }
}

impl Filter {
    fn accepts(&self, store: &Store, record: &Record) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|filter| filter.accepts(store, record)),
            Filter::Or(any) => any.iter().any(|filter| filter.accepts(store, record)),
            Filter::Not(filter) => !filter.accepts(store, record),
            Filter::Like(access, pattern) => {
                matches!(access.key(store, record), Key::Text(text) if pattern.fits(&text))
            }
            Filter::In(access, wanted, keys) => {
                keys.contains(&access.key(store, record)) == *wanted
            }
            Filter::Compare(access, operator, wanted) => {
                let key = access.key(store, record);
                // Null is neither smaller nor greater than anything.
                let order = (key != Key::Null && *wanted != Key::Null).then(|| key.order(wanted));
                match operator {
                    Operator::Equal => key == *wanted,
                    Operator::NotEqual => key != *wanted,
                    Operator::Less => order == Some(Ordering::Less),
                    Operator::AtMost => order.is_some_and(Ordering::is_le),
                    Operator::Greater => order == Some(Ordering::Greater),
                    Operator::AtLeast => order.is_some_and(Ordering::is_ge),
                    Operator::Like => false,
                }
            }
        }
    }
}

impl Access {
    fn key(&self, store: &Store, record: &Record) -> Key {
        let mut record = Cow::Borrowed(record);
        for (reference, object) in &self.steps {
            match store.resolve(*object, record.text(*reference)) {
                Some(parent) => record = parent,
                None => return Key::Null,
            }
        }
        match record.get(self.field) {
            Value::Bool(value) => Key::Bool(*value),
            Value::Number(number) => Key::Number(number.as_f64().unwrap_or_default()),
            Value::String(text) if self.exact => Key::Text(text.clone()),
            Value::String(text) => Key::Text(text.to_lowercase()),
            _ => Key::Null,
        }
    }
}

/// A record with these columns, as every answer shows it.
pub fn show(
    store: &Store,
    version: u16,
    object: ObjectRef,
    columns: &[Column],
    record: &Record,
) -> Value {
    let schema = &store.table(object).schema;
    let mut shown = Map::new();
    // Behind a reference to anything, the type stays `Name` and the address is that of the record.
    let actual = (schema.name == ANY).then(|| store.object_of(record.id()));
    let address = actual
        .flatten()
        .map_or(schema, |object| &store.table(object).schema);
    let mut marks = attributes(version, &address.name, record.id());
    if let Value::Object(marks) = &mut marks {
        marks.insert("type".to_owned(), Value::String(schema.name.clone()));
    }
    shown.insert("attributes".to_owned(), marks);
    for column in columns {
        match column {
            Column::Field(at) => {
                let name = schema
                    .fields
                    .get(*at)
                    .map(|field| field.name.clone())
                    .unwrap_or_default();
                shown.insert(name, record.get(*at).clone());
            }
            Column::Parent(name, reference, target, columns) => {
                let parent = store.resolve(*target, record.text(*reference));
                let parent = parent.map(|parent| show(store, version, *target, columns, &parent));
                shown.insert(name.clone(), parent.unwrap_or_default());
            }
        }
    }
    Value::Object(shown)
}
