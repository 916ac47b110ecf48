//! Does the same by a deployment in REST, for sessions that SOAP does not take. It is made of
//! a zip archive and runs in the background, all or nothing.

use super::description::{Component, FIELD, OBJECT};
use super::outcome::{Done, ROLLED_BACK, Results, Trouble};
use super::zip::Archive;
use super::{column, quoted, unclear};
use crate::failure::{Applied, Failure, HINT, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::json::{self, Object};
use crate::salesforce::{names, paths, xml};
use crate::session::connection::{Ask, Body, Call, Connection};
use crate::session::verdict::Reply;

/// The first wait for a deployment in milliseconds; it grows by half each time.
const FIRST_WAIT_MS: u64 = 500;
/// The longest wait between two looks in milliseconds.
const LONGEST_WAIT_MS: u64 = 10_000;

/// What a deployment gives no code for.
const GENERAL: &str = "FIELD_INTEGRITY_EXCEPTION";

/// Whether all components are of types that are deployed here.
pub fn can(components: &[Component]) -> bool {
    let known = |component: &Component| [OBJECT, FIELD].contains(&component.kind.as_str());
    components.iter().all(known)
}

/// Deploys components. A deployment changes what is there; without `update` that is refused
/// first.
pub fn run(
    c: &mut Connection,
    call: &mut Call,
    components: &[Component],
    update: bool,
) -> Result<Done, Failure> {
    if !update {
        refuse_existing(c, call, components)?;
    }
    let mut archive = Archive::default();
    let version = c.settings().version.clone();
    archive.add("package.xml", manifest(&version, components).as_bytes());
    for (sobject, definition) in definitions(components) {
        archive.add(&format!("objects/{sobject}.object"), definition.as_bytes());
    }
    let class = match update {
        true => Class::IdempotentWrite,
        false => Class::Write,
    };
    let names: Vec<&str> = components.iter().map(|c| c.full_name.as_str()).collect();
    deploy(c, call, archive, class, &names)
}

/// Deletes an object.
pub fn delete(c: &mut Connection, call: &mut Call, sobject: &str) -> Result<Done, Failure> {
    let version = c.settings().version.clone();
    let mut archive = Archive::default();
    archive.add("package.xml", manifest(&version, &[]).as_bytes());
    let members = members(OBJECT, &[sobject]);
    archive.add(
        "destructiveChanges.xml",
        package(&version, &members).as_bytes(),
    );
    deploy(c, call, archive, Class::IdempotentWrite, &[sobject])
}

/// A failure where a component is there already.
fn refuse_existing(
    c: &mut Connection,
    call: &mut Call,
    components: &[Component],
) -> Result<(), Failure> {
    let of = |kind: &str| -> Vec<&str> {
        let same = components.iter().filter(|c| c.kind == kind);
        same.map(|c| c.full_name.as_str()).collect()
    };
    let (objects, fields) = (of(OBJECT), of(FIELD));
    let mut there = Vec::new();
    if !objects.is_empty() {
        let names = quoted(&objects);
        let soql = format!(
            "SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName IN ({names})"
        );
        there = column(c, call, &soql, "QualifiedApiName")?;
    }
    for field in fields {
        let (owner, name) = field.split_once('.').unwrap_or((field, ""));
        let soql = format!(
            "SELECT QualifiedApiName FROM FieldDefinition WHERE \
             EntityDefinition.QualifiedApiName = '{owner}' AND QualifiedApiName = '{name}'"
        );
        let found = column(c, call, &soql, "QualifiedApiName")?;
        there.extend(found.iter().map(|name| format!("{owner}.{name}")));
    }
    let mut done = Done::default();
    for name in &there {
        let message = format!("{name} is there already");
        let trouble = Trouble::new("DUPLICATE_DEVELOPER_NAME", &message);
        done.results.add(name, None, Some(vec![trouble]));
    }
    done.settle(200)
}

/// The list of what a deployment has.
fn manifest(version: &str, components: &[Component]) -> String {
    let of = |kind: &str| {
        let same = components.iter().filter(|c| c.kind == kind);
        let names: Vec<&str> = same.map(|c| c.full_name.as_str()).collect();
        members(kind, &names)
    };
    package(version, &[of(OBJECT), of(FIELD)].concat())
}

/// Names of one type in a list.
fn members(kind: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let mut out = String::from("<types>");
    for name in names {
        xml::write_safe(&mut out, "members", name);
    }
    xml::write_safe(&mut out, "name", kind);
    out + "</types>"
}

fn package(version: &str, members: &str) -> String {
    let version = version.trim_start_matches('v');
    document("Package", &format!("{members}<version>{version}</version>"))
}

fn document(name: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <{name} xmlns=\"http://soap.sforce.com/2006/04/metadata\">{content}</{name}>"
    )
}

/// The file of each object: its name, and its definition with the fields that stand alone.
fn definitions(components: &[Component]) -> Vec<(&str, String)> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for component in components {
        let (owner, field) = match component.full_name.split_once('.') {
            Some((owner, field)) => (owner, Some(field)),
            None => (component.full_name.as_str(), None),
        };
        let mut content = String::new();
        match field {
            None => content.push_str(&component.body),
            Some(field) => {
                content.push_str("<fields>");
                xml::write_safe(&mut content, "fullName", field);
                content.extend([&component.body, "</fields>"]);
            }
        }
        match files.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, known)) => known.push_str(&content),
            None => files.push((owner, content)),
        }
    }
    let document = |(name, content): (_, String)| (name, document(OBJECT, &content));
    files.into_iter().map(document).collect()
}

