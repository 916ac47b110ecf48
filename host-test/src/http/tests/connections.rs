//! Connections that are kept, and what goes over them.

use super::*;

#[tokio::test]
async fn a_connection_is_used_again() {
    let (address, connections) = greeter().await;
    let pool = pool();
    for _ in 0..3 {
        let body = get(&pool, &format!("http://{address}/"), None)
            .await
            .unwrap();
        assert_eq!(body, "hello");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_idle_connection_is_not_kept_for_long() {
    let (address, connections) = greeter().await;
    let pool = Pool::new(&HostConfig {
        pool_idle: Duration::from_millis(50),
        ..HostConfig::default()
    })
    .unwrap();
    let uri = format!("http://{address}/");
    get(&pool, &uri, None).await.unwrap();
    tokio::time::sleep(SOON).await;
    get(&pool, &uri, None).await.unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn the_host_header_names_host_and_port() {
    let (sender, mut heads) = tokio::sync::mpsc::unbounded_channel();
    let (address, _) = server(move |_, mut stream| {
        let sender = sender.clone();
        async move {
            sender.send(head(&mut stream).await.unwrap()).unwrap();
            stream.write_all(HELLO.as_bytes()).await.unwrap();
        }
    })
    .await;
    get(&pool(), &format!("http://{address}/a?b=c"), None)
        .await
        .unwrap();
    let head = heads.recv().await.unwrap().to_lowercase();
    assert!(head.starts_with("get /a?b=c http/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("host: {address}\r\n")), "{head}");
    assert_eq!(head.matches("host:").count(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let (address, connections) = server(|_, mut stream| async move {
        head(&mut stream).await;
        let moved = "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(moved.as_bytes()).await.unwrap();
    })
    .await;
    let record = record();
    let request = request("GET", &format!("http://{address}/"), "");
    let response = pool().send(request, None, record).await.unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn large_bodies_pass_both_ways() {
    const SIZE: usize = 25 * 1024 * 1024;
    let (address, _) = server(|_, mut stream| async move {
        head(&mut stream).await;
        let mut body = vec![0; SIZE];
        stream.read_exact(&mut body).await.unwrap();
        let headers = format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n");
        stream.write_all(headers.as_bytes()).await.unwrap();
        stream.write_all(&body).await.unwrap();
    })
    .await;
    let record = record();
    let request = request("POST", &format!("http://{address}/"), vec![7; SIZE]);
    let response = pool().send(request, None, record.clone()).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body.len(), SIZE);
    assert!(body.iter().all(|byte| *byte == 7));
    record.note(|exchange| {
        assert_eq!(
            (exchange.sent, exchange.received),
            (SIZE as u64, SIZE as u64)
        );
    });
}
