//! Workbooks of the old format: cells, sheets that are not shown, macro sheets, links. Sources: MS-XLS 2.4 (Excel 97 and
//! later), and the older records of Excel 5 whose strings are bytes; those before it see `old.rs`.

mod art;
mod cells;
pub(crate) mod old;
mod shades;
mod strings;

use encoding_rs::{Encoding, WINDOWS_1252};
use scan::content::{LinkKind, WhyUnopened};

use crate::formats::office::bytes::{code_page, size_at, slice, u8_at, u16_at};
use crate::formats::office::formula::{Shared, Sharing};
use crate::formats::office::tokens::{self, Form};
use crate::formats::office::{Found, Layer, formula};
use crate::formats::ole::book::shades::Shades;
use crate::formats::ole::compound::Compound;
use crate::formats::ole::{decrypt, moniker};
use crate::unpack::{File, Leaf, Walk};

/// Kinds of records (MS-XLS 2.3).
pub(in crate::formats::ole) const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
pub(in crate::formats::ole) const FILE_PASS: u16 = 0x002f;
pub(in crate::formats::ole) const SHEET: u16 = 0x0085;
const CODE_PAGE: u16 = 0x0042;
const NAME: u16 = 0x0018;
const SHARED_STRINGS: u16 = 0x00fc;
const CONTINUE: u16 = 0x003c;
const LINK: u16 = 0x01b8;
const SHEET_REFERENCES: u16 = 0x0017;
const SHARED_FORMULA: u16 = 0x04bc;
const ARRAY_FORMULA: u16 = 0x0221;
const TABLE_FORMULA: u16 = 0x0236;
const BOOK_LINK: u16 = 0x01ae;
const TEXT_BOX: u16 = 0x01b6;
const FORMULA: u16 = 0x0006;
const HEADER: u16 = 0x0014;
const FOOTER: u16 = 0x0015;
/// A part of the stream that holds an Excel 4.0 macro sheet.
const IS_MACROS: u16 = 0x0040;
/// One that holds a chart: a sheet of its own, or one within a sheet.
const IS_CHART: u16 = 0x0020;
/// Version of Excel 97 and later.
const VERSION_97: u16 = 0x0600;
/// Formulas of macro sheets kept as one text, bytes.
const MACRO_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Names that Excel knows by number: Auto_Open, Auto_Close, Auto_Activate, Auto_Deactivate.
const RUNS_BY_ITSELF: [u8; 4] = [1, 2, 10, 11];

/// One record.
#[derive(Clone, Copy)]
struct Record<'r> {
    kind: u16,
    /// Where it begins in the stream.
    at: usize,
    body: &'r [u8],
}

/// What is known while the stream is read.
struct Reader {
    page: &'static Encoding,
    is_97: bool,
    /// Where sheets begin in the stream that are not shown, or hold macros.
    hidden: Vec<usize>,
    macro_sheets: Vec<usize>,
    /// Where each sheet begins, and its name.
    sheets: Vec<(usize, String)>,
    /// Name of the sheet that is read, and whether a chart within it is.
    sheet: String,
    is_in_chart: bool,
    /// Names that were defined.
    names: usize,
    /// Books that are referred to, and which of them is this one.
    books: u16,
    own_book: Option<u16>,
    strings: Vec<String>,
    layer: Layer,
    is_macro_sheet: bool,
    /// Formulas that cells of this sheet share, by the first of them.
    shared: Sharing<(u32, u32)>,
    /// Row of the cell before.
    row: Option<u16>,
    macros: String,
    /// There are more of them than are kept.
    is_cut: bool,
    shades: Shades,
}

/// Reads the workbook in a storage; returns the records of its pictures.
pub(super) fn read(
    walk: &mut Walk<'_>,
    file: File<'_>,
    compound: &Compound<'_>,
    (storage, found): (usize, &mut Found),
) -> Vec<Vec<u8>> {
    let streams = ["Workbook", "Book"].into_iter().flat_map(|name| compound.streams_of(storage, name));
    streams.flat_map(|stream| read_book(walk, file, stream, found)).collect()
}

/// Reads the records of one workbook; returns those of its pictures.
fn read_book(walk: &mut Walk<'_>, file: File<'_>, mut stream: Vec<u8>, found: &mut Found) -> Vec<Vec<u8>> {
    let pass = records(&stream).take(64).find(|record| record.kind == FILE_PASS).map(|record| record.body.to_vec());
    if let Some(pass) = pass {
        walk.mark(file.at, "encrypted");
        if !decrypt::workbook(walk, &mut stream, &pass) {
            walk.not_opened(file.at, WhyUnopened::Encrypted);
            return Vec::new();
        }
        walk.mark(file.at, "password_found");
    }
    let stream = old::as_newer(&stream).unwrap_or(stream);
    let (macros, is_cut) = read_stream(&stream, found);
    add_macros(walk, file, &macros);
    if is_cut {
        walk.not_opened(file.at, WhyUnopened::OverBudget);
    }
    let (art, has_more) = art::of(&stream);
    if has_more {
        found.mark("picture_unread");
    }
    art
}

