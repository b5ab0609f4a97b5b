//! Cells by how wide and how high they say they are: one element may be a run of modules, and what has no size is none. All rows of a
//! page are taken as they follow each other, in whatever element they stand; those that are equally wide may be a code. Of rows that may be one and
//! are too many it is told.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use crate::formats::text_code::matrix::{MODULES_MAX, Matrix};

/// Cells of one page.
const CELLS_MAX: usize = 200_000;
/// Rows of one width, at least: one may be as high as several modules.
const ROWS_MIN: usize = 8;
/// Cells of a row, at least.
const ROW_CELLS_MIN: usize = 4;
/// Modules of a row, of a field, and of all fields of a page.
const ROW_MODULES_MAX: usize = MODULES_MAX * 2;
const AREA_MAX: usize = 400_000;
const AREAS_MAX: usize = AREA_MAX * 8;
/// Of so many rows, with changes of shade in so many places, it is told where they are not laid out: the smallest code has as many.
const TOLD_ROWS_MIN: usize = 16;
const TOLD_CHANGES_MIN: usize = 20;
/// Dark runs of a row of a code, and of all its rows, at least: with as many it is told where none of the fields is one.
const ROW_RUNS_MIN: usize = 3;
const RUNS_MIN: usize = 100;

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

    /// The fields that the rows are, and whether that is all of them.
    pub(super) fn finish(mut self) -> (Found, bool) {
        self.end_row();
        let mut runs: Vec<Run<'_>> = runs(&self.rows).into_iter().filter(|run| run.changes > 0).collect();
        // What looks most like a code comes first.
        runs.sort_by_key(|run| Reverse(run.changes));
        let mut found = Found::default();
        let (mut is_whole, mut left) = (self.count < CELLS_MAX, AREAS_MAX);
        for run in runs {
            let own = run.fields(&mut left);
            is_whole &= !(own.is_empty() && run.may_be_code());
            if run.is_likely() && !own.is_empty() {
                found.likely.push(own);
            } else {
                found.fields.extend(own);
            }
        }
        (found, is_whole)
    }
}

/// Fields of a page.
#[derive(Debug, Default)]
pub(in crate::formats::html::drawn) struct Found {
    pub(in crate::formats::html::drawn) fields: Vec<Matrix>,
    /// Of each of these one has to be a code: it is told where none is.
    pub(in crate::formats::html::drawn) likely: Vec<Vec<Matrix>>,
}

/// Rows that are equally wide.
struct Run<'r> {
    rows: Vec<&'r Row>,
    width: u32,
    /// Places in which a dark cell is beside a light one, in whatever row.
    changes: usize,
}

/// Those that follow each other, and all of a width: other rows of the page are as wide, or stand in between.
fn runs(rows: &[Row]) -> Vec<Run<'_>> {
    let mut by_width: BTreeMap<u32, Vec<(usize, &Row)>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let width = row.cells.iter().map(|(width, _)| *width).fold(0, u32::saturating_add);
        by_width.entry(width).or_default().push((number, row));
    }
    let follows = |one: &(usize, &Row), next: &(usize, &Row)| one.0.saturating_add(1) == next.0;
    let mut all = Vec::new();
    for (width, same) in &by_width {
        let parts = same.chunk_by(follows).filter(|part| part.len() < same.len());
        let long = parts.chain([same.as_slice()]).filter(|part| part.len() >= ROWS_MIN);
        all.extend(long.map(|part| Run::of(part.iter().map(|(_, row)| *row).collect(), *width)));
    }
    all
}

impl<'r> Run<'r> {
    fn of(rows: Vec<&'r Row>, width: u32) -> Self {
        let mut run = Self { rows, width, changes: 0 };
        let has_dark = run.has_dark();
        let mut places = HashSet::new();
        for row in &run.rows {
            let (mut at, mut before) = (0_u32, None);
            for (width, shade) in &row.cells {
                let own = shade.unwrap_or(!has_dark);
                if before.is_some_and(|before| before != own) {
                    places.insert(at);
                }
                before = Some(own);
                at = at.saturating_add(*width);
            }
        }
        run.changes = places.len();
        run
    }

