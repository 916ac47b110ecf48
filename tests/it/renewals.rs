//! One session for many callers: who logs in, how often, and with what.

use crate::support::*;
use host_test::fake::faults::{Fault, Rule};
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::{Applied, Failure};
use host_test::{Connections, Org};
use std::collections::BTreeSet;

const LOGIN: &str = "/services/oauth2/token";
const QUERY: &str = r#"{"salesforceQuery":"SELECT Id FROM Account LIMIT 1"}"#;
const CALLERS: usize = 20;

async fn start(rotate_refresh_tokens: bool) -> Fake {
    let config = FakeConfig {
        rotate_refresh_tokens,
        ..FakeConfig::default()
    };
    Fake::start(config).await.unwrap()
}

fn connections(instances: usize) -> Connections {
    Connections::new(host().clone(), instances)
}

fn logins(fake: &Fake) -> usize {
    let exchanges = fake.exchanges().into_iter();
    exchanges.filter(|e| e.path == LOGIN).count()
}

async fn query(org: &Org) -> Result<Result<String, Failure>, host_test::Error> {
    org.invoke("QUERY", QUERY).await
}

/// As many creates at once, each of a record with a name of its own.
async fn creates(org: &Org, round: &str) {
    let calls: Vec<_> = (0..CALLERS)
        .map(|number| {
            let org = org.clone();
            let name = format!("{round} {number}");
            tokio::spawn(async move {
                let payload = serde_json::json!({ "Name": name });
                let input =
                    serde_json::json!({"SObjectName": "Account", "salesforcePayload": payload});
                org.invoke("CREATE", &input.to_string()).await
            })
        })
        .collect();
    for call in calls {
        let output = read(&call.await.unwrap().unwrap().unwrap());
        assert_eq!(output["salesforceStatus"], "201");
    }
}

/// The names of the accounts that were created, each of them once.
fn created(fake: &Fake) -> BTreeSet<String> {
    let made = fake.ledger().into_iter().map(|entry| entry.change);
    let made = made.filter(|change| change.before.is_none() && change.object == "Account");
    let names: Vec<_> = made
        .map(|change| change.after.unwrap()["Name"].as_str().unwrap().to_owned())
        .collect();
    let once: BTreeSet<_> = names.iter().cloned().collect();
    assert_eq!(names.len(), once.len(), "{names:?}");
    once
}

