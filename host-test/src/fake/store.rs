//! The records of the org.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::ledger::Change;
use super::schema::{Field, Formula, ObjectType, system};
use super::{clock, ids};

static NULL: Value = Value::Null;

/// An object of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectRef(usize);

/// All records of one object, with those in the recycle bin.
#[derive(Debug, Clone)]
pub struct Table {
    /// The object.
    pub schema: ObjectType,
    records: Vec<Record>,
    by_id: HashMap<String, usize>,
    /// Whether the object was removed; its place stays, since references hold on to it.
    gone: bool,
}

/// One record.
#[derive(Debug, Clone, Default)]
pub struct Record {
    values: Vec<Value>,
    /// Counts the changes, since two of them fit into the second that the time stamps tell.
    pub revision: u64,
}

/// The objects and their records.
#[derive(Debug, Clone, Default)]
pub struct Store {
    tables: Vec<Table>,
    serial: u64,
    /// The user who does everything.
    pub user: String,
    /// What to do to take a transaction back, last first; `None` outside of one.
    journal: Option<Vec<Undo>>,
    /// What changed since it was last taken; `None` until somebody wants to know.
    changes: Option<Vec<Change>>,
}

#[derive(Debug, Clone)]
enum Undo {
    /// So many changes were noted before.
    Noted(usize),
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

    /// The places of the live records that have this text, in any case, or number in a field.
    pub fn matching(&self, field: usize, text: &str) -> Vec<usize> {
        let number: Option<f64> = text.parse().ok();
        let text = text.to_lowercase();
        let same = |record: &Record| {
            !record.deleted()
                && match record.get(field).as_f64() {
                    Some(value) => Some(value) == number,
                    None => record.text(field).to_lowercase() == text,
                }
        };
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
            gone: false,
        });
    }

    /// Removes an object with all records.
    pub fn remove_object(&mut self, object: ObjectRef) {
        let table = self.table_mut(object);
        table.gone = true;
        table.records.clear();
        table.by_id.clear();
    }

    /// Adds a field, with its default in all records.
    pub fn add_field(&mut self, object: ObjectRef, field: Field) {
        let table = self.table_mut(object);
        let at = table.schema.fields.len();
        for record in &mut table.records {
            record.set(at, field.default.clone());
        }
        table.schema.fields.push(field);
    }

    /// The fields of an object, to be changed but never to be reordered.
    pub fn fields_mut(&mut self, object: ObjectRef) -> &mut [Field] {
        &mut self.table_mut(object).schema.fields
    }

    /// The object of this name, in any case.
    pub fn object(&self, name: &str) -> Option<ObjectRef> {
        self.tables
            .iter()
            .position(|table| !table.gone && table.schema.name.eq_ignore_ascii_case(name))
            .map(ObjectRef)
    }

    /// All objects.
    pub fn objects(&self) -> impl Iterator<Item = ObjectRef> {
        let tables = self.tables.iter().enumerate();
        tables
            .filter(|(_, table)| !table.gone)
            .map(|(at, _)| ObjectRef(at))
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
        self.insert_as(object, id, changes, seconds)
    }

    /// Makes a record with this id.
    pub fn insert_as(
        &mut self,
        object: ObjectRef,
        id: String,
        changes: Vec<(usize, Value)>,
        seconds: i64,
    ) -> String {
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
        for (at, field) in table.schema.fields.iter().enumerate() {
            match &field.formula {
                Some(Formula::AutoNumber(format)) => {
                    record.set(at, json!(format.show(table.records.len())));
                }
                // Who leaves out the name of a custom record gets its id.
                None if field.name == "Name"
                    && record.get(at).is_null()
                    && table.schema.name.ends_with("__c") =>
                {
                    record.set(at, json!(id.get(..15)));
                }
                _ => {}
            }
        }
        derive(&table.schema, &mut record);
        table.by_id.insert(id.clone(), table.records.len());
        let change = Change::of_record(&table.schema, None, &record);
        table.records.push(record);
        self.note(change);
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
        let change = |table: &Table| Change::of_record(&table.schema, table.record(row), &record);
        let change = change(self.table(object));
        let Some(place) = self.table_mut(object).records.get_mut(row) else {
            return;
        };
        let before = std::mem::replace(place, record);
        self.note(change);
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

    /// Notes what changes from now on.
    pub fn watch(&mut self) {
        self.changes = Some(Vec::new());
    }

    /// Notes a change that is none of a record.
    pub fn note(&mut self, change: Change) {
        if let Some(changes) = &mut self.changes {
            changes.push(change);
        }
    }

    /// What changed since this was last asked.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.changes
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Starts a transaction.
    pub fn begin(&mut self) {
        let noted = self.changes.as_ref().map_or(0, Vec::len);
        self.journal = Some(vec![Undo::Noted(noted)]);
    }

    /// Ends the transaction and keeps what it did.
    pub fn commit(&mut self) {
        self.journal = None;
    }

    /// Ends the transaction and takes back what it did.
    pub fn roll_back(&mut self) {
        for undo in self.journal.take().unwrap_or_default().into_iter().rev() {
            match undo {
                Undo::Noted(changes) => {
                    if let Some(noted) = &mut self.changes {
                        noted.truncate(changes);
                    }
                }
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
            Some(Formula::AutoNumber(_)) | None => {}
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
