//! Connections that we open to services of the operator: a host by name or address, found through the one resolver, within
//! a time limit. Some addresses are never connected to, whatever a name says: a name whose owner changes it must not turn
//! our questions to the machine's own metadata service or to a neighbour on the link.

use std::fmt;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::dns::{Dns, DnsError};

/// Addresses of one name that are tried, one after the other.
const ADDRESSES_MAX: usize = 4;
/// Metadata services of clouds that do not lie on the link: EC2 over IPv6, Alibaba.
const METADATA: [IpAddr; 2] =
    [IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)), IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200))];

/// A host by name or address, with a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    /// Name, or address without brackets.
    pub name: String,
    /// TCP port.
    pub port: u16,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The name has no address, or DNS does not answer.
    #[error("its name cannot be resolved: {0}")]
    Dns(#[from] DnsError),
    /// All its addresses are of a kind that is never connected to.
    #[error("its address is one that is never connected to")]
    Forbidden,
    /// Nobody listens there.
    #[error("the connection is refused")]
    Refused,
    /// Nobody answers.
    #[error("no connection in time")]
    TimedOut,
    /// Anything else that the system says.
    #[error("no connection: {0}")]
    Failed(ErrorKind),
}

impl Host {
    /// Reads `name:port`, `address:port`, `[address]:port`, or without a port where there is a usual one.
    #[must_use]
    pub fn parse(text: &str, usual_port: Option<u16>) -> Option<Self> {
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Some(Self { name: ip.to_string(), port: usual_port? });
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, port.parse().ok()?),
            _ => (text, usual_port?),
        };
        let name = match name.strip_prefix('[') {
            Some(inner) => inner.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?.to_string(),
            None => name.to_ascii_lowercase(),
        };
        let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':');
        (port != 0 && !name.is_empty() && name.bytes().all(is_name)).then_some(Self { name, port })
    }

    /// Connects within `limit`, the question to DNS included.
    ///
    /// # Errors
    /// [`DialError`], of several addresses the trouble with the last.
    pub async fn connect(&self, dns: &Dns, limit: Duration) -> Result<TcpStream, DialError> {
        let deadline = Instant::now() + limit;
        let connected = tokio::time::timeout_at(deadline, async {
            let mut trouble = DialError::Forbidden;
            for ip in self.addresses(dns).await?.into_iter().filter(|ip| !is_forbidden(*ip)).take(ADDRESSES_MAX) {
                match TcpStream::connect(SocketAddr::new(ip, self.port)).await {
                    Ok(stream) => return Ok(stream),
                    Err(error) => trouble = kind_of(error.kind()),
                }
            }
            Err(trouble)
        });
        let stream = connected.await.unwrap_or(Err(DialError::TimedOut))?;
        // Questions and answers are short; where this fails they are only slower.
        drop(stream.set_nodelay(true));
        Ok(stream)
    }

    async fn addresses(&self, dns: &Dns) -> Result<Vec<IpAddr>, DnsError> {
        if let Ok(ip) = self.name.parse() {
            return Ok(vec![ip]);
        }
        // RFC 6761 6.3: this name is not DNS's business.
        if self.name == "localhost" {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        dns.addresses(&self.name).await
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.contains(':') {
            true => write!(f, "[{}]:{}", self.name, self.port),
            false => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

const fn kind_of(kind: ErrorKind) -> DialError {
    match kind {
        ErrorKind::ConnectionRefused => DialError::Refused,
        ErrorKind::TimedOut => DialError::TimedOut,
        other => DialError::Failed(other),
    }
}

fn is_forbidden(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    let is_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    is_local || ip.is_unspecified() || ip.is_multicast() || METADATA.contains(&ip)
}

#[cfg(test)]
mod tests;
