//! Connections that hang, break or lie: what the failure says, and that the next call works.

use crate::raw::{Server, Step, answer};
use crate::support::*;
use host_test::wit::{Applied, Failure, Response};
use host_test::{Egress, Host, HostConfig, Instance};

const CREATED: &str = r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[]}"#;

/// A single attempt, and patience for less than a second.
fn impatient(url: &str) -> Vec<(String, String)> {
    let limits = [
        ("SALESFORCE_MAX_ATTEMPTS", "1"),
        ("SALESFORCE_CONNECT_TIMEOUT_MS", "300"),
        ("SALESFORCE_FIRST_BYTE_TIMEOUT_MS", "400"),
        ("SALESFORCE_BETWEEN_BYTES_TIMEOUT_MS", "400"),
    ];
    and(given(url), &limits)
}

type Called = Result<Result<Response, Failure>, host_test::Error>;

async fn get(org: &mut Instance) -> Called {
    org.get("Account", ID, &[], None).await
}

async fn create(org: &mut Instance) -> Called {
    org.create("Account", "{}", None).await
}

fn whole() -> Step {
    Step::Answer(answer("200 OK", "{}"))
}

fn head(length: usize, start: &str) -> Vec<u8> {
    format!("HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{start}")
        .into_bytes()
}

#[tokio::test]
async fn a_server_that_never_agrees_on_tls_is_a_timeout() {
    let server = Server::start(Vec::new()).await;
    let url = server.url.replace("http://", "https://");
    let mut org = instance(impatient(&url)).await;
    for _ in 0..2 {
        let failure = failed(create(&mut org).await);
        // Nothing was sent, but hosts are there that say the same of a lost answer.
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, "REQUEST_TIMEOUT", Applied::Maybe, None)
        );
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_timeout_on_new_and_kept_connections() {
    let hang = || Step::Hang(Vec::new());
    let server = Server::start(vec![hang(), whole(), hang(), hang(), whole()]).await;
    let mut org = instance(impatient(&server.url)).await;
    let timeout = (Kind::Transient, "REQUEST_TIMEOUT", Applied::No, None);
    assert_eq!(outline(&failed(get(&mut org).await)), timeout);
    get(&mut org).await.unwrap().unwrap();
    // On the connection that the last answer came on.
    assert_eq!(outline(&failed(get(&mut org).await)), timeout);
    assert_eq!(server.connections(), 2);
    let failure = failed(create(&mut org).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "REQUEST_TIMEOUT", Applied::Maybe, None)
    );
    get(&mut org).await.unwrap().unwrap();
    assert_eq!(server.requests(), 5);
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_a_timeout_on_new_and_kept_connections() {
    let stop = || Step::Hang(head(CREATED.len(), "{\"id\":"));
    let server = Server::start(vec![stop(), whole(), stop(), stop(), whole()]).await;
    let mut org = instance(impatient(&server.url)).await;
    let timeout = (Kind::Transient, "REQUEST_TIMEOUT", Applied::No, Some(201));
    assert_eq!(outline(&failed(get(&mut org).await)), timeout);
    get(&mut org).await.unwrap().unwrap();
    assert_eq!(outline(&failed(get(&mut org).await)), timeout);
    // The status of success came: the record is there.
    let failure = failed(create(&mut org).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "REQUEST_TIMEOUT", Applied::Yes, Some(201))
    );
    get(&mut org).await.unwrap().unwrap();
    assert_eq!(server.requests(), 5);
}

#[tokio::test]
async fn the_deadline_covers_the_whole_call() {
    let server = Server::start(vec![Step::Hang(Vec::new()), whole()]).await;
    let mut org = instance(given(&server.url)).await;
    let answer = org
        .get("Account", ID, &[], Some(r#"{"deadlineMs":300}"#))
        .await;
    let failure = failed(answer);
    assert_eq!(
        outline(&failure),
        (Kind::Transient, "REQUEST_TIMEOUT", Applied::No, None)
    );
    assert_eq!(read(&failure.1.more)["attempts"], 1);
    get(&mut org).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_a_create_open_and_is_made_once() {
    let cases = [
        (Step::Cut(Vec::new()), Applied::Maybe, None),
        (
            Step::Cut(b"HTTP/1.1 201 Cre".to_vec()),
            Applied::Maybe,
            None,
        ),
        (
            Step::Cut(head(CREATED.len(), "{\"id\":")),
            Applied::Yes,
            Some(201),
        ),
    ];
    for (step, applied, status) in cases {
        let case = format!("{step:?}");
        let server = Server::start(vec![whole(), step, whole()]).await;
        let mut org = instance(given(&server.url)).await;
        get(&mut org).await.unwrap().unwrap();
        let failure = failed(create(&mut org).await);
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, "CONNECTION_ERROR", applied, status),
            "{case}"
        );
        assert_eq!(server.requests(), 2, "{case}");
        get(&mut org).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again_for_a_read() {
    let server = Server::start(vec![Step::Cut(Vec::new()), whole()]).await;
    let mut org = instance(given(&server.url)).await;
    let answer = get(&mut org).await.unwrap().unwrap();
    assert_eq!(
        (answer.status, &read(&answer.more)["attempts"]),
        (200, &2.into())
    );
}

#[tokio::test]
async fn what_is_no_http_or_no_whole_json_is_told() {
    let once = ("SALESFORCE_MAX_ATTEMPTS", "1");
    let garbage = [
        (
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            "CONNECTION_ERROR",
            Applied::Maybe,
        ),
        (
            answer("201 Created", "{\"id\":\"001"),
            "UNKNOWN_ERROR",
            Applied::Yes,
        ),
        (answer("201 Created", "{}"), "UNKNOWN_ERROR", Applied::Yes),
        (
            [head(3, ""), vec![b'"', 0xff, b'"']].concat(),
            "UNKNOWN_ERROR",
            Applied::Yes,
        ),
    ];
    for (bytes, code, applied) in garbage {
        let case = String::from_utf8_lossy(&bytes).into_owned();
        let server = Server::start(vec![Step::Cut(bytes), whole()]).await;
        let mut org = instance(and(given(&server.url), &[once])).await;
        let (kind, detail) = failed(create(&mut org).await);
        assert_eq!(
            (kind, detail.code.as_str(), detail.applied),
            (Kind::Permanent, code, applied),
            "{case}"
        );
        get(&mut org).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_a_connection_error() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let failure = failed(create(&mut instance(impatient(&url)).await).await);
    assert_eq!(
        outline(&failure),
        (Kind::Transient, "CONNECTION_ERROR", Applied::No, None)
    );
}

#[tokio::test]
async fn a_host_that_denies_is_told_from_a_host_that_is_down() {
    let server = Server::start(vec![whole()]).await;
    let egress = Egress::Hosts(vec!["*.my.salesforce.com".parse().unwrap()]);
    let host = Host::new(
        component(),
        HostConfig {
            egress,
            ..HostConfig::default()
        },
    )
    .unwrap();
    let mut org = host.instance(given(&server.url)).await.unwrap();
    let failure = failed(create(&mut org).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "CONNECTION_ERROR", Applied::No, None)
    );
    assert_eq!(server.connections(), 0);
}
