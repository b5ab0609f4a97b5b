//! AES in the two ways that documents use, and hashes by name.

use aes::cipher::{Block, BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::budget::Budget;

/// Bytes of a block.
const BLOCK_BYTES: usize = 16;
/// Rounds of hashing before the time is asked again, some milliseconds.
const ROUNDS_BETWEEN_LOOKS: u32 = 8_192;

/// Decrypts whole blocks; each is mixed with the one before it where there is a first one to begin with.
pub(crate) fn decrypt(key: &[u8], first: Option<&[u8]>, data: &[u8]) -> Option<Vec<u8>> {
    match key.len() {
        16 => Some(run(&Aes128::new_from_slice(key).ok()?, first, data)),
        24 => Some(run(&Aes192::new_from_slice(key).ok()?, first, data)),
        32 => Some(run(&Aes256::new_from_slice(key).ok()?, first, data)),
        _ => None,
    }
}

fn run<C: BlockCipherDecrypt>(cipher: &C, first: Option<&[u8]>, data: &[u8]) -> Vec<u8> {
    let mut before: Option<Vec<u8>> = first.map(<[u8]>::to_vec);
    let mut plain = Vec::with_capacity(data.len());
    for chunk in data.chunks_exact(BLOCK_BYTES) {
        let Ok(mut block) = Block::<C>::try_from(chunk) else { break };
        cipher.decrypt_block(&mut block);
        match &mut before {
            Some(before) => {
                plain.extend(block.iter().zip(before.iter()).map(|(byte, mixed)| byte ^ mixed));
                before.clear();
                before.extend_from_slice(chunk);
            }
            None => plain.extend_from_slice(&block),
        }
    }
    plain
}

/// Hashes that documents name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().replace('-', "").as_str() {
            "MD5" => Self::Md5,
            "SHA1" => Self::Sha1,
            "SHA256" => Self::Sha256,
            "SHA384" => Self::Sha384,
            "SHA512" => Self::Sha512,
            _ => return None,
        })
    }

    /// The hash of two pieces, one behind the other.
    pub(super) fn of(self, one: &[u8], two: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => digest::<Md5>(one, two),
            Self::Sha1 => digest::<Sha1>(one, two),
            Self::Sha256 => digest::<Sha256>(one, two),
            Self::Sha384 => digest::<Sha384>(one, two),
            Self::Sha512 => digest::<Sha512>(one, two),
        }
    }

    /// The hash of salt and password, hashed again so many times with the number of the round; none where time is up.
    pub(super) fn spun(self, budget: &Budget, (salt, password): (&[u8], &[u8]), rounds: u32) -> Option<Vec<u8>> {
        match self {
            Self::Md5 => spin::<Md5>(budget, (salt, password), rounds),
            Self::Sha1 => spin::<Sha1>(budget, (salt, password), rounds),
            Self::Sha256 => spin::<Sha256>(budget, (salt, password), rounds),
            Self::Sha384 => spin::<Sha384>(budget, (salt, password), rounds),
            Self::Sha512 => spin::<Sha512>(budget, (salt, password), rounds),
        }
    }
}

// A document may ask for millions of rounds: nothing is allocated between them, and the time is asked.
fn spin<D: Digest>(budget: &Budget, (salt, password): (&[u8], &[u8]), rounds: u32) -> Option<Vec<u8>> {
    let mut hash = D::new().chain_update(salt).chain_update(password).finalize();
    for round in 0..rounds {
        if round.is_multiple_of(ROUNDS_BETWEEN_LOOKS) && budget.is_late() {
            return None;
        }
        hash = D::new().chain_update(round.to_le_bytes()).chain_update(&hash).finalize();
    }
    Some(hash.to_vec())
}

fn digest<D: Digest>(one: &[u8], two: &[u8]) -> Vec<u8> {
    D::new().chain_update(one).chain_update(two).finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;
    use crate::budget::Limits;

    thread_local! {
        static LOOKS: Cell<u32> = const { Cell::new(0) };
    }

    fn a_second_a_look() -> Duration {
        Duration::from_secs(u64::from(LOOKS.replace(LOOKS.get().saturating_add(1))))
    }

    #[test]
    fn each_round_hashes_its_number_and_the_round_before() {
        let spun = Hash::Sha256.spun(&Budget::new(Limits::default()), (b"salt", b"word"), 2);
        let first = Hash::Sha256.of(&0_u32.to_le_bytes(), &Hash::Sha256.of(b"salt", b"word"));
        assert_eq!(spun, Some(Hash::Sha256.of(&1_u32.to_le_bytes(), &first)));
    }

    #[test]
    fn rounds_end_with_the_time() {
        let limits = Limits { cpu: Duration::from_secs(5), ..Limits::default() };
        let budget = Budget::with_clock(limits, a_second_a_look);
        assert_eq!(Hash::Sha512.spun(&budget, (b"salt", b"word"), u32::MAX), None);
        assert!(LOOKS.get() < 10, "{} looks", LOOKS.get());
    }
}
