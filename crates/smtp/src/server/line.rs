//! Takes command lines out of the input. A line too long is skipped and refused as one, without being kept.

use bytes::{Buf, Bytes, BytesMut};

use crate::limits::{MAIL_LINE_BYTES_MAX, SKIPPED_BYTES_MAX};
use crate::replies::Reason;

/// Reads one line at a time.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    skipped_bytes: usize,
}

/// What has come of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Not its end.
    Incomplete,
    /// All of it, without CRLF.
    Complete(Bytes),
    /// Something that is no line.
    Refused(Reason),
}

impl LineReader {
    pub(super) fn read(&mut self, input: &mut BytesMut) -> Line {
        let found = memchr::memchr3(b'\r', b'\n', 0, input);
        let end = found.unwrap_or(input.len());
        let line_bytes = self.skipped_bytes.saturating_add(end);
        if line_bytes > SKIPPED_BYTES_MAX {
            return Line::Refused(Reason::CommandLineEndless);
        }
        // The two bytes of CRLF count.
        let is_too_long = line_bytes > MAIL_LINE_BYTES_MAX.saturating_sub(2);
        match found.and_then(|at| input.get(at..)) {
            None | Some([b'\r']) => {
                if is_too_long {
                    self.skipped_bytes = line_bytes;
                    input.advance(end);
                }
                Line::Incomplete
            }
            Some([b'\r', b'\n', ..]) => {
                self.skipped_bytes = 0;
                let line = input.split_to(end).freeze();
                input.advance(2);
                if is_too_long { Line::Refused(Reason::CommandLineTooLong) } else { Line::Complete(line) }
            }
            Some(_) => Line::Refused(Reason::BareLineEndInCommand),
        }
    }
}
