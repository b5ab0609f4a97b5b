//! Listeners, TLS, DNS.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[inbound]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct InboundAsTyped {
    /// Addresses for mail from the Internet, IPv4 and IPv6.
    pub(crate) listen: Vec<SocketAddr>,
}

impl Default for InboundAsTyped {
    fn default() -> Self {
        Self { listen: vec![([0, 0, 0, 0], 25).into(), ([0, 0, 0, 0, 0, 0, 0, 0], 25).into()] }
    }
}

impl InboundAsTyped {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.listen.is_empty() {
            let hint = "for instance listen = [\"0.0.0.0:25\", \"[::]:25\"]";
            return Err(ConfigError::value("inbound.listen", "there is no address to listen on", hint));
        }
        Ok(())
    }
}

/// `[outbound]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OutboundAsTyped {
    /// Addresses for mail of our own machines; empty: no outbound mail.
    pub(crate) listen: Vec<SocketAddr>,
    /// Networks that may send there. Everything is never allowed.
    pub(crate) networks: Vec<String>,
}

impl OutboundAsTyped {
    pub(super) fn compile(&self) -> Result<Vec<IpNet>, ConfigError> {
        let key = "outbound.networks";
        if !self.listen.is_empty() && self.networks.is_empty() {
            let hint = "name the addresses of your mail servers, for instance networks = [\"10.0.0.5/32\"]";
            return Err(ConfigError::value(key, "a listener that nobody may use", hint));
        }
        let mut networks = Vec::new();
        for text in &self.networks {
            let network = text.parse::<IpNet>().or_else(|_| text.parse().map(|ip: std::net::IpAddr| ip.into()));
            let network = network.map_err(|_| {
                ConfigError::value(key, &format!("{text:?} is not a network"), "for instance 10.0.0.0/24")
            })?;
            if network.prefix_len() == 0 {
                let hint = "an open relay is found and abused within hours; name your own networks";
                return Err(ConfigError::value(
                    key,
                    &format!("{text} would let the whole Internet send through here"),
                    hint,
                ));
            }
            networks.push(network);
        }
        Ok(networks)
    }
}

/// `[tls]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TlsAsTyped {
    /// PEM chain. Without it a certificate is made at first start and kept in the data folder.
    pub(crate) certificate: Option<PathBuf>,
    /// PEM key of that certificate.
    pub(crate) key: Option<PathBuf>,
}

impl TlsAsTyped {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let one_only = match (&self.certificate, &self.key) {
            (Some(_), None) => Some("tls.certificate"),
            (None, Some(_)) => Some("tls.key"),
            _ => None,
        };
        match one_only {
            Some(key) => Err(ConfigError::value(key, "certificate and key go together", "name both or none")),
            None => Ok(()),
        }
    }
}

/// `[dns]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DnsAsTyped {
    /// Servers to ask; empty: those of /etc/resolv.conf. Block lists refuse public resolvers: ask one of your own.
    pub(crate) servers: Vec<SocketAddr>,
    /// DNS block lists asked about the client's address, for instance `zen.spamhaus.org`.
    pub(crate) client_lists: Vec<String>,
    /// DNS block lists asked about the sender's domain, for instance `dbl.spamhaus.org`.
    pub(crate) domain_lists: Vec<String>,
}

impl DnsAsTyped {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let is_zone = |zone: &str| mail::address::Domain::parse(zone).is_ok() && zone.contains('.');
        for (key, zones) in [("dns.client_lists", &self.client_lists), ("dns.domain_lists", &self.domain_lists)] {
            if let Some(zone) = zones.iter().find(|zone| !is_zone(zone)) {
                let hint = "the whole zone alone, for instance zen.spamhaus.org";
                return Err(ConfigError::value(key, &format!("{zone:?} is no zone of DNS"), hint));
            }
        }
        Ok(())
    }
}

/// `[http]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpAsTyped {
    /// Local address of /metrics and /healthz; empty: neither.
    pub(crate) listen: Option<SocketAddr>,
}

impl Default for HttpAsTyped {
    fn default() -> Self {
        Self { listen: Some(([127, 0, 0, 1], 9252).into()) }
    }
}

/// No two listeners may want the same port of the same address.
pub(super) fn check_overlap(
    inbound: &InboundAsTyped,
    outbound: &OutboundAsTyped,
    http: &HttpAsTyped,
) -> Result<(), ConfigError> {
    let named = |key, addresses: &[SocketAddr]| addresses.iter().map(|at| (key, *at)).collect::<Vec<_>>();
    let mut all = named("inbound.listen", &inbound.listen);
    all.extend(named("outbound.listen", &outbound.listen));
    all.extend(http.listen.map(|address| ("http.listen", address)));
    for (at, (key, address)) in all.iter().enumerate() {
        let before = all.iter().take(at).find(|(_, other)| overlap(*address, *other));
        if let Some((other_key, other)) = before {
            let reason = format!("{address} is taken by {other} of {other_key}");
            return Err(ConfigError::value(key, &reason, "each port of an address can listen once"));
        }
    }
    Ok(())
}

// 0.0.0.0 is every address of IPv4, and [::] every one of IPv6 only. Port 0 is a free one.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let is_any = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() == other.port()
        && one.port() != 0
        && one.is_ipv4() == other.is_ipv4()
        && (is_any || one.ip() == other.ip())
}
