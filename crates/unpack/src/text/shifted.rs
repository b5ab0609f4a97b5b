//! Charsets of seven bits that shift between ASCII and pairs of bytes: HZ (RFC 1843), ISO-2022-KR (RFC 1557), ISO-2022-CN
//! (RFC 1922). Pairs get their high bits, and `encoding_rs` reads them.

use encoding_rs::{Encoding, GBK};

/// HZ: `~{` pairs `~}`, `~~` is `~`, `~` and a line end are nothing.
pub(crate) fn hz(bytes: &[u8]) -> String {
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
pub(crate) fn iso_2022(bytes: &[u8], pairs: &'static Encoding) -> String {
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

/// `$)C`, `$*H`, `(B`: intermediate bytes and a final one (ECMA-35 13.2.1).
fn escape_length(after: &[u8]) -> usize {
    let intermediate = after.iter().take(3).take_while(|byte| matches!(byte, 0x20..=0x2f)).count();
    intermediate.saturating_add(1)
}

const fn with_high_bit(byte: u8, is_shifted: bool) -> u8 {
    if is_shifted && byte > 0x20 { byte | 0x80 } else { byte }
}
