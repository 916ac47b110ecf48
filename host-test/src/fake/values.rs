//! From the JSON of a caller to the values of a record, with everything Salesforce says about bad
//! ones.

use serde_json::{Map, Value, json};

use super::call::token;
use super::errors::ApiError;
use super::schema::{Access, Field, Kind, ObjectType};
use super::store::{ObjectRef, Store};
use super::{clock, ids, permissions};

/// Checks the fields of a body against the object. `row` is the record that is changed; a new one
/// must bring all required fields.
pub fn changes(
    store: &Store,
    object: ObjectRef,
    row: Option<usize>,
    body: Map<String, Value>,
) -> Result<Vec<(usize, Value)>, ApiError> {
    let schema = &store.table(object).schema;
    let mut changes = Vec::with_capacity(body.len());
    for (name, value) in body {
        if name == "attributes" {
            continue;
        }
        if name.eq_ignore_ascii_case("Id") {
            let message = "The Id field should not be specified in the sobject data.";
            return Err(ApiError::new(400, "INVALID_FIELD", message));
        }
        let Some(at) = schema.find(&name) else {
            changes.push(by_external_id(store, schema, &name, value)?);
            continue;
        };
        let writable = |field: &&Field| field.writable && field.access == Access::Edit;
        let Some(field) = schema.fields.get(at).filter(writable) else {
            return Err(read_only(&name));
        };
        changes.push((at, stored(store, field, value)?));
    }
    missing(schema, row.is_none(), &changes)?;
    for (at, value) in &changes {
        if let (Some(field), Some(text)) = (
            schema.fields.get(*at).filter(|field| field.unique),
            value.as_str(),
        ) {
            let table = store.table(object);
            let other = table
                .matching(*at, text)
                .into_iter()
                .find(|other| Some(*other) != row);
            if let Some(record) = other.and_then(|other| table.record(other)) {
                let message = format!(
                    "duplicate value found: {} duplicates value on record with id: {}",
                    field.name,
                    record.id()
                );
                return Err(ApiError::new(400, "DUPLICATE_VALUE", message).on(&[]));
            }
        }
    }
    permissions::check(store, object, row, &changes)?;
    Ok(changes)
}

fn read_only(name: &str) -> ApiError {
    let message = format!(
        "Unable to create/update fields: {name}. Please check the security settings of this field and verify that \
         it is read/write for your profile or permission set."
    );
    ApiError::new(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message).on(&[name])
}

