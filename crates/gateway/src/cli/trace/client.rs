//! Clients of a search: the journal compares beginnings of addresses, people also write networks.

use std::net::IpAddr;

use ipnet::IpNet;

/// The beginning that all addresses of a network have; anything else is a beginning as it stands.
pub(super) fn beginning(input: &str) -> Result<String, String> {
    let input = input.trim();
    if !input.contains('/') {
        return Ok(input.to_owned());
    }
    let network: IpNet = input.parse().map_err(|_| format!("{input:?} is no network"))?;
    let address = network.network();
    let text = address.to_string();
    let (bits, separator) = match address {
        IpAddr::V4(_) => (8, '.'),
        IpAddr::V6(_) => (16, ':'),
    };
    if network.prefix_len() == network.max_prefix_len() {
        return Ok(text);
    }
    let groups = usize::from(network.prefix_len() / bits);
    let parts: Vec<&str> = text.split(separator).take(groups).collect();
    // Groups of zeros are left out of the text of an address, and then its beginning is another.
    let is_whole = network.prefix_len().is_multiple_of(bits) && groups > 0 && parts.len() == groups;
    if !is_whole || parts.iter().any(|part| part.is_empty()) {
        let wanted = if bits == 8 { "/8, /16, /24 or /32" } else { "a multiple of /16 without groups of zeros" };
        return Err(format!("{input}: the journal finds networks of {wanted}, or the beginning of an address"));
    }
    Ok(format!("{}{separator}", parts.join(&separator.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_the_beginning_of_its_addresses() {
        for (input, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.", "192.0."),
            ("192.0.2.0/24", "192.0.2."),
            ("192.0.2.9/16", "192.0."),
            ("192.0.2.9/32", "192.0.2.9"),
            ("2001:db8::/32", "2001:db8:"),
            ("2001:db8::1/128", "2001:db8::1"),
        ] {
            assert_eq!(beginning(input).as_deref(), Ok(expected), "{input}");
        }
        for wrong in ["192.0.2.0/23", "0.0.0.0/0", "2001:db8::/48", "2001:db8::/29", "x/24", "192.0.2.0/33"] {
            assert!(beginning(wrong).is_err(), "{wrong}");
        }
    }
}
