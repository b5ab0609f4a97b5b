//! Kinds of texts, by how they begin.

use std::borrow::Cow;

use crate::sniff::HEAD_BYTES;
use crate::text;

/// Of a text, the share of control characters from which it is none: one in so many.
const CONTROLS_ONE_IN: usize = 32;
/// Lines at the start of a text among which a section or a setting is looked for.
const LINES: usize = 24;

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

/// What stands in the start of an XML file of a kind that programs act on, in lower case, and its word.
pub(super) const XML: [(&str, &str); 11] = [
    ("<svg", "svg"),
    ("<html", "xhtml"),
    ("<mmc_consolefile", "msc"),
    ("<jnlp", "jnlp"),
    ("<scriptlet", "sct"),
    ("<job", "wsf"),
    ("<pcsettings", "settingcontent-ms"),
    ("<librarydescription", "library-ms"),
    ("<persistedquery", "search-ms"),
    ("<searchconnectordescription", "search-ms"),
    ("asm.v1", "application"),
];

/// A line of a settings file, in lower case, and the word of its kind.
pub(super) const SETTINGS: [(&str, &str); 10] = [
    ("[internetshortcut", "url"),
    ("[{000214a0-0000-0000-c000-000000000046}", "url"),
    ("[shell]", "scf"),
    ("[autorun", "inf"),
    ("[theme]", "theme"),
    ("full address:s:", "rdp"),
    ("alternate full address:s:", "rdp"),
    ("remoteapplicationprogram:s:", "rdp"),
    ("screen mode id:i:", "rdp"),
    ("signature=\"$", "inf"),
];

/// The start as text, if it is one.
pub(super) fn head(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let text = text::decode(head, "");
    // Bytes over 0x7f may be half of a letter: which ones stand there says nothing.
    let is_control = |byte: u8| byte.is_ascii_control() & !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c | 0x1b);
    let controls: usize = text.bytes().map(|byte| usize::from(is_control(byte))).sum();
    let most = head.len().checked_div(CONTROLS_ONE_IN).unwrap_or(0);
    (controls <= most && memchr::memchr(0, text.as_bytes()).is_none()).then_some(text)
}

/// A page in front of bytes that are no text: a browser shows it all the same.
pub(super) fn page_in_front(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let end = head
        .iter()
        .position(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c))
        .unwrap_or(head.len());
    let front = String::from_utf8_lossy(head.get(..end).unwrap_or_default());
    Some(kind(&front)).filter(|kind| matches!(*kind, "html" | "xhtml" | "svg" | "hta"))
}

/// What kind of text it is.
pub(super) fn kind(text: &str) -> &'static str {
    let mut start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\x0c']);
    if start.starts_with("#!") {
        return "script";
    }
    if start.starts_with("%PDF-") {
        return "pdf";
    }
    if start.starts_with("%FDF-") {
        return "fdf";
    }
    let declared_xml = start.starts_with("<?xml");
    // Comments, declarations and processing instructions are passed over, each once: the head is short.
    while let Some(rest) = start.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")) {
        start = rest.1.trim_start();
    }
    if declared_xml {
        let lower = start.to_ascii_lowercase();
        return XML.iter().find(|(tag, _)| lower.contains(tag)).map_or("xml", |(_, word)| word);
    }
    if let Some(tag) = start.strip_prefix('<') {
        if let Some(word) = tagged(tag, start) {
            return word;
        }
    } else if let Some(word) = settings(start) {
        return word;
    }
    if text.contains("%PDF-") { "pdf" } else { "text" }
}

fn tagged(tag: &str, start: &str) -> Option<&'static str> {
    let tag: String = tag.chars().take(32).collect::<String>().to_ascii_lowercase();
    let lower = || start.to_ascii_lowercase();
    if tag.starts_with("svg") || tag.starts_with("!doctype svg") {
        return Some("svg");
    }
    let acting = XML.iter().skip(2).find(|(own, _)| {
        let name = own.trim_start_matches('<');
        let rest = tag.strip_prefix(name);
        own.starts_with('<') && rest.is_some_and(|rest| rest.starts_with([' ', '>', '\r', '\n', '\t', '/']))
    });
    if let Some((_, word)) = acting {
        return Some(word);
    }
    if tag.starts_with("package") && lower().contains("<job") {
        return Some("wsf");
    }
    let is_page = PAGE_TAGS.iter().any(|name| {
        tag.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
    });
    if tag.starts_with("hta:application") || (is_page && lower().contains("<hta:application")) {
        return Some("hta");
    }
    is_page.then_some("html")
}

/// Settings files that a double click acts on.
fn settings(start: &str) -> Option<&'static str> {
    if start.starts_with("REGEDIT4") || start.starts_with("Windows Registry Editor") {
        return Some("reg");
    }
    if start.starts_with("ID;P") {
        return Some("slk");
    }
    let mut lines = start.lines();
    if start.starts_with("WEB") && lines.next() == Some("WEB") && lines.next() == Some("1") {
        return Some("iqy");
    }
    let is_like = start.starts_with(['[', ';'])
        || start.lines().next().is_some_and(|line| line.contains(":s:") || line.contains(":i:"));
    if !is_like {
        return None;
    }
    let lines = start.lines().take(LINES).map(|line| line.trim().to_ascii_lowercase().replace(" = ", "="));
    lines.filter_map(|line| SETTINGS.iter().find(|(own, _)| line.starts_with(own)).map(|(_, word)| *word)).next()
}
