//! Charsets by the names that mail gives them: those of the WHATWG's Encoding standard, and those that mail knows besides: UTF-7
//! (RFC 2152), UTF-32, HZ (RFC 1843), ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922), EBCDIC. How their bytes are read is not said here.

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, UTF_8, UTF_16BE};

use super::ebcdic;

/// A charset by what its name says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Charset {
    /// One that browsers know.
    Web(&'static Encoding),
    /// UTF-16 in an order that the name does not say: a mark does, or else programs differ (RFC 2781 4.3).
    Utf16,
    /// ISO-2022-JP (RFC 1468).
    Iso2022Jp,
    /// UTF-7.
    Utf7,
    /// UTF-32 in little order.
    Utf32Le,
    /// UTF-32 in big order, or in one that the name does not say.
    Utf32Be,
    /// HZ.
    Hz,
    /// ISO-2022-KR.
    Iso2022Kr,
    /// ISO-2022-CN.
    Iso2022Cn,
    /// EBCDIC, by the number of its page.
    Ebcdic(u16),
}

/// What a label says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Named {
    /// Nothing: there is none, or it says that nothing is known (RFC 1428).
    Nothing,
    /// A name that nobody has.
    Unknown,
    /// This charset.
    Known(Charset),
}

/// Names that are used, and that the Encoding standard does not have or reads as something that hides all or says too much.
const MORE: [(&str, Charset); 38] = [
    ("utf-7", Charset::Utf7),
    ("utf7", Charset::Utf7),
    ("csutf7", Charset::Utf7),
    ("unicode-1-1-utf-7", Charset::Utf7),
    ("csunicode11utf7", Charset::Utf7),
    ("x-unicode-2-0-utf-7", Charset::Utf7),
    ("cp65000", Charset::Utf7),
    ("utf-16", Charset::Utf16),
    ("utf16", Charset::Utf16),
    ("csutf16", Charset::Utf16),
    ("ucs-2", Charset::Utf16),
    ("ucs2", Charset::Utf16),
    ("iso-10646-ucs-2", Charset::Utf16),
    ("csunicode", Charset::Utf16),
    ("unicode", Charset::Utf16),
    ("utf-16be", Charset::Web(UTF_16BE)),
    ("utf-32", Charset::Utf32Be),
    ("utf-32be", Charset::Utf32Be),
    ("utf-32le", Charset::Utf32Le),
    ("ucs-4", Charset::Utf32Be),
    ("ucs-4le", Charset::Utf32Le),
    ("iso-10646-ucs-4", Charset::Utf32Be),
    ("iso-2022-jp", Charset::Iso2022Jp),
    ("csiso2022jp", Charset::Iso2022Jp),
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
    ("utf8mb4", Charset::Web(UTF_8)),
    ("cp65001", Charset::Web(UTF_8)),
    ("utf", Charset::Web(UTF_8)),
    ("utf-8-sig", Charset::Web(UTF_8)),
];

/// Labels that say nothing.
const VAGUE: [&str; 9] =
    ["unknown-8bit", "x-unknown", "unknown", "default", "default_charset", "x-user-defined", "binary", "8bit", "none"];

/// What a label says; its case, quotes and white space around it do not matter, and a low line is a hyphen.
#[must_use]
pub fn named(label: &str) -> Named {
    let label = label.trim_matches(['"', '\'', ' ', '\t', '\r', '\n', ';']);
    let lower = label.to_ascii_lowercase();
    if lower.is_empty() || VAGUE.contains(&lower.as_str()) {
        return Named::Nothing;
    }
    let found = known(&lower).or_else(|| known(&lower.replace('_', "-")));
    found.map_or(Named::Unknown, Named::Known)
}

fn known(name: &str) -> Option<Charset> {
    if let Some((_, charset)) = MORE.iter().find(|(own, _)| *own == name) {
        return Some(*charset);
    }
    let by_standard = || Encoding::for_label_no_replacement(name.as_bytes()).map(Charset::Web);
    ebcdic::page(name).map(Charset::Ebcdic).or_else(by_standard)
}
