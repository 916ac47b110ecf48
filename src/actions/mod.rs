//! What the connector does for its callers, one file per WIT interface.

pub mod approvals;
pub mod custom_objects;
pub mod options;
pub mod query;
pub mod records;

use crate::failure::Failure;
use crate::json::More;
use crate::session::verdict::Reply;

/// An answer of Salesforce with a status that means success.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body as it came; none where there is none.
    pub body: Option<String>,
    /// What the connector noticed.
    pub more: More,
}

impl From<Reply> for Response {
    fn from(reply: Reply) -> Self {
        Response {
            status: reply.status,
            body: reply.body,
            more: reply.more,
        }
    }
}

/// What every action answers.
pub type Outcome = Result<Response, Failure>;
