//! Encoded words (RFC 2047), also where they must not stand: mail programs decode them inside quotes and without white
//! space around them.

use memchr::{memchr, memmem};

use super::charset::{self, Charset};
use super::quoted_printable::escaped;
use crate::lines::is_space;

/// Bytes of a charset name; a longer one is none.
const CHARSET_BYTES_MAX: usize = 64;
/// How labels of Japanese with shifts begin.
const JAPANESE: &[u8] = b"iso-2022-jp";

/// A text with its encoded words decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Some encoded word has an unknown charset or no end, or its bytes are not of its charset.
    pub is_bad: bool,
}

/// Decodes the encoded words of an unfolded value; other bytes are UTF-8, or else windows-1252.
#[must_use]
pub fn decode(value: &[u8]) -> Text {
    decode_with(value, Way::Usual)
}

/// How charsets are read that programs differ in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Way {
    /// UTF-16 without a mark as the WHATWG has it, ISO-2022-JP without the escapes that shift nothing.
    #[default]
    Usual,
    /// UTF-16 the other way round (RFC 2781 4.3; Java), ISO-2022-JP as the WHATWG has it.
    Other,
}

/// Decodes, with such charsets read in this way.
pub(crate) fn decode_with(value: &[u8], way: Way) -> Text {
    let mut out = Writer { way, ..Writer::default() };
    let mut rest = value;
    while let Some(at) = memmem::find(rest, b"=?") {
        let (plain, candidate) = rest.split_at(at);
        match Word::at(candidate) {
            Found::Word(word, length) => {
                out.plain(plain, After::Word);
                out.word(&word);
                rest = candidate.get(length..).unwrap_or_default();
            }
            Found::Nothing => {
                let end = at.saturating_add(2);
                out.plain(rest.get(..end).unwrap_or_default(), After::Plain);
                rest = rest.get(end..).unwrap_or_default();
            }
            // No word can end in what follows: looking for one again at each start would be quadratic.
            Found::NoEnd => {
                out.text.is_bad = true;
                break;
            }
        }
    }
    out.plain(rest, After::Plain);
    out.flush();
    out.text
}

struct Word<'a> {
    charset: &'a [u8],
    bytes: Vec<u8>,
}

enum Found<'a> {
    Word(Word<'a>, usize),
    Nothing,
    NoEnd,
}

impl<'a> Word<'a> {
    fn at(text: &'a [u8]) -> Found<'a> {
        let Some(after) = text.get(2..) else {
            return Found::Nothing;
        };
        let window = after.get(..CHARSET_BYTES_MAX).unwrap_or(after);
        let Some(length) = memchr(b'?', window).filter(|length| *length > 0) else {
            return Found::Nothing;
        };
        let (charset, rest) = after.split_at(length);
        let (is_base64, encoded) = match rest {
            [b'?', b'B' | b'b', b'?', encoded @ ..] => (true, encoded),
            [b'?', b'Q' | b'q', b'?', encoded @ ..] => (false, encoded),
            _ => return Found::Nothing,
        };
        // A fold in it is passed over.
        if charset.iter().all(|byte| is_space(*byte)) {
            return Found::Nothing;
        }
        let Some(end) = memmem::find(encoded, b"?=") else {
            return Found::NoEnd;
        };
        let encoded_word = encoded.get(..end).unwrap_or_default();
        let bytes = if is_base64 { super::base64::decode(encoded_word).bytes.into_owned() } else { q(encoded_word) };
        // =? charset ?X? ... ?=
        let length = length.saturating_add(end).saturating_add(7);
        Found::Word(Word { charset, bytes }, length)
    }
}

// RFC 2047 4.2.
fn q(encoded: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        let escape = if *first == b'=' { escaped(rest) } else { None };
        bytes.push(match first {
            b'_' => b' ',
            first => escape.unwrap_or(*first),
        });
        rest = if escape.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Word,
    Plain,
}

// Bytes of neighbouring words in one charset are joined before they become text: many senders split a character.
#[derive(Default)]
struct Writer {
    way: Way,
    text: Text,
    plain: Vec<u8>,
    charset: Vec<u8>,
    bytes: Vec<u8>,
    in_word: bool,
}

impl Writer {
    fn plain(&mut self, bytes: &[u8], next: After) {
        // RFC 2047 6.2: white space between two encoded words is not shown.
        let is_gap = self.in_word && next == After::Word && bytes.iter().all(|byte| is_space(*byte));
        if is_gap || bytes.is_empty() {
            return;
        }
        self.flush_word();
        self.plain.extend_from_slice(bytes);
    }

    fn word(&mut self, word: &Word<'_>) {
        self.flush_plain();
        if !self.charset.eq_ignore_ascii_case(word.charset) {
            self.flush_word();
        }
        self.in_word = true;
        self.charset = word.charset.to_vec();
        // Each word of ISO-2022-JP ends in ASCII (RFC 2047 3): where the next begins with a shift, that one says nothing.
        let is_shifted = word.charset.get(..JAPANESE.len()).is_some_and(|label| label.eq_ignore_ascii_case(JAPANESE));
        let is_at_end = self.bytes.ends_with(b"\x1b(B") || self.bytes.ends_with(b"\x1b(J");
        if is_shifted && is_at_end && word.bytes.starts_with(b"\x1b") {
            self.bytes.truncate(self.bytes.len().saturating_sub(3));
        }
        self.bytes.extend_from_slice(&word.bytes);
    }

    fn flush(&mut self) {
        self.flush_word();
        self.flush_plain();
    }

    fn flush_plain(&mut self) {
        self.text.text.push_str(&charset::guess(&self.plain));
        self.plain.clear();
    }

    fn flush_word(&mut self) {
        if !self.in_word {
            return;
        }
        self.in_word = false;
        let bytes = std::mem::take(&mut self.bytes);
        let label: String = String::from_utf8_lossy(&self.charset).split_whitespace().collect();
        let found = charset::find(&label);
        let found = if self.way == Way::Other { found.map(Charset::other) } else { found };
        if let Some(charset) = found {
            let (text, is_broken) = charset.decode(&bytes);
            self.text.is_bad |= is_broken;
            self.text.text.push_str(&text);
        } else {
            self.text.is_bad = true;
            self.text.text.push_str(&charset::guess(&bytes));
        }
    }
}