fn records(stream: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let size = usize::from(u16_at(stream, at.saturating_add(2))?);
        let record = Record { kind, at, body: slice(stream, at.saturating_add(4), size) };
        at = at.saturating_add(4).saturating_add(size);
        Some(record)
    })
}

/// Reads all records, and returns the formulas of macro sheets, and whether there are more of them than are kept.
fn read_stream(stream: &[u8], found: &mut Found) -> (String, bool) {
    let mut reader = Reader {
        page: WINDOWS_1252,
        is_97: true,
        hidden: Vec::new(),
        macro_sheets: Vec::new(),
        sheets: Vec::new(),
        sheet: String::new(),
        is_in_chart: false,
        names: 0,
        books: 0,
        own_book: None,
        strings: Vec::new(),
        layer: Layer::Shown,
        is_macro_sheet: false,
        shared: Sharing::default(),
        row: None,
        macros: String::new(),
        is_cut: false,
        shades: Shades::default(),
    };
    let mut all = records(stream).peekable();
    while let Some(record) = all.next() {
        let mut continued = Vec::new();
        if matches!(record.kind, SHARED_STRINGS | TEXT_BOX) {
            while let Some(more) = all.next_if(|next| next.kind == CONTINUE) {
                continued.push(more.body);
            }
        }
        reader.see(&record, &continued, found);
        if !reader.is_in_chart {
            reader.shades.see(&record, found);
        }
    }
    reader.shades.finish(found);
    (reader.macros, reader.is_cut)
}

impl Reader {
    fn see(&mut self, record: &Record<'_>, continued: &[&[u8]], found: &mut Found) {
        let body = record.body;
        if cells::IN_CELLS.contains(&record.kind) {
            found.cells.go(u32::from(u16_at(body, 0).unwrap_or(0)), u32::from(u16_at(body, 2).unwrap_or(0)));
        }
        match record.kind {
            BEGIN => self.begin(record, found),
            END if self.is_in_chart => {
                self.is_in_chart = false;
                found.cells.turn_to(&self.sheet);
            }
            CODE_PAGE => self.page = code_page(u32::from(u16_at(body, 0).unwrap_or(1252))),
            SHEET => self.see_sheet(body, found),
            NAME => self.see_name(body, found),
            SHARED_STRINGS => self.strings = strings::shared(body, continued),
            TEXT_BOX => {
                if let Some(first) = continued.first() {
                    let is_wide = u8_at(first, 0).is_some_and(|flags| flags & 1 != 0);
                    let text = crate::formats::office::bytes::utf16_or_latin(slice(first, 1, first.len()), is_wide);
                    found.line(self.layer, &text);
                }
            }
            LINK => {
                if let Some(link) = moniker::hyperlink(slice(body, 24, body.len())) {
                    found.link(link.target.trim_end_matches('#'), &link.name, LinkKind::Anchor);
                }
            }
            BOOK_LINK => {
                // This book itself is one of them.
                if u16_at(body, 2) == Some(0x0401) {
                    self.own_book = Some(self.books);
                }
                self.books = self.books.saturating_add(1);
                see_book_link(body, found);
            }
            FORMULA => drop(self.see_formula(body, 20, found)),
            SHARED_FORMULA | ARRAY_FORMULA | TABLE_FORMULA => self.see_range(record, found),
            SHEET_REFERENCES => self.see_references(body, found),
            HEADER | FOOTER => found.line(self.layer, &strings::long(body, 0, (self.is_97, self.page))),
            _ => {}
        }
        self.see_cell(record, found);
    }

    fn begin(&mut self, record: &Record<'_>, found: &mut Found) {
        let sheet = self.sheets.iter().find(|(place, _)| *place == record.at);
        // Charts lie within the records of their sheet, which goes on behind them; what they keep of values is none of it.
        self.is_in_chart = sheet.is_none() && u16_at(record.body, 2) == Some(IS_CHART);
        if self.is_in_chart {
            return found.cells.turn_to("");
        }
        self.sheet = sheet.map_or_else(String::new, |(_, name)| name.clone());
        self.is_97 = u16_at(record.body, 0).is_none_or(|version| version >= VERSION_97);
        self.is_macro_sheet = u16_at(record.body, 2) == Some(IS_MACROS) || self.macro_sheets.contains(&record.at);
        found.break_line(self.layer);
        self.row = None;
        self.shared = Sharing::default();
        found.cells.turn_to(&self.sheet);
        self.layer = if self.hidden.contains(&record.at) { Layer::Hidden } else { Layer::Shown };
        if self.is_macro_sheet {
            found.mark("xlm");
        }
    }

    fn see_sheet(&mut self, body: &[u8], found: &mut Found) {
        let place = size_at(body, 0).unwrap_or(0);
        let state = u8_at(body, 4).unwrap_or(0) & 3;
        if u8_at(body, 5) == Some(1) {
            found.mark("xlm");
            self.macro_sheets.push(place);
        }
        let name = strings::short(body, 6, (self.is_97, self.page));
        found.line(if state == 0 { Layer::Shown } else { Layer::Hidden }, &name);
        if state != 0 {
            found.mark("hidden_sheet");
            self.hidden.push(place);
        }
        self.sheets.push((place, name));
    }

