//! Sends requests, and tells for each what became of it.

use super::request::Request;
use super::{Action, repeat, soap};
use crate::actions::{Outcome, Response};
use crate::failure::{Applied, Failure, Kind, code};
use crate::http::Method;
use crate::http::retry::Class;
use crate::json::{self, Json, Members, Object};
use crate::salesforce::soap::partner_path;
use crate::salesforce::{errors, names, paths};
use crate::session::connection::{Ask, Body, Call, Connection};
use crate::session::verdict::Reply;
use serde_json::value::RawValue;

/// Where `more` says what became of each request.
const RESULTS: &str = "results";

/// What became of one request.
enum Done {
    /// It was done; the result as Salesforce sent it.
    Yes(Json),
    /// It was done by an earlier call; a result in the same shape.
    Before(Json),
    /// It was not.
    No(Failure),
}

/// Submits all in one request, and matches the results by record.
pub fn submit_all(c: &mut Connection, call: &mut Call, requests: &[Request]) -> Outcome {
    let action = Action::Submit;
    let reply = match post(c, call, requests) {
        Ok(reply) => reply,
        // One record, or all of them, were refused. For one, it may be for a good reason.
        Err(failure) => match requests {
            [request] => {
                let done = vec![refused(c, call, action, request, failure)];
                return outcome(requests, done, Reply::empty());
            }
            _ => return Err(failure),
        },
    };
    let body = reply.body.clone().unwrap_or_default();
    let results = json::list(&body).ok_or_else(|| not_understood(&reply))?;
    // A single answer to a single request needs no matching.
    let alone = requests.len() == 1 && results.len() == 1;
    let unnamed = results
        .iter()
        .copied()
        .filter(|result| alone || !names_one(result));
    let mut unnamed: Vec<&RawValue> = unnamed.collect();
    unnamed.reverse();
    let mut done = Vec::new();
    for request in requests {
        let found = results
            .iter()
            .copied()
            .find(|result| is_of(result, &request.context_id));
        // A result that names no record is a failed one. Which of several such it is cannot be
        // told, and makes no difference to what was done.
        done.push(match found.or_else(|| unnamed.pop()) {
            Some(result) => settle(c, call, action, request, result, &reply),
            None => {
                let message = "Salesforce answered nothing for this record";
                let failure = Failure::permanent(code::UNKNOWN_ERROR, message);
                Done::No(
                    failure
                        .applied(Applied::Maybe)
                        .answered(reply.status, body.as_bytes()),
                )
            }
        });
    }
    outcome(requests, done, reply)
}

/// Sends one after the other, up to the first failure.
pub fn one_by_one(
    c: &mut Connection,
    call: &mut Call,
    action: Action,
    requests: &[Request],
) -> Outcome {
    let mut done = Vec::new();
    let mut last = Reply::empty();
    for request in requests {
        let became = match post(c, call, std::slice::from_ref(request)) {
            Err(failure) => refused(c, call, action, request, failure),
            Ok(reply) => {
                let body = reply.body.clone().unwrap_or_default();
                let result = json::list(&body).and_then(|results| results.first().copied());
                let became = match result {
                    Some(result) => settle(c, call, action, request, result, &reply),
                    None => Done::No(not_understood(&reply)),
                };
                last = reply;
                became
            }
        };
        let failed = matches!(became, Done::No(_));
        done.push(became);
        if failed {
            break;
        }
    }
    outcome(requests, done, last)
}

/// Recalls a submission: by REST, which does not document it, and where that refuses it by SOAP,
/// which does.
pub fn recall(
    c: &mut Connection,
    call: &mut Call,
    request: &Request,
    comments: Option<&str>,
) -> Outcome {
    let requests = std::slice::from_ref(request);
    let refused = match one_by_one(c, call, Action::Recall, requests) {
        Err(failure) if may_be_unknown(&failure) => failure,
        outcome => return outcome,
    };
    let Some(operation) = soap::recall(&request.context_id, comments) else {
        return Err(refused);
    };
    let path = partner_path(&c.settings().version);
    let ask = Ask::new(Method::Post, &path, Class::Write).with(Body::Soap(&operation));
    let asked = c.ask(call, &ask).and_then(|reply| {
        let body = reply.body.as_deref().unwrap_or_default();
        let result = soap::result(body).ok_or_else(|| not_understood(&reply))?;
        let done = settle(c, call, Action::Recall, request, result.raw(), &reply);
        outcome(requests, vec![done], reply)
    });
    // What REST said is as good, where SOAP does not know better.
    asked.map_err(|failure| match failure.detail.applied {
        Applied::No => refused,
        _ => failure,
    })
}

