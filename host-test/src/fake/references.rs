//! From an id to the record behind it.

use std::borrow::Cow;

use serde_json::json;

use super::schema::{ANY, system};
use super::store::{ObjectRef, Record, Store};

impl Store {
    /// Where the record with this 18-character id is, given what a reference to it points to.
    pub fn locate(&self, target: ObjectRef, id: &str) -> Option<(ObjectRef, usize)> {
        let target = if self.table(target).schema.name == ANY {
            self.object_of(id)?
        } else {
            target
        };
        Some((target, self.table(target).find(id)?))
    }

    /// The object that an id belongs to.
    pub fn object_of(&self, id: &str) -> Option<ObjectRef> {
        self.objects().find(|object| {
            let prefix = &self.table(*object).schema.prefix;
            !prefix.is_empty() && id.starts_with(prefix)
        })
    }

    /// The record behind a reference. Where that may point to anything, what all records have.
    pub fn resolve(&self, target: ObjectRef, id: &str) -> Option<Cow<'_, Record>> {
        let (object, row) = self.locate(target, id)?;
        let record = self.table(object).record(row)?;
        if object == target {
            return Some(Cow::Borrowed(record));
        }
        let schema = &self.table(object).schema;
        let mut any = Record::default();
        for (at, field) in self.table(target).schema.fields.iter().enumerate() {
            let value = match field.name.as_str() {
                "Type" => json!(schema.name),
                "Name" => json!(self.name(object, row)),
                name => schema
                    .find(name)
                    .map(|at| record.get(at).clone())
                    .unwrap_or_default(),
            };
            any.set(at, value);
        }
        Some(Cow::Owned(any))
    }

    /// What a person calls a record.
    pub fn name(&self, object: ObjectRef, row: usize) -> &str {
        let table = self.table(object);
        let field = table
            .schema
            .find("Name")
            .or(table.schema.find("CaseNumber"))
            .unwrap_or(system::ID);
        table
            .record(row)
            .map(|record| record.text(field))
            .unwrap_or_default()
    }
}
