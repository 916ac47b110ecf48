//! Servers that speak TLS, with HTTP/2 and without.

use super::*;
use crate::http::Roots;
use crate::testing::acceptor;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;

/// A server with a certificate for `localhost`, and the certificate. It greets with the version
/// of HTTP or what it was sent, and with silence where the path is `/silence`.
async fn tls_server(protocol: &str) -> (String, Arc<AtomicUsize>, String) {
    let (acceptor, pem) = acceptor(protocol);
    let http2 = protocol == "h2";
    let (address, connections) = server(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let stream = TokioIo::new(stream);
            let service = service_fn(greet);
            if http2 {
                let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                builder.serve_connection(stream, service).await.ok();
            } else {
                let builder = hyper::server::conn::http1::Builder::new();
                builder.serve_connection(stream, service).await.ok();
            }
        }
    })
    .await;
    let url = format!("https://localhost:{}", address.port());
    (url, connections, pem)
}

async fn greet(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/silence" {
        std::future::pending::<()>().await;
    }
    let greeting = match request.version() {
        Version::HTTP_2 => "h2",
        _ => "http/1.1",
    };
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = if body.is_empty() {
        greeting.into()
    } else {
        body
    };
    Ok(Response::new(Full::new(body)))
}

fn trusting(pem: &str) -> Pool {
    Pool::new(&HostConfig {
        roots: Roots::default().with_pem(pem.as_bytes()).unwrap(),
        ..HostConfig::default()
    })
    .unwrap()
}

#[tokio::test]
async fn http_2_is_used_where_offered_and_kept() {
    for protocol in ["h2", "http/1.1"] {
        let (url, connections, pem) = tls_server(protocol).await;
        let pool = trusting(&pem);
        for _ in 0..3 {
            assert_eq!(get(&pool, &url, None).await.unwrap(), protocol);
        }
        assert_eq!(connections.load(Ordering::SeqCst), 1, "{protocol}");
    }
}

#[tokio::test]
async fn an_unknown_authority_is_a_certificate_error() {
    let (url, _, _) = tls_server("h2").await;
    let error = get(&pool(), &url, None).await.unwrap_err();
    assert!(matches!(error, Code::TlsCertificateError), "{error:?}");
}

#[tokio::test]
async fn a_silent_http_2_connection_is_left() {
    let (url, connections, pem) = tls_server("h2").await;
    let pool = trusting(&pem);
    get(&pool, &url, None).await.unwrap();
    let options = options(NEVER, SOON, NEVER);
    let error = get(&pool, &format!("{url}/silence"), options)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::ConnectionReadTimeout), "{error:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    get(&pool, &url, None).await.unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn large_bodies_pass_over_http_2() {
    const SIZE: usize = 25 * 1024 * 1024;
    let (url, _, pem) = tls_server("h2").await;
    let request = request("POST", &url, vec![7; SIZE]);
    let sending = trusting(&pem).send(request, None, Record::default()).await;
    let body = sending.unwrap().into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes().len(), SIZE);
}

#[test]
fn roots_without_a_certificate_are_refused() {
    assert!(Roots::default().with_pem(b"no certificate").is_err());
}
