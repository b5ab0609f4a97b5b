//! Workbooks in the binary form of OOXML (xlsb): the same parts as records. Source: MS-XLSB 2.1 and 2.4.

use crate::formats::office::bytes::{packed, size_at, slice, u8_at, u16_at, u32_at, utf16};
use crate::formats::office::formula::{Kind, Sharing};
use crate::formats::office::ooxml::book::{Book, see_name};
use crate::formats::office::ooxml::relations::{All, plain, resolve};
use crate::formats::office::tokens::{self, Form};
use crate::formats::office::{Found, Layer, formula};
use crate::formats::package::Package;

/// Kinds of records.
const SHARED_STRING: u32 = 19;
const NAME: u32 = 39;
const SHEET: u32 = 156;
const LINK: u32 = 494;
const SHEET_REFERENCES: u32 = 362;
const BOOK_LINK: u32 = 355;
const LINK_BEGIN: u32 = 360;
const LINK_ITEM: u32 = 577;
const BOOK_LINK_SELF: u32 = 357;
const BOOK_LINK_SAME: u32 = 358;
const ROW: u32 = 0;
const CELL_STRING: u32 = 6;
const CELL_SHARED: u32 = 7;
const CELL_RICH: u32 = 62;
const FORMULA_STRING: u32 = 8;
const CELL_PACKED: u32 = 2;
const CELL_ERROR: u32 = 3;
const CELL_TRUTH: u32 = 4;
const ARRAY_FORMULA: u32 = 426;
const SHARED_FORMULA: u32 = 427;
const TABLE_FORMULA: u32 = 428;
const CELLS: std::ops::RangeInclusive<u32> = 1..=11;
const FORMULAS: std::ops::RangeInclusive<u32> = 8..=11;
const CELL_NUMBER: u32 = 5;
/// Types of a link to elsewhere (MS-XLSB 2.5.44).
const LINK_DDE: u16 = 1;
const LINK_OLE: u16 = 2;
/// How parts begin whose records are read, whatever they are called: a workbook, a sheet, strings, a link to elsewhere.
const BOOK_START: &[u8] = b"\x83\x01";
const SHEET_START: &[u8] = b"\x81\x01";
const STARTS: [&[u8]; 4] = [BOOK_START, SHEET_START, b"\x9f\x01", b"\xe8\x02"];
/// Bytes of a cell before its value.
const CELL_BYTES: usize = 8;
/// Kinds of cells without a column, which are in no specification and which Excel reads; each stands so far behind the one with.
const SHORT_CELLS: std::ops::RangeInclusive<u32> = 12..=18;
const SHORT_CELLS_BEHIND: u32 = 11;
/// Bytes of such a cell before its value.
const SHORT_CELL_BYTES: usize = 4;

/// One record.
struct Record<'r> {
    kind: u32,
    body: &'r [u8],
}

/// The records of a part, up to the first that does not fit.
fn records(mut bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    std::iter::from_fn(move || {
        let kind = varint(&mut bytes, 2)?;
        let size = usize::try_from(varint(&mut bytes, 4)?).ok()?;
        let body = bytes.get(..size)?;
        bytes = bytes.get(size..)?;
        Some(Record { kind, body })
    })
}

