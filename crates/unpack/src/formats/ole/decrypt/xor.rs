//! The oldest way to hide a workbook: each byte mixed with one of sixteen that the password gives (MS-OFFCRYPTO 2.3.7). It is no
//! encryption; what matters is that Excel undoes it by itself where the password is its own.

use crate::formats::ole::decrypt::records::ranges;
use crate::unpack::Walk;

/// Letters that a password can have.
const LETTERS_MAX: usize = 15;
/// What fills up a short password (MS-OFFCRYPTO 2.3.7.2, `PadArray`).
const FILL: [u8; 15] = [0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80, 0x00, 0xbe, 0x0f, 0x00, 0xbf, 0x0f, 0x00];
/// Where keys begin, by the length of the password (`InitialCode`).
const STARTS: [u16; 15] = [
    0xe1f0, 0x1d0f, 0xcc9c, 0x84c0, 0x110c, 0x0e10, 0xf1ce, 0x313e, 0x1872, 0xe139, 0xd40f, 0x84f9, 0x280c, 0xa96a,
    0x4ec3,
];
/// What each bit of each letter adds (`XorMatrix`), the last letter last.
const MATRIX: [[u16; 7]; 15] = [
    [0xaefc, 0x4dd9, 0x9bb2, 0x2745, 0x4e8a, 0x9d14, 0x2a09],
    [0x7b61, 0xf6c2, 0xfda5, 0xeb6b, 0xc6f7, 0x9dcf, 0x2bbf],
    [0x4563, 0x8ac6, 0x05ad, 0x0b5a, 0x16b4, 0x2d68, 0x5ad0],
    [0x0375, 0x06ea, 0x0dd4, 0x1ba8, 0x3750, 0x6ea0, 0xdd40],
    [0xd849, 0xa0b3, 0x5147, 0xa28e, 0x553d, 0xaa7a, 0x44d5],
    [0x6f45, 0xde8a, 0xad35, 0x4a4b, 0x9496, 0x390d, 0x721a],
    [0xeb23, 0xc667, 0x9cef, 0x29ff, 0x53fe, 0xa7fc, 0x5fd9],
    [0x47d3, 0x8fa6, 0x0f6d, 0x1eda, 0x3db4, 0x7b68, 0xf6d0],
    [0xb861, 0x60e3, 0xc1c6, 0x93ad, 0x377b, 0x6ef6, 0xddec],
    [0x45a0, 0x8b40, 0x06a1, 0x0d42, 0x1a84, 0x3508, 0x6a10],
    [0xaa51, 0x4483, 0x8906, 0x022d, 0x045a, 0x08b4, 0x1168],
    [0x76b4, 0xed68, 0xcaf1, 0x85c3, 0x1ba7, 0x374e, 0x6e9c],
    [0x3730, 0x6e60, 0xdcc0, 0xa9a1, 0x4363, 0x86c6, 0x1dad],
    [0x3331, 0x6662, 0xccc4, 0x89a9, 0x0373, 0x06e6, 0x0dcc],
    [0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48c4],
];
/// What the verifier is mixed with.
const VERIFIER: u16 = 0xce4b;

/// Undoes it in place, with the word that fits the verifier.
pub(super) fn open(walk: &Walk<'_>, stream: &mut [u8], verifier: u16) -> Option<()> {
    let words = super::TRIED_BY_OFFICE.into_iter().chain(walk.passwords.words().iter().map(String::as_str));
    let word = words
        .filter(|word| word.is_ascii() && (1..=LETTERS_MAX).contains(&word.len()))
        .find(|word| verify(word) == verifier)?;
    let mixers = mixers(word.as_bytes())?;
    for (start, from, to) in ranges(stream) {
        let size = to.saturating_sub(start);
        let sealed = stream.get_mut(from..to)?;
        for (place, byte) in (from..).zip(sealed) {
            // Counted from the record's place and size (2.3.7.3).
            let at = place.saturating_add(size) & 15;
            *byte = (*byte ^ mixers.get(at)?).rotate_right(5);
        }
    }
    Some(())
}

/// The verifier of a password (2.3.7.1).
fn verify(word: &str) -> u16 {
    let length = u8::try_from(word.len()).unwrap_or(0);
    let letters = word.bytes().rev().chain(std::iter::once(length));
    let verifier = letters.fold(0_u16, |verifier, letter| {
        let high = u16::from(verifier & 0x4000 != 0);
        (high ^ (verifier.wrapping_shl(1) & 0x7fff)) ^ u16::from(letter)
    });
    verifier ^ VERIFIER
}

fn key(word: &[u8]) -> Option<u16> {
    let start = STARTS.get(word.len().checked_sub(1)?).copied()?;
    // The last letter belongs to the last row.
    let rows = MATRIX.get(MATRIX.len().checked_sub(word.len())?..)?;
    let mixed = word.iter().zip(rows).fold(start, |key, (letter, row)| {
        let bits = (0..7).zip(row).filter(|(bit, _)| letter & (1 << bit) != 0);
        bits.fold(key, |key, (_, add)| key ^ add)
    });
    Some(mixed)
}

/// The sixteen bytes: letters and filling, each mixed with one half of the key.
fn mixers(word: &[u8]) -> Option<Vec<u8>> {
    let [low, high] = key(word)?.to_le_bytes();
    let filled = word.iter().chain(FILL.iter()).take(16);
    let halves = [low, high].into_iter().cycle();
    Some(filled.zip(halves).map(|(byte, half)| (byte ^ half).rotate_right(1)).collect())
}
