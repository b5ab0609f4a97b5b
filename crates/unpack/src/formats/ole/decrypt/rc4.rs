//! Encrypted records of workbooks: RC4 with MD5, and RC4 with SHA-1 of the CryptoAPI (MS-OFFCRYPTO 2.3.5 and 2.3.6, MS-XLS
//! 2.2.10). Heads of records stay readable and count all the same.

use rc4::{KeyInit as _, Rc4, StreamCipher as _};

use crate::formats::office::bytes::{size_at, slice, u16_at};
use crate::formats::ole::book::{BEGIN, FILE_PASS, SHEET};
use crate::formats::ole::decrypt::block::Hash;
use crate::formats::ole::decrypt::words;
use crate::unpack::Walk;

/// Bytes after which the key changes.
const BLOCK_BYTES: usize = 1024;
/// Records that are never encrypted.
const PLAIN: [u16; 7] = [BEGIN, FILE_PASS, 0x0194, 0x0195, 0x00e1, 0x0196, 0x0138];
/// Bytes of a sheet's record that are never encrypted: its place.
const PLAIN_OF_SHEET: usize = 4;

/// How keys are made.
enum Method<'p> {
    Md5 { salt: &'p [u8] },
    Sha1 { salt: &'p [u8], bytes: usize },
}

/// Opens the records in place with the first word that fits.
pub(super) fn open(walk: &Walk<'_>, stream: &mut [u8], pass: &[u8]) -> Option<()> {
    if u16_at(pass, 0)? != 1 {
        return None;
    }
    let (method, check, hash) = match (u16_at(pass, 2)?, u16_at(pass, 4)?) {
        (1, 1) => (Method::Md5 { salt: pass.get(6..22)? }, pass.get(22..38)?, pass.get(38..54)?),
        (2..=4, 2) => {
            let header_bytes = size_at(pass, 10)?;
            let bits = size_at(pass, 30)?;
            let verifier = slice(pass, header_bytes.checked_add(14)?, pass.len());
            let bytes = if bits == 0 { 5 } else { bits.checked_div(8)? };
            (Method::Sha1 { salt: verifier.get(4..20)?, bytes }, verifier.get(20..36)?, verifier.get(40..60)?)
        }
        _ => return None,
    };
    for word in words(walk, 1) {
        let base = method.base(&word);
        let mut both = [check, hash].concat();
        method.cipher(&base, 0)?.apply_keystream(&mut both);
        let (check, hash) = both.split_at_checked(16)?;
        if method.hash().of(check, &[]) == hash {
            return decrypt(stream, &method, &base);
        }
    }
    None
}

impl Method<'_> {
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

fn decrypt(stream: &mut [u8], method: &Method<'_>, base: &[u8]) -> Option<()> {
    let plain = plain_ranges(stream);
    let mut plain = plain.into_iter().peekable();
    for (number, block) in (0_u32..).zip(stream.chunks_mut(BLOCK_BYTES)) {
        let start = usize::try_from(number).ok()?.checked_mul(BLOCK_BYTES)?;
        let sealed = block.to_vec();
        method.cipher(base, number)?.apply_keystream(block);
        // What was never encrypted is put back.
        let end = start.saturating_add(block.len());
        while let Some((from, to)) = plain.peek().copied().filter(|(from, _)| *from < end) {
            let (first, last) = (from.saturating_sub(start), to.min(end).saturating_sub(start));
            if let (Some(open), Some(sealed)) = (block.get_mut(first..last), sealed.get(first..last)) {
                open.copy_from_slice(sealed);
            }
            if to > end {
                break;
            }
            plain.next();
        }
    }
    Some(())
}

/// What is not encrypted: heads of records, some records, the place in that of a sheet. In order.
fn plain_ranges(stream: &[u8]) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    let mut at = 0_usize;
    while let (Some(kind), Some(size)) = (u16_at(stream, at), u16_at(stream, at.saturating_add(2))) {
        let body = at.saturating_add(4);
        let end = body.saturating_add(usize::from(size));
        let plain_end = match kind {
            kind if PLAIN.contains(&kind) => end,
            SHEET => body.saturating_add(PLAIN_OF_SHEET).min(end),
            _ => body,
        };
        ranges.push((at, plain_end.min(stream.len())));
        at = end;
    }
    ranges
}
