//! Makes a message fit for DATA, piece by piece (RFC 5321 4.5.2 and 2.3.8): dots at the start of a line are doubled,
//! every line ends with CRLF, and the end is CRLF, dot, CRLF.
//!
//! A message that came by SMTP needs only the dots. What comes another way may have bare CR or LF, which become line
//! ends, or NUL, which is left out: a next hop that reads them otherwise would find a second message in the first.

use bytes::{Bytes, BytesMut};

/// State between two pieces.
#[derive(Debug)]
pub struct Stuffer {
    is_line_start: bool,
    // The last byte was a CR, already written; a LF has to follow.
    is_after_cr: bool,
}

impl Default for Stuffer {
    fn default() -> Self {
        Self { is_line_start: true, is_after_cr: false }
    }
}

impl Stuffer {
    /// The bytes to write for the next piece: the piece itself, uncopied, where nothing had to be changed.
    #[must_use]
    pub fn push(&mut self, piece: &Bytes) -> Bytes {
        if !self.is_after_cr && is_fit(piece, self.is_line_start) {
            self.is_line_start = piece.last().map_or(self.is_line_start, |last| *last == b'\n');
            return piece.clone();
        }
        let mut out = BytesMut::new();
        let mut written = 0_usize;
        let mut at = 0_usize;
        while let Some(byte) = piece.get(at) {
            let insert: &[u8] = match byte {
                b'\n' if self.is_after_cr => b"",
                0 => b"",
                b'\n' => b"\r",
                _ if self.is_after_cr => b"\n",
                b'.' if self.is_line_start => b".",
                _ => b"",
            };
            let is_dropped = *byte == 0;
            if is_dropped || !insert.is_empty() {
                out.extend_from_slice(piece.get(written..at).unwrap_or_default());
                out.extend_from_slice(insert);
                written = at;
            }
            if insert == b"\n" {
                // The line end is whole now; the byte is looked at again, as the first of its line.
                (self.is_after_cr, self.is_line_start) = (false, true);
                continue;
            }
            at = self.pass(piece, at);
            if is_dropped {
                written = at;
            }
        }
        if written == 0 && out.is_empty() {
            return piece.clone();
        }
        out.extend_from_slice(piece.get(written..).unwrap_or_default());
        out.freeze()
    }

    /// What ends the message.
    #[must_use]
    pub fn finish(self) -> Bytes {
        Bytes::from_static(match (self.is_after_cr, self.is_line_start) {
            (true, _) => b"\n.\r\n",
            (false, true) => b".\r\n",
            (false, false) => b"\r\n.\r\n",
        })
    }

    // Steps over the byte, and over all that needs no look behind it.
    fn pass(&mut self, piece: &[u8], at: usize) -> usize {
        let next = at.saturating_add(1);
        match piece.get(at) {
            Some(b'\r') => (self.is_after_cr, self.is_line_start) = (true, false),
            Some(b'\n') => (self.is_after_cr, self.is_line_start) = (false, true),
            // Dropped as if it had not been.
            Some(0) => {}
            _ => {
                (self.is_after_cr, self.is_line_start) = (false, false);
                let rest = piece.get(next..).unwrap_or_default();
                return next.saturating_add(memchr::memchr3(b'\r', b'\n', 0, rest).unwrap_or(rest.len()));
            }
        }
        next
    }
}

// Nothing is to be changed, as in nearly all mail: no NUL, no line begins with a dot, each CR stands before a LF and each LF behind
// a CR.
fn is_fit(piece: &[u8], is_line_start: bool) -> bool {
    let is_dot_first = is_line_start && piece.first() == Some(&b'.');
    let mut ends = 0_usize;
    let is_end_fit = |at: usize| {
        ends = ends.saturating_add(1);
        let before = at.checked_sub(1).and_then(|before| piece.get(before));
        before == Some(&b'\r') && piece.get(at.saturating_add(1)) != Some(&b'.')
    };
    !is_dot_first
        && memchr::memchr(0, piece).is_none()
        && memchr::memchr_iter(b'\n', piece).all(is_end_fit)
        && memchr::memchr_iter(b'\r', piece).count() == ends
}
