//! What waits for approval, what was decided, and decisions by the record.

use super::parameter::{ACTOR_ID, NEXT_APPROVER_IDS, SOBJECT_ID};
use super::process::{one_by_one, recall as recall_item};
use super::repeat::{last_step, rows};
use super::request::Request;
use super::{Action, parameter};
use crate::actions::options::Options;
use crate::actions::query::paged;
use crate::actions::{Outcome, Response};
use crate::failure::Failure;
use crate::json::{Json, Members, More, Object};
use crate::salesforce::{names, paths};
use crate::session::connection::{Ask, Call, Connection};

/// What a row of the inbox has.
const WORK_ITEM: &str = "Id, ActorId, Actor.Name, OriginalActorId, CreatedDate, \
    ElapsedTimeInDays, ElapsedTimeInHours, ElapsedTimeInMinutes, ProcessInstanceId, \
    ProcessInstance.TargetObjectId, ProcessInstance.TargetObject.Type, \
    ProcessInstance.TargetObject.Name, ProcessInstance.Status, \
    ProcessInstance.ProcessDefinition.DeveloperName, ProcessInstance.ProcessDefinition.Name, \
    ProcessInstance.SubmittedById, ProcessInstance.SubmittedBy.Name";

/// What a row of the history has.
const STEP: &str = "Id, StepStatus, Comments, ActorId, Actor.Name, OriginalActorId, CreatedDate, \
    ElapsedTimeInDays, ProcessInstanceId, ProcessInstance.Status, ProcessInstance.SubmittedById, \
    ProcessInstance.SubmittedBy.Name, ProcessInstance.ProcessDefinition.DeveloperName, \
    ProcessInstance.ProcessDefinition.Name";

/// What waits for approval: `ProcessInstanceWorkitem`.
pub fn inbox(
    c: &mut Connection,
    actor: Option<&str>,
    record: Option<&str>,
    options: Options,
) -> Outcome {
    let mut call = c.begin(options.headers, options.deadline_ms);
    let soql = work_items(actor, record)?;
    read(c, &mut call, &soql)
}

/// The query of the work items of a person, a record, or both.
fn work_items(actor: Option<&str>, record: Option<&str>) -> Result<String, Failure> {
    let mut conditions = Vec::new();
    if let Some(actor) = actor {
        names::check_id(ACTOR_ID, actor)?;
        conditions.push(format!("ActorId = '{actor}'"));
    }
    if let Some(record) = record {
        names::check_id(SOBJECT_ID, record)?;
        conditions.push(format!("ProcessInstance.TargetObjectId = '{record}'"));
    }
    let condition = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    };
    Ok(format!(
        "SELECT {WORK_ITEM} FROM ProcessInstanceWorkitem{condition} ORDER BY Id"
    ))
}

/// The approval steps of a record: `ProcessInstanceStep`.
pub fn history(c: &mut Connection, record: &str, options: Options) -> Outcome {
    names::check_id(SOBJECT_ID, record)?;
    let mut call = c.begin(options.headers, options.deadline_ms);
    let soql = format!(
        "SELECT {STEP} FROM ProcessInstanceStep \
         WHERE ProcessInstance.TargetObjectId = '{record}' ORDER BY CreatedDate, Id"
    );
    read(c, &mut call, &soql)
}

fn read(c: &mut Connection, call: &mut Call, soql: &str) -> Outcome {
    let path = paths::query(&c.settings().version, soql, false);
    paged(c.ask(call, &Ask::page(&path, usize::MAX))?)
}

/// Approves the work item of a record.
pub fn approve_record(
    c: &mut Connection,
    record: &str,
    comments: Option<&str>,
    actor: Option<&str>,
    next: &[String],
    options: Options,
) -> Outcome {
    for id in next {
        names::check_id(NEXT_APPROVER_IDS, id)?;
    }
    decide(c, Action::Approve, record, comments, actor, next, options)
}

/// Rejects the work item of a record.
pub fn reject_record(
    c: &mut Connection,
    record: &str,
    comments: Option<&str>,
    actor: Option<&str>,
    options: Options,
) -> Outcome {
    decide(c, Action::Reject, record, comments, actor, &[], options)
}

/// Recalls the submission of a record.
pub fn recall(
    c: &mut Connection,
    record: &str,
    comments: Option<&str>,
    options: Options,
) -> Outcome {
    decide(c, Action::Recall, record, comments, None, &[], options)
}

fn decide(
    c: &mut Connection,
    action: Action,
    record: &str,
    comments: Option<&str>,
    actor: Option<&str>,
    next: &[String],
    options: Options,
) -> Outcome {
    names::check_id(SOBJECT_ID, record)?;
    let soql = work_items(actor, Some(record))?;
    let mut call = c.begin(options.headers, options.deadline_ms);
    let found = read(c, &mut call, &soql)?;
    let body = found.body.unwrap_or_default();
    let items = rows(&body).unwrap_or_default();
    let mut ids = items.iter().filter_map(|item| item.text(&["Id"]));
    // Any one of them recalls the whole submission.
    let alone = items.len() == 1 || action == Action::Recall;
    let Some(id) = ids.next().filter(|_| alone) else {
        if items.is_empty()
            && let Some(result) = last_step(c, &mut call, action, record)
        {
            let more = More::default().with("repeated", true);
            let more = more.with("attempts", u64::from(call.attempts()));
            let body = Json::from(&[result][..]).text().to_owned();
            return Ok(Response {
                status: found.status,
                body: Some(body),
                more,
            });
        }
        return Err(undecided(items.len(), &body));
    };
    let mut request = Members::default()
        .with("actionType", action.name())
        .with("contextId", id.as_str());
    if let Some(comments) = comments {
        request.set(parameter::COMMENTS, comments);
    }
    if !next.is_empty() {
        let ids: Vec<Json> = next.iter().map(|id| Json::from(id.as_str())).collect();
        request.set(NEXT_APPROVER_IDS, ids.as_slice());
    }
    let request = Request {
        context_id: id,
        body: Json::from(&request),
    };
    match action {
        Action::Recall => recall_item(c, &mut call, &request, comments),
        _ => one_by_one(c, &mut call, action, &[request]),
    }
}

/// None or several work items: which of them is not for the connector to decide.
fn undecided(count: usize, body: &str) -> Failure {
    let expected = match count {
        0 => "a record that waits for approval; nothing waits for this one".to_owned(),
        several => format!(
            "a record with one work item; {several} wait for this one, so name whose it is in \
             {ACTOR_ID}, or decide on a work item by its id"
        ),
    };
    let failure = Failure::invalid_input(SOBJECT_ID, &expected);
    let list = Object::read(body).and_then(|body| body.get("records"));
    match list {
        Some(list) => failure.with("workItems", list),
        None => failure,
    }
}
