//! Approval processes: the interface `approvals`.

use super::bindings::exports::connector::salesforce::approvals as wit_interface;
use super::{Component, run, wit};
use crate::actions::approvals;

impl wit_interface::Guest for Component {
    fn submit(payload: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::submit(c, &payload, options)
        })
    }

    fn approve(payload: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::approve(c, &payload, options)
        })
    }

    fn reject(payload: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::reject(c, &payload, options)
        })
    }

    fn definitions(options: Option<String>) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::definitions(c, options)
        })
    }

    fn inbox(
        actor: Option<String>,
        record: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::inbox(c, actor.as_deref(), record.as_deref(), options)
        })
    }

    fn history(record: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::history(c, &record, options)
        })
    }

    fn approve_record(
        record: String,
        comments: Option<String>,
        actor: Option<String>,
        next: Vec<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::approve_record(
                c,
                &record,
                comments.as_deref(),
                actor.as_deref(),
                &next,
                options,
            )
        })
    }

    fn reject_record(
        record: String,
        comments: Option<String>,
        actor: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::reject_record(c, &record, comments.as_deref(), actor.as_deref(), options)
        })
    }

    fn recall(
        record: String,
        comments: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            approvals::recall(c, &record, comments.as_deref(), options)
        })
    }
}
