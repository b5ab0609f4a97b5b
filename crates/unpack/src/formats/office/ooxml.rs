//! Office Open XML: docx, xlsx, pptx, their templates, shows and add-ins, with and without macros, transitional and strict.
//!
//! Every XML part is read, by its root element: whether a content type or a relation names it decides nothing, since programs
//! disagree on that. Children of the archive (pictures, embedded files, `vbaProject.bin`) were opened before this reader is
//! called. Source: ECMA-376 parts 1 and 2.

mod binary;
mod book;
mod colours;
mod content_types;
mod fills;
mod flat;
mod mashup;
mod other;
mod relations;
mod shapes;
pub(in crate::formats) mod theme;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::formats::office::ooxml::book::Book;
use crate::formats::office::ooxml::relations::All;
use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::ooxml::words::Words;
use crate::formats::office::{self, Found, Layer};
use crate::formats::package::Package;
use crate::formats::xml::{self, Outcome};
use crate::sniff::sniff;
use crate::unpack::{File, Leaf, Walk};

pub(in crate::formats) use crate::formats::office::ooxml::book::see_name;
pub(in crate::formats) use crate::formats::office::ooxml::flat::{is_flat, read as read_flat};

/// Marks of what lies inside that the document is asked for.
const LIFTED: [&str; 7] = ["macro", "auto_run", "macro_code", "xlm", "equation", "activex", "embedded_file"];

/// One XML part.
struct Part<'p> {
    name: &'p str,
    xml: Cow<'p, str>,
    root: String,
}

/// Reads the document.
pub(crate) fn read(walk: &mut Walk<'_>, file: File<'_>, package: &Package) {
    let parts: Vec<Part<'_>> = package.parts.iter().filter_map(|(name, bytes)| part(name, bytes)).collect();
    let mut found = Found::new(walk);
    let mut all = All::default();
    let (mut book, mut theme) = (Book::default(), Theme::default());
    for part in parts.iter().filter(|part| part.root == "theme") {
        let outcome = theme.read(&part.xml);
        walk.note_xml(file.at, outcome, true);
    }
    book.fills.set_theme(&theme);
    for part in &parts {
        let outcome = match part.root.as_str() {
            "Relationships" => all.add(part.name, &part.xml),
            "Types" => {
                let (kind, outcome) = content_types::kind(&part.xml);
                if let Some(kind) = kind {
                    walk.set_kind(file.at, kind);
                }
                outcome
            }
            "sst" => book.read_strings(&part.xml),
            "styleSheet" => book.fills.read(&part.xml),
            _ => continue,
        };
        walk.note_xml(file.at, outcome, true);
    }
    binary::read_shared(package, &all, (&mut book, &mut found));
    for part in parts.iter().filter(|part| part.root == "workbook") {
        let outcome = book.read_workbook((part.name, &part.xml), &all, &mut found);
        walk.note_xml(file.at, outcome, true);
    }
    for part in &parts {
        if walk.budget.is_late() {
            return walk.not_opened(file.at, scan::content::WhyUnopened::OverTime);
        }
        let outcome = read_part(part, (&all, &theme), (&mut book, &mut found));
        walk.note_xml(file.at, outcome, true);
    }
    binary::read_sheets(package, &all, (&mut book, &mut found));
    if all.is_cut || book.is_cut {
        walk.not_opened(file.at, scan::content::WhyUnopened::OverBudget);
    }
    all.note(&mut found);
    found.links_without_text(all.links());
    let macros = std::mem::take(&mut book.macros);
    book.finish(&mut found);
    found.give(walk, file.at);
    add_macros(walk, file, &macros);
    add_chunks(walk, file, (&all, package));
    for part in parts.iter().filter(|part| part.root == "DataMashup") {
        mashup::open(walk, file, &part.xml);
    }
    office::lift_marks(walk, file.at, &LIFTED);
}

/// What kind of package it is whose content types these are: the usual word for a text, a book, or a show.
pub(crate) fn kind_of(content_types: &[u8]) -> Option<&'static str> {
    match content_types::kind(&xml::decode(content_types, "")).0?.get(..2)? {
        "do" => Some("docx"),
        "xl" => Some("xlsx"),
        _ => Some("pptx"),
    }
}

