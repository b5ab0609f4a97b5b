//! Charsets to text (WHATWG Encoding): every byte gives some character.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Text of bytes that nothing is said about: UTF-8, or else windows-1252.
#[must_use]
pub fn guess(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Text of bytes in a charset by its MIME name; a byte order mark is believed more than the name. An unknown name is no
/// name. `us-ascii` with bytes over 127 is a wrong name.
#[must_use]
pub fn decode(bytes: &[u8], label: &str) -> String {
    let bytes_are_text = label.is_empty() || label.eq_ignore_ascii_case("us-ascii");
    match find(label).filter(|_| !bytes_are_text) {
        Some(encoding) => encoding.decode(bytes).0.into_owned(),
        None if Encoding::for_bom(bytes).is_some() => UTF_8.decode(bytes).0.into_owned(),
        None => guess(bytes),
    }
}

/// The encoding of a MIME name; a language may follow it (RFC 2231 5).
pub(crate) fn find(label: &str) -> Option<&'static Encoding> {
    let label = label.split('*').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
    Encoding::for_label_no_replacement(label.as_bytes())
}
