//! Objects that an org defines: the interface `custom-objects`.

mod deploy;
mod description;
mod field;
mod grants;
mod outcome;
mod zip;

use super::{Outcome, Response};
use crate::actions::options::Options;
use crate::failure::{Applied, Failure, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::json::{self, Members, Object};
use crate::salesforce::definitions::{SHAPE, SUFFIXES};
use crate::salesforce::xml::{self, Element};
use crate::salesforce::{names, paths, soap};
use crate::session::connection::{Ask, Body, Call, Connection};
use crate::session::fault::JWT;
use crate::session::verdict::Reply;
use description::{Component, OBJECT};
use outcome::{Done, Results};
use serde_json::value::RawValue;

/// Parameters, as failures and the dynamic face name them.
pub mod parameter {
    /// The API name of an object.
    pub const SOBJECT_NAME: &str = "SObjectName";
    /// The description of objects or fields.
    pub const PAYLOAD: &str = "salesforcePayload";
    /// Whether what is there is changed.
    pub const UPDATE: &str = "update";
    /// The permission set that is to grant access.
    pub const PERMISSION_SET: &str = "permissionSet";
}

use parameter::{PERMISSION_SET, SOBJECT_NAME};

/// The most components of one call.
const COMPONENTS: usize = 10;

/// What to do with the components of a payload.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// Whether what is there is changed.
    pub update: bool,
    /// The id or the API name of a permission set that is to grant access.
    pub permission_set: Option<&'a str>,
}

impl Way<'_> {
    /// The call of the Metadata API.
    fn operation(self) -> &'static str {
        match self.update {
            true => "upsertMetadata",
            false => "createMetadata",
        }
    }

    fn class(self) -> Class {
        match self.update {
            true => Class::IdempotentWrite,
            false => Class::Write,
        }
    }
}

/// Creates objects with their fields: `createMetadata` or `upsertMetadata`.
pub fn create_object(c: &mut Connection, payload: &str, way: Way<'_>, options: Options) -> Outcome {
    let components = description::objects(payload, way.update)?;
    create(c, &components, way, options)
}

/// Adds fields to an object: `createMetadata` or `upsertMetadata`.
pub fn create_fields(
    c: &mut Connection,
    sobject: &str,
    payload: &str,
    way: Way<'_>,
    options: Options,
) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    let components = description::fields(payload, sobject)?;
    create(c, &components, way, options)
}

fn create(c: &mut Connection, components: &[Component], way: Way<'_>, options: Options) -> Outcome {
    if let Some(set) = way.permission_set {
        names::check_permission_set(PERMISSION_SET, set)?;
    }
    let mut call = begin(c, options)?;
    let set = way.permission_set;
    let set = set.map(|set| grants::find(c, &mut call, set)).transpose()?;
    let mut done = Done::default();
    for chunk in chunks(components) {
        let operation = operation(way.operation(), chunk);
        match ask(c, &mut call, &operation, way.class()) {
            Ok(reply) => done
                .take(&reply, chunk)
                .map_err(|failure| unsettled(&call, failure))?,
            Err(failure) if failure.detail.more.has(JWT) && deploy::can(components) => {
                done = deploy::run(c, &mut call, components, way.update)?;
                break;
            }
            Err(failure) => return Err(done.interrupted(failure)),
        }
    }
    if let Some(set) = set {
        let granted = grants::grant(c, &mut call, &set, components);
        done.granted(granted)?;
    }
    Ok(done.response(u64::from(call.attempts())))
}

/// Reads the definition of an object: `readMetadata`.
pub fn read_object(c: &mut Connection, sobject: &str, options: Options) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    let mut call = begin(c, options)?;
    let operation = named("readMetadata", sobject);
    let reply = ask(c, &mut call, &operation, Class::Read)?;
    let response = response(&reply)?;
    let record = response.child("result").and_then(|r| r.child("records"));
    match record.filter(|record| !record.children.is_empty()) {
        Some(record) => Ok(Response {
            status: reply.status,
            body: Some(record.json(SHAPE).text().to_owned()),
            more: reply.more,
        }),
        None => {
            let message = "there is no object of this name, or this user may not see it";
            let mut failure = Failure::permanent("NOT_FOUND", message);
            failure.detail.more.extend(reply.more);
            Err(failure.answered(reply.status, b""))
        }
    }
}