fn part<'p>(name: &'p str, bytes: &'p [u8]) -> Option<Part<'p>> {
    if !matches!(sniff(bytes), "xml" | "text" | "html" | "svg" | "xhtml" | "script") {
        return None;
    }
    let xml = xml::decode(bytes, "");
    let root = xml::root(&xml)?;
    Some(Part { name, xml, root })
}

fn read_part(part: &Part<'_>, (all, theme): (&All, &Theme), (book, found): (&mut Book, &mut Found)) -> Outcome {
    let (name, relations) = (part.name, all.of(part.name));
    let words = |layer: Layer, found: &mut Found| {
        let mut words = Words::new(relations, layer, theme, found.worth_keeping());
        let outcome = xml::read(&part.xml, &mut |event| words.see(found, &event));
        words.finish(found);
        outcome
    };
    match part.root.as_str() {
        "Relationships" | "Types" | "sst" | "styleSheet" | "workbook" | "theme" => Outcome::default(),
        "worksheet" | "macrosheet" | "dialogsheet" => book.read_sheet((name, &part.xml), relations, found),
        "document" | "hdr" | "ftr" | "footnotes" | "endnotes" | "comments" | "notes" | "chartSpace" | "wsDr"
        | "dataModel" | "cmLst" | "ThreadedComments" | "glossaryDocument" | "drawing" | "userShapes" | "xml" => {
            words(Layer::Shown, found)
        }
        "sld" => {
            let is_hidden = part.xml.get(..part.xml.floor_char_boundary(2048)).is_some_and(|start| {
                let tag = start.split_once("sld ").map_or("", |(_, rest)| rest.split('>').next().unwrap_or_default());
                tag.contains("show=\"0\"") || tag.contains("show=\"false\"") || tag.contains("show='0'")
            });
            words(if is_hidden { Layer::Hidden } else { Layer::Shown }, found)
        }
        // What a layout says is replaced on the slide.
        "sldLayout" | "sldMaster" | "notesMaster" | "handoutMaster" => words(Layer::Other, found),
        // Names of fonts.
        "fonts" | "presentation" | "presentationPr" | "viewPr" | "tblStyleLst" | "webSettings" | "styles"
        | "numbering" => xml::read(&part.xml, &mut |_| {}),
        _ => other::read(&part.xml, found),
    }
}

/// The formulas of macro sheets as a file of their own, for rules.
fn add_macros(walk: &mut Walk<'_>, file: File<'_>, macros: &str) {
    if macros.is_empty() {
        return;
    }
    let at = walk.content.items.len();
    let leaf = Leaf { names: vec!["macros.xlm".to_owned()], is_read: true, ..Leaf::default() };
    walk.child(file, "xlm", leaf, macros.as_bytes());
    walk.set_kind(at, "xlm");
}

/// Texts in other formats that the document takes in: a page or an archived page has no reader among a document's parts.
fn add_chunks(walk: &mut Walk<'_>, file: File<'_>, (all, package): (&All, &Package)) {
    let mut targets: Vec<String> = all
        .every()
        .filter(|(_, relation)| relation.kind == "aFChunk" && !relation.is_external)
        .map(|(owner, relation)| relations::resolve(owner, &relation.target))
        .collect();
    targets.sort_unstable();
    targets.dedup();
    if targets.is_empty() {
        return;
    }
    let types = package.parts.iter().filter(|(name, _)| name.eq_ignore_ascii_case("[Content_Types].xml"));
    let types: HashMap<String, String> =
        types.flat_map(|(_, bytes)| content_types::of_parts(&xml::decode(bytes, ""))).collect();
    for (number, target) in targets.iter().enumerate() {
        let chunk = package.parts.iter().find(|(name, _)| relations::plain(name) == *target);
        let Some((name, bytes)) =
            chunk.filter(|(_, bytes)| matches!(sniff(bytes), "text" | "xml" | "html" | "unknown"))
        else {
            continue;
        };
        // Word goes by the content type, whatever the name is.
        let declared = types.get(target).cloned().unwrap_or_default();
        let leaf = Leaf { names: vec![name.clone()], declared: &declared, is_read: true, ..Leaf::default() };
        if !walk.child(file, &format!("chunk:{number}"), leaf, bytes) {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
