//! Lines by their places. A line ends with LF or CRLF; a bare CR is a byte like others (the session refuses it, RFC 5321 2.3.8).

use std::ops::Range;

use memchr::memchr;

/// One line of the raw message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    /// Without the line end.
    pub(crate) end: usize,
    /// Where the next line starts.
    pub(crate) next: usize,
}

/// The line that starts at `start`; nothing at the end of the bytes.
pub(crate) fn line_at(raw: &[u8], start: usize) -> Option<Line> {
    let rest = raw.get(start..).filter(|rest| !rest.is_empty())?;
    let Some(length) = memchr(b'\n', rest) else {
        return Some(Line { start, end: raw.len(), next: raw.len() });
    };
    let end = start.saturating_add(length);
    let next = end.saturating_add(1);
    let end = match rest.get(..length) {
        Some([.., b'\r']) => end.saturating_sub(1),
        _ => end,
    };
    Some(Line { start, end, next })
}

/// Where the line before `start` ends, its line end not counted: the line end before a delimiter belongs to the delimiter
/// (RFC 2046 5.1.1).
pub(crate) fn end_before(raw: &[u8], start: usize) -> usize {
    match raw.get(..start) {
        Some([.., b'\r', b'\n']) => start.saturating_sub(2),
        Some([.., b'\n']) => start.saturating_sub(1),
        _ => start,
    }
}

/// The bytes of a range, none where it does not fit.
pub(crate) fn slice(raw: &[u8], range: Range<usize>) -> &[u8] {
    raw.get(range).unwrap_or_default()
}

pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
