//! Large bodies pass through whole, and too large ones fail cleanly.

use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::Applied;

const MEGABYTE: usize = 1_000_000;

/// A text of that length with characters of all widths, quotes and line breaks.
fn text(length: usize) -> String {
    "aé€😀\"\\\n".chars().cycle().take(length).collect()
}

#[tokio::test]
async fn a_record_of_25_megabytes_goes_there_and_back() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let mut org = instance(fake.settings(Flow::Bearer)).await;
    let notes = text(15 * MEGABYTE);
    let payload = serde_json::json!({"Name": "Large", "Notes__c": notes}).to_string();
    assert!(payload.len() > 25 * MEGABYTE);
    let created = org
        .create("Account", &payload, None)
        .await
        .unwrap()
        .unwrap();
    let id = read(&created.body.unwrap())["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let fields = ["Notes__c".to_owned()];
    let found = org
        .get("Account", &id, &fields, None)
        .await
        .unwrap()
        .unwrap();
    let body = found.body.unwrap();
    assert!(body.len() > 25 * MEGABYTE);
    assert_eq!(read(&body)["Notes__c"].as_str(), Some(notes.as_str()));
}

#[tokio::test]
async fn the_dynamic_face_takes_them_too() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let mut org = instance(fake.settings(Flow::Bearer)).await;
    let notes = text(15 * MEGABYTE);
    let payload = serde_json::json!({"Name": "Large", "Notes__c": notes}).to_string();
    let input = serde_json::json!({"SObjectName": "Account", "salesforcePayload": payload});
    let created = read(
        &org.invoke("CREATE", &input.to_string())
            .await
            .unwrap()
            .unwrap(),
    );
    let created = read(created["salesforceResult"].as_str().unwrap());
    let input = serde_json::json!({"SObjectName": "Account", "SObjectId": created["id"]});
    let found = read(
        &org.invoke("GET", &input.to_string())
            .await
            .unwrap()
            .unwrap(),
    );
    let found = read(found["salesforceResult"].as_str().unwrap());
    assert_eq!(found["Notes__c"].as_str(), Some(notes.as_str()));
}

#[tokio::test]
async fn an_answer_beyond_the_limit_fails_and_the_next_call_works() {
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let large = format!("\"{}\"", "x".repeat(2_000));
    once(&server, "GET", &at, json(200, &large)).await;
    on(&server, "GET", &at, json(200, "{}")).await;
    let settings = and(
        given(&server.uri()),
        &[("SALESFORCE_MAX_RESPONSE_BYTES", "1024")],
    );
    let mut org = instance(settings).await;
    let failure = failed(org.get("Account", ID, &[], None).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "UNKNOWN_ERROR", Applied::No, Some(200))
    );
    assert!(
        failure.1.message.contains("1024 bytes"),
        "{}",
        failure.1.message
    );
    org.get("Account", ID, &[], None).await.unwrap().unwrap();
}

/// The largest answer that the settings allow, in both faces, within the default memory.
#[tokio::test]
async fn an_answer_at_the_limit_passes() {
    const LIMIT: usize = 52_428_800;
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let mut body = String::with_capacity(LIMIT);
    body.push('[');
    while body.len() < LIMIT - 40 {
        body.push_str(r#"{"Name":"some ordinary text"},"#);
    }
    body.push_str("0]");
    on(&server, "GET", &at, json(200, &body)).await;
    let limit = LIMIT.to_string();
    let settings = and(
        given(&server.uri()),
        &[("SALESFORCE_MAX_RESPONSE_BYTES", &limit)],
    );
    let mut org = instance(settings).await;
    let typed = org.get("Account", ID, &[], None).await.unwrap().unwrap();
    assert!(typed.body.as_deref() == Some(&body), "the body is another");
    let input = serde_json::json!({"SObjectName": "Account", "SObjectId": ID}).to_string();
    let output = read(&org.invoke("GET", &input).await.unwrap().unwrap());
    assert!(
        output["salesforceResult"] == body.as_str(),
        "the result is another"
    );
}

/// The same for a result that is gathered from several pages.
#[tokio::test]
async fn a_gathered_result_at_the_limit_passes() {
    let server = server().await;
    let next = "/services/data/v66.0/query/01gRO0000016PIAYA2-2000";
    let row = format!(r#"{{"Name":"{}"}}"#, "x".repeat(5_000));
    let records = vec![row; 2_000].join(",");
    let page = |end: &str| format!(r#"{{"totalSize":8000,{end},"records":[{records}]}}"#);
    let more = page(&format!(r#""done":false,"nextRecordsUrl":"{next}""#));
    on(
        &server,
        "GET",
        "/services/data/v66.0/query",
        json(200, &more),
    )
    .await;
    for _ in 0..3 {
        once(&server, "GET", next, json(200, &more)).await;
    }
    on(&server, "GET", next, json(200, &page(r#""done":true"#))).await;
    let mut org = org(&server).await;
    let input = r#"{"salesforceQuery":"SELECT Name FROM A","maxBytes":52428800,"maxRows":100000}"#;
    let output = read(&org.invoke("QUERY_PAGES", input).await.unwrap().unwrap());
    let result = read(output["salesforceResult"].as_str().unwrap());
    assert_eq!(result["records"].as_array().unwrap().len(), 10_000);
    assert_eq!(result["done"], true);
}
