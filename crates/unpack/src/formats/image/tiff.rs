//! The pages of a TIFF (TIFF 6.0, section 2), each in turn made the first of the file: programs show all, the decoder reads the
//! first.

/// Pages that are looked at.
pub(super) const PAGES_MAX: usize = 8;
/// Bytes of one entry of a directory.
const ENTRY_BYTES: usize = 12;

/// Where each page begins; and whether there are more.
pub(super) fn pages(bytes: &[u8]) -> (Vec<usize>, bool) {
    let is_little = bytes.first() == Some(&b'I');
    let u32_at = |at: usize| {
        let four: [u8; 4] = *bytes.get(at..)?.first_chunk()?;
        usize::try_from(if is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()
    };
    let u16_at = |at: usize| {
        let two: [u8; 2] = *bytes.get(at..)?.first_chunk()?;
        Some(usize::from(if is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }))
    };
    let mut starts: Vec<usize> = Vec::new();
    let mut next = u32_at(4);
    while let Some(start) = next.filter(|start| *start != 0 && !starts.contains(start)) {
        if starts.len() >= PAGES_MAX {
            return (starts, true);
        }
        let Some(count) = u16_at(start) else { break };
        starts.push(start);
        let end = start.saturating_add(2).saturating_add(count.saturating_mul(ENTRY_BYTES));
        next = u32_at(end);
    }
    (starts, false)
}

/// Makes the file begin with the page that begins there; false where that cannot be written.
pub(super) fn begin_with(file: &mut [u8], start: usize) -> bool {
    let is_little = file.first() == Some(&b'I');
    // The start itself as it is written in the file.
    let number =
        u32::try_from(start).ok().map(|start| if is_little { start.to_le_bytes() } else { start.to_be_bytes() });
    match (number, file.get_mut(4..8)) {
        (Some(number), Some(place)) => place.copy_from_slice(&number),
        _ => return false,
    }
    true
}
