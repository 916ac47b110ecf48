//! Grants access to new objects and fields, which nobody sees otherwise.

use super::description::Component;
use super::parameter::PERMISSION_SET;
use super::{column, quoted};
use crate::failure::{Failure, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::json::{self, Json, Members, More, Object};
use crate::salesforce::{errors, names, paths};
use crate::session::connection::{Ask, Call, Connection};
use crate::session::verdict::Reply;
use serde_json::value::RawValue;

/// The most requests inside a composite one.
const TOGETHER: usize = 25;

/// What a subrequest says that failed only because another did.
const HALTED: &str = "PROCESSING_HALTED";

/// The id of a permission set. It is looked for before anything is made.
pub fn find(c: &mut Connection, call: &mut Call, set: &str) -> Result<String, Failure> {
    let is_id = matches!(set.len(), 15 | 18) && set.starts_with("0PS");
    let field = if is_id { "Id" } else { "Name" };
    let soql = format!("SELECT Id FROM PermissionSet WHERE {field} = '{set}' LIMIT 1");
    let ids = column(c, call, &soql, "Id")?;
    ids.into_iter().next().ok_or_else(|| {
        let expected = format!(
            "{}, of one that is there and that this user may see",
            names::PERMISSION_SET
        );
        Failure::invalid_input(PERMISSION_SET, &expected)
    })
}

/// Grants access to what these components made; what is granted already stays as it is. Answers
/// what is granted now.
pub fn grant(
    c: &mut Connection,
    call: &mut Call,
    set: &str,
    components: &[Component],
) -> Result<More, Failure> {
    let objects = components.iter().filter(|c| c.grantable);
    let objects: Vec<&str> = objects.map(|c| c.full_name.as_str()).collect();
    let fields: Vec<_> = components.iter().flat_map(|c| &c.fields).collect();
    let mut wanted = Vec::new();
    if !objects.is_empty() {
        let there = existing(c, call, set, "ObjectPermissions", "SobjectType", &objects)?;
        let missing = objects.iter().filter(|name| !is_in(&there, name));
        wanted.extend(missing.map(|name| ("ObjectPermissions", of_object(set, name))));
    }
    if !fields.is_empty() {
        let mut owners: Vec<&str> = fields.iter().map(|field| owner(&field.name)).collect();
        owners.dedup();
        let there = existing(c, call, set, "FieldPermissions", "Field", &owners)?;
        let missing = fields.iter().filter(|field| !is_in(&there, &field.name));
        wanted.extend(missing.map(|field| {
            let body = of_field(set, &field.name, field.editable);
            ("FieldPermissions", body)
        }));
    }
    for some in wanted.chunks(TOGETHER) {
        insert(c, call, some)?;
    }
    let list = |names: &[Json]| -> Json { names.into() };
    let objects: Vec<Json> = objects.into_iter().map(Json::from).collect();
    let fields: Vec<Json> = fields.iter().map(|f| f.name.as_str().into()).collect();
    Ok(More::default()
        .with("permissionSet", set)
        .with("objects", list(&objects))
        .with("fields", list(&fields)))
}

/// The object of a field.
fn owner(field: &str) -> &str {
    field.split_once('.').map_or(field, |(owner, _)| owner)
}

/// Names are the same in any case.
fn is_in(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// What the set grants on these objects: the values of a column.
fn existing(
    c: &mut Connection,
    call: &mut Call,
    set: &str,
    from: &str,
    name: &str,
    objects: &[&str],
) -> Result<Vec<String>, Failure> {
    let objects = quoted(objects);
    let soql = format!(
        "SELECT {name} FROM {from} WHERE ParentId = '{set}' AND SobjectType IN ({objects})"
    );
    column(c, call, &soql, name)
}

fn of_object(set: &str, name: &str) -> Members<'static> {
    let rights = [
        "PermissionsRead",
        "PermissionsCreate",
        "PermissionsEdit",
        "PermissionsDelete",
    ];
    let body = Members::default()
        .with("ParentId", set)
        .with("SobjectType", name);
    rights
        .into_iter()
        .fold(body, |body, right| body.with(right, true))
}

fn of_field(set: &str, name: &str, editable: bool) -> Members<'static> {
    Members::default()
        .with("ParentId", set)
        .with("SobjectType", owner(name))
        .with("Field", name)
        .with("PermissionsRead", true)
        .with("PermissionsEdit", editable)
}

/// Creates records in one request: all of them, or none.
fn insert(
    c: &mut Connection,
    call: &mut Call,
    records: &[(&str, Members<'static>)],
) -> Result<(), Failure> {
    let version = c.settings().version.clone();
    let request = |(at, (sobject, record)): (usize, &(&str, Members<'static>))| {
        let members = Members::default()
            .with("method", "POST")
            .with("url", paths::sobject(&version, sobject).as_str())
            .with("referenceId", format!("grant{at}").as_str())
            .with("body", record);
        Json::from(&members)
    };
    let requests: Vec<Json> = records.iter().enumerate().map(request).collect();
    let body = Members::default()
        .with("allOrNone", true)
        .with("compositeRequest", requests.as_slice())
        .to_text();
    let path = paths::composite(&version);
    let ask = Ask::new(Method::Post, &path, Class::Write).with_results();
    let reply = c.ask(call, &ask.with_body(body.as_bytes()))?;
    match refused(&reply) {
        None => Ok(()),
        Some(failure) => {
            let text = reply.body.as_deref().unwrap_or_default();
            Err(failure.answered(reply.status, text.as_bytes()))
        }
    }
}

/// The failure of the first record that was refused for itself.
fn refused(reply: &Reply) -> Option<Failure> {
    let unclear = || {
        let message = "Salesforce answered without saying what was granted";
        Failure::permanent(code::UNKNOWN_ERROR, message)
    };
    let answers = Object::read(reply.body.as_deref().unwrap_or_default())
        .and_then(|object| json::list(object.get("compositeResponse")?.get()));
    let Some(answers) = answers else {
        return Some(unclear());
    };
    let mut first = None;
    for answer in answers {
        let answer = Object::read(answer.get());
        let status = answer
            .as_ref()
            .and_then(|answer| json::number(answer.get("httpStatusCode")?));
        if status.is_some_and(|status| (200..300).contains(&status)) {
            continue;
        }
        let body = answer.and_then(|answer| answer.get("body"));
        let found = errors::read(None, body.map(RawValue::get).unwrap_or_default());
        if found.code == HALTED && first.is_none() {
            first = Some(unclear());
        } else if found.code != HALTED {
            let code = match found.understood {
                true => found.code,
                false => code::UNKNOWN_ERROR.to_owned(),
            };
            let failure = Failure::permanent(code, found.message);
            return Some(match body {
                Some(body) => failure.with("errors", body),
                None => failure,
            });
        }
    }
    first
}
