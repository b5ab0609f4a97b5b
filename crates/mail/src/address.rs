//! Addresses of the envelope (RFC 5321 4.1.2), parsed strictly once at the border. Addresses in header fields are
//! looser and live in [`crate::mailbox`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of a local part (RFC 5321 4.5.3.1.1).
pub const LOCAL_BYTES_MAX: usize = 64;
/// Bytes of a domain (RFC 5321 4.5.3.1.2).
pub const DOMAIN_BYTES_MAX: usize = 255;
/// Bytes of one label of a domain (RFC 1035 2.3.4).
pub const LABEL_BYTES_MAX: usize = 63;

/// A domain in lower-case ASCII (A-labels), without trailing dot; or an address literal in brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(String);

/// An address of the envelope: what the standards call a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    local: String,
    domain: Domain,
}

/// The argument of MAIL FROM.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReversePath {
    /// `<>`: nobody wants a bounce of this.
    Null,
    /// An address.
    Address(Address),
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No `@`, or nothing on one of its sides.
    #[error("an address needs a local part, an @ and a domain")]
    Incomplete,
    /// The local part is longer than 64 bytes or has characters that need quoting.
    #[error("the local part is not allowed by RFC 5321 4.1.2")]
    Local,
    /// The domain has a bad label or literal.
    #[error("the domain is not allowed by RFC 5321 4.1.2")]
    Domain,
}

impl Domain {
    /// Reads a domain name or an address literal; U-labels become A-labels, one trailing dot is refused.
    ///
    /// # Errors
    /// [`AddressError::Domain`] for anything else.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if let Some(literal) = text.strip_prefix('[') {
            return Self::parse_literal(literal.strip_suffix(']').ok_or(AddressError::Domain)?);
        }
        let ascii = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii_strict(text).map_err(|_| AddressError::Domain)?
        };
        let labels_fit = ascii.split('.').all(|label| {
            let bytes = label.as_bytes();
            !bytes.is_empty()
                && bytes.len() <= LABEL_BYTES_MAX
                && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_')
                && bytes.first() != Some(&b'-')
                && bytes.last() != Some(&b'-')
        });
        if labels_fit && ascii.len() <= DOMAIN_BYTES_MAX { Ok(Self(ascii)) } else { Err(AddressError::Domain) }
    }

    // RFC 5321 4.1.3.
    fn parse_literal(inner: &str) -> Result<Self, AddressError> {
        let ip = match inner.get(..5) {
            Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
                inner.get(5..).and_then(|rest| rest.parse::<Ipv6Addr>().ok()).map(IpAddr::V6)
            }
            _ => inner.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        };
        match ip.ok_or(AddressError::Domain)? {
            IpAddr::V4(ip) => Ok(Self(format!("[{ip}]"))),
            IpAddr::V6(ip) => Ok(Self(format!("[IPv6:{ip}]"))),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// It is `[192.0.2.1]` or `[IPv6:...]`.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.0.starts_with('[')
    }

    /// It is `parent` or a name below it.
    #[must_use]
    pub fn is_within(&self, parent: &Self) -> bool {
        self.0 == parent.0 || self.0.strip_suffix(parent.as_str()).is_some_and(|rest| rest.ends_with('.'))
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Address {
    /// Reads `local@domain`; the local part may be a quoted string, which is stored without quotes.
    ///
    /// # Errors
    /// [`AddressError`] says which half is wrong.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (local, rest) = if text.starts_with('"') { quoted_local(text)? } else { dotted_local(text)? };
        if local.len() > LOCAL_BYTES_MAX {
            return Err(AddressError::Local);
        }
        Ok(Self { local, domain: Domain::parse(rest)? })
    }

    /// Puts an address together from parts that are known to be good.
    ///
    /// # Errors
    /// [`AddressError::Local`] if the local part is empty, too long or not printable ASCII.
    pub fn from_parts(local: &str, domain: Domain) -> Result<Self, AddressError> {
        let printable = local.bytes().all(|b| (0x20..0x7f).contains(&b));
        if local.is_empty() || local.len() > LOCAL_BYTES_MAX || !printable {
            return Err(AddressError::Local);
        }
        Ok(Self { local: local.to_owned(), domain })
    }

    /// Local part without quotes, in the case that was sent.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Domain.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Lower-case text for comparison in lists and caches. RFC 5321 2.4 leaves case to the owner; no mail system in use tells
    /// two users apart by it.
    #[must_use]
    pub fn key(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_dot_string(&self.local) {
            return write!(f, "{}@{}", self.local, self.domain);
        }
        f.write_str("\"")?;
        for c in self.local.chars() {
            if c == '"' || c == '\\' {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        write!(f, "\"@{}", self.domain)
    }
}

impl ReversePath {
    /// The address, if there is one.
    #[must_use]
    pub const fn address(&self) -> Option<&Address> {
        match self {
            Self::Null => None,
            Self::Address(address) => Some(address),
        }
    }
}

/// The address, or nothing for the null path; angle brackets are the caller's.
impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Address(address) => address.fmt(f),
        }
    }
}

fn is_atext(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b)
}

fn is_dot_string(text: &str) -> bool {
    !text.is_empty() && text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

fn dotted_local(text: &str) -> Result<(String, &str), AddressError> {
    // The last @ would let `a@b@c` through as local part `a@b`; an unquoted local part has none.
    let (local, rest) = text.split_once('@').ok_or(AddressError::Incomplete)?;
    if local.is_empty() || rest.is_empty() {
        return Err(AddressError::Incomplete);
    }
    if is_dot_string(local) { Ok((local.to_owned(), rest)) } else { Err(AddressError::Local) }
}

// RFC 5321 4.1.2 Quoted-string: printable ASCII, backslash quotes.
fn quoted_local(text: &str) -> Result<(String, &str), AddressError> {
    let mut local = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let rest = text.get(at.saturating_add(1)..).and_then(|rest| rest.strip_prefix('@'));
                let rest = rest.ok_or(AddressError::Incomplete)?;
                return if local.is_empty() { Err(AddressError::Local) } else { Ok((local, rest)) };
            }
            '\\' => match chars.next() {
                Some((_, quoted)) if quoted == ' ' || quoted.is_ascii_graphic() => local.push(quoted),
                _ => return Err(AddressError::Local),
            },
            ' ' => local.push(c),
            c if c.is_ascii_graphic() => local.push(c),
            _ => return Err(AddressError::Local),
        }
    }
    Err(AddressError::Incomplete)
}

#[cfg(test)]
mod tests;
