//! Encrypted documents of Office: the passwords of the message are tried, and the one that Office tries by itself. Source:
//! MS-OFFCRYPTO 2.3 (standard, agile, RC4, RC4 CryptoAPI, XOR). Documented limits: ciphers are AES and RC4; a document that asks
//! for more rounds of hashing than are allowed stays closed, so do pictures of presentations and Word documents with the oldest method.

mod agile;
mod block;
mod rc4;
mod records;
pub(super) mod show;
mod standard;
mod xor;

pub(crate) use crate::formats::ole::decrypt::block::decrypt as blocks;
pub(super) use crate::formats::ole::decrypt::rc4::Key;

use crate::formats::office::bytes::{slice, u16_at, u64_at};
use crate::unpack::Walk;

/// Excel and PowerPoint open what has these passwords without asking: a way to hide content from scanners.
const TRIED_BY_OFFICE: [&str; 2] = ["VelvetSweatshop", "/01Hannes Ruescher/01"];
/// Rounds of hashing spent on one document, all words together: about a second.
const ROUNDS_MAX: u64 = 3_000_000;

/// What was found out about an encrypted package.
pub(super) enum Package {
    Opened(Vec<u8>),
    /// No word fits.
    Closed,
    /// It is encrypted in a way that we do not know.
    Unknown,
}

/// Words to try, each in UTF-16 as Office hashes it: at most so many that the rounds last.
fn words(walk: &Walk<'_>, rounds: u64) -> Vec<Vec<u8>> {
    let most = ROUNDS_MAX.checked_div(rounds.max(1)).and_then(|most| usize::try_from(most).ok()).unwrap_or(0);
    let words = TRIED_BY_OFFICE.into_iter().chain(walk.passwords.words().iter().map(String::as_str));
    words.take(most).map(|word| word.encode_utf16().flat_map(u16::to_le_bytes).collect()).collect()
}

/// Opens the package of a newer document.
pub(super) fn package(walk: &Walk<'_>, info: &[u8], package: &[u8]) -> Package {
    let size = u64_at(package, 0).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    let data = slice(package, 8, package.len());
    let opened = match (u16_at(info, 0), u16_at(info, 2)) {
        (Some(4), Some(4)) => agile::open(walk, slice(info, 8, info.len()), data),
        (Some(2..=4), Some(2)) => standard::open(walk, slice(info, 8, info.len()), data),
        _ => return Package::Unknown,
    };
    match opened {
        Some(mut bytes) => {
            bytes.truncate(size);
            Package::Opened(bytes)
        }
        None => Package::Closed,
    }
}

/// Opens the records of an older workbook in place; false where no word fits.
pub(super) fn workbook(walk: &Walk<'_>, stream: &mut [u8], pass: &[u8]) -> bool {
    let opened = match u16_at(pass, 0) {
        Some(0) => u16_at(pass, 4).and_then(|verifier| xor::open(walk, stream, verifier)),
        _ => Key::find(walk, slice(pass, 2, pass.len())).and_then(|key| key.open_workbook(stream)),
    };
    opened.is_some()
}
