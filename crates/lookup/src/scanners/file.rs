//! A file as scanners get it.

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// One file out of a message, decoded.
#[derive(Clone, Debug)]
pub struct FileToScan {
    /// Where it lies in the message, as [`scan::content::Item::place`].
    pub place: String,
    /// Every name it could be saved under. They are the sender's, so no scanner is told them.
    pub names: Vec<String>,
    /// True type, as [`scan::content::Item::kind`].
    pub kind: String,
    bytes: Bytes,
    sha256: [u8; 32],
}

impl FileToScan {
    /// A file with its hash, which is taken here: answers are remembered under it.
    #[must_use]
    pub fn new(place: String, names: Vec<String>, kind: String, bytes: Bytes) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self { place, names, kind, bytes, sha256 }
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// SHA-256 of its bytes.
    #[must_use]
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// Its size.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }

    /// A name that says nothing of the sender's: the hash, and the true type as its extension.
    pub(crate) fn neutral_name(&self) -> String {
        let hash: String = self.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let kind: String = self.kind.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        if kind.is_empty() { hash } else { format!("{hash}.{kind}") }
    }
}