/// Seven bits a byte. A kind keeps its marker bit as part of the number in the specification's tables, but not here.
fn varint(bytes: &mut &[u8], most: u32) -> Option<u32> {
    let mut value = 0_u32;
    for number in 0..most {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f).checked_shl(number.saturating_mul(7))?;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

/// A string with its length in characters before it, and how many bytes it took.
fn string(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    let count = size_at(bytes, at)?;
    if count == 0xffff_ffff {
        return Some((String::new(), 4));
    }
    let from = at.checked_add(4)?;
    let size = count.checked_mul(2)?;
    Some((utf16(bytes.get(from..from.checked_add(size)?)?), size.checked_add(4)?))
}

/// By its name, or by how it begins: which name a part has is of the writer's choosing.
fn is_binary(name: &str, bytes: &[u8]) -> bool {
    let name = plain(name);
    let is_named = name.ends_with(".bin") && !name.contains("/printersettings/") && !name.contains("/embeddings/");
    is_named || STARTS.iter().any(|start| bytes.starts_with(start))
}

/// Reads what sheets share, and what the workbook says of them.
pub(super) fn read_shared(package: &Package, all: &All, (book, found): (&mut Book, &mut Found)) {
    for (name, bytes) in package.parts.iter().filter(|(name, bytes)| is_binary(name, bytes)) {
        let owner = plain(name);
        let relations = all.of(&owner);
        let mut sheets: Vec<String> = Vec::new();
        let (mut books, mut own_book, mut names) = (0_u32, u32::MAX, 0_usize);
        for record in records(bytes) {
            match record.kind {
                SHARED_STRING => {
                    if let Some((text, _)) = string(record.body, 1) {
                        book.add_string(text);
                    }
                }
                SHEET => {
                    let state = u32_at(record.body, 0).unwrap_or(0);
                    let (id, size) = string(record.body, 8).unwrap_or_default();
                    let (sheet, _) = string(record.body, size.saturating_add(8)).unwrap_or_default();
                    found.line(if state == 0 { Layer::Shown } else { Layer::Hidden }, &sheet);
                    if state != 0 {
                        found.mark("hidden_sheet");
                    }
                    if let Some(relation) = relations.get(&id) {
                        let part = resolve(&owner, &relation.target);
                        if state != 0 {
                            book.hide(part.clone());
                        }
                        book.add_sheet(part, sheet.clone());
                    }
                    sheets.push(sheet);
                }
                SHEET_REFERENCES => {
                    for (number, reference) in record.body.get(4..).unwrap_or_default().chunks_exact(12).enumerate() {
                        // Those of other books are none that is known.
                        let sheet = size_at(reference, 4).filter(|_| u32_at(reference, 0) == Some(own_book));
                        if let Some(name) = sheet.and_then(|sheet| sheets.get(sheet)) {
                            found.cells.alias(&format!("#{number}"), name);
                        }
                    }
                }
                BOOK_LINK_SELF | BOOK_LINK_SAME => (own_book, books) = (books, books.saturating_add(1)),
                BOOK_LINK => books = books.saturating_add(1),
                LINK_BEGIN => see_link(record.body, found),
                LINK_ITEM => found.line(Layer::Other, &string(record.body, 0).unwrap_or_default().0),
                NAME if owner.ends_with("workbook.bin") || bytes.starts_with(BOOK_START) => {
                    let (name, size) = string(record.body, 9).unwrap_or_default();
                    see_name(found, &name);
                    names = names.saturating_add(1);
                    let at = size.saturating_add(9);
                    let tokens = slice(record.body, at.saturating_add(4), size_at(record.body, at).unwrap_or(0));
                    let (text, is_cut) = tokens::text(tokens, Form::Biff12);
                    if is_cut {
                        found.mark("link_computed");
                    }
                    found.cells.name(&format!("name{names}"), &text, (0, 0));
                    found.line(Layer::Other, &name);
                }
                _ => {}
            }
        }
    }
}

/// A link to elsewhere (MS-XLSB 2.4.234). Where one to a file leads is said by a relation, which is read as every other.
fn see_link(body: &[u8], found: &mut Found) {
    let Some((first, size)) = string(body, 2) else { return };
    match u16_at(body, 0) {
        Some(LINK_DDE) => {
            let (topic, _) = string(body, size.saturating_add(2)).unwrap_or_default();
            found.mark("dde");
            found.line(Layer::Hidden, &format!("{first}|{topic}"));
        }
        Some(LINK_OLE) => found.mark("external_link"),
        _ => {}
    }
}

/// Formulas that cells of a sheet share, by the cell that names the first of them.
type SharedFormulas = Sharing<(u32, u32)>;

/// Reads the sheets.
pub(super) fn read_sheets(package: &Package, all: &All, (book, found): (&mut Book, &mut Found)) {
    let (of_macros, of_cells) = all.sheets();
    for (name, bytes) in package.parts.iter().filter(|(name, bytes)| is_binary(name, bytes)) {
        let part = plain(name);
        let is_macro_sheet = of_macros.contains(&part) || part.contains("macrosheets/");
        let is_sheet = is_macro_sheet || of_cells.contains(&part) || part.contains("sheet");
        if part.ends_with("sharedstrings.bin") || !(is_sheet || bytes.starts_with(SHEET_START)) {
            continue;
        }
        let layer = book.layer(&part);
        book.turn_to(&part, found);
        let mut row = 0_u32;
        let mut shared = SharedFormulas::default();
        for record in records(bytes) {
            if let Some((kind, column, value)) = cell(&record) {
                found.cells.go(row, column.unwrap_or(found.cells.next_column()));
                if FORMULAS.contains(&kind) {
                    read_formula(&record, is_macro_sheet, (book, found), &shared);
                }
                read_value((kind, value), layer, (book, found));
            }
            read_range(&record, is_macro_sheet, (book, found), &mut shared);
            match record.kind {
                ROW => {
                    row = u32_at(record.body, 0).unwrap_or(0);
                    found.cells.start_row(row);
                    found.break_line(layer);
                }
                LINK => {
                    let mut at = 16_usize;
                    while let Some((text, size)) = string(record.body, at) {
                        found.line(Layer::Other, &text);
                        at = at.saturating_add(size);
                    }
                }
                _ => {}
            }
        }
        found.break_line(layer);
    }
}

/// A cell: its kind, its column where that is named, and its value.
fn cell<'r>(record: &Record<'r>) -> Option<(u32, Option<u32>, &'r [u8])> {
    let body = record.body;
    let value = move |at: usize| body.get(at..).unwrap_or_default();
    if SHORT_CELLS.contains(&record.kind) {
        // One without a format, behind the last of its row.
        let kind = record.kind.saturating_sub(SHORT_CELLS_BEHIND);
        return Some((kind, None, value(SHORT_CELL_BYTES)));
    }
    let is_cell = CELLS.contains(&record.kind) || record.kind == CELL_RICH;
    is_cell.then(|| (record.kind, u32_at(record.body, 0), value(CELL_BYTES)))
}