/// Whether a refusal may be one of the action, and not of the work item or the user.
fn may_be_unknown(failure: &Failure) -> bool {
    let detail = &failure.detail;
    failure.kind == Kind::Permanent
        && detail.applied == Applied::No
        && matches!(detail.status, Some(200 | 400))
        && detail.code != "INVALID_CROSS_REFERENCE_KEY"
}

fn post(c: &mut Connection, call: &mut Call, requests: &[Request]) -> Result<Reply, Failure> {
    let path = paths::approvals(&c.settings().version);
    let bodies: Vec<Json> = requests
        .iter()
        .map(|request| request.body.clone())
        .collect();
    let body = Members::default()
        .with("requests", bodies.as_slice())
        .to_text();
    let ask = Ask::new(Method::Post, &path, Class::Write).with_results();
    c.ask(call, &ask.with_body(body.as_bytes()))
}

fn not_understood(reply: &Reply) -> Failure {
    let message = "Salesforce answered a status of success and no approval results";
    let body = reply.body.as_deref().unwrap_or_default();
    Failure::permanent(code::UNKNOWN_ERROR, message)
        .applied(Applied::Maybe)
        .answered(reply.status, body.as_bytes())
}

/// Whether a result is that of this record. Salesforce answers ids of 18 characters, of which
/// the last three say nothing new.
fn is_of(result: &RawValue, record: &str) -> bool {
    let entity = Object::read(result.get()).and_then(|result| result.text("entityId"));
    entity.is_some_and(|entity| names::same_id(&entity, record))
}

/// Whether a result says which record it is of.
fn names_one(result: &RawValue) -> bool {
    Object::read(result.get()).is_some_and(|result| result.get("entityId").is_some())
}

/// Reads one result of a request that was answered with success.
fn settle(
    c: &mut Connection,
    call: &mut Call,
    action: Action,
    request: &Request,
    result: &RawValue,
    reply: &Reply,
) -> Done {
    let read = Object::read(result.get());
    // Recorded answers have it as a string, too.
    let success = read
        .as_ref()
        .and_then(|read| read.get("success"))
        .map(RawValue::get);
    if matches!(success, Some("true" | "\"true\"")) {
        return Done::Yes(result.into());
    }
    let errors = read.and_then(|read| read.get("errors"));
    let found = errors::read(None, errors.map(RawValue::get).unwrap_or_default());
    if !found.understood {
        return Done::No(not_understood(reply));
    }
    let hint = errors::hint(&found.code);
    let mut failure = Failure::permanent(found.code, found.message).hinted(hint);
    if let Some(errors) = errors {
        failure = failure.with("errors", errors);
    }
    refused(
        c,
        call,
        action,
        request,
        failure.answered(reply.status, result.get().as_bytes()),
    )
}

/// Tells a request that was refused because it had been done before from one that failed. A
/// failure to find out is not one of the request: what Salesforce said of it stands.
fn refused(
    c: &mut Connection,
    call: &mut Call,
    action: Action,
    request: &Request,
    failure: Failure,
) -> Done {
    match repeat::done_before(c, call, action, &request.context_id, &failure) {
        Some(result) => Done::Before(result),
        None => Done::No(failure),
    }
}

/// The response, where all was done; otherwise the failure, which says what was.
fn outcome(requests: &[Request], done: Vec<Done>, reply: Reply) -> Outcome {
    let mut results = Vec::new();
    let mut told = Vec::new();
    let mut first: Option<Failure> = None;
    let (mut applied, mut repeated) = (0, false);
    for (request, became) in requests.iter().zip(done) {
        let said = Members::default().with("contextId", request.context_id.as_str());
        told.push(Json::from(&match became {
            Done::Yes(result) => {
                applied += 1;
                results.push(result.clone());
                said.with("success", true).with("result", result.raw())
            }
            Done::Before(result) => {
                repeated = true;
                results.push(result.clone());
                said.with("success", true)
                    .with("repeated", true)
                    .with("result", result.raw())
            }
            Done::No(failure) => {
                let said = said
                    .with("success", false)
                    .with("code", failure.detail.code.as_ref())
                    .with("message", failure.detail.message.as_str());
                first.get_or_insert(failure);
                said
            }
        }));
    }
    if let Some(mut failure) = first {
        if requests.len() > 1 {
            failure.detail.more.set(RESULTS, told.as_slice());
        }
        if applied > 0 {
            // Another call would do again what is done.
            failure = failure.applied(Applied::Partly).permanently();
        }
        return Err(failure);
    }
    let mut more = reply.more;
    if repeated {
        more.set("repeated", true);
    }
    let body = Json::from(results.as_slice()).text().to_owned();
    Ok(Response {
        status: reply.status,
        body: Some(body),
        more,
    })
}
