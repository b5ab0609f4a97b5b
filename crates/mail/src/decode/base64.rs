//! Base64 (RFC 2045 6.8). Bytes outside the alphabet are passed over; padding ends a group and not the data, since some
//! readers go on behind it.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Decoded;

const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes.
#[must_use]
pub fn decode(encoded: &[u8]) -> Decoded<'static> {
    let mut packed = Vec::with_capacity(encoded.len());
    for line in encoded.split(|byte| *byte == b'\n') {
        packed.extend_from_slice(line.trim_ascii());
    }
    match TOLERANT.decode(&packed) {
        Ok(bytes) => Decoded { bytes: Cow::Owned(bytes), bad_at: None },
        Err(_) => decode_slowly(encoded),
    }
}

// A group is four characters of six bits; a shorter group gives as many whole bytes as it has.
fn decode_slowly(encoded: &[u8]) -> Decoded<'static> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut bad_at = None;
    let mut group = [0_u8; 4];
    let mut filled = 0_usize;
    let mut padded = false;
    for (at, byte) in encoded.iter().enumerate() {
        let Some(value) = value_of(*byte) else {
            if *byte == b'=' {
                flush(&group, filled, &mut bytes);
                filled = 0;
                padded = true;
            } else if !byte.is_ascii_whitespace() {
                bad_at = bad_at.or(Some(at));
            }
            continue;
        };
        if padded {
            bad_at = bad_at.or(Some(at));
        }
        if let Some(slot) = group.get_mut(filled) {
            *slot = value;
        }
        filled = filled.saturating_add(1);
        if filled == group.len() {
            flush(&group, filled, &mut bytes);
            filled = 0;
        }
    }
    if filled == 1 {
        bad_at = bad_at.or(encoded.len().checked_sub(1));
    }
    flush(&group, filled, &mut bytes);
    Decoded { bytes: Cow::Owned(bytes), bad_at }
}

fn flush(group: &[u8; 4], filled: usize, bytes: &mut Vec<u8>) {
    let [a, b, c, d] = *group;
    let whole = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    bytes.extend(whole.iter().take(filled.saturating_sub(1)));
}

const fn value_of(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(byte.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0').wrapping_add(52)),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
