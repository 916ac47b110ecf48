//! Settings and login: the interface `session`.

use super::{Answer, Instance, explain};
use crate::error::Error;
use crate::wit::{Authorization, Grant, Setting};
use tokio::time::timeout;

impl Instance {
    /// `session.configure`: replaces all settings.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn configure(&mut self, settings: &[Setting]) -> Answer<()> {
        let configured = call!(self, connector_salesforce_session.call_configure(settings));
        if let (Ok(Ok(())), Some(live)) = (&configured, &mut self.live) {
            self.host.follow(&mut live.store, settings);
        }
        configured
    }

    /// `session.login`: logs in and answers the new session.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn login(&mut self) -> Answer<Grant> {
        let granted = call!(self, connector_salesforce_session.call_login());
        granted.map(|granted| granted.map(Grant::from))
    }

    /// `session.current`: the session that the instance holds. Makes no request.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn current(&mut self) -> Answer<Option<Grant>> {
        let held = call!(self, connector_salesforce_session.call_current());
        held.map(|held| held.map(|held| held.map(Grant::from)))
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

    /// `session.breaker`: the circuit breaker of the instance and what is known of the quota, as
    /// JSON. Makes no request.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn breaker(&mut self) -> Answer<String> {
        call!(self, connector_salesforce_session.call_breaker())
    }

    /// `session.reset-breaker`: closes the circuit breaker and forgets the quota. Makes no
    /// request.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn reset_breaker(&mut self) -> Answer<()> {
        call!(self, connector_salesforce_session.call_reset_breaker())
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
        let begun = call!(
            self,
            connector_salesforce_session.call_authorize(redirect_uri, options.as_ref())
        );
        begun.map(|begun| begun.map(Authorization::from))
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
        let granted = call!(
            self,
            connector_salesforce_session.call_exchange(code, verifier, redirect_uri)
        );
        granted.map(|granted| granted.map(Grant::from))
    }
}
