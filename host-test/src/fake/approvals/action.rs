//! Submitting, approving, rejecting and recalling.

use serde_json::{Value, json};

use super::process::{Approver, Process, Processes};
use super::request::{Action, Request};
use crate::fake::errors::ApiError;
use crate::fake::store::{ObjectRef, Store};
use crate::fake::{clock, ids};

/// Hands a record in: an instance, its first step and a work item for each approver.
pub fn submit(
    store: &mut Store,
    processes: &Processes,
    request: &Request,
) -> Result<Value, ApiError> {
    let target = record(store, &request.context)?;
    if super::is_pending(store, &target.2) {
        let message = "This record is currently in an approval process. A record can be in only one approval \
                       process at a time.";
        return Err(ApiError::new(400, "ALREADY_IN_PROCESS", message).on(&[]));
    }
    let submitter = match &request.submitter {
        Some(id) => user(store, id)?,
        None => store.user.clone(),
    };
    let process = choose(store, processes, request, &target)?;
    let actors = actors(store, process, 0, &request.next, &submitter)?;
    let instance = insert(
        store,
        "ProcessInstance",
        &[
            ("ProcessDefinitionId", json!(process.id)),
            ("TargetObjectId", json!(target.2)),
            ("Status", json!("Pending")),
            ("SubmittedById", json!(submitter)),
            ("LastActorId", json!(submitter)),
        ],
    )?;
    history(
        store,
        &instance,
        (&submitter, &submitter),
        "Started",
        request,
    )?;
    let items = work_items(store, &instance, &actors)?;
    Ok(result((&target.2, &instance), "Pending", &actors, &items))
}

/// Approves, rejects or recalls by a work item.
pub fn decide(
    store: &mut Store,
    processes: &Processes,
    request: &Request,
) -> Result<Value, ApiError> {
    let malformed = || ApiError::malformed_id("Context", &request.context, "contextId");
    let id = ids::parse(&request.context).ok_or_else(malformed)?;
    // A record in place of its work item, or a work item that is done with: there is no such item.
    let gone = || ApiError::cross_reference(400, &[]);
    let items = store.object("ProcessInstanceWorkitem").ok_or_else(gone)?;
    let row = store.table(items).find(&id).ok_or_else(gone)?;
    let item = (items, row);
    if store.table(items).record(row).ok_or_else(gone)?.deleted() {
        return Err(gone());
    }
    let actor = store.text(item, "ActorId").to_owned();
    if request.action != Action::Remove && actor != store.user {
        let message = "insufficient access rights on cross-reference id";
        let code = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY";
        return Err(ApiError::new(400, code, message).on(&[]));
    }
    let instances = store.object("ProcessInstance").ok_or_else(gone)?;
    let id = store.text(item, "ProcessInstanceId").to_owned();
    let instance = (
        instances,
        store.table(instances).find(&id).ok_or_else(gone)?,
    );
    let process = store.text(instance, "ProcessDefinitionId");
    let process = processes.by_id(process).ok_or_else(gone)?;
    let target = store.text(instance, "TargetObjectId").to_owned();
    let submitter = store.text(instance, "SubmittedById").to_owned();
    let (status, next) = match request.action {
        Action::Reject => ("Rejected", None),
        Action::Remove => ("Removed", None),
        Action::Approve | Action::Submit => {
            let step = passed(store, &id) + 1;
            let more = step < process.steps.len();
            let next = more.then(|| actors(store, process, step, &request.next, &submitter));
            ("Approved", next.transpose()?)
        }
    };
    let user = store.user.clone();
    history(store, &id, (&actor, &user), status, request)?;
    let assigned = store.table(items).schema.find("ProcessInstanceId");
    for row in assigned
        .map(|at| store.table(items).matching(at, &id))
        .unwrap_or_default()
    {
        store.delete(items, row)?;
    }
    let Some(next) = next else {
        finish(store, instance, status, &user);
        return Ok(result((&target, &id), status, &[], &[]));
    };
    let last = store.places(instances, &[("LastActorId", json!(user))]);
    store.update(instances, instance.1, last);
    let items = work_items(store, &id, &next)?;
    Ok(result((&target, &id), "Pending", &next, &items))
}

/// The object, the place and the id of a live record.
fn record(store: &Store, id: &str) -> Result<(ObjectRef, usize, String), ApiError> {
    let malformed = || ApiError::malformed_id("Context", id, "contextId");
    let id = ids::parse(id).ok_or_else(malformed)?;
    let gone = || ApiError::cross_reference(400, &[]);
    let object = store.object_of(&id).ok_or_else(gone)?;
    let row = store.table(object).find(&id).ok_or_else(gone)?;
    match store.table(object).record(row) {
        Some(record) if record.deleted() => Err(ApiError::deleted(400)),
        _ => Ok((object, row, id)),
    }
}

fn user(store: &Store, id: &str) -> Result<String, ApiError> {
    let (object, _, id) = record(store, id)?;
    if store.table(object).schema.name == "User" {
        Ok(id)
    } else {
        Err(ApiError::cross_reference(400, &[]))
    }
}

