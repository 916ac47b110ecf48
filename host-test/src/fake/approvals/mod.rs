//! `/process/approvals/`: records wait for people, who approve or reject them step by step.

mod action;
mod objects;
mod process;
mod request;

pub use objects::objects;
pub use process::Processes;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::errors::ApiError;
use super::reply::Reply;
use super::store::{ObjectRef, Store};
use request::{Action, Request};

/// `GET /process/approvals/`: the processes of each object, not what waits in them.
pub fn list(processes: &Processes) -> Reply {
    let mut objects: Map<String, Value> = Map::new();
    for (at, process) in processes.all().iter().enumerate() {
        let before = processes.all().iter().take(at);
        let place = 1 + before
            .filter(|other| other.object == process.object)
            .count();
        let shown = json!({
            "description": process.description,
            // The only ids that the reference prints with 15 characters.
            "id": process.id.get(..15),
            "name": process.name,
            "object": process.object,
            "sortOrder": place,
        });
        match objects.get_mut(&process.object) {
            Some(Value::Array(list)) => list.push(shown),
            _ => {
                objects.insert(process.object.clone(), json!([shown]));
            }
        }
    }
    Reply::json(200, json!({"approvals": objects}))
}

/// `POST /process/approvals/`. Each request stands for itself: what succeeded stays.
pub fn act(store: &mut Store, processes: &Processes, call: &mut Call) -> Result<Reply, ApiError> {
    let requests = request::read(call.take_object()?)?;
    let mut results: Vec<(bool, Result<Value, ApiError>)> = Vec::new();
    for request in &requests {
        results.push((
            request.action == Action::Submit,
            run(store, processes, request),
        ));
    }
    // The official example answers decisions first and submissions in reverse.
    let (submitted, mut ordered): (Vec<_>, Vec<_>) =
        results.into_iter().partition(|(submit, _)| *submit);
    ordered.extend(submitted.into_iter().rev());
    Ok(answer(
        ordered.into_iter().map(|(_, result)| result).collect(),
    ))
}

fn run(store: &mut Store, processes: &Processes, request: &Request) -> Result<Value, ApiError> {
    match request.action {
        Action::Submit => action::submit(store, processes, request),
        Action::Approve | Action::Reject | Action::Remove => {
            action::decide(store, processes, request)
        }
    }
}

/// The status of failures is not documented. This is the only place that decides it: 400 with the
/// usual array where all failed, 200 with `success: false` among the others where some did. A
/// failed result then has nothing to tell it by, as results of SOAP's `process()` do.
fn answer(results: Vec<Result<Value, ApiError>>) -> Reply {
    if !results.is_empty() && results.iter().all(Result::is_err) {
        let errors = results.into_iter().filter_map(Result::err);
        return Reply::json(400, errors.map(|error| error.shown()).collect());
    }
    let shown = results.into_iter().map(|result| {
        result.unwrap_or_else(|error| {
            json!({
                "actorIds": null,
                "entityId": null,
                "errors": [error.in_result()],
                "instanceId": null,
                "instanceStatus": null,
                "newWorkitemIds": null,
                "success": false,
            })
        })
    });
    Reply::json(200, shown.collect())
}

/// Whether a record waits for an approval, which locks it. Here it locks it for everybody.
pub fn is_pending(store: &Store, id: &str) -> bool {
    pending(store, id).is_some()
}

fn pending(store: &Store, id: &str) -> Option<(ObjectRef, usize)> {
    let object = store.object("ProcessInstance")?;
    let table = store.table(object);
    let target = table.schema.find("TargetObjectId")?;
    let status = table.schema.find("Status")?;
    let row = table
        .records()
        .iter()
        .position(|record| record.text(target) == id && record.text(status) == "Pending")?;
    Some((object, row))
}
