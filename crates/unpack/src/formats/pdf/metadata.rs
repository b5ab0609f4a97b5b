//! What a document says about itself: the Info dictionary and XMP (ISO 32000-2, 14.3). Kept for searching, not as text of a page.

use std::collections::HashSet;

use scan::content::{LinkKind, WhyUnopened};

use super::document::Document;
use super::glyphs::text_string;
use super::object::Object;
use crate::unpack::Walk;

/// Metadata streams of one document that are read: each picture may have its own.
const STREAMS_MAX: usize = 5_000;
/// Values of Info dictionaries that are read.
const VALUES_MAX: usize = 5_000;
/// Bytes of all of them.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Adds both to an item. What lies beyond the limits is noted.
pub(super) fn read(document: &Document<'_>, walk: &mut Walk<'_>, at: usize) {
    let mut seen: HashSet<String> = HashSet::new();
    let mut kept = Kept::default();
    let infos = document.trailers.iter().filter_map(|trailer| document.dict(trailer, "Info"));
    for (number, (_, object)) in infos.flat_map(|info| info.entries()).enumerate() {
        if number >= VALUES_MAX {
            kept.is_cut = true;
            break;
        }
        let Some(text) = document.resolve(object).text().map(text_string) else { continue };
        if !text.starts_with("D:") && seen.insert(text.clone()) {
            kept.add(text);
        }
    }
    let streams = document.values.iter().filter(|value| {
        value.stream.is_some() && value.dict().is_some_and(|dict| dict.get("Type").is_some_and(is_metadata))
    });
    for (number, value) in streams.enumerate() {
        if number >= STREAMS_MAX || kept.is_cut {
            kept.is_cut = true;
            break;
        }
        let text = without_tags(&text_string(&document.decode(value, walk).bytes));
        // Documents repeat that of a picture for every picture.
        if seen.insert(text.clone()) {
            kept.add(text);
        }
    }
    for text in kept.texts.iter().filter(|text| !text.trim().is_empty()) {
        walk.add_links_of_text(at, text, LinkKind::Field);
        walk.add_other_text(at, text);
    }
    if kept.is_cut {
        walk.not_opened(at, WhyUnopened::OverBudget);
    }
}

#[derive(Default)]
struct Kept {
    texts: Vec<String>,
    bytes: usize,
    /// There is more than the limits allow.
    is_cut: bool,
}

impl Kept {
    fn add(&mut self, mut text: String) {
        self.is_cut |= crate::text::cut(&mut text, BYTES_MAX.saturating_sub(self.bytes));
        self.bytes = self.bytes.saturating_add(text.len());
        self.texts.push(text);
    }
}

fn is_metadata(object: &Object) -> bool {
    object.is_name("Metadata")
}

/// The character data of XML, entities undone; no more is wanted of it here.
pub(super) fn without_tags(xml: &str) -> String {
    let mut text = String::new();
    let mut rest = xml;
    while let Some((before, after)) = rest.split_once('<') {
        crate::text::push_folded(&mut text, before);
        if !before.trim().is_empty() {
            text.push(' ');
        }
        let end = if after.starts_with("!--") { after.find("-->") } else { after.find('>') };
        rest = end.and_then(|end| after.get(end.saturating_add(1)..)).unwrap_or_default();
    }
    crate::text::push_folded(&mut text, rest);
    htmlize::unescape(text.trim_end()).into_owned()
}
