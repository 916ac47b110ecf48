//! Components that mean harm get nowhere: each is ended or refused, the error says what happened,
//! and the host and its other instances go on.

mod guest;

use super::*;
use crate::{Egress, Error, Limits, NO_SETTINGS};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::AsyncReadExt;

const MIB: usize = 1024 * 1024;

/// A host with the hostile component.
fn hostile(limits: Limits, egress: Egress) -> Host {
    static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
    let component = COMPONENT.get_or_init(|| guest::component(""));
    let config = HostConfig {
        limits,
        egress,
        trace: true,
        ..HostConfig::default()
    };
    Host::new(component, config).unwrap()
}

fn brief() -> Limits {
    Limits {
        deadline: Duration::from_millis(700),
        ..Limits::default()
    }
}

/// What becomes of an instance that does this harm, and that others are none the worse.
async fn ended(host: &Host, harm: &str, input: &str) -> (Error, Instance) {
    let mut other = host.instance(NO_SETTINGS).await.unwrap();
    let mut bad = host.instance(NO_SETTINGS).await.unwrap();
    let error = bad.invoke(harm, input).await.unwrap_err();
    assert!(bad.is_lost());
    assert!(matches!(bad.invoke("", "").await, Err(Error::Lost)));
    // One that was there before, and one that comes after.
    assert_eq!(other.invoke("", "").await.unwrap().unwrap(), "fine");
    let mut next = host.instance(NO_SETTINGS).await.unwrap();
    assert_eq!(next.invoke("", "").await.unwrap().unwrap(), "fine");
    (error, bad)
}

