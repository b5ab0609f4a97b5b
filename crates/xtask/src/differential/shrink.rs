//! Makes a message shorter as long as it still shows what it shows.

use anyhow::Result;

/// Messages that are tried for one.
const TRIES_MAX: usize = 600;

/// The shortest found for which `still` holds: lines are left out, ever fewer at a time.
pub(super) fn shortest(message: &[u8], mut still: impl FnMut(&[u8]) -> Result<bool>) -> Result<Vec<u8>> {
    let mut lines: Vec<&[u8]> = message.split_inclusive(|byte| *byte == b'\n').collect();
    let mut tries = 0;
    let mut block = lines.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < lines.len() && tries < TRIES_MAX {
            let shorter: Vec<&[u8]> = lines.iter().take(at).chain(lines.iter().skip(at + block)).copied().collect();
            tries += 1;
            if still(&shorter.concat())? {
                lines = shorter;
            } else {
                at += block;
            }
        }
        if block == 1 || tries >= TRIES_MAX {
            return Ok(lines.concat());
        }
        block = block.div_ceil(2).max(1);
    }
}
