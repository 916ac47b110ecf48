//! Whether a connection works, as whom, and with which permissions: `session.check`.

use super::connection::{Ask, Call, Connection};
use super::settings::VERSION;
use super::verdict::Reply;
use crate::failure::{Failure, Kind, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::json::{self, Json, Members, More, Object};
use crate::salesforce::{composite, errors, paths};
use serde_json::value::RawValue;

/// What is asked of the org.
const ORGANIZATION: &str =
    "SELECT Id, Name, OrganizationType, IsSandbox, InstanceName FROM Organization";

/// A permission of the user, as Setup names it.
struct Permission {
    name: &'static str,
    /// The field of `UserPermissionAccess`; none where Salesforce does not tell.
    field: Option<&'static str>,
    needed_for: &'static str,
}

const PERMISSIONS: [Permission; 6] = [
    Permission {
        name: "API Enabled",
        field: Some("PermissionsApiEnabled"),
        needed_for: "every call",
    },
    Permission {
        name: "Manage Users",
        field: Some("PermissionsManageUsers"),
        needed_for: "users, profiles, permission sets and other objects of setup",
    },
    Permission {
        name: "Customize Application",
        field: Some("PermissionsCustomizeApplication"),
        needed_for: "connected apps, custom objects and fields",
    },
    Permission {
        name: "Modify Metadata Through Metadata API Functions",
        field: Some("PermissionsModifyMetadata"),
        needed_for: "custom objects and fields",
    },
    Permission {
        name: "Manage Roles and Role Hierarchy",
        field: Some("PermissionsManageRoles"),
        needed_for: "assigning and revoking roles",
    },
    Permission {
        name: "Manage Groups",
        field: None,
        needed_for: "members of public groups",
    },
];

/// Asks who the user is and what the org is, and answers it as JSON: three requests, and a login
/// where there is no session. Only the versions and the session decide whether it fails.
pub fn check(c: &mut Connection) -> Result<String, Failure> {
    // Who asks has perhaps just corrected what was refused.
    c.try_anew();
    let mut call = c.begin(Vec::new(), None);
    let versions = c.ask(
        &mut call,
        &Ask::new(Method::Get, paths::VERSIONS, Class::Read),
    )?;
    let newest = check_version(&c.settings().version, &versions)?;
    let answers = ask_org(c, &mut call)?;
    let user = c.ask(
        &mut call,
        &Ask::new(Method::Get, paths::USER_INFO, Class::Read),
    );
    let mut found = Findings {
        warnings: Vec::new(),
    };
    let user = match user {
        Ok(reply) => user_of(&reply),
        Err(failure) if is_refusal(&failure) => {
            found.unknown("the user", &failure.detail.message);
            More::default()
        }
        Err(failure) => return Err(failure),
    };
    let parts = composite::parts(answers.body.as_deref().unwrap_or_default());
    let [org, access] = [0, 1].map(|at| parts.get(at).map_or(Err(String::new()), first_record));
    let mut told = More::default().with("user", &user);
    told.set("org", &found.org(org, c));
    let version = More::default()
        .with("inUse", c.settings().version.trim_start_matches('v'))
        .with("newest", newest.as_str());
    told.set("version", &version);
    found.permissions(access, &mut told);
    if let Some(usage) = answers.more.value("apiUsage") {
        told.set("apiUsage", usage.clone());
    }
    if let Some(session) = c.session() {
        for name in ["flow", "scope"] {
            if let Some(value) = session.more.value(name) {
                told.set(name, value.clone());
            }
        }
        found.adopt(&session.more);
    }
    found.adopt(&answers.more);
    told.set("warnings", &found.warnings[..]);
    told.set("attempts", u64::from(call.attempts()));
    Ok(told.to_text())
}

/// The newest version of the org, which must serve the one in use.
fn check_version(in_use: &str, reply: &Reply) -> Result<String, Failure> {
    let body = reply.body.as_deref().unwrap_or_default();
    let list = json::list(body).unwrap_or_default();
    let versions: Vec<String> = list
        .into_iter()
        .filter_map(|item| Some(Object::read(item.get())?.text("version")?.into_owned()))
        .collect();
    let (Some(oldest), Some(newest)) = (versions.first(), versions.last()) else {
        let message = "the host does not tell the API versions that it serves, and is hardly one \
                       of Salesforce";
        let failure = Failure::permanent(code::UNKNOWN_ERROR, message);
        return Err(failure.answered(reply.status, body.as_bytes()));
    };
    let wanted = in_use.trim_start_matches('v');
    match versions.iter().any(|version| version == wanted) {
        true => Ok(newest.clone()),
        false => {
            let expected = format!(
                "an API version that the org serves, {oldest} to {newest}; the newest is {newest}"
            );
            Err(Failure::invalid_setting(VERSION, &expected))
        }
    }
}

/// Asks for the org and the permissions in one request.
fn ask_org(c: &mut Connection, call: &mut Call) -> Result<Reply, Failure> {
    let version = c.settings().version.clone();
    let fields: Vec<&str> = PERMISSIONS.iter().filter_map(|p| p.field).collect();
    let access = format!("SELECT {} FROM UserPermissionAccess", fields.join(", "));
    let [org, access] = [ORGANIZATION, &access].map(|soql| paths::query(&version, soql, false));
    let body = composite::wrap_all(&[("org", &org), ("access", &access)]);
    let path = paths::composite(&version);
    let ask = Ask::new(Method::Post, &path, Class::Read);
    c.ask(call, &ask.with_body(&body))
}

/// Whether Salesforce answered, and will not let this user know.
fn is_refusal(failure: &Failure) -> bool {
    let detail = &failure.detail;
    failure.kind == Kind::Permanent && detail.status.is_some() && detail.code != code::MISSING_TOKEN
}

fn user_of(reply: &Reply) -> More {
    let told = reply.body.as_deref().and_then(Object::read);
    let mut user = More::default();
    for (name, field) in [
        ("id", "user_id"),
        ("name", "name"),
        ("username", "preferred_username"),
        ("email", "email"),
    ] {
        if let Some(text) = told.as_ref().and_then(|told| told.text(field)) {
            user.set(name, text.as_ref());
        }
    }
    user
}

/// The first record of a query result inside a composite answer, or what was said instead.
fn first_record<'a>(part: &composite::Part<'a>) -> Result<Object<'a>, String> {
    let record = Object::read(part.body)
        .and_then(|page| json::list(page.get("records")?.get())?.first().copied());
    match record.map(RawValue::get).and_then(Object::read) {
        Some(record) if part.status == 200 => Ok(record),
        _ => Err(errors::read(None, part.body).message),
    }
}

