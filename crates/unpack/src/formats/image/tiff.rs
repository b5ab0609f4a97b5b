//! The pages of a TIFF (TIFF 6.0, section 2), each as a file of its own: programs show them one by one, the decoder reads the first.

/// Pages that are looked at.
pub(super) const PAGES_MAX: usize = 8;
/// Bytes of one entry of a directory.
const ENTRY_BYTES: usize = 12;

/// Copies of the file that begin with each page; and whether there are more.
pub(super) fn pages(bytes: &[u8]) -> (Vec<Vec<u8>>, bool) {
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
            return (copies(bytes, &starts), true);
        }
        let Some(count) = u16_at(start) else { break };
        starts.push(start);
        let end = start.saturating_add(2).saturating_add(count.saturating_mul(ENTRY_BYTES));
        next = u32_at(end);
    }
    (copies(bytes, &starts), false)
}

fn copies(bytes: &[u8], starts: &[usize]) -> Vec<Vec<u8>> {
    let copy = |start: &usize| {
        // The start itself as it is written in the file.
        let number = u32::try_from(*start).ok()?;
        let number = if bytes.first() == Some(&b'I') { number.to_le_bytes() } else { number.to_be_bytes() };
        let mut copy = bytes.to_vec();
        copy.get_mut(4..8)?.copy_from_slice(&number);
        Some(copy)
    };
    starts.iter().filter_map(copy).collect()
}
