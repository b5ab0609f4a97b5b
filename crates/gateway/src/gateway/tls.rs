//! The certificate of the listeners: from files, or made at first start and kept.

use std::path::Path;

use mail::envelope::TenantId;
use net::tls::{ServerCertificate, self_made_certificate};

use crate::config::{Config, ConfigError};
use crate::control::protocol::Fault;
use crate::data::Data;

/// Notes under which the self-made certificate is kept.
const CERTIFICATE_NOTE: &str = "self_made_certificate";
const KEY_NOTE: &str = "self_made_key";

/// Certificate and key in PEM form.
pub(crate) struct Pem {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
    /// The file of the certificate; empty for one of our own.
    pub(super) place: String,
}

impl Pem {
    /// Reads the files that the configuration names, if it does. At the start this happens as root: a key is usually root's
    /// alone.
    ///
    /// # Errors
    /// If one cannot be read.
    pub(crate) fn of_files(config: &Config) -> Result<Option<Self>, ConfigError> {
        let (Some(certificate), Some(key)) = (&config.values.tls.certificate, &config.values.tls.key) else {
            return Ok(None);
        };
        let read = |path: &Path| {
            let hint = "`tls` names it; without [tls] a certificate is made at first start";
            std::fs::read(path).map_err(|error| ConfigError::unreadable(path, &error).or_hint(hint))
        };
        Ok(Some(Self { certificate: read(certificate)?, key: read(key)?, place: certificate.display().to_string() }))
    }

    /// Certificate and key read, and belong together.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        net::tls::install_provider();
        let checked = ServerCertificate::from_pem(&self.certificate, &self.key);
        checked.map(drop).map_err(|error| Fault::usage(format!("certificate {}: {error}", self.place), ""))
    }

    /// The one of our own, made at its first use.
    pub(super) async fn self_made(config: &Config, data: &Data) -> anyhow::Result<Self> {
        let kept = (
            data.site.note(TenantId::DEFAULT, CERTIFICATE_NOTE).await?,
            data.site.note(TenantId::DEFAULT, KEY_NOTE).await?,
        );
        let (certificate, key) = match kept {
            (Some(certificate), Some(key)) => (certificate, key),
            _ => {
                let (certificate, key) = self_made_certificate(&config.values.hostname)?;
                data.site.set_note(TenantId::DEFAULT, CERTIFICATE_NOTE, &certificate).await?;
                data.site.set_note(TenantId::DEFAULT, KEY_NOTE, &key).await?;
                tracing::info!(
                    hostname = config.values.hostname,
                    "made a certificate of our own; [tls] names a better one"
                );
                (certificate, key)
            }
        };
        Ok(Self { certificate: certificate.into_bytes(), key: key.into_bytes(), place: String::new() })
    }
}
