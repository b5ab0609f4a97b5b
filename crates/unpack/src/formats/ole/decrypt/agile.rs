//! Agile encryption: what is used stands in XML; the data in segments of 4,096 bytes (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.15).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::formats::ole::decrypt::block::{Hash, decrypt};
use crate::formats::ole::decrypt::words;
use crate::formats::xml::{self, Event, Tag};
use crate::unpack::Walk;

/// Bytes of a segment.
const SEGMENT_BYTES: usize = 4096;
/// What the hash of the password is mixed with, by purpose.
const FOR_CHECK: [u8; 8] = *b"\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79";
const FOR_CHECK_HASH: [u8; 8] = *b"\xd7\xaa\x0f\x6d\x30\x61\x34\x4e";
const FOR_KEY: [u8; 8] = *b"\x14\x6e\x0b\xe7\xab\xac\xd0\xd6";

/// How something is encrypted.
#[derive(Default)]
struct Cipher {
    salt: Vec<u8>,
    hash: Option<Hash>,
    key_bytes: usize,
    is_aes: bool,
}

/// What the XML says.
#[derive(Default)]
struct Info {
    data: Cipher,
    key: Cipher,
    rounds: u32,
    check: Vec<u8>,
    check_hash: Vec<u8>,
    sealed_key: Vec<u8>,
}

/// Opens the data with the first word that fits.
pub(super) fn open(walk: &Walk<'_>, info: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let info = read(&xml::decode(info, ""));
    let hash = info.key.hash.filter(|_| info.key.is_aes && info.data.is_aes)?;
    for word in words(walk, u64::from(info.rounds)) {
        let spun = hash.spun(walk.budget, (&info.key.salt, &word), info.rounds)?;
        let open = |purpose: &[u8], sealed: &[u8]| {
            decrypt(&fit(hash.of(&spun, purpose), info.key.key_bytes), Some(&fit(info.key.salt.clone(), 16)), sealed)
        };
        let (check, check_hash) = (open(&FOR_CHECK, &info.check)?, open(&FOR_CHECK_HASH, &info.check_hash)?);
        let hashed = hash.of(&check, &[]);
        if !check_hash.is_empty() && hashed.len() <= check_hash.len() && check_hash.starts_with(&hashed) {
            let key = fit(open(&FOR_KEY, &info.sealed_key)?, info.data.key_bytes);
            return segments(&info.data, &key, data);
        }
    }
    None
}

fn segments(cipher: &Cipher, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let hash = cipher.hash?;
    let mut plain = Vec::with_capacity(data.len());
    for (number, segment) in (0_u32..).zip(data.chunks(SEGMENT_BYTES)) {
        let first = fit(hash.of(&cipher.salt, &number.to_le_bytes()), 16);
        plain.append(&mut decrypt(key, Some(&first), segment)?);
    }
    Some(plain)
}

/// Cut, or filled up, to so many bytes.
fn fit(mut bytes: Vec<u8>, size: usize) -> Vec<u8> {
    bytes.resize(size, 0x36);
    bytes
}

fn read(xml: &str) -> Info {
    let mut info = Info::default();
    xml::read(xml, &mut |event| {
        let Event::Start(tag) = event else { return };
        match tag.name() {
            "keyData" => info.data = cipher(tag),
            "encryptedKey" => {
                info.key = cipher(tag);
                info.rounds = tag.attribute("spinCount").and_then(|count| count.parse().ok()).unwrap_or(u32::MAX);
                info.check = bytes(tag, "encryptedVerifierHashInput");
                info.check_hash = bytes(tag, "encryptedVerifierHashValue");
                info.sealed_key = bytes(tag, "encryptedKeyValue");
            }
            _ => {}
        }
    });
    info
}

fn cipher(tag: &Tag<'_>) -> Cipher {
    let bits = tag.attribute("keyBits").and_then(|bits| bits.parse::<usize>().ok()).filter(|bits| *bits <= 256);
    Cipher {
        salt: bytes(tag, "saltValue"),
        hash: tag.attribute("hashAlgorithm").and_then(|name| Hash::named(&name)),
        key_bytes: bits.and_then(|bits| bits.checked_div(8)).unwrap_or(0),
        is_aes: tag.attribute("cipherAlgorithm").is_some_and(|name| name.eq_ignore_ascii_case("AES")),
    }
}

fn bytes(tag: &Tag<'_>, name: &str) -> Vec<u8> {
    let text: String = tag.attribute(name).unwrap_or_default().split_whitespace().collect();
    STANDARD.decode(text).unwrap_or_default()
}
