//! Charsets ([`mail::decode::labels`] has their names): those of the WHATWG's Encoding standard by `encoding_rs`, and those that mail
//! knows besides: UTF-7 (RFC 2152), UTF-32, HZ (RFC 1843), ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922, GB 2312 only), EBCDIC.

use std::borrow::Cow;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE};
use mail::decode::{labels, shifted};

use crate::text::{ebcdic, shape, utf7};

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Charset {
    /// One that browsers know.
    Web(&'static Encoding),
    /// UTF-16 in the order that its characters have.
    Utf16,
    /// ISO-2022-JP without the escapes that shift nothing, as most programs read it; browsers write a sign for each.
    Iso2022Jp,
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

/// What a label says; quotes and white space around it do not matter.
pub(crate) fn named(label: &str) -> Named {
    match labels::named(label) {
        labels::Named::Nothing => Named::Nothing,
        labels::Named::Unknown => Named::Unknown,
        labels::Named::Known(charset) => Named::Known(Charset::of(charset)),
    }
}

impl Charset {
    fn of(charset: labels::Charset) -> Self {
        match charset {
            labels::Charset::Web(encoding) => Self::Web(encoding),
            labels::Charset::Utf16 => Self::Utf16,
            labels::Charset::Iso2022Jp => Self::Iso2022Jp,
            labels::Charset::Utf7 => Self::Utf7,
            labels::Charset::Utf32Le => Self::Utf32Le,
            labels::Charset::Utf32Be => Self::Utf32Be,
            labels::Charset::Hz => Self::Hz,
            labels::Charset::Iso2022Kr => Self::Iso2022Kr,
            labels::Charset::Iso2022Cn => Self::Iso2022Cn,
            labels::Charset::Ebcdic(number) => Self::Ebcdic(ebcdic::Page::of(number)),
        }
    }

    /// Never fails: what is no character becomes U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Web(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Self::Utf16 => shape::utf16(bytes).decode_without_bom_handling(bytes).0,
            Self::Iso2022Jp => match shifted::without_empty_escapes(bytes) {
                Cow::Borrowed(bytes) => ISO_2022_JP.decode_without_bom_handling(bytes).0,
                Cow::Owned(bytes) => Cow::Owned(ISO_2022_JP.decode_without_bom_handling(&bytes).0.into_owned()),
            },
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
        matches!(self, Self::Utf16 | Self::Utf32Le | Self::Utf32Be)
            || self == Self::Web(UTF_16LE)
            || self == Self::Web(UTF_16BE)
    }

    /// Are ASCII letters of a text in it something else to who does not know it?
    pub(crate) fn is_shifted(self) -> bool {
        match self {
            Self::Utf7 | Self::Hz | Self::Iso2022Jp | Self::Iso2022Kr | Self::Iso2022Cn | Self::Ebcdic(_) => true,
            Self::Web(encoding) => encoding == ISO_2022_JP,
            Self::Utf16 | Self::Utf32Le | Self::Utf32Be => false,
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
