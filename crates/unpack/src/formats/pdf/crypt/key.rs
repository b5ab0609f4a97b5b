//! From a password to the key of a document (ISO 32000-2, 7.6.4.3 and 7.6.4.4, algorithms 2, 2.A, 2.B, 4 to 7, 11, 12).

use aes::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use aes::{Aes128, Aes256};
use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha384, Sha512};

use super::super::object::{Dict, Object, whole};
use super::{BLOCK_BYTES, decrypt_chained, rc4};

/// What fills a password up to 32 bytes.
const PADDING: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00,
    0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];
/// Bytes of a password that count from revision 5 on.
const PASSWORD_BYTES_MAX: usize = 127;
/// Rounds of algorithm 2.B at least; it ends by chance soon after.
const ROUNDS_MIN: usize = 64;
/// And at most, whatever comes out.
const ROUNDS_MAX: usize = 512;

/// What the document says of its key.
#[derive(Debug)]
pub(super) struct Lock<'d> {
    revision: usize,
    key_bytes: usize,
    owner: &'d [u8],
    user: &'d [u8],
    owner_key: &'d [u8],
    user_key: &'d [u8],
    permissions: [u8; 4],
    id: &'d [u8],
    encrypts_metadata: bool,
}

impl<'d> Lock<'d> {
    pub(super) fn read(encrypt: &'d Dict, id: &'d [u8]) -> Option<Self> {
        let text = |name: &str| encrypt.get(name).and_then(Object::text).unwrap_or_default();
        let number = |name: &str| encrypt.get(name).and_then(Object::size);
        let revision = number("R")?;
        let bits = number("Length").filter(|bits| (40..=128).contains(bits) && bits % 8 == 0);
        let bits = match (number("V").unwrap_or_default(), bits) {
            (0 | 1, _) => 40,
            (4, _) => 128,
            (_, Some(bits)) => bits,
            (_, None) => 40,
        };
        let permissions = encrypt.get("P").and_then(Object::number).unwrap_or_default();
        // Written as a signed or an unsigned number of 32 bits.
        let permissions = if permissions < 0.0 { permissions + 4_294_967_296.0 } else { permissions };
        let permissions = u32::try_from(whole(permissions)?).ok()?;
        (2..=6).contains(&revision).then(|| Self {
            revision,
            key_bytes: bits / 8,
            owner: text("O"),
            user: text("U"),
            owner_key: text("OE"),
            user_key: text("UE"),
            permissions: permissions.to_le_bytes(),
            id,
            encrypts_metadata: encrypt.get("EncryptMetadata") != Some(&Object::Bool(false)),
        })
    }

