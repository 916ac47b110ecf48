//! Reading a record, or what a relationship of it leads to.

use super::parameter::{FIELDS, QUERY_PARAMETERS, RELATIONSHIP, SOBJECT_ID, SOBJECT_NAME};
use crate::actions::options::Options;
use crate::actions::query::paged;
use crate::actions::{Outcome, Response};
use crate::failure::{Failure, HINT, Kind};
use crate::http::Method;
use crate::http::retry::Class;
use crate::input;
use crate::json;
use crate::salesforce::{composite, errors, names, paths};
use crate::session::connection::{Ask, Call, Connection};
use crate::session::settings::VERSION;
use crate::session::verdict::Reply;
use std::borrow::Cow;

/// What `more` has where a relationship was followed, and the three things that it says.
pub const RELATED: &str = "related";
const NONE: &str = "none";

/// What to read, beside the record itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// What a relationship leads to, instead of the record: names with slashes.
    pub relationship: Option<&'a str>,
    /// The names of the fields; all where there are none.
    pub fields: &'a [String],
    /// Further query parameters, as a JSON object.
    pub query_parameters: Option<&'a str>,
}

/// Reads a record: `GET /sobjects/{SObject}/{id}`, or `GET /sobjects/{SObject}/{id}/{relationship}`.
pub fn get(
    c: &mut Connection,
    sobject: &str,
    id: &str,
    wanted: Wanted<'_>,
    options: Options,
) -> Outcome {
    names::check_sobject(SOBJECT_NAME, sobject)?;
    names::check_id(SOBJECT_ID, id)?;
    if let Some(relationship) = wanted.relationship {
        names::check_relationship(RELATIONSHIP, relationship)?;
        if matches!(paths::major(&c.settings().version), Some(..36)) {
            let expected = "36.0 or later where a relationship is followed";
            return Err(Failure::invalid_setting(VERSION, expected));
        }
    }
    names::check_fields(FIELDS, wanted.fields)?;
    let mut path = paths::record(&c.settings().version, sobject, id);
    if let Some(relationship) = wanted.relationship {
        path.push('/');
        path.push_str(relationship);
    }
    if !wanted.fields.is_empty() {
        paths::push_parameter(&mut path, FIELDS, &wanted.fields.join(","));
    }
    push_parameters(&mut path, &wanted)?;
    let mut call = c.begin(options.headers, options.deadline_ms);
    let ask = Ask {
        // A relationship to many answers as a query does.
        page: wanted.relationship.is_some(),
        ..Ask::new(Method::Get, &path, Class::Read)
    };
    let outcome = c.ask(&mut call, &ask);
    match (wanted.relationship, outcome) {
        (None, outcome) => outcome.map(Response::from),
        (Some(_), Ok(reply)) => related(reply),
        (Some(relationship), Err(failure)) => {
            match failure.detail.status == Some(404) && failure.detail.code == "NOT_FOUND" {
                true => nothing(c, &mut call, (sobject, id, relationship), failure),
                false => Err(failure),
            }
        }
    }
}

/// Checks and adds the further query parameters.
fn push_parameters(path: &mut String, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let Some(text) = wanted.query_parameters else {
        return Ok(());
    };
    let object = input::object(QUERY_PARAMETERS, text)?;
    for (name, value) in object.members() {
        let place = format!("{QUERY_PARAMETERS}.{}", json::shown(name));
        names::check_name(&place, name, "the name of a query parameter")?;
        let text = match value.get().as_bytes().first() {
            Some(b'n') => continue,
            Some(b'{' | b'[') => {
                let expected = "a string, a number, true or false";
                return Err(Failure::invalid_input(&place, expected));
            }
            Some(b'"') => input::string(&place, value)?,
            _ => Cow::Borrowed(value.get()),
        };
        if name == FIELDS {
            if !wanted.fields.is_empty() {
                let expected = "to be left out where the parameter fields is given";
                return Err(Failure::invalid_input(&place, expected));
            }
            let fields: Vec<String> = text.split(',').map(|f| f.trim().to_owned()).collect();
            names::check_fields(&place, &fields)?;
            paths::push_parameter(path, name, &fields.join(","));
        } else {
            paths::push_parameter(path, name, &text);
        }
    }
    names::check_size(QUERY_PARAMETERS, path.len())
}

/// The response of a relationship that was followed, which says how many it led to.
fn related(reply: Reply) -> Outcome {
    let found = match &reply.page {
        // Nothing has changed.
        None if reply.body.is_none() => return Ok(reply.into()),
        None => "one",
        Some(page) if page.rows == 0 && page.locator().is_none() => NONE,
        Some(_) => "many",
    };
    let mut response = match found {
        "one" => Response::from(reply),
        _ => paged(reply)?,
    };
    response.more.set(RELATED, found);
    Ok(response)
}

/// What it means that a relationship answered 404: that nothing is related, or that there is no
/// such record, or no such relationship. The record and a query that goes the same way tell, in
/// one request.
fn nothing(
    c: &mut Connection,
    call: &mut Call,
    (sobject, id, relationship): (&str, &str, &str),
    mut failure: Failure,
) -> Outcome {
    let version = c.settings().version.clone();
    let mut record = paths::record(&version, sobject, id);
    paths::push_parameter(&mut record, FIELDS, "Id");
    let way = relationship.replace('/', ".");
    let soql = format!("SELECT {way}.Id FROM {sobject} WHERE Id = '{id}'");
    let query = paths::query(&version, &soql, false);
    let body = composite::wrap_all(&[("record", &record), ("way", &query)]);
    let path = paths::composite(&version);
    let ask = Ask::new(Method::Post, &path, Class::Read).with_body(&body);
    let answered = match c.ask(call, &ask) {
        Ok(reply) => reply.body.unwrap_or_default(),
        Err(later) if later.kind == Kind::Transient => return Err(later),
        Err(_) => return Err(failure),
    };
    let (parameter, hint) = match composite::parts(&answered).as_slice() {
        [record, _] if record.status == 404 => {
            let hint = "The record does not exist, or this user may not see it.";
            (SOBJECT_ID, hint)
        }
        [record, way] if record.status == 200 && way.status == 200 && leads_nowhere(way.body) => {
            let mut more = failure.detail.more.only(&["apiUsage"]);
            more.set("attempts", u64::from(call.attempts()));
            more.set(RELATED, NONE);
            return Ok(Response {
                status: 204,
                body: None,
                more,
            });
        }
        [record, way]
            if record.status == 200 && errors::read(None, way.body).code == "INVALID_FIELD" =>
        {
            let hint = "The object has no relationship of this name that this user may see. \
                        Custom ones end in __r.";
            (RELATIONSHIP, hint)
        }
        _ => return Err(failure),
    };
    failure.detail.more.set("parameter", parameter);
    failure.detail.more.set(HINT, hint);
    Err(failure)
}

/// Whether a query that goes the way of a relationship found the record, and nothing at the end:
/// one of the names on the way is `null`.
fn leads_nowhere(body: &str) -> bool {
    let Some(rows) = json::Object::read(body)
        .and_then(|page| page.get("records"))
        .and_then(|records| json::list(records.get()))
    else {
        return false;
    };
    let mut value = match rows.as_slice() {
        [row] => Some(*row),
        _ => return false,
    };
    // Into the member that is no `attributes`, as long as there is one.
    while let Some(row) = value.and_then(|row| json::Object::read(row.get())) {
        let member = row.members().find(|(name, _)| *name != "attributes");
        value = member.map(|(_, value)| value);
    }
    value.is_some_and(|value| value.get() == "null")
}

#[cfg(test)]
mod tests;
