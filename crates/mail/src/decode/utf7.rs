//! UTF-7 (RFC 2152), which old mail programs decode and attackers hide markup in. Unlike base64 of MIME it has no padding, and
//! what is broken is passed over.

use super::base64::value_of;

/// Decodes. Bytes over 127 are not of it: each is one replacement character.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'+' => rest = shifted(after, &mut units),
            byte => {
                units.push(if byte.is_ascii() { u16::from(*byte) } else { 0xfffd });
                rest = after;
            }
        }
    }
    String::from_utf16_lossy(&units)
}

// From behind the plus sign to behind the end of the shifted sequence.
fn shifted<'a>(text: &'a [u8], units: &mut Vec<u16>) -> &'a [u8] {
    if let Some(rest) = text.strip_prefix(b"-") {
        units.push(u16::from(b'+'));
        return rest;
    }
    let length = text.iter().position(|byte| value_of(*byte, false).is_none()).unwrap_or(text.len());
    let (inside, behind) = text.split_at_checked(length).unwrap_or((text, b""));
    let (mut bits, mut count) = (0_u32, 0_u32);
    for value in inside.iter().filter_map(|byte| value_of(*byte, false)) {
        bits = (bits << 6) | u32::from(value);
        count = count.saturating_add(6);
        if count >= u16::BITS {
            count = count.saturating_sub(u16::BITS);
            units.push(u16::try_from((bits >> count) & 0xffff).unwrap_or(0xfffd));
        }
    }
    behind.strip_prefix(b"-").unwrap_or(behind)
}
