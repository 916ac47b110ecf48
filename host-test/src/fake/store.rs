//! The records of the org.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::schema::{Formula, Kind, ObjectType, OnDelete, system};
use super::{clock, errors::ApiError, ids};

static NULL: Value = Value::Null;

/// An object of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectRef(usize);

/// All records of one object, with those in the recycle bin.
#[derive(Debug)]
pub struct Table {
    /// The object.
    pub schema: ObjectType,
    records: Vec<Record>,
    by_id: HashMap<String, usize>,
}

/// One record.
#[derive(Debug, Clone, Default)]
pub struct Record {
    values: Vec<Value>,
    /// Counts the changes, since two of them fit into the second that the time stamps tell.
    pub revision: u64,
}

/// The objects and their records.
#[derive(Debug, Default)]
pub struct Store {
    tables: Vec<Table>,
    serial: u64,
    /// The user who does everything.
    pub user: String,
    /// What to do to take a transaction back, last first; `None` outside of one.
    journal: Option<Vec<Undo>>,
}

#[derive(Debug)]
enum Undo {
    Insert(ObjectRef),
    Change(ObjectRef, usize, Record),
}

impl Table {
    /// A record by its place, in the order in which they were made.
    pub fn record(&self, row: usize) -> Option<&Record> {
        self.records.get(row)
    }

    /// All records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The place of the record with this 18-character id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The places of the live records that have this text in a field, in any case.
    pub fn matching(&self, field: usize, text: &str) -> Vec<usize> {
        let text = text.to_lowercase();
        let same = |record: &Record| !record.deleted() && record.text(field).to_lowercase() == text;
        self.records
            .iter()
            .enumerate()
            .filter(|(_, record)| same(record))
            .map(|(row, _)| row)
            .collect()
    }
}

impl Record {
    /// The value of a field.
    pub fn get(&self, field: usize) -> &Value {
        self.values.get(field).unwrap_or(&NULL)
    }

    /// The text of a field; empty for null.
    pub fn text(&self, field: usize) -> &str {
        self.get(field).as_str().unwrap_or_default()
    }

    /// The 18-character id.
    pub fn id(&self) -> &str {
        self.text(system::ID)
    }

    /// Whether it is in the recycle bin.
    pub fn deleted(&self) -> bool {
        self.get(system::IS_DELETED) == &Value::Bool(true)
    }

    /// Puts a value into a field.
    pub fn set(&mut self, field: usize, value: Value) {
        if self.values.len() <= field {
            self.values.resize(field + 1, Value::Null);
        }
        if let Some(place) = self.values.get_mut(field) {
            *place = value;
        }
    }
}

impl Store {
    /// Adds an object without records.
    pub fn add_object(&mut self, schema: ObjectType) {
        self.tables.push(Table {
            schema,
            records: Vec::new(),
            by_id: HashMap::new(),
        });
    }

    /// The object of this name, in any case.
    pub fn object(&self, name: &str) -> Option<ObjectRef> {
        self.tables
            .iter()
            .position(|table| table.schema.name.eq_ignore_ascii_case(name))
            .map(ObjectRef)
    }

    /// All objects.
    pub fn objects(&self) -> impl Iterator<Item = ObjectRef> + use<> {
        (0..self.tables.len()).map(ObjectRef)
    }

