//! uuencode, the form before MIME (IEEE Std 1003.1, `uuencode`): lines of a length character and groups of four.

use std::borrow::Cow;

use super::Decoded;
use crate::lines::{line_at, slice};

/// Decodes every `begin` to `end` block; what stands outside is left out. Without a `begin` line all lines are data.
#[must_use]
pub fn decode(encoded: &[u8]) -> Decoded<'static> {
    let has_begin = encoded.starts_with(b"begin ") || memchr::memmem::find(encoded, b"\nbegin ").is_some();
    let mut inside = !has_begin;
    let mut bytes = Vec::new();
    let mut at = 0;
    while let Some(line) = line_at(encoded, at) {
        let text = slice(encoded, line.start..line.end);
        at = line.next;
        if text.starts_with(b"begin ") {
            inside = true;
        } else if text.trim_ascii() == b"end" {
            inside = false;
        } else if inside {
            decode_line(text, &mut bytes);
        }
    }
    Decoded { bytes: Cow::Owned(bytes), bad_at: None }
}

fn decode_line(text: &[u8], bytes: &mut Vec<u8>) {
    let Some((length, groups)) = text.split_first() else {
        return;
    };
    let mut left = usize::from(six_bits(*length));
    for group in groups.chunks(4) {
        // Trailing spaces of a line get lost on the way; a space is zero.
        let mut values = group.iter().copied().chain([b' '; 3]).map(six_bits);
        let [a, b, c, d] = [(); 4].map(|()| values.next().unwrap_or(0));
        let whole = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        bytes.extend(whole.iter().take(left));
        left = left.saturating_sub(whole.len());
    }
}

const fn six_bits(byte: u8) -> u8 {
    byte.wrapping_sub(b' ') & 0x3f
}
