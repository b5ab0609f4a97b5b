//! What something truly is, by its first bytes: short words that detectors and policy use. Names and declared types have no say.

use std::borrow::Cow;

use crate::text;

/// Bytes at the start that are looked at.
const HEAD_BYTES: usize = 1024;
/// Of a text, the share of control characters from which it is none: one in so many.
const CONTROLS_ONE_IN: usize = 32;

/// Offset, magic bytes, word. The first match wins.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"PK\x07\x08", "zip"),
    (0, b"%PDF-", "pdf"),
    (0, b"\x7fELF", "elf"),
    (0, b"\xfe\xed\xfa\xce", "macho"),
    (0, b"\xfe\xed\xfa\xcf", "macho"),
    (0, b"\xce\xfa\xed\xfe", "macho"),
    (0, b"\xcf\xfa\xed\xfe", "macho"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b", "gz"),
    (0, b"BZh", "bz2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x1f\x9d", "z"),
    (0, b"LZIP", "lz"),
    (0, b"MSCF", "cab"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"{\\rt", "rtf"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"BM", "bmp"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"),
    (0x8001, b"CD001", "iso"),
    (0x8801, b"CD001", "iso"),
    (257, b"ustar", "tar"),
    (0, b"\x60\xea", "arj"),
    (2, b"-lh", "lha"),
    (7, b"**ACE**", "ace"),
    (0, b"MSWIM\x00\x00\x00", "wim"),
    (0, b"vhdxfile", "vhdx"),
    (0, b"conectix", "vhd"),
    (0, b"ITSF", "chm"),
    (0, b"dex\n", "dex"),
    (0, b"!<arch>\ndebian", "deb"),
    (0, b"\xed\xab\xee\xdb", "rpm"),
    (0, b"xar!", "xar"),
    (0, b"\x00asm", "wasm"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "onenote"),
    (0, b"!BDN", "pst"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (0, b"fLaC", "flac"),
    (4, b"ftyp", "mp4"),
    (0, b"wOFF", "font"),
    (0, b"wOF2", "font"),
    (0, b"\x00\x01\x00\x00\x00", "font"),
    (0, b"-----BEGIN PGP MESSAGE", "pgp"),
    (0, b"SQLite format 3\x00", "sqlite"),
];

/// Kinds that hold other files and that we cannot open.
const CLOSED_CONTAINERS: [&str; 18] = [
    "rar", "7z", "gz", "bz2", "xz", "zstd", "z", "lz", "cab", "iso", "tar", "arj", "lha", "ace", "wim", "vhd", "vhdx",
    "xar",
];

/// Tags that a page begins with, in lower case.
const PAGE_TAGS: [&str; 21] = [
    "!doctype html",
    "html",
    "head",
    "body",
    "script",
    "iframe",
    "meta",
    "title",
    "style",
    "table",
    "div",
    "span",
    "font",
    "form",
    "center",
    "h1",
    "p",
    "br",
    "a",
    "b",
    "img",
];

/// What the bytes are: a word of the table, `exe`, `class`, `html`, `xhtml`, `svg`, `xml`, `script`, `text`, `empty` or `unknown`.
#[must_use]
pub fn sniff(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "empty";
    }
    if bytes.starts_with(b"MZ") {
        return "exe";
    }
    if let Some(word) = universal(bytes) {
        return word;
    }
    let magic = MAGIC.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    match magic {
        // Two letters are also how a text may begin.
        Some((_, _, "bmp")) if written(bytes).is_some() => {}
        Some((_, _, word)) => return word,
        None => {}
    }
    match written(bytes) {
        Some(text) => written_kind(&text),
        None if holds_pdf(bytes) => "pdf",
        None => "unknown",
    }
}

/// Does it hold other files, in a form that we cannot open?
#[must_use]
pub fn is_closed_container(kind: &str) -> bool {
    CLOSED_CONTAINERS.contains(&kind)
}

/// The magic that Java classes and universal Mach-O files share; the count that follows is small in the latter.
fn universal(bytes: &[u8]) -> Option<&'static str> {
    let rest = bytes.strip_prefix(b"\xca\xfe\xba\xbe")?;
    let count = rest.first_chunk::<4>().map_or(0, |count| u32::from_be_bytes(*count));
    Some(if count < 20 { "macho" } else { "class" })
}

/// Readers of PDF look for its header in the first 1,024 bytes.
fn holds_pdf(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes.get(..HEAD_BYTES).unwrap_or(bytes), b"%PDF-").is_some()
}

/// The start as text, if it is one.
fn written(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let text = text::decode(head, "");
    let controls =
        text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\x0c' | '\x1b')).count();
    let most = head.len().checked_div(CONTROLS_ONE_IN).unwrap_or(0);
    (controls <= most && !text.contains('\0')).then_some(text)
}

fn written_kind(text: &str) -> &'static str {
    let mut start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\x0c']);
    if start.starts_with("#!") {
        return "script";
    }
    if start.starts_with("%PDF-") {
        return "pdf";
    }
    let declared_xml = start.starts_with("<?xml");
    // Comments, declarations and processing instructions are passed over, each once: the head is short.
    while let Some(rest) = start.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")) {
        start = rest.1.trim_start();
    }
    if declared_xml {
        let lower = start.to_ascii_lowercase();
        return if lower.contains("<svg") {
            "svg"
        } else if lower.contains("<html") {
            "xhtml"
        } else {
            "xml"
        };
    }
    let Some(tag) = start.strip_prefix('<') else { return if text.contains("%PDF-") { "pdf" } else { "text" } };
    let tag: String = tag.chars().take(32).collect::<String>().to_ascii_lowercase();
    if tag.starts_with("svg") || tag.starts_with("!doctype svg") {
        return "svg";
    }
    let is_page = PAGE_TAGS.iter().any(|name| {
        tag.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
    });
    if is_page { "html" } else { "text" }
}

#[cfg(test)]
mod tests;
