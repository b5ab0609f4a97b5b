//! The boundary of a multipart that has none, or one that never comes: what its body shows. Some programs do so, and scanners
//! should not be the ones that do not.

use std::ops::RangeInclusive;

use crate::limits;
use crate::lines::slice;
use crate::reading::Reading;

/// Looks for boundaries, and keeps what it found last: every line is looked at once, however many parts ask for it.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    last: Option<(RangeInclusive<usize>, Option<Vec<u8>>)>,
}

impl Guesses {
    /// The first line behind `start` that could be a delimiter tells it (Jakarta Mail: however far).
    pub(crate) fn boundary(&mut self, reading: &Reading<'_>, start: usize) -> Option<Vec<u8>> {
        if let Some((_, boundary)) = self.last.as_ref().filter(|(range, _)| range.contains(&start)) {
            return boundary.clone();
        }
        let mut at = start;
        let mut boundary = None;
        while let Some(line) = reading.ends.line_at(reading.raw, at) {
            let text = slice(reading.raw, line.start..line.end).trim_ascii_end();
            boundary = text.strip_prefix(b"--").filter(|rest| !rest.is_empty()).map(<[u8]>::to_vec);
            if boundary.is_some() {
                break;
            }
            at = line.next;
        }
        self.last = Some((start..=at, boundary.clone()));
        boundary
    }
}

/// A delimiter with this boundary stands soon behind `start`.
pub(crate) fn comes_soon(reading: &Reading<'_>, start: usize, boundary: &[u8]) -> bool {
    let mut at = start;
    while let Some(line) = reading.ends.line_at(reading.raw, at) {
        let text = slice(reading.raw, line.start..line.end).trim_ascii_end();
        let rest = text.strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary));
        if rest.is_some_and(|tail| matches!(tail, b"" | b"--")) {
            return true;
        }
        at = line.next;
        if at >= start.saturating_add(limits::BOUNDARY_GUESS_BYTES_MAX) {
            return false;
        }
    }
    false
}
