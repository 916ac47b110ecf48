//! New connections: name lookup, TCP, the proxy and TLS, all within the connect timeout.

use super::proxy::Proxy;
use hyper::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Connecting<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

tokio::task_local! {
    /// The connect timeout of the request that is being sent. The pool starts connections from
    /// the task of the request, so that this reaches the connector, which hyper-util calls with
    /// nothing but the address. A connection that outlives its request keeps the timeout.
    pub(super) static CONNECT_TIMEOUT: Duration;
}

/// The connection did not stand in time.
#[derive(Debug, thiserror::Error)]
#[error("no connection within {0:?}")]
pub(super) struct ConnectTimeout(Duration);

/// The name of the host leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("name lookup failed: {0}")]
pub(super) struct LookupFailed(std::io::Error);

/// Opens connections for the pool.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector<Resolver>,
    tls: Arc<ClientConfig>,
    proxy: Proxy,
}

impl Connector {
    pub(super) fn new(tls: ClientConfig, proxy: Proxy) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
        // Otherwise it refuses `https`, which is none of its business.
        tcp.enforce_http(false);
        // A request is written in two pieces, headers and body; the second must not wait.
        tcp.set_nodelay(true);
        Self {
            tcp,
            tls: Arc::new(tls),
            proxy,
        }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response, BoxError>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let tls = Arc::clone(&self.tls);
        let connecting = match self.proxy.intercept(&uri) {
            None => HttpsConnector::from((self.tcp.clone(), tls)).call(uri),
            Some(proxy) => {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), self.tcp.clone());
                if let Some(authorization) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(authorization.clone());
                }
                HttpsConnector::from((tunnel, tls)).call(uri)
            }
        };
        // Read now, while the task of the request is running.
        let timeout = CONNECT_TIMEOUT.try_with(|timeout| *timeout).ok();
        Box::pin(async move {
            match timeout {
                None => connecting.await,
                Some(timeout) => match tokio::time::timeout(timeout, connecting).await {
                    Ok(connected) => connected,
                    Err(_) => Err(ConnectTimeout(timeout).into()),
                },
            }
        })
    }
}

/// The system's name lookup, with errors that can be told from others.
#[derive(Clone)]
pub(super) struct Resolver(GaiResolver);

impl Service<Name> for Resolver {
    type Response = <GaiResolver as Service<Name>>::Response;
    type Error = LookupFailed;
    type Future = Connecting<Self::Response, LookupFailed>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LookupFailed>> {
        self.0.poll_ready(context).map_err(LookupFailed)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let looking = self.0.call(name);
        Box::pin(async move { looking.await.map_err(LookupFailed) })
    }
}
