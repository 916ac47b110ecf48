//! Approval processes: the interface `approvals`.

mod inbox;
mod process;
mod repeat;
mod request;
mod soap;

pub use inbox::{approve_record, history, inbox, recall, reject_record};
pub use request::check_payload;

use super::{Outcome, Response};
use crate::actions::options::Options;
use crate::http::Method;
use crate::http::retry::Class;
use crate::salesforce::paths;
use crate::session::connection::{Ask, Connection};
use process::{one_by_one, submit_all};
use request::requests;

/// Parameters, as failures and the dynamic face name them.
pub mod parameter {
    /// The requests of a submission, an approval or a rejection.
    pub const PAYLOAD: &str = "salesforcePayload";
    /// The id of the record.
    pub const SOBJECT_ID: &str = "SObjectId";
    /// Who is to decide.
    pub const ACTOR_ID: &str = "actorId";
    /// What the person says.
    pub const COMMENTS: &str = "comments";
    /// Who decides next.
    pub const NEXT_APPROVER_IDS: &str = "nextApproverIds";
}

/// What is done to a record or a work item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A record is submitted.
    Submit,
    /// A work item is approved.
    Approve,
    /// A work item is rejected.
    Reject,
    /// A submission is recalled.
    Recall,
}

impl Action {
    /// The `actionType` of a request.
    pub fn name(self) -> &'static str {
        match self {
            Action::Submit => "Submit",
            Action::Approve => "Approve",
            Action::Reject => "Reject",
            Action::Recall => "Removed",
        }
    }

    /// The `StepStatus` that it leaves behind.
    pub fn step(self) -> &'static str {
        match self {
            Action::Submit => "Started",
            Action::Approve => "Approved",
            Action::Reject => "Rejected",
            Action::Recall => "Removed",
        }
    }
}

/// Submits records: `POST /process/approvals/`.
pub fn submit(c: &mut Connection, payload: &str, options: Options) -> Outcome {
    let requests = requests(Action::Submit, payload)?;
    let mut call = c.begin(options.headers, options.deadline_ms);
    submit_all(c, &mut call, &requests)
}

/// Approves work items: `POST /process/approvals/` for each.
pub fn approve(c: &mut Connection, payload: &str, options: Options) -> Outcome {
    decide(c, Action::Approve, payload, options)
}

/// Rejects work items: `POST /process/approvals/` for each.
pub fn reject(c: &mut Connection, payload: &str, options: Options) -> Outcome {
    decide(c, Action::Reject, payload, options)
}

fn decide(c: &mut Connection, action: Action, payload: &str, options: Options) -> Outcome {
    let requests = requests(action, payload)?;
    let mut call = c.begin(options.headers, options.deadline_ms);
    one_by_one(c, &mut call, action, &requests)
}

/// The approval processes of the org: `GET /process/approvals/`.
pub fn definitions(c: &mut Connection, options: Options) -> Outcome {
    let path = paths::approvals(&c.settings().version);
    let mut call = c.begin(options.headers, options.deadline_ms);
    let ask = Ask::new(Method::Get, &path, Class::Read);
    c.ask(&mut call, &ask).map(Response::from)
}

#[cfg(test)]
mod tests;
