//! The name of a mail: 128 random bits, shown in base32. Random from the first character, since the first ten are the
//! reference id that senders see and nobody should learn our volume or clock from it.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use std::sync::LazyLock;

/// Number of base32 characters of a reference id (50 bits).
pub const REFERENCE_CHARS: usize = 10;

/// Crockford's alphabet in lower case: no i, l, o, u, so that it survives being read out on the telephone.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    spec.translate.from.push_str("ABCDEFGHJKMNPQRSTVWXYZ");
    spec.translate.to.push_str("abcdefghjkmnpqrstvwxyz");
    match spec.encoding() {
        Ok(encoding) => encoding,
        // The alphabet above is fixed: 32 distinct symbols.
        Err(_) => data_encoding::BASE32_DNSSEC,
    }
});

/// Name of one mail, from its first byte to the end of its journal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailId([u8; 16]);

impl MailId {
    /// Makes an id of 16 random bytes; the caller draws them (`net::random`).
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first [`REFERENCE_CHARS`] characters: what a sender may see and quote to the help desk.
    #[must_use]
    pub fn reference(&self) -> String {
        let mut text = self.to_string();
        text.truncate(REFERENCE_CHARS);
        text
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32.encode(&self.0))
    }
}

impl fmt::Debug for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailId({self})")
    }
}

/// The text is not 26 base32 characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a mail id: expected 26 characters of 0-9 a-z without i, l, o, u")]
pub struct MailIdError;

impl FromStr for MailId {
    type Err = MailIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE32.decode(text.as_bytes()).map_err(|_| MailIdError)?;
        bytes.try_into().map(Self).map_err(|_| MailIdError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text() {
        let id = MailId::from_bytes([7, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 26);
        assert!(id.to_string().starts_with(&id.reference()));
        assert_eq!("not-an-id".parse::<MailId>(), Err(MailIdError));
    }
}
