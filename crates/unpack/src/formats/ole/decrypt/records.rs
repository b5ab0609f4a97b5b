//! Which bytes of a workbook's records are encrypted: their heads stay readable, some records, and the place in that of a sheet
//! (MS-XLS 2.2.10).

use crate::formats::office::bytes::u16_at;
use crate::formats::ole::book::{BEGIN, FILE_PASS, SHEET};

/// Records that are never encrypted.
const PLAIN: [u16; 7] = [BEGIN, FILE_PASS, 0x0194, 0x0195, 0x00e1, 0x0196, 0x0138];
/// Bytes of a sheet's record that are never encrypted: its place.
const PLAIN_OF_SHEET: usize = 4;

/// Encrypted bytes: where the body of their record begins, where they begin, where both end. In order.
pub(super) fn ranges(stream: &[u8]) -> Vec<(usize, usize, usize)> {
    let mut ranges = Vec::new();
    let mut at = 0_usize;
    while let (Some(kind), Some(size)) = (u16_at(stream, at), u16_at(stream, at.saturating_add(2))) {
        let body = at.saturating_add(4);
        let end = body.saturating_add(usize::from(size)).min(stream.len());
        let from = if kind == SHEET { body.saturating_add(PLAIN_OF_SHEET).min(end) } else { body };
        if !PLAIN.contains(&kind) && from < end {
            ranges.push((body, from, end));
        }
        at = body.saturating_add(usize::from(size));
    }
    ranges
}
