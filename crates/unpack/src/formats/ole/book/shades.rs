//! Shades of the cells of a workbook (MS-XLS 2.4.353, 2.4.188, 2.4.168): codes are drawn so. Documented limits: formats of rows, columns
//! and conditions are not known; of colours that no palette of the file names only black and white are.

use std::collections::HashMap;

use crate::formats::image::canvas::Canvas;
use crate::formats::image::grey;
use crate::formats::office::bytes::{slice, u8_at, u16_at, u32_at};
use crate::formats::office::{Found, shaded};
use crate::formats::ole::book::{BEGIN, Record, cells};

/// Kinds of records.
const FORMAT: u16 = 0x00e0;
const PALETTE: u16 = 0x0092;
const BLANK: u16 = 0x0201;
const BLANKS: u16 = 0x00be;
const NUMBERS: u16 = 0x00bd;
const MERGED: u16 = 0x00e5;
/// Formats of one workbook, and cells whose shades are kept for merged ranges.
const FORMATS_MAX: usize = 65_536;
const CELLS_MAX: usize = 70_000;
/// Number of the first colour of a palette.
const FIRST_COLOUR: usize = 8;

/// A pattern of two colours.
#[derive(Clone, Copy, Debug, Default)]
struct Fill {
    /// How much is seen of the front, in hundredths; none: nothing is painted.
    share: Option<u8>,
    front: usize,
    back: usize,
}

/// What is known of them.
#[derive(Debug, Default)]
pub(super) struct Shades {
    fills: Vec<Fill>,
    palette: Vec<u8>,
    canvas: Canvas,
    cells: HashMap<(usize, usize), u8>,
}

impl Shades {
    pub(super) fn see(&mut self, record: &Record<'_>, found: &mut Found) {
        let body = record.body;
        let short = |at: usize| usize::from(u16_at(body, at).unwrap_or(0));
        match record.kind {
            BEGIN => self.finish(found),
            FORMAT if self.fills.len() < FORMATS_MAX => self.fills.push(Fill::of(body)),
            PALETTE => {
                let colours = slice(body, 2, body.len()).chunks_exact(4);
                let shade = |colour: &[u8]| u32_at(colour, 0).map_or(0, |colour| grey::shade(colour.swap_bytes() >> 8));
                self.palette = colours.map(shade).collect();
            }
            BLANKS => {
                let formats = body.get(4..body.len().saturating_sub(2)).unwrap_or_default();
                for (column, format) in (short(2)..).zip(formats.chunks_exact(2)) {
                    self.add((column, short(0)), usize::from(u16_at(format, 0).unwrap_or(0)));
                }
            }
            NUMBERS => {
                let cells = body.get(4..body.len().saturating_sub(2)).unwrap_or_default();
                for (column, cell) in (short(2)..).zip(cells.chunks_exact(6)) {
                    self.add((column, short(0)), usize::from(u16_at(cell, 0).unwrap_or(0)));
                }
            }
            MERGED => slice(body, 2, body.len()).chunks_exact(8).for_each(|range| self.merge(range)),
            kind if kind == BLANK || cells::IN_CELLS.contains(&kind) => self.add((short(2), short(0)), short(4)),
            _ => {}
        }
    }

    fn add(&mut self, (column, row): (usize, usize), format: usize) {
        let Some(shade) = self.fills.get(format).and_then(|fill| self.shade(*fill)) else { return };
        shaded::add(&mut self.canvas, (column, row), (column.saturating_add(1), row.saturating_add(1)), shade);
        if self.cells.len() < CELLS_MAX {
            self.cells.insert((column, row), shade);
        }
    }

    /// The first cell of a range is shown in the place of all: rows, then columns.
    fn merge(&mut self, range: &[u8]) {
        let short = |at: usize| usize::from(u16_at(range, at).unwrap_or(0));
        if let Some(shade) = self.cells.get(&(short(4), short(0))) {
            let to = (short(6).saturating_add(1), short(2).saturating_add(1));
            shaded::add(&mut self.canvas, (short(4), short(0)), to, *shade);
        }
    }

    fn shade(&self, fill: Fill) -> Option<u8> {
        let share = u16::from(fill.share?);
        let back = u16::from(self.colour(fill.back)).saturating_mul(100_u16.saturating_sub(share));
        u8::try_from(u16::from(self.colour(fill.front)).saturating_mul(share).saturating_add(back) / 100).ok()
    }

    fn colour(&self, number: usize) -> u8 {
        let own = number.checked_sub(FIRST_COLOUR).and_then(|at| self.palette.get(at)).copied();
        own.unwrap_or(match number {
            0 | 8 | 64 => 0,
            1 | 9 | 65 => 255,
            _ => shaded::COLOURED,
        })
    }

    /// At the end of a sheet.
    pub(super) fn finish(&mut self, found: &mut Found) {
        found.drawing(std::mem::take(&mut self.canvas));
        self.cells.clear();
    }
}

impl Fill {
    /// That of a format: of Excel 97 and later, or of before.
    fn of(body: &[u8]) -> Self {
        let is_97 = body.len() >= 20;
        let pattern =
            if is_97 { u8_at(body, 17).map(|byte| byte >> 2) } else { u8_at(body, 10).map(|byte| byte & 0x3f) };
        let colours = usize::from(u16_at(body, if is_97 { 18 } else { 8 }).unwrap_or(0));
        // 2.5.177: how dense each pattern is.
        let share = match pattern.unwrap_or(0) {
            0 => None,
            1 => Some(100),
            3 => Some(75),
            2 | 5..=10 => Some(50),
            4 | 11..=16 => Some(25),
            17 => Some(12),
            _ => Some(6),
        };
        Self { share, front: colours & 0x7f, back: (colours >> 7) & 0x7f }
    }
}

#[cfg(test)]
mod tests;
