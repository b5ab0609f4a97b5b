//! Where readers part ways and may yet see the same: such a place is an ambiguity only if the reading of the other way shows
//! a leaf that the usual one does not.

use std::collections::HashSet;

use memchr::memchr;

use crate::decode::charset::{self, Charset};
use crate::defect::AmbiguityKind;
use crate::encoding::Encoding;
use crate::lines::slice;
use crate::part::Part;
use crate::reading::{Choices, Notes, Reading};
use crate::tree;

/// What `reading` shows with this choice is more than what `root` does.
pub(crate) fn shows_more(kind: AmbiguityKind, raw: &[u8], reading: &Part, root: &Part) -> bool {
    match kind {
        AmbiguityKind::BlankHeaderLine => has_other_ends(raw, reading, root),
        AmbiguityKind::EncodedMultipart => undone(raw, reading) != outlines(root),
        _ => has_other_leaf(raw, reading, root),
    }
}

fn leaves(root: &Part) -> Vec<&Part> {
    let mut leaves = Vec::new();
    let mut waiting = vec![root];
    while let Some(part) = waiting.pop() {
        waiting.extend(&part.children);
        if part.is_leaf() {
            leaves.push(part);
        }
    }
    leaves
}

// Where and what it is, its type, and how it is read. Two parts with the same bytes are not each other.
type Shown<'a> = ((usize, &'a [u8]), &'a str, &'a str, Encoding, String);

// Some leaf that holds anything is no leaf of the root. A multipart in which nothing is seen shows nothing.
fn has_other_leaf(raw: &[u8], reading: &Part, root: &Part) -> bool {
    let known: HashSet<Shown<'_>> = leaves(root).into_iter().map(|part| shown(raw, part)).collect();
    let is_more = |part: &&Part| {
        let is_empty = part.is_multipart() && part.encoding_is_transparent();
        let shown = shown(raw, part);
        !is_empty && !shown.0.1.is_empty() && !known.contains(&shown)
    };
    leaves(reading).iter().any(is_more)
}

fn shown<'a>(raw: &'a [u8], part: &'a Part) -> Shown<'a> {
    let whole = slice(raw, part.body.clone());
    let body = whole.trim_ascii();
    let begins = part.body.end.saturating_sub(whole.trim_ascii_start().len());
    let media_type = &part.media_type;
    let encoding = match part.encoding {
        // Nothing is encoded in it.
        Encoding::QuotedPrintable if memchr(b'=', body).is_none() => Encoding::Identity,
        encoding => encoding,
    };
    ((begins, body), media_type.top.as_str(), media_type.sub.as_str(), encoding, charset_that_matters(raw, part))
}

// Empty where every charset gives the same text.
fn charset_that_matters(raw: &[u8], part: &Part) -> String {
    if part.media_type.top != "text" {
        return String::new();
    }
    let label = part.media_type.parameter("charset").unwrap_or_default().trim().to_ascii_lowercase();
    let is_usual = matches!(label.as_str(), "" | "us-ascii" | "utf-8" | "utf8");
    let has_ascii = match charset::find(&label) {
        Some(Charset::Web(charset)) => charset.is_ascii_compatible(),
        _ => is_usual,
    };
    let content = part.content(raw);
    let is_same = (has_ascii && content.is_ascii()) || (is_usual && std::str::from_utf8(&content).is_ok());
    if is_same { String::new() } else { label }
}

// A header that ends sooner shows its rest as text, which is no other message. More is what has another type or encoding.
fn has_other_ends(raw: &[u8], reading: &Part, root: &Part) -> bool {
    let kind = |part: &Part| (part.media_type.essence(), part.encoding, part.body.end);
    let known: HashSet<(String, Encoding, usize)> = leaves(root).into_iter().map(kind).collect();
    let is_text = |part: &Part| part.media_type.is("text", "plain") && part.encoding == Encoding::Identity;
    let is_shown = |part: &&&Part| !slice(raw, part.body.clone()).trim_ascii().is_empty();
    leaves(reading).iter().filter(is_shown).any(|part| !is_text(part) && !known.contains(&kind(part)))
}

type Outline = (String, Encoding, Vec<String>);

fn outlines(root: &Part) -> Vec<Outline> {
    leaves(root).into_iter().map(outline).collect()
}

fn outline(part: &Part) -> Outline {
    (part.media_type.essence(), part.encoding, part.names.clone())
}

// The leaves of a reading with what its encoded multiparts hold: no other ones where delimiters and headers were not encoded.
fn undone(raw: &[u8], reading: &Part) -> Vec<Outline> {
    let mut found = Vec::new();
    for part in leaves(reading) {
        match part.inner_message(raw).filter(|_| part.is_multipart()) {
            Some(inner) => {
                let plain = Reading::new(&inner, Choices::default());
                found.extend(outlines(&tree::read(&plain, &mut Notes::default())));
            }
            None => found.push(outline(part)),
        }
    }
    found
}
