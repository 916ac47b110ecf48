//! Many instances at a time: how many there are, what each takes, and what each is answered.

use crate::raw::{Server, Step, answer};
use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::{Allocation, Connections, Host, HostConfig};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const QUERY: &str = r#"{"salesforceQuery":"SELECT Id FROM Account LIMIT 1"}"#;
const GET: &str = r#"{"SObjectName":"Account","SObjectId":"001D000000IqhSLIAZ"}"#;
const MIB: usize = 1024 * 1024;

/// Answers each request with its token, once as many requests as the barrier wants wait for that.
struct Gate {
    url: String,
    waiting: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Gate {
    async fn start(together: usize) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let gate = Gate {
            url: format!("http://{address}"),
            waiting: Arc::default(),
            most: Arc::default(),
        };
        let (waiting, most) = (Arc::clone(&gate.waiting), Arc::clone(&gate.most));
        let barrier = Arc::new(Barrier::new(together));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (waiting, most) = (Arc::clone(&waiting), Arc::clone(&most));
                tokio::spawn(keep(stream, Arc::clone(&barrier), waiting, most));
            }
        });
        gate
    }
}

async fn keep(
    mut stream: TcpStream,
    barrier: Arc<Barrier>,
    waiting: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
) {
    let mut head = Vec::new();
    while stream.read_buf(&mut head).await.is_ok_and(|read| read > 0) {
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let now = waiting.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        barrier.wait().await;
        waiting.fetch_sub(1, Ordering::SeqCst);
        let text = String::from_utf8(std::mem::take(&mut head)).unwrap();
        let token = text
            .lines()
            .find_map(|line| line.strip_prefix("authorization: Bearer "));
        let body = format!(r#"{{"of":"{}"}}"#, token.unwrap());
        stream.write_all(&answer("200 OK", &body)).await.unwrap();
    }
}

/// Both ends of each connection are in this process.
fn allow_open_files(count: u64) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        if limit.current.is_some_and(|current| current < count) {
            limit.current = Some(limit.maximum.map_or(count, |most| most.min(count)));
            setrlimit(Resource::Nofile, limit).unwrap();
        }
    }
}

/// Each is a connection of its own, with its own token, and is answered its own answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_instances_work_at_once() {
    const MANY: usize = 1_000;
    allow_open_files(4_000);
    // No answer comes before all requests are there.
    let gate = Gate::start(MANY).await;
    let connections = Connections::new(host().clone(), MANY);
    for round in 0..2 {
        let calls: Vec<_> = (0..MANY)
            .map(|number| {
                let token = format!("00D000000000001!{number}");
                let settings = and(given(&gate.url), &[("SALESFORCE_ACCESS_TOKEN", &token)]);
                let org = connections.org(settings);
                tokio::spawn(async move {
                    let got = org.call(&(), |instance, ()| {
                        let before = instance.memory_bytes();
                        Box::pin(async move {
                            let got = instance.get("Account", ID, &[], None).await?;
                            Ok(got.map(|got| (got.body, before)))
                        })
                    });
                    let (body, before) = got.await.unwrap().unwrap();
                    assert_eq!(body.unwrap(), format!(r#"{{"of":"{token}"}}"#));
                    before
                })
            })
            .collect();
        for call in calls {
            let before = call.await.unwrap();
            assert!(round > 0 || before <= 2 * MIB, "{before}");
        }
        assert_eq!(gate.most.load(Ordering::SeqCst), MANY);
        assert_eq!((connections.len(), connections.idle()), (MANY, MANY));
    }
}

/// The pool has room for as many instances as are allowed; one more would fail the call.
#[tokio::test(flavor = "multi_thread")]
async fn there_are_never_more_instances_than_allowed() {
    const MOST: usize = 3;
    let config = HostConfig {
        allocation: Allocation::Pooling {
            instances: u32::try_from(MOST).unwrap(),
        },
        ..HostConfig::default()
    };
    let connections = Arc::new(Connections::new(
        Host::new(component(), config).unwrap(),
        MOST,
    ));
    let gate = Gate::start(MOST).await;
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    for round in 0..3 {
        let mut calls = JoinSet::new();
        for number in 0..6 * MOST {
            let token = number.to_string();
            let org = connections.org(and(
                given(&gate.url),
                &[("SALESFORCE_ACCESS_TOKEN", &token)],
            ));
            calls.spawn(async move { org.invoke("GET", GET).await });
        }
        // In the order in which they end, so that a failure shows at once.
        while let Some(call) = calls.join_next().await {
            call.unwrap().unwrap().unwrap();
        }
        assert_eq!(gate.most.load(Ordering::SeqCst), MOST);
        assert_eq!(connections.idle(), MOST);
        // Logins have instances, too.
        let mut calls = JoinSet::new();
        for number in 0..2 * MOST {
            let version = format!("{}.0", 50 + number);
            let settings = and(
                fake.settings(Flow::ClientCredentials),
                &[("SALESFORCE_VERSION", &version)],
            );
            let org = connections.org(settings);
            calls.spawn(async move { org.invoke("QUERY", QUERY).await });
        }
        // In the order in which they end, so that a failure shows at once.
        while let Some(call) = calls.join_next().await {
            call.unwrap().unwrap().unwrap();
        }
        assert!(connections.idle() <= MOST, "{round}");
        fake.expire_sessions();
    }
}

#[tokio::test]
async fn a_dropped_call_gives_its_place_back() {
    let done = answer("200 OK", r#"{"done":true,"records":[]}"#);
    let server = Server::start(vec![Step::Hang(Vec::new()), Step::Answer(done)]).await;
    let connections = Connections::new(host().clone(), 1);
    let org = connections.org(given(&server.url));
    let caller = tokio::spawn({
        let org = org.clone();
        async move { org.invoke("QUERY", QUERY).await }
    });
    while server.requests() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    assert_eq!(connections.idle(), 0);
    org.invoke("QUERY", QUERY).await.unwrap().unwrap();
    assert_eq!((connections.idle(), server.requests()), (1, 2));
}

/// More than an instance may hold handles.
#[tokio::test]
async fn an_instance_makes_hundreds_of_calls_in_the_same_memory() {
    let gate = Gate::start(1).await;
    let mut org = instance(given(&gate.url)).await;
    let mut memory = 0;
    for number in 0..600 {
        org.get("Account", ID, &[], None).await.unwrap().unwrap();
        if number == 50 {
            memory = org.memory_bytes();
        }
    }
    assert_eq!(org.memory_bytes(), memory);
}
