//! Reads a message behind DATA: finds its end, takes away the doubled dots, watches line ends and sizes.
//!
//! One search for CR, LF and NUL a line. Where no dot is doubled a piece is cut out of the input without a copy. A CR at
//! the end of the input, and a dot at the start of a line with nothing behind it, stay there until more has come; so
//! the state between two reads is only whether a line begins here.

use bytes::{Buf, Bytes, BytesMut};

use crate::limits::{HEADER_BYTES_MAX, TEXT_LINE_BYTES_MAX};
use crate::replies::Reason;

/// Bytes of dot and CRLF.
const END_BYTES: usize = 3;

/// What has come of the message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A part, empty if more input is needed.
    Part(Bytes),
    /// It goes over a limit: what came is not wanted any more. Comes once.
    Discard,
    /// The last part.
    End(Bytes),
    /// The end of a message that went over a limit.
    Refused(Reason),
    /// A CR or LF alone, or a NUL: whatever follows is not read.
    BareLineEnd,
}

/// State of one message.
#[derive(Debug)]
pub(super) struct DataReader {
    size_bytes_max: u64,
    size_bytes: u64,
    header_bytes: usize,
    line_bytes: usize,
    line_bytes_longest: usize,
    is_line_start: bool,
    is_in_header: bool,
    is_discarding: bool,
}

// Where the scan of an input stopped, and why.
enum Stop {
    Input(usize),
    End(usize),
    BareLineEnd,
}

// What of the input goes on: all of it so far, or a copy without the dots.
#[derive(Default)]
struct Kept {
    copy: BytesMut,
    from: usize,
}

impl DataReader {
    pub(super) fn new(size_bytes_max: u64) -> Self {
        Self {
            size_bytes_max,
            size_bytes: 0,
            header_bytes: 0,
            line_bytes: 0,
            line_bytes_longest: 0,
            // RFC 5321 4.1.1.4: the CRLF of DATA counts as the one before the dot.
            is_line_start: true,
            is_in_header: true,
            is_discarding: false,
        }
    }

    pub(super) fn read(&mut self, input: &mut BytesMut) -> Piece {
        let mut kept = Kept::default();
        match self.scan(input, &mut kept) {
            Stop::BareLineEnd => Piece::BareLineEnd,
            Stop::Input(end) => self.pass_on(kept.take(input, end)),
            Stop::End(end) => {
                // The dot is left where it is until the discard has been said.
                let part = kept.take(input, end);
                if self.excess().is_some() && !self.is_discarding {
                    self.is_discarding = true;
                    return Piece::Discard;
                }
                input.advance(END_BYTES);
                self.excess().map_or(Piece::End(part), Piece::Refused)
            }
        }
    }

    fn pass_on(&mut self, part: Bytes) -> Piece {
        if self.is_discarding {
            return Piece::Part(Bytes::new());
        }
        if self.excess().is_some() {
            self.is_discarding = true;
            return Piece::Discard;
        }
        Piece::Part(part)
    }

    // The order does not depend on how the input was cut: each limit, once passed, stays passed.
    fn excess(&self) -> Option<Reason> {
        if self.size_bytes > self.size_bytes_max {
            Some(Reason::MessageTooLarge)
        } else if self.header_bytes > HEADER_BYTES_MAX {
            Some(Reason::HeaderTooLarge)
        } else if self.line_bytes_longest > TEXT_LINE_BYTES_MAX {
            Some(Reason::TextLineTooLong)
        } else {
            None
        }
    }

    fn scan(&mut self, input: &[u8], kept: &mut Kept) -> Stop {
        let mut at = 0_usize;
        loop {
            let rest = input.get(at..).unwrap_or_default();
            if self.is_line_start {
                match rest {
                    [] | [b'.'] | [b'.', b'\r'] => return Stop::Input(at),
                    [b'.', b'\r', b'\n', ..] => return Stop::End(at),
                    // RFC 5321 4.5.2: the first of several characters is taken away if it is a dot.
                    [b'.', ..] => {
                        kept.skip_byte(input, at);
                        at = at.saturating_add(1);
                    }
                    _ => {}
                }
                self.is_line_start = false;
                continue;
            }
            let found = memchr::memchr3(b'\r', b'\n', 0, rest);
            let text_bytes = found.unwrap_or(rest.len());
            self.count(text_bytes);
            at = at.saturating_add(text_bytes);
            match found.and_then(|end| rest.get(end..)) {
                None | Some([b'\r']) => return Stop::Input(at),
                Some([b'\r', b'\n', ..]) => {
                    at = at.saturating_add(2);
                    self.end_line();
                }
                Some(_) => return Stop::BareLineEnd,
            }
        }
    }

    fn count(&mut self, text_bytes: usize) {
        self.line_bytes = self.line_bytes.saturating_add(text_bytes);
        self.line_bytes_longest = self.line_bytes_longest.max(self.line_bytes);
        self.count_size(text_bytes);
    }

    fn end_line(&mut self) {
        self.count_size(2);
        // RFC 5322 2.1: the header ends with an empty line.
        self.is_in_header &= self.line_bytes > 0;
        self.line_bytes = 0;
        self.is_line_start = true;
    }

    fn count_size(&mut self, bytes: usize) {
        self.size_bytes = self.size_bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.is_in_header {
            self.header_bytes = self.header_bytes.saturating_add(bytes);
        }
    }
}

impl Kept {
    fn skip_byte(&mut self, input: &[u8], at: usize) {
        self.copy.extend_from_slice(input.get(self.from..at).unwrap_or_default());
        self.from = at.saturating_add(1);
    }

    fn take(self, input: &mut BytesMut, end: usize) -> Bytes {
        if self.from == 0 {
            return input.split_to(end).freeze();
        }
        let mut copy = self.copy;
        copy.extend_from_slice(input.get(self.from..end).unwrap_or_default());
        input.advance(end);
        copy.freeze()
    }
}
