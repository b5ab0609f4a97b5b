//! RC4 with MD5, and RC4 with SHA-1 of the CryptoAPI, in workbooks, shows and Word documents (MS-OFFCRYPTO 2.3.5 and 2.3.6, MS-XLS
//! 2.2.10, MS-DOC 2.2.6).

use rc4::{KeyInit as _, Rc4, StreamCipher as _};

use crate::formats::office::bytes::{size_at, slice, u16_at};
use crate::formats::ole::decrypt::block::Hash;
use crate::formats::ole::decrypt::records::ranges;
use crate::formats::ole::decrypt::words;
use crate::unpack::Walk;

/// Bytes after which the key of a workbook changes.
const WORKBOOK_BLOCK_BYTES: usize = 1024;
/// The same of a Word document.
const DOCUMENT_BLOCK_BYTES: usize = 512;

/// How keys are made.
enum Method {
    Md5 { salt: Vec<u8> },
    Sha1 { salt: Vec<u8>, bytes: usize },
}

/// What a word has opened.
pub(in crate::formats::ole) struct Key {
    method: Method,
    base: Vec<u8>,
}

impl Key {
    /// The key of the first word that fits what the head of the encryption says.
    pub(in crate::formats::ole) fn find(walk: &Walk<'_>, info: &[u8]) -> Option<Self> {
        let (method, check, hash) = match (u16_at(info, 0)?, u16_at(info, 2)?) {
            (1, 1) => (Method::Md5 { salt: info.get(4..20)?.to_vec() }, info.get(20..36)?, info.get(36..52)?),
            (2..=4, 2) => {
                let header_bytes = size_at(info, 8)?;
                let bits = size_at(info, 28)?;
                let verifier = slice(info, header_bytes.checked_add(12)?, info.len());
                let bytes = if bits == 0 { 5 } else { bits.checked_div(8)? };
                let salt = verifier.get(4..20)?.to_vec();
                (Method::Sha1 { salt, bytes }, verifier.get(20..36)?, verifier.get(40..60)?)
            }
            _ => return None,
        };
        for word in words(walk, 1) {
            let base = method.base(&word);
            let mut both = [check, hash].concat();
            method.cipher(&base, 0)?.apply_keystream(&mut both);
            let (check, hash) = both.split_at_checked(16)?;
            if method.hash().of(check, &[]) == hash {
                return Some(Self { method, base });
            }
        }
        None
    }

    /// The stream as it would be if all of it were encrypted.
    fn apply(&self, stream: &[u8], block_bytes: usize) -> Option<Vec<u8>> {
        let mut open = stream.to_vec();
        for (number, block) in (0_u32..).zip(open.chunks_mut(block_bytes)) {
            self.method.cipher(&self.base, number)?.apply_keystream(block);
        }
        Some(open)
    }

    /// Opens the records of a workbook in place.
    pub(super) fn open_workbook(&self, stream: &mut [u8]) -> Option<()> {
        let open = self.apply(stream, WORKBOOK_BLOCK_BYTES)?;
        for (_, from, to) in ranges(stream) {
            stream.get_mut(from..to)?.copy_from_slice(open.get(from..to)?);
        }
        Some(())
    }

    /// Opens an object of a presentation, which has a number.
    pub(super) fn open_object(&self, object: &[u8], number: u32) -> Option<Vec<u8>> {
        let mut open = object.to_vec();
        self.method.cipher(&self.base, number)?.apply_keystream(&mut open);
        Some(open)
    }

    /// Opens a stream of a Word document, whose first bytes are not encrypted.
    pub(in crate::formats::ole) fn open_document(&self, stream: &[u8], plain_bytes: usize) -> Option<Vec<u8>> {
        let mut open = self.apply(stream, DOCUMENT_BLOCK_BYTES)?;
        let plain = plain_bytes.min(stream.len());
        open.get_mut(..plain)?.copy_from_slice(stream.get(..plain)?);
        Some(open)
    }
}

impl Method {
    fn hash(&self) -> Hash {
        match self {
            Self::Md5 { .. } => Hash::Md5,
            Self::Sha1 { .. } => Hash::Sha1,
        }
    }

    fn base(&self, word: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 { salt } => {
                let mut piece = Hash::Md5.of(word, &[]);
                piece.truncate(5);
                piece.extend_from_slice(salt);
                let mut base = Hash::Md5.of(&piece.repeat(16), &[]);
                base.truncate(5);
                base
            }
            Self::Sha1 { salt, .. } => Hash::Sha1.of(salt, word),
        }
    }

    fn cipher(&self, base: &[u8], block: u32) -> Option<Rc4> {
        let mut key = self.hash().of(base, &block.to_le_bytes());
        if let Self::Sha1 { bytes, .. } = self {
            key.truncate(*bytes);
            // 40 bits are filled up.
            if *bytes == 5 {
                key.resize(16, 0);
            }
        }
        Rc4::new_from_slice(&key).ok()
    }
}
