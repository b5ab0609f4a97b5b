//! Reading of structured fields byte by byte (RFC 5322 3.2): white space, comments, quoted strings. Every byte is read a
//! bounded number of times, also where quotes and comments are not closed.

use crate::lines::{is_space, slice};

/// A place in the value of a field.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    pub(crate) at: usize,
    // Once one was not closed, the sign is a byte like others up to the end: looking again for its end would be quadratic.
    open_quote: bool,
    open_comment: bool,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, open_quote: false, open_comment: false }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn advance(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.bytes.len());
    }

    /// A quote or a comment had no end.
    pub(crate) const fn is_unclosed(&self) -> bool {
        self.open_quote || self.open_comment
    }

    pub(crate) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.advance(length);
        rest.get(..length).unwrap_or_default()
    }

    pub(crate) fn skip_space_and_comments(&mut self) {
        loop {
            self.take_while(is_space);
            if self.comment().is_none() {
                return;
            }
        }
    }

    /// A comment without its outer parentheses, if a closed one stands here.
    pub(crate) fn comment(&mut self) -> Option<&'a [u8]> {
        if self.peek() != Some(b'(') || self.open_comment {
            return None;
        }
        let start = self.at.saturating_add(1);
        let mut depth = 0_usize;
        let mut at = self.at;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at = at.saturating_add(1),
                b'(' => depth = depth.saturating_add(1),
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                self.at = at.saturating_add(1).min(self.bytes.len());
                return Some(slice(self.bytes, start..at));
            }
            at = at.saturating_add(1);
        }
        self.open_comment = true;
        None
    }

    /// A quoted string without quotes, backslashes and line ends, if a closed one stands here.
    pub(crate) fn quoted(&mut self) -> Option<Vec<u8>> {
        if self.peek() != Some(b'"') || self.open_quote {
            return None;
        }
        let mut text = Vec::new();
        let mut at = self.at.saturating_add(1);
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'"' => {
                    self.at = at.saturating_add(1);
                    return Some(text);
                }
                b'\\' => {
                    at = at.saturating_add(1);
                    text.extend(self.bytes.get(at));
                }
                b'\r' | b'\n' => {}
                byte => text.push(*byte),
            }
            at = at.saturating_add(1);
        }
        self.open_quote = true;
        None
    }
}
