//! Standard encryption: AES without chaining, SHA-1, 50,000 rounds (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9).

use crate::budget::Budget;
use crate::formats::office::bytes::{size_at, slice};
use crate::formats::ole::decrypt::block::{Hash, decrypt};
use crate::formats::ole::decrypt::words;
use crate::unpack::Walk;

/// Rounds of hashing for one word.
const ROUNDS: u32 = 50_000;

/// Opens the data with the first word that fits.
pub(super) fn open(walk: &Walk<'_>, info: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let header_bytes = size_at(info, 0)?;
    let key_bytes = size_at(info, 4_usize.checked_add(16)?)?.checked_div(8)?;
    let verifier = slice(info, header_bytes.checked_add(4)?, info.len());
    let salt = verifier.get(4..20)?;
    let (check, hash) = (verifier.get(20..36)?, verifier.get(40..72)?);
    for word in words(walk, u64::from(ROUNDS)) {
        let key = key(walk.budget, (salt, &word), key_bytes)?;
        let (check, hash) = (decrypt(&key, None, check)?, decrypt(&key, None, hash)?);
        if hash.starts_with(&Hash::Sha1.of(&check, &[])) {
            return decrypt(&key, None, data);
        }
    }
    None
}

fn key(budget: &Budget, (salt, word): (&[u8], &[u8]), bytes: usize) -> Option<Vec<u8>> {
    let hash = Hash::Sha1.of(&Hash::Sha1.spun(budget, (salt, word), ROUNDS)?, &[0; 4]);
    let mixed = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(&hash).for_each(|(byte, own)| *byte ^= own);
        Hash::Sha1.of(&block, &[])
    };
    let mut key = mixed(0x36);
    key.append(&mut mixed(0x5c));
    key.get(..bytes).map(<[u8]>::to_vec)
}
