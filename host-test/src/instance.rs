//! An instance: one connection to one Salesforce org.

use crate::error::Error;
use crate::host::{Host, State};
use crate::limits::Usage;
use crate::trace::{Exchange, Trace};
use crate::wit::{Action, Authorization, Connector, Failure, Grant, Response, Setting, Start};
use std::fmt;
use std::sync::Arc;
use tokio::time::timeout;
use wasmtime::{Store, Trap};

/// One connection to one Salesforce org. It logs in when it has to and keeps its session.
///
/// Each function answers in two layers: an [`Error`] says that the host ended the call or the
/// component broke down, and the instance is lost; a [`Failure`] is the answer of the connector.
/// Once lost, an instance answers [`Error::Lost`]. Dropping the future of a call before its end
/// loses the instance, too.
///
/// A call needs `&mut`, so calls of one instance do not overlap. Start several instances for
/// work that should.
pub struct Instance {
    host: Host,
    live: Option<Live>,
    trace: Trace,
    usage: Arc<Usage>,
    fuel_used: Option<u64>,
}

/// What a call needs, and what is gone after a call that did not end well.
struct Live {
    store: Store<State>,
    connector: Connector,
}

/// The outer layer is the host's, the inner one the connector's.
type Answer<T> = Result<Result<T, Failure>, Error>;

/// Calls one exported function within the limits.
macro_rules! call {
    ($self:ident, $interface:ident.$function:ident($($argument:expr),*)) => {{
        // Taken out, and put back only after a good end.
        let mut live = $self.live.take().ok_or(Error::Lost)?;
        $self.refuel(&mut live)?;
        let deadline = $self.host.limits().deadline;
        let interface = live.connector.$interface();
        let outcome =
            timeout(deadline, interface.$function(&mut live.store, $($argument),*)).await;
        $self.fuel_used = $self.burnt(&live);
        match outcome {
            Ok(Ok(answer)) => {
                $self.live = Some(live);
                Ok(answer)
            }
            Ok(Err(error)) => Err(explain(&$self.host, &$self.usage, &error)),
            Err(_) => Err(Error::Deadline(deadline)),
        }
    }};
}

impl Instance {
    /// Starts the component in a new store.
    pub(crate) async fn start(
        host: Host,
        mut store: Store<State>,
        trace: Trace,
        usage: Arc<Usage>,
    ) -> Result<Self, Error> {
        let deadline = host.limits().deadline;
        let connector = match timeout(deadline, host.instantiate(&mut store)).await {
            Ok(Ok(connector)) => connector,
            Ok(Err(error)) => return Err(explain(&host, &usage, &error)),
            Err(_) => return Err(Error::Deadline(deadline)),
        };
        Ok(Self {
            host,
            live: Some(Live { store, connector }),
            trace,
            usage,
            fuel_used: None,
        })
    }

