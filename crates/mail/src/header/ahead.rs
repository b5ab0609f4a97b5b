//! What comes behind a line that ends the header for some readers and not for others.

use memchr::memchr;

use super::name::{is_of_trace, may_be_of_mime};
use crate::limits;
use crate::lines::{is_blank, slice};
use crate::reading::Reading;

/// Where a field of MIME stands for those who read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// Nowhere before the next empty line.
    Nowhere,
    /// Somewhere before it.
    Far,
    /// Behind nothing but other fields, and soon: this is a header and no text.
    Near,
}

/// From where it is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empty {
    /// The next empty line ends it.
    Ends,
    /// Empty lines before the first other one are passed over.
    PassesFirst,
}

/// One look, kept: the next line that asks has the same answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    from: usize,
    // Where the field stands, or where the look ended.
    to: usize,
    ahead: Ahead,
    /// Bytes that were looked at.
    pub(super) bytes: usize,
}

impl Look {
    /// The answer for a line that starts at `at`, if it is known.
    pub(super) fn answer(&self, at: usize) -> Option<Ahead> {
        (self.from..=self.to).contains(&at).then_some(self.ahead)
    }

    /// The answer.
    pub(super) const fn ahead(&self) -> Ahead {
        self.ahead
    }

    /// Looks from `at` on. Text may well begin with a word and a colon: only fields of MIME make a header, of the message
    /// (`is_root`) those of its way too.
    pub(super) fn new(
        reading: &Reading<'_>,
        (at, is_root): (usize, bool),
        empty: Empty,
        is_delimiter: &dyn Fn(&[u8]) -> bool,
    ) -> Self {
        let raw = reading.raw;
        let mut look = Self { from: at, to: at, ahead: Ahead::Nowhere, bytes: 0 };
        let (mut is_first, mut is_header, mut lines) = (empty == Empty::PassesFirst, true, 0_usize);
        while let Some(line) = reading.ends.line_at(raw, look.to) {
            let text = slice(raw, line.start..line.end);
            let is_passed = is_first && text.trim_ascii().is_empty();
            let is_end = is_delimiter(text) || (text.is_empty() && !is_passed);
            look.bytes = line.next.saturating_sub(at);
            if is_end || look.bytes > limits::HEADER_BYTES_MAX {
                break;
            }
            lines = lines.saturating_add(1);
            is_first &= is_passed;
            let name = text.get(..memchr(b':', text).unwrap_or(0)).unwrap_or_default().trim_ascii();
            if may_be_of_mime(name) || (is_root && is_of_trace(name)) {
                let is_near = is_header && lines <= limits::HEADER_GUESS_LINES_MAX;
                look.ahead = if is_near { Ahead::Near } else { Ahead::Far };
                break;
            }
            let is_field = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
            is_header &= is_passed || is_field || text.first().is_some_and(|byte| is_blank(*byte));
            look.to = line.next;
        }
        look
    }
}
