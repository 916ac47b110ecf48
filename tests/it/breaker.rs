//! Calls that are not made: while the circuit breaker is open, and writes near the quota.

use crate::support::*;
use host_test::Instance;
use host_test::wit::Applied;
use wiremock::{MockServer, ResponseTemplate};

const CREATE: &str = "/services/data/v66.0/sobjects/Account/";
const CREATED: &str = r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[]}"#;

fn record() -> String {
    format!("/services/data/v66.0/sobjects/Account/{ID}")
}

/// An instance that makes single attempts and opens after two failed calls.
async fn strict(server: &MockServer, more: &[(&str, &str)]) -> Instance {
    let limits = [
        ("SALESFORCE_MAX_ATTEMPTS", "1"),
        ("SALESFORCE_BREAKER_FAILURES", "2"),
    ];
    instance(and(and(given(&server.uri()), &limits), more)).await
}

async fn breaker(org: &mut Instance) -> serde_json::Value {
    read(&org.breaker().await.unwrap().unwrap())
}

/// The failure of a call that was not made.
fn held(failure: &(Kind, host_test::wit::Detail), cause: &str) {
    let expected = (Kind::Transient, "CIRCUIT_BREAKER_OPEN", Applied::No, None);
    assert_eq!(outline(failure), expected);
    let more = read(&failure.1.more);
    assert_eq!(
        (&more["cause"], &more["attempts"]),
        (&cause.into(), &0.into())
    );
    assert!(failure.1.retry_after_ms.is_some_and(|wait| wait > 0));
}