    /// Runs an action of the catalog: `input` and the output are JSON objects.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn invoke(&mut self, action: &str, input: &str) -> Answer<String> {
        call!(
            self,
            connector_salesforce_actions.call_invoke(action, &input.to_owned())
        )
    }

    /// All actions, with their schemas. Makes no request.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn catalog(&mut self) -> Answer<Vec<Action>> {
        call!(self, connector_salesforce_actions.call_catalog())
    }

    /// `records.create`: creates a record from a JSON object of fields.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn create(
        &mut self,
        sobject: &str,
        payload: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_create(
                sobject,
                &payload.to_owned(),
                options.as_ref()
            )
        )
    }

    /// `records.get`: reads these fields of a record, or all where none are named.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn get(
        &mut self,
        sobject: &str,
        id: &str,
        fields: &[String],
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_get(sobject, id, fields, options.as_ref())
        )
    }

    /// `records.update`: changes fields of a record.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn update(
        &mut self,
        sobject: &str,
        id: &str,
        payload: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_update(
                sobject,
                id,
                &payload.to_owned(),
                options.as_ref()
            )
        )
    }

    /// `records.delete`: moves a record to the recycle bin.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn delete(
        &mut self,
        sobject: &str,
        id: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_records.call_delete(sobject, id, options.as_ref())
        )
    }

    /// `query.query`: the first page of a SOQL query.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn query(
        &mut self,
        soql: &str,
        include_deleted: bool,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_query.call_query(soql, include_deleted, options.as_ref())
        )
    }

    /// `query.query-more`: the next page of a result.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn query_more(&mut self, locator: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_query.call_query_more(locator, options.as_ref())
        )
    }

    /// `query.query-pages`: several pages of a result in one answer.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn query_pages(
        &mut self,
        start: &Start,
        max_rows: Option<u32>,
        max_bytes: Option<u32>,
        include_deleted: bool,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_query.call_query_pages(
                start,
                max_rows,
                max_bytes,
                include_deleted,
                options.as_ref()
            )
        )
    }

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

    /// `custom-objects.create-object`: creates objects with their fields.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn create_object(
        &mut self,
        payload: &str,
        update: bool,
        permission_set: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        let payload = payload.to_owned();
        call!(
            self,
            connector_salesforce_custom_objects.call_create_object(
                &payload,
                update,
                permission_set,
                options.as_ref()
            )
        )
    }

    /// `custom-objects.create-fields`: adds fields to an object.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn create_fields(
        &mut self,
        sobject: &str,
        payload: &str,
        update: bool,
        permission_set: Option<&str>,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        let payload = payload.to_owned();
        call!(
            self,
            connector_salesforce_custom_objects.call_create_fields(
                sobject,
                &payload,
                update,
                permission_set,
                options.as_ref()
            )
        )
    }

    /// `custom-objects.read-object`: reads the definition of an object.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn read_object(&mut self, sobject: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_custom_objects.call_read_object(sobject, options.as_ref())
        )
    }

    /// `custom-objects.delete-object`: deletes an object with its records.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn delete_object(
        &mut self,
        sobject: &str,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_custom_objects.call_delete_object(sobject, options.as_ref())
        )
    }

    /// `session.configure`: replaces all settings.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn configure(&mut self, settings: &[Setting]) -> Answer<()> {
        call!(self, connector_salesforce_session.call_configure(settings))
    }

    /// `session.login`: logs in and answers the new session.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn login(&mut self) -> Answer<Grant> {
        call!(self, connector_salesforce_session.call_login())
    }

    /// `session.current`: the session that the instance holds. Makes no request.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn current(&mut self) -> Answer<Option<Grant>> {
        call!(self, connector_salesforce_session.call_current())
    }

    /// `session.check`: who the user is, what the org is, and which permissions are missing, as
    /// JSON.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn check(&mut self) -> Answer<String> {
        call!(self, connector_salesforce_session.call_check())
    }

    /// `session.authorize`: begins the web-server flow. Makes no request.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn authorize(
        &mut self,
        redirect_uri: &str,
        options: Option<&str>,
    ) -> Answer<Authorization> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_session.call_authorize(redirect_uri, options.as_ref())
        )
    }

    /// `session.exchange`: ends the web-server flow, and answers its session.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn exchange(
        &mut self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Answer<Grant> {
        call!(
            self,
            connector_salesforce_session.call_exchange(code, verifier, redirect_uri)
        )
    }

    /// Takes the requests that were made since this was last called, oldest first, at most the
    /// last 1,024. Empty unless [`crate::HostConfig::trace`] is on.
    pub fn trace(&mut self) -> Vec<Exchange> {
        self.trace.take()
    }

    /// Bytes of linear memory. It never shrinks: a platform that keeps instances drops those
    /// above a threshold of its choice.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.usage.memory()
    }

    /// Instructions that the last call executed. None unless [`crate::Limits::fuel`] is set.
    #[must_use]
    pub fn fuel_used(&self) -> Option<u64> {
        self.fuel_used
    }

    /// Whether the instance can still be used.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.live.is_none()
    }

    /// Gives a call its fuel.
    fn refuel(&self, live: &mut Live) -> Result<(), Error> {
        match self.host.limits().fuel {
            None => Ok(()),
            Some(fuel) => live
                .store
                .set_fuel(fuel)
                .map_err(|error| Error::Config(error.to_string())),
        }
    }

    /// The fuel that a call used.
    fn burnt(&self, live: &Live) -> Option<u64> {
        let given = self.host.limits().fuel?;
        let left = live.store.get_fuel().ok()?;
        Some(given.saturating_sub(left))
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("lost", &self.is_lost())
            .field("memory_bytes", &self.memory_bytes())
            .finish_non_exhaustive()
    }
}

/// Why the component stopped.
fn explain(host: &Host, usage: &Usage, error: &wasmtime::Error) -> Error {
    let limits = host.limits();
    match (error.downcast_ref::<Trap>(), limits.fuel) {
        (Some(Trap::OutOfFuel), Some(fuel)) => Error::Fuel(fuel),
        // Rust programs trap where memory cannot be had.
        _ if usage.refused() => Error::Memory(limits.memory),
        (Some(trap), _) => Error::Trap(trap.to_string()),
        // Without the backtrace, which says nothing in a stripped component.
        (None, _) => Error::Trap(error.root_cause().to_string()),
    }
}
