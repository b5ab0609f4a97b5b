//! The charset by the looks of the bytes: where zeros stand.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use crate::text::charset::Charset;

/// Bytes looked at.
const HEAD_BYTES: usize = 1024;

/// UTF-16 or UTF-32 of a text that is ASCII for the most part; none for everything else.
pub(crate) fn guess(bytes: &[u8]) -> Option<Charset> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    if head.len() < 4 || !head.contains(&0) {
        return None;
    }
    let mut zeros = [0_usize; 4];
    let (units, _) = head.as_chunks::<4>();
    for unit in units {
        for (count, byte) in zeros.iter_mut().zip(unit) {
            *count = count.saturating_add(usize::from(*byte == 0));
        }
    }
    let most = |count: usize| count.saturating_mul(3) >= units.len().saturating_mul(2);
    let few = |count: usize| count.saturating_mul(8) <= units.len();
    match zeros.map(|count| (most(count), few(count))) {
        [(_, true), (true, _), (true, _), (true, _)] => Some(Charset::Utf32Le),
        [(true, _), (true, _), (true, _), (_, true)] => Some(Charset::Utf32Be),
        [(_, true), _, (_, true), _] if half(zeros, [1, 3], units.len()) => Some(Charset::Web(UTF_16LE)),
        [_, (_, true), _, (_, true)] if half(zeros, [0, 2], units.len()) => Some(Charset::Web(UTF_16BE)),
        _ => None,
    }
}

/// UTF-16 in the order in which more of its characters are of ASCII; of equals as the WHATWG has it, who calls it little.
pub(crate) fn utf16(bytes: &[u8]) -> &'static Encoding {
    let (units, _) = bytes.as_chunks::<2>();
    let is_ascii = |high: u8, low: u8| high == 0 && (low.is_ascii_graphic() || low.is_ascii_whitespace());
    let little = units.iter().filter(|[low, high]| is_ascii(*high, *low)).count();
    let big = units.iter().filter(|[high, low]| is_ascii(*high, *low)).count();
    if big > little { UTF_16BE } else { UTF_16LE }
}

/// Half of the bytes at these places are zero, at least.
fn half(zeros: [usize; 4], places: [usize; 2], units: usize) -> bool {
    let sum =
        places.iter().filter_map(|place| zeros.get(*place)).fold(0_usize, |sum, count| sum.saturating_add(*count));
    sum >= units
}