    /// Where none is, cells without a shade are as good as dark.
    fn has_dark(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.cells).any(|(_, shade)| *shade == Some(true))
    }

    fn may_be_code(&self) -> bool {
        self.rows.len() >= TOLD_ROWS_MIN && self.changes >= TOLD_CHANGES_MIN
    }

    /// Has it as many dark cells apart from each other as the smallest code, in rows that change their shade as often?
    fn is_likely(&self) -> bool {
        let has_dark = self.has_dark();
        let is_dark = |cell: &(u32, Option<bool>)| cell.1.unwrap_or(!has_dark);
        let runs = |row: &&Row| {
            let runs = row.cells.chunk_by(|one, other| is_dark(one) == is_dark(other));
            runs.filter(|run| run.first().is_some_and(is_dark)).count()
        };
        let many: Vec<usize> = self.rows.iter().map(runs).filter(|count| *count >= ROW_RUNS_MIN).collect();
        self.may_be_code() && many.len() >= TOLD_ROWS_MIN && many.iter().sum::<usize>() >= RUNS_MIN
    }

    /// What it may be, by the sides that a module may have: a few cells may be narrower, and hide the others. Where each row has such
    /// a cell, the modules are some of what all sides are whole numbers of.
    fn fields(&self, left: &mut usize) -> Vec<Matrix> {
        let mut units: Vec<(u32, u32)> =
            [ROWS_MIN, ROWS_MIN.max(self.rows.len() / 4)].iter().filter_map(|most| self.unit(*most)).collect();
        if let Some((_, down)) = units.first().copied().filter(|_| self.is_likely()) {
            let widths = self.rows.iter().flat_map(|row| &row.cells).map(|(width, _)| *width);
            units.push((widths.fold(0, divisor).max(self.width.div_ceil(row_modules())), down));
        }
        units.dedup();
        units.into_iter().filter_map(|unit| self.field(unit, left)).collect()
    }

    /// Width and height of a module: the least that so many rows have, as far as they are modules of a row together.
    fn unit(&self, rows: usize) -> Option<(u32, u32)> {
        let widths = self.rows.iter().map(|row| row.cells.iter().map(|(width, _)| *width).collect());
        let across = least(widths, self.width.div_ceil(row_modules()), rows)?;
        let heights = self.rows.iter().map(|row| HashSet::from([row.height]));
        Some((across, least(heights, 1, rows).unwrap_or(1)))
    }

    /// The modules of the rows; none where they are too many.
    fn field(&self, (across, down): (u32, u32), left: &mut usize) -> Option<Matrix> {
        let has_dark = self.has_dark();
        let mut field = Matrix { rows: Vec::new(), is_exact: true };
        let mut area = 0_usize;
        for row in &self.rows {
            if *left == 0 {
                return None;
            }
            let high = if row.height == 0 { 1 } else { modules(row.height, down).min(MODULES_MAX) };
            let mut line: Vec<bool> = Vec::new();
            // By where each ends: what is no whole number of modules moves nothing behind it.
            let mut end = 0_u32;
            for (width, shade) in &row.cells {
                end = end.saturating_add(*width);
                let count = modules(end, across).min(ROW_MODULES_MAX).saturating_sub(line.len());
                line.extend(std::iter::repeat_n(shade.unwrap_or(!has_dark), count));
            }
            let own = line.len().saturating_mul(high);
            (area, *left) = (area.saturating_add(own), left.saturating_sub(own));
            if area > AREA_MAX {
                return None;
            }
            field.rows.extend(std::iter::repeat_n(line, high));
        }
        Some(field)
    }
}

fn row_modules() -> u32 {
    u32::try_from(ROW_MODULES_MAX).unwrap_or(u32::MAX)
}

/// The greatest of which both are whole numbers.
fn divisor(mut one: u32, mut other: u32) -> u32 {
    while let Some(rest) = one.checked_rem(other) {
        (one, other) = (other, rest);
    }
    one
}

/// How many modules a length is.
fn modules(length: u32, unit: u32) -> usize {
    let count = length.saturating_add(unit / 2).checked_div(unit).unwrap_or(1);
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// The least length, not below one, that is in so many rows; else the least of all.
fn least(rows: impl Iterator<Item = HashSet<u32>>, from: u32, most: usize) -> Option<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for length in rows.flatten().filter(|length| *length >= from) {
        let count = counts.entry(length).or_default();
        *count = count.saturating_add(1);
    }
    let usual = counts.iter().find(|(_, count)| **count >= most);
    usual.or(counts.first_key_value()).map(|(length, _)| *length)
}

#[expect(clippy::as_conversions, reason = "a conversion from f32 saturates, and makes a NaN 0")]
fn tenths(pixels: f32) -> u32 {
    (pixels * 10.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(rows: u16, cells: impl Fn(u16) -> Vec<(u16, bool)>) -> Measured {
        let mut measured = Measured::default();
        for row in 0..rows {
            for (width, is_dark) in cells(row) {
                measured.add((Some(f32::from(width)), Some(4.0)), Some(is_dark), true);
            }
            measured.end_row();
        }
        measured
    }

    #[test]
    fn what_is_not_laid_out_is_told_where_it_may_be_a_code() {
        let row = |at: u16| {
            let first = at.wrapping_rem(300).saturating_add(1);
            vec![(first, false), (1, true), (2, false), (347_u16.saturating_sub(first), true)]
        };
        let (found, is_whole) = measured(1_000, row).finish();
        assert!(found.fields.len() == 1 && found.likely.is_empty() && is_whole);
        let (found, is_whole) = measured(1_200, row).finish();
        assert!(found.fields.is_empty() && found.likely.is_empty() && !is_whole);
        // Columns of a list change their shade in few places.
        let list = |_| vec![(1, true), (99, false), (1, true), (99, false), (1, true), (149, false)];
        assert!(measured(2_000, list).finish().1);
        let more = |_| [(4, true), (4, false), (4, true), (4, false)].repeat(75);
        assert!(measured(600, more).finish().1 && !measured(700, more).finish().1);
    }
}
