//! Calls that the host ends.

use super::*;
use crate::{Allocation, Error, Limits, NO_SETTINGS};
use std::time::Duration;

const ID: &str = "001000000000001AAA";

fn limited(limits: Limits) -> Host {
    host(HostConfig {
        limits,
        ..HostConfig::default()
    })
}

#[tokio::test]
async fn a_call_ends_at_its_deadline_and_the_instance_is_lost() {
    let address = silence().await;
    let host = limited(Limits {
        deadline: Duration::from_millis(500),
        ..Limits::default()
    });
    let mut instance = connected(&host, &address, &[]).await;
    let error = instance.get("Account", ID, &[], None).await.unwrap_err();
    assert!(matches!(error, Error::Deadline(_)), "{error}");
    assert!(instance.is_lost());
    let error = instance.get("Account", ID, &[], None).await.unwrap_err();
    assert!(matches!(error, Error::Lost), "{error}");
    // The host is none the worse.
    let address = answering(r#"{"Id": "001000000000001AAA"}"#).await;
    let mut instance = connected(&host, &address, &[]).await;
    let answer = instance.get("Account", ID, &[], None).await.unwrap();
    assert_eq!(answer.unwrap().status, 200);
}

#[tokio::test]
async fn a_call_that_only_computes_ends_at_its_deadline() {
    let host = limited(Limits {
        deadline: Duration::from_millis(50),
        ..Limits::default()
    });
    let mut instance = connected(&host, "127.0.0.1:1", &[]).await;
    // Refused, but only after reading it to its end, where the brackets are missing.
    let payload = format!(r#"{{"Name": [{}1"#, "1, ".repeat(16 * 1024 * 1024));
    let answer = instance.create("Account", &payload, None).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, Error::Deadline(_)), "{error}");
}

#[tokio::test]
async fn a_call_that_is_dropped_loses_the_instance() {
    let address = silence().await;
    let host = host(HostConfig::default());
    let mut instance = connected(&host, &address, &[]).await;
    let calling = instance.get("Account", ID, &[], None);
    let dropped = tokio::time::timeout(Duration::from_millis(300), calling).await;
    assert!(dropped.is_err());
    assert!(matches!(instance.catalog().await, Err(Error::Lost)));
}

#[tokio::test]
async fn memory_has_a_limit() {
    let host = limited(Limits {
        memory: 8 * 1024 * 1024,
        ..Limits::default()
    });
    let mut instance = connected(&host, "127.0.0.1:1", &[]).await;
    let payload = format!(r#"{{"Name": "{}"}}"#, "x".repeat(16 * 1024 * 1024));
    let error = instance
        .create("Account", &payload, None)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Memory(_)), "{error}");
    assert!(instance.is_lost());
    assert!(instance.memory_bytes() <= 8 * 1024 * 1024);
}

#[tokio::test]
async fn fuel_is_counted_and_has_a_limit() {
    let host = limited(Limits {
        fuel: Some(100_000_000),
        ..Limits::default()
    });
    let mut instance = host.instance(NO_SETTINGS).await.unwrap();
    assert_eq!(instance.fuel_used(), None);
    instance.catalog().await.unwrap().unwrap();
    let used = instance.fuel_used().unwrap();
    instance.catalog().await.unwrap().unwrap();
    let again = instance.fuel_used().unwrap();
    assert!(used > 0 && again > 0 && again < 2 * used, "{used} {again}");

    let host = limited(Limits {
        fuel: Some(used / 2),
        ..Limits::default()
    });
    let mut instance = host.instance(NO_SETTINGS).await.unwrap();
    let error = instance.catalog().await.unwrap_err();
    assert!(matches!(error, Error::Fuel(_)), "{error}");
    assert!(instance.is_lost());
}

#[tokio::test]
async fn a_pool_of_instances_has_an_end() {
    let host = host(HostConfig {
        allocation: Allocation::Pooling { instances: 2 },
        ..HostConfig::default()
    });
    let mut first = host.instance(NO_SETTINGS).await.unwrap();
    let second = host.instance(NO_SETTINGS).await.unwrap();
    assert!(host.instance(NO_SETTINGS).await.is_err());
    drop(second);
    let mut third = host.instance(NO_SETTINGS).await.unwrap();
    first.catalog().await.unwrap().unwrap();
    third.catalog().await.unwrap().unwrap();
}
