//! Numbers out of bytes at an offset; nothing where the bytes end early.

/// Two bytes, the low one first.
pub(crate) fn u16_le(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|field| u16::from_le_bytes(*field))
}

/// Four bytes, the low one first.
pub(crate) fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|field| u32::from_le_bytes(*field))
}

/// Eight bytes, the low one first.
pub(crate) fn u64_le(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|field| u64::from_le_bytes(*field))
}

/// Two bytes, the high one first.
pub(crate) fn u16_be(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|field| u16::from_be_bytes(*field))
}

/// Four bytes, the high one first.
pub(crate) fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|field| u32::from_be_bytes(*field))
}

/// Eight bytes, the high one first.
pub(crate) fn u64_be(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|field| u64::from_be_bytes(*field))
}

/// Four bytes as an offset or a size.
pub(crate) fn size_le(bytes: &[u8], at: usize) -> Option<usize> {
    u32_le(bytes, at).and_then(|size| usize::try_from(size).ok())
}

/// So many bytes from there on.
pub(crate) fn part(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

/// As [`part`], as far as there are bytes.
pub(crate) fn part_or_less(bytes: &[u8], at: usize, length: usize) -> &[u8] {
    let from = at.min(bytes.len());
    let end = from.saturating_add(length).min(bytes.len());
    bytes.get(from..end).unwrap_or_default()
}

/// Up to the first NUL.
pub(crate) fn to_nul(bytes: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}

/// Do the bytes there begin like this?
pub(crate) fn has(bytes: &[u8], at: usize, magic: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(magic))
}
