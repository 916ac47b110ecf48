//! TLS: a certificate authority of the fake's own, made when it starts, and how connections began.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{HandshakeKind, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::Handshakes;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a server with TLS has.
pub struct Tls {
    /// Takes the connections up.
    pub acceptor: TlsAcceptor,
    /// The certificate of the authority.
    pub ca_pem: String,
    full: AtomicUsize,
    resumed: AtomicUsize,
}

impl Tls {
    /// A new authority, and a certificate of it for this machine. TLS 1.2 and 1.3; HTTP/1.1 is
    /// what the wire speaks.
    pub fn new() -> Result<Tls, BoxError> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let name = &mut authority.distinguished_name;
        name.push(DnType::CommonName, "Fake Salesforce, for tests alone");
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let own = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
        let key = KeyPair::generate()?;
        let certificate = own.signed_by(&key, &authority)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            ca_pem: authority.pem(),
            full: AtomicUsize::new(0),
            resumed: AtomicUsize::new(0),
        })
    }

    /// Counts a handshake.
    pub fn count(&self, kind: Option<HandshakeKind>) {
        let of_kind = match kind {
            Some(HandshakeKind::Resumed) => &self.resumed,
            _ => &self.full,
        };
        of_kind.fetch_add(1, SeqCst);
    }

    /// The handshakes so far.
    pub fn handshakes(&self) -> Handshakes {
        Handshakes {
            full: self.full.load(SeqCst),
            resumed: self.resumed.load(SeqCst),
        }
    }
}
