//! Bytes to text by charset, and links in running text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use linkify::{LinkFinder, LinkKind as Found};

/// Bytes looked at for the shape of UTF-16 and for a charset that a page declares.
const HEAD_BYTES: usize = 1024;

/// Text in the declared charset; a byte order mark outweighs it; without either by its looks. Never fails.
pub(crate) fn decode<'a>(bytes: &'a [u8], charset: &str) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
    }
    let declared = Encoding::for_label_no_replacement(charset.as_bytes());
    let encoding = declared.or_else(|| guess_utf16(bytes));
    match encoding {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
        None => decode_undeclared(bytes),
    }
}

/// As [`decode`], but a page may declare its charset itself.
pub(crate) fn decode_page<'a>(bytes: &'a [u8], charset: &str) -> Cow<'a, str> {
    let declared = if charset.is_empty() { declared_in_page(bytes).unwrap_or_default() } else { charset.to_owned() };
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

/// ASCII in UTF-16 has a NUL in every second byte.
fn guess_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let nuls = |skip: usize| head.iter().skip(skip).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let most = head.len().checked_div(4).unwrap_or(0);
    if head.len() < 4 {
        None
    } else if odd > most && even == 0 {
        Some(UTF_16LE)
    } else if even > most && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn declared_in_page(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let (_, value) = head.split_once("charset=")?;
    let value = value.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(value.len());
    let label = value.get(..end)?.to_owned();
    // A page whose declaration can be read is not UTF-16, whatever it says (WHATWG HTML 13.2.3.2).
    (!label.starts_with("utf-16")).then_some(label)
}

/// Targets of the links in a text: with a scheme, or as people write them (`www.`, or a host and a path).
pub(crate) fn links(text: &str) -> impl Iterator<Item = &str> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[Found::Url]).url_must_have_scheme(false);
    // No link without one of these: most texts are done with here.
    let can_have = text.contains('/') || text.contains("www.") || text.contains("WWW.");
    let text = if can_have { text } else { "" };
    let found: Vec<_> = finder.links(text).map(|link| link.as_str()).filter(|link| is_written_link(link)).collect();
    found.into_iter()
}

fn is_written_link(link: &str) -> bool {
    if link.contains("://") || link.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
        return true;
    }
    let Some((host, _)) = link.split_once('/') else { return false };
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && top.len() >= 2 && top.chars().all(char::is_alphabetic)
}

/// Appends a text with each run of white space folded to one space; line feeds that stand alone in `piece` are kept by
/// [`break_line`] only.
pub(crate) fn push_folded(to: &mut String, piece: &str) {
    for character in piece.chars() {
        if !character.is_whitespace() {
            to.push(character);
        } else if !to.is_empty() && !to.ends_with([' ', '\n']) {
            to.push(' ');
        }
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
