//! Cells with a shade, of tables and sheets: codes are drawn so.

pub(in crate::formats) mod placed;
pub(in crate::formats) mod rows;
pub(in crate::formats) mod sheet;

use std::collections::HashMap;

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;
use crate::formats::image::grey;

/// Tables within tables that are followed.
const TABLES_MAX: usize = 32;
/// A colour that only a theme or a palette which is not known names, and that is neither black nor white.
pub(in crate::formats) const COLOURED: u8 = 110;
/// Columns and rows that one stands for.
const REPEATED_MAX: usize = 1_000;

/// The tables of a text, row by row.
#[derive(Debug, Default)]
pub(super) struct Tables {
    open: Vec<Table>,
    /// Open tables beyond those that are followed.
    left_out: usize,
    is_cut: bool,
    /// Those that are done and may be codes.
    pub(super) drawings: Vec<Canvas>,
}

#[derive(Debug, Default)]
struct Table {
    canvas: Canvas,
    column: usize,
    row: usize,
    /// Rows that the open row stands for.
    rows: usize,
    /// Columns that the open cell stands for, columns and rows that it lies over, and its shade.
    span: usize,
    cover: (usize, usize),
    shade: Option<u8>,
    is_in_cell: bool,
    /// The open cell is a part of the one above it; shades of the row above by their columns, where there are any.
    joins_above: bool,
    above: HashMap<usize, u8>,
}

impl Tables {
    pub(super) fn begin_table(&mut self) {
        if self.open.len() < TABLES_MAX {
            self.open.push(Table::default());
        } else {
            self.left_out = self.left_out.saturating_add(1);
            self.is_cut = true;
        }
    }

    /// The innermost open table, if it is followed.
    fn table(&mut self) -> Option<&mut Table> {
        self.open.last_mut().filter(|_| self.left_out == 0)
    }

    pub(super) fn end_table(&mut self) {
        if self.left_out > 0 {
            self.left_out = self.left_out.saturating_sub(1);
        } else if let Some(table) = self.open.pop()
            && table.canvas.may_be_code()
        {
            self.drawings.push(table.canvas);
        }
    }

    pub(super) fn begin_row(&mut self) {
        if let Some(table) = self.table() {
            table.row = table.row.saturating_add(table.rows.max(1));
            (table.column, table.rows) = (0, 1);
        }
    }

    /// The open row stands for so many.
    pub(super) fn repeat_row(&mut self, rows: usize) {
        if let Some(table) = self.table() {
            table.rows = rows.clamp(1, REPEATED_MAX);
        }
    }

    pub(super) fn begin_cell(&mut self, span: usize) {
        if let Some(table) = self.table() {
            (table.span, table.cover, table.shade, table.is_in_cell) = (span, (1, 1), None, true);
            table.joins_above = false;
        }
    }

    /// Leaves out so many columns.
    pub(super) fn skip(&mut self, columns: usize) {
        if let Some(table) = self.table() {
            table.column = table.column.saturating_add(columns.min(REPEATED_MAX));
        }
    }

    /// The open cell lies under another one.
    pub(super) fn cover_cell(&mut self) {
        if let Some(table) = self.table() {
            table.is_in_cell = false;
        }
    }

    /// The open cell is a part of the one above it.
    pub(super) fn join_above(&mut self) {
        if let Some(table) = self.table() {
            table.joins_above = true;
        }
    }

    /// The open cell is so many columns wide.
    pub(super) fn set_span(&mut self, span: usize) {
        if let Some(table) = self.table() {
            table.span = span;
        }
    }

    /// The open cell lies over so many columns and rows; what is under it stands there as well.
    pub(super) fn set_cover(&mut self, columns: usize, rows: usize) {
        if let Some(table) = self.table() {
            table.cover = (columns.clamp(1, REPEATED_MAX), rows.clamp(1, REPEATED_MAX));
        }
    }

    /// The open cell has this shade, if it has none yet.
    pub(super) fn set_shade(&mut self, shade: u8) {
        if let Some(table) = self.table().filter(|table| table.is_in_cell) {
            table.shade.get_or_insert(shade);
        }
    }

    pub(super) fn end_cell(&mut self) {
        let Some(table) = self.table() else { return };
        let to = table.column.saturating_add(table.span.max(1));
        let own = table.shade.take();
        let shade = if table.joins_above { table.above.get(&table.column).copied() } else { own };
        match shade {
            Some(shade) => table.above.insert(table.column, shade),
            None => table.above.remove(&table.column),
        };
        if let Some(shade) = shade {
            let (columns, rows) = table.cover;
            let right = table
                .column
                .saturating_add(table.span.clamp(1, REPEATED_MAX))
                .max(table.column.saturating_add(columns));
            let bottom = table.row.saturating_add(table.rows.max(rows));
            add(&mut table.canvas, (table.column, table.row), (right, bottom), shade);
        }
        (table.column, table.is_in_cell) = (to, false);
    }