    /// The key for a word, in the spelling of the revision.
    pub(super) fn key_of(&self, word: &str) -> Option<Vec<u8>> {
        if self.revision >= 5 {
            return self.key(word.as_bytes());
        }
        let (western, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(word);
        let by_western = if is_lossy { None } else { self.key(&western) };
        by_western.or_else(|| if word.is_ascii() { None } else { self.key(word.as_bytes()) })
    }

    /// The key, if this is the user's or the owner's password.
    pub(super) fn key(&self, password: &[u8]) -> Option<Vec<u8>> {
        if self.revision >= 5 {
            return self.key_256(password.get(..PASSWORD_BYTES_MAX).unwrap_or(password));
        }
        self.key_of_user(password).or_else(|| self.key_of_user(&self.user_password(password)))
    }

    // Algorithm 2, checked by 4 or 5.
    fn key_of_user(&self, password: &[u8]) -> Option<Vec<u8>> {
        let mut hash = Md5::new();
        hash.update(padded(password));
        hash.update(self.owner.get(..32).unwrap_or(self.owner));
        hash.update(self.permissions);
        hash.update(self.id);
        if self.revision >= 4 && !self.encrypts_metadata {
            hash.update([0xff; 4]);
        }
        let mut key = hash.finalize().to_vec();
        if self.revision >= 3 {
            for _ in 0..50 {
                key = Md5::digest(key.get(..self.key_bytes)?).to_vec();
            }
        }
        key.truncate(self.key_bytes);
        let is_right = if self.revision == 2 {
            rc4(&key, &PADDING) == self.user
        } else {
            let mut hash = Md5::new();
            hash.update(PADDING);
            hash.update(self.id);
            let made = (0..20).fold(hash.finalize().to_vec(), |made, round| rc4(&masked(&key, round), &made));
            self.user.get(..16) == Some(made.as_slice())
        };
        is_right.then_some(key)
    }

    // Algorithm 7: the user's password out of the owner's.
    fn user_password(&self, password: &[u8]) -> Vec<u8> {
        let mut key = Md5::digest(padded(password)).to_vec();
        if self.revision >= 3 {
            for _ in 0..50 {
                key = Md5::digest(&key).to_vec();
            }
        }
        key.truncate(self.key_bytes);
        let owner = self.owner.get(..32).unwrap_or(self.owner).to_vec();
        let rounds = if self.revision == 2 { 0..1 } else { 0..20 };
        rounds.rev().fold(owner, |made, round| rc4(&masked(&key, round), &made))
    }

    // Algorithm 2.A
    fn key_256(&self, password: &[u8]) -> Option<Vec<u8>> {
        let user = self.user.get(..48)?;
        for (hashed, wrapped, extra) in [(user, self.user_key, [].as_slice()), (self.owner, self.owner_key, user)] {
            let (Some(right), Some(check), Some(salt)) = (hashed.get(..32), hashed.get(32..40), hashed.get(40..48))
            else {
                continue;
            };
            if self.hash(password, check, extra) != right {
                continue;
            }
            let cipher = Aes256::new_from_slice(&self.hash(password, salt, extra)).ok()?;
            let wrapped = wrapped.get(..32)?;
            return Some(decrypt_chained(wrapped, [0; BLOCK_BYTES], |block| cipher.decrypt_block(block.into())));
        }
        None
    }

    // Algorithm 2.B; revision 5 is without its rounds.
    fn hash(&self, password: &[u8], salt: &[u8], extra: &[u8]) -> Vec<u8> {
        let mut key = Sha256::digest([password, salt, extra].concat()).to_vec();
        if self.revision == 5 {
            return key;
        }
        for round in 0..ROUNDS_MAX {
            let once = [password, &key, extra].concat();
            let Some(coded) = encrypt_chained(&key, &once.repeat(64)) else { break };
            let rest = coded.iter().take(16).fold(0_u32, |sum, byte| sum.saturating_add(u32::from(*byte))) % 3;
            key = match rest {
                0 => Sha256::digest(&coded).to_vec(),
                1 => Sha384::digest(&coded).to_vec(),
                _ => Sha512::digest(&coded).to_vec(),
            };
            let last = usize::from(coded.last().copied().unwrap_or_default());
            if round.saturating_add(1) >= ROUNDS_MIN && last <= round.saturating_sub(31) {
                break;
            }
        }
        key.truncate(32);
        key
    }
}

fn padded(password: &[u8]) -> Vec<u8> {
    password.iter().chain(&PADDING).take(32).copied().collect()
}

fn masked(key: &[u8], round: u8) -> Vec<u8> {
    key.iter().map(|byte| byte ^ round).collect()
}

/// AES-128, chained, key and start both out of `key`; nothing if it is too short.
fn encrypt_chained(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let cipher = Aes128::new_from_slice(key.get(..16)?).ok()?;
    let mut before: [u8; BLOCK_BYTES] = key.get(16..32)?.try_into().ok()?;
    let mut coded = Vec::with_capacity(data.len());
    for plain in data.as_chunks::<BLOCK_BYTES>().0 {
        for (byte, mask) in before.iter_mut().zip(plain) {
            *byte ^= mask;
        }
        cipher.encrypt_block((&mut before).into());
        coded.extend_from_slice(&before);
    }
    Some(coded)
}
