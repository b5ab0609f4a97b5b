//! DNS: the one resolver of the process, with its cache and deadlines. Answers come as plain data, trouble as the five
//! kinds that callers must tell apart. Which hosts take a domain's mail stands in `route`, what one message may
//! ask in `budget`.

mod budget;
mod route;
mod settings;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::{DnsError as ResponseError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

pub use budget::{Asker, DnsBudget, MESSAGE_DNS_MS_MAX, MESSAGE_QUERIES_MAX};
pub use route::{MailHost, RouteError, without_ourselves};
pub use settings::{DnsSettings, DnsSetupError, Servers};

/// Bytes of a name as text.
const NAME_BYTES_MAX: usize = 253;
/// Bytes of a label.
const LABEL_BYTES_MAX: usize = 63;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DnsError {
    /// The name does not exist (NXDOMAIN).
    #[error("the name does not exist")]
    NoSuchName,
    /// The name exists and has no record of this type.
    #[error("the name has no record of this type")]
    NoRecords,
    /// No answer in time, or the budget of the message is used up.
    #[error("no answer in time")]
    Timeout,
    /// SERVFAIL, REFUSED or a broken answer.
    #[error("the server failed")]
    ServerFailed,
    /// The text cannot be a name in DNS.
    #[error("not a name")]
    BadName,
}

impl DnsError {
    /// DNS itself said that there is nothing: asking again would say the same.
    #[must_use]
    pub const fn is_nothing(self) -> bool {
        matches!(self, Self::NoSuchName | Self::NoRecords | Self::BadName)
    }
}

/// One MX record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MxRecord {
    /// Lower is better.
    pub preference: u16,
    /// Name of the host, lower case, without trailing dot; empty for the root (null MX).
    pub host: String,
}

/// The resolver. Cheap to clone; clones share the cache.
#[derive(Clone)]
pub struct Dns {
    resolver: TokioResolver,
    query_timeout: Duration,
}

impl Dns {
    /// Makes the resolver. Inside a tokio runtime.
    ///
    /// # Errors
    /// [`DnsSetupError`] if the system's settings cannot be read or name no server.
    pub fn new(settings: &DnsSettings) -> Result<Self, DnsSetupError> {
        let resolver = settings::resolver(settings)?;
        Ok(Self { resolver, query_timeout: Duration::from_millis(settings.query_timeout_ms) })
    }

    /// The resolver itself, for libraries that ask by themselves.
    #[must_use]
    pub const fn resolver(&self) -> &TokioResolver {
        &self.resolver
    }

    /// TXT records; the strings of one record are joined (RFC 7208 3.3).
    ///
    /// # Errors
    /// [`DnsError`]; an empty list is [`DnsError::NoRecords`]. So for all that follow.
    pub async fn txt(&self, name: &str) -> Result<Vec<Vec<u8>>, DnsError> {
        let lookup = self.lookup(name, RecordType::TXT).await?;
        some(pick(&lookup, |data| match data {
            RData::TXT(txt) => Some(txt.txt_data.concat()),
            _ => None,
        }))
    }

    /// IPv4 addresses.
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn a(&self, name: &str) -> Result<Vec<Ipv4Addr>, DnsError> {
        let lookup = self.lookup(name, RecordType::A).await?;
        some(pick(&lookup, |data| match data {
            RData::A(a) => Some(a.0),
            _ => None,
        }))
    }

    /// IPv6 addresses.
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn aaaa(&self, name: &str) -> Result<Vec<Ipv6Addr>, DnsError> {
        let lookup = self.lookup(name, RecordType::AAAA).await?;
        some(pick(&lookup, |data| match data {
            RData::AAAA(aaaa) => Some(aaaa.0),
            _ => None,
        }))
    }

