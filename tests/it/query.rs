//! Queries: pages, limits, deleted rows, long texts.

use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::Start;
use host_test::{Instance, Limits};
use std::collections::BTreeSet;

const NEXT: &str = "/services/data/v66.0/query/01gRO0000016PIAYA2-1";

fn page(done: bool, name: &str) -> String {
    let next = if done {
        String::new()
    } else {
        format!(r#","nextRecordsUrl":"{NEXT}""#)
    };
    format!(r#"{{"totalSize":2,"done":{done}{next},"records":[{{"Name":"{name}"}}]}}"#)
}

#[tokio::test]
async fn a_query_is_one_request_and_its_next_page_another() {
    let server = server().await;
    on(
        &server,
        "GET",
        "/services/data/v66.0/query",
        json(200, &page(false, "a")),
    )
    .await;
    on(&server, "GET", NEXT, json(200, &page(true, "b"))).await;
    let mut org = org(&server).await;
    let soql = "SELECT Name FROM Account WHERE Name LIKE 'a&b=%+ü'";
    let first = org.query(soql, false, None).await.unwrap().unwrap();
    assert_eq!(first.body.unwrap(), page(false, "a"));
    assert_eq!(read(&first.more)["locator"], NEXT);
    let last = org.query_more(NEXT, None).await.unwrap().unwrap();
    assert_eq!(last.body.unwrap(), page(true, "b"));
    assert_eq!(read(&last.more)["locator"], serde_json::Value::Null);

    let input = serde_json::json!({"salesforceQuery": soql}).to_string();
    let output = read(&org.invoke("QUERY", &input).await.unwrap().unwrap());
    assert_eq!(
        (&output["locator"], &output["salesforceStatus"]),
        (&NEXT.into(), &"200".into())
    );
    let input = serde_json::json!({"locator": NEXT}).to_string();
    let output = read(&org.invoke("QUERY_MORE", &input).await.unwrap().unwrap());
    assert_eq!(output["salesforceResult"], page(true, "b"));

    let q = "SELECT%20Name%20FROM%20Account%20WHERE%20Name%20LIKE%20%27a%26b%3D%25%2B%C3%BC%27";
    let query = || authorized(&format!("GET /services/data/v66.0/query?q={q}"), "");
    let more = || authorized(&format!("GET {NEXT}"), "");
    assert_eq!(sent(&server).await, [query(), more(), query(), more()]);
}

#[tokio::test]
async fn deleted_rows_come_on_request() {
    let server = server().await;
    on(
        &server,
        "GET",
        "/services/data/v66.0/queryAll",
        json(200, &page(true, "a")),
    )
    .await;
    let mut org = org(&server).await;
    org.query("SELECT Name FROM A", true, None)
        .await
        .unwrap()
        .unwrap();
    let input = r#"{"salesforceQuery":"SELECT Name FROM A","includeDeleted":true}"#;
    org.invoke("QUERY", input).await.unwrap().unwrap();
    let line = "GET /services/data/v66.0/queryAll?q=SELECT%20Name%20FROM%20A";
    assert_eq!(lines(&server).await, [line, line]);
}

#[tokio::test]
async fn a_long_query_goes_inside_a_composite_request() {
    let server = server().await;
    let inner = page(true, "a");
    let outer = format!(
        r#"{{"compositeResponse":[{{"body":{inner},"httpHeaders":{{}},"httpStatusCode":200,"referenceId":"query"}}]}}"#
    );
    on(
        &server,
        "POST",
        "/services/data/v66.0/composite",
        json(200, &outer),
    )
    .await;
    let name = "x".repeat(20_000);
    let soql = format!("SELECT Name FROM A WHERE Name = '{name}'");
    let answer = org(&server)
        .await
        .query(&soql, false, None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((answer.status, answer.body.unwrap()), (200, inner));
    let url = format!(
        "/services/data/v66.0/query?q=SELECT%20Name%20FROM%20A%20WHERE%20Name%20%3D%20%27{name}%27"
    );
    let body = format!(
        r#"{{"compositeRequest":[{{"method":"GET","url":"{url}","referenceId":"query"}}]}}"#
    );
    assert_eq!(
        sent(&server).await,
        [authorized("POST /services/data/v66.0/composite", &body)]
    );
}

#[tokio::test]
async fn a_long_query_is_answered_by_the_fake_as_a_short_one_is() {
    let (fake, mut org) = fake(FakeConfig::default()).await;
    let name = "x".repeat(20_000);
    let soql = format!("SELECT Id FROM Account WHERE Name != '{name}'");
    let long = org.query(&soql, false, None).await.unwrap().unwrap();
    let short = org
        .query("SELECT Id FROM Account", false, None)
        .await
        .unwrap()
        .unwrap();
    let rows = |body: Option<String>| read(&body.unwrap())["records"].as_array().unwrap().len();
    assert_eq!(rows(long.body), rows(short.body));
    assert_eq!(fake.not_understood(), Vec::<String>::new());
}

async fn fake(config: FakeConfig) -> (Fake, Instance) {
    let fake = Fake::start(config).await.unwrap();
    let org = instance(fake.settings(Flow::Bearer)).await;
    (fake, org)
}

#[tokio::test]
async fn a_gathered_result_goes_on_where_a_limit_cut_it() {
    let config = FakeConfig {
        extra_accounts: 9_988,
        ..FakeConfig::default()
    };
    let (fake, mut org) = fake(config).await;
    let total = fake.record_count("Account");
    let mut start = Start::Soql("SELECT Id FROM Account ORDER BY Name".into());
    let (mut ids, mut cuts, mut before) = (Vec::new(), Vec::new(), 0);
    loop {
        let answer = org
            .query_pages(&start, Some(4_000), None, false, None)
            .await;
        let answer = answer.unwrap().unwrap();
        let body = read(answer.body.as_deref().unwrap());
        let rows = body["records"].as_array().unwrap();
        assert!(rows.len() <= 4_000);
        ids.extend(
            rows.iter()
                .map(|row| row["Id"].as_str().unwrap().to_owned()),
        );
        let more = read(&answer.more);
        let requests = fake.exchanges().len() - before;
        assert_eq!(requests, rows.len().div_ceil(2_000), "one request a page");
        before = fake.exchanges().len();
        match more["locator"].as_str() {
            None => break,
            Some(locator) => {
                assert_eq!(body["nextRecordsUrl"], locator);
                cuts.push(more["cut"]["by"].as_str().unwrap().to_owned());
                start = Start::Locator(locator.to_owned());
            }
        }
    }
    assert_eq!(cuts, ["maxRows", "maxRows"]);
    assert_eq!(ids.len(), total);
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        total,
        "no row twice"
    );
}

#[tokio::test]
async fn ten_thousand_records_fit_in_64_mib() {
    let limits = Limits {
        memory: 64 * 1024 * 1024,
        ..Limits::default()
    };
    let config = FakeConfig {
        extra_accounts: 10_000,
        ..FakeConfig::default()
    };
    let fake = Fake::start(config).await.unwrap();
    let host = host_with(limits);
    let mut org = host.instance(fake.settings(Flow::Bearer)).await.unwrap();
    let soql = "SELECT Id, Name, Industry, BillingCity, CreatedDate FROM Account";
    let start = Start::Soql(soql.into());
    let answer = org
        .query_pages(&start, Some(20_000), None, false, None)
        .await
        .unwrap()
        .unwrap();
    let rows = read(&answer.body.unwrap())["records"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(rows, fake.record_count("Account"));
    // And page by page, as a workflow does.
    let (mut rows, mut answer) = (0, org.query(soql, false, None).await.unwrap().unwrap());
    loop {
        rows += read(answer.body.as_deref().unwrap())["records"]
            .as_array()
            .unwrap()
            .len();
        let more = read(&answer.more);
        let Some(locator) = more["locator"].as_str() else {
            break;
        };
        answer = org.query_more(locator, None).await.unwrap().unwrap();
    }
    assert_eq!(rows, fake.record_count("Account"));
}
