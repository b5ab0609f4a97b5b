//! Charsets by name: those of the WHATWG's Encoding standard by `encoding_rs`, and those that mail knows besides: UTF-7
//! (RFC 2152), UTF-32, HZ (RFC 1843), ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922, GB 2312 only), EBCDIC.

use std::borrow::Cow;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::text::{ebcdic, shape, shifted, utf7};

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Charset {
    /// One that browsers know.
    Web(&'static Encoding),
    Utf7,
    Utf32Le,
    Utf32Be,
    Hz,
    Iso2022Kr,
    Iso2022Cn,
    Ebcdic(ebcdic::Page),
}

/// What a label says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Named {
    /// Nothing: there is none, or it says that nothing is known (RFC 1428).
    Nothing,
    /// A name that nobody has.
    Unknown,
    Known(Charset),
}

/// Names that are used, and that the Encoding standard does not have or reads as something that hides all.
const MORE: [(&str, Charset); 22] = [
    ("utf-7", Charset::Utf7),
    ("utf7", Charset::Utf7),
    ("unicode-1-1-utf-7", Charset::Utf7),
    ("csunicode11utf7", Charset::Utf7),
    ("x-unicode-2-0-utf-7", Charset::Utf7),
    ("cp65000", Charset::Utf7),
    ("utf-32", Charset::Utf32Be),
    ("utf-32be", Charset::Utf32Be),
    ("utf-32le", Charset::Utf32Le),
    ("ucs-4", Charset::Utf32Be),
    ("iso-10646-ucs-4", Charset::Utf32Be),
    ("utf-16be", Charset::Web(UTF_16BE)),
    ("hz-gb-2312", Charset::Hz),
    ("hz", Charset::Hz),
    ("iso-2022-kr", Charset::Iso2022Kr),
    ("csiso2022kr", Charset::Iso2022Kr),
    ("iso-2022-cn", Charset::Iso2022Cn),
    ("iso-2022-cn-ext", Charset::Iso2022Cn),
    ("cp932", Charset::Web(SHIFT_JIS)),
    ("cp936", Charset::Web(GBK)),
    ("cp949", Charset::Web(EUC_KR)),
    ("cp950", Charset::Web(BIG5)),
];
/// Labels that say nothing.
const VAGUE: [&str; 9] =
    ["unknown-8bit", "x-unknown", "unknown", "default", "default_charset", "x-user-defined", "binary", "8bit", "none"];

/// What a label says; quotes and white space around it do not matter.
pub(crate) fn named(label: &str) -> Named {
    let label = label.trim_matches(['"', '\'', ' ', '\t', '\r', '\n', ';']);
    if label.is_empty() {
        return Named::Nothing;
    }
    let lower = label.to_ascii_lowercase();
    if let Some((_, charset)) = MORE.iter().find(|(name, _)| *name == lower) {
        return Named::Known(*charset);
    }
    if VAGUE.contains(&lower.as_str()) {
        return Named::Nothing;
    }
    if let Some(page) = ebcdic::Page::named(&lower) {
        return Named::Known(Charset::Ebcdic(page));
    }
    let found = Encoding::for_label_no_replacement(lower.as_bytes())
        .or_else(|| Encoding::for_label_no_replacement(lower.replace('_', "-").as_bytes()))
        .or_else(|| matches!(lower.as_str(), "utf8mb4" | "cp65001" | "utf" | "utf-8-sig").then_some(UTF_8));
    found.map_or(Named::Unknown, |encoding| Named::Known(Charset::Web(encoding)))
}

impl Charset {
    /// Never fails: what is no character becomes U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Web(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Self::Utf7 => Cow::Owned(utf7::decode(bytes)),
            Self::Utf32Le => Cow::Owned(utf32(bytes, u32::from_le_bytes)),
            Self::Utf32Be => Cow::Owned(utf32(bytes, u32::from_be_bytes)),
            Self::Hz => Cow::Owned(shifted::hz(bytes)),
            Self::Iso2022Kr => Cow::Owned(shifted::iso_2022(bytes, EUC_KR)),
            Self::Iso2022Cn => Cow::Owned(shifted::iso_2022(bytes, GBK)),
            Self::Ebcdic(page) => Cow::Owned(page.decode(bytes)),
        }
    }

    /// Two or four bytes a character, whatever the character.
    pub(crate) fn is_wide(self) -> bool {
        matches!(self, Self::Utf32Le | Self::Utf32Be) || self == Self::Web(UTF_16LE) || self == Self::Web(UTF_16BE)
    }

    /// Are ASCII letters of a text in it something else to who does not know it?
    pub(crate) fn is_shifted(self) -> bool {
        match self {
            Self::Utf7 | Self::Hz | Self::Iso2022Kr | Self::Iso2022Cn | Self::Ebcdic(_) => true,
            Self::Web(encoding) => encoding == encoding_rs::ISO_2022_JP,
            Self::Utf32Le | Self::Utf32Be => false,
        }
    }

    /// Two bytes a character for some, where the second can be a letter of ASCII.
    pub(crate) fn eats_letters(self) -> bool {
        matches!(self, Self::Web(encoding) if [GBK, encoding_rs::GB18030, BIG5, SHIFT_JIS, EUC_KR].contains(&encoding))
    }
}

/// The charset that a byte order mark names, and the mark's length.
pub(crate) fn by_mark(bytes: &[u8]) -> Option<(Charset, usize)> {
    if bytes.starts_with(b"\xff\xfe\0\0") && shape::guess(bytes) != Some(Charset::Web(UTF_16LE)) {
        return Some((Charset::Utf32Le, 4));
    }
    if bytes.starts_with(b"\0\0\xfe\xff") {
        return Some((Charset::Utf32Be, 4));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return Some((Charset::Web(encoding), length));
    }
    let utf7 = bytes.strip_prefix(b"+/v")?.first()?;
    matches!(utf7, b'8' | b'9' | b'+' | b'/').then_some((Charset::Utf7, 0))
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut text: String = units.iter().map(|unit| char::from_u32(number(*unit)).unwrap_or('\u{fffd}')).collect();
    if !rest.is_empty() {
        text.push('\u{fffd}');
    }
    text
}
