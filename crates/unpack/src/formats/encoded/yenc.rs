//! yEnc 1.3: bytes plus 42, a few of them escaped, between `=ybegin` and `=yend`.

use memchr::memmem;

use crate::formats::encoded::{Block, line};

/// Added to each byte, and to escaped ones beside.
const SHIFT: u8 = 42;
const ESCAPED: u8 = 64;

/// Reads what begins at `at`, at most so many bytes.
pub(super) fn read(bytes: &[u8], at: usize, most: usize) -> Option<Block> {
    let (head, next) = line(bytes, at)?;
    let name_at = memmem::find(head, b"name=")?;
    memmem::find(head.get(..name_at)?, b"size=")?;
    let is_part = memmem::find(head.get(..name_at)?, b"part=").is_some();
    let name = head.get(name_at.saturating_add(5)..)?.to_vec();
    let mut block = Block { name, bytes: Vec::new(), is_whole: false, end: next };
    while let Some((data, next)) = line(bytes, block.end) {
        block.end = next;
        if data.starts_with(b"=yend") {
            let size = memmem::find(data, b"size=").and_then(|at| number(data.get(at.saturating_add(5)..)?));
            // One part of several is no file.
            block.is_whole = size == Some(block.bytes.len()) && !is_part;
            return Some(block);
        }
        if data.starts_with(b"=ypart") {
            continue;
        }
        let mut is_escaped = false;
        for byte in data {
            if *byte == b'=' && !is_escaped {
                is_escaped = true;
                continue;
            }
            let shift = if is_escaped { SHIFT.wrapping_add(ESCAPED) } else { SHIFT };
            is_escaped = false;
            block.bytes.push(byte.wrapping_sub(shift));
        }
        if block.bytes.len() >= most {
            block.bytes.truncate(most);
            return Some(block);
        }
    }
    Some(block)
}

fn number(digits: &[u8]) -> Option<usize> {
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    std::str::from_utf8(digits.get(..end)?).ok()?.parse().ok()
}
