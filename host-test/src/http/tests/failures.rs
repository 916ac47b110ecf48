//! Connections that fail.

use super::*;

#[tokio::test]
async fn a_refused_connection_is_told() {
    // Bound and dropped, so that nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = get(&pool(), &format!("http://{address}/"), None)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::ConnectionRefused), "{error:?}");
}

#[tokio::test]
async fn an_unknown_host_is_a_dns_error() {
    let error = get(&pool(), "http://no-such-host.invalid/", None)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::DnsError { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_error() {
    let (address, _) = server(|_, mut stream| async move {
        stream.write_all(b"220 ready\r\n").await.ok();
        stream.read_u8().await.ok();
    })
    .await;
    let error = get(&pool(), &format!("https://{address}/"), None)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::TlsProtocolError), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_lost_connection() {
    let (address, _) = server(|_, mut stream| async move {
        head(&mut stream).await;
        let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
        stream.write_all(half.as_bytes()).await.unwrap();
    })
    .await;
    let record = record();
    let request = request("GET", &format!("http://{address}/"), "");
    let response = pool().send(request, None, record.clone()).await.unwrap();
    let error = response.into_body().collect().await.unwrap_err();
    assert!(matches!(error, Code::ConnectionTerminated), "{error:?}");
    record.note(|exchange| {
        assert_eq!(exchange.status, Some(200));
        assert_eq!(exchange.received, 4);
        let failure = exchange.failure.as_deref().unwrap();
        assert!(failure.starts_with("connection-terminated"), "{failure}");
    });
}

#[tokio::test]
async fn a_request_that_was_written_is_never_sent_again() {
    // The kept connection takes the second request and dies.
    let (address, connections) = server(|_, mut stream| async move {
        head(&mut stream).await;
        stream.write_all(HELLO.as_bytes()).await.unwrap();
        head(&mut stream).await;
    })
    .await;
    let pool = pool();
    let uri = format!("http://{address}/");
    get(&pool, &uri, None).await.unwrap();
    let error = get(&pool, &uri, None).await.unwrap_err();
    assert!(matches!(error, Code::ConnectionTerminated), "{error:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nonsense_is_a_protocol_error() {
    let (address, _) = server(|_, mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"what?\r\n\r\n").await.unwrap();
    })
    .await;
    let error = get(&pool(), &format!("http://{address}/"), None)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::HttpProtocolError), "{error:?}");
}
