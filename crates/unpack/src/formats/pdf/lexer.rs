//! Bytes to objects (ISO 32000-2, 7.2 and 7.3), as the tolerant readers read them: what is broken is passed over.
//!
//! Limits: [`DEPTH_MAX`] arrays and dictionaries within each other, and as many objects as the reader is given.

use super::object::{Dict, Id, Object};

/// Arrays and dictionaries within each other; what lies deeper is passed over.
const DEPTH_MAX: u32 = 64;

/// A word of the syntax.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    Name(Vec<u8>),
    Text(Vec<u8>),
    ArrayOpen,
    ArrayClose,
    DictOpen,
    DictClose,
    /// Anything else: `obj`, `R`, operators.
    Word(&'a [u8]),
}

/// Reads from a place on.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Objects that may still be made.
    pub(super) nodes_left: usize,
    /// `1 0 R` is a reference: not so in content streams.
    pub(super) has_references: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize, nodes_left: usize) -> Self {
        Self { bytes, at, nodes_left, has_references: true }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// Passes over white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                let line = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
                self.at = self.at.saturating_add(line);
            } else if is_space(byte) {
                self.step();
            } else {
                return;
            }
        }
    }

    /// The next token; none at the end.
    pub(super) fn token(&mut self) -> Option<Token<'a>> {
        self.skip_space();
        let byte = self.peek()?;
        let next = self.bytes.get(self.at.saturating_add(1)).copied();
        match (byte, next) {
            (b'<', Some(b'<')) => {
                self.at = self.at.saturating_add(2);
                Some(Token::DictOpen)
            }
            (b'>', Some(b'>')) => {
                self.at = self.at.saturating_add(2);
                Some(Token::DictClose)
            }
            (b'[', _) => self.single(Token::ArrayOpen),
            (b']', _) => self.single(Token::ArrayClose),
            (b'<', _) => Some(Token::Text(self.hex_text())),
            (b'(', _) => Some(Token::Text(self.literal_text())),
            (b'/', _) => Some(Token::Name(self.name())),
            (b'>' | b')' | b'{' | b'}', _) => {
                let at = self.at;
                self.step();
                Some(Token::Word(self.bytes.get(at..self.at)?))
            }
            _ => Some(self.word()),
        }
    }

    fn single(&mut self, token: Token<'a>) -> Option<Token<'a>> {
        self.step();
        Some(token)
    }

    fn word(&mut self) -> Token<'a> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        self.at = self.at.saturating_add(length.max(1));
        match number(word) {
            Some(number) => Token::Number(number),
            None => Token::Word(word),
        }
    }

    fn name(&mut self) -> Vec<u8> {
        self.step();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        self.at = self.at.saturating_add(length);
        let written = rest.get(..length).unwrap_or_default();
        if !written.contains(&b'#') {
            return written.to_vec();
        }
        let mut name = Vec::with_capacity(length);
        let mut left = written;
        while let Some((byte, after)) = left.split_first() {
            let digits = after.first().copied().and_then(hex).zip(after.get(1).copied().and_then(hex));
            match digits {
                Some((high, low)) if *byte == b'#' => {
                    name.push(high << 4 | low);
                    left = after.get(2..).unwrap_or_default();
                }
                _ => {
                    name.push(*byte);
                    left = after;
                }
            }
        }
        name
    }

    fn hex_text(&mut self) -> Vec<u8> {
        self.step();
        let mut text = Vec::new();
        let mut high = None;
        while let Some(byte) = self.peek() {
            self.step();
            if byte == b'>' {
                break;
            }
            let Some(digit) = hex(byte) else { continue };
            match high.take() {
                Some(high) => text.push(high << 4 | digit),
                None => high = Some(digit),
            }
        }
        text.extend(high.map(|high| high << 4));
        text
    }

    // 7.3.4.2: balanced parentheses need no escape.
    fn literal_text(&mut self) -> Vec<u8> {
        self.step();
        let mut text = Vec::new();
        let mut open = 1_u32;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let plain = memchr::memchr3(b'(', b')', b'\\', rest).unwrap_or(rest.len());
            text.extend_from_slice(rest.get(..plain).unwrap_or_default());
            self.at = self.at.saturating_add(plain);
            let Some(byte) = self.peek() else { break };
            self.step();
            match byte {
                b'(' => open = open.saturating_add(1),
                b')' => open = open.saturating_sub(1),
                _ => {
                    self.escape(&mut text);
                    continue;
                }
            }
            if open == 0 {
                break;
            }
            text.push(byte);
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.step();
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' if self.peek() == Some(b'\n') => self.step(),
            b'\r' | b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte & 7);
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code << 3 | u32::from(digit & 7);
                    self.step();
                }
                text.push(u8::try_from(code & 255).unwrap_or_default());
            }
            other => text.push(other),
        }
    }

    /// The next object. None at the end, at a word that is no object (the place stays before it), and when no more objects
    /// may be made.
    pub(super) fn object(&mut self) -> Option<Object> {
        self.object_within(0)
    }

    fn object_within(&mut self, depth: u32) -> Option<Object> {
        self.nodes_left = self.nodes_left.checked_sub(1)?;
        self.skip_space();
        let before = self.at;
        match self.token()? {
            Token::Number(number) => Some(self.reference(number).unwrap_or(Object::Number(number))),
            Token::Name(name) => Some(Object::Name(name)),
            Token::Text(text) => Some(Object::Text(text)),
            Token::ArrayOpen => Some(Object::Array(self.array(depth.saturating_add(1)))),
            Token::DictOpen => Some(Object::Dict(self.dict(depth.saturating_add(1)))),
            Token::Word(b"true") => Some(Object::Bool(true)),
            Token::Word(b"false") => Some(Object::Bool(false)),
            Token::Word(b"null") => Some(Object::Null),
            Token::ArrayClose | Token::DictClose | Token::Word(_) => {
                self.at = before;
                None
            }
        }
    }

    // `12 0 R`
    fn reference(&mut self, number: f64) -> Option<Object> {
        if !self.has_references || number < 0.0 || number.fract() != 0.0 {
            return None;
        }
        let mut ahead = Self { nodes_left: 0, ..self.clone() };
        let Some(Token::Number(generation)) = ahead.token() else { return None };
        let Some(Token::Word(b"R")) = ahead.token() else { return None };
        let number = u32::try_from(super::object::whole(number)?).ok()?;
        let generation = u16::try_from(super::object::whole(generation)?).unwrap_or_default();
        self.at = ahead.at;
        Some(Object::Reference(Id { number, generation }))
    }

    fn array(&mut self, depth: u32) -> Vec<Object> {
        let mut array = Vec::new();
        while self.nodes_left > 0 && depth <= DEPTH_MAX {
            if let Some(object) = self.object_within(depth) {
                array.push(object);
            } else if self.is_over(&Token::ArrayClose) {
                break;
            }
        }
        array
    }

    fn dict(&mut self, depth: u32) -> Dict {
        let mut entries = Vec::new();
        while self.nodes_left > 0 && depth <= DEPTH_MAX {
            match self.object_within(depth) {
                Some(Object::Name(name)) => {
                    let before = self.at;
                    let object = self.object_within(depth);
                    if object.is_none() {
                        self.at = before;
                    }
                    entries.push((name, object.unwrap_or(Object::Null)));
                }
                Some(_) => {}
                None if self.is_over(&Token::DictClose) => break,
                None => {}
            }
        }
        Dict::of(entries)
    }

    // At something that is no object: is it the end of what we are in? If not, it is passed over.
    fn is_over(&mut self, end: &Token<'_>) -> bool {
        let before = self.at;
        match self.token() {
            None => true,
            Some(Token::Word(b"obj" | b"endobj" | b"stream" | b"endstream" | b"xref" | b"trailer")) => {
                self.at = before;
                true
            }
            Some(token) => token == *end,
        }
    }
}

/// White space (table 1).
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

#[inline]
fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'\t' | b'\n' | 12 | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

// Readers take `--5`, `5-3` and `1.2.3` for numbers as well: as far as they go.
fn number(word: &[u8]) -> Option<f64> {
    let first = *word.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) || word.len() > 64 {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    if let Some(digits) = text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text) {
        return digits.parse().ok();
    }
    let is_negative = first == b'-';
    let text = text.trim_start_matches(['+', '-']);
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let text = text.get(..end)?;
    let end = text.match_indices('.').nth(1).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end)?;
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return (word == b"." || word == b"-" || word == b"+").then_some(0.0);
    }
    let number: f64 = text.parse().ok()?;
    Some(if is_negative { -number } else { number })
}
