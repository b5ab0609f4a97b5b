//! Texts whose kind shows only in how they begin: calendars, cards, messages, signed and encrypted blocks. A program takes them
//! for what they are under any name.

use crate::formats::{calendar, card, message, pgp, signed, table};
use crate::unpack::{File, Walk};

/// Bytes at the start that are looked at.
const HEAD_BYTES: usize = 256;

/// Reads a text as what it begins as.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    // What has text or children by now was read under its name.
    let item = walk.content.items.get(file.at);
    if item.is_none_or(|item| !item.text.is_empty()) || walk.content.items.len() > file.at.saturating_add(1) {
        return;
    }
    let head = file.bytes.get(..HEAD_BYTES).unwrap_or(file.bytes);
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let starts = |with: &[u8]| start.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    let is_shown =
        walk.content.items.get(file.at).is_some_and(|item| item.inline && item.declared.starts_with("text/"));
    if is_shown {
        // Everybody shows it as the text that it is, whatever it begins with or quotes.
    } else if starts(b"BEGIN:VCALENDAR") && walk.kind(file.at) != "ics" {
        calendar::open(walk, file);
    } else if starts(b"BEGIN:VCARD") && walk.kind(file.at) != "vcard" {
        card::open(walk, file);
    } else if starts(b"-----BEGIN PKCS7") || starts(b"-----BEGIN CMS") {
        signed::open(walk, file);
    } else if starts(b"ID;P") && walk.kind(file.at) != "slk" {
        table::open_sylk(walk, file);
    } else if message::is_message(file.bytes) {
        message::open(walk, file);
    }
    pgp::open_text(walk, file);
}
