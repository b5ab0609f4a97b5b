//! Phrases looked for in visible text, many in one pass. Text is folded first (case, white space, invisible characters), so
//! that a line break or a zero-width space inside a phrase hides nothing.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use scan::Scan;

/// Bytes of one item's visible text that phrases are looked for in. A lure that stands further down is not read either.
const ITEM_TEXT_BYTES_MAX: usize = 8 * 1024;
/// Bytes of text of one message, all items together.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// A compiled list of phrases.
#[derive(Debug)]
pub(crate) struct Phrases {
    phrases: Vec<String>,
    automaton: AhoCorasick,
}

impl Phrases {
    pub(crate) fn compile<'a>(list: impl Iterator<Item = &'a str>) -> Result<Self, BuildError> {
        let mut phrases: Vec<String> = list.map(folded).collect();
        phrases.sort();
        phrases.dedup();
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&phrases)?;
        Ok(Self { phrases, automaton })
    }

    /// The different phrases in subject and visible text, in the order in which they first stand.
    pub(crate) fn found_in(&self, scan: &Scan) -> Vec<&str> {
        let mut text = String::new();
        fold(head(&scan.message.subject(), ITEM_TEXT_BYTES_MAX), &mut text);
        for item in scan.content.items.iter().filter(|item| !item.text.is_empty()) {
            if text.len() > TEXT_BYTES_MAX {
                break;
            }
            text.push('\n');
            fold(head(&item.text, ITEM_TEXT_BYTES_MAX), &mut text);
        }
        self.found_in_folded(&text)
    }

    fn found_in_folded(&self, text: &str) -> Vec<&str> {
        let bytes = text.as_bytes();
        let mut seen = vec![false; self.phrases.len()];
        let mut found = Vec::new();
        for hit in self.automaton.find_overlapping_iter(bytes) {
            let alone = !is_word_byte(hit.start().checked_sub(1).and_then(|before| bytes.get(before)))
                && !is_word_byte(bytes.get(hit.end()));
            let number = hit.pattern().as_usize();
            let (Some(seen), Some(phrase)) = (seen.get_mut(number), self.phrases.get(number)) else { continue };
            if alone && !*seen {
                *seen = true;
                found.push(phrase.as_str());
            }
        }
        found
    }
}

fn is_word_byte(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_alphanumeric)
}

// The longest beginning of at most `bytes` that ends between characters.
fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

fn folded(text: &str) -> String {
    let mut out = String::new();
    fold(text, &mut out);
    out
}

// Lower case, runs of white space become one space, invisible characters go, typographic apostrophes become plain.
fn fold(text: &str, out: &mut String) {
    out.reserve(text.len());
    let mut blank = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
            blank = false;
        } else if c.is_whitespace() {
            if !blank {
                out.push(' ');
            }
            blank = true;
        } else if c.is_ascii() {
            out.push(c);
            blank = false;
        } else if !is_invisible(c) {
            out.extend(if c == '\u{2019}' { '\'' } else { c }.to_lowercase());
            blank = false;
        }
    }
}

// Soft hyphen, zero-width characters and joiners, word joiner, byte order mark, combining grapheme joiner.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
