//! Networks that may send to anywhere through the outbound listener. A network too wide for any one organisation is refused: it
//! would be an open relay.

use std::net::IpAddr;

use ipnet::IpNet;

/// Shortest IPv4 prefix: 10.0.0.0/8 is the largest private one (RFC 1918).
pub const V4_BITS_MIN: u8 = 8;
/// Shortest IPv6 prefix: fc00::/7 is the largest private one (RFC 4193).
pub const V6_BITS_MIN: u8 = 7;

/// Why a network was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Not of the form.
    #[error("`{0}` is no network\n  hint: for instance 192.0.2.0/24, 2001:db8::/32 or one address")]
    Form(String),
    /// Would let strangers relay.
    #[error(
        "`{0}` would let anybody send through us\n  hint: list the networks of your own mail servers, at most a /{V4_BITS_MIN} (IPv6: /{V6_BITS_MIN})"
    )]
    TooWide(String),
}

/// Reads networks and single addresses.
///
/// # Errors
/// [`NetworkError`] for the first bad one.
pub fn outbound_networks<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Vec<IpNet>, NetworkError> {
    texts.into_iter().map(outbound_network).collect()
}

fn outbound_network(text: &str) -> Result<IpNet, NetworkError> {
    let parsed = text.trim().parse::<IpNet>().ok().or_else(|| text.trim().parse::<IpAddr>().ok().map(IpNet::from));
    let network = parsed.ok_or_else(|| NetworkError::Form(text.to_owned()))?.trunc();
    let (bits, shortest) = match network {
        IpNet::V4(network) => (network.prefix_len(), V4_BITS_MIN),
        // ::ffff:0:0/96 is all of IPv4.
        IpNet::V6(network) => match network.addr().to_ipv4_mapped() {
            Some(_) => (network.prefix_len().saturating_sub(96), V4_BITS_MIN),
            None => (network.prefix_len(), V6_BITS_MIN),
        },
    };
    if bits < shortest { Err(NetworkError::TooWide(text.to_owned())) } else { Ok(network) }
}

/// The address lies in one of them.
#[must_use]
pub fn contains(networks: &[IpNet], ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    networks.iter().any(|network| network.contains(&ip))
}
