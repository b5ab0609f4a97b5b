//! Quoted-printable (RFC 2045 6.7). An escape that is none stays as it is written.

use std::borrow::Cow;

use memchr::memchr;

use super::Decoded;
use crate::lines::{Line, line_at, slice};

/// Decodes; line ends stay as they are.
#[must_use]
pub fn decode(encoded: &[u8]) -> Decoded<'_> {
    if memchr(b'=', encoded).is_none() && memchr(b' ', encoded).is_none() && memchr(b'\t', encoded).is_none() {
        return Decoded { bytes: Cow::Borrowed(encoded), bad_at: None };
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut bad_at = None;
    let mut at = 0;
    while let Some(line) = line_at(encoded, at) {
        decode_line(encoded, line, &mut bytes, &mut bad_at);
        at = line.next;
    }
    Decoded { bytes: Cow::Owned(bytes), bad_at }
}

// Rule 3: white space at the end of a line was added on the way. Rule 5: an equals sign at the end joins two lines.
fn decode_line(encoded: &[u8], line: Line, bytes: &mut Vec<u8>, bad_at: &mut Option<usize>) {
    let text = slice(encoded, line.start..line.end).trim_ascii_end();
    let (text, joined) = match text.strip_suffix(b"=") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let mut rest = text;
    while let Some(at) = memchr(b'=', rest) {
        let (plain, escape) = rest.split_at(at);
        bytes.extend_from_slice(plain);
        if let Some(byte) = escaped(escape) {
            bytes.push(byte);
            rest = escape.get(3..).unwrap_or_default();
        } else {
            let place = line.start.saturating_add(text.len().saturating_sub(escape.len()));
            *bad_at = bad_at.or(Some(place));
            bytes.push(b'=');
            rest = escape.get(1..).unwrap_or_default();
        }
    }
    bytes.extend_from_slice(rest);
    if !joined {
        bytes.extend_from_slice(slice(encoded, line.end..line.next));
    }
}

/// The byte of `=XX` at the start of `text`.
pub(crate) fn escaped(text: &[u8]) -> Option<u8> {
    match text {
        [_, high, low, ..] => hex(*high)?.checked_mul(16)?.checked_add(hex(*low)?),
        _ => None,
    }
}

const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(byte.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}
