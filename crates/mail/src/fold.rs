//! Header fields of our own: folded (RFC 5322 2.2.3), encoded where they are not ASCII (RFC 2047), and never more than the
//! one field that was meant, whatever the value holds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Characters of a line before it is folded (RFC 5322 2.1.1).
const LINE_CHARS: usize = 78;
/// Bytes of a word before it is broken: a line may have 998.
const WORD_BYTES_MAX: usize = 900;
/// Bytes of text in one encoded word: 45 are 60 characters of base64, with `=?UTF-8?B?` and `?=` 72 of the 75 allowed.
const ENCODED_TEXT_BYTES: usize = 45;

/// A whole field with CRLF. Control characters in the value become spaces, a name gets hyphens for what a name cannot have.
#[must_use]
pub fn fold_field(name: &str, value: &str) -> String {
    let mut field: String = name.chars().map(|c| if is_name_char(c) { c } else { '-' }).collect();
    if field.is_empty() {
        field.push('X');
    }
    field.push(':');
    let mut length = field.len();
    for word in words(value) {
        let is_too_long = length.saturating_add(1).saturating_add(word.len()) > LINE_CHARS;
        // A line of white space alone would end the header for some readers.
        if is_too_long && !word.is_empty() && length > 1 && !field.ends_with(' ') {
            field.push_str("\r\n");
            length = 0;
        }
        field.push(' ');
        field.push_str(&word);
        length = length.saturating_add(1).saturating_add(word.len());
    }
    field.push_str("\r\n");
    field
}

/// The value of an unstructured field on one line, encoded where it must be.
#[must_use]
pub(crate) fn encode_value(value: &str) -> String {
    words(value).join(" ")
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_graphic() && c != ':'
}

// What could end a line or turn the direction of a text for some reader.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

// The words between which a line may be folded. Neighbours that need encoding are encoded together, since white space
// between two encoded words is not shown (RFC 2047 6.2).
fn words(value: &str) -> Vec<String> {
    let clean: String = value.chars().map(|c| if is_harmful(c) { ' ' } else { c }).collect();
    let mut words = Vec::new();
    let mut encoded: Vec<&str> = Vec::new();
    for word in clean.trim_matches(' ').split(' ') {
        // An empty word is the second of two spaces: between encoded words it has to be encoded.
        if word.is_empty() && !encoded.is_empty() {
            encoded.push(word);
        } else if word.is_ascii() && !word.contains("=?") {
            flush(&mut encoded, &mut words);
            words.extend(broken(word, WORD_BYTES_MAX).map(str::to_owned));
        } else {
            encoded.push(word);
        }
    }
    flush(&mut encoded, &mut words);
    words
}

fn flush(encoded: &mut Vec<&str>, words: &mut Vec<String>) {
    if encoded.is_empty() {
        return;
    }
    let text = std::mem::take(encoded).join(" ");
    words.extend(broken(&text, ENCODED_TEXT_BYTES).map(|piece| format!("=?UTF-8?B?{}?=", STANDARD.encode(piece))));
}

// Pieces of at most so many bytes, at least one, cut between characters.
fn broken(text: &str, bytes_max: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let mut cut = text.floor_char_boundary(bytes_max);
        if cut == 0 {
            cut = text.len();
        }
        let (piece, behind) = text.split_at_checked(cut).unwrap_or((text, ""));
        rest = (!behind.is_empty()).then_some(behind);
        Some(piece)
    })
}

#[cfg(test)]
mod tests;