/// Starts a deployment and waits for its end.
fn deploy(
    c: &mut Connection,
    call: &mut Call,
    archive: Archive,
    class: Class,
    names: &[&str],
) -> Result<Done, Failure> {
    let version = c.settings().version.clone();
    let (kind, body) = multipart(&archive.finish());
    let path = paths::deployments(&version);
    let ask = Ask::new(Method::Post, &path, class).with(Body::Other(&kind, &body));
    let started = c.ask(call, &ask)?;
    let text = started.body.as_deref().unwrap_or_default();
    let id = Object::read(text).and_then(|object| Some(object.text("id")?.into_owned()));
    let id = id.filter(|id| names::check_id("id", id).is_ok());
    let id = id.ok_or_else(|| unclear(&started))?;

    let path = paths::deployment(&version, &id);
    let mut wait = FIRST_WAIT_MS;
    loop {
        if !c.pause(call, wait) {
            return Err(unfinished(&id));
        }
        wait = (wait + wait / 2).min(LONGEST_WAIT_MS);
        let looked = c.ask(call, &Ask::new(Method::Get, &path, Class::Read));
        let reply = looked.map_err(|failure| {
            let failure = failure.with("deployment", id.as_str());
            failure.applied(Applied::Maybe)
        })?;
        if let Some(done) = ended(&reply, names)? {
            return Ok(done);
        }
    }
}

/// The failure of a deployment that outlasts the call.
fn unfinished(id: &str) -> Failure {
    let message = "the deployment goes on in Salesforce after the time of the call is over";
    let hint = "Look at Deployment Status in Setup, or set options.deadlineMs higher.";
    Failure::permanent(code::REQUEST_TIMEOUT, message)
        .applied(Applied::Maybe)
        .with("deployment", id)
        .with(HINT, hint)
}

/// The form of a deployment: its content type and its body.
fn multipart(archive: &[u8]) -> (String, Vec<u8>) {
    let options =
        r#"{"deployOptions":{"ignoreWarnings":true,"rollbackOnError":true,"singlePackage":true}}"#;
    let mut boundary = "salesforce-connector".to_owned();
    // A text of a caller is in the archive as it is.
    while archive
        .windows(boundary.len())
        .any(|window| window == boundary.as_bytes())
    {
        boundary.push('-');
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"json\"\r\n\
         Content-Type: application/json\r\n\r\n{options}\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"deploy.zip\"\r\n\
         Content-Type: application/zip\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), archive, tail.as_bytes()].concat();
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// What a deployment came to; none where it is still under way.
fn ended(reply: &Reply, names: &[&str]) -> Result<Option<Done>, Failure> {
    let object = Object::read(reply.body.as_deref().unwrap_or_default());
    let result = object.and_then(|object| Object::read(object.get("deployResult")?.get()));
    let result = result.ok_or_else(|| unclear(reply))?;
    let flag = |name| result.get(name).and_then(json::flag);
    match (flag("done"), flag("success")) {
        (Some(true), Some(success)) => {
            let mut done = Done {
                more: reply.more.clone(),
                ..Done::default()
            };
            settle(&mut done.results, &result, success, names);
            done.settle(reply.status)?;
            Ok(Some(done))
        }
        (Some(false), _) => Ok(None),
        _ => Err(unclear(reply)),
    }
}

/// Tells each component's result.
fn settle(results: &mut Results, result: &Object<'_>, success: bool, names: &[&str]) {
    let details = result.get("details").and_then(|d| Object::read(d.get()));
    let messages = |name| -> Vec<Object<'_>> {
        let list = details.as_ref().and_then(|details| details.get(name));
        let list = list.and_then(|list| json::list(list.get()));
        let objects = list.unwrap_or_default().into_iter();
        objects.filter_map(|m| Object::read(m.get())).collect()
    };
    if success {
        let made = messages("componentSuccesses");
        for name in names {
            let message = made
                .iter()
                .find(|m| m.text("fullName").as_deref() == Some(name));
            let created = message.and_then(|m| json::flag(m.get("created")?));
            results.add(name, created, None);
        }
        return;
    }
    let general = result.text("errorStatusCode");
    let general = general.as_deref().unwrap_or(GENERAL);
    let (mut failed, mut of_each) = (messages("componentFailures"), Vec::new());
    for name in names {
        let (own, others): (Vec<_>, Vec<_>) = failed.into_iter().partition(|message| {
            let full = message.text("fullName").unwrap_or_default();
            let rest = full.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        failed = others;
        of_each.push(own);
    }
    // What concerns none of them, such as the list of components, is told with the first.
    if let Some(first) = of_each.first_mut() {
        first.extend(failed);
    }
    let none = of_each.iter().all(Vec::is_empty);
    for (name, messages) in names.iter().zip(of_each) {
        let trouble = |message: &Object<'_>| {
            Trouble::new(general, &message.text("problem").unwrap_or_default())
        };
        let mut troubles: Vec<Trouble> = messages.iter().map(trouble).collect();
        if troubles.is_empty() {
            let said = result.text("errorMessage").unwrap_or_default();
            troubles.push(match none {
                true => Trouble::new(general, &said),
                false => Trouble::new(ROLLED_BACK, "another component failed"),
            });
        }
        results.add(name, None, Some(troubles));
    }
}
