//! Lines by their places. For nearly all readers a line ends with CRLF or a lone LF and a lone CR is a byte like others (the
//! session refuses both, RFC 5321 2.3.8); files and stored mail hold them all the same, so two other ways to cut lines exist.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

/// What ends a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LineEnds {
    /// CRLF, and a lone LF.
    #[default]
    Usual,
    /// A lone CR too.
    LoneCrToo,
    /// CRLF and nothing else.
    OnlyCrlf,
}

/// One line of the raw message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    /// Without the line end.
    pub(crate) end: usize,
    /// Where the next line starts.
    pub(crate) next: usize,
}

impl LineEnds {
    /// The line that starts at `start`; nothing at the end of the bytes.
    #[inline]
    pub(crate) fn line_at(self, raw: &[u8], start: usize) -> Option<Line> {
        let rest = raw.get(start..).filter(|rest| !rest.is_empty())?;
        let Some((length, end_length)) = self.first_end(rest) else {
            return Some(Line { start, end: raw.len(), next: raw.len() });
        };
        let end = start.saturating_add(length);
        Some(Line { start, end, next: end.saturating_add(end_length) })
    }

    // Where the first line end stands, and its length.
    #[inline]
    fn first_end(self, rest: &[u8]) -> Option<(usize, usize)> {
        match self {
            Self::Usual => {
                let at = memchr(b'\n', rest)?;
                match rest.get(..at) {
                    Some([before @ .., b'\r']) => Some((before.len(), 2)),
                    _ => Some((at, 1)),
                }
            }
            Self::LoneCrToo => {
                let at = memchr2(b'\r', b'\n', rest)?;
                let is_crlf = rest.get(at..).is_some_and(|end| end.starts_with(b"\r\n"));
                Some((at, if is_crlf { 2 } else { 1 }))
            }
            Self::OnlyCrlf => Some((memmem::find(rest, b"\r\n")?, 2)),
        }
    }

    /// Where the line before `start` ends, its line end not counted: the line end before a delimiter belongs to the
    /// delimiter (RFC 2046 5.1.1).
    pub(crate) fn end_before(self, raw: &[u8], start: usize) -> usize {
        match raw.get(..start) {
            Some([.., b'\r', b'\n']) => start.saturating_sub(2),
            Some([.., b'\n']) if self != Self::OnlyCrlf => start.saturating_sub(1),
            Some([.., b'\r']) if self == Self::LoneCrToo => start.saturating_sub(1),
            _ => start,
        }
    }
}

impl Line {
    /// It ends with a lone LF.
    pub(crate) fn ends_with_lone_lf(self, raw: &[u8]) -> bool {
        self.next.saturating_sub(self.end) == 1 && raw.get(self.end) == Some(&b'\n')
    }
}

/// The line that starts at `start`, cut as usual.
pub(crate) fn line_at(raw: &[u8], start: usize) -> Option<Line> {
    LineEnds::Usual.line_at(raw, start)
}

/// The bytes of a range, none where it does not fit.
pub(crate) fn slice(raw: &[u8], range: Range<usize>) -> &[u8] {
    raw.get(range).unwrap_or_default()
}

pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

pub(crate) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Folded lines joined without the blanks that follow the line ends, as some readers do it.
pub(crate) fn without_folds(value: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(value.len());
    for (number, line) in value.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        joined.extend_from_slice(if number == 0 { line } else { line.trim_ascii_start() });
    }
    joined
}

/// The first line ends with CRLF: a lone LF further on is then an exception.
pub(crate) fn starts_with_crlf_line(raw: &[u8]) -> bool {
    memchr(b'\n', raw).is_some_and(|at| at.checked_sub(1).and_then(|before| raw.get(before)) == Some(&b'\r'))
}
