//! What a document says about itself: the Info dictionary and XMP (ISO 32000-2, 14.3). Kept for searching, not as text of a page.

use scan::content::LinkKind;

use super::document::Document;
use super::glyphs::text_string;
use super::object::Object;
use crate::unpack::Walk;

/// Metadata streams of one document that are read.
const STREAMS_MAX: usize = 16;
/// Bytes of one.
const STREAM_BYTES_MAX: usize = 256 * 1024;

/// Adds both to an item.
pub(super) fn read(document: &Document<'_>, walk: &mut Walk<'_>, at: usize) {
    let infos = document.trailers.iter().filter_map(|trailer| document.dict(trailer, "Info"));
    let mut texts: Vec<String> = Vec::new();
    for (_, object) in infos.take(STREAMS_MAX).flat_map(|info| info.entries()) {
        let Some(text) = document.resolve(object).text().map(text_string) else { continue };
        if !text.starts_with("D:") && !texts.contains(&text) && texts.len() < 256 {
            texts.push(text);
        }
    }
    let streams = document.values.iter().filter(|value| {
        value.stream.is_some() && value.dict().is_some_and(|dict| dict.get("Type").is_some_and(is_metadata))
    });
    for value in streams.take(STREAMS_MAX) {
        let bytes = document.decode(value, walk).bytes;
        texts.push(without_tags(&text_string(bytes.get(..STREAM_BYTES_MAX).unwrap_or(&bytes))));
    }
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        walk.add_links_of_text(at, text, LinkKind::Field);
        walk.add_other_text(at, text);
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
