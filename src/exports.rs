//! The exports of the component: from WIT to the actions and back.

mod approvals;
mod custom_objects;
mod query;
mod records;

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

use crate::actions::options::Options;
use crate::actions::{Outcome, Response};
use crate::catalog::invoke::invoke;
use crate::catalog::{self, Action, Effect, schema};
use crate::failure::{self, Applied, Failure, Kind};
use crate::http::wasi::{self, Host};
use crate::session::check;
use crate::session::connection::Connection;
use crate::session::settings::{self, Settings};
use bindings::connector::salesforce::types as wit;
use bindings::exports::connector::salesforce::actions as wit_actions;
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
/// always free. One copy serves all exports: a generic one would be in each of them.
fn run(
    options: Option<String>,
    action: &mut dyn FnMut(&mut Connection, Options) -> Outcome,
) -> Result<wit::Response, wit::Failure> {
    run_with(Options::parse(options.as_deref())?, action)
}

/// The same with options that were read.
fn run_with(
    options: Options,
    action: &mut dyn FnMut(&mut Connection, Options) -> Outcome,
) -> Result<wit::Response, wit::Failure> {
    let outcome = SLOT.with_borrow_mut(|slot| slot.connection()?.run(|c| action(c, options)));
    outcome.map(wit::Response::from).map_err(wit::Failure::from)
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
        granted(|c| c.log_in().map(|_| ()))
    }

    fn check() -> Result<String, wit::Failure> {
        let checked = SLOT.with_borrow_mut(|slot| slot.connection()?.run(check::check));
        checked.map_err(|failure: Failure| failure.into())
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
            verifier: begun.verifier.reveal().to_owned(),
            state: begun.state,
        })
    }

    fn exchange(
        code: String,
        verifier: String,
        redirect_uri: String,
    ) -> Result<wit_session::Grant, wit::Failure> {
        granted(|c| c.exchange(&code, &verifier, &redirect_uri).map(|_| ()))
    }

    fn current() -> Result<Option<wit_session::Grant>, wit::Failure> {
        held(|c| grant(c))
    }

    fn breaker() -> Result<String, wit::Failure> {
        held(|c| c.breaker())
    }

    fn reset_breaker() -> Result<(), wit::Failure> {
        held(Connection::reset_breaker)
    }
}

/// Does what makes no request.
fn held<T>(act: impl FnOnce(&mut Connection) -> T) -> Result<T, wit::Failure> {
    SLOT.with_borrow_mut(|slot| Ok(act(slot.connection()?)))
        .map_err(|failure: Failure| failure.into())
}

/// Gets a session, and hands it out.
fn granted(
    login: impl FnOnce(&mut Connection) -> Result<(), Failure>,
) -> Result<wit_session::Grant, wit::Failure> {
    let granted = SLOT.with_borrow_mut(|slot| {
        let connection = slot.connection()?;
        login(connection)?;
        let missing = || Failure::permanent(failure::code::MISSING_TOKEN, "there is no session");
        grant(connection).ok_or_else(missing)
    });
    granted.map_err(wit::Failure::from)
}

fn grant(connection: &Connection) -> Option<wit_session::Grant> {
    Some(wit_session::Grant {
        settings: connection.handover()?,
        more: connection.session()?.more.to_text(),
    })
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
