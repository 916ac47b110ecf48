//! Deleting a record, and what becomes of the records that point to it.

use serde_json::Value;

use super::errors::ApiError;
use super::schema::{Kind, OnDelete, system};
use super::store::{ObjectRef, Store};

impl Store {
    /// Moves a record and what belongs to it to the recycle bin.
    pub fn delete(&mut self, object: ObjectRef, row: usize) -> Result<(), ApiError> {
        let mut doomed = vec![(object, row)];
        let mut cleared = Vec::new();
        let mut next = 0;
        while let Some((object, row)) = doomed.get(next).copied() {
            next += 1;
            let Some(id) = self
                .table(object)
                .record(row)
                .map(|record| record.id().to_owned())
            else {
                continue;
            };
            for (child, field, row, on_delete) in self.pointing_at(object, &id) {
                match on_delete {
                    OnDelete::Cascade if doomed.contains(&(child, row)) => {}
                    OnDelete::Cascade => doomed.push((child, row)),
                    OnDelete::Clear => cleared.push((child, field, row)),
                    OnDelete::Restrict => return Err(self.restricted((object, &id), (child, row))),
                }
            }
        }
        for (child, field, row) in cleared {
            self.update(child, row, vec![(field, Value::Null)]);
        }
        for (object, row) in doomed {
            self.update(object, row, vec![(system::IS_DELETED, Value::Bool(true))]);
        }
        Ok(())
    }

    fn pointing_at(&self, object: ObjectRef, id: &str) -> Vec<(ObjectRef, usize, usize, OnDelete)> {
        let target = &self.table(object).schema.name;
        let mut found = Vec::new();
        for child in self.objects() {
            let table = self.table(child);
            for (at, field) in table.schema.fields.iter().enumerate() {
                if let Kind::Reference { to, on_delete, .. } = &field.kind
                    && to == target
                    && field.writable
                {
                    let rows = table.records().iter().enumerate();
                    let rows =
                        rows.filter(|(_, record)| !record.deleted() && record.text(at) == id);
                    found.extend(rows.map(|(row, _)| (child, at, row, *on_delete)));
                }
            }
        }
        found
    }

    fn restricted(
        &self,
        (object, id): (ObjectRef, &str),
        (child, row): (ObjectRef, usize),
    ) -> ApiError {
        let parent = self
            .table(object)
            .find(id)
            .map(|row| self.name(object, row))
            .unwrap_or_default();
        let message = format!(
            "Your attempt to delete {parent} could not be completed because it is associated with the following \
             {}s.: {}\n",
            self.table(child).schema.name.to_lowercase(),
            self.name(child, row)
        );
        ApiError::new(400, "DELETE_FAILED", message).on(&[])
    }
}
