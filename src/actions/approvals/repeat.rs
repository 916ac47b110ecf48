//! Whether a request was refused because it had been done before: read from the state of the
//! process.

use super::Action;
use crate::failure::{Applied, Failure};
use crate::http::Method;
use crate::http::retry::Class;
use crate::json::{self, Json, Members, Object};
use crate::salesforce::{names, paths};
use crate::session::connection::{Ask, Call, Connection};

/// A row of a query result, with the objects below it.
pub struct Row<'a>(Object<'a>);

impl Row<'_> {
    /// The text at a path of names.
    pub fn text(&self, path: &[&str]) -> Option<String> {
        let (name, parents) = path.split_last()?;
        let Some((first, rest)) = parents.split_first() else {
            return self.0.text(name).map(|text| text.into_owned());
        };
        let below = Row(Object::read(self.0.get(first)?.get())?);
        let path: Vec<&str> = rest.iter().chain([name]).copied().collect();
        below.text(&path)
    }
}

/// The rows of a query result; none where it is none.
pub fn rows(body: &str) -> Option<Vec<Row<'_>>> {
    let records = json::list(Object::read(body)?.get("records")?.get())?;
    records
        .into_iter()
        .map(|row| Object::read(row.get()).map(Row))
        .collect()
}

/// The result of a request that was done by an earlier call; none where it was not, or where
/// that cannot be found out.
pub fn done_before(
    c: &mut Connection,
    call: &mut Call,
    action: Action,
    context: &str,
    failure: &Failure,
) -> Option<Json> {
    let told = match action {
        Action::Submit => failure.detail.code == "ALREADY_IN_PROCESS",
        _ => failure.detail.code == "INVALID_CROSS_REFERENCE_KEY",
    };
    if !told || failure.detail.applied != Applied::No {
        return None;
    }
    match action {
        Action::Submit => submitted(c, call, context),
        _ => {
            let record = record_of(c, call, context)?;
            last_step(c, call, action, &record)
        }
    }
}

/// The submission that is pending for a record, where this user made it.
fn submitted(c: &mut Connection, call: &mut Call, record: &str) -> Option<Json> {
    let soql = format!(
        "SELECT Id, ActorId, ProcessInstanceId, ProcessInstance.Status, \
         ProcessInstance.TargetObjectId, ProcessInstance.SubmittedById \
         FROM ProcessInstanceWorkitem WHERE ProcessInstance.TargetObjectId = '{record}' \
         ORDER BY Id"
    );
    let body = query(c, call, &soql, false)?;
    let rows = rows(&body)?;
    let me = me(c, call)?;
    let first = rows.first()?;
    let submitter = first.text(&["ProcessInstance", "SubmittedById"])?;
    if !names::same_id(&submitter, &me) {
        return None;
    }
    let texts = |name: &str| -> Vec<Json> {
        rows.iter()
            .filter_map(|row| row.text(&[name]))
            .map(|id| Json::from(id.as_str()))
            .collect()
    };
    Some(result(
        &texts("ActorId"),
        &first.text(&["ProcessInstance", "TargetObjectId"])?,
        &first.text(&["ProcessInstanceId"])?,
        &first.text(&["ProcessInstance", "Status"])?,
        &texts("Id"),
    ))
}

/// The record of a work item that is gone. Orgs keep work items that were decided as deleted
/// rows; one that does not has nothing to tell.
fn record_of(c: &mut Connection, call: &mut Call, work_item: &str) -> Option<String> {
    let soql = format!(
        "SELECT Id, ProcessInstance.TargetObjectId FROM ProcessInstanceWorkitem \
         WHERE Id = '{work_item}'"
    );
    let body = query(c, call, &soql, true)?;
    rows(&body)?
        .first()?
        .text(&["ProcessInstance", "TargetObjectId"])
}

/// The last step of a record's approval, where it is this action and this user took it.
pub fn last_step(
    c: &mut Connection,
    call: &mut Call,
    action: Action,
    record: &str,
) -> Option<Json> {
    let soql = format!(
        "SELECT Id, StepStatus, ActorId, ProcessInstanceId, ProcessInstance.Status, \
         ProcessInstance.TargetObjectId FROM ProcessInstanceStep \
         WHERE ProcessInstance.TargetObjectId = '{record}' ORDER BY CreatedDate DESC, Id DESC \
         LIMIT 1"
    );
    let body = query(c, call, &soql, false)?;
    let rows = rows(&body)?;
    let step = rows.first()?;
    if step.text(&["StepStatus"])? != action.step() {
        return None;
    }
    let me = me(c, call)?;
    if !names::same_id(&step.text(&["ActorId"])?, &me) {
        return None;
    }
    Some(result(
        &[],
        &step.text(&["ProcessInstance", "TargetObjectId"])?,
        &step.text(&["ProcessInstanceId"])?,
        &step.text(&["ProcessInstance", "Status"])?,
        &[],
    ))
}

/// A result in the shape of Salesforce's own.
fn result(actors: &[Json], record: &str, instance: &str, status: &str, items: &[Json]) -> Json {
    let result = Members::default()
        .with("actorIds", actors)
        .with("entityId", record)
        .with("instanceId", instance)
        .with("instanceStatus", status)
        .with("newWorkitemIds", items)
        .with("success", true);
    Json::from(&result)
}

fn query(c: &mut Connection, call: &mut Call, soql: &str, deleted: bool) -> Option<String> {
    let path = paths::query(&c.settings().version, soql, deleted);
    let ask = Ask::new(Method::Get, &path, Class::Read);
    c.ask(call, &ask).ok()?.body
}

/// The user of the session: as the login said, or else as the org says.
fn me(c: &mut Connection, call: &mut Call) -> Option<String> {
    let identity = c.session().and_then(|session| session.more.value("id"));
    if let Some(identity) = identity.and_then(|id| json::text(id.raw())) {
        return identity.rsplit('/').next().map(str::to_owned);
    }
    let ask = Ask::new(Method::Get, paths::USER_INFO, Class::Read);
    let body = c.ask(call, &ask).ok()?.body?;
    Object::read(&body)?
        .text("user_id")
        .map(|id| id.into_owned())
}
