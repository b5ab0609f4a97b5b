//! Numbers and strings at places in binary formats: none where the bytes end before.

use encoding_rs::{Encoding, UTF_16LE, WINDOWS_1252};

pub(crate) fn u8_at(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|field| u16::from_le_bytes(*field))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|field| u32::from_le_bytes(*field))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|field| u64::from_le_bytes(*field))
}

/// A 32-bit size or place as a number of this machine.
pub(crate) fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// So many bytes from a place on; fewer where there are fewer.
pub(crate) fn slice(bytes: &[u8], at: usize, size: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.get(..size).unwrap_or(rest)
}

/// UTF-16, little end first.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-16, or its low bytes alone: Latin-1.
pub(crate) fn utf16_or_latin(bytes: &[u8], is_wide: bool) -> String {
    if is_wide { utf16(bytes) } else { bytes.iter().map(|byte| char::from(*byte)).collect() }
}

/// Text up to its NUL, in a code page.
pub(crate) fn until_nul(bytes: &[u8], page: &'static Encoding) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    page.decode_without_bom_handling(bytes.get(..end).unwrap_or_default()).0.into_owned()
}

/// UTF-16 up to its NUL.
pub(crate) fn utf16_until_nul(bytes: &[u8]) -> String {
    let end = bytes.chunks_exact(2).position(|pair| pair == [0, 0]).map_or(bytes.len(), |at| at.saturating_mul(2));
    utf16(bytes.get(..end).unwrap_or_default())
}

/// The encoding of a Windows code page; the Western one where it is not known.
pub(crate) fn code_page(number: u32) -> &'static Encoding {
    let label = match number {
        65001 => "utf-8".to_owned(),
        1200 => "utf-16le".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        866 => "ibm866".to_owned(),
        874 => "windows-874".to_owned(),
        10000 => "macintosh".to_owned(),
        10007 => "x-mac-cyrillic".to_owned(),
        20866 => "koi8-r".to_owned(),
        21866 => "koi8-u".to_owned(),
        28592..=28606 => format!("iso-8859-{}", number.saturating_sub(28590)),
        51932 => "euc-jp".to_owned(),
        54936 => "gb18030".to_owned(),
        number => format!("windows-{number}"),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

/// A number in 30 bits (MS-XLS 2.5.217, MS-XLSB 2.5.122).
pub(crate) fn packed(value: u32) -> String {
    let number = match value & 2 {
        0 => f64::from_bits(u64::from(value & 0xffff_fffc).rotate_left(32)),
        _ => f64::from(i32::from_le_bytes(value.to_le_bytes()) >> 2),
    };
    let number = if value & 1 != 0 { number / 100.0 } else { number };
    number.to_string()
}