    /// The table of an object.
    #[expect(
        clippy::indexing_slicing,
        reason = "`object` makes the references, and no table ever goes"
    )]
    pub fn table(&self, object: ObjectRef) -> &Table {
        &self.tables[object.0]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "`object` makes the references, and no table ever goes"
    )]
    fn table_mut(&mut self, object: ObjectRef) -> &mut Table {
        &mut self.tables[object.0]
    }

    /// Fields by their places; those that the object does not have are left out.
    pub fn places(&self, object: ObjectRef, fields: &[(&str, Value)]) -> Vec<(usize, Value)> {
        let schema = &self.table(object).schema;
        fields
            .iter()
            .filter_map(|(name, value)| Some((schema.find(name)?, value.clone())))
            .collect()
    }

    /// The value of a field of a record, as text.
    pub fn text(&self, (object, row): (ObjectRef, usize), field: &str) -> &str {
        let table = self.table(object);
        match (table.record(row), table.schema.find(field)) {
            (Some(record), Some(field)) => record.text(field),
            _ => "",
        }
    }

    /// Makes a record and returns its id.
    pub fn insert(
        &mut self,
        object: ObjectRef,
        changes: Vec<(usize, Value)>,
        seconds: i64,
    ) -> String {
        self.serial += 1;
        let id = ids::new_id(&self.table(object).schema.prefix, self.serial);
        let user = if self.user.is_empty() {
            id.clone()
        } else {
            self.user.clone()
        };
        let mut record = Record::default();
        for (at, field) in self.table(object).schema.fields.iter().enumerate() {
            record.set(
                at,
                if field.name == "OwnerId" {
                    json!(user)
                } else {
                    field.default.clone()
                },
            );
        }
        let now = clock::datetime(seconds);
        record.set(system::ID, json!(id));
        record.set(system::CREATED, json!(now));
        record.set(system::CREATED_BY, json!(user));
        self.stamp(&mut record, changes, &now, &user);
        let table = self.table_mut(object);
        let number = 1000 + table.records.len() + 1;
        for (at, field) in table.schema.fields.iter().enumerate() {
            if matches!(field.formula, Some(Formula::AutoNumber)) {
                record.set(at, json!(format!("{number:08}")));
            }
        }
        derive(&table.schema, &mut record);
        table.by_id.insert(id.clone(), table.records.len());
        table.records.push(record);
        if let Some(journal) = &mut self.journal {
            journal.push(Undo::Insert(object));
        }
        id
    }

    /// Changes fields of a record.
    pub fn update(&mut self, object: ObjectRef, row: usize, changes: Vec<(usize, Value)>) {
        let user = self.user.clone();
        let Some(mut record) = self.table(object).record(row).cloned() else {
            return;
        };
        self.stamp(&mut record, changes, &clock::datetime(clock::now()), &user);
        derive(&self.table(object).schema, &mut record);
        let Some(place) = self.table_mut(object).records.get_mut(row) else {
            return;
        };
        let before = std::mem::replace(place, record);
        if let Some(journal) = &mut self.journal {
            journal.push(Undo::Change(object, row, before));
        }
    }

    fn stamp(&self, record: &mut Record, changes: Vec<(usize, Value)>, now: &str, user: &str) {
        for (field, value) in changes {
            record.set(field, value);
        }
        record.set(system::MODIFIED, json!(now));
        record.set(system::MODIFIED_BY, json!(user));
        record.set(system::MODSTAMP, json!(now));
        record.revision += 1;
    }

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
        for (child, table) in self.tables.iter().enumerate() {
            for (at, field) in table.schema.fields.iter().enumerate() {
                if let Kind::Reference { to, on_delete, .. } = &field.kind
                    && to == target
                    && field.writable
                {
                    let rows = table.records.iter().enumerate();
                    let rows =
                        rows.filter(|(_, record)| !record.deleted() && record.text(at) == id);
                    found.extend(rows.map(|(row, _)| (ObjectRef(child), at, row, *on_delete)));
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

    /// Starts a transaction.
    pub fn begin(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Ends the transaction and keeps what it did.
    pub fn commit(&mut self) {
        self.journal = None;
    }

    /// Ends the transaction and takes back what it did.
    pub fn roll_back(&mut self) {
        for undo in self.journal.take().unwrap_or_default().into_iter().rev() {
            match undo {
                Undo::Insert(object) => {
                    let table = self.table_mut(object);
                    if let Some(record) = table.records.pop() {
                        table.by_id.remove(record.id());
                    }
                }
                Undo::Change(object, row, before) => {
                    if let Some(place) = self.table_mut(object).records.get_mut(row) {
                        *place = before;
                    }
                }
            }
        }
    }
}

fn derive(schema: &ObjectType, record: &mut Record) {
    let text = |name: &str, record: &Record| {
        schema
            .find(name)
            .map(|at| record.text(at).to_owned())
            .unwrap_or_default()
    };
    for (at, field) in schema.fields.iter().enumerate() {
        match &field.formula {
            Some(Formula::FullName) => {
                let name = format!("{} {}", text("FirstName", record), text("LastName", record));
                record.set(at, json!(name.trim()));
            }
            Some(Formula::OneOf(field, values)) => {
                let value = text(field, record);
                record.set(at, json!(values.contains(&value)));
            }
            Some(Formula::AutoNumber) | None => {}
        }
    }
}

/// `{"type": …, "url": …}` of a record.
pub fn attributes(version: u16, object: &str, id: &str) -> Value {
    let mut attributes = Map::new();
    attributes.insert("type".to_owned(), json!(object));
    attributes.insert(
        "url".to_owned(),
        json!(format!(
            "/services/data/v{version}.0/sobjects/{object}/{id}"
        )),
    );
    Value::Object(attributes)
}
