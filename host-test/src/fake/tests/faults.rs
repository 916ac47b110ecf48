//! What faults make of answers, and what the ledger has.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Session, sobjects};
use crate::fake::faults::{Fault, Rule, Seed};
use crate::fake::ledger::Change;
use crate::fake::{FakeConfig, Strike};

const CREATE: &str = r#"{"Name":"Acme"}"#;

/// The bytes that a create gets over a connection of its own; it ends with the connection.
async fn create(session: &Session) -> (String, bool) {
    let address = session.fake.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{CREATE}",
        sobjects("Account/"),
        session.bearer(),
        CREATE.len()
    );
    let _ = stream.write_all(request.as_bytes()).await;
    let mut bytes = Vec::new();
    let reset = stream.read_to_end(&mut bytes).await.is_err();
    (String::from_utf8_lossy(&bytes).into_owned(), reset)
}

#[tokio::test]
async fn faults_do_what_they_say_and_the_request_is_done_or_not() {
    // What comes over the wire, whether the connection is reset, and whether it was done.
    let table = [
        (Fault::ClosedUnapplied, "", false, false),
        (Fault::ClosedApplied, "", false, true),
        (Fault::ResetUnread, "", true, false),
        (Fault::ResetUnapplied, "", true, false),
        (Fault::ResetApplied, "", true, true),
        (Fault::ClosedInHead, "HTTP/1.1 20", false, true),
        (Fault::Drip, "HTTP/1.1 201 Created\r\n", false, true),
        (
            Fault::Unavailable,
            "HTTP/1.1 503 Service Unavailable\r\n",
            false,
            false,
        ),
        (
            Fault::UnavailableApplied,
            "HTTP/1.1 503 Service Unavailable\r\n",
            false,
            true,
        ),
        (
            Fault::Expired,
            "HTTP/1.1 401 Unauthorized\r\n",
            false,
            false,
        ),
        (Fault::NoRoute, "HTTP/1.1 420 ", false, false),
        (Fault::Redirect, "HTTP/1.1 302 Found\r\n", false, false),
        (Fault::Garbage, "HTTP/1.1 201 Created\r\n", false, true),
    ];
    for (fault, start, reset, done) in table {
        let session = Session::start().await;
        let before = session.fake.record_count("Account");
        session
            .fake
            .inject(Rule::once(fault, 1).on("POST", "/sobjects/"));
        let (bytes, was_reset) = create(&session).await;
        assert!(bytes.starts_with(start), "{fault:?}: {bytes}");
        assert_eq!(bytes.is_empty(), start.is_empty(), "{fault:?}: {bytes}");
        assert_eq!(was_reset, reset, "{fault:?}");
        let made = session.fake.record_count("Account") - before;
        assert_eq!(made == 1, done, "{fault:?}");
        assert_eq!(session.fake.ledger().len() == 1, done, "{fault:?}");
        assert_eq!(session.fake.strikes()[0].fault, fault);
        // The next one is not struck.
        assert!(
            create(&session).await.0.starts_with("HTTP/1.1 201"),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn bodies_are_cut_and_lengths_wrong() {
    let length = |head: &str| -> usize {
        let line = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        line.unwrap().parse().unwrap()
    };
    type Holds = fn(usize, usize) -> bool;
    let table: [(Fault, Holds); 3] = [
        (Fault::ClosedInBody, |said, came| came == said / 2),
        (Fault::LengthShort, |said, came| said == came / 2),
        (Fault::Overlong, |said, came| came > 2 * said),
    ];
    for (fault, holds) in table {
        let session = Session::start().await;
        session.fake.inject(Rule::always(fault));
        let (bytes, _) = create(&session).await;
        let (head, body) = bytes.split_once("\r\n\r\n").unwrap();
        assert!(holds(length(head), body.len()), "{fault:?}: {bytes}");
    }
    let session = Session::start().await;
    session.fake.inject(Rule::always(Fault::ChunksBroken));
    let (bytes, _) = create(&session).await;
    assert!(bytes.ends_with("no chunk\r\n"), "{bytes}");
}

#[tokio::test]
async fn what_hangs_ends_when_it_is_lifted() {
    for fault in [
        Fault::HangUnread,
        Fault::HangUnanswered,
        Fault::HangApplied,
        Fault::HangInBody,
        Fault::DripForever,
    ] {
        let session = Session::start().await;
        session.fake.inject(Rule::always(fault));
        let mut call = Box::pin(create(&session));
        let waited = tokio::time::timeout(Duration::from_millis(100), &mut call).await;
        assert!(waited.is_err(), "{fault:?}");
        session.fake.lift();
        call.await;
        assert!(
            create(&session).await.0.starts_with("HTTP/1.1 201"),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_port_that_refuses_is_the_same_port_afterwards() {
    let session = Session::start().await;
    let address = session.fake.url().replace("http://", "");
    session.fake.inject(Rule::always(Fault::Refused));
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    session.fake.settle().await.unwrap();
    assert!(create(&session).await.0.starts_with("HTTP/1.1 201"));
}

#[tokio::test]
async fn what_was_not_taken_up_is_done_later_and_settling_waits_for_it() {
    let session = Session::start().await;
    session.fake.inject(Rule::always(Fault::NotAccepted));
    while session.fake.strikes().is_empty() {
        tokio::task::yield_now().await;
    }
    let call = tokio::time::timeout(Duration::from_millis(50), create(&session)).await;
    assert!(call.is_err());
    assert_eq!(session.fake.ledger(), []);
    session.fake.settle().await.unwrap();
    assert_eq!(session.fake.ledger().len(), 1);
}

#[tokio::test]
async fn rules_choose_their_requests() {
    let session = Session::start().await;
    let rule: Rule = "server-error method=post path=/sobjects/Account nth=2 times=1"
        .parse()
        .unwrap();
    session.fake.inject(rule);
    let mut statuses = Vec::new();
    for path in ["Contact/", "Account/", "Account/", "Account/"] {
        statuses.push(session.write("POST", &sobjects(path), CREATE).await.status);
    }
    assert_eq!(statuses[1..], [201, 500, 201]);
    let strike = Strike {
        fault: Fault::ServerError,
        method: "POST".to_owned(),
        path: sobjects("Account/"),
        status: 200,
    };
    assert_eq!(session.fake.strikes(), [strike]);
}

#[test]
fn rules_that_are_none_say_why() {
    let table = [
        ("", "`` is no fault"),
        ("no-such", "refused, not-accepted"),
        ("late nth=0", "`nth=0`: expected a whole number from 1"),
        ("late for=5", "late does not last"),
        ("refused path=/x", "strikes before there is a request"),
        ("late sometimes", "expected method=, path="),
    ];
    for (text, said) in table {
        let error = text.parse::<Rule>().unwrap_err();
        assert!(error.contains(said), "{text}: {error}");
    }
    for fault in Fault::ALL {
        assert_eq!(fault.name().parse(), Ok(Rule::always(*fault)));
        assert!(fault.about().ends_with('.'), "{}", fault.about());
    }
}

#[tokio::test]
async fn a_seed_is_a_schedule() {
    let mut seen = Vec::new();
    for seed in [7, 7, 8] {
        let session = Session::start().await;
        session.fake.leave_to_chance(Seed {
            seed,
            one_in: 2,
            faults: vec![Fault::Unavailable, Fault::Throttled, Fault::ClosedApplied],
        });
        for _ in 0..20 {
            create(&session).await;
        }
        let strikes = session.fake.strikes().into_iter();
        seen.push(strikes.map(|strike| strike.fault).collect::<Vec<_>>());
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
    assert!(seen[0].len() > 3 && seen[0].len() < 18, "{:?}", seen[0]);
}

#[tokio::test]
async fn the_ledger_has_what_changed_and_nothing_else() {
    let session = Session::with(FakeConfig::default()).await;
    let id = session.create("Account", CREATE).await;
    let path = sobjects(&format!("Account/{id}"));
    for _ in 0..2 {
        session
            .write("PATCH", &path, r#"{"Phone":"1"}"#)
            .await
            .is(204, "");
    }
    session.get(&path).await;
    session.write("PATCH", &path, r#"{"Nothing":"1"}"#).await;
    session.delete(&path).await;
    session.delete(&path).await;
    // Taken back as a whole.
    let part = |name: &str, body| json!({"method": "POST", "url": sobjects(name), "referenceId": name, "body": body});
    let parts = [
        part("Account", json!({"Name": "B"})),
        part("Contact", json!({})),
    ];
    let composite = json!({"allOrNone": true, "compositeRequest": parts});
    let target = "/services/data/v66.0/composite";
    session.write("POST", target, composite.to_string()).await;

    let ledger = session.fake.ledger();
    let seen = ledger.iter().map(|entry| {
        let change = &entry.change;
        (
            entry.request,
            entry.method.as_str(),
            change.before.clone(),
            change.differs(),
        )
    });
    let expected = [
        (1, "POST", None, true),
        (2, "PATCH", Some(json!({"Phone": null})), true),
        (3, "PATCH", Some(json!({})), false),
        (6, "DELETE", Some(json!({"IsDeleted": false})), true),
    ];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    assert!(ledger.iter().all(|entry| entry.change.id == id));
    let Change { object, after, .. } = &ledger[0].change;
    assert_eq!(
        (object.as_str(), &after.as_ref().unwrap()["Name"]),
        ("Account", &json!("Acme"))
    );
}
