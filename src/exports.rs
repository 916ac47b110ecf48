//! The exports of the component: from WIT to the actions and back.

// Generated code is unsafe and has its documentation in `wit/`.
#[allow(
    unsafe_code,
    missing_docs,
    unused_qualifications,
    clippy::all,
    clippy::restriction
)]
mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "connector" });
    use super::Component;
    export!(Component);
}

use crate::actions::custom_objects::{self, Way};
use crate::actions::options::Options;
use crate::actions::query::{self, Most, Start};
use crate::actions::{Outcome, Response, approvals, records};
use crate::catalog::invoke::invoke;
use crate::catalog::{self, Action, Effect, schema};
use crate::failure::{self, Applied, Failure, Kind};
use crate::http::wasi::{self, Host};
use crate::session::connection::Connection;
use crate::session::login::Session;
use crate::session::settings::{self, Settings};
use bindings::connector::salesforce::types as wit;
use bindings::exports::connector::salesforce::actions as wit_actions;
use bindings::exports::connector::salesforce::approvals as wit_approvals;
use bindings::exports::connector::salesforce::custom_objects as wit_custom_objects;
use bindings::exports::connector::salesforce::query as wit_query;
use bindings::exports::connector::salesforce::records as wit_records;
use bindings::exports::connector::salesforce::session as wit_session;
use std::cell::RefCell;

struct Component;

/// The one connection of this instance, which the environment makes where `configure` did not.
#[derive(Default)]
struct Slot(Option<Connection>);

impl Slot {
    fn connection(&mut self) -> Result<&mut Connection, Failure> {
        let connection = match self.0.take() {
            Some(connection) => connection,
            None => connect(&wasi::environment())?,
        };
        Ok(self.0.insert(connection))
    }
}

fn connect(settings: &[(String, String)]) -> Result<Connection, Failure> {
    Ok(Connection::new(Box::new(Host), Settings::read(settings)?))
}

thread_local! {
    static SLOT: RefCell<Slot> = RefCell::default();
}

/// Runs an action on the connection. The component is never entered twice, so that the slot is
/// always free.
fn run(action: impl FnOnce(&mut Connection) -> Outcome) -> Result<wit::Response, wit::Failure> {
    let outcome = SLOT.with_borrow_mut(|slot| slot.connection()?.run(action));
    outcome.map(wit::Response::from).map_err(wit::Failure::from)
}

impl wit_records::Guest for Component {
    fn create(
        sobject: String,
        payload: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| records::create(c, &sobject, &payload, options))
    }

    fn get(
        sobject: String,
        id: String,
        fields: Vec<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| records::get(c, &sobject, &id, &fields, options))
    }

    fn update(
        sobject: String,
        id: String,
        payload: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| records::update(c, &sobject, &id, &payload, options))
    }

    fn delete(
        sobject: String,
        id: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| records::delete(c, &sobject, &id, options))
    }
}

impl wit_query::Guest for Component {
    fn query(
        soql: String,
        include_deleted: bool,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| query::query(c, &soql, include_deleted, options))
    }

    fn query_more(locator: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| query::query_more(c, &locator, options))
    }

    fn query_pages(
        start: wit_query::Start,
        max_rows: Option<u32>,
        max_bytes: Option<u32>,
        include_deleted: bool,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        let start = match &start {
            wit_query::Start::Soql(soql) => Start::Soql(soql),
            wit_query::Start::Locator(locator) => Start::Locator(locator),
        };
        let most = Most {
            rows: max_rows,
            bytes: max_bytes,
        };
        run(|c| query::query_pages(c, start, most, include_deleted, options))
    }
}

impl wit_approvals::Guest for Component {
    fn submit(payload: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| approvals::submit(c, &payload, options))
    }

    fn approve(payload: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| approvals::approve(c, &payload, options))
    }

    fn reject(payload: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| approvals::reject(c, &payload, options))
    }

    fn definitions(options: Option<String>) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| approvals::definitions(c, options))
    }

    fn inbox(
        actor: Option<String>,
        record: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| approvals::inbox(c, actor.as_deref(), record.as_deref(), options))
    }

    fn history(record: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| approvals::history(c, &record, options))
    }

    fn approve_record(
        record: String,
        comments: Option<String>,
        actor: Option<String>,
        next: Vec<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| {
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
        let options = Options::parse(options.as_deref())?;
        run(|c| {
            approvals::reject_record(c, &record, comments.as_deref(), actor.as_deref(), options)
        })
    }

    fn recall(
        record: String,
        comments: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| approvals::recall(c, &record, comments.as_deref(), options))
    }
}

impl wit_custom_objects::Guest for Component {
    fn create_object(
        payload: String,
        update: bool,
        permission_set: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        let permission_set = permission_set.as_deref();
        let way = Way {
            update,
            permission_set,
        };
        run(|c| custom_objects::create_object(c, &payload, way, options))
    }

