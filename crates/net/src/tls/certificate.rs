//! The certificate that our listeners show. It can be replaced while they run.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::{TlsError, provider};

/// A certificate with its chain and key; replacing it changes the next handshake.
#[derive(Debug)]
pub struct ServerCertificate {
    current: ArcSwap<CertifiedKey>,
}

impl ServerCertificate {
    /// Reads certificate chain and private key (PKCS#8, PKCS#1 or SEC1) in PEM form.
    ///
    /// # Errors
    /// [`TlsError`] says which of the two is wrong.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Arc<Self>, TlsError> {
        Ok(Arc::new(Self { current: ArcSwap::from_pointee(read(certificate, key)?) }))
    }

    /// Shows another certificate from now on; running sessions keep theirs.
    ///
    /// # Errors
    /// [`TlsError`]; the old one stays then.
    pub fn replace(&self, certificate: &[u8], key: &[u8]) -> Result<(), TlsError> {
        self.current.store(Arc::new(read(certificate, key)?));
        Ok(())
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

fn read(certificate: &[u8], key: &[u8]) -> Result<CertifiedKey, TlsError> {
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(certificate).collect::<Result<_, _>>().map_err(|_| TlsError::NoCertificate)?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::NoKey)?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(TlsError::Mismatch)
}

/// A certificate of our own for `hostname`, signed by itself: what a gateway shows until it has a better one.
/// Certificate and key in PEM form.
///
/// # Errors
/// [`TlsError::Make`], for instance if the name cannot stand in a certificate.
pub fn self_made_certificate(hostname: &str) -> Result<(String, String), TlsError> {
    let made = rcgen::generate_simple_self_signed(vec![hostname.to_owned()])?;
    Ok((made.cert.pem(), made.signing_key.serialize_pem()))
}
