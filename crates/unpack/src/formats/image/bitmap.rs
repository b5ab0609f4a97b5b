//! Bitmaps that stand somewhere without the head that they have in a file (MS-WMF 2.2.2.9).

use crate::formats::office::bytes::size_at;

/// Bytes of the head of a file.
pub(crate) const HEAD_BYTES: usize = 14;

/// Where the pixels begin, counted from the head of a file.
pub(crate) fn pixels_at(dib: &[u8]) -> usize {
    let number = |at: usize| size_at(dib, at).unwrap_or(0);
    let short = |at: usize| number(at) & 0xffff;
    let head = number(0);
    let is_old = head == 12;
    let (bits, entry) = if is_old { (short(10), 3) } else { (short(14), 4) };
    let colours = if is_old { 0 } else { number(32) };
    let palette = u32::try_from(bits).ok().filter(|bits| *bits <= 8).and_then(|bits| 1_usize.checked_shl(bits));
    let colours = if colours == 0 { palette.unwrap_or(0) } else { colours };
    // Masks stand behind the shortest head of the newer kind.
    let masks = if head == 40 && number(16) == 3 { 12 } else { 0 };
    [head, colours.saturating_mul(entry), masks, HEAD_BYTES].into_iter().fold(0_usize, usize::saturating_add)
}

/// A bitmap with that head.
pub(crate) fn with_head(dib: &[u8]) -> Vec<u8> {
    let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
    let size = dib.len().saturating_add(HEAD_BYTES);
    [b"BM".as_slice(), &bytes(size), &[0; 4], &bytes(pixels_at(dib)), dib].concat()
}