/// Deletes an object with its records: `deleteMetadata`.
pub fn delete_object(c: &mut Connection, sobject: &str, options: Options) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    if !SUFFIXES.iter().any(|suffix| sobject.ends_with(suffix)) {
        let expected = "the name of a custom object, which ends in __c: others cannot be deleted";
        return Err(Failure::invalid_input(SOBJECT_NAME, expected));
    }
    let mut call = begin(c, options)?;
    let operation = named("deleteMetadata", sobject);
    let reply = match ask(c, &mut call, &operation, Class::IdempotentWrite) {
        Err(failure) if failure.detail.more.has(JWT) => {
            let done = deploy::delete(c, &mut call, sobject)?;
            return Ok(done.response(u64::from(call.attempts())));
        }
        outcome => outcome?,
    };
    let mut done = Done::default();
    done.take_names(&reply, &[sobject])
        .map_err(|failure| unsettled(&call, failure))?;
    Ok(done.response(u64::from(call.attempts())))
}

/// A failure after an attempt whose answer was lost: that one may have done what this one
/// refuses.
fn unsettled(call: &Call, failure: Failure) -> Failure {
    match (call.uncertain(), failure.detail.applied) {
        (true, Applied::No) => failure.applied(Applied::Maybe),
        _ => failure,
    }
}

/// Starts the time of a call. The headers that options may hold are those of REST.
fn begin(c: &Connection, options: Options) -> Result<Call, Failure> {
    match options.headers.is_empty() {
        true => Ok(c.begin(Vec::new(), options.deadline_ms)),
        false => {
            let expected = "to be left out: the Metadata API has no such headers";
            Err(Failure::invalid_input("options.headers", expected))
        }
    }
}

/// Components of one type, at most ten together, in their order.
fn chunks(components: &[Component]) -> impl Iterator<Item = &[Component]> {
    let same = components.chunk_by(|a, b| a.kind == b.kind);
    same.flat_map(|same| same.chunks(COMPONENTS))
}

/// An operation on components. Type and names were checked.
fn operation(name: &str, components: &[Component]) -> String {
    let mut out = format!("<{name}>");
    for component in components {
        out.extend(["<metadata xsi:type=\"", &component.kind, "\">"]);
        xml::write_safe(&mut out, "fullName", &component.full_name);
        out.extend([&component.body, "</metadata>"]);
    }
    out.extend(["</", name, ">"]);
    out
}

/// An operation on an object by its name.
fn named(name: &str, sobject: &str) -> String {
    format!("<{name}><type>{OBJECT}</type><fullNames>{sobject}</fullNames></{name}>")
}

fn ask(
    c: &mut Connection,
    call: &mut Call,
    operation: &str,
    class: Class,
) -> Result<Reply, Failure> {
    let path = soap::metadata_path(&c.settings().version);
    let ask = Ask::new(Method::Post, &path, class).with(Body::Soap(operation));
    c.ask(call, &ask)
}

/// The answer to an operation, which the connection found to be whole.
fn response(reply: &Reply) -> Result<Element, Failure> {
    match soap::read(reply.body.as_deref().unwrap_or_default()) {
        Ok(soap::Answer::Response(response)) => Ok(response),
        _ => Err(unclear(reply)),
    }
}

/// The failure of an answer that does not say what was done.
fn unclear(reply: &Reply) -> Failure {
    let message = "Salesforce answered a status of success without saying what was done";
    let mut failure = Failure::permanent(code::UNKNOWN_ERROR, message).applied(Applied::Maybe);
    failure.detail.more.extend(reply.more.clone());
    failure.answered(
        reply.status,
        reply.body.as_deref().unwrap_or_default().as_bytes(),
    )
}

/// The values of a column of a query's first page.
fn column(
    c: &mut Connection,
    call: &mut Call,
    soql: &str,
    name: &str,
) -> Result<Vec<String>, Failure> {
    let path = paths::query(&c.settings().version, soql, false);
    let reply = c.ask(call, &Ask::new(Method::Get, &path, Class::Read))?;
    let page = Object::read(reply.body.as_deref().unwrap_or_default());
    let rows = page.and_then(|page| json::list(page.get("records")?.get()));
    let rows = rows.ok_or_else(|| unclear(&reply).applied(Applied::No))?;
    let value = |row: &RawValue| Some(Object::read(row.get())?.text(name)?.into_owned());
    Ok(rows.into_iter().filter_map(value).collect())
}

/// Names, which were checked, as texts of SOQL.
fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    names.join(",")
}

/// A JSON object with the results.
fn body(results: &Results) -> Members<'static> {
    Members::default().with("result", results.json())
}

#[cfg(test)]
mod tests;
