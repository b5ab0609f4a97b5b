//! Which hosts take mail for a domain: MX by RFC 5321 5.1, null MX by RFC 7505.

use std::net::IpAddr;

use futures_util::future::join_all;
use mail::address::Domain;

use super::{Dns, DnsError, MxRecord};
use crate::random;

/// Hosts of one domain that are looked at, best first.
const MAIL_HOSTS_MAX: usize = 20;
/// Addresses of one host that are kept.
const HOST_ADDRESSES_MAX: usize = 10;

/// A host to deliver to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailHost {
    /// Its name, lower case, without trailing dot; of an address literal the literal.
    pub name: String,
    /// Preference of its MX record; 0 where the domain itself is the host.
    pub preference: u16,
    /// Its addresses, at least one.
    pub addresses: Vec<IpAddr>,
}

/// Why a domain has no host to deliver to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The domain does not exist: permanent, 5.1.2.
    #[error("the domain does not exist")]
    NoSuchDomain,
    /// The domain says that it takes no mail (null MX): permanent, 5.1.10.
    #[error("the domain takes no mail")]
    NullMx,
    /// No host of the domain has an address: permanent, 5.4.4.
    #[error("the domain has no host with an address")]
    NoHost,
    /// We are the best host of the domain, and have no route for it: permanent, 5.4.6.
    #[error("mail for the domain loops back to us")]
    Loop,
    /// DNS did not answer: transient, 4.4.3.
    #[error("DNS did not answer: {0}")]
    Transient(DnsError),
}

impl RouteError {
    /// Another try may bring another answer.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Transient(_))
    }
}

impl Dns {
    /// The hosts that take mail for `domain`, best first; hosts of equal preference in random order
    /// (RFC 5321 5.1). Each has an address.
    ///
    /// # Errors
    /// [`RouteError`]; transient only if no host is left that could be tried.
    pub async fn mail_hosts(&self, domain: &Domain) -> Result<Vec<MailHost>, RouteError> {
        if let Some(ip) = literal(domain) {
            return Ok(vec![MailHost { name: domain.to_string(), preference: 0, addresses: vec![ip] }]);
        }
        let records = match self.mx(domain.as_str()).await {
            Ok(records) => records,
            // RFC 5321 5.1: without MX the domain itself is the host.
            Err(DnsError::NoRecords) => vec![MxRecord { preference: 0, host: domain.to_string() }],
            Err(DnsError::NoSuchName | DnsError::BadName) => return Err(RouteError::NoSuchDomain),
            Err(error) => return Err(RouteError::Transient(error)),
        };
        let mut records: Vec<MxRecord> = records.into_iter().filter(|record| !record.host.is_empty()).collect();
        if records.is_empty() {
            // RFC 7505 3: the only exchange is the root.
            return Err(RouteError::NullMx);
        }
        random::shuffle(&mut records);
        records.sort_by_key(|record| record.preference);
        records.truncate(MAIL_HOSTS_MAX);
        self.resolve(records).await
    }

    async fn resolve(&self, records: Vec<MxRecord>) -> Result<Vec<MailHost>, RouteError> {
        let answers = join_all(records.iter().map(|record| self.addresses(&record.host))).await;
        let mut hosts = Vec::new();
        let mut trouble = None;
        for (record, answer) in records.into_iter().zip(answers) {
            match answer {
                Ok(mut addresses) => {
                    addresses.truncate(HOST_ADDRESSES_MAX);
                    hosts.push(MailHost { name: record.host, preference: record.preference, addresses });
                }
                Err(error) if error.is_nothing() => {}
                Err(error) => trouble = Some(error),
            }
        }
        match (hosts.is_empty(), trouble) {
            (false, _) => Ok(hosts),
            (true, Some(error)) => Err(RouteError::Transient(error)),
            (true, None) => Err(RouteError::NoHost),
        }
    }
}

/// Removes ourselves and every host that is not better than we are (RFC 5321 5.1), so that mail does not go in circles.
///
/// # Errors
/// [`RouteError::Loop`] if nobody better is left.
pub fn without_ourselves(
    mut hosts: Vec<MailHost>,
    is_us: impl Fn(&MailHost) -> bool,
) -> Result<Vec<MailHost>, RouteError> {
    if let Some(ours) = hosts.iter().filter(|host| is_us(host)).map(|host| host.preference).min() {
        hosts.retain(|host| host.preference < ours);
    }
    if hosts.is_empty() { Err(RouteError::Loop) } else { Ok(hosts) }
}

fn literal(domain: &Domain) -> Option<IpAddr> {
    let inner = domain.as_str().strip_prefix('[')?.strip_suffix(']')?;
    inner.strip_prefix("IPv6:").unwrap_or(inner).parse().ok()
}
