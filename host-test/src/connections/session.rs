//! The session of one set of settings, which is had by one caller at a time.

#[cfg(test)]
mod tests;

use super::{Inner, NO_SESSION, Permit, Settings};
use crate::error::Error;
use crate::wit::{Failure, Setting};
use serde_json::Value;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;
use tokio::task::JoinError;

/// What a login needs and a call does not.
const LOGIN: [&str; 12] = [
    "SALESFORCE_AUTH",
    "SALESFORCE_CLIENT_ID",
    "SALESFORCE_CLIENT_SECRET",
    "SALESFORCE_DOMAIN",
    "SALESFORCE_PASSWORD",
    "SALESFORCE_PRIVATE_KEY",
    REFRESH_TOKEN,
    "SALESFORCE_SANDBOX",
    "SALESFORCE_SECURITY_TOKEN",
    "SALESFORCE_SOAP_URL_LOGIN",
    "SALESFORCE_URL_LOGIN",
    "SALESFORCE_USERNAME",
];

/// Any of these is enough to log in with.
const CREDENTIALS: [&str; 4] = [
    "SALESFORCE_CLIENT_SECRET",
    "SALESFORCE_PASSWORD",
    "SALESFORCE_PRIVATE_KEY",
    REFRESH_TOKEN,
];

/// A session: the token, and where it is good.
const SESSION: [&str; 2] = ["SALESFORCE_ACCESS_TOKEN", "SALESFORCE_INSTANCE_URL"];

/// Changes with each login where the app says so; the one before is no longer good then.
const REFRESH_TOKEN: &str = "SALESFORCE_REFRESH_TOKEN";

/// The number of no session.
const NONE: u64 = 0;

/// What an instance is given that makes calls.
#[derive(Clone)]
pub(super) struct Held {
    /// Differs from that of any other session in this process.
    pub(super) number: u64,
    /// The settings, without credentials where there is a session.
    pub(super) settings: Arc<Settings>,
    /// Whether there is something to log in with.
    pub(super) renewable: bool,
}

/// The session of one set of settings.
pub(super) struct Sessions {
    state: Arc<Mutex<State>>,
    /// The number of the session that was handed out last.
    newest: AtomicU64,
}

struct State {
    /// The settings for a login, with the refresh token that came last.
    credentials: Settings,
    /// Whether a login changed the credentials, so that the settings no longer log in.
    moved_on: bool,
    held: Option<Held>,
    /// A login that was refused for good.
    refused: Option<Failure>,
}

impl Sessions {
    /// Begins with the session that the settings hold, if they hold a whole one.
    pub(super) fn new(settings: &Settings) -> Self {
        let has = |name: &&str| settings.contains_key(*name);
        let renewable = CREDENTIALS.iter().any(has);
        let held = match (renewable, SESSION.iter().all(has)) {
            // Without credentials, an instance with these settings is all there can be.
            (false, _) => Some(Held::new(settings.clone(), false)),
            (true, true) => Some(Held::new(for_calls(settings), true)),
            (true, false) => None,
        };
        Self {
            newest: AtomicU64::new(held.as_ref().map_or(NONE, |held| held.number)),
            state: Arc::new(Mutex::new(State {
                credentials: settings.clone(),
                moved_on: false,
                held,
                refused: None,
            })),
        }
    }

    /// The number of the session that calls are made with now.
    pub(super) fn newest(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    /// The session, another one than `ended`. Logs in where there is none. The caller holds the
    /// permit.
    pub(super) async fn current(
        &self,
        inner: &Arc<Inner>,
        permit: &Permit,
        ended: Option<&Held>,
    ) -> Result<Result<Held, Failure>, Error> {
        // Whoever comes while another logs in waits here, and finds the new session.
        let mut state = Arc::clone(&self.state).lock_owned().await;
        if let Some(held) = &state.held {
            if ended.is_none_or(|ended| ended.number != held.number) {
                self.newest.fetch_max(held.number, Ordering::Relaxed);
                return Ok(Ok(held.clone()));
            }
            state.held = None;
        }
        if let Some(failure) = &state.refused {
            return Ok(Err(failure.clone()));
        }
        // A login ends by itself, also where its caller is gone: its answer may be the only place
        // of the refresh token that is good from now on.
        let (inner, permit) = (Arc::clone(inner), Arc::clone(permit));
        let login = tokio::spawn(async move {
            let outcome = state.log_in(&inner).await;
            drop(permit);
            outcome
        });
        match login.await.map_err(JoinError::try_into_panic) {
            Ok(Ok(Ok(held))) => {
                self.newest.fetch_max(held.number, Ordering::Relaxed);
                Ok(Ok(held))
            }
            Ok(outcome) => outcome,
            Err(Ok(panic)) => resume_unwind(panic),
            // The runtime shuts down.
            Err(Err(_)) => Err(Error::Lost),
        }
    }

    /// The refresh token that came last, or that of the settings.
    pub(super) async fn refresh_token(&self) -> Option<String> {
        let state = self.state.lock().await;
        state.credentials.get(REFRESH_TOKEN).cloned()
    }

    /// Whether nothing is lost where the same settings begin anew.
    pub(super) fn begins_anew(&self) -> bool {
        self.state
            .try_lock()
            .is_ok_and(|state| !state.moved_on && state.refused.is_none())
    }
}

impl State {
    async fn log_in(&mut self, inner: &Inner) -> Result<Result<Held, Failure>, Error> {
        // An instance of its own, which ends with the login.
        inner.idle.make_room(&inner.permits);
        let mut instance = inner.host.instance(self.credentials.iter()).await?;
        let granted = match instance.login().await? {
            Ok(grant) => grant.settings,
            Err(failure) => {
                if is_refusal(&failure) {
                    self.refused = Some(failure.clone());
                }
                return Ok(Err(failure));
            }
        };
        for (name, value) in granted.iter().filter(|(name, _)| name == REFRESH_TOKEN) {
            let before = self.credentials.insert(name.clone(), value.clone());
            self.moved_on |= before.as_ref() != Some(value);
        }
        let mut settings = for_calls(&self.credentials);
        let is_session = |(name, _): &Setting| SESSION.contains(&name.as_str());
        settings.extend(granted.into_iter().filter(is_session));
        let held = Held::new(settings, true);
        self.held = Some(held.clone());
        Ok(Ok(held))
    }
}

/// Whether Salesforce said no to the login, rather than something on the way to it.
fn is_refusal(failure: &Failure) -> bool {
    let Failure::Permanent(detail) = failure else {
        return false;
    };
    // The words of OAuth, or the fault of SOAP.
    let more: Value = serde_json::from_str(&detail.more).unwrap_or_default();
    detail.code == NO_SESSION
        && ["oauth", "soap"]
            .iter()
            .any(|said| more.get(*said).is_some())
}

/// What a call needs.
fn for_calls(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    settings.retain(|name, _| !LOGIN.contains(&name.as_str()));
    settings
}

impl Held {
    fn new(settings: Settings, renewable: bool) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(NONE + 1);
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            settings: Arc::new(settings),
            renewable,
        }
    }
}
