//! Large results: pages that are asked for ahead and come compressed, against a server that is some
//! distance away. Every row is there once, in its order.

use crate::support::*;
use host_test::bench::{Server, Traffic};
use host_test::wit::Start;
use serde_json::Value;

const ROWS: u64 = 21_000;
const PAGES: u64 = 11;

/// Reads all rows, `most` with each call, checks them, and answers what went over the wire.
async fn read_all(more: &[(&str, &str)], most: u32) -> Traffic {
    let (address, server) = Server::start(ROWS as usize).await.unwrap();
    server.set_latency(3);
    let url = format!("http://{address}");
    let settings = [
        ("SALESFORCE_INSTANCE_URL", url.as_str()),
        ("SALESFORCE_ACCESS_TOKEN", TOKEN),
    ];
    let settings = settings.iter().chain(more).map(|(n, v)| (*n, *v));
    let mut org = host().instance(settings).await.unwrap();
    let mut start = Start::Soql("SELECT Id, Name FROM Account".to_owned());
    let mut next = 0;
    loop {
        let answer = org.query_pages(&start, Some(most), None, false, None).await;
        let answer = answer.unwrap().unwrap();
        let body: Value = read(answer.body.as_deref().unwrap());
        assert_eq!(body["totalSize"], ROWS);
        for row in body["records"].as_array().unwrap() {
            assert_eq!(row["Id"], format!("001xx{next:010}AAA"));
            next += 1;
        }
        match body["nextRecordsUrl"].as_str() {
            Some(locator) => start = Start::Locator(locator.to_owned()),
            None => break,
        }
    }
    assert_eq!(next, ROWS);
    server.traffic()
}

#[tokio::test]
async fn every_row_comes_once_and_in_order() {
    for most in [2_000, 9_999, 100_000] {
        let one_by_one = read_all(&[("SALESFORCE_PAGES_AHEAD", "0")], most).await;
        assert_eq!(one_by_one.requests, PAGES, "{most}");
        for ahead in ["1", "4", "16"] {
            let settings = [("SALESFORCE_PAGES_AHEAD", ahead)];
            let traffic = read_all(&settings, most).await;
            // No page is asked for twice, or in vain.
            assert_eq!(traffic.requests, PAGES, "{most} {ahead}");
            assert_eq!(traffic.received, one_by_one.received, "{most} {ahead}");
        }
    }
}

#[tokio::test]
async fn pages_are_under_way_at_the_same_time() {
    let connections = async |ahead| {
        let settings = [("SALESFORCE_PAGES_AHEAD", ahead)];
        read_all(&settings, 100_000).await.connections
    };
    assert_eq!(connections("0").await, 1);
    assert_eq!(connections("1").await, 1);
    assert!(connections("4").await > 1);
}

#[tokio::test]
async fn compressed_pages_have_the_same_rows_in_fewer_bytes() {
    let plain = read_all(&[], 100_000).await;
    let packed = read_all(&[("SALESFORCE_COMPRESSION", "true")], 100_000).await;
    assert_eq!(packed.requests, plain.requests);
    assert!(packed.received * 5 < plain.received, "{packed:?} {plain:?}");
}

#[tokio::test]
async fn only_pages_are_asked_for_compressed() {
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    on(&server, "GET", &at, json(200, "{}")).await;
    let body = r#"{"totalSize":0,"done":true,"records":[]}"#;
    on(
        &server,
        "GET",
        "/services/data/v66.0/query",
        json(200, body),
    )
    .await;
    for (setting, asked) in [
        (None, None),
        (Some("false"), None),
        (Some("true"), Some("gzip")),
    ] {
        let url = server.uri();
        let mut settings = vec![
            ("SALESFORCE_INSTANCE_URL", url.as_str()),
            ("SALESFORCE_ACCESS_TOKEN", TOKEN),
        ];
        settings.extend(setting.map(|value| ("SALESFORCE_COMPRESSION", value)));
        let mut org = host().instance(settings).await.unwrap();
        let before = server.received_requests().await.unwrap().len();
        org.query("SELECT Id FROM Account", false, None)
            .await
            .unwrap()
            .unwrap();
        org.get("Account", ID, &[], None).await.unwrap().unwrap();
        let requests = server.received_requests().await.unwrap();
        let encoding = |at: usize| requests[before + at].headers.get("accept-encoding");
        assert_eq!(
            encoding(0).map(|value| value.to_str().unwrap()),
            asked,
            "{setting:?}"
        );
        assert_eq!(encoding(1), None, "{setting:?}");
    }
}
