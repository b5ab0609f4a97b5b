//! Charsets to text (WHATWG Encoding, and UTF-7 and UTF-32, which it leaves out and mail programs knew): every byte gives some
//! character.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{ebcdic, iso2022kr, utf7};

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
        None if Charset::for_bom(bytes).is_some() => Charset::Of(UTF_8).decode(bytes).0,
        None => guess(bytes),
    }
}

/// The same with UTF-16 in the order that the name does not say, where it says none and no mark does.
pub(crate) fn decode_turned(bytes: &[u8], label: &str) -> Option<String> {
    let is_open = label.eq_ignore_ascii_case("utf-16") && Charset::for_bom(bytes).is_none();
    is_open.then(|| Charset::Of(UTF_16BE).decode(bytes).0)
}

/// A charset that is known here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Charset {
    Of(&'static Encoding),
    Utf7,
    Utf32(ByteOrder),
    /// ISO-2022-KR, which the WHATWG does not decode.
    Iso2022Kr,
    Ebcdic,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum ByteOrder {
    Big,
    Little,
}

impl Charset {
    // The mark of UTF-32 in little order begins with that of UTF-16.
    fn for_bom(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\xfe\0\0") {
            return Some(Self::Utf32(ByteOrder::Little));
        }
        if bytes.starts_with(b"\0\0\xfe\xff") {
            return Some(Self::Utf32(ByteOrder::Big));
        }
        Encoding::for_bom(bytes).map(|(encoding, _)| Self::Of(encoding))
    }

    /// UTF-16 in the other order; others as they are.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Of(encoding) if encoding == UTF_16LE => Self::Of(UTF_16BE),
            Self::Of(encoding) if encoding == UTF_16BE => Self::Of(UTF_16LE),
            other => other,
        }
    }

    /// Text, and whether some byte was not of the charset.
    pub(crate) fn decode(self, bytes: &[u8]) -> (String, bool) {
        match Self::for_bom(bytes).unwrap_or(self) {
            Self::Of(encoding) => {
                let (text, _, is_broken) = encoding.decode(bytes);
                (text.into_owned(), is_broken)
            }
            Self::Utf7 => (utf7::decode(bytes), false),
            Self::Utf32(order) => utf32(bytes, order),
            Self::Iso2022Kr => iso2022kr::decode(bytes),
            Self::Ebcdic => (ebcdic::decode(bytes), false),
        }
    }
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
    let label = label.split('*').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
    let is = |names: &[&str]| names.iter().any(|name| label.eq_ignore_ascii_case(name));
    if is(&["utf-7", "utf7", "unicode-1-1-utf-7", "csunicode11utf7"]) {
        return Some(Charset::Utf7);
    }
    if is(&["utf-32", "utf-32be", "ucs-4", "iso-10646-ucs-4"]) {
        return Some(Charset::Utf32(ByteOrder::Big));
    }
    if is(&["utf-32le", "ucs-4le"]) {
        return Some(Charset::Utf32(ByteOrder::Little));
    }
    if is(&["iso-2022-kr", "csiso2022kr"]) {
        return Some(Charset::Iso2022Kr);
    }
    if ebcdic::page(label).is_some() {
        return Some(Charset::Ebcdic);
    }
    Encoding::for_label_no_replacement(label.as_bytes()).map(Charset::Of)
}
