//! The proxy on the way out.

use super::*;

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_given_its_password() {
    let (target, _) = greeter().await;
    let (sender, mut heads) = tokio::sync::mpsc::unbounded_channel();
    let (proxy, _) = server(move |_, mut stream| {
        let sender = sender.clone();
        async move {
            sender.send(head(&mut stream).await.unwrap()).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut onward = TcpStream::connect(target).await.unwrap();
            tokio::io::copy_bidirectional(&mut stream, &mut onward)
                .await
                .ok();
        }
    })
    .await;
    let proxy = Proxy::new(&format!("http://aladdin:opensesame@{proxy}"), "").unwrap();
    let shown = format!("{proxy:?}");
    assert!(
        !shown.contains("aladdin") && !shown.contains("opensesame"),
        "{shown}"
    );

    let pool = Pool::new(&HostConfig {
        proxy: proxy.for_everything(),
        ..HostConfig::default()
    })
    .unwrap();
    let body = get(&pool, &format!("http://{target}/"), None)
        .await
        .unwrap();
    assert_eq!(body, "hello");
    let head = heads.recv().await.unwrap();
    assert!(
        head.starts_with(&format!("CONNECT {target} HTTP/1.1\r\n")),
        "{head}"
    );
    assert!(
        head.contains("Proxy-Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn a_proxy_that_refuses_is_a_refused_connection() {
    let (proxy, _) = server(|_, mut stream| async move {
        head(&mut stream).await;
        let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    })
    .await;
    let proxy = Proxy::new(&format!("http://{proxy}"), "").unwrap();
    let pool = Pool::new(&HostConfig {
        proxy,
        ..HostConfig::default()
    })
    .unwrap();
    let record = record();
    let request = request("GET", "https://login.salesforce.com/", "");
    let error = pool.send(request, None, record.clone()).await.unwrap_err();
    assert!(matches!(error, Code::ConnectionRefused), "{error:?}");
    record.note(|exchange| {
        let failure = exchange.failure.as_deref().unwrap();
        assert!(
            failure.contains("proxy authorization required"),
            "{failure}"
        );
    });
}

#[tokio::test]
async fn a_silent_proxy_is_a_connection_timeout() {
    let (proxy, _) =
        server(|_, mut stream| async move { while head(&mut stream).await.is_some() {} }).await;
    let pool = Pool::new(&HostConfig {
        proxy: Proxy::new(&format!("http://{proxy}"), "").unwrap(),
        ..HostConfig::default()
    })
    .unwrap();
    let options = options(SOON, NEVER, NEVER);
    let error = get(&pool, "https://login.salesforce.com/", options)
        .await
        .unwrap_err();
    assert!(matches!(error, Code::ConnectionTimeout), "{error:?}");
}

#[test]
fn loopback_and_excepted_hosts_go_without_the_proxy() {
    let proxy = Proxy::new("proxy.example.com:3128", "internal.example.com, 10.0.0.0/8").unwrap();
    let proxied = |uri: &str| proxy.intercept(&uri.parse().unwrap()).is_some();
    assert!(proxied("https://login.salesforce.com/"));
    assert!(!proxied("http://login.salesforce.com/"));
    assert!(!proxied("https://a.internal.example.com/"));
    assert!(!proxied("https://10.1.2.3/"));
    for loopback in ["127.0.0.1", "127.9.9.9:8443", "[::1]:8443", "localhost:1"] {
        assert!(!proxied(&format!("https://{loopback}/")), "{loopback}");
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_without_showing_it() {
    for url in [
        "",
        "socks5://user:secret@proxy:1080",
        "https://user:secret@proxy",
        "user:secret@:",
    ] {
        let error = Proxy::new(url, "").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
