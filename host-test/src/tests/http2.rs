//! Instances over HTTP/2.

use super::*;
use crate::Roots;
use crate::testing::acceptor;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Barrier;

const ID: &str = "001000000000001AAA";

/// A server that answers the first request at once, and the others together, each with the
/// token that it came with.
async fn together(count: usize) -> (Host, String, Arc<AtomicUsize>) {
    let (acceptor, pem) = acceptor("h2");
    let barrier = Arc::new(Barrier::new(count));
    let first = Arc::new(AtomicBool::new(true));
    let (address, connections) = server(move |_, stream| {
        let (acceptor, barrier) = (acceptor.clone(), Arc::clone(&barrier));
        let first = Arc::clone(&first);
        async move {
            let stream = TokioIo::new(acceptor.accept(stream).await.unwrap());
            let service = service_fn(move |request: Request<Incoming>| {
                let (barrier, first) = (Arc::clone(&barrier), Arc::clone(&first));
                async move {
                    assert_eq!(request.version(), Version::HTTP_2);
                    if !first.swap(false, Ordering::SeqCst) {
                        barrier.wait().await;
                    }
                    let token = request.headers()["authorization"].to_str().unwrap();
                    let body = format!(r#"{{"of":"{token}"}}"#);
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(body))))
                }
            });
            let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            builder.serve_connection(stream, service).await.ok();
        }
    })
    .await;
    let host = host(HostConfig {
        roots: Roots::default().with_pem(pem.as_bytes()).unwrap(),
        ..HostConfig::default()
    });
    (host, format!("localhost:{}", address.port()), connections)
}

/// No answer comes before all requests are there, on the connection that was there before.
#[tokio::test]
async fn many_instances_work_over_one_connection() {
    const MANY: usize = 50;
    let (host, address, connections) = together(MANY).await;
    let start = async |token: &str| {
        let url = format!("https://{address}");
        let own = [
            ("SALESFORCE_ACCESS_TOKEN", token),
            ("SALESFORCE_INSTANCE_URL", &url),
        ];
        host.instance(own).await.unwrap()
    };
    let mut first = start("first").await;
    let got = first.get("Account", ID, &[], None).await;
    assert_eq!(got.unwrap().unwrap().status, 200);
    let mut calls = Vec::new();
    for number in 0..MANY {
        let token = format!("token-{number}");
        let mut instance = start(&token).await;
        calls.push(tokio::spawn(async move {
            let got = instance.get("Account", ID, &[], None).await;
            let body = got.unwrap().unwrap().body.unwrap();
            assert_eq!(body, format!(r#"{{"of":"Bearer {token}"}}"#));
        }));
    }
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}