    fn create_fields(
        sobject: String,
        payload: String,
        update: bool,
        permission_set: Option<String>,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        let permission_set = permission_set.as_deref();
        let way = Way {
            update,
            permission_set,
        };
        run(|c| custom_objects::create_fields(c, &sobject, &payload, way, options))
    }

    fn read_object(
        sobject: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| custom_objects::read_object(c, &sobject, options))
    }

    fn delete_object(
        sobject: String,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let options = Options::parse(options.as_deref())?;
        run(|c| custom_objects::delete_object(c, &sobject, options))
    }
}

impl wit_session::Guest for Component {
    fn configure(settings: Vec<(String, String)>) -> Result<(), wit::Failure> {
        if settings::hold_a_secret(&wasi::environment()) {
            let message = "the environment of this instance already holds a secret, so that \
                           configure is refused; start an instance without it";
            return Err(Failure::permanent(failure::code::INVALID_INPUT, message).into());
        }
        settings::check_names(&settings)?;
        let connection = connect(&settings)?;
        SLOT.with_borrow_mut(|slot| slot.0 = Some(connection));
        Ok(())
    }

    fn login() -> Result<wit_session::Grant, wit::Failure> {
        let granted = |slot: &mut Slot| Ok(grant(slot.connection()?.log_in()?));
        SLOT.with_borrow_mut(granted)
            .map_err(|failure: Failure| failure.into())
    }

    fn authorize(
        redirect_uri: String,
        options: Option<String>,
    ) -> Result<wit_session::Authorization, wit::Failure> {
        let begun = SLOT.with_borrow_mut(|slot| {
            let connection = slot.connection()?;
            connection.authorize(&redirect_uri, options.as_deref())
        })?;
        Ok(wit_session::Authorization {
            url: begun.url,
            verifier: begun.verifier,
            state: begun.state,
        })
    }

    fn exchange(
        code: String,
        verifier: String,
        redirect_uri: String,
    ) -> Result<wit_session::Grant, wit::Failure> {
        let granted = |slot: &mut Slot| {
            let connection = slot.connection()?;
            Ok(grant(connection.exchange(
                &code,
                &verifier,
                &redirect_uri,
            )?))
        };
        SLOT.with_borrow_mut(granted)
            .map_err(|failure: Failure| failure.into())
    }

    fn current() -> Result<Option<wit_session::Grant>, wit::Failure> {
        let granted = |slot: &mut Slot| Ok(slot.connection()?.session().map(grant));
        SLOT.with_borrow_mut(granted)
            .map_err(|failure: Failure| failure.into())
    }
}

fn grant(session: &Session) -> wit_session::Grant {
    wit_session::Grant {
        settings: session.settings(),
        more: session.more.to_text(),
    }
}

impl wit_actions::Guest for Component {
    fn catalog() -> Result<Vec<wit_actions::Action>, wit::Failure> {
        Ok(catalog::actions().map(wit_actions::Action::from).collect())
    }

    fn invoke(action: String, input: String) -> Result<String, wit::Failure> {
        let output = SLOT.with_borrow_mut(|slot| invoke(&action, &input, || slot.connection()));
        output.map_err(wit::Failure::from)
    }
}

impl From<&Action> for wit_actions::Action {
    fn from(action: &Action) -> Self {
        wit_actions::Action {
            name: action.name.into(),
            title: action.title.into(),
            summary: action.summary.into(),
            input_schema: schema::input(action),
            output_schema: schema::output(action),
            effect: match action.effect {
                Effect::Read => wit_actions::Effect::Read,
                Effect::Write => wit_actions::Effect::Write,
                Effect::Delete => wit_actions::Effect::Delete,
            },
            repeatable: action.repeatable,
            more: action.more().to_text(),
        }
    }
}

impl From<Response> for wit::Response {
    fn from(response: Response) -> Self {
        wit::Response {
            status: response.status,
            body: response.body,
            more: response.more.to_text(),
        }
    }
}

impl From<Failure> for wit::Failure {
    fn from(failure: Failure) -> Self {
        let detail = *failure.detail;
        let detail = wit::Detail {
            code: detail.code.into_owned(),
            message: detail.message,
            status: detail.status,
            applied: match detail.applied {
                Applied::No => wit::Applied::No,
                Applied::Maybe => wit::Applied::Maybe,
                Applied::Partly => wit::Applied::Partly,
                Applied::Yes => wit::Applied::Yes,
            },
            retry_after_ms: detail.retry_after_ms,
            body: detail.body,
            more: detail.more.to_text(),
        };
        match failure.kind {
            Kind::Permanent => wit::Failure::Permanent(detail),
            Kind::Transient => wit::Failure::Transient(detail),
        }
    }
}