#[tokio::test]
async fn one_that_connects_elsewhere_is_denied() {
    let (address, connections) = server(|_, mut stream| async move {
        head(&mut stream).await;
    })
    .await;
    let settings = [
        ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
        ("SALESFORCE_CLIENT_ID", "key"),
    ];
    for egress in [Egress::default(), Egress::Hosts(Vec::new())] {
        let host = hostile(Limits::default(), egress);
        let mut instance = host.instance(settings).await.unwrap();
        let port = address.port();
        for elsewhere in [format!("127.0.0.1:{port}"), format!("localhost:{port}")] {
            let answer = instance.invoke("connect", &elsewhere).await;
            assert_eq!(answer.unwrap().unwrap(), "fine");
            let made = instance.trace();
            assert_eq!((made.len(), made[0].status), (1, None));
            let failure = made[0].failure.as_deref().unwrap();
            assert!(failure.starts_with("HTTP-request-denied"), "{failure}");
        }
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
    // It would have got there.
    let host = hostile(Limits::default(), Egress::Any);
    let mut instance = host.instance(settings).await.unwrap();
    let _ = instance
        .invoke("connect", &address.to_string())
        .await
        .unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn one_that_loops_ends_at_its_deadline_or_without_fuel() {
    let host = hostile(brief(), Egress::default());
    let (error, _) = ended(&host, "loop", "").await;
    assert!(matches!(error, Error::Deadline(_)), "{error}");
    assert!(error.to_string().contains("deadline of 700ms"), "{error}");

    let fuel = Limits {
        fuel: Some(1_000_000),
        ..Limits::default()
    };
    let (error, bad) = ended(&hostile(fuel, Egress::default()), "loop", "").await;
    assert!(matches!(error, Error::Fuel(1_000_000)), "{error}");
    assert_eq!(bad.fuel_used(), Some(1_000_000));
    assert!(error.to_string().contains("fuel of 1000000"), "{error}");
}

#[tokio::test]
async fn others_work_while_one_loops() {
    let host = hostile(brief(), Egress::default());
    let mut bad = host.instance(NO_SETTINGS).await.unwrap();
    let looping = bad.invoke("loop", "");
    let working = async {
        let mut done = 0;
        for _ in 0..20 {
            let mut other = host.instance(NO_SETTINGS).await.unwrap();
            assert_eq!(other.invoke("", "").await.unwrap().unwrap(), "fine");
            done += 1;
        }
        done
    };
    // On one thread.
    let (looped, done) = tokio::join!(looping, working);
    assert!(matches!(looped, Err(Error::Deadline(_))));
    assert_eq!(done, 20);
}

#[tokio::test]
async fn one_that_recurses_ends_with_its_stack() {
    let host = hostile(Limits::default(), Egress::default());
    let (error, _) = ended(&host, "recurse", "").await;
    assert!(
        error.to_string().contains("call stack exhausted"),
        "{error}"
    );
}

#[tokio::test]
async fn one_that_grows_gets_what_the_limit_has() {
    let limits = Limits {
        memory: 16 * MIB,
        ..brief()
    };
    let host = hostile(limits, Egress::default());
    let (error, bad) = ended(&host, "grow", "").await;
    assert!(matches!(error, Error::Memory(_)), "{error}");
    assert!(
        error.to_string().contains("more than 16777216 bytes"),
        "{error}"
    );
    assert!(bad.memory_bytes() <= 16 * MIB);
    // One that does not mind.
    let (error, bad) = ended(&host, "want", "").await;
    assert!(matches!(error, Error::Deadline(_)), "{error}");
    assert!(bad.memory_bytes() <= 16 * MIB);
}

#[tokio::test]
async fn one_that_answers_a_giant_is_not_heard() {
    let host = hostile(Limits::default(), Egress::default());
    let (error, _) = ended(&host, "a giant", "").await;
    assert!(matches!(error, Error::Trap(_)), "{error}");
    println!("{error}");
    let (error, _) = ended(&host, "beyond", "").await;
    assert!(matches!(error, Error::Trap(_)), "{error}");
    println!("{error}");
}

#[tokio::test]
async fn one_that_floods_the_host_is_ended() {
    let host = hostile(brief(), Egress::Any);
    for harm in ["handles", "fields"] {
        let (error, _) = ended(&host, harm, "").await;
        println!("{harm}: {error}");
        assert!(matches!(error, Error::Trap(_)), "{harm}: {error}");
    }
    // A body without end, to a server that reads it and to one that does not.
    let (reading, _) = server(|_, mut stream| async move {
        let mut piece = [0; 4096];
        while stream.read(&mut piece).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let (deaf, _) = server(|_, stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    for address in [reading, deaf] {
        let (error, mut bad) = ended(&host, "send", &address.to_string()).await;
        assert!(matches!(error, Error::Deadline(_)), "{error}");
        assert!(bad.memory_bytes() <= MIB);
        assert_eq!(bad.trace()[0].status, None);
    }
}

#[tokio::test]
async fn one_that_does_not_start_is_ended() {
    let spinning = guest::component("(func $spin (loop $l (br $l))) (start $spin)");
    let config = HostConfig {
        limits: brief(),
        ..HostConfig::default()
    };
    let host = Host::new(&spinning, config).unwrap();
    let error = host.instance(NO_SETTINGS).await.unwrap_err();
    assert!(matches!(error, Error::Deadline(_)), "{error}");
}

#[test]
fn one_that_wants_files_or_sockets_is_refused() {
    for (import, content) in [
        (
            "wasi:filesystem/types@0.2.6",
            "(export \"descriptor\" (type (sub resource)))",
        ),
        ("wasi:filesystem/preopens@0.2.0", "(export \"x\" (func))"),
        (
            "wasi:sockets/tcp@0.2.6",
            "(export \"tcp-socket\" (type (sub resource)))",
        ),
        ("wasi:sockets/ip-name-lookup@0.2.0", "(export \"x\" (func))"),
        ("wasi:cli/run@0.2.6", "(export \"run\" (func))"),
        (
            "other:host/secrets",
            "(export \"read\" (func (result string)))",
        ),
    ] {
        let text = format!("(component (import \"{import}\" (instance {content})))");
        let component = wat::parse_str(text).unwrap();
        let error = Host::new(&component, HostConfig::default()).unwrap_err();
        assert!(matches!(error, Error::Component(_)), "{error}");
        assert!(error.to_string().contains(import), "{error}");
    }
}
