//! Calls that end as they should, and what the host keeps of them.

use super::*;
use crate::fake::{Fake, FakeConfig, Flow};
use crate::wit::Failure;
use crate::{Egress, Error, NO_SETTINGS, demo};
use tokio::io::AsyncReadExt;

const ID: &str = "001000000000001AAA";

#[tokio::test]
async fn the_demo_does_what_it_says() {
    let mut out = Vec::new();
    let summary = demo::run(component(), &mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(summary.failed, 0, "{out}");
    assert!(summary.passed >= 10, "{out}");
}

#[tokio::test]
async fn instances_are_apart_and_their_requests_are_traced() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let host = host(HostConfig {
        trace: true,
        ..HostConfig::default()
    });
    let mut one = host.instance(fake.settings(Flow::Bearer)).await.unwrap();
    let mut other = host.instance(NO_SETTINGS).await.unwrap();

    let page = one
        .query("SELECT Id FROM Account LIMIT 1", false, None)
        .await;
    assert_eq!(page.unwrap().unwrap().status, 200);
    let refused = other.query("SELECT Id FROM Account", false, None).await;
    assert!(matches!(refused.unwrap(), Err(Failure::Permanent(_))));

    assert!(other.trace().is_empty());
    let made = one.trace();
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(made[0].method, "GET");
    assert_eq!(made[0].status, Some(200));
    assert_eq!(format!("http://{}", made[0].host), fake.url());
    assert!(made[0].received > 0);
    assert!(one.trace().is_empty(), "they were taken");
    assert!(one.memory_bytes() > 0);
}

#[tokio::test]
async fn calls_can_run_in_tasks() {
    let host = host(HostConfig::default());
    let mut instance = host.instance(NO_SETTINGS).await.unwrap();
    let catalog = tokio::spawn(async move { instance.catalog().await });
    assert!(!catalog.await.unwrap().unwrap().unwrap().is_empty());
}

#[tokio::test]
async fn egress_that_is_not_allowed_is_denied() {
    let address = silence().await;
    let host = host(HostConfig {
        egress: Egress::Hosts(vec!["login.salesforce.com".parse().unwrap()]),
        trace: true,
        ..HostConfig::default()
    });
    let mut instance = connected(&host, &address, &[]).await;
    let answer = instance.get("Account", ID, &[], None).await.unwrap();
    assert!(matches!(answer, Err(Failure::Permanent(_))), "{answer:?}");
    let failure = instance.trace()[0].failure.clone().unwrap();
    assert!(failure.starts_with("HTTP-request-denied"), "{failure}");
}

#[tokio::test]
async fn an_answer_that_stops_is_a_timeout_for_the_component_too() {
    let (address, _) = server(|_, mut stream| async move {
        head(&mut stream).await;
        let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
        stream.write_all(half.as_bytes()).await.unwrap();
        head(&mut stream).await;
    })
    .await;
    let host = host(HostConfig::default());
    let settings = [("SALESFORCE_BETWEEN_BYTES_TIMEOUT_MS", "300")];
    let mut instance = connected(&host, &address.to_string(), &settings).await;
    let answer = instance.get("Account", ID, &[], None).await.unwrap();
    let Err(Failure::Transient(detail)) = answer else {
        panic!("{answer:?}");
    };
    let whole = format!("{} {}", detail.code, detail.more);
    assert!(whole.contains("REQUEST_TIMEOUT"), "{detail:?}");
}

#[tokio::test]
async fn bodies_of_25_mb_pass_both_ways() {
    const SIZE: usize = 25 * 1024 * 1024;
    /// What Salesforce answers to a create, and a lot of nothing.
    fn saved() -> String {
        let padding = "x".repeat(SIZE);
        format!(r#"{{"id": "{ID}", "success": true, "errors": [], "padding": "{padding}"}}"#)
    }
    let (address, _) = server(|_, mut stream| async move {
        let request = head(&mut stream).await.unwrap().to_lowercase();
        let (_, length) = request.split_once("content-length: ").unwrap();
        let length: usize = length.split_whitespace().next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        assert!(body.len() > SIZE);
        let answer = saved();
        let length = answer.len();
        let headers = format!("HTTP/1.1 201 Created\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(headers.as_bytes()).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
    })
    .await;
    let host = host(HostConfig::default());
    let settings = [("SALESFORCE_MAX_RESPONSE_BYTES", "52428800")];
    let mut instance = connected(&host, &address.to_string(), &settings).await;
    let payload = format!(r#"{{"Description": "{}"}}"#, "x".repeat(SIZE));
    let answer = instance.create("Account", &payload, None).await.unwrap();
    let body = answer.unwrap().body.unwrap();
    // Without printing either.
    assert!(body == saved(), "{} bytes", body.len());
}

#[test]
fn what_is_no_component_is_refused() {
    let error = Host::new(b"\0asm nonsense", HostConfig::default()).unwrap_err();
    assert!(matches!(error, Error::Component(_)), "{error}");
    let error = Host::load("no/such/file.wasm", HostConfig::default()).unwrap_err();
    assert!(matches!(error, Error::Read { .. }), "{error}");
}

#[tokio::test]
async fn settings_are_not_shown() {
    let host = host(HostConfig::default());
    let instance = connected(&host, "127.0.0.1:1", &[]).await;
    let shown = format!("{host:?} {instance:?}");
    assert!(!shown.contains("canary"), "{shown}");
}