    /// Which sheets the numbers in references mean: of this book, since those of others are none that is known.
    fn see_references(&self, body: &[u8], found: &mut Found) {
        for (number, reference) in slice(body, 2, body.len()).chunks_exact(6).enumerate() {
            let (book, sheet) = (u16_at(reference, 0), u16_at(reference, 2).map(usize::from));
            if let Some((_, name)) = sheet.filter(|_| book == self.own_book).and_then(|sheet| self.sheets.get(sheet)) {
                found.cells.alias(&format!("#{number}"), name);
            }
        }
    }

    fn see_name(&mut self, body: &[u8], found: &mut Found) {
        let Some(flags) = u16_at(body, 0) else { return };
        self.names = self.names.saturating_add(1);
        let count = usize::from(u8_at(body, 3).unwrap_or(0));
        let name = if self.is_97 {
            strings::characters(body, 14, count)
        } else {
            self.page.decode_without_bom_handling(slice(body, 14, count)).0.into_owned()
        };
        if self.is_97 {
            // Behind the name, which has a byte of flags; formulas know it by its number.
            let is_wide = u8_at(body, 14).is_some_and(|flags| flags & 1 != 0);
            let at = count.saturating_mul(if is_wide { 2 } else { 1 }).saturating_add(15);
            let tokens = slice(body, at, usize::from(u16_at(body, 4).unwrap_or(0)));
            let (formula, is_cut) = tokens::text(tokens, Form::Biff8);
            if is_cut {
                found.mark("link_computed");
            }
            found.cells.name(&format!("name{}", self.names), &formula, (0, 0));
        }
        let is_known = flags & 0x20 != 0;
        let number = name.chars().next().and_then(|number| u8::try_from(u32::from(number)).ok());
        if is_known && number.is_some_and(|number| RUNS_BY_ITSELF.contains(&number)) {
            found.mark("auto_run");
        }
        if !is_known {
            crate::formats::office::ooxml::see_name(found, &name);
            found.line(Layer::Other, &name);
        }
    }

    /// Reads the tokens that stand here, behind their size.
    fn see_formula(&mut self, body: &[u8], at: usize, found: &mut Found) -> Option<Shared> {
        let size = usize::from(u16_at(body, at).unwrap_or(0));
        if !self.is_97 {
            return None;
        }
        let tokens = slice(body, at.saturating_add(2), size);
        if let Some((row, column)) = tokens::shares(tokens, Form::Biff8) {
            self.shared.read(&(row, column.unwrap_or(0)), found);
            return None;
        }
        let (text, is_cut) = tokens::text(tokens, Form::Biff8);
        if is_cut {
            found.mark("link_computed");
        }
        let shared = formula::read_cell(found, &text);
        if self.is_macro_sheet && !text.is_empty() {
            if formula::is_acting(&text) {
                found.mark("macro_code");
            }
            self.is_cut |= self.macros.len() >= MACRO_BYTES_MAX;
            if self.macros.len() < MACRO_BYTES_MAX {
                self.macros.push_str(&text);
                self.macros.push('\n');
            }
        }
        Some(shared)
    }

    /// A formula of a range, which stands behind the first cell of it; the value of that cell comes after.
    fn see_range(&mut self, record: &Record<'_>, found: &mut Found) {
        let body = record.body;
        let short = |at: usize| u32::from(u16_at(body, at).unwrap_or(0));
        let byte = |at: usize| u32::from(u8_at(body, at).unwrap_or(0));
        let (first, last) = ((short(0), byte(4)), (short(2), byte(5)));
        found.cells.go(first.0, first.1);
        if record.kind != SHARED_FORMULA {
            formula::read_area(found, last);
        }
        let at = match record.kind {
            SHARED_FORMULA => 8,
            ARRAY_FORMULA => 12,
            _ => return,
        };
        if let Some(shared) = self.see_formula(body, at, found).filter(|_| record.kind == SHARED_FORMULA) {
            self.shared.keep(first, shared, found);
        }
    }
}

/// A link to another book or to another program, which is written `service`, a character of code 3, `topic` (MS-XLS 2.5.277).
fn see_book_link(body: &[u8], found: &mut Found) {
    let count = usize::from(u16_at(body, 2).unwrap_or(0));
    // This book itself, and add-ins.
    if matches!(count, 0x0401 | 0x3a01) {
        return;
    }
    let path = strings::characters(body, 4, count);
    if path.contains('\u{3}') {
        found.mark("dde");
        found.line(Layer::Hidden, &path.replace('\u{3}', "|"));
        return;
    }
    // `\x01\x05` stands before an address, `\x01\x01@` before a share.
    let plain: String = path.chars().filter(|character| !character.is_control()).collect();
    let share = path.strip_prefix("\u{1}\u{1}@").map(|rest| format!("\\\\{}", rest.replace('\u{3}', "\\")));
    found.fetched(share.as_deref().unwrap_or(&plain), "external_link");
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