/// The process that is named, or the first one that wants the record.
fn choose<'a>(
    store: &Store,
    processes: &'a Processes,
    request: &Request,
    (object, row, _): &(ObjectRef, usize, String),
) -> Result<&'a Process, ApiError> {
    let table = store.table(*object);
    // That a name nobody knows has this code as well is not verified.
    let none = || {
        let message = "No applicable approval process was found.";
        ApiError::new(400, "NO_APPLICABLE_PROCESS", message).on(&[])
    };
    let record = table.record(*row).ok_or_else(none)?;
    let enters = |process: &Process, named| {
        let object = &process.object;
        process
            .entry
            .is_none_or(|entry| entry.accepts(store, object, record, named))
    };
    let mut of_object = processes
        .all()
        .iter()
        .filter(|process| process.object == table.schema.name);
    let chosen = match &request.process {
        Some(wanted) => {
            let id = ids::parse(wanted);
            of_object.find(|process| {
                let named = process.developer_name.eq_ignore_ascii_case(wanted)
                    || Some(&process.id) == id.as_ref();
                named && (request.skip_entry || enters(process, true))
            })
        }
        None => of_object.find(|process| enters(process, false)),
    };
    chosen.ok_or_else(none)
}

/// Who decides in a step.
fn actors(
    store: &Store,
    process: &Process,
    step: usize,
    chosen: &[String],
    submitter: &str,
) -> Result<Vec<String>, ApiError> {
    if !chosen.is_empty() {
        return chosen.iter().map(|id| user(store, id)).collect();
    }
    match process.steps.get(step) {
        Some(Approver::Manager) => {
            let users = store.object("User");
            let place = users.and_then(|users| Some((users, store.table(users).find(submitter)?)));
            let manager = place.map_or("", |place| store.text(place, "ManagerId"));
            if manager.is_empty() {
                let message = "Unable to submit for approval: manager undefined.";
                return Err(ApiError::new(400, "MANAGER_NOT_DEFINED", message).on(&[]));
            }
            Ok(vec![manager.to_owned()])
        }
        _ => Ok(vec![store.user.clone()]),
    }
}

/// How many steps of an instance are approved.
fn passed(store: &Store, instance: &str) -> usize {
    let Some(steps) = store.object("ProcessInstanceStep") else {
        return 0;
    };
    let rows = 0..store.table(steps).records().len();
    rows.filter(|row| {
        store.text((steps, *row), "ProcessInstanceId") == instance
            && store.text((steps, *row), "StepStatus") == "Approved"
    })
    .count()
}

fn work_items(
    store: &mut Store,
    instance: &str,
    actors: &[String],
) -> Result<Vec<String>, ApiError> {
    let mut items = Vec::new();
    for actor in actors {
        let fields = [
            ("ProcessInstanceId", json!(instance)),
            ("OriginalActorId", json!(actor)),
            ("ActorId", json!(actor)),
        ];
        items.push(insert(store, "ProcessInstanceWorkitem", &fields)?);
    }
    Ok(items)
}

fn history(
    store: &mut Store,
    instance: &str,
    (assigned, actor): (&str, &str),
    status: &str,
    request: &Request,
) -> Result<(), ApiError> {
    let fields = [
        ("ProcessInstanceId", json!(instance)),
        ("OriginalActorId", json!(assigned)),
        ("ActorId", json!(actor)),
        ("StepStatus", json!(status)),
        ("Comments", json!(request.comments)),
    ];
    insert(store, "ProcessInstanceStep", &fields).map(|_| ())
}

fn finish(store: &mut Store, instance: (ObjectRef, usize), status: &str, actor: &str) {
    let now = clock::now();
    let began = clock::seconds(store.text(instance, "CreatedDate")).unwrap_or(now);
    // Whole seconds of a fake's life: no rounding to speak of.
    let minutes = f64::from(u32::try_from(now - began).unwrap_or_default()) / 60.0;
    let fields = [
        ("Status", json!(status)),
        ("CompletedDate", json!(clock::datetime(now))),
        ("LastActorId", json!(actor)),
        ("ElapsedTimeInMinutes", json!(minutes)),
        ("ElapsedTimeInHours", json!(minutes / 60.0)),
        ("ElapsedTimeInDays", json!(minutes / 60.0 / 24.0)),
    ];
    let fields = store.places(instance.0, &fields);
    store.update(instance.0, instance.1, fields);
}

fn insert(store: &mut Store, object: &str, fields: &[(&str, Value)]) -> Result<String, ApiError> {
    let object = store.object(object).ok_or_else(ApiError::not_found)?;
    let fields = store.places(object, fields);
    Ok(store.insert(object, fields, clock::now()))
}

/// The keys in the order of the official example.
fn result(
    (entity, instance): (&str, &str),
    status: &str,
    actors: &[String],
    items: &[String],
) -> Value {
    let actors = (!actors.is_empty()).then_some(actors);
    json!({
        "actorIds": actors,
        "entityId": entity,
        "errors": null,
        "instanceId": instance,
        "instanceStatus": status,
        "newWorkitemIds": items,
        "success": true,
    })
}
