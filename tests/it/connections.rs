//! Many callers in few instances, with the sessions outside.

use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::{Connections, HostConfig, Limits};
use std::sync::Arc;

const QUERY: &str = r#"{"salesforceQuery":"SELECT Id FROM Account LIMIT 1"}"#;

async fn start() -> Fake {
    Fake::start(FakeConfig::default()).await.unwrap()
}

fn logins(fake: &Fake) -> usize {
    let exchanges = fake.exchanges().into_iter();
    exchanges
        .filter(|e| e.path == "/services/oauth2/token")
        .count()
}

async fn query(connections: &Connections, settings: Vec<(String, String)>) -> String {
    let org = connections.org(settings);
    org.invoke("QUERY", QUERY).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_same_settings_share_a_session_and_others_do_not() {
    let (one, other) = (start().await, start().await);
    let connections = Connections::new(host().clone(), 10);
    assert!(connections.is_empty());
    let settings = || one.settings(Flow::ClientCredentials);
    for _ in 0..3 {
        query(&connections, settings()).await;
    }
    // Neither order nor what is empty makes another connection.
    let mut shuffled = and(settings(), &[("SALESFORCE_USERNAME", "")]);
    shuffled.reverse();
    query(&connections, shuffled).await;
    assert_eq!((connections.len(), logins(&one)), (1, 1));

    query(&connections, other.settings(Flow::ClientCredentials)).await;
    query(
        &connections,
        and(settings(), &[("SALESFORCE_VERSION", "65.0")]),
    )
    .await;
    assert_eq!((connections.len(), logins(&one), logins(&other)), (3, 2, 1));
    assert!(one.exchanges().iter().any(|e| e.path.contains("/v65.0/")));
    assert!(!other.exchanges().iter().any(|e| e.path.contains("/v65.0/")));
}

#[tokio::test]
async fn calls_at_a_time_log_in_once_in_no_more_instances_than_are_allowed() {
    let fake = start().await;
    let connections = Arc::new(Connections::new(host().clone(), 2));
    let settings = fake.settings(Flow::ClientCredentials);
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let (connections, settings) = (Arc::clone(&connections), settings.clone());
            tokio::spawn(async move { query(&connections, settings).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!((connections.len(), logins(&fake)), (1, 1));
    assert!((1..=2).contains(&connections.idle()));
}

#[tokio::test]
async fn what_was_not_used_for_longest_is_given_up() {
    let fakes = [start().await, start().await, start().await];
    let connections = Connections::new(host().clone(), 2);
    let settings = |at: usize| fakes[at].settings(Flow::ClientCredentials);
    for at in [0, 1, 0, 2, 0, 1] {
        query(&connections, settings(at)).await;
        assert!(connections.len() <= 2 && connections.idle() <= connections.len());
    }
    let logins: Vec<usize> = fakes.iter().map(logins).collect();
    assert_eq!(logins, [1, 2, 1]);
    // With a set that is forgotten, its instances end.
    assert_eq!(connections.idle(), 2);
    for version in ["64.0", "65.0"] {
        let version = [("SALESFORCE_VERSION", version)];
        drop(connections.org(and(settings(0), &version)));
    }
    assert_eq!((connections.len(), connections.idle()), (2, 0));
}

#[tokio::test]
async fn a_lost_or_grown_instance_is_replaced() {
    let fake = start().await;
    let config = HostConfig {
        limits: Limits {
            fuel: Some(20_000_000),
            ..Limits::default()
        },
        ..HostConfig::default()
    };
    let host = host_test::Host::new(component(), config).unwrap();
    let connections = Connections::new(host.clone(), 2);
    let settings = || fake.settings(Flow::ClientCredentials);
    query(&connections, settings()).await;
    let long = format!(r#"{{"salesforceQuery":"{}"}}"#, "x".repeat(8_000_000));
    let org = connections.org(settings());
    assert!(org.invoke("QUERY", &long).await.is_err());
    assert_eq!(connections.idle(), 0);
    query(&connections, settings()).await;
    assert_eq!((connections.idle(), logins(&fake)), (1, 1));

    let fake = start().await;
    let small = Connections::new(host, 2).recycle_above(0);
    for _ in 0..2 {
        query(&small, fake.settings(Flow::ClientCredentials)).await;
    }
    assert_eq!((small.idle(), logins(&fake)), (0, 1));
}

#[tokio::test]
async fn no_secret_shows() {
    let fake = start().await;
    let connections = Connections::new(host().clone(), 2);
    let settings = fake.settings(Flow::ClientCredentials);
    query(&connections, settings.clone()).await;
    let shown = format!("{connections:?}");
    assert_eq!(shown, "Connections { orgs: 1, idle: 1, most: 2, .. }");
}