    /// At the end: tables that were not closed; and an empty one that is cut, where some were not followed.
    pub(super) fn finish(mut self) -> Vec<Canvas> {
        self.left_out = 0;
        while !self.open.is_empty() {
            self.end_table();
        }
        if self.is_cut {
            let mut rest = Canvas::default();
            rest.cut();
            self.drawings.push(rest);
        }
        self.drawings
    }
}

/// Shades the cells from a column and row up to others.
fn add(canvas: &mut Canvas, from: (usize, usize), to: (usize, usize), shade: u8) {
    let place = |at: usize| u32::try_from(at).map_or(f64::MAX, f64::from);
    canvas.add_box([place(from.0), place(from.1), place(to.0), place(to.1)], Affine::IDENTITY, Some(shade));
}

/// The colours of workbooks that have a number, from 8 on, where no palette of the file says otherwise (ECMA-376-1, 18.8.27).
const NUMBERED: [u32; 56] = [
    0x0000_0000,
    0x00ff_ffff,
    0x00ff_0000,
    0x0000_ff00,
    0x0000_00ff,
    0x00ff_ff00,
    0x00ff_00ff,
    0x0000_ffff,
    0x0080_0000,
    0x0000_8000,
    0x0000_0080,
    0x0080_8000,
    0x0080_0080,
    0x0000_8080,
    0x00c0_c0c0,
    0x0080_8080,
    0x0099_99ff,
    0x0099_3366,
    0x00ff_ffcc,
    0x00cc_ffff,
    0x0066_0066,
    0x00ff_8080,
    0x0000_66cc,
    0x00cc_ccff,
    0x0000_0080,
    0x00ff_00ff,
    0x00ff_ff00,
    0x0000_ffff,
    0x0080_0080,
    0x0080_0000,
    0x0000_8080,
    0x0000_00ff,
    0x0000_ccff,
    0x00cc_ffff,
    0x00cc_ffcc,
    0x00ff_ff99,
    0x0099_ccff,
    0x00ff_99cc,
    0x00cc_99ff,
    0x00ff_cc99,
    0x0033_66ff,
    0x0033_cccc,
    0x0099_cc00,
    0x00ff_cc00,
    0x00ff_9900,
    0x00ff_6600,
    0x0066_6699,
    0x0096_9696,
    0x0000_3366,
    0x0033_9966,
    0x0000_3300,
    0x0033_3300,
    0x0099_3300,
    0x0099_3366,
    0x0033_3399,
    0x0033_3333,
];
/// Number of the first of them; those below are the first eight once more.
const FIRST_NUMBERED: usize = 8;

/// The shade of a colour of a workbook by its number, and by the palette of the file, which begins at the same number. Those of the window
/// stand behind: what is written in it, its ground.
pub(in crate::formats) fn numbered(number: usize, palette: &[u8]) -> u8 {
    let at = if number < FIRST_NUMBERED { number } else { number.saturating_sub(FIRST_NUMBERED) };
    let own = palette.get(at).copied();
    own.or_else(|| NUMBERED.get(at).map(|colour| grey::shade(*colour))).unwrap_or(match number {
        64 => 0,
        65 => 255,
        _ => COLOURED,
    })
}

/// Lighter, or darker where it is below zero, by a share of what is left (18.8.19).
pub(in crate::formats) fn tinted(shade: u8, tint: f64) -> u8 {
    let light = f64::from(shade);
    let light = if tint < 0.0 { light * (1.0 + tint) } else { light + (255.0 - light) * tint };
    #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
    let shade = light.round() as u8;
    shade
}

/// A pattern that covers all, as a share.
pub(in crate::formats) const WHOLE: u32 = 10_000;

/// The shade of a pattern of which so much shows its front, of [`WHOLE`].
pub(in crate::formats) fn mixed(front: u8, back: u8, share: u32) -> u8 {
    let share = share.min(WHOLE);
    let sum = u32::from(front)
        .saturating_mul(share)
        .saturating_add(u32::from(back).saturating_mul(WHOLE.saturating_sub(share)));
    u8::try_from(sum / WHOLE).unwrap_or(u8::MAX)
}

/// `000000`, `FF000000` with how much is seen of it in front, `#000000`.
pub(in crate::formats) fn shade_of(colour: &str) -> Option<u8> {
    let digits = colour.trim().trim_start_matches('#');
    let digits = if digits.len() == 8 { digits.get(2..)? } else { digits };
    if digits.len() != 6 {
        return None;
    }
    u32::from_str_radix(digits, 16).ok().map(grey::shade)
}

#[cfg(test)]
mod tests;