/// What stands in a cell.
fn read_value((kind, value): (u32, &[u8]), layer: Layer, (book, found): (&mut Book, &mut Found)) {
    let text = |at: usize| string(value, at).unwrap_or_default().0;
    match kind {
        CELL_STRING | FORMULA_STRING => push(found, layer, (&text(0), Kind::Text)),
        // Behind a byte of flags, and in front of what is said of its letters.
        CELL_RICH => push(found, layer, (&text(1), Kind::Text)),
        CELL_SHARED => {
            let number = size_at(value, 0).unwrap_or(usize::MAX);
            push(found, layer, (book.string(number), Kind::Text));
        }
        CELL_PACKED => {
            let number = u32_at(value, 0).map(packed).unwrap_or_default();
            push(found, layer, (&number, Kind::Number));
        }
        CELL_TRUTH => found.cells.keep(if u8_at(value, 0) == Some(0) { "0" } else { "1" }, Kind::Truth),
        CELL_ERROR => found.cells.keep_value("#N/A"),
        CELL_NUMBER => {
            let number = value.first_chunk().copied().map(f64::from_le_bytes).unwrap_or_default().to_string();
            push(found, layer, (&number, Kind::Number));
        }
        _ => {}
    }
}

fn push(found: &mut Found, layer: Layer, (text, kind): (&str, Kind)) {
    found.cells.keep(text, kind);
    if !found.is_full() {
        found.push(layer, text);
        found.push(layer, "\t");
    }
}

/// The formula of a cell stands behind its value and two bytes of flags.
fn read_formula(
    record: &Record<'_>,
    is_macro_sheet: bool,
    (book, found): (&mut Book, &mut Found),
    shared: &SharedFormulas,
) {
    let value = match record.kind {
        FORMULA_STRING => string(record.body, CELL_BYTES).map_or(0, |(_, size)| size),
        9 => 8,
        _ => 1,
    };
    let at = CELL_BYTES.saturating_add(value).saturating_add(2);
    let size = size_at(record.body, at).unwrap_or(0);
    let tokens = slice(record.body, at.saturating_add(4), size);
    if let Some((row, _)) = tokens::shares(tokens, Form::Biff12) {
        // The column stands behind the tokens and the size of what is there.
        let column = u32_at(record.body, at.saturating_add(size).saturating_add(8)).unwrap_or(0);
        shared.read(&(row, column), found);
        return;
    }
    let text = read_tokens(tokens, found);
    formula::read_cell(found, &text);
    if is_macro_sheet && u8_at(tokens, 0).is_some() {
        book.add_macro(&text, found);
    }
}

fn read_tokens(tokens: &[u8], found: &mut Found) -> String {
    let (text, is_cut) = tokens::text(tokens, Form::Biff12);
    if is_cut {
        found.mark("link_computed");
    }
    text
}

/// A formula of a range stands behind the first cell of it, with its corners in front.
fn read_range(
    record: &Record<'_>,
    is_macro_sheet: bool,
    (book, found): (&mut Book, &mut Found),
    shared: &mut SharedFormulas,
) {
    let head: usize = match record.kind {
        SHARED_FORMULA => 16,
        ARRAY_FORMULA => 17,
        TABLE_FORMULA => 0,
        _ => return,
    };
    let corner = |at: usize| u32_at(record.body, at).unwrap_or(0);
    let (first, last) = ((corner(0), corner(8)), (corner(4), corner(12)));
    found.cells.go(first.0, first.1);
    if record.kind != SHARED_FORMULA {
        formula::read_area(found, last);
    }
    if head == 0 {
        return;
    }
    let tokens = slice(record.body, head.saturating_add(4), size_at(record.body, head).unwrap_or(0));
    let text = read_tokens(tokens, found);
    let formula = formula::read_cell(found, &text);
    if is_macro_sheet {
        book.add_macro(&text, found);
    }
    if record.kind == SHARED_FORMULA {
        shared.keep(first, formula, found);
    }
}

#[cfg(test)]
mod tests;
