//! Pages that are called workbooks: a spreadsheet opens them, and takes what stands in a cell, or in a block by itself, for what somebody
//! types there; what it wrote itself has its formulas in an attribute. Documented limit: cells that go over several rows do not move
//! those beside them. Source: Microsoft Office HTML and XML Reference (`x:fmla`).

use crate::formats::office::{Found, formula};
use crate::formats::table::{Reading, end_cell, look};
use crate::unpack::Walk;

/// Elements within a line. All others part what stands around them.
const WITHIN: [&str; 28] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "label", "mark",
    "nobr", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "wbr",
];
/// Those whose text is none of the sheet.
const UNSEEN: [&str; 3] = ["script", "style", "title"];
/// Where a spreadsheet writes a formula.
const FORMULA: &str = "x:fmla";
/// Columns of a sheet, which one cell may take.
const COLUMNS_MAX: u32 = 16_384;

/// The sheet that such a page becomes, and where it is read.
struct Sheet {
    found: Found,
    text: String,
    row: u32,
    column: u32,
    next_row: u32,
    next_column: u32,
    is_in_cell: bool,
    is_unseen: bool,
}

/// Reads the cells of a page.
pub(super) fn open(walk: &mut Walk<'_>, at: usize, page: &str) {
    let mut sheet = Sheet {
        found: Found::new(walk),
        text: String::new(),
        row: 0,
        column: 0,
        next_row: 0,
        next_column: 0,
        is_in_cell: false,
        is_unseen: false,
    };
    sheet.found.cells.turn_to("");
    let mut rest = page;
    while let Some((before, behind)) = rest.split_once('<') {
        sheet.text.push_str(before);
        rest = behind;
        if let Some(comment) = behind.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
        } else if behind.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            let (tag, after) = behind.split_at_checked(tag_end(behind)).unwrap_or((behind, ""));
            rest = after.strip_prefix('>').unwrap_or(after);
            sheet.pass(walk, at, tag);
        } else {
            sheet.text.push('<');
        }
    }
    sheet.text.push_str(rest);
    sheet.end(walk, at);
    sheet.found.give(walk, at);
}

impl Sheet {
    fn pass(&mut self, walk: &mut Walk<'_>, at: usize, tag: &str) {
        let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | ':')).next().unwrap_or_default();
        let name = name.trim_end_matches('/').to_ascii_lowercase();
        let (name, is_end) = name.strip_prefix('/').map_or((name.as_str(), false), |name| (name, true));
        if WITHIN.contains(&name) {
            return;
        }
        self.end(walk, at);
        if UNSEEN.contains(&name) {
            self.is_unseen = !is_end;
        }
        match name {
            "td" | "th" if !is_end => self.begin_cell(tag),
            "tr" if !is_end => {
                self.is_in_cell = false;
                self.begin_row();
            }
            "td" | "th" | "tr" | "table" => self.is_in_cell = false,
            _ => {}
        }
    }

    fn begin_row(&mut self) {
        self.row = self.next_row;
        self.next_row = self.next_row.saturating_add(1);
        (self.column, self.next_column) = (0, 0);
    }

    fn begin_cell(&mut self, tag: &str) {
        let span = attributes(tag, "colspan").find_map(|span| span.trim().parse().ok()).unwrap_or(1_u32);
        self.column = self.next_column;
        self.next_column = self.column.saturating_add(span.clamp(1, COLUMNS_MAX));
        self.is_in_cell = true;
        for written in attributes(tag, FORMULA) {
            let written = htmlize::unescape_attribute(written);
            self.found.cells.go(self.row, self.column);
            drop(formula::read_cell(&mut self.found, written.trim().trim_start_matches('=')));
        }
    }

    /// What stood in front of this place is a cell of its own; outside of tables, the only one of its row.
    fn end(&mut self, walk: &mut Walk<'_>, at: usize) {
        let written = std::mem::take(&mut self.text);
        if self.is_unseen {
            return;
        }
        let written = htmlize::unescape(written.as_str());
        let cell = written.trim();
        if cell.is_empty() {
            return;
        }
        if !self.is_in_cell {
            self.begin_row();
        }
        look(walk, at, cell);
        end_cell(&mut self.found, cell, (self.row, self.column), Reading::Likely);
    }
}

/// Where a tag ends. A quote that nothing ends is none.
fn tag_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut at, mut before) = (0_usize, 0_u8);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return at,
            b'"' | b'\'' if before == b'=' => {
                let quoted = bytes.get(at.saturating_add(1)..).unwrap_or_default();
                let length = memchr::memchr(*byte, quoted).map_or(0, |length| length.saturating_add(1));
                at = at.saturating_add(length);
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = *byte;
        }
        at = at.saturating_add(1);
    }
    bytes.len()
}

/// The values of what may be attributes of that name, as they are written: what only looks like one within a value is taken along.
fn attributes<'t>(tag: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    let bytes = tag.as_bytes();
    let (lower, upper) = name.bytes().next().map_or((0, 0), |first| (first, first.to_ascii_uppercase()));
    let mut from = 0_usize;
    memchr::memchr2_iter(lower, upper, bytes).filter_map(move |at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before))?;
        let end = at.saturating_add(name.len());
        let is_name = bytes.get(at..end).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()));
        let is_apart = before.is_ascii_whitespace() || matches!(before, b'"' | b'\'' | b'/');
        if at < from || !is_name || !is_apart {
            return None;
        }
        let (value, is_quoted) = value(tag.get(end..)?)?;
        // Nothing else stands in one without quotes.
        if !is_quoted {
            from = end.saturating_add(value.len());
        }
        Some(value)
    })
}

/// The value behind a name; is it in quotes?
fn value(behind: &str) -> Option<(&str, bool)> {
    let value = behind.trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        Some(quote) => value.get(1..)?.split(quote).next().map(|value| (value, true)),
        None => value.split(char::is_whitespace).next().map(|value| (value, false)),
    }
}
