//! The certificate of the listeners: from files, or made at first start and kept.

use std::sync::Arc;

use anyhow::Context as _;
use mail::envelope::TenantId;
use net::tls::{ServerCertificate, self_made_certificate};

use crate::config::Config;
use crate::data::Data;

/// Notes under which the self-made certificate is kept.
const CERTIFICATE_NOTE: &str = "self_made_certificate";
const KEY_NOTE: &str = "self_made_key";

/// Certificate and key in PEM form.
pub(super) async fn read(config: &Config, data: &Data) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    if let (Some(certificate), Some(key)) = (&config.values.tls.certificate, &config.values.tls.key) {
        let read =
            |path: &std::path::Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        return Ok((read(certificate)?, read(key)?));
    }
    let kept = (
        data.site.note(TenantId::DEFAULT, CERTIFICATE_NOTE).await?,
        data.site.note(TenantId::DEFAULT, KEY_NOTE).await?,
    );
    if let (Some(certificate), Some(key)) = kept {
        return Ok((certificate.into_bytes(), key.into_bytes()));
    }
    let (certificate, key) = self_made_certificate(&config.values.hostname)?;
    data.site.set_note(TenantId::DEFAULT, CERTIFICATE_NOTE, &certificate).await?;
    data.site.set_note(TenantId::DEFAULT, KEY_NOTE, &key).await?;
    tracing::info!(hostname = config.values.hostname, "made a certificate of our own; [tls] names a better one");
    Ok((certificate.into_bytes(), key.into_bytes()))
}

/// The certificate that new handshakes show.
pub(super) async fn certificate(config: &Config, data: &Data) -> anyhow::Result<Arc<ServerCertificate>> {
    net::tls::install_provider();
    let (certificate, key) = read(config, data).await?;
    let from = config.values.tls.certificate.as_ref().map_or_else(String::new, |path| path.display().to_string());
    ServerCertificate::from_pem(&certificate, &key).with_context(|| format!("certificate {from}"))
}
