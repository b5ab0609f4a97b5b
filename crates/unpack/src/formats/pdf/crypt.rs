//! The standard security handler (ISO 32000-2, 7.6; revision 5 by Adobe's supplement to ISO 32000, level 3): RC4 and AES, opened
//! with the empty password or a word of the message.
//!
//! Not read: handlers with certificates. What they encrypt is said to be encrypted.

mod key;

use std::borrow::Cow;

use aes::cipher::{BlockCipherDecrypt as _, KeyInit as _};
use aes::{Aes128, Aes256};
use md5::{Digest as _, Md5};

use super::object::{Dict, Id, Object};
use crate::passwords::Passwords;

/// Entries of the dictionary that count, besides `CF`.
pub(super) const ENTRIES: [&str; 13] =
    ["Filter", "V", "R", "O", "U", "OE", "UE", "P", "Length", "StmF", "StrF", "EFF", "EncryptMetadata"];
/// Bytes of a block of AES.
pub(super) const BLOCK_BYTES: usize = 16;

/// How the strings or streams are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    /// AES-128, a key for each object.
    Aes128,
    /// AES-256, one key.
    Aes256,
}

/// The key of an encrypted document.
#[derive(Debug)]
pub(super) struct Crypt {
    key: Vec<u8>,
    texts: Method,
    streams: Method,
    files: Method,
    encrypts_metadata: bool,
    /// A word of the message was needed.
    pub(super) has_password: bool,
}

/// Tries the empty password and the words of the message.
pub(super) fn unlock(encrypt: &Dict, id: &[u8], passwords: &Passwords<'_>) -> Option<Crypt> {
    if encrypt.get("Filter").is_some_and(|filter| !filter.is_name("Standard")) {
        return None;
    }
    let lock = key::Lock::read(encrypt, id)?;
    let found = match lock.key(b"") {
        Some(key) => (key, false),
        None => (passwords.words().iter().find_map(|word| lock.key_of(word))?, true),
    };
    let version = encrypt.get("V").and_then(Object::size).unwrap_or_default();
    let method = |entry: &str| method(encrypt, version, entry);
    let streams = method("StmF");
    let files = if encrypt.has("EFF") { method("EFF") } else { streams };
    Some(Crypt {
        key: found.0,
        texts: method("StrF"),
        streams,
        files,
        encrypts_metadata: encrypt.get("EncryptMetadata") != Some(&Object::Bool(false)),
        has_password: found.1,
    })
}

// 7.6.6: below version 4 all is RC4; from then on crypt filters say it.
fn method(encrypt: &Dict, version: usize, entry: &str) -> Method {
    if version < 4 {
        return Method::Rc4;
    }
    let name = encrypt.get(entry).and_then(Object::name).unwrap_or(b"Identity");
    let filters = encrypt.get("CF").and_then(Object::dict);
    let own = filters.and_then(|filters| filters.named(name));
    let method = own.and_then(Object::dict).and_then(|filter| filter.get("CFM"));
    match method.and_then(Object::name) {
        Some(b"V2") => Method::Rc4,
        Some(b"AESV2") => Method::Aes128,
        Some(b"AESV3") => Method::Aes256,
        _ => Method::Identity,
    }
}

impl Crypt {
    /// Decrypts every string in an object.
    pub(super) fn decrypt_texts(&self, id: Id, object: &mut Object) {
        if self.texts == Method::Identity {
            return;
        }
        match object {
            Object::Text(text) => {
                let plain = self.decrypt(self.texts, id, text).into_owned();
                *text = plain;
            }
            // The depth of objects is limited where they are read.
            Object::Array(array) => array.iter_mut().for_each(|inner| self.decrypt_texts(id, inner)),
            Object::Dict(dict) => dict.objects_mut().for_each(|inner| self.decrypt_texts(id, inner)),
            _ => {}
        }
    }

