//! Shades of the cells of tables (MS-DOC 2.4.6.1, 2.6.3, 2.9): codes are drawn so. The end of a row is a paragraph, whose properties
//! say where its cells begin and end and what they are filled with. Documented limits: shades of styles and of paragraphs in a cell are not
//! known, nor what pieces of the text say besides.

mod properties;

use std::collections::HashSet;

use crate::formats::office::Found;
use crate::formats::office::bytes::{size_at, slice, u8_at, u32_at};
use crate::formats::office::shaded::rows::{Cell, Rows};
use crate::formats::ole::word::shades::properties::{Data, Properties};
use crate::formats::ole::word::{Piece, Streams};

/// Place in the head of the place and size of the list of pages with properties of paragraphs.
const PARAGRAPHS: usize = 0x0102;
const PAGE_BYTES: usize = 512;
/// Bits of a page's number.
const PAGE_NUMBER: u32 = 0x003f_ffff;
/// What a page says of a paragraph: where its properties are, and its height.
const ENTRY_BYTES: usize = 13;
/// Cells of all rows that are kept.
const CELLS_MAX: usize = 200_000;

/// The end of a row.
struct Row {
    /// Where its paragraph ends in the main stream.
    end: usize,
    cells: Vec<Cell>,
    height: Option<u32>,
}

/// Reads the tables of a document.
pub(super) fn read(streams: Streams<'_>, pieces: &[Piece], found: &mut Found) {
    let mut all = Rows::default();
    let mut ends = rows(streams, &mut all).unwrap_or_default();
    ends.sort_by_key(|row| row.end);
    let count = ends.len();
    ends.dedup_by_key(|row| row.end);
    if ends.len() < count {
        // Which of two is reached is up to the program.
        all.doubt();
    }
    for Piece { bytes, .. } in pieces {
        let from = ends.partition_point(|row| row.end <= bytes.start);
        for row in ends.iter().skip(from).take_while(|row| row.end <= bytes.end) {
            all.add(&row.cells, row.height);
        }
    }
    all.finish(found);
}

/// The ends of rows, of all pages; none where there is no list of pages.
fn rows(streams: Streams<'_>, all: &mut Rows) -> Option<Vec<Row>> {
    let at = size_at(streams.main, PARAGRAPHS)?;
    let list = slice(streams.table, at, size_at(streams.main, PARAGRAPHS.saturating_add(4))?);
    let count = list.len().checked_sub(4)?.checked_div(8)?;
    let numbers = list.get(count.checked_add(1)?.checked_mul(4)?..)?;
    let (mut ends, mut cells) = (Vec::new(), 0_usize);
    let mut data = Data::new(streams.datas);
    let mut seen = HashSet::new();
    for number in numbers.chunks_exact(4).filter_map(|number| u32_at(number, 0)).map(|number| number & PAGE_NUMBER) {
        if !seen.insert(number) {
            continue;
        }
        let page = slice(streams.main, usize::try_from(number).ok()?.checked_mul(PAGE_BYTES)?, PAGE_BYTES);
        for (end, modifiers) in paragraphs(page) {
            let properties = Properties::read(modifiers, &mut data);
            if properties.is_doubtful {
                all.doubt();
            }
            if properties.is_end_of_row {
                let row = Row { end, cells: properties.cells(), height: properties.height };
                cells = cells.saturating_add(row.cells.len());
                ends.push(row);
            }
        }
        if data.is_used_up() || cells > CELLS_MAX {
            all.cut();
            break;
        }
    }
    Some(ends)
}

/// Where each paragraph of a page ends, and its properties (2.9.175 and 2.9.176).
fn paragraphs(page: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let count = usize::from(u8_at(page, PAGE_BYTES.saturating_sub(1)).unwrap_or(0));
    let entries = count.saturating_add(1).saturating_mul(4);
    (0..count).filter_map(move |number| {
        let end = size_at(page, number.checked_add(1)?.checked_mul(4)?)?;
        let entry = entries.checked_add(number.checked_mul(ENTRY_BYTES)?)?;
        let at = usize::from(u8_at(page, entry)?).checked_mul(2).filter(|at| *at > 0)?;
        let (from, size) = match usize::from(u8_at(page, at)?) {
            0 => (at.checked_add(2)?, usize::from(u8_at(page, at.checked_add(1)?)?).checked_mul(2)?),
            size => (at.checked_add(1)?, size.checked_mul(2)?.checked_sub(1)?),
        };
        // The number of a style stands in front.
        Some((end, slice(page, from.checked_add(2)?, size.checked_sub(2)?)))
    })
}

#[cfg(test)]
mod tests;
