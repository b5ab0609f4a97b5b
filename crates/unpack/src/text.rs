//! Bytes to text by charset, and pieces of text put together.

pub(crate) mod charset;
mod ebcdic;
pub(crate) mod flowed;
mod readings;
mod shape;
mod utf7;

use std::borrow::Cow;

use encoding_rs::{UTF_8, WINDOWS_1252};

pub(crate) use crate::text::readings::{Readings, readings, shows_more};
use mail::links::find;

/// Bytes looked at for a charset that a page declares.
const HEAD_BYTES: usize = 1024;

/// Text in the declared charset; a byte order mark outweighs it, and so does the shape of UTF-16 and UTF-32; without any by its
/// looks. Never fails.
pub(crate) fn decode<'a>(bytes: &'a [u8], label: &str) -> Cow<'a, str> {
    readings::main(bytes, charset::named(label)).1
}

/// As [`decode`], but a page may declare its charset itself.
pub(crate) fn decode_page<'a>(bytes: &'a [u8], label: &str) -> Cow<'a, str> {
    let declared = if label.is_empty() { declared_in_page(bytes).unwrap_or_default() } else { label.to_owned() };
    decode(bytes, &declared)
}

fn decode_undeclared(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // Cut in the middle of a character, not another charset.
        Err(error) if error.error_len().is_none() => UTF_8.decode_without_bom_handling(bytes).0,
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn declared_in_page(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let in_meta = head.split_once("charset=").map(|(_, value)| value);
    // `<?xml version="1.0" encoding="…"?>`
    let in_xml = || head.split_once("<?xml").and_then(|(_, rest)| rest.split_once("encoding=")).map(|(_, value)| value);
    let value = in_meta.or_else(in_xml)?.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(value.len());
    let label = value.get(..end)?.to_owned();
    // A page whose declaration can be read is not UTF-16, whatever it says (WHATWG HTML 13.2.3.2).
    (!label.starts_with("utf-16") && !label.starts_with("utf-32") && !label.is_empty()).then_some(label)
}

/// Targets of the links in a text that stand there in one piece.
pub(crate) fn links(text: &str) -> impl Iterator<Item = &str> {
    find::links(text).into_iter().filter_map(|link| match link {
        Cow::Borrowed(link) => Some(link),
        Cow::Owned(_) => None,
    })
}

/// Appends a text with each run of white space folded to one space; line feeds that stand alone in `piece` are kept by
/// [`break_line`] only.
pub(crate) fn push_folded(to: &mut String, piece: &str) {
    let mut words = piece.split(char::is_whitespace);
    if let Some(first) = words.next() {
        to.push_str(first);
    }
    for word in words {
        if !to.is_empty() && !to.ends_with([' ', '\n']) {
            to.push(' ');
        }
        to.push_str(word);
    }
}

/// Ends a line, once.
pub(crate) fn break_line(to: &mut String) {
    if to.ends_with(' ') {
        to.pop();
    }
    if !to.is_empty() && !to.ends_with('\n') {
        to.push('\n');
    }
}

/// Cuts to so many bytes, between characters; true when something was cut.
pub(crate) fn cut(text: &mut String, most: usize) -> bool {
    let is_long = text.len() > most;
    if is_long {
        text.truncate(text.floor_char_boundary(most));
    }
    is_long
}

#[cfg(test)]
mod tests;
