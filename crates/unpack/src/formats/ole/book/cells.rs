//! Cells of a workbook: their values, in the order of the records; rows are lines.

use crate::formats::office::Found;
use crate::formats::office::bytes::{packed, size_at, slice, u8_at, u16_at, u32_at};
use crate::formats::office::formula::Kind;
use crate::formats::ole::book::{Reader, Record, strings};

/// Kinds of records.
const SHARED: u16 = 0x00fd;
const LABEL: u16 = 0x0204;
const RICH: u16 = 0x00d6;
const NUMBER: u16 = 0x0203;
const PACKED: u16 = 0x027e;
const PACKED_ROW: u16 = 0x00bd;
const RESULT: u16 = 0x0207;
const FORMULA: u16 = 0x0006;
const TRUTH: u16 = 0x0205;

/// Kinds that begin with a row and a column.
pub(super) const IN_CELLS: [u16; 8] = [SHARED, LABEL, RICH, NUMBER, PACKED, PACKED_ROW, FORMULA, TRUTH];

impl Reader {
    pub(super) fn see_cell(&mut self, record: &Record<'_>, found: &mut Found) {
        let body = record.body;
        let text = match record.kind {
            SHARED => size_at(body, 6).and_then(|at| self.strings.get(at)).cloned().unwrap_or_default(),
            LABEL | RICH if self.is_97 => strings::long(body, 6, (true, self.page)),
            LABEL | RICH => strings::bytes(body, 8, usize::from(u16_at(body, 6).unwrap_or(0)), self.page),
            RESULT if self.is_97 => strings::long(body, 0, (true, self.page)),
            RESULT => strings::bytes(body, 2, usize::from(u16_at(body, 0).unwrap_or(0)), self.page),
            NUMBER | FORMULA => number(slice(body, 6, 8)),
            PACKED => u32_at(body, 6).map(packed).unwrap_or_default(),
            PACKED_ROW => packed_row(body, found),
            // Of one byte: true and false, or an error.
            TRUTH => {
                let value = match (u8_at(body, 6), u8_at(body, 7)) {
                    (_, Some(1)) => "#N/A",
                    (Some(0), _) => "0",
                    _ => "1",
                };
                return found.cells.keep(value, Kind::Truth);
            }
            _ => return,
        };
        if text.is_empty() {
            return;
        }
        match record.kind {
            PACKED_ROW => {}
            NUMBER | FORMULA | PACKED => found.cells.keep(&text, Kind::Number),
            _ => found.cells.keep(&text, Kind::Text),
        }
        if found.is_full() {
            return;
        }
        // The result of a formula has no place of its own: it belongs to the cell before.
        let row = if record.kind == RESULT { self.row } else { u16_at(body, 0) };
        if row != self.row {
            found.break_line(self.layer);
            self.row = row;
        }
        found.push(self.layer, &text);
        found.push(self.layer, "\t");
    }
}

/// A number; results that are no numbers have all bits of the last two bytes set.
fn number(bytes: &[u8]) -> String {
    if u16_at(bytes, 6) == Some(0xffff) {
        return String::new();
    }
    bytes.first_chunk().map(|bytes| f64::from_le_bytes(*bytes)).map(|number| number.to_string()).unwrap_or_default()
}

/// Numbers beside each other.
fn packed_row(body: &[u8], found: &mut Found) -> String {
    let cells = body.get(4..body.len().saturating_sub(2)).unwrap_or_default();
    let (row, first) = (found.cells.here.row, found.cells.here.column);
    let values: Vec<String> = cells.chunks_exact(6).filter_map(|cell| u32_at(cell, 2)).map(packed).collect();
    for (column, value) in (first..).zip(&values) {
        found.cells.go(row, column);
        found.cells.keep(value, Kind::Number);
    }
    values.join("\t")
}
