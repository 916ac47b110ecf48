//! Approval processes: the interface `approvals`.

use super::{Answer, Instance, explain};
use crate::error::Error;
use crate::wit::Response;
use tokio::time::timeout;

impl Instance {
    /// `approvals.submit`: submits records for approval.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn submit(&mut self, payload: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_submit(&payload.to_owned(), options.as_ref())
        )
    }

    /// `approvals.approve`: approves work items.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn approve(&mut self, payload: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_approve(&payload.to_owned(), options.as_ref())
        )
    }

    /// `approvals.reject`: rejects work items.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn reject(&mut self, payload: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_reject(&payload.to_owned(), options.as_ref())
        )
    }

    /// `approvals.definitions`: the approval processes of the org.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn definitions(&mut self, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_definitions(options.as_ref())
        )
    }

    /// `approvals.inbox`: what waits for a person, or of a record.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn inbox(
        &mut self,
        actor: Option<&str>,
        record: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_inbox(actor, record, options.as_ref())
        )
    }

    /// `approvals.history`: the approval steps of a record.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn history(&mut self, record: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_history(record, options.as_ref())
        )
    }

    /// `approvals.approve-record`: approves the work item of a record.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn approve_record(
        &mut self,
        record: &str,
        comments: Option<&str>,
        actor: Option<&str>,
        next: &[String],
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_approve_record(
                record,
                comments,
                actor,
                next,
                options.as_ref()
            )
        )
    }

    /// `approvals.reject-record`: rejects the work item of a record.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn reject_record(
        &mut self,
        record: &str,
        comments: Option<&str>,
        actor: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_reject_record(
                record,
                comments,
                actor,
                options.as_ref()
            )
        )
    }

    /// `approvals.recall`: takes back the submission of a record.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn recall(
        &mut self,
        record: &str,
        comments: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_approvals.call_recall(record, comments, options.as_ref())
        )
    }
}
