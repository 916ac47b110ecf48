//! Servers that say nothing.

use super::*;

#[tokio::test]
async fn a_silent_tls_handshake_is_a_connection_timeout() {
    let (address, _) = server(|_, mut stream| async move {
        let mut buffer = [0; 1024];
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let options = options(SOON, NEVER, NEVER);
    let error = get(&pool(), &format!("https://{address}/"), options)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::ConnectionTimeout), "{error:?}");
}

#[tokio::test]
async fn a_silent_server_is_a_read_timeout_on_a_new_connection() {
    let (address, connections) =
        server(|_, mut stream| async move { while head(&mut stream).await.is_some() {} }).await;
    let options = options(NEVER, SOON, NEVER);
    let error = get(&pool(), &format!("http://{address}/"), options)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::ConnectionReadTimeout), "{error:?}");
    assert_eq!(
        connections.load(Ordering::SeqCst),
        1,
        "it must not be sent again"
    );
}

#[tokio::test]
async fn a_silent_server_is_a_read_timeout_on_a_kept_connection() {
    let (address, connections) = server(|_, mut stream| async move {
        head(&mut stream).await;
        stream.write_all(HELLO.as_bytes()).await.unwrap();
        while head(&mut stream).await.is_some() {}
    })
    .await;
    let pool = pool();
    let uri = format!("http://{address}/");
    let options = options(NEVER, SOON, NEVER);
    get(&pool, &uri, options).await.unwrap();
    let error = get(&pool, &uri, options).await.unwrap_err();
    assert!(matches!(error, Code::ConnectionReadTimeout), "{error:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    // The connection that let a request hang is not used for the next.
    get(&pool, &uri, options).await.unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_answer_that_stops_is_a_read_timeout_on_new_and_kept_connections() {
    let (address, connections) = server(|_, mut stream| async move {
        head(&mut stream).await;
        stream.write_all(HELLO.as_bytes()).await.unwrap();
        head(&mut stream).await;
        let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
        stream.write_all(half.as_bytes()).await.unwrap();
        head(&mut stream).await;
    })
    .await;
    let pool = pool();
    let uri = format!("http://{address}/");
    let options = options(NEVER, NEVER, SOON);
    get(&pool, &uri, options).await.unwrap();
    let error = get(&pool, &uri, options).await.unwrap_err();
    assert!(matches!(error, Code::ConnectionReadTimeout), "{error:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_slow_upload_is_no_silence() {
    // Reads less than a request at a time, so that the connection takes it in pieces.
    let (address, _) = server(|_, mut stream| async move {
        head(&mut stream).await;
        let mut left = 32 * 1024 * 1024;
        let mut buffer = vec![0; 4 * 1024 * 1024];
        while left > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let want = left.min(buffer.len());
            let part = &mut buffer[..want];
            stream.read_exact(part).await.unwrap();
            left -= want;
        }
        stream.write_all(HELLO.as_bytes()).await.unwrap();
    })
    .await;
    let pieces = futures_of_pieces(32, 1024 * 1024);
    let request = Request::builder()
        .method("POST")
        .uri(format!("http://{address}/"))
        .header("content-length", 32 * 1024 * 1024)
        .body(pieces)
        .unwrap();
    let options = options(NEVER, Duration::from_millis(300), NEVER);
    let response = pool()
        .send(request, options, Record::default())
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
}

/// A body of `count` pieces of `size` bytes.
fn futures_of_pieces(count: usize, size: usize) -> WasiBody {
    struct Pieces(usize, Bytes);
    impl hyper::body::Body for Pieces {
        type Data = Bytes;
        type Error = Code;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Code>>> {
            if self.0 == 0 {
                return std::task::Poll::Ready(None);
            }
            self.0 -= 1;
            let piece = self.1.clone();
            std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(piece))))
        }
    }
    Pieces(count, Bytes::from(vec![0; size])).boxed_unsync()
}
