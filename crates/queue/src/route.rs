//! Which next hop takes a recipient domain.

use std::collections::BTreeMap;

use mail::address::Domain;

/// Port of SMTP.
pub const SMTP_PORT: u16 = 25;

/// Where mail for a domain goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Route {
    /// The hosts that its MX records name (RFC 5321 5.1).
    Mx,
    /// These hosts, in this order.
    Hosts(Vec<HostPort>),
}

/// A next hop of settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostPort {
    /// Name, or textual address without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// Why a text names no next hop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no next hop: write a name or an address, with a port if it is not 25 (mail.corp.example:2525, [2001:db8::1]:25)"
)]
pub struct HostPortError(String);

impl HostPort {
    /// Reads `host`, `host:port`, `[v6]`, `[v6]:port`.
    ///
    /// # Errors
    /// [`HostPortError`] says what is expected.
    pub fn parse(text: &str) -> Result<Self, HostPortError> {
        let error = || HostPortError(text.to_owned());
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or_else(error)?;
                host.parse::<std::net::Ipv6Addr>().map_err(|_| error())?;
                (host, rest.strip_prefix(':').or_else(|| rest.is_empty().then_some("25")).ok_or_else(error)?)
            }
            None if text.parse::<std::net::Ipv6Addr>().is_ok() => (text, "25"),
            None => text.split_once(':').unwrap_or((text, "25")),
        };
        let port: u16 = port.parse().map_err(|_| error())?;
        let is_name =
            host.parse::<std::net::IpAddr>().is_ok() || Domain::parse(host).is_ok_and(|name| !name.is_literal());
        if !is_name || port == 0 {
            return Err(error());
        }
        Ok(Self { host: host.to_ascii_lowercase(), port })
    }
}

impl std::fmt::Display for HostPort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Routes of settings; a domain that has none goes by MX.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    by_domain: BTreeMap<String, Route>,
    fallback: Option<Route>,
}

impl Routes {
    /// Of these domains; `fallback` is for all others.
    #[must_use]
    pub fn new(by_domain: BTreeMap<String, Route>, fallback: Option<Route>) -> Self {
        Self { by_domain, fallback }
    }

    /// The route of a domain.
    #[must_use]
    pub fn of(&self, domain: &str) -> Route {
        let own = self.by_domain.get(&domain.to_ascii_lowercase());
        own.or(self.fallback.as_ref()).cloned().unwrap_or(Route::Mx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_hops_are_read_and_written() {
        for (text, expected) in [
            ("mail.corp.example", "mail.corp.example:25"),
            ("Mail.Corp.Example:2525", "mail.corp.example:2525"),
            ("192.0.2.7:26", "192.0.2.7:26"),
            ("[2001:db8::1]", "[2001:db8::1]:25"),
            ("[2001:db8::1]:26", "[2001:db8::1]:26"),
            ("2001:db8::1", "[2001:db8::1]:25"),
        ] {
            assert_eq!(HostPort::parse(text).unwrap().to_string(), expected);
        }
        for text in ["", ":25", "host:", "host:0", "host:70000", "[::1", "[::1]x", "a b", "host:25:25"] {
            assert!(HostPort::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_domain_without_a_route_goes_by_mx() {
        let hosts = Route::Hosts(vec![HostPort::parse("127.0.0.1:2525").unwrap()]);
        let routes = Routes::new(BTreeMap::from([("corp.example".to_owned(), hosts.clone())]), None);
        assert_eq!(routes.of("Corp.Example"), hosts);
        assert_eq!(routes.of("sub.corp.example"), Route::Mx);
    }
}
