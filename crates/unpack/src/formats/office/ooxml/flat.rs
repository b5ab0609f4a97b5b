//! Documents of Word and Excel in one XML file: a package written flat (ECMA-376-2, annex of flat packages), and the vocabularies
//! of Office 2003. Macros and objects stand in them as base64.

use std::collections::HashMap;

use scan::content::{LinkKind, WhyUnopened};

use crate::formats::office::coded::CodedFiles;
use crate::formats::office::formula::{self, Kind};
use crate::formats::office::ooxml::relations::Relations;
use crate::formats::office::ooxml::theme::Theme;
use crate::formats::office::ooxml::words::Words;
use crate::formats::office::{self, Found, Layer};
use crate::formats::xml::{self, Event, Tag};
use crate::unpack::{File, Walk};

/// Roots, and what must stand near the start for the file to be one of these.
const ROOTS: [(&str, &str); 3] = [
    ("package", "schemas.microsoft.com/office/2006/xmlPackage"),
    ("wordDocument", "schemas.microsoft.com/office/word/"),
    ("Workbook", "schemas-microsoft-com:office:spreadsheet"),
];
/// Bytes at the start that are looked at.
const HEAD_BYTES: usize = 8192;
/// Marks of what lies inside that the document is asked for.
const LIFTED: [&str; 6] = ["macro", "auto_run", "macro_code", "xlm", "equation", "activex"];
/// Relations in one document; those that fetch are told all the same.
const RELATIONS_MAX: usize = 100_000;

/// Is it one of them?
pub(in crate::formats) fn is_flat(root: &str, xml: &str) -> bool {
    let head = xml.get(..xml.floor_char_boundary(HEAD_BYTES)).unwrap_or_default();
    ROOTS.iter().any(|(own, name)| *own == root && head.contains(name))
}

/// Reads it.
pub(in crate::formats) fn read(walk: &mut Walk<'_>, file: File<'_>, xml: &str) {
    let mut found = Found::new(walk);
    let relations = relations(xml, &mut found);
    let theme = Theme::default();
    let mut words = Words::new(&relations, Layer::Shown, &theme, found.worth_keeping());
    let mut files = CodedFiles::default();
    let mut cell: Option<(String, Kind)> = None;
    let is_cut = relations.len() >= RELATIONS_MAX;
    let outcome = xml::read(xml, &mut |event| {
        match &event {
            Event::Start(tag) => match tag.name() {
                "binData" => files.begin(tag.attribute("name").unwrap_or_default()),
                "binaryData" => files.begin(String::new()),
                "Data" | "NamedRange" => cell = Some((String::new(), kind(tag))),
                "Row" => found.break_line(Layer::Shown),
                _ => {}
            },
            Event::Text(piece) => {
                if files.text(piece) {
                    return;
                }
                if let Some((cell, _)) = &mut cell {
                    cell.push_str(piece);
                }
            }
            Event::End("binData" | "binaryData") => files.end(),
            Event::End("Data") => {
                let (cell, kind) = cell.take().unwrap_or((String::new(), Kind::Open));
                found.cells.keep(&cell, kind);
                found.push(Layer::Shown, &cell);
                found.push(Layer::Shown, "\t");
            }
            Event::End(_) => {}
        }
        if let Event::Start(tag) = &event {
            see(tag, &mut found);
        }
        words.see(&mut found, &event);
    });
    words.finish(&mut found);
    walk.note_xml(file.at, outcome, false);
    found.give(walk, file.at);
    if is_cut {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    files.give(walk, file);
    office::lift_marks(walk, file.at, &LIFTED);
}

/// What a cell says that its value is.
fn kind(tag: &Tag<'_>) -> Kind {
    match tag.attribute("Type").as_deref() {
        Some("Number") => Kind::Number,
        Some("String") => Kind::Text,
        Some("Boolean") => Kind::Truth,
        _ => Kind::Open,
    }
}

/// Attributes of the vocabularies of 2003.
fn see(tag: &Tag<'_>, found: &mut Found) {
    match tag.name() {
        "attachedTemplate" => found.fetched(&tag.attribute("val").unwrap_or_default(), "remote_template"),
        "hlink" => found.link(&tag.attribute("dest").unwrap_or_default(), "", LinkKind::Anchor),
        // Rows and columns that are left out are said by the number of the next.
        "Row" => {
            let row = index(tag).unwrap_or_else(|| found.cells.next_row());
            found.cells.start_row(row);
            found.cells.skip(number(tag, "Span"), 0);
        }
        "Cell" => {
            let column = index(tag).unwrap_or_else(|| found.cells.next_column());
            found.cells.go(found.cells.here.row, column);
            found.cells.skip(0, number(tag, "MergeAcross"));
            if let Some(target) = tag.attribute("HRef") {
                found.link(&target, "", LinkKind::Anchor);
            }
            if let Some(text) = tag.attribute("Formula") {
                formula::read_cell(found, &text);
            }
            // An array: rows and columns as they are named from this cell.
            if let Some(range) = tag.attribute("ArrayRange") {
                let corner = formula::relative(range.rsplit(':').next().unwrap_or_default(), found.cells.here);
                corner.into_iter().for_each(|corner| formula::read_area(found, corner));
            }
        }
        "Worksheet" | "NamedRange" => {
            let name = tag.attribute("Name").unwrap_or_default();
            match tag.attribute("RefersTo") {
                Some(formula) => found.cells.name(&name, &formula, (0, 0)),
                None => found.cells.turn_to(&name),
            }
            found.line(Layer::Shown, &tag.attribute("Name").unwrap_or_default());
            super::see_name(found, &tag.attribute("Name").unwrap_or_default());
        }
        "Visible" => found.mark("hidden_sheet"),
        _ => {}
    }
}

fn number(tag: &Tag<'_>, name: &str) -> u32 {
    tag.attribute(name).and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

fn index(tag: &Tag<'_>) -> Option<u32> {
    tag.attribute("Index")?.parse::<u32>().ok()?.checked_sub(1)
}

/// Relations of all parts of a flat package, by identifier: parts share them, which finds more rather than less.
fn relations(xml: &str, found: &mut Found) -> Relations {
    let mut relations: Relations = HashMap::new();
    xml::read(xml, &mut |event| {
        let Event::Start(tag) = event else { return };
        if tag.name() != "Relationship" {
            return;
        }
        let value = |name: &str| tag.attribute(name).unwrap_or_default();
        let (kind, target) = (value("Type"), value("Target"));
        let is_external = value("TargetMode").eq_ignore_ascii_case("external");
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        match kind.as_str() {
            "attachedTemplate" => found.fetched(&target, "remote_template"),
            "hyperlink" => {}
            "oleObject" if !is_external => found.mark("embedded_object"),
            _ if is_external => found.fetched(&target, "external_link"),
            _ => {}
        }
        if relations.len() < RELATIONS_MAX {
            relations.insert(value("Id"), super::relations::Relation { kind, target, is_external });
        }
    });
    relations
}