#[tokio::test]
async fn it_opens_after_failed_calls_and_is_reset() {
    let server = server().await;
    on(&server, "GET", &record(), ResponseTemplate::new(503)).await;
    let mut org = strict(&server, &[]).await;
    let closed = serde_json::json!({"state": "closed", "failures": 0});
    assert_eq!(breaker(&mut org).await, closed);
    for _ in 0..2 {
        let failure = failed(org.get("Account", ID, &[], None).await);
        assert_eq!(failure.1.code, "UNKNOWN_ERROR");
    }
    assert_eq!(lines(&server).await.len(), 2);

    held(
        &failed(org.get("Account", ID, &[], None).await),
        "UNKNOWN_ERROR",
    );
    held(
        &failed(org.create("Account", "{}", None).await),
        "UNKNOWN_ERROR",
    );
    let input = format!(r#"{{"SObjectName":"Account","SObjectId":"{ID}"}}"#);
    held(&failed(org.invoke("DELETE", &input).await), "UNKNOWN_ERROR");
    // A wrong input is told as such.
    let (_, detail) = failed(org.create("Account", "[]", None).await);
    assert_eq!(detail.code, "INVALID_INPUT");
    assert_eq!(lines(&server).await.len(), 2);
    let open = breaker(&mut org).await;
    assert_eq!(
        (&open["state"], &open["failures"], &open["cause"]),
        (&"open".into(), &2.into(), &"UNKNOWN_ERROR".into())
    );
    assert!(open["retryAfterMs"].is_u64());

    org.reset_breaker().await.unwrap().unwrap();
    assert_eq!(breaker(&mut org).await, closed);
    once(&server, "GET", &record(), json(200, "{}")).await;
    org.get("Account", ID, &[], None).await.unwrap().unwrap();
    assert_eq!(lines(&server).await.len(), 3);
}

#[tokio::test]
async fn a_trial_closes_it() {
    let server = server().await;
    on(&server, "GET", &record(), json(200, "{}")).await;
    for _ in 0..2 {
        once(&server, "GET", &record(), ResponseTemplate::new(502)).await;
    }
    let mut org = strict(&server, &[("SALESFORCE_BREAKER_MS", "1")]).await;
    for _ in 0..2 {
        failed(org.get("Account", ID, &[], None).await);
    }
    while breaker(&mut org).await["state"] == "open" {
        tokio::task::yield_now().await;
    }
    assert_eq!(breaker(&mut org).await["state"], "half-open");
    org.get("Account", ID, &[], None).await.unwrap().unwrap();
    let closed = serde_json::json!({"state": "closed", "failures": 0});
    assert_eq!(breaker(&mut org).await, closed);
}

#[tokio::test]
async fn new_settings_close_it_and_zero_switches_it_off() {
    let server = server().await;
    on(&server, "GET", &record(), ResponseTemplate::new(503)).await;
    let mut org = host().instance(host_test::NO_SETTINGS).await.unwrap();
    let limits = [
        ("SALESFORCE_MAX_ATTEMPTS", "1"),
        ("SALESFORCE_BREAKER_FAILURES", "1"),
    ];
    let settings = and(given(&server.uri()), &limits);
    org.configure(&settings).await.unwrap().unwrap();
    failed(org.get("Account", ID, &[], None).await);
    held(
        &failed(org.get("Account", ID, &[], None).await),
        "UNKNOWN_ERROR",
    );
    org.configure(&settings).await.unwrap().unwrap();
    assert_eq!(breaker(&mut org).await["state"], "closed");

    let off = and(settings, &[("SALESFORCE_BREAKER_FAILURES", "0")]);
    org.configure(&off).await.unwrap().unwrap();
    for _ in 0..10 {
        let failure = failed(org.get("Account", ID, &[], None).await);
        assert_eq!(failure.1.code, "UNKNOWN_ERROR");
    }
    assert_eq!(breaker(&mut org).await["state"], "off");
    assert_eq!(lines(&server).await.len(), 11);
}

#[tokio::test]
async fn the_daily_quota_opens_it_at_once_and_a_check_is_made_all_the_same() {
    let server = server().await;
    let spent =
        r#"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;
    on(&server, "POST", CREATE, json(403, spent)).await;
    let mut org = org(&server).await;
    let failure = failed(org.create("Account", "{}", None).await);
    let code = "REQUEST_LIMIT_EXCEEDED";
    let expected = (Kind::Permanent, code, Applied::No, Some(403));
    assert_eq!(outline(&failure), expected);
    held(&failed(org.get("Account", ID, &[], None).await), code);
    held(&failed(org.create("Account", "{}", None).await), code);
    assert_eq!(lines(&server).await.len(), 1);
    // Who asks whether the connection works gets an answer.
    failed(org.check().await);
    assert_eq!(lines(&server).await[1], "GET /services/data/");
}

#[tokio::test]
async fn writes_are_refused_near_the_quota_and_reads_are_not() {
    let server = server().await;
    let usage = |answer: ResponseTemplate, used: &str| {
        answer.insert_header("Sforce-Limit-Info", format!("api-usage={used}/1000"))
    };
    on(&server, "POST", CREATE, json(201, CREATED)).await;
    once(&server, "POST", CREATE, usage(json(201, CREATED), "950")).await;
    on(&server, "GET", &record(), usage(json(200, "{}"), "951")).await;
    let mut org = strict(&server, &[("SALESFORCE_QUOTA_RESERVE_PERCENT", "5")]).await;
    org.create("Account", "{}", None).await.unwrap().unwrap();
    let failure = failed(org.create("Account", "{}", None).await);
    held(&failure, "REQUEST_LIMIT_EXCEEDED");
    let detail = &failure.1;
    assert!(detail.message.contains("950 of 1000"), "{}", detail.message);
    assert!(
        detail.message.contains("last 5 percent"),
        "{}",
        detail.message
    );
    let more = read(&detail.more);
    assert_eq!(more["setting"], "SALESFORCE_QUOTA_RESERVE_PERCENT");
    assert_eq!(
        more["apiUsage"],
        serde_json::json!({"used": 950, "limit": 1000})
    );
    let update = org.update("Account", ID, "{}", None).await;
    held(&failed(update), "REQUEST_LIMIT_EXCEEDED");

    org.get("Account", ID, &[], None).await.unwrap().unwrap();
    let known = breaker(&mut org).await;
    assert_eq!(known["apiUsage"]["used"], 951);
    assert!(known["writesRefusedMs"].is_u64());
    once(&server, "GET", &record(), usage(json(200, "{}"), "10")).await;
    org.get("Account", ID, &[], None).await.unwrap().unwrap();
    org.create("Account", "{}", None).await.unwrap().unwrap();
    let create = format!("POST {CREATE}");
    let read = format!("GET {}", record());
    assert_eq!(
        lines(&server).await,
        [create.clone(), read.clone(), read, create]
    );
}

#[tokio::test]
async fn wrong_limits_are_named() {
    let server = server().await;
    for (name, value) in [
        ("SALESFORCE_BREAKER_FAILURES", "-1"),
        ("SALESFORCE_BREAKER_FAILURES", "1001"),
        ("SALESFORCE_BREAKER_MS", "0"),
        ("SALESFORCE_QUOTA_RESERVE_PERCENT", "100"),
        ("SALESFORCE_QUOTA_RESERVE_PERCENT", "5%"),
    ] {
        let mut org = instance(and(given(&server.uri()), &[(name, value)])).await;
        let (_, detail) = failed(org.breaker().await);
        assert_eq!(detail.code, "INVALID_INPUT");
        assert_eq!(read(&detail.more)["setting"], name);
    }
}
