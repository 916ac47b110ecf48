//! `/sobjects/{SObject}` and what is below it.

use serde_json::{Value, json};

use super::call::{Call, Content};
use super::conditional;
use super::errors::ApiError;
use super::ids;
use super::reply::Reply;
use super::schema::system;
use super::soql::{Column, show};
use super::store::{ObjectRef, Record, Store};
use super::{approvals, clock, values};

const ROW: &str = "GET,HEAD,PATCH,DELETE";

/// `POST /sobjects/{SObject}/`
pub fn create(store: &mut Store, object: ObjectRef, call: &mut Call) -> Result<Reply, ApiError> {
    let schema = &store.table(object).schema;
    if !schema.createable {
        return Err(ApiError::not_for(&schema.name, "create"));
    }
    let body = call.take_object()?;
    let changes = values::changes(store, object, None, body)?;
    let id = store.insert(object, changes, clock::now());
    Ok(created(
        store,
        object,
        call.version,
        &id,
        json!({"id": id, "success": true, "errors": []}),
    ))
}

fn created(store: &Store, object: ObjectRef, version: u16, id: &str, body: Value) -> Reply {
    let name = &store.table(object).schema.name;
    Reply::json(201, body).with(
        "Location",
        format!("/services/data/v{version}.0/sobjects/{name}/{id}"),
    )
}

/// The place of a record, live or not, by the id in a path.
pub fn locate(store: &Store, object: ObjectRef, call: &Call, id: &str) -> Result<usize, ApiError> {
    let table = store.table(object);
    if !ids::looks_like_id(id) {
        return Err(ApiError::no_external_id(id));
    }
    let full = ids::parse(id).filter(|full| full.starts_with(&table.schema.prefix));
    let full = full.ok_or_else(|| ApiError::malformed_id(&table.schema.name, id, "Id"))?;
    let gone = || match call.method.as_str() {
        "DELETE" => ApiError::cross_reference(404, &[]),
        _ => ApiError::not_found(),
    };
    let row = table.find(&full).ok_or_else(gone)?;
    match table.record(row) {
        Some(record) if record.deleted() => Err(ApiError::deleted(404)),
        _ => Ok(row),
    }
}

/// A method on one live record.
pub fn row(
    store: &mut Store,
    object: ObjectRef,
    row: usize,
    call: &mut Call,
) -> Result<Reply, ApiError> {
    let schema = &store.table(object).schema;
    let record = store
        .table(object)
        .record(row)
        .ok_or_else(ApiError::not_found)?;
    match call.method.as_str() {
        "GET" | "HEAD" => {
            if let Some(reply) = conditional::check(call, &schema.name, record)? {
                return Ok(reply);
            }
            let columns = columns(store, object, call)?;
            let body = show(store, call.version, object, &columns, record);
            Ok(conditional::marked(
                Reply::json(200, body),
                &schema.name,
                record,
            ))
        }
        "PATCH" | "DELETE" if approvals::is_pending(store, record.id()) => Err(ApiError::locked()),
        "PATCH" => {
            conditional::check(call, &schema.name, record)?;
            let body = call.take_object()?;
            let changes = values::changes(store, object, Some(row), body)?;
            store.update(object, row, changes);
            Ok(Reply::empty(204))
        }
        "DELETE" if !schema.deletable => Err(ApiError::not_for(&schema.name, "delete")),
        "DELETE" => {
            store.delete(object, row)?;
            Ok(Reply::empty(204))
        }
        other => Err(ApiError::method(other, ROW)),
    }
}

/// What `fields` asks for, and always the id; everything where it is not there.
pub fn columns(store: &Store, object: ObjectRef, call: &Call) -> Result<Vec<Column>, ApiError> {
    let schema = &store.table(object).schema;
    let Some(names) = call.parameter("fields").filter(|names| !names.is_empty()) else {
        return Ok(schema.shown().map(Column::Field).collect());
    };
    let mut fields = Vec::new();
    for name in names.split(',').map(str::trim) {
        let at = schema
            .find(name)
            .ok_or_else(|| ApiError::no_column(name, &schema.name))?;
        if !fields.contains(&at) {
            fields.push(at);
        }
    }
    if !fields.contains(&system::ID) {
        fields.push(system::ID);
    }
    Ok(fields.into_iter().map(Column::Field).collect())
}

/// `/sobjects/{SObject}/{field}/{value}`: a record by an external id.
pub fn by_key(
    store: &mut Store,
    object: ObjectRef,
    (field, value): (&str, &str),
    call: &mut Call,
) -> Result<Reply, ApiError> {
    let table = store.table(object);
    let at = table
        .schema
        .find(field)
        .ok_or_else(|| ApiError::no_external_id(field))?;
    if at == system::ID {
        let at = locate(store, object, call, value)?;
        return row(store, object, at, call);
    }
    if !table
        .schema
        .fields
        .get(at)
        .is_some_and(|field| field.external_id)
    {
        return Err(ApiError::no_external_id(field));
    }
    let name = field_name(store, object, at);
    if call.method == "PATCH" {
        let body = call.take_object()?;
        if body.keys().any(|field| field.eq_ignore_ascii_case(&name)) {
            let message = format!("The {name} field should not be specified in the sobject data.");
            return Err(ApiError::new(400, "INVALID_FIELD", message));
        }
        call.content = Content::Json(Some(Value::Object(body)));
    }
    let table = store.table(object);
    let found = table.matching(at, value);
    match (found.as_slice(), call.method.as_str()) {
        ([], "PATCH") if call.parameter("updateOnly") != Some("true") => {
            insert_keyed(store, object, (at, value), call)
        }
        ([], _) => Err(ApiError::not_found()),
        ([only], "PATCH") => {
            let only = *only;
            let id = table
                .record(only)
                .map(|record| record.id().to_owned())
                .unwrap_or_default();
            row(store, object, only, call)?;
            if call.version < 46 {
                return Ok(Reply::empty(204));
            }
            Ok(Reply::json(
                200,
                json!({"id": id, "success": true, "errors": [], "created": false}),
            ))
        }
        ([only], _) => {
            let only = *only;
            row(store, object, only, call)
        }
        (many, _) => {
            let path = |record: &Record| {
                format!(
                    "/services/data/v{}.0/sobjects/{}/{}",
                    call.version,
                    table.schema.name,
                    record.id()
                )
            };
            let paths = many
                .iter()
                .filter_map(|row| table.record(*row))
                .map(path)
                .collect();
            Ok(Reply::json(300, paths))
        }
    }
}

fn insert_keyed(
    store: &mut Store,
    object: ObjectRef,
    (key, value): (usize, &str),
    call: &mut Call,
) -> Result<Reply, ApiError> {
    let mut body = call.take_object()?;
    let name = field_name(store, object, key);
    body.insert(name, json!(value));
    let changes = values::changes(store, object, None, body)?;
    let id = store.insert(object, changes, clock::now());
    let mut answer = json!({"id": id, "success": true, "errors": []});
    if let Value::Object(answer) = &mut answer
        && call.version >= 46
    {
        answer.insert("created".to_owned(), json!(true));
    }
    Ok(created(store, object, call.version, &id, answer))
}

fn field_name(store: &Store, object: ObjectRef, at: usize) -> String {
    let field = store.table(object).schema.fields.get(at);
    field.map(|field| field.name.clone()).unwrap_or_default()
}
