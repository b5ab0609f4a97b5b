//! ISO-2022-KR (RFC 1557): ASCII, and between SO and SI the characters of KS X 1001 in seven bits.

use encoding_rs::EUC_KR;

/// Shift out: Korean characters follow.
const SO: u8 = 0x0e;
/// Shift in: ASCII follows.
const SI: u8 = 0x0f;
/// What announces the charset, usually in the first line.
const ANNOUNCED: &[u8] = b"\x1b$)C";

/// Text, and whether some byte was not of the charset.
pub(super) fn decode(bytes: &[u8]) -> (String, bool) {
    let mut eight_bit = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let Some((first, behind)) = rest.split_first() {
        let announced = rest.strip_prefix(ANNOUNCED);
        rest = announced.unwrap_or(behind);
        match *first {
            SO => is_shifted = true,
            SI => is_shifted = false,
            _ if announced.is_some() => {}
            // Nothing is shifted at the start of a line.
            b'\n' => {
                is_shifted = false;
                eight_bit.push(b'\n');
            }
            byte if is_shifted && byte.is_ascii_graphic() => eight_bit.push(byte | 0x80),
            byte => eight_bit.push(byte),
        }
    }
    let (text, _, is_broken) = EUC_KR.decode(&eight_bit);
    (text.into_owned(), is_broken)
}
