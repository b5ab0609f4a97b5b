//! TLS: our certificate towards clients, and opportunistic encryption towards servers. One provider (aws-lc-rs), TLS 1.2
//! and 1.3. Certificates that must verify (MTA-STS, DANE) are not decided here.

mod any_certificate;
mod certificate;

use std::sync::Arc;

use mail::envelope::TlsSession;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, CommonState, ServerConfig};

use any_certificate::AnyCertificate;
pub use certificate::{ServerCertificate, self_made_certificate};

/// What is wrong with a certificate or key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate file is no PEM or holds no certificate.
    #[error("no certificate in PEM form found")]
    NoCertificate,
    /// The key file is no PEM or holds no private key.
    #[error("no private key in PEM form found")]
    NoKey,
    /// The key is of no known kind, or does not belong to the certificate.
    #[error("the private key cannot be used with this certificate: {0}")]
    Mismatch(rustls::Error),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// The library refused the configuration.
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

/// Makes aws-lc-rs the provider of the process, for libraries that ask for the default. More calls change nothing.
pub fn install_provider() {
    // An error only says that one is installed already.
    drop(aws_lc_rs::default_provider().install_default());
}

fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()))
}

/// A server that shows `certificate`, whichever is current at each handshake.
///
/// # Errors
/// [`TlsError::Setup`].
pub fn server_config(certificate: Arc<ServerCertificate>) -> Result<Arc<ServerConfig>, TlsError> {
    let config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .map_err(TlsError::Setup)?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    Ok(Arc::new(config))
}

/// A client that encrypts and accepts any certificate: without a policy of the receiver the alternative is plain text, and
/// a self-made certificate is better than that (RFC 7435 3). Use it only where plain text would be allowed.
///
/// # Errors
/// [`TlsError::Setup`].
pub fn opportunistic_client_config() -> Result<Arc<ClientConfig>, TlsError> {
    let provider = provider();
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .map_err(TlsError::Setup)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate::new(&provider)))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Version and cipher of a finished handshake, for `Received` fields and the journal.
#[must_use]
pub fn session(connection: &CommonState) -> Option<TlsSession> {
    let version = match connection.protocol_version()? {
        rustls::ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
        rustls::ProtocolVersion::TLSv1_3 => "TLSv1.3".to_owned(),
        other => format!("{other:?}"),
    };
    let cipher = connection.negotiated_cipher_suite()?.suite();
    Some(TlsSession { version, cipher: format!("{cipher:?}") })
}

#[cfg(test)]
mod tests;
