//! Encrypted entries: the old cipher of PKZIP (APPNOTE 6.1) and AES of WinZip ("AE-1", "AE-2"), tried with the words of the
//! message.

use std::io::Cursor;

use zip::ZipArchive;

use crate::bounded::{End, read};
use crate::formats::zip::entry::{Aes, Entry, STREAMED};
use crate::formats::zip::inflate::{Packed, STORED, inflate};
use crate::unpack::Walk;

/// The cipher's own head before the data, bytes.
const HEAD_BYTES: usize = 12;
/// Entries of one archive on which all words are tried in vain; one archive has one password. Each costs key derivations.
const VAIN_TRIES_MAX: u32 = 2;

/// Tries words on the entries of one archive.
#[derive(Default)]
pub(super) struct Unlock {
    /// The one that fitted last.
    word: Option<Vec<u8>>,
    vain: u32,
}

/// An entry without its cipher.
pub(super) struct Unlocked {
    pub(super) data: Vec<u8>,
    pub(super) method: u16,
    pub(super) has_sum: bool,
}

impl Unlock {
    /// The packed data of an entry, if a word fits.
    pub(super) fn entry(&mut self, walk: &Walk<'_>, entry: &Entry<'_>) -> Option<Unlocked> {
        if entry.is_strongly_encrypted() || self.vain >= VAIN_TRIES_MAX {
            return None;
        }
        let words = walk.passwords.words().iter().flat_map(|word| forms(word));
        let words = self.word.clone().into_iter().chain(words);
        let found = match entry.aes {
            Some(aes) => by_aes(walk, entry, aes, words),
            None => by_old_cipher(walk, entry, words),
        };
        match found {
            Some((unlocked, word)) => {
                self.word = Some(word);
                Some(unlocked)
            }
            None => {
                self.vain = self.vain.saturating_add(1);
                None
            }
        }
    }
}

/// A word in UTF-8, and in the Western code page where that is another.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![word.as_bytes().to_vec()];
    if !word.is_ascii() {
        let (western, _, has_unmappable) = encoding_rs::WINDOWS_1252.encode(word);
        if !has_unmappable {
            forms.push(western.into_owned());
        }
    }
    forms
}

fn by_old_cipher(
    walk: &Walk<'_>,
    entry: &Entry<'_>,
    words: impl Iterator<Item = Vec<u8>>,
) -> Option<(Unlocked, Vec<u8>)> {
    let head = entry.data.first_chunk::<HEAD_BYTES>()?;
    let sum = entry.said.map(|said| said.crc32.to_be_bytes()[0]);
    let [_, hour] = entry.time.to_le_bytes();
    let checks = [sum.filter(|_| entry.flags & STREAMED == 0), Some(hour).filter(|_| entry.flags & STREAMED != 0), sum];
    for word in words {
        let mut keys = Keys::of(&word);
        let last = head.iter().map(|byte| keys.decrypt(*byte)).last();
        if !checks.iter().any(|check| check.is_some() && *check == last) {
            continue;
        }
        // One byte is a weak check: what comes out must be what is said.
        let data: Vec<u8> = entry.data.iter().skip(HEAD_BYTES).map(|byte| keys.decrypt(*byte)).collect();
        let packed = Packed { data: &data, method: entry.method, flags: entry.flags, said: entry.said, has_sum: true };
        let fits = inflate(&packed, walk.budget).readings.first().is_some_and(|taken| {
            matches!(taken.end, End::Whole | End::OverBudget)
                && !(taken.bytes.is_empty() && entry.data.len() > HEAD_BYTES)
        });
        if fits {
            return Some((Unlocked { data, method: entry.method, has_sum: true }, word));
        }
        if walk.budget.is_late() {
            return None;
        }
    }
    None
}

/// The three keys of the old cipher.
struct Keys(u32, u32, u32);

impl Keys {
    fn of(word: &[u8]) -> Self {
        let mut keys = Self(0x1234_5678, 0x2345_6789, 0x3456_7890);
        for byte in word {
            keys.update(*byte);
        }
        keys
    }

    fn update(&mut self, byte: u8) {
        self.0 = crc_step(self.0, byte);
        let [low, ..] = self.0.to_le_bytes();
        self.1 = self.1.wrapping_add(u32::from(low)).wrapping_mul(134_775_813).wrapping_add(1);
        let [.., high] = self.1.to_le_bytes();
        self.2 = crc_step(self.2, high);
    }

    fn decrypt(&mut self, byte: u8) -> u8 {
        let [low, high, ..] = (self.2 | 2).to_le_bytes();
        let key = u16::from_le_bytes([low, high]);
        let [_, stream] = key.wrapping_mul(key ^ 1).to_le_bytes();
        let plain = byte ^ stream;
        self.update(plain);
        plain
    }
}

/// One byte into the checksum, without the turns at its begin and end.
fn crc_step(sum: u32, byte: u8) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(!sum);
    hasher.update(&[byte]);
    !hasher.finalize()
}

/// By the `zip` crate: an archive of this entry alone, called stored, so that what comes out is the packed data.
fn by_aes(
    walk: &Walk<'_>,
    entry: &Entry<'_>,
    aes: Aes,
    words: impl Iterator<Item = Vec<u8>>,
) -> Option<(Unlocked, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(alone(entry, aes)?)).ok()?;
    for word in words {
        if walk.budget.is_late() {
            return None;
        }
        let Ok(file) = archive.by_index_decrypt(0, &word) else { continue };
        let most = u64::try_from(entry.data.len()).unwrap_or(u64::MAX);
        let taken = read(file, most);
        if taken.end == End::Whole {
            return Some((Unlocked { data: taken.bytes, method: aes.method, has_sum: aes.has_sum }, word));
        }
    }
    None
}

fn alone(entry: &Entry<'_>, aes: Aes) -> Option<Vec<u8>> {
    let length = u32::try_from(entry.data.len()).ok()?;
    // Salt by strength, 2 bytes to check the password, 10 of authentication.
    let salt = u32::from(aes.strength).checked_add(1)?.checked_mul(4)?;
    let plain = length.checked_sub(salt)?.checked_sub(12)?;
    let mut extra = vec![0x01, 0x99, 7, 0, 2, 0, b'A', b'E', aes.strength];
    extra.extend_from_slice(&STORED.to_le_bytes());
    let mut common = vec![0x33, 0, 1, 0, 99, 0, 0, 0, 0x21, 0, 0, 0, 0, 0];
    common.extend_from_slice(&length.to_le_bytes());
    common.extend_from_slice(&plain.to_le_bytes());
    common.extend_from_slice(&[1, 0, 11, 0]);
    let mut archive = b"PK\x03\x04".to_vec();
    archive.extend_from_slice(&common);
    archive.push(b'x');
    archive.extend_from_slice(&extra);
    archive.extend_from_slice(entry.data);
    let directory_at = u32::try_from(archive.len()).ok()?;
    archive.extend_from_slice(b"PK\x01\x02\x33\x00");
    archive.extend_from_slice(&common);
    archive.extend_from_slice(&[0; 14]);
    archive.push(b'x');
    archive.extend_from_slice(&extra);
    let size = u32::try_from(archive.len()).ok()?.checked_sub(directory_at)?;
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    archive.extend_from_slice(&size.to_le_bytes());
    archive.extend_from_slice(&directory_at.to_le_bytes());
    archive.extend_from_slice(&[0, 0]);
    Some(archive)
}
