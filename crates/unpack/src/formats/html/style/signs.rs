//! The signs of CSS that part it, or hide what parts it (CSS Syntax 3, 4.3 and 5.4.8): comments, strings, escapes, addresses without
//! quotes, brackets. A text with none of them is parted without this.

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Comment,
    String,
    /// What stands in `url(` without quotes: there are no comments, strings or brackets in it (4.3.6).
    Address,
    Escape,
    Byte(u8),
}

/// A sign, from one byte of the text to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) kind: Kind,
    pub(super) from: usize,
    pub(super) to: usize,
    /// Brackets that are open behind it.
    pub(super) depth: usize,
    /// It closes one.
    pub(super) is_end: bool,
}

/// What braces are outside of other brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// Of a sheet: around its blocks.
    Blocks,
    /// Of declarations: brackets like others.
    Brackets,
}

/// The signs of a text, one after the other.
#[derive(Debug)]
pub(super) struct Signs<'s> {
    text: &'s str,
    braces: Braces,
    at: usize,
    /// What closes the brackets that are open.
    closing: Vec<u8>,
    /// Where the name begins that stands in front.
    name: Option<usize>,
    is_address: bool,
}

/// Has a text signs that may hide a semicolon or a brace?
pub(super) fn is_any(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr3(b'"', b'\'', b'\\', bytes).is_some() || has_comments(text) || !has_plain_brackets(bytes)
}

pub(super) fn has_comments(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"/*").is_some()
}

/// Has each bracket its end, with nothing in between that parts declarations?
fn has_plain_brackets(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'(', b'[', rest) {
        let close = if rest.get(at) == Some(&b'(') { b')' } else { b']' };
        let inner = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let Some(end) = memchr::memchr(close, inner) else { return false };
        let (inner, after) = inner.split_at_checked(end).unwrap_or_default();
        if inner.iter().any(|byte| matches!(byte, b'(' | b'[' | b';' | b'{' | b'}')) {
            return false;
        }
        rest = after;
    }
    true
}

impl<'s> Signs<'s> {
    pub(super) fn of(text: &'s str, braces: Braces) -> Self {
        Self { text, braces, at: 0, closing: Vec::new(), name: None, is_address: false }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self, from: usize) -> &'s str {
        self.text.get(from..).unwrap_or_default()
    }

    /// Opens or closes a bracket; true where it closes one.
    fn bracket(&mut self, byte: u8, from: usize) -> bool {
        let close = match byte {
            b'(' => b')',
            b'[' => b']',
            b'{' if self.braces == Braces::Brackets || !self.closing.is_empty() => b'}',
            _ => {
                let is_end = self.closing.last() == Some(&byte);
                self.closing.truncate(self.closing.len().saturating_sub(usize::from(is_end)));
                return is_end;
            }
        };
        self.closing.push(close);
        self.is_address = byte == b'(' && self.is_behind_url(from) && !self.is_quoted(from.saturating_add(1));
        false
    }

    /// Is it the name in front of a bracket, whose letters may be escaped?
    fn is_behind_url(&self, at: usize) -> bool {
        let name = self.name.and_then(|from| self.text.get(from..at)).unwrap_or_default();
        // Three escapes of six digits each with a blank behind.
        name.len() <= 24 && super::source::unescaped(name).eq_ignore_ascii_case("url")
    }

    fn is_quoted(&self, from: usize) -> bool {
        let rest = self.rest(from).trim_start_matches(|c: char| c.is_ascii_whitespace());
        rest.starts_with(['"', '\''])
    }
}

impl Iterator for Signs<'_> {
    type Item = Sign;

    fn next(&mut self) -> Option<Sign> {
        let from = self.at;
        let first = self.byte(from)?;
        let inner = from.saturating_add(1);
        let next = self.byte(inner);
        let mut is_end = false;
        let (kind, to) = match first {
            _ if std::mem::take(&mut self.is_address) && first != b')' => {
                (Kind::Address, from.saturating_add(address(self.rest(from))))
            }
            b'/' if next == Some(b'*') => {
                let body = self.rest(inner.saturating_add(1));
                let length = memchr::memmem::find(body.as_bytes(), b"*/").map_or(body.len(), |at| at.saturating_add(2));
                (Kind::Comment, inner.saturating_add(1).saturating_add(length))
            }
            b'"' | b'\'' => (Kind::String, inner.saturating_add(quoted(self.rest(inner), first))),
            b'\\' if next.is_some_and(|next| !is_line_end(next)) => {
                (Kind::Escape, inner.saturating_add(escape(self.rest(inner))))
            }
            _ => {
                is_end = self.bracket(first, from);
                (Kind::Byte(first), inner)
            }
        };
        let is_name = match kind {
            Kind::Escape => true,
            Kind::Byte(byte) => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | 0x80..),
            Kind::Comment | Kind::String | Kind::Address => false,
        };
        self.name = if is_name { self.name.or(Some(from)) } else { None };
        self.at = to;
        Some(Sign { kind, from, to, depth: self.closing.len(), is_end })
    }
}

/// What ends a string that is not closed (CSS Syntax 3.3): each is a new line there.
fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\x0c')
}

/// How many bytes belong to a string after its first quote: up to the second, or to the end of the line.
pub(super) fn quoted(inner: &str, quote: u8) -> usize {
    let bytes = inner.as_bytes();
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at).copied() {
        let next = at.saturating_add(1);
        at = match byte {
            // With the new line behind it, of which CR LF is one.
            b'\\' if bytes.get(next..).is_some_and(|rest| rest.starts_with(b"\r\n")) => next.saturating_add(2),
            b'\\' => next.saturating_add(1),
            _ if is_line_end(byte) => return at,
            _ if byte == quote => return next,
            _ => next,
        };
    }
    inner.len()
}

/// How many bytes of an escape stand behind its sign.
fn escape(inner: &str) -> usize {
    let digits = inner.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
    if digits == 0 {
        return inner.chars().next().map_or(0, char::len_utf8);
    }
    let after = inner.get(digits..).unwrap_or_default();
    let is_blank = after.starts_with(|c: char| c.is_ascii_whitespace());
    digits.saturating_add(if after.starts_with("\r\n") { 2 } else { usize::from(is_blank) })
}

/// How long an address without quotes is.
pub(super) fn address(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b')' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.unwrap_or(text.len())
}
