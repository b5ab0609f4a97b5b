//! Cells by how wide and how high they say they are: one element may be a run of modules, and what has no size is none. All rows of a
//! page are taken as they follow each other, in whatever element they stand; those that are equally wide may be a code.

use crate::formats::text_code::matrix::{MODULES_MAX, Matrix};

/// Cells of one page.
const CELLS_MAX: usize = 200_000;
/// Rows of one width, at least: one may be as high as several modules. And widths of a page that are looked at.
const ROWS_MIN: usize = 8;
const WIDTHS_MAX: usize = 8;
/// Cells of a row, at least; and modules of a field.
const ROW_CELLS_MIN: usize = 4;
const AREA_MAX: usize = 400_000;

/// A row so far: its height, and the width and the shade of each cell, in tenths of a pixel.
#[derive(Debug, Default)]
struct Row {
    height: u32,
    cells: Vec<(u32, Option<bool>)>,
}

/// Rows so far.
#[derive(Debug, Default)]
pub(super) struct Measured {
    rows: Vec<Row>,
    row: Row,
    /// The last cell is one of a table, and what is in it may fill it.
    is_in_cell: bool,
    count: usize,
}

impl Measured {
    /// What follows stands in another row.
    pub(super) fn end_row(&mut self) {
        self.is_in_cell = false;
        let row = std::mem::take(&mut self.row);
        if row.cells.len() >= ROW_CELLS_MIN {
            self.rows.push(row);
        }
    }

    /// The row is so high at least.
    pub(super) fn heighten(&mut self, height: Option<f32>) {
        self.row.height = self.row.height.max(height.map_or(0, tenths));
    }

    /// A cell of a table, or a box in a row; nothing where it has no width.
    pub(super) fn add(&mut self, (width, height): (Option<f32>, Option<f32>), own: Option<bool>, is_cell: bool) {
        let width = width.map_or(0, tenths);
        let is_filling = std::mem::replace(&mut self.is_in_cell, is_cell) && !is_cell;
        if width == 0 || self.count >= CELLS_MAX {
            return;
        }
        self.heighten(height);
        self.count = self.count.saturating_add(1);
        match self.row.cells.last_mut().filter(|(last, _)| is_filling && *last == width) {
            Some((_, shade)) => *shade = own.or(*shade),
            None => self.row.cells.push((width, own)),
        }
    }

    /// The fields that the rows are.
    pub(super) fn finish(mut self) -> Vec<Matrix> {
        self.end_row();
        let total = |row: &Row| row.cells.iter().map(|(width, _)| *width).fold(0, u32::saturating_add);
        let mut totals: Vec<u32> = self.rows.iter().map(total).collect();
        totals.sort_unstable();
        let counted = totals.chunk_by(u32::eq).filter_map(|same| Some((*same.first()?, same.len())));
        let mut widths: Vec<(u32, usize)> = counted.filter(|(_, count)| *count >= ROWS_MIN).collect();
        widths.sort_unstable_by_key(|(_, count)| std::cmp::Reverse(*count));
        let of = |width: u32| self.rows.iter().filter(|row| total(row) == width).collect::<Vec<_>>();
        widths.iter().take(WIDTHS_MAX).filter_map(|(width, _)| field(&of(*width))).collect()
    }
}

/// The modules of rows, where the narrowest cell and the lowest row are one module each.
fn field(rows: &[&Row]) -> Option<Matrix> {
    let cells = || rows.iter().flat_map(|row| &row.cells);
    let across = cells().map(|(width, _)| *width).min()?;
    let down = rows.iter().map(|row| row.height).filter(|height| *height > 0).min().unwrap_or(1);
    let has_dark = cells().any(|(_, shade)| *shade == Some(true));
    let modules = |length: u32, unit: u32| {
        let count = length.saturating_add(unit / 2).checked_div(unit).unwrap_or(1).max(1);
        usize::try_from(count).unwrap_or(usize::MAX)
    };
    let mut field = Matrix { rows: Vec::new(), is_exact: true };
    let mut area = 0_usize;
    for row in rows {
        let mut line: Vec<bool> = Vec::new();
        for (width, shade) in &row.cells {
            let count = modules(*width, across);
            if line.len().saturating_add(count) > MODULES_MAX.saturating_mul(2) {
                return None;
            }
            line.extend(std::iter::repeat_n(shade.unwrap_or(!has_dark), count));
        }
        let high = modules(row.height, down).min(MODULES_MAX);
        area = area.saturating_add(line.len().saturating_mul(high));
        if area > AREA_MAX {
            return None;
        }
        field.rows.extend(std::iter::repeat_n(line, high));
    }
    Some(field)
}

#[expect(clippy::as_conversions, reason = "a conversion from f32 saturates, and makes a NaN 0")]
fn tenths(pixels: f32) -> u32 {
    (pixels * 10.0).round() as u32
}
