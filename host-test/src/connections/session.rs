//! The session of one set of settings, which is had by one caller at a time.

use super::Settings;
use crate::error::Error;
use crate::host::Host;
use crate::wit::{Failure, Setting};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

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
    state: Mutex<State>,
}

struct State {
    /// The settings for a login, with the refresh token that came last.
    credentials: Settings,
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
            state: Mutex::new(State {
                credentials: settings.clone(),
                held,
                refused: None,
            }),
        }
    }

    /// The session, another one than `ended`. Logs in where there is none.
    pub(super) async fn current(
        &self,
        host: &Host,
        ended: Option<&Held>,
    ) -> Result<Result<Held, Failure>, Error> {
        // Whoever comes while another logs in waits here, and finds the new session.
        let mut state = self.state.lock().await;
        if let Some(held) = &state.held
            && ended.is_none_or(|ended| ended.number != held.number)
        {
            return Ok(Ok(held.clone()));
        }
        if let Some(failure) = &state.refused {
            return Ok(Err(failure.clone()));
        }
        // An instance of its own, which ends with the login.
        let mut instance = host.instance(state.credentials.iter()).await?;
        let granted = match instance.login().await? {
            Ok(grant) => grant.settings,
            Err(failure) => {
                if matches!(failure, Failure::Permanent(_)) {
                    state.held = None;
                    state.refused = Some(failure.clone());
                }
                return Ok(Err(failure));
            }
        };
        let refresh = granted.iter().filter(|(name, _)| name == REFRESH_TOKEN);
        state.credentials.extend(refresh.cloned());
        let mut settings = for_calls(&state.credentials);
        let is_session = |(name, _): &Setting| SESSION.contains(&name.as_str());
        settings.extend(granted.into_iter().filter(is_session));
        let held = Held::new(settings, true);
        state.held = Some(held.clone());
        Ok(Ok(held))
    }
}

/// What a call needs.
fn for_calls(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    settings.retain(|name, _| !LOGIN.contains(&name.as_str()));
    settings
}

impl Held {
    fn new(settings: Settings, renewable: bool) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            settings: Arc::new(settings),
            renewable,
        }
    }
}
