//! Which settings reach the instances that make calls.

use super::*;
use std::collections::BTreeSet;

#[path = "../../../../src/session/settings/names.rs"]
mod names;

/// What a call may need; with [`LOGIN`], all settings that there are.
const CALLS: [&str; 17] = [
    "SALESFORCE_ACCESS_TOKEN",
    "SALESFORCE_ALLOWED_HOSTS",
    "SALESFORCE_BETWEEN_BYTES_TIMEOUT_MS",
    "SALESFORCE_BREAKER_FAILURES",
    "SALESFORCE_BREAKER_MS",
    "SALESFORCE_COMPRESSION",
    "SALESFORCE_CONNECT_TIMEOUT_MS",
    "SALESFORCE_DEADLINE_MS",
    "SALESFORCE_FIRST_BYTE_TIMEOUT_MS",
    "SALESFORCE_INSTANCE_URL",
    "SALESFORCE_MAX_ATTEMPTS",
    "SALESFORCE_MAX_RESPONSE_BYTES",
    "SALESFORCE_MAX_WAIT_MS",
    "SALESFORCE_PAGES_AHEAD",
    "SALESFORCE_QUOTA_RESERVE_PERCENT",
    "SALESFORCE_REJECTIONS",
    "SALESFORCE_VERSION",
];

/// A setting that is new has to be told apart here.
#[test]
fn every_setting_is_for_logins_or_for_calls() {
    let known: BTreeSet<_> = LOGIN.into_iter().chain(CALLS).collect();
    let all: BTreeSet<_> = names::SECRETS.into_iter().chain(names::PLAIN).collect();
    assert_eq!(known, all);
}

#[test]
fn calls_get_no_credentials() {
    let all = names::SECRETS.into_iter().chain(names::PLAIN);
    let settings: Settings = all.map(|name| (name.to_owned(), "x".to_owned())).collect();
    let state = Sessions::new(&settings).state;
    let held = state.try_lock().unwrap().held.clone().unwrap();
    assert!(held.renewable);
    assert!(held.settings.keys().eq(CALLS));
    let secret = |name: &&&str| names::SECRETS.contains(*name);
    assert!(CALLS.iter().filter(secret).eq(&["SALESFORCE_ACCESS_TOKEN"]));
}
