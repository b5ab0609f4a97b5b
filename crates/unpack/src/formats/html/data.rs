//! `data:` addresses (RFC 2397): what stands inside.

use base64::Engine as _;

use mail::links::inner::{BASE64, BASE64_URL};
use mail::links::percent_decoded;

/// Bytes of such an address that a link keeps; the rest is opened as a child.
pub(crate) const KEPT_BYTES: usize = 256;

/// What an address carries.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Data {
    /// `type/subtype`, lower case.
    pub(crate) declared: String,
    pub(crate) charset: String,
    pub(crate) bytes: Vec<u8>,
}

/// Is it such an address? Controls and white space do not matter to browsers.
pub(crate) fn is_data(target: &str) -> bool {
    let mut letters = target.chars().filter(|c| !c.is_control() && *c != ' ');
    b"data:".iter().all(|letter| letters.next().is_some_and(|own| own.eq_ignore_ascii_case(&char::from(*letter))))
}

/// Opens such an address.
pub(crate) fn open(target: &str) -> Option<Data> {
    if !is_data(target) {
        return None;
    }
    let (_, rest) = target.split_once(':')?;
    let (head, body) = rest.split_once(',')?;
    let head = head.to_ascii_lowercase();
    let mut words = head.split(';').map(str::trim);
    let declared = words.next().unwrap_or_default().to_owned();
    let charset = head.split(';').find_map(|word| word.trim().strip_prefix("charset=")).unwrap_or_default().to_owned();
    let is_base64 = words.any(|word| word == "base64");
    let bytes = if is_base64 {
        let coded = percent_decoded(body);
        from_base64(&coded)
    } else {
        percent_bytes(body)
    };
    let declared = if declared.contains('/') { declared } else { "text/plain".to_owned() };
    (!bytes.is_empty()).then_some(Data { declared, charset, bytes })
}

/// Base64 of either alphabet, whatever stands between; as much as can be decoded.
pub(super) fn from_base64(coded: &str) -> Vec<u8> {
    let mut letters: String =
        coded.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_')).collect();
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    let alphabet = if letters.contains(['-', '_']) && !letters.contains(['+', '/']) { &BASE64_URL } else { &BASE64 };
    alphabet.decode(&letters).unwrap_or_default()
}

fn percent_bytes(body: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code =
            (*first == b'%').then(|| after.first_chunk::<2>()).flatten().and_then(|pair| mail::links::hex_pair(*pair));
        bytes.push(code.unwrap_or(*first));
        rest = after.get(if code.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    bytes
}
