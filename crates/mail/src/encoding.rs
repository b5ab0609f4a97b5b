//! Content-Transfer-Encoding (RFC 2045 6), in the spellings that mail programs accept ("Inbox Invasion", CCS 2024; Amavis
//! issue 112): comments, quotes, dots, parameters, `x-` in front, blanks inside, encoded words.

use crate::cursor::Cursor;
use crate::decode::words;

/// Content-Transfer-Encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// 7bit, 8bit, binary, or nothing said.
    #[default]
    Identity,
    /// base64.
    Base64,
    /// quoted-printable.
    QuotedPrintable,
    /// uuencode (`x-uuencode`, `uuencode`, `x-uue`).
    Uuencode,
    /// Something else: read as octets, and a defect.
    Unknown,
}

/// What one field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The first known encoding that it names.
    pub(crate) usual: Encoding,
    /// The last one, where that is another: `8bit; base64`.
    pub(crate) other: Option<Encoding>,
    /// It is written as the standard asks.
    pub(crate) is_standard: bool,
}

impl Encoding {
    /// Reads the value of the field, and says whether it was written as the standard asks. What stands around a known word
    /// is passed over as many mail programs do.
    #[must_use]
    pub fn parse(value: &[u8]) -> (Self, bool) {
        let named = Named::read(value);
        (named.usual, named.is_standard)
    }

    /// The word that the standard has for it; nothing for what is unknown or not a word of the standard.
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Base64 => Some("base64"),
            Self::QuotedPrintable => Some("quoted-printable"),
            Self::Uuencode => Some("x-uuencode"),
            Self::Identity | Self::Unknown => None,
        }
    }
}

impl Named {
    pub(crate) fn read(value: &[u8]) -> Self {
        let written = value.trim_ascii().to_ascii_lowercase();
        if let Some(usual) = standard(&written) {
            return Self { usual, other: None, is_standard: true };
        }
        let text = without_comments(&written);
        let text = words::decode(&text).text.to_ascii_lowercase();
        let separate = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | '/' | '\0' | '=');
        let mut known = text.split(separate).filter_map(known_word);
        let joined = || text.split_whitespace().collect::<String>();
        let first = known.next().or_else(|| known_word(&joined())).or_else(|| named_within(&joined()));
        let Some(usual) = first else {
            let usual = if text.trim().is_empty() { Encoding::Identity } else { Encoding::Unknown };
            return Self { usual, other: None, is_standard: false };
        };
        Self { usual, other: known.rfind(|other| *other != usual), is_standard: false }
    }
}

fn standard(word: &[u8]) -> Option<Encoding> {
    match word {
        b"7bit" | b"8bit" | b"binary" => Some(Encoding::Identity),
        b"base64" => Some(Encoding::Base64),
        b"quoted-printable" => Some(Encoding::QuotedPrintable),
        b"x-uuencode" | b"uuencode" | b"x-uue" => Some(Encoding::Uuencode),
        _ => None,
    }
}

fn known_word(word: &str) -> Option<Encoding> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    match word.strip_prefix("x-").unwrap_or(word) {
        "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" | "7bits" | "8bits" => Some(Encoding::Identity),
        "base64" | "base-64" | "b64" | "base64url" => Some(Encoding::Base64),
        "quoted-printable" | "quotedprintable" | "quoted_printable" => Some(Encoding::QuotedPrintable),
        "uuencode" | "uue" | "uu" | "uuencoded" => Some(Encoding::Uuencode),
        _ => None,
    }
}

// Some readers look for the beginning of a word (mutt), or for the word anywhere (postal-mime).
fn named_within(word: &str) -> Option<Encoding> {
    let names = [
        ("base64", Encoding::Base64),
        ("quoted-printable", Encoding::QuotedPrintable),
        ("uuencode", Encoding::Uuencode),
    ];
    names.into_iter().find(|(name, _)| word.contains(name)).map(|(_, encoding)| encoding)
}

/// Each comment becomes a blank.
pub(crate) fn without_comments(value: &[u8]) -> Vec<u8> {
    let mut cursor = Cursor::new(value);
    let mut text = Vec::with_capacity(value.len());
    while cursor.peek().is_some() {
        text.extend_from_slice(cursor.take_while(|byte| byte != b'('));
        if cursor.comment().is_some() {
            text.push(b' ');
        } else {
            text.extend(cursor.peek());
            cursor.advance(1);
        }
    }
    text
}

#[cfg(test)]
mod tests;
