//! Phrases looked for in the text of a message, many in one pass, in every reading of it: what is seen, what other programs
//! would see, and what is hidden (one program's hidden text is another's page). Text is folded first (case, white space,
//! invisible characters), so that a line break or a zero-width space inside a phrase hides nothing.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use mail::links;
use scan::Scan;
use scan::content::Item;

/// Bytes of one text, folded, that phrases are looked for in. A lure that stands further down is not read either.
const ITEM_TEXT_BYTES_MAX: usize = 8 * 1024;
/// Bytes of text of one message, folded, all items together; what is shown with the message comes first.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// A list of phrases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// Words that ask to sign in, to confirm or to pay at once.
    CredentialLures,
    /// Words of advance-fee fraud.
    AdvanceFee,
    /// Words of unwanted offers.
    Offers,
}

/// All lists, compiled together: a text is gone through once, however many ask.
#[derive(Debug)]
pub(crate) struct Phrases {
    phrases: Vec<Phrase>,
    automaton: AhoCorasick,
}

#[derive(Debug)]
struct Phrase {
    text: String,
    lists: Vec<List>,
}

/// The different phrases of one message, in the order in which they first stand, by their number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PhrasesFound(Vec<usize>);

impl Phrases {
    pub(crate) fn compile<'a>(all: impl Iterator<Item = (List, &'a str)>) -> Result<Self, BuildError> {
        let mut lists: BTreeMap<String, Vec<List>> = BTreeMap::new();
        for (list, phrase) in all {
            lists.entry(folded(phrase)).or_default().push(list);
        }
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(lists.keys())?;
        let phrases = lists.into_iter().map(|(text, lists)| Phrase { text, lists }).collect();
        Ok(Self { phrases, automaton })
    }

    /// The phrases in subject and text.
    pub(crate) fn find(&self, scan: &Scan) -> PhrasesFound {
        let mut text = String::new();
        fold(&scan.message.subject(), ITEM_TEXT_BYTES_MAX, &mut text);
        let items = &scan.content.items;
        let in_order = items.iter().filter(|item| item.inline).chain(items.iter().filter(|item| !item.inline));
        for reading in in_order.flat_map(Item::texts) {
            if text.len() > TEXT_BYTES_MAX {
                break;
            }
            text.push('\n');
            fold(reading, ITEM_TEXT_BYTES_MAX, &mut text);
        }
        self.find_in_folded(&text)
    }

    /// Those of a list.
    pub(crate) fn of(&self, list: List, found: &PhrasesFound) -> Vec<&str> {
        let phrases = found.0.iter().filter_map(|number| self.phrases.get(*number));
        phrases.filter(|phrase| phrase.lists.contains(&list)).map(|phrase| phrase.text.as_str()).collect()
    }

    fn find_in_folded(&self, text: &str) -> PhrasesFound {
        let bytes = text.as_bytes();
        let mut seen = vec![false; self.phrases.len()];
        let mut found = Vec::new();
        for hit in self.automaton.find_overlapping_iter(bytes) {
            let alone = !is_word_byte(hit.start().checked_sub(1).and_then(|before| bytes.get(before)))
                && !is_word_byte(bytes.get(hit.end()));
            let number = hit.pattern().as_usize();
            if let Some(seen) = seen.get_mut(number).filter(|seen| alone && !**seen) {
                *seen = true;
                found.push(number);
            }
        }
        PhrasesFound(found)
    }
}

fn is_word_byte(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_alphanumeric)
}

fn folded(text: &str) -> String {
    let mut out = String::new();
    fold(text, usize::MAX, &mut out);
    out
}

// Lower case, runs of white space become one space, invisible characters go, typographic apostrophes become plain. Stops after
// the character that brings what is added to `most` bytes: characters that are not seen push nothing out of sight.
fn fold(text: &str, most: usize, out: &mut String) {
    out.reserve(text.len().min(most));
    let end = out.len().saturating_add(most);
    let (mut rest, mut blank) = (text, false);
    while out.len() < end {
        // Most text is such words; they are taken together.
        let (plain, behind) = rest.split_at(plain_bytes(rest, blank).min(end.saturating_sub(out.len())));
        let from = out.len();
        out.push_str(plain);
        out.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
        blank = plain.bytes().last().map_or(blank, |last| last == b' ');
        let mut chars = behind.chars();
        let Some(c) = chars.next().filter(|_| out.len() < end) else { return };
        rest = chars.as_str();
        if c.is_whitespace() {
            if !blank {
                out.push(' ');
            }
            blank = true;
        } else if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
            blank = false;
        } else if !links::is_invisible(c) {
            out.extend(if c == '\u{2019}' { '\'' } else { c }.to_lowercase());
            blank = false;
        }
    }
}

// How many bytes stay as they are, but for their case: visible ASCII with single spaces between.
fn plain_bytes(text: &str, mut blank: bool) -> usize {
    let ends = |byte: u8| {
        let is_second_blank = blank;
        blank = byte == b' ';
        !byte.is_ascii_graphic() && (!blank || is_second_blank)
    };
    text.bytes().position(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
