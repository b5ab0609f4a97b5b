//! Where a service is: scheme, host, port, and the path that its own paths begin with.

use std::fmt;

use crate::dial::Host;

/// `http://host:port/prefix` or the same with `https`, as an operator writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    is_tls: bool,
    host: Host,
    prefix: String,
}

/// The text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Neither `http://` nor `https://`.
    #[error("must begin with http:// or https://")]
    Scheme,
    /// No host, a bad port, or a name and password in it.
    #[error("must name a host, and a port if it is not the usual one")]
    Host,
    /// Query, fragment, or bytes that cannot stand in a path.
    #[error("must have a plain path, without ? and #")]
    Path,
}

impl Origin {
    /// Reads the address of a service.
    ///
    /// # Errors
    /// [`OriginError`] says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let (is_tls, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(OriginError::Scheme),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = Host::parse(authority, Some(if is_tls { 443 } else { 80 })).ok_or(OriginError::Host)?;
        if !path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#')) {
            return Err(OriginError::Path);
        }
        Ok(Self { is_tls, host, prefix: path.trim_end_matches('/').to_owned() })
    }

    /// Whether it speaks TLS.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The host.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// What its paths begin with; empty, or beginning with `/` and without one at the end.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What the field `Host` says (RFC 9110 7.2): without the usual port.
    pub(super) fn authority(&self) -> String {
        let usual = if self.is_tls { 443 } else { 80 };
        let text = self.host.to_string();
        match text.strip_suffix(&format!(":{usual}")) {
            Some(name) if self.host.port == usual => name.to_owned(),
            _ => text,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.host, self.prefix)
    }
}
