//! Over TLS: who is trusted, how connections begin, and that faults look as they do without.

use crate::support::*;
use host_test::fake::faults::{Fault, Rule, Stage};
use host_test::fake::{Fake, FakeConfig, Flow, Handshakes};
use host_test::wit::Applied;
use host_test::{Host, HostConfig, Instance, Roots};

async fn start() -> Fake {
    let config = FakeConfig {
        tls: true,
        page_size: 5,
        extra_accounts: 12,
        ..FakeConfig::default()
    };
    Fake::start(config).await.unwrap()
}

/// A host that trusts the authority of this fake.
fn trusting(fake: &Fake) -> Host {
    let pem = fake.ca_pem().unwrap().as_bytes();
    let config = HostConfig {
        roots: Roots::default().with_pem(pem).unwrap(),
        ..HostConfig::default()
    };
    Host::new(component(), config).unwrap()
}

async fn get(org: &mut Instance, fake: &Fake) -> u16 {
    let id = fake.id_of("Account", "Name", "Northwind Bakery").unwrap();
    let got = org.get("Account", &id, &[], None).await;
    got.unwrap().unwrap().status
}

#[tokio::test]
async fn the_core_actions_work_after_every_login() {
    let flows = [
        Flow::ClientCredentials,
        Flow::UsernamePassword,
        Flow::Jwt,
        Flow::RefreshToken,
        Flow::Soap,
    ];
    let fake = start().await;
    let host = trusting(&fake);
    for flow in flows {
        let mut org = host.instance(fake.settings(flow)).await.unwrap();
        let payload = r#"{"Name":"Over TLS"}"#;
        let made = org.create("Account", payload, None).await.unwrap().unwrap();
        let id = read(&made.body.unwrap())["id"].as_str().unwrap().to_owned();
        let payload = r#"{"Phone":"1"}"#;
        let update = org.update("Account", &id, payload, None).await;
        assert_eq!(update.unwrap().unwrap().status, 204);
        let fields = ["Name".to_owned(), "Phone".to_owned()];
        let got = org.get("Account", &id, &fields, None).await;
        let got = read(&got.unwrap().unwrap().body.unwrap());
        assert_eq!(
            (&got["Name"], &got["Phone"]),
            (&"Over TLS".into(), &"1".into())
        );
        let page = org.query("SELECT Id FROM Account", false, None).await;
        let page = read(&page.unwrap().unwrap().body.unwrap());
        let next = page["nextRecordsUrl"].as_str().unwrap();
        let next = org.query_more(next, None).await.unwrap().unwrap();
        assert!(read(&next.body.unwrap())["records"][4].is_object());
        let deleted = org.delete("Account", &id, None).await;
        assert_eq!(deleted.unwrap().unwrap().status, 204, "{flow:?}");
    }
    // One host has one pool: all of that went over one connection. Pages that are asked for
    // ahead may have more.
    assert_eq!(
        fake.handshakes(),
        Handshakes {
            full: 1,
            resumed: 0
        }
    );
    assert!(fake.url().starts_with("https://127.0.0.1:"));
    let input = r#"{"salesforceQuery":"SELECT Id FROM Account"}"#;
    let mut org = host.instance(fake.settings(Flow::Bearer)).await.unwrap();
    let all = read(&org.invoke("QUERY_PAGES", input).await.unwrap().unwrap());
    let all = read(all["salesforceResult"].as_str().unwrap());
    let found = all["records"].as_array().unwrap().len();
    assert_eq!(found, fake.record_count("Account"));
}

#[tokio::test]
async fn an_unknown_authority_is_a_failure_before_anything_is_sent() {
    let (fake, other) = (start().await, start().await);
    for host in [host().clone(), trusting(&other)] {
        for flow in [Flow::Bearer, Flow::ClientCredentials] {
            let once = [("SALESFORCE_MAX_ATTEMPTS", "1")];
            let settings = and(fake.settings(flow), &once);
            let mut org = host.instance(settings).await.unwrap();
            let payload = r#"{"Name":"Nowhere"}"#;
            let failure = failed(org.create("Account", payload, None).await);
            let expected = (Kind::Transient, "CONNECTION_ERROR", Applied::No, None);
            assert_eq!(outline(&failure), expected);
            let message = failure.1.message;
            assert!(
                message.contains("the certificate is not valid"),
                "{message}"
            );
        }
    }
    assert_eq!(
        (fake.exchanges().len(), fake.handshakes()),
        (0, Handshakes::default())
    );
}

#[tokio::test]
async fn a_connection_that_opens_again_resumes_its_session() {
    let fake = start().await;
    let host = trusting(&fake);
    let mut org = host.instance(fake.settings(Flow::Bearer)).await.unwrap();
    for round in 0..3 {
        for _ in 0..5 {
            assert_eq!(get(&mut org, &fake).await, 200);
        }
        assert_eq!(
            fake.handshakes(),
            Handshakes {
                full: 1,
                resumed: round
            }
        );
        fake.hang_up().await;
    }
    // An instance of its own has the sessions of its host, and another host has none.
    let mut next = host.instance(fake.settings(Flow::Bearer)).await.unwrap();
    assert_eq!(get(&mut next, &fake).await, 200);
    assert_eq!(
        fake.handshakes(),
        Handshakes {
            full: 1,
            resumed: 3
        }
    );
    let stranger = trusting(&fake);
    let mut next = stranger
        .instance(fake.settings(Flow::Bearer))
        .await
        .unwrap();
    assert_eq!(get(&mut next, &fake).await, 200);
    assert_eq!(
        fake.handshakes(),
        Handshakes {
            full: 2,
            resumed: 3
        }
    );
}

/// What a create comes to, and how many records it made.
async fn struck(
    fake: &Fake,
    host: &Host,
    fault: Fault,
) -> (Option<(Kind, String, Applied)>, usize) {
    let before = fake.record_count("Account");
    let brief = [
        ("SALESFORCE_MAX_ATTEMPTS", "1"),
        ("SALESFORCE_FIRST_BYTE_TIMEOUT_MS", "400"),
        ("SALESFORCE_BETWEEN_BYTES_TIMEOUT_MS", "400"),
        ("SALESFORCE_MAX_RESPONSE_BYTES", "100000"),
    ];
    let settings = and(fake.settings(Flow::Bearer), &brief);
    let mut org = host.instance(settings).await.unwrap();
    // On a kept connection.
    get(&mut org, fake).await;
    fake.inject(Rule::always(fault).on("POST", "/sobjects/"));
    let payload = r#"{"Name":"Struck"}"#;
    let outcome = match org.create("Account", payload, None).await.unwrap() {
        Ok(_) => None,
        failure => {
            let failure = failed(Ok(failure));
            Some((failure.0, failure.1.code, failure.1.applied))
        }
    };
    fake.settle().await.unwrap();
    (outcome, fake.record_count("Account") - before)
}

/// Except for outages and what strikes connections, which no request can be told from another.
#[tokio::test]
async fn faults_look_as_they_do_without_tls() {
    let (fake, plain) = (
        start().await,
        Fake::start(FakeConfig::default()).await.unwrap(),
    );
    let trusting = trusting(&fake);
    for fault in Fault::ALL.iter().copied() {
        if !matches!(fault.stage(), Stage::Outage | Stage::Accept) && fault != Fault::DripForever {
            let with = struck(&fake, &trusting, fault).await;
            let without = struck(&plain, host(), fault).await;
            assert_eq!(with, without, "{}", fault.name());
        }
    }
}