    /// The data of a stream, still in its other filters.
    pub(super) fn decrypt_stream<'a>(&self, id: Id, dict: &Dict, raw: &'a [u8]) -> Cow<'a, [u8]> {
        let is_plain_metadata = dict.says("Type", "Metadata") && !self.encrypts_metadata;
        if dict.says("Type", "XRef") || is_plain_metadata || has_own_filter(dict) {
            return Cow::Borrowed(raw);
        }
        let method = if dict.says("Type", "EmbeddedFile") { self.files } else { self.streams };
        self.decrypt(method, id, raw)
    }

    fn decrypt<'a>(&self, method: Method, id: Id, raw: &'a [u8]) -> Cow<'a, [u8]> {
        match method {
            Method::Identity => Cow::Borrowed(raw),
            Method::Rc4 => Cow::Owned(rc4(&self.object_key(id, false), raw)),
            Method::Aes128 => Cow::Owned(unpadded(aes_128(&self.object_key(id, true), raw))),
            Method::Aes256 => Cow::Owned(unpadded(aes_256(&self.key, raw))),
        }
    }

    // 7.6.3.1
    fn object_key(&self, id: Id, is_aes: bool) -> Vec<u8> {
        let mut hash = Md5::new();
        hash.update(&self.key);
        hash.update(id.number.to_le_bytes().get(..3).unwrap_or_default());
        hash.update(id.generation.to_le_bytes());
        if is_aes {
            hash.update(b"sAlT");
        }
        let mut key = hash.finalize().to_vec();
        key.truncate(self.key.len().saturating_add(5).min(BLOCK_BYTES));
        key
    }
}

// A crypt filter of its own is nearly always Identity (7.6.6: metadata left readable).
fn has_own_filter(dict: &Dict) -> bool {
    match dict.get("Filter") {
        Some(Object::Name(name)) => name == b"Crypt",
        Some(Object::Array(names)) => names.first().is_some_and(|name| name.is_name("Crypt")),
        _ => false,
    }
}

fn aes_128(key: &[u8], raw: &[u8]) -> Vec<u8> {
    let (Ok(cipher), Some((start, data))) = (Aes128::new_from_slice(key), raw.split_first_chunk()) else {
        return Vec::new();
    };
    decrypt_chained(data, *start, |block| cipher.decrypt_block(block.into()))
}

fn aes_256(key: &[u8], raw: &[u8]) -> Vec<u8> {
    let (Ok(cipher), Some((start, data))) = (Aes256::new_from_slice(key), raw.split_first_chunk()) else {
        return Vec::new();
    };
    decrypt_chained(data, *start, |block| cipher.decrypt_block(block.into()))
}

/// Cipher block chaining; a last block that is not whole is dropped.
pub(super) fn decrypt_chained(
    data: &[u8],
    start: [u8; BLOCK_BYTES],
    decrypt: impl Fn(&mut [u8; BLOCK_BYTES]),
) -> Vec<u8> {
    let mut plain = Vec::with_capacity(data.len());
    let mut before = start;
    for coded in data.as_chunks::<BLOCK_BYTES>().0 {
        let mut block = *coded;
        decrypt(&mut block);
        plain.extend(block.iter().zip(before).map(|(byte, mask)| byte ^ mask));
        before = *coded;
    }
    plain
}

// PKCS #7; what has no such end stays as it is.
fn unpadded(mut plain: Vec<u8>) -> Vec<u8> {
    let padding = usize::from(plain.last().copied().unwrap_or_default());
    if (1..=BLOCK_BYTES).contains(&padding) {
        plain.truncate(plain.len().saturating_sub(padding));
    }
    plain
}

/// RC4 with a key of up to 256 bytes.
pub(super) fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|at| u8::try_from(at).unwrap_or_default());
    let mut other = 0_u8;
    for (at, secret) in (0..=255_u8).zip(key.iter().cycle()) {
        other = other.wrapping_add(byte_at(&state, at)).wrapping_add(*secret);
        state.swap(usize::from(at), usize::from(other));
    }
    let (mut at, mut other) = (0_u8, 0_u8);
    let mut next = || {
        at = at.wrapping_add(1);
        other = other.wrapping_add(byte_at(&state, at));
        state.swap(usize::from(at), usize::from(other));
        byte_at(&state, byte_at(&state, at).wrapping_add(byte_at(&state, other)))
    };
    data.iter().map(|byte| byte ^ next()).collect()
}

fn byte_at(state: &[u8; 256], at: u8) -> u8 {
    state.get(usize::from(at)).copied().unwrap_or_default()
}
