//! Charsets to text ([`super::labels`] has their names): every byte gives some character.

use encoding_rs::{EUC_KR, Encoding, GBK, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

pub(crate) use super::labels::Charset;
use super::labels::{Named, named};
use super::{ebcdic, shifted, utf7};

/// Text of bytes that nothing is said about: UTF-8, or else windows-1252.
#[must_use]
pub fn guess(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Text of bytes in a charset by its MIME name; a byte order mark is believed more than the name. An unknown name is no
/// name. `us-ascii` with bytes over 127 is a wrong name.
#[must_use]
pub fn decode(bytes: &[u8], label: &str) -> String {
    let bytes_are_text = label.is_empty() || label.eq_ignore_ascii_case("us-ascii");
    match find(label).filter(|_| !bytes_are_text) {
        Some(charset) => charset.decode(bytes).0,
        None if Charset::for_bom(bytes).is_some() => Charset::Web(UTF_8).decode(bytes).0,
        None => guess(bytes),
    }
}

/// The same as other programs read it, where they differ: UTF-16 in the order that the name does not say, where it says none and
/// no mark does; escapes of ISO-2022-JP that shift nothing.
pub(crate) fn decode_otherwise(bytes: &[u8], label: &str) -> Option<String> {
    let charset = find(label)?;
    let differs = match charset {
        Charset::Utf16 => Charset::for_bom(bytes).is_none(),
        Charset::Iso2022Jp => shifted::has_empty_escape(bytes),
        _ => false,
    };
    differs.then(|| charset.other().decode(bytes).0)
}

#[derive(Clone, Copy, Debug)]
enum ByteOrder {
    Big,
    Little,
}

impl Charset {
    // The mark of UTF-32 in little order begins with that of UTF-16.
    fn for_bom(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\xfe\0\0") {
            return Some(Self::Utf32Le);
        }
        if bytes.starts_with(b"\0\0\xfe\xff") {
            return Some(Self::Utf32Be);
        }
        Encoding::for_bom(bytes).map(|(encoding, _)| Self::Web(encoding))
    }

    /// As other programs have it: UTF-16 in the other order, ISO-2022-JP with a sign for each escape that shifts nothing; others
    /// as they are.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Utf16 => Self::Web(UTF_16BE),
            Self::Web(encoding) if encoding == UTF_16LE => Self::Web(UTF_16BE),
            Self::Web(encoding) if encoding == UTF_16BE => Self::Web(UTF_16LE),
            Self::Iso2022Jp => Self::Web(ISO_2022_JP),
            other => other,
        }
    }

    /// Text, and whether some byte was not of the charset.
    pub(crate) fn decode(self, bytes: &[u8]) -> (String, bool) {
        match Self::for_bom(bytes).unwrap_or(self) {
            Self::Web(encoding) => web(encoding, bytes),
            // As the WHATWG has it.
            Self::Utf16 => web(UTF_16LE, bytes),
            Self::Iso2022Jp => {
                let (text, is_broken) = web(ISO_2022_JP, &shifted::without_empty_escapes(bytes));
                (text, is_broken || shifted::has_empty_escape(bytes))
            }
            Self::Utf7 => (utf7::decode(bytes), false),
            Self::Utf32Le => utf32(bytes, ByteOrder::Little),
            Self::Utf32Be => utf32(bytes, ByteOrder::Big),
            Self::Hz => checked(shifted::hz(bytes)),
            Self::Iso2022Kr => checked(shifted::iso_2022(bytes, EUC_KR)),
            Self::Iso2022Cn => checked(shifted::iso_2022(bytes, GBK)),
            Self::Ebcdic(_) => (ebcdic::decode(bytes), false),
        }
    }
}

fn web(encoding: &'static Encoding, bytes: &[u8]) -> (String, bool) {
    let (text, _, is_broken) = encoding.decode(bytes);
    (text.into_owned(), is_broken)
}

fn checked(text: String) -> (String, bool) {
    let is_broken = text.contains(char::REPLACEMENT_CHARACTER);
    (text, is_broken)
}

fn utf32(bytes: &[u8], order: ByteOrder) -> (String, bool) {
    let mut text = String::with_capacity(bytes.len() / 4);
    let mut is_broken = !bytes.len().is_multiple_of(4);
    for unit in bytes.chunks_exact(4) {
        let unit = <[u8; 4]>::try_from(unit).unwrap_or_default();
        let unit = match order {
            ByteOrder::Big => u32::from_be_bytes(unit),
            ByteOrder::Little => u32::from_le_bytes(unit),
        };
        is_broken |= char::from_u32(unit).is_none();
        text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned);
    (text, is_broken)
}

/// The charset of a MIME name; a language may follow it (RFC 2231 5).
pub(crate) fn find(label: &str) -> Option<Charset> {
    match named(label.split('*').next().unwrap_or_default()) {
        Named::Known(charset) => Some(charset),
        Named::Nothing | Named::Unknown => None,
    }
}
