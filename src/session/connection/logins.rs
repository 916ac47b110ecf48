//! The logins of a connection.

use super::{Call, Connection};
use crate::failure::{Failure, HINT, code};
use crate::http::retry::{self, Class, Meaning, Stop};
use crate::http::{Method, Request, Trouble};
use crate::json::Object;
use crate::secret::Secret;
use crate::session::login::web_server::{self, Authorization};
use crate::session::login::{self, Session};
use crate::session::settings::{App, CLIENT_ID, Flow, Login};
use crate::session::verdict::{self, Setback};

/// More than any login answers.
const LOGIN_BYTES: usize = 256 * 1024;

impl Connection {
    /// Logs in, even where a session is held or an earlier login was refused. Without
    /// credentials the session that the settings gave is the only one.
    pub fn log_in(&mut self) -> Result<&Session, Failure> {
        let mut call = self.begin(Vec::new(), None);
        self.refused = None;
        if self.login.is_some() || self.session.is_none() {
            let renewed = self.renew(&mut call);
            self.told(renewed)?;
        }
        self.session.as_ref().ok_or_else(no_session)
    }

    /// Begins the web-server flow: makes the address that a person's browser goes to.
    pub fn authorize(
        &self,
        redirect_uri: &str,
        options: Option<&str>,
    ) -> Result<Authorization, Failure> {
        web_server::authorize(self.app()?, self.platform.as_ref(), redirect_uri, options)
    }

    /// Ends the web-server flow: logs in with the code that the redirect brought. From here on
    /// the session is renewed as that user, or not at all.
    pub fn exchange(
        &mut self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Result<&Session, Failure> {
        web_server::check(code, verifier, redirect_uri)?;
        let login = self.app()?.login(Flow::WebServer {
            code: Secret::new(code),
            verifier: Secret::new(verifier),
            redirect_uri: redirect_uri.to_owned(),
        });
        let mut call = self.begin(Vec::new(), None);
        // A code works once, so that it is lost with its answer.
        let session = self.grant(&login, &mut call, Class::Write);
        let session = self.told(session)?;
        self.refused = None;
        self.login = None;
        if let Some(token) = &session.refresh {
            self.login = Some(self.app()?.login(Flow::RefreshToken(token.clone())));
        }
        self.session.as_ref().ok_or_else(no_session)
    }

    fn app(&self) -> Result<&App, Failure> {
        let reason = "the web-server flow names the app";
        let app = self.settings.app.as_ref();
        app.ok_or_else(|| Failure::missing_setting(CLIENT_ID, reason))
    }

    /// Gets a new session with what there is.
    pub(super) fn renew(&mut self, call: &mut Call) -> Result<Session, Setback> {
        let refused = |failure| Setback::new(failure, Meaning::REFUSED);
        if let Some(failure) = &self.refused {
            return Err(refused(failure.clone()));
        }
        let Some(mut login) = self.login.take() else {
            let lack = self.settings.lack.clone();
            return Err(refused(lack.unwrap_or_else(no_session)));
        };
        let granted = self.grant(&login, call, Class::Read);
        if let (Ok(session), Flow::RefreshToken(token)) = (&granted, &mut login.flow)
            && let Some(newest) = &session.refresh
        {
            *token = newest.clone();
        }
        self.login = Some(login);
        if let Err(setback) = &granted
            && is_invalid_grant(&setback.failure)
        {
            self.refused = Some(once_refused(setback.failure.clone()));
        }
        granted
    }

    /// Logs in once.
    fn grant(&mut self, login: &Login, call: &mut Call, class: Class) -> Result<Session, Setback> {
        let form = login::form(login, self.platform.unix_seconds())
            .map_err(|failure| Setback::new(failure, Meaning::REFUSED))?;
        self.secrets = form.secrets;
        let request = Request {
            method: Method::Post,
            origin: &login.endpoint.origin,
            path: &login.endpoint.path,
            headers: login::headers(login),
            body: Some(form.body.as_bytes()),
        };
        let answer = self
            .send(call, &request)
            .and_then(|sent| sent.answer(LOGIN_BYTES))
            .map_err(|error| {
                let what = format!("the login at {}", login.endpoint.origin);
                let mut setback = verdict::of_transport(&what, class, &error);
                if error.trouble == Trouble::TooLarge {
                    let hint = "No login answers so much: check the setting that names the host, \
                            SALESFORCE_DOMAIN, SALESFORCE_URL_LOGIN or SALESFORCE_SOAP_URL_LOGIN.";
                    setback.failure = setback.failure.with(HINT, hint);
                }
                setback
            })?;
        let session = login::read(login, &self.settings, &answer).map_err(|mut failure| {
            // A refused login is refused for good; a service that is down may come back.
            let more = &failure.detail.more;
            let said_no = (more.has("oauth") || more.has("soap")) && answer.status < 500;
            let fault = more.has("soap");
            let down = !said_no && !fault && answer.status != 200;
            let meaning = match down {
                true => retry::of_answer(answer.status, "", "", class),
                false => Meaning::REFUSED,
            };
            let now = self.platform.unix_seconds();
            failure.detail.retry_after_ms = verdict::retry_after(&answer, now);
            Setback::new(failure, meaning)
        })?;
        self.session = Some(session.clone());
        Ok(session)
    }

    /// What a caller is told of a login that is not repeated here.
    fn told(&self, granted: Result<Session, Setback>) -> Result<Session, Failure> {
        granted.map_err(|setback| {
            let applied = setback.meaning.applied;
            self.sealed(setback.finish(1, applied, Stop::UsedUp))
        })
    }
}

fn no_session() -> Failure {
    Failure::permanent(code::MISSING_TOKEN, "there is no session")
}

/// Whether user and password, or what stands for them, were refused: repeated often enough,
/// that locks the user out.
fn is_invalid_grant(failure: &Failure) -> bool {
    let fault = failure.detail.more.get("soap").and_then(Object::read);
    let fault = fault.and_then(|fault| fault.text("code"));
    if matches!(fault.as_deref(), Some("INVALID_LOGIN" | "PASSWORD_LOCKOUT")) {
        return true;
    }
    let oauth = failure.detail.more.get("oauth").and_then(Object::read);
    oauth.and_then(|oauth| oauth.text("error")).as_deref() == Some("invalid_grant")
}

/// What the calls after a refused login are told, without another login.
fn once_refused(mut failure: Failure) -> Failure {
    failure
        .detail
        .message
        .push_str(" (it is not tried again here)");
    failure.with(
        HINT,
        "Correct the credentials or the org, then call session.login or start a new instance: \
         Salesforce locks users out after some refused logins.",
    )
}

#[cfg(test)]
mod tests;
