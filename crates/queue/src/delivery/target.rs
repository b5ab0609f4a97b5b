//! Addresses to connect to, best first.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use mail::address::Domain;
use net::dns::{Dns, DnsError, RouteError, without_ourselves};

use crate::outcome::Delivery;
use crate::route::{HostPort, Route, SMTP_PORT};

/// One address of one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
}

/// `mx.example [192.0.2.1]`, with the port if it is not 25.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.name, self.address.ip())?;
        if self.address.port() == SMTP_PORT { Ok(()) } else { write!(f, ":{}", self.address.port()) }
    }
}

/// There is nowhere to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoTarget {
    pub(crate) delivery: Delivery,
    pub(crate) status: &'static str,
    pub(crate) reason: String,
}

/// The addresses for a domain by its route.
pub(crate) async fn find(route: &Route, domain: &str, dns: &Dns, hostname: &str) -> Result<Vec<Target>, NoTarget> {
    match route {
        Route::Hosts(hosts) => configured(hosts, dns).await,
        Route::Mx => by_mx(domain, dns, hostname).await,
    }
}

// A route of settings may lead to a loopback or private address; MX records of strangers may not (DEL-12).
async fn configured(hosts: &[HostPort], dns: &Dns) -> Result<Vec<Target>, NoTarget> {
    let mut targets = Vec::new();
    let mut trouble = None;
    for host in hosts {
        let addresses = match host.host.parse::<IpAddr>() {
            Ok(ip) => vec![ip],
            // RFC 6761 6.3: this name never goes to a DNS server.
            Err(_) if host.host == "localhost" => {
                vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from(std::net::Ipv6Addr::LOCALHOST)]
            }
            Err(_) => match dns.addresses(&host.host).await {
                Ok(addresses) => addresses,
                Err(error) => {
                    trouble = Some((host.host.clone(), error));
                    continue;
                }
            },
        };
        let name = &host.host;
        targets.extend(addresses.into_iter().map(|ip| Target { name: name.clone(), address: (ip, host.port).into() }));
    }
    match (targets.is_empty(), trouble) {
        (false, _) => Ok(targets),
        // A next hop of settings that has no address is our mistake, not the sender's: try again.
        (true, Some((host, error))) => Err(transient(&format!("next hop {host}: {error}"))),
        (true, None) => Err(transient("the route names no next hop")),
    }
}

async fn by_mx(domain: &str, dns: &Dns, hostname: &str) -> Result<Vec<Target>, NoTarget> {
    let parsed = Domain::parse(domain).map_err(|error| permanent("5.1.2", &error.to_string()))?;
    let hosts = dns.mail_hosts(&parsed).await.map_err(no_route)?;
    let hosts = without_ourselves(hosts, |host| host.name.eq_ignore_ascii_case(hostname)).map_err(no_route)?;
    let mut targets = Vec::new();
    for host in hosts {
        let public = host.addresses.into_iter().filter(|ip| is_public(*ip));
        targets.extend(public.map(|ip| Target { name: host.name.clone(), address: (ip, SMTP_PORT).into() }));
    }
    if targets.is_empty() {
        return Err(permanent("5.4.4", "the domain's mail hosts have no public address"));
    }
    Ok(targets)
}

fn no_route(error: RouteError) -> NoTarget {
    let status = match error {
        RouteError::NoSuchDomain => "5.1.2",
        RouteError::NullMx => "5.1.10",
        RouteError::NoHost => "5.4.4",
        RouteError::Loop => "5.4.6",
        RouteError::Transient(DnsError::Timeout | DnsError::ServerFailed | _) => return transient(&error.to_string()),
    };
    permanent(status, &error.to_string())
}

fn transient(reason: &str) -> NoTarget {
    NoTarget { delivery: Delivery::Transient, status: "4.4.3", reason: reason.to_owned() }
}

fn permanent(status: &'static str, reason: &str) -> NoTarget {
    NoTarget { delivery: Delivery::Permanent, status, reason: reason.to_owned() }
}

// What a stranger's DNS may not lead us to: ourselves, our network, the link (RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            // "This network" (0/8), shared between carriers and customers (100.64/10), reserved (240/4).
            let [first, second, ..] = ip.octets();
            let other = first == 0 || (first == 100 && (64..128).contains(&second)) || first >= 240;
            !(other || ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_multicast())
        }
        IpAddr::V6(ip) => {
            let local = ip.is_unique_local() || ip.is_unicast_link_local();
            let mapped = ip.to_ipv4_mapped().is_none_or(|ip| is_public(IpAddr::V4(ip)));
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || local) && mapped
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_mx_cannot_send_us_to_ourselves() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "255.255.255.255",
            "::1",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["192.0.2.1", "100.63.0.1", "100.128.0.1", "2001:db8::1", "::ffff:192.0.2.1"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
