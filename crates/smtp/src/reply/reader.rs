//! Reads replies of remote servers. They are strangers: at most [`REPLY_BYTES_MAX`] bytes a reply, however many lines;
//! bare line feeds are line ends here, since nothing follows from them, and any odd byte is escaped.

use bytes::{Buf, BytesMut};

use super::{Enhanced, Reply, escape};
use crate::limits::{REPLY_BYTES_MAX, REPLY_LINES_MAX};

/// Why what a server sent is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyFault {
    /// Longer than [`REPLY_BYTES_MAX`] bytes.
    TooLong,
    /// A line without three digits, or lines that disagree on them.
    Malformed,
}

/// Collects bytes until a reply is complete.
#[derive(Debug, Default)]
pub struct ReplyReader {
    input: BytesMut,
    reply_bytes: usize,
    open: Option<Open>,
}

// A reply of which the last line has not come.
#[derive(Debug)]
struct Open {
    code: u16,
    enhanced: Option<Enhanced>,
    lines: Vec<String>,
}

impl ReplyReader {
    /// Takes bytes of the server.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
    }

    /// No byte is waiting, and no half of a reply.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.input.is_empty() && self.open.is_none()
    }

    /// The next complete reply, if it has come. After a fault the stream cannot be trusted any more.
    pub fn read(&mut self) -> Option<Result<Reply, ReplyFault>> {
        loop {
            let end = memchr::memchr(b'\n', &self.input);
            let length = end.map_or(self.input.len(), |end| end.saturating_add(1));
            if self.reply_bytes.saturating_add(length) > REPLY_BYTES_MAX {
                return Some(Err(ReplyFault::TooLong));
            }
            let line = self.input.split_to(end?);
            self.input.advance(1);
            self.reply_bytes = self.reply_bytes.saturating_add(length);
            match self.take_line(line.strip_suffix(b"\r").unwrap_or(&line)) {
                Ok(None) => {}
                Ok(Some(reply)) => {
                    self.reply_bytes = 0;
                    return Some(Ok(reply));
                }
                Err(fault) => return Some(Err(fault)),
            }
        }
    }

    fn take_line(&mut self, line: &[u8]) -> Result<Option<Reply>, ReplyFault> {
        let (code, is_last, text) = split_line(line).ok_or(ReplyFault::Malformed)?;
        let open = self.open.get_or_insert_with(|| {
            let enhanced = split_enhanced(text).0.filter(|e| u16::from(e.class) == code / 100);
            Open { code, enhanced, lines: Vec::new() }
        });
        if open.code != code {
            return Err(ReplyFault::Malformed);
        }
        if open.lines.len() < REPLY_LINES_MAX {
            let (enhanced, rest) = split_enhanced(text);
            let is_repeated = enhanced.is_some() && enhanced == open.enhanced;
            open.lines.push(escape(if is_repeated { rest } else { text }));
        }
        if !is_last {
            return Ok(None);
        }
        Ok(self.open.take().map(|Open { code, enhanced, lines }| Reply { code, enhanced, lines }))
    }
}

// RFC 5321 4.2: three digits, then a space, a hyphen or nothing.
fn split_line(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    let (first, others) = digits.split_first()?;
    if !(b'2'..=b'5').contains(first) || !others.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = digits
        .iter()
        .fold(0_u16, |code, digit| code.saturating_mul(10).saturating_add(u16::from(digit.saturating_sub(b'0'))));
    match rest.split_first() {
        None => Some((code, true, rest)),
        Some((b' ', text)) => Some((code, true, text)),
        Some((b'-', text)) => Some((code, false, text)),
        Some(_) => None,
    }
}

fn split_enhanced(text: &[u8]) -> (Option<Enhanced>, &[u8]) {
    let end = text.iter().position(|b| *b == b' ').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    match std::str::from_utf8(word).ok().and_then(Enhanced::parse) {
        Some(enhanced) => (Some(enhanced), rest.strip_prefix(b" ").unwrap_or(rest)),
        None => (None, text),
    }
}
