//! The host with the real component.

mod calls;
mod hostile;
mod http2;
mod limits;

use crate::testing::{head, server};
use crate::{Host, HostConfig, Instance};
use std::sync::OnceLock;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The component, as `cargo xtask component` leaves it, or as the variable names it.
pub(crate) fn component() -> &'static [u8] {
    static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
    COMPONENT.get_or_init(|| {
        let built = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../target/component/salesforce-connector.wasm"
        );
        let file = std::env::var("SALESFORCE_COMPONENT").unwrap_or_else(|_| built.to_owned());
        std::fs::read(&file)
            .unwrap_or_else(|error| panic!("{file}: {error}; run `cargo xtask component`"))
    })
}

fn host(config: HostConfig) -> Host {
    Host::new(component(), config).unwrap()
}

/// An instance that talks to `address` with a token.
async fn connected(host: &Host, address: &str, more: &[(&str, &str)]) -> Instance {
    let url = format!("http://{address}");
    let own = [
        ("SALESFORCE_ACCESS_TOKEN", "canary-token"),
        ("SALESFORCE_INSTANCE_URL", &url),
        ("SALESFORCE_MAX_ATTEMPTS", "1"),
    ];
    host.instance(own.iter().chain(more).copied())
        .await
        .unwrap()
}

/// A server that takes requests and answers none.
async fn silence() -> String {
    let (address, _) =
        server(|_, mut stream| async move { while head(&mut stream).await.is_some() {} }).await;
    address.to_string()
}

/// A server that answers each request with this body.
async fn answering(body: &'static str) -> String {
    let (address, _) = server(move |_, mut stream: TcpStream| async move {
        while head(&mut stream).await.is_some() {
            let headers = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(headers.as_bytes()).await.unwrap();
            stream.write_all(body.as_bytes()).await.unwrap();
        }
    })
    .await;
    address.to_string()
}