/// What is to be told beside the answers.
struct Findings {
    warnings: Vec<Json>,
}

impl Findings {
    fn unknown(&mut self, what: &str, said: &str) {
        let text = format!("{what} could not be read: {said}");
        self.warnings.push(text.as_str().into());
    }

    /// Takes over the warnings of a session or an answer.
    fn adopt(&mut self, more: &More) {
        let list = more.get("warnings").and_then(json::list);
        let warnings = list.into_iter().flatten().map(Json::from);
        self.warnings.extend(warnings);
    }

    fn org(&mut self, record: Result<Object<'_>, String>, c: &Connection) -> More {
        let mut org = More::default();
        if let Some(session) = c.session() {
            org.set("url", session.origin.to_string().as_str());
        }
        match record {
            Ok(record) => {
                for (name, field) in [
                    ("id", "Id"),
                    ("name", "Name"),
                    ("edition", "OrganizationType"),
                    ("sandbox", "IsSandbox"),
                    ("instance", "InstanceName"),
                ] {
                    if let Some(value) = record.get(field) {
                        org.set(name, Json::from(value));
                    }
                }
            }
            Err(said) => self.unknown("the org", &said),
        }
        org
    }

    fn permissions(&mut self, access: Result<Object<'_>, String>, told: &mut More) {
        if let Err(said) = &access {
            self.unknown("the permissions", said);
        }
        let (mut all, mut missing) = (Vec::new(), Vec::new());
        for permission in &PERMISSIONS {
            let mut entry = Members::default()
                .with("name", permission.name)
                .with("neededFor", permission.needed_for);
            let record = access.as_ref().ok();
            let held = record.and_then(|record| json::flag(record.get(permission.field?)?));
            if let Some(held) = held {
                entry.set("held", held);
            }
            if held == Some(false) {
                missing.push(Json::from(permission.name));
            }
            all.push(Json::from(&entry));
        }
        told.set("permissions", &all[..]);
        told.set("missingPermissions", &missing[..]);
    }
}

#[cfg(test)]
mod tests;