#[tokio::test(flavor = "multi_thread")]
async fn new_instances_for_each_call_share_a_login_and_its_renewal() {
    let fake = start(false).await;
    let connections = connections(CALLERS).recycle_above(0);
    let org = connections.org(fake.settings(Flow::ClientCredentials));
    for (round, name) in ["first", "second"].iter().enumerate() {
        creates(&org, name).await;
        assert_eq!(logins(&fake), round + 1);
        assert_eq!(created(&fake).len(), CALLERS * (round + 1));
        assert_eq!(connections.idle(), 0);
        fake.expire_sessions();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_instances_share_a_renewal() {
    let fake = start(false).await;
    let connections = connections(4);
    let org = connections.org(fake.settings(Flow::ClientCredentials));
    for round in 1..4 {
        creates(&org, &round.to_string()).await;
        assert_eq!(logins(&fake), round);
        assert_eq!(created(&fake).len(), CALLERS * round);
        fake.expire_sessions();
    }
}

/// Each of the refresh tokens is good once.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_changes_is_used_by_one_caller_at_a_time() {
    let fake = start(true).await;
    let connections = connections(CALLERS);
    let settings = fake.settings(Flow::RefreshToken);
    let first = &settings
        .iter()
        .find(|(n, _)| n == "SALESFORCE_REFRESH_TOKEN");
    let org = connections.org(settings.clone());
    assert_eq!(org.refresh_token().await.as_ref(), first.map(|(_, v)| v));
    for round in 1..4 {
        creates(&org, &round.to_string()).await;
        assert_eq!(logins(&fake), round);
        assert_eq!(created(&fake).len(), CALLERS * round);
        fake.expire_sessions();
    }
    // The next process has the one that counts.
    let newest = org.refresh_token().await.unwrap();
    let settings = and(settings, &[("SALESFORCE_REFRESH_TOKEN", &newest)]);
    let next = self::connections(1).org(settings);
    query(&next).await.unwrap().unwrap();
}

/// Sets that begin anew make room; the newest refresh token is in no setting.
#[tokio::test]
async fn a_changed_refresh_token_and_a_refusal_are_not_forgotten() {
    let (fake, other) = (start(true).await, start(false).await);
    let connections = connections(1);
    let settings = fake.settings(Flow::RefreshToken);
    let wrong = and(
        other.settings(Flow::ClientCredentials),
        &[("SALESFORCE_CLIENT_SECRET", "wrong")],
    );
    for round in 1..4 {
        query(&connections.org(settings.clone()))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(logins(&fake), round);
        let failure = failed(query(&connections.org(wrong.clone())).await);
        assert_eq!(
            (failure.1.code.as_str(), logins(&other)),
            ("MISSING_TOKEN", 1)
        );
        let version = format!("{}.0", 60 + round);
        let good = [("SALESFORCE_VERSION", version.as_str())];
        connections.org(and(fake.settings(Flow::Bearer), &good));
        assert_eq!(connections.len(), 3);
        fake.expire_sessions();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_tried_once() {
    let fake = start(false).await;
    let connections = connections(4);
    let wrong = [("SALESFORCE_CLIENT_SECRET", "wrong")];
    let settings = and(fake.settings(Flow::ClientCredentials), &wrong);
    let org = connections.org(settings.clone());
    let calls: Vec<_> = (0..CALLERS)
        .map(|_| {
            let org = org.clone();
            tokio::spawn(async move { query(&org).await })
        })
        .collect();
    let expected = (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(400));
    for call in calls {
        assert_eq!(outline(&failed(call.await.unwrap())), expected);
    }
    let again = connections.org(settings);
    assert_eq!(outline(&failed(query(&again).await)), expected);
    assert_eq!((fake.exchanges().len(), logins(&fake)), (1, 1));
}

/// Neither is one that something else than Salesforce answered, for good as it may seem.
#[tokio::test]
async fn a_login_that_failed_in_passing_is_tried_again() {
    for (fault, kind) in [
        (Fault::Unavailable, Kind::Transient),
        (Fault::ResetUnread, Kind::Transient),
        (Fault::Garbage, Kind::Permanent),
    ] {
        let fake = start(false).await;
        let org = connections(1).org(fake.settings(Flow::ClientCredentials));
        fake.inject(Rule::once(fault, 1).on("POST", LOGIN));
        let failure = failed(query(&org).await);
        assert_eq!((failure.0, fake.strikes().len()), (kind, 1), "{failure:?}");
        query(&org).await.unwrap().unwrap();
    }
}

/// The answer that the caller no longer waits for holds the only refresh token that is good.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_goes_on_where_its_caller_is_gone() {
    let fake = start(true).await;
    fake.inject(Rule::once(Fault::Late, 1).on("POST", LOGIN));
    let org = connections(1).org(fake.settings(Flow::RefreshToken));
    let caller = tokio::spawn({
        let org = org.clone();
        async move { query(&org).await }
    });
    while fake.strikes().is_empty() {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    query(&org).await.unwrap().unwrap();
    assert_eq!(logins(&fake), 1);
}

/// A call that began before has an instance that nobody can use after it.
#[tokio::test(flavor = "multi_thread")]
async fn no_instance_is_kept_with_a_session_that_has_ended() {
    let fake = start(false).await;
    let connections = connections(2);
    let org = connections.org(fake.settings(Flow::ClientCredentials));
    query(&org).await.unwrap().unwrap();
    fake.inject(Rule::once(Fault::Late, 1));
    let early = tokio::spawn({
        let org = org.clone();
        async move { query(&org).await }
    });
    while fake.strikes().is_empty() {
        tokio::task::yield_now().await;
    }
    fake.expire_sessions();
    query(&org).await.unwrap().unwrap();
    early.await.unwrap().unwrap().unwrap();
    assert_eq!((connections.idle(), logins(&fake)), (1, 2));
}

#[tokio::test]
async fn instances_that_work_hold_no_credentials() {
    for flow in [Flow::ClientCredentials, Flow::RefreshToken, Flow::Jwt] {
        let fake = start(false).await;
        let org = connections(1).org(fake.settings(flow));
        // Without credentials a login answers the session that was given.
        let grant = org
            .call(&(), |instance, ()| Box::pin(instance.login()))
            .await;
        let settings = grant.unwrap().unwrap().settings;
        let names: Vec<_> = settings.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["SALESFORCE_ACCESS_TOKEN", "SALESFORCE_INSTANCE_URL"]
        );
        assert_eq!((fake.exchanges().len(), logins(&fake)), (1, 1), "{flow:?}");
    }
}

#[tokio::test]
async fn a_token_without_credentials_ends_without_a_login() {
    let fake = start(false).await;
    let org = connections(1).org(fake.settings(Flow::Bearer));
    query(&org).await.unwrap().unwrap();
    fake.expire_sessions();
    for sent in 2..4 {
        let failure = failed(query(&org).await);
        let expected = (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(401));
        assert_eq!(outline(&failure), expected);
        assert_eq!((fake.exchanges().len(), logins(&fake)), (sent, 0));
    }
}