fn missing(schema: &ObjectType, new: bool, changes: &[(usize, Value)]) -> Result<(), ApiError> {
    let lacks = |at: usize, field: &Field| match changes.iter().find(|(changed, _)| *changed == at)
    {
        Some((_, value)) => value.is_null(),
        None => new && field.default.is_null(),
    };
    let fields = schema.fields.iter().enumerate();
    let names: Vec<&str> = fields
        .filter(|(at, field)| field.required && lacks(*at, field))
        .map(|(_, field)| field.name.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let message = format!("Required fields are missing: [{}]", names.join(", "));
    Err(ApiError::new(400, "REQUIRED_FIELD_MISSING", message).on(&names))
}

/// `{"Account": {"External_Key__c": "…"}}` in place of `AccountId`.
fn by_external_id(
    store: &Store,
    schema: &ObjectType,
    name: &str,
    value: Value,
) -> Result<(usize, Value), ApiError> {
    let unknown = || ApiError::no_column(name, &schema.name);
    let (at, _, target) = schema.relationship(name).ok_or_else(unknown)?;
    let target = store.object(target).ok_or_else(unknown)?;
    let table = store.table(target);
    let Value::Object(key) = value else {
        return Err(cannot_read("an object", &value));
    };
    let Some((field, key)) = key.into_iter().find(|(field, _)| field != "attributes") else {
        return Err(unknown());
    };
    let is_key = |at: &usize| {
        table
            .schema
            .fields
            .get(*at)
            .is_some_and(|field| field.external_id)
    };
    let Some(key_at) = table.schema.find(&field).filter(is_key) else {
        return Err(ApiError::no_column(&field, &table.schema.name));
    };
    let text = key.as_str().unwrap_or_default();
    match table.matching(key_at, text).as_slice() {
        [row] => {
            let id = table
                .record(*row)
                .map(|record| json!(record.id()))
                .unwrap_or_default();
            Ok((at, id))
        }
        [] => {
            let message = format!(
                "Foreign key external ID: {text} not found for field {field} in entity {}",
                table.schema.name
            );
            Err(ApiError::new(400, "INVALID_FIELD", message).on(&[]))
        }
        _ => {
            let message = format!("More than one record found for external id field: {field}");
            Err(ApiError::new(400, "DUPLICATE_EXTERNAL_ID", message).on(&[]))
        }
    }
}

fn cannot_read(wanted: &str, value: &Value) -> ApiError {
    let shown = match value {
        Value::String(text) => format!(" value {}", cut(text)),
        Value::Object(_) | Value::Array(_) => String::new(),
        other => format!(" value {other}"),
    };
    ApiError::json(format!(
        "Cannot deserialize instance of {wanted} from {}{shown} or request may be missing a required field",
        token(value)
    ))
}

/// A value in an error message is there to be recognised, not to be read.
fn cut(text: &str) -> String {
    match text.char_indices().nth(255) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn stored(store: &Store, field: &Field, value: Value) -> Result<Value, ApiError> {
    let wanted = match &field.kind {
        Kind::Boolean => "boolean",
        Kind::Integer => "int",
        Kind::Double => "double",
        Kind::Date => "date",
        Kind::DateTime => "datetime",
        Kind::Id | Kind::Reference { .. } => "reference",
        Kind::Text(_) | Kind::LongText(_) | Kind::Email | Kind::Picklist { .. } => "string",
    };
    let text = match value {
        Value::Null if field.kind == Kind::Boolean => return Ok(field.default.clone()),
        Value::Null => return Ok(Value::Null),
        Value::Bool(_) if field.kind == Kind::Boolean => return Ok(value),
        Value::Number(number) => {
            let whole = number.is_i64() || number.is_u64();
            return match field.kind {
                Kind::Integer if whole => Ok(Value::Number(number)),
                Kind::Double => Ok(json!(number.as_f64())),
                _ => Err(cannot_read(wanted, &Value::Number(number))),
            };
        }
        Value::String(text) => text,
        other => return Err(cannot_read(wanted, &other)),
    };
    // Salesforce makes no difference between an empty text and none.
    if text.is_empty() {
        return Ok(if field.kind == Kind::Boolean {
            field.default.clone()
        } else {
            Value::Null
        });
    }
    from_text(store, field, wanted, text)
}

fn from_text(store: &Store, field: &Field, wanted: &str, text: String) -> Result<Value, ApiError> {
    let unreadable = || cannot_read(wanted, &json!(text));
    match &field.kind {
        Kind::Text(limit) | Kind::LongText(Some(limit)) => fits(field, text, *limit),
        Kind::LongText(None) => Ok(Value::String(text)),
        Kind::Email => {
            if !is_email(&text) {
                let message = format!("{}: invalid email address: {}", field.name, cut(&text));
                return Err(ApiError::new(400, "INVALID_EMAIL_ADDRESS", message).on(&[&field.name]));
            }
            fits(field, text, 80)
        }
        Kind::Picklist { values, restricted } => {
            let known = values
                .iter()
                .find(|value| value.eq_ignore_ascii_case(&text));
            match known {
                Some(value) => Ok(json!(value)),
                None if *restricted => {
                    let message = format!(
                        "{}: bad value for restricted picklist field: {}",
                        field.name,
                        cut(&text)
                    );
                    let code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST";
                    Err(ApiError::new(400, code, message).on(&[&field.name]))
                }
                None => fits(field, text, 255),
            }
        }
        Kind::Boolean => match text.as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(unreadable()),
        },
        Kind::Integer => text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| unreadable()),
        Kind::Double => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(json!(number)),
            _ => Err(unreadable()),
        },
        Kind::Date => clock::parse_date(&text)
            .map(Value::String)
            .ok_or_else(unreadable),
        Kind::DateTime => clock::parse_datetime(&text)
            .map(Value::String)
            .ok_or_else(unreadable),
        Kind::Id => Err(unreadable()),
        Kind::Reference { to, .. } => {
            let malformed = || ApiError::malformed_id(field.label(), &cut(&text), &field.name);
            let target = store
                .object(to)
                .map(|target| store.table(target))
                .ok_or_else(malformed)?;
            let id = ids::parse(&text)
                .filter(|id| id.starts_with(&target.schema.prefix))
                .ok_or_else(malformed)?;
            match target.find(&id).and_then(|row| target.record(row)) {
                Some(record) if record.deleted() => Err(ApiError::deleted(400)),
                Some(_) => Ok(Value::String(id)),
                None => Err(ApiError::cross_reference(400, &[&field.name])),
            }
        }
    }
}

fn fits(field: &Field, text: String, limit: usize) -> Result<Value, ApiError> {
    if text.chars().count() <= limit {
        return Ok(Value::String(text));
    }
    let message = format!(
        "{}: data value too large: {} (max length={limit})",
        field.name,
        cut(&text)
    );
    Err(ApiError::new(400, "STRING_TOO_LONG", message).on(&[&field.name]))
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| !part.is_empty() && !part.contains([' ', '@', ',', ';', '<', '>']);
    plain(name)
        && plain(host)
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
}
