//! Parts of OpenDocument that are encrypted one by one, as the manifest says (ODF 1.3-2, 3.4 and 4.8): the words of the message
//! are tried. Documented limits: AES in chained blocks with PBKDF2; older Blowfish and newer Argon2 stay closed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::bounded::{End, read};
use crate::formats::ole::decrypt;
use crate::formats::package::Package;
use crate::formats::xml::{self, Event, Tag};
use crate::unpack::Walk;

/// Rounds of hashing spent on one document, all words and parts together.
const ROUNDS_MAX: u64 = 3_000_000;
/// Encrypted parts of one document.
const PARTS_MAX: usize = 1_000;
/// How AES in chained blocks is named.
const CIPHER_END: &str = "-cbc";

/// How one part is encrypted.
#[derive(Debug, Default)]
struct Sealed {
    name: String,
    size: u64,
    first: Vec<u8>,
    salt: Vec<u8>,
    rounds: u32,
    key_bytes: usize,
    is_sha256: bool,
    is_known: bool,
}

/// The document with its parts open; none where no word fits. Parts that do not open are left out.
pub(super) fn open(walk: &Walk<'_>, package: &Package, manifest: &str) -> Option<Package> {
    let all = list(manifest);
    let first = all.iter().find(|one| one.name == "content.xml").or_else(|| all.first())?;
    let mut rounds_left = ROUNDS_MAX;
    let words = walk.passwords.words().iter();
    let word =
        words.map(String::as_str).find(|word| try_open(walk, package, (first, word), &mut rounds_left).is_some())?;
    let mut rounds_left = ROUNDS_MAX;
    let mut open = Package::default();
    for one in &all {
        if let Some(bytes) = try_open(walk, package, (one, word), &mut rounds_left) {
            open.parts.push((one.name.clone(), bytes));
        }
    }
    Some(open)
}

fn try_open(walk: &Walk<'_>, package: &Package, (sealed, word): (&Sealed, &str), rounds: &mut u64) -> Option<Vec<u8>> {
    // Each round of it is two of the hash.
    *rounds = rounds.checked_sub(u64::from(sealed.rounds).saturating_mul(2))?;
    if !sealed.is_known || walk.budget.is_late() {
        return None;
    }
    let (_, data) = package.parts.iter().find(|(name, _)| *name == sealed.name)?;
    let start = if sealed.is_sha256 { Sha256::digest(word).to_vec() } else { Sha1::digest(word).to_vec() };
    let mut key = vec![0; sealed.key_bytes];
    pbkdf2::pbkdf2_hmac::<Sha1>(&start, &sealed.salt, sealed.rounds, &mut key);
    let packed = decrypt::blocks(&key, Some(&sealed.first), data)?;
    let plain = read(DeflateDecoder::new(packed.as_slice()), sealed.size.min(walk.budget.unpacked_bytes_left()));
    let is_it = plain.end == End::Whole && u64::try_from(plain.bytes.len()) == Ok(sealed.size);
    is_it.then_some(plain.bytes)
}

fn list(manifest: &str) -> Vec<Sealed> {
    let mut all: Vec<Sealed> = Vec::new();
    let mut one = Sealed::default();
    xml::read(manifest, &mut |event| match event {
        Event::Start(tag) => see(tag, &mut one),
        Event::End("file-entry") => {
            let one = std::mem::take(&mut one);
            if !one.salt.is_empty() && all.len() < PARTS_MAX {
                all.push(one);
            }
        }
        _ => {}
    });
    all
}

fn see(tag: &Tag<'_>, one: &mut Sealed) {
    let text = |name: &str| tag.attribute(name).unwrap_or_default();
    let number = |name: &str| text(name).parse::<u32>().unwrap_or(0);
    let bytes = |name: &str| STANDARD.decode(text(name)).unwrap_or_default();
    match tag.name() {
        "file-entry" => *one = Sealed { name: text("full-path"), size: u64::from(number("size")), ..Sealed::default() },
        "algorithm" => {
            one.first = bytes("initialisation-vector");
            one.is_known = text("algorithm-name").ends_with(CIPHER_END) && one.first.len() == 16;
        }
        "start-key-generation" => one.is_sha256 = text("start-key-generation-name").ends_with("sha256"),
        "key-derivation" => {
            one.salt = bytes("salt");
            one.rounds = number("iteration-count");
            one.key_bytes = usize::try_from(number("key-size")).unwrap_or(0).min(32);
            one.is_known &= text("key-derivation-name").eq_ignore_ascii_case("pbkdf2")
                || text("key-derivation-name").ends_with("#pbkdf2");
        }
        _ => {}
    }
}