    /// Addresses of both kinds, IPv4 first. One kind is enough: trouble with the other is not told then.
    ///
    /// # Errors
    /// [`DnsError`]; with no address at all, trouble of either question goes before "there is none".
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, DnsError> {
        let (four, six) = futures_util::join!(self.a(name), self.aaaa(name));
        match (four, six) {
            (Ok(four), six) => {
                let six = six.unwrap_or_default();
                Ok(four.into_iter().map(IpAddr::V4).chain(six.into_iter().map(IpAddr::V6)).collect())
            }
            (Err(_), Ok(six)) => Ok(six.into_iter().map(IpAddr::V6).collect()),
            (Err(four), Err(six)) => Err(if four.is_nothing() { six } else { four }),
        }
    }

    /// MX records, best preference first.
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn mx(&self, name: &str) -> Result<Vec<MxRecord>, DnsError> {
        let lookup = self.lookup(name, RecordType::MX).await?;
        let mut records = some(pick(&lookup, |data| match data {
            RData::MX(mx) => Some(MxRecord { preference: mx.preference, host: text(&mx.exchange) }),
            _ => None,
        }))?;
        records.sort_by_key(|record| record.preference);
        Ok(records)
    }

    /// Names of an address, lower case, without trailing dot.
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn ptr(&self, ip: IpAddr) -> Result<Vec<String>, DnsError> {
        let lookup = self.ask(Name::from(ip), RecordType::PTR).await?;
        some(pick(&lookup, |data| match data {
            RData::PTR(ptr) => Some(text(&ptr.0)),
            _ => None,
        }))
    }

    async fn lookup(&self, name: &str, kind: RecordType) -> Result<Lookup, DnsError> {
        self.ask(absolute_name(name)?, kind).await
    }

    async fn ask(&self, name: Name, kind: RecordType) -> Result<Lookup, DnsError> {
        within(self.query_timeout, self.resolver.lookup(name, kind)).await
    }
}

async fn within<T>(limit: Duration, answer: impl Future<Output = Result<T, NetError>>) -> Result<T, DnsError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(Ok(lookup)) => Ok(lookup),
        Ok(Err(error)) => Err(kind_of(&error)),
        Err(_) => Err(DnsError::Timeout),
    }
}

fn kind_of(error: &NetError) -> DnsError {
    match error {
        NetError::Dns(ResponseError::NoRecordsFound(nothing)) => match nothing.response_code {
            ResponseCode::NXDomain => DnsError::NoSuchName,
            ResponseCode::NoError => DnsError::NoRecords,
            _ => DnsError::ServerFailed,
        },
        NetError::Timeout => DnsError::Timeout,
        _ => DnsError::ServerFailed,
    }
}

/// Names are asked as they stand, never with the search list of the machine: a trailing dot is understood. Any printable
/// byte or space may stand in a label, since TXT lives under names with `_` and SPF macros make odd ones.
fn absolute_name(name: &str) -> Result<Name, DnsError> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let fits = name.is_ascii()
        && name.len() <= NAME_BYTES_MAX
        && name.split('.').all(|label| !label.is_empty() && label.len() <= LABEL_BYTES_MAX)
        && name.bytes().all(|b| (b' '..=b'~').contains(&b));
    if !fits {
        return Err(DnsError::BadName);
    }
    let mut name = Name::from_labels(name.split('.').map(str::as_bytes)).map_err(|_| DnsError::BadName)?;
    name.set_fqdn(true);
    Ok(name)
}

fn pick<T>(lookup: &Lookup, of: impl Fn(&RData) -> Option<T>) -> Vec<T> {
    lookup.answers().iter().filter_map(|record| of(&record.data)).collect()
}

fn some<T>(values: Vec<T>) -> Result<Vec<T>, DnsError> {
    if values.is_empty() { Err(DnsError::NoRecords) } else { Ok(values) }
}

/// The name as we would ask for it. A label with a dot or an unprintable byte inside keeps its escapes, so that it stays
/// one label: asked again, it finds nothing.
fn text(name: &Name) -> String {
    let is_plain = |label: &[u8]| label.iter().all(|b| (b' '..=b'~').contains(b) && *b != b'.');
    let mut text = if name.iter().all(is_plain) {
        name.iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join(".")
    } else {
        name.to_ascii()
    };
    text.make_ascii_lowercase();
    if text.ends_with('.') {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests;
