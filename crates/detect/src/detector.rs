//! The whole interface of a detector is a value, not a trait.

use std::borrow::Cow;

use scan::Scan;
use scan::content::Item;
use scan::evidence::{Arg, Detail, Evidence, EvidenceId, Place, Strength, TextId};

use crate::knowledge::Knowledge;

/// A pattern and the function that looks for it.
#[derive(Clone, Debug)]
pub struct Detector {
    /// Name of the pattern: of its file, its corpus folder, its row of weights and its text.
    pub id: EvidenceId,
    /// Looks, and adds what it saw. Pure and bounded.
    pub inspect: fn(&Scan, &Knowledge, &mut Vec<Evidence>),
}

impl Detector {
    /// Evidence of this pattern; its text is the one of the same name.
    pub(crate) fn saw(self, strength: Strength, place: Place, args: Vec<Arg>) -> Evidence {
        let text = TextId(self.id.0.clone());
        Evidence { id: self.id, strength, place, detail: Detail { text, args } }
    }
}

/// Bytes of one value in evidence: it is journalled, and its length is the attacker's.
const ARG_BYTES_MAX: usize = 256;

/// A word that everybody who sees the trace may see.
pub(crate) fn meta(text: impl Into<String>) -> Arg {
    Arg::Meta(cut(text.into()))
}

/// A word of the message itself.
pub(crate) fn content(text: impl Into<String>) -> Arg {
    Arg::Content(cut(text.into()))
}

/// The first item that has a mark, a word of [`scan::marks::ALL`].
pub(crate) fn marked<'s>(scan: &'s Scan, word: &'s str) -> Option<&'s Item> {
    all_marked(scan, word).next()
}

/// Every item that has a mark.
pub(crate) fn all_marked<'s>(scan: &'s Scan, word: &'s str) -> impl Iterator<Item = &'s Item> {
    scan.content.items.iter().filter(move |item| item.marks.iter().any(|mark| mark == word))
}

/// What to call an item: its first name, else its place.
pub(crate) fn name(item: &Item) -> Cow<'_, str> {
    match item.names.first() {
        Some(name) => name.into(),
        None => format!("part {}", item.place).into(),
    }
}

fn cut(mut text: String) -> String {
    if text.len() > ARG_BYTES_MAX {
        text.truncate(text.floor_char_boundary(ARG_BYTES_MAX));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_between_characters() {
        assert_eq!(content("short"), Arg::Content("short".into()));
        let long = format!("{}ä", "x".repeat(ARG_BYTES_MAX - 1));
        assert_eq!(content(long), Arg::Content(format!("{}…", "x".repeat(ARG_BYTES_MAX - 1))));
        assert_eq!(meta("y".repeat(ARG_BYTES_MAX)).text().len(), ARG_BYTES_MAX);
    }
}
