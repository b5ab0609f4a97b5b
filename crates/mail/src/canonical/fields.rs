//! Fields in canonical form: those that are kept, and those of MIME that are written anew.

use crate::header::Header;
use crate::lines::line_at;
use crate::media_type::{MediaType, is_token};

/// Fields that are written anew.
const WRITTEN: [&str; 4] = ["mime-version", "content-type", "content-transfer-encoding", "content-disposition"];

/// What the fields of MIME say.
pub(super) struct Described<'a> {
    pub(super) media_type: &'a MediaType,
    pub(super) boundary: Option<&'a str>,
    /// Nothing for what has none.
    pub(super) encoding: &'a str,
}

/// The fields that are not of MIME, in order. What readers could take in two ways in them is taken away: NUL, lone CR, lone
/// LF, lines of blanks, blanks before the first name.
pub(super) fn kept(header: &Header, raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in header.fields(raw) {
        if WRITTEN.iter().any(|name| field.is(name)) {
            continue;
        }
        // Nothing before the name and nothing behind it.
        let value = raw.get(field.value_range().start..field.whole().end).unwrap_or_default();
        let whole = [field.name().as_bytes(), b":", value].concat();
        let mut at = 0;
        while let Some(line) = line_at(&whole, at) {
            let text = whole.get(line.start..line.end).unwrap_or_default();
            if !text.trim_ascii().is_empty() {
                let text = without_last_cr(text);
                out.extend(
                    text.iter().filter(|byte| **byte != 0).map(|byte| if *byte == b'\r' { b' ' } else { *byte }),
                );
                out.extend_from_slice(b"\r\n");
            }
            at = line.next;
        }
    }
    out
}

// A CR more before the line end says nothing.
fn without_last_cr(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last.saturating_add(1));
    text.get(..end).unwrap_or_default()
}

/// Content-Type and Content-Transfer-Encoding.
pub(super) fn write(described: &Described<'_>, out: &mut Vec<u8>) {
    let media_type = described.media_type;
    let mut text = format!("Content-Type: {}", media_type.essence());
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in &media_type.parameters {
        // Some programs take whatever ends with the word for a boundary.
        let is_other = !name.contains("boundary") && !matches!(name.as_str(), "name" | "filename");
        if is_other && !seen.contains(&name.as_str()) && is_token(name.as_bytes()) && !name.contains(['*', '\'', '%']) {
            seen.push(name);
            push_parameter(name, value, &mut text);
        }
    }
    if let Some(boundary) = described.boundary {
        push_parameter("boundary", boundary, &mut text);
    }
    text.push_str("\r\n");
    if !described.encoding.is_empty() {
        text.push_str(&format!("Content-Transfer-Encoding: {}\r\n", described.encoding));
    }
    out.extend_from_slice(text.as_bytes());
}

/// Content-Disposition, where there is a name or something was said. What has a name and nothing said is attached.
pub(super) fn write_disposition(disposition: &str, name: Option<&str>, out: &mut Vec<u8>) {
    let word = match (disposition, name) {
        ("", None) => return,
        ("inline", _) => "inline",
        _ => "attachment",
    };
    let mut text = format!("Content-Disposition: {word}");
    if let Some(name) = name {
        push_parameter("filename", name, &mut text);
    }
    text.push_str("\r\n");
    out.extend_from_slice(text.as_bytes());
}

// In quotes if every reader takes what stands there in the same way, else by RFC 2231.
fn push_parameter(name: &str, value: &str, text: &mut String) {
    let is_plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | ';' | '(' | ')' | '%' | '\'');
    let is_taken_apart = value.contains("=?") || value.to_ascii_lowercase().contains("boundary");
    if value.chars().all(is_plain) && !is_taken_apart {
        text.push_str(&format!(";\r\n {name}=\"{value}\""));
        return;
    }
    text.push_str(&format!(";\r\n {name}*=utf-8''"));
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}
