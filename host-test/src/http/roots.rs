//! Who may vouch for a server.

use crate::error::Error;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// The certificate authorities that may vouch for a server. The default is Mozilla's list, which
/// is built in.
#[derive(Clone, Debug)]
pub struct Roots(RootCertStore);

impl Default for Roots {
    fn default() -> Self {
        Self(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())
    }
}

impl Roots {
    /// Adds the certificates in `pem`, such as that of a company's proxy which inspects traffic.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] where `pem` holds no usable certificate.
    pub fn with_pem(mut self, pem: &[u8]) -> Result<Self, Error> {
        let certificates = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok);
        let (added, _) = self.0.add_parsable_certificates(certificates);
        if added == 0 {
            let message = "no certificate in PEM form was found among the extra roots";
            return Err(Error::Config(message.to_owned()));
        }
        Ok(self)
    }

    /// The settings for TLS: 1.2 and 1.3, and HTTP/2 where the server offers it.
    pub(crate) fn tls(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Config(error.to_string()))?
            .with_root_certificates(self.0.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}
