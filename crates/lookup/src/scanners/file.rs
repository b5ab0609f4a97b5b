//! A file as scanners get it.

use bytes::Bytes;
use scan::content::Item;
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::detonation::is_active;

/// Bytes of an extension.
const EXTENSION_BYTES_MAX: usize = 16;

/// One file out of a message, decoded.
#[derive(Clone, Debug)]
pub struct FileToScan {
    /// Where it lies in the message, as [`scan::content::Item::place`].
    pub place: String,
    /// Every name it could be saved under. They are the sender's, so no scanner is told them; a sandbox learns an extension.
    pub names: Vec<String>,
    /// True type, as [`scan::content::Item::kind`].
    pub kind: String,
    /// What it is of the message.
    pub nature: Nature,
    bytes: Bytes,
    sha256: [u8; 32],
}

/// What a file is of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nature {
    /// The message as it came.
    Message,
    /// A part, or something found inside one.
    Part,
    /// The same, and it may do something when somebody opens it.
    Active,
}

struct Kept {
    bytes: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Nature {
    /// That of an item of the content.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        if is_active(item) { Self::Active } else { Self::Part }
    }
}

/// Place of the message as it came, among the places of its files.
const MESSAGE_PLACE: &str = "message";
/// Its type.
const MESSAGE_KIND: &str = "eml";

impl FileToScan {
    /// A file with its hash, which is taken here: answers are remembered under it.
    #[must_use]
    pub fn new(place: String, names: Vec<String>, kind: String, bytes: Bytes) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self { place, names, kind, nature: Nature::Part, bytes, sha256 }
    }

    /// An item of the content.
    #[must_use]
    pub fn of_item(item: &Item, bytes: Bytes) -> Self {
        let nature = Nature::of(item);
        Self { nature, ..Self::new(item.place.clone(), item.names.clone(), item.kind.clone(), bytes) }
    }

    /// The message as it came.
    #[must_use]
    pub fn of_message(bytes: Bytes) -> Self {
        let file = Self::new(MESSAGE_PLACE.to_owned(), Vec::new(), MESSAGE_KIND.to_owned(), bytes);
        Self { nature: Nature::Message, ..file }
    }

    /// With bytes of its own, which hold this room as long as they are needed: what it was cut out of may go.
    #[must_use]
    pub(crate) fn kept(self, room: OwnedSemaphorePermit) -> Self {
        let bytes = Bytes::from_owner(Kept { bytes: self.bytes.to_vec(), _room: room });
        Self { bytes, ..self }
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
        let kind: String = self.kind.chars().filter(char::is_ascii_alphanumeric).take(EXTENSION_BYTES_MAX).collect();
        self.name_with(&kind)
    }

    /// A name under which a sandbox opens it as a person would: the hash, and the extension of its first name that has one.
    pub(crate) fn opened_name(&self) -> String {
        let is_plain = |ending: &&str| {
            (1..=EXTENSION_BYTES_MAX).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let mut endings = self.names.iter().filter_map(|name| Some(name.trim_end().rsplit_once('.')?.1));
        match endings.find(is_plain) {
            Some(ending) => self.name_with(&ending.to_ascii_lowercase()),
            None => self.neutral_name(),
        }
    }

    fn name_with(&self, extension: &str) -> String {
        let hash: String = self.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        if extension.is_empty() { hash } else { format!("{hash}.{extension}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_others_hold_nothing_of_the_senders_but_an_extension() {
        let name = |names: &[&str], kind: &str| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let file = FileToScan::new("1".to_owned(), names, kind.to_owned(), Bytes::from_static(b"x"));
            let ending = |name: String| name.split_at(64).1.to_owned();
            (ending(file.neutral_name()), ending(file.opened_name()))
        };
        let both = |neutral: &str, opened: &str| (neutral.to_owned(), opened.to_owned());
        assert_eq!(name(&["a.pdf.JS", "b.doc"], "script"), both(".script", ".js"));
        assert_eq!(name(&["a", "b.doc"], ""), both("", ".doc"));
        assert_eq!(name(&["a.x\"\r\ny", "b.../../c", "d."], "7z"), both(".7z", ".7z"));
        assert_eq!(name(&[], "a/../b"), both(".ab", ".ab"));
    }
}
