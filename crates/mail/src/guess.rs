//! The boundary of a multipart that has none, or one that never comes: what its body shows. Some programs do so, and scanners
//! should not be the ones that do not.

use crate::limits;
use crate::lines::slice;
use crate::reading::Reading;

// The lines in which a boundary is guessed.
fn first_lines<'a>(reading: &'a Reading<'a>, start: usize) -> impl Iterator<Item = &'a [u8]> {
    let mut at = start;
    std::iter::from_fn(move || {
        if at >= start.saturating_add(limits::BOUNDARY_GUESS_BYTES_MAX) {
            return None;
        }
        let line = reading.ends.line_at(reading.raw, at)?;
        at = line.next;
        Some(slice(reading.raw, line.start..line.end).trim_ascii_end())
    })
}

/// The first line that could be a delimiter tells it.
pub(crate) fn guessed_boundary(reading: &Reading<'_>, start: usize) -> Option<Vec<u8>> {
    let mut boundaries = first_lines(reading, start).filter_map(|line| line.strip_prefix(b"--"));
    boundaries.find(|boundary| !boundary.is_empty()).map(<[u8]>::to_vec)
}

/// A delimiter with this boundary stands where one would be guessed.
pub(crate) fn comes_soon(reading: &Reading<'_>, start: usize, boundary: &[u8]) -> bool {
    let mut delimiters = first_lines(reading, start).filter_map(|line| line.strip_prefix(b"--"));
    delimiters.any(|rest| rest.strip_prefix(boundary).is_some_and(|tail| matches!(tail, b"" | b"--")))
}
