//! Charsets of seven bits that shift between ASCII and pairs of bytes: HZ (RFC 1843), ISO-2022-KR (RFC 1557), ISO-2022-CN
//! (RFC 1922, GB 2312 only). Pairs get their high bits, and `encoding_rs` reads them. Of ISO-2022-JP (RFC 1468), which that reads
//! itself, the escapes that shift nothing.

use std::borrow::Cow;

use encoding_rs::{Encoding, GBK};
use memchr::memchr_iter;

/// Escape sequences of ISO-2022-JP, as the WHATWG has it, behind the first byte.
const ESCAPES_OF_JAPAN: [&[u8]; 5] = [b"(B", b"(J", b"(I", b"$@", b"$B"];
/// Bytes of one.
const ESCAPE_BYTES: usize = 3;

/// HZ: `~{` pairs `~}`, `~~` is `~`, `~` and a line end are nothing.
#[must_use]
pub fn hz(bytes: &[u8]) -> String {
    let mut wide = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match (byte, rest.peek()) {
            (b'~', Some(next @ (b'{' | b'}'))) => {
                is_shifted = *next == b'{';
                rest.next();
            }
            (b'~', Some(b'~')) => {
                wide.push(b'~');
                rest.next();
            }
            (b'~', Some(b'\n')) => {
                rest.next();
            }
            // A line begins in ASCII.
            (b'\n', _) => {
                is_shifted = false;
                wide.push(byte);
            }
            _ => wide.push(with_high_bit(byte, is_shifted)),
        }
    }
    GBK.decode_without_bom_handling(&wide).0.into_owned()
}

/// ISO-2022: escape sequences name the set, SO and SI shift into it and back. Which set is named does not matter here.
#[must_use]
pub fn iso_2022(bytes: &[u8], pairs: &'static Encoding) -> String {
    let mut wide = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            0x1b => rest = after.get(escape_length(after)..).unwrap_or_default(),
            0x0e => is_shifted = true,
            0x0f => is_shifted = false,
            b'\n' => {
                is_shifted = false;
                wide.push(*byte);
            }
            _ => wide.push(with_high_bit(*byte, is_shifted)),
        }
    }
    pairs.decode_without_bom_handling(&wide).0.into_owned()
}

/// ISO-2022-JP without the escapes behind which another one stands at once. They shift nothing: Java and the mail programs of Microsoft
/// and Apple pass over them, where the WHATWG's decoder writes U+FFFD.
#[must_use]
pub fn without_empty_escapes(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !has_empty_escape(bytes) {
        return Cow::Borrowed(bytes);
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for at in empty_escapes(bytes) {
        kept.extend_from_slice(bytes.get(from..at).unwrap_or_default());
        from = at.saturating_add(ESCAPE_BYTES);
    }
    kept.extend_from_slice(bytes.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}

/// Is there such an escape?
#[must_use]
pub fn has_empty_escape(bytes: &[u8]) -> bool {
    empty_escapes(bytes).next().is_some()
}

fn empty_escapes(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let is_escape = move |at: usize| {
        let rest = bytes.get(at..).and_then(|rest| rest.strip_prefix(b"\x1b")).unwrap_or_default();
        ESCAPES_OF_JAPAN.iter().any(|escape| rest.starts_with(escape))
    };
    memchr_iter(0x1b, bytes).filter(move |at| is_escape(*at) && is_escape(at.saturating_add(ESCAPE_BYTES)))
}

/// `$)C`, `$*H`, `(B`: intermediate bytes and a final one (ECMA-35 13.2.1).
fn escape_length(after: &[u8]) -> usize {
    let intermediate = after.iter().take(3).take_while(|byte| matches!(byte, 0x20..=0x2f)).count();
    intermediate.saturating_add(1)
}

const fn with_high_bit(byte: u8, is_shifted: bool) -> u8 {
    if is_shifted && byte > 0x20 { byte | 0x80 } else { byte }
}
