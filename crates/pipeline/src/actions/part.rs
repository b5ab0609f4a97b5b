//! One part of a message in another form: its body, and the fields that say how to read it. All other fields stay.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use mail::edit::{Edit, prepend_fields};
use mail::message::Message;
use mail::part::Part;

/// Characters of a line of base64 (RFC 2045 6.8).
const BASE64_LINE_CHARS: usize = 76;
/// Fields that speak of the body as it was.
const OF_BODY: [&str; 3] = ["content-transfer-encoding", "content-md5", "content-length"];
/// Fields that say what it is and how it is called.
const OF_KIND: [&str; 2] = ["content-type", "content-disposition"];

/// What a part is to be.
pub(super) struct Replacement<'a> {
    pub(super) content: &'a [u8],
    /// Its type and disposition, whole fields with their line ends; none: those that it has.
    pub(super) kind: Option<String>,
}

/// The edits. `part` is one of the message's.
pub(super) fn replace(message: &Message, part: &Part, with: &Replacement<'_>) -> Vec<Edit> {
    let raw = message.raw();
    let is_root = part.whole.start == 0;
    let mut fields = with.kind.clone().unwrap_or_default();
    fields.push_str("Content-Transfer-Encoding: base64\r\n");
    if part.body.start == part.whole.start {
        // It has not even the empty line that ends a header.
        fields.push_str("\r\n");
    }
    let goes = |name: &str| OF_BODY.contains(&name) || (with.kind.is_some() && OF_KIND.contains(&name));
    let gone = part.header.fields(raw).filter(|field| goes(&field.name().to_ascii_lowercase()));
    let mut gone: Vec<_> = gone.map(|field| field.whole()).collect();
    gone.sort_by_key(|range| range.start);
    let top = if is_root { prepend_fields(message, &[]).range.start } else { part.whole.start };
    let at = gone.first().map_or(top, |range| range.start);
    let mut edits = vec![Edit { range: at..at, replacement: Bytes::from(fields) }];
    edits.extend(gone.into_iter().map(|range| Edit { range, replacement: Bytes::new() }));
    edits.push(Edit { range: part.body.clone(), replacement: encoded(with.content, is_root) });
    edits
}

// The line end before the next delimiter belongs to that.
fn encoded(content: &[u8], is_root: bool) -> Bytes {
    let text = STANDARD.encode(content);
    let mut out = Vec::with_capacity(text.len().saturating_add(text.len() / 32));
    for (number, line) in text.as_bytes().chunks(BASE64_LINE_CHARS).enumerate() {
        if number > 0 {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(line);
    }
    if is_root {
        out.extend_from_slice(b"\r\n");
    }
    Bytes::from(out)
}

/// A type and disposition field for a file of this name.
pub(super) fn fields(media_type: &str, disposition: &str, name: &str) -> String {
    let mut text = format!("Content-Type: {media_type}");
    push_name("name", name, &mut text);
    text.push_str(&format!("\r\nContent-Disposition: {disposition}"));
    push_name("filename", name, &mut text);
    text.push_str("\r\n");
    text
}

// In quotes if every reader takes what stands there in the same way, else by RFC 2231.
fn push_name(parameter: &str, name: &str, text: &mut String) {
    if name.is_empty() {
        return;
    }
    let is_plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | ';' | '(' | ')' | '%' | '\'');
    if name.chars().all(is_plain) && !name.contains("=?") {
        text.push_str(&format!(";\r\n {parameter}=\"{name}\""));
        return;
    }
    text.push_str(&format!(";\r\n {parameter}*=utf-8''"));
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}
