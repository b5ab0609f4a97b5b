//! Whose certificates are believed where a certificate must verify.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// Who signs the certificates of services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Whoever the machine trusts.
    System,
    /// These certificates in PEM form, and nobody else.
    Only(Vec<u8>),
}

/// Nobody can be trusted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrustError {
    /// The machine has no certificates.
    #[error("the machine has no certificates to trust (package ca-certificates)")]
    NoSystem,
    /// No usable certificate in the file.
    #[error("no certificate in PEM form found")]
    NoCertificate,
    /// The library refused the configuration.
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

impl Trust {
    /// A client that checks names and certificates. For `System` it reads files: at start, not per connection.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, TrustError> {
        let provider =
            CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .map_err(TrustError::Setup)?
            .with_root_certificates(self.roots()?)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, TrustError> {
        let mut roots = RootCertStore::empty();
        match self {
            // Some of a machine's certificates may be odd; the others do.
            Self::System => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
            Self::Only(pem) => {
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|_| TrustError::NoCertificate)?;
                    roots.add(certificate).map_err(|_| TrustError::NoCertificate)?;
                }
            }
        }
        match (roots.is_empty(), self) {
            (false, _) => Ok(roots),
            (true, Self::System) => Err(TrustError::NoSystem),
            (true, Self::Only(_)) => Err(TrustError::NoCertificate),
        }
    }
}
