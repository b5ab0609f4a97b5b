//! Cells that stand in a row, and rows one below the other: what an element has in it. Joined, it is what stands in the element around.

use std::ops::Not;

use crate::formats::text_code::matrix::{MODULES_MAX, MODULES_MIN, Matrix, SIDE_MAX};

/// Cells of one row, which may be a whole code in a grid; longer ones are none of a code.
const ROW_CELLS_MAX: usize = MODULES_MAX * MODULES_MAX;
/// Cells kept of one element.
const CELLS_MAX: usize = 400_000;
/// Rows, and cells of a row, that may be a part of a larger field: a code has half as many.
const PART_MAX: usize = 2 * MODULES_MAX;
/// Cells of a field with those that its shorter rows do not have.
const AREA_MAX: usize = 1_000_000;
/// Cells of a row of a field, at least: what follows the last dark one may be left out.
const FIELD_ROW_MIN: usize = 8;

/// A square: is it dark? None where it has no colour of its own. What is drawn in it may fill it or not, so there are two answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// By what is drawn in it.
    inner: Option<bool>,
    /// By what it has itself.
    outer: Option<bool>,
}

/// How many columns a cell goes through, and how many rows.
pub(super) type Span = (usize, usize);

/// Rows of what is higher than a row, beside what else stands in it.
#[derive(Debug)]
struct Tall {
    from: usize,
    width: usize,
    /// Those below the first.
    rows: Vec<Vec<Cell>>,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Flow {
    rows: Vec<Vec<Cell>>,
    row: Vec<Cell>,
    tall: Vec<Tall>,
    /// Of each column the cell of an earlier row that goes on in it, and through how many rows.
    spans: Vec<(usize, Cell)>,
    /// The row is one of a table, with this colour.
    row_of_table: Option<Option<bool>>,
    count: usize,
    /// There are rows that were not looked at together.
    is_fresh: bool,
    /// Dark runs of what there was no room for.
    pub(super) lost: usize,
    /// There were more than are kept.
    pub(super) is_cut: bool,
}

/// What an element comes to.
#[derive(Debug)]
pub(super) enum Block {
    Nothing,
    Single(Cell),
    Rows(Vec<Vec<Cell>>),
    /// Too many to be a part of something larger.
    Large,
}

impl Cell {
    pub(super) fn of(own: Option<bool>) -> Self {
        Self { inner: own, outer: own }
    }

    /// Within something of that colour.
    pub(super) fn within(self, own: Option<bool>) -> Self {
        Self { inner: self.inner.or(own), outer: own.or(self.outer) }
    }

    fn is_coloured(self) -> bool {
        self != Self::default()
    }

    fn on(self, ground: Option<bool>) -> Self {
        Self { inner: self.inner.or(ground), outer: self.outer.or(ground) }
    }
}

impl Flow {
    pub(super) fn add(&mut self, own: Cell, (across, down): Span) {
        let room = ROW_CELLS_MAX.saturating_add(1).saturating_sub(self.row.len());
        let span = across.min(room);
        if !self.has_room(span) {
            return;
        }
        let from = self.row.len();
        self.row.extend(std::iter::repeat_n(own, span));
        if down > 1 {
            let to = from.saturating_add(span);
            self.spans.resize(self.spans.len().max(to), (0, Cell::default()));
            if let Some(columns) = self.spans.get_mut(from..to) {
                columns.fill((down.saturating_sub(1), own));
            }
        }
    }

    fn has_room(&mut self, count: usize) -> bool {
        self.count = self.count.saturating_add(count);
        self.is_cut |= self.count > CELLS_MAX;
        self.count <= CELLS_MAX
    }

    /// Rows that stand beside what is in the row already. How many cells were written for that.
    pub(super) fn add_beside(&mut self, rows: Vec<Vec<Cell>>) -> usize {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        if self.row.len().saturating_add(width) > PART_MAX && !is_coloured(&self.row) {
            // Cells in front that show nothing only move what stands behind them.
            self.row.truncate(PART_MAX.saturating_sub(width));
        }
        if self.row.len().saturating_add(width) > PART_MAX {
            // What is high enough for a code was looked at by itself.
            let is_part = rows.len() < MODULES_MIN;
            self.lost = self.lost.saturating_add(if is_part { rows.iter().map(|row| dark_runs(row)).sum() } else { 0 });
            self.add(Cell::default(), (1, 1));
            return 1;
        }
        if !self.has_room(width) {
            return 0;
        }
        let from = self.row.len();
        let mut rows = rows.into_iter();
        self.row.extend(rows.next().unwrap_or_default());
        self.row.resize(from.saturating_add(width), Cell::default());
        let rows: Vec<Vec<Cell>> = rows.collect();
        let written = width.saturating_mul(rows.len().saturating_add(1));
        if !rows.is_empty() {
            self.tall.push(Tall { from, width, rows });
        }
        written
    }

    /// Rows that stand below. By themselves they were looked at.
    pub(super) fn add_below(&mut self, mut rows: Vec<Vec<Cell>>) {
        self.end_row();
        self.is_fresh |= !self.rows.is_empty();
        let added = rows.iter().map(Vec::len).sum();
        if self.has_room(added) {
            self.rows.append(&mut rows);
        }
    }

    /// Are there more rows than a code can begin in, and end?
    pub(super) fn is_long(&self) -> bool {
        self.rows.len() > PART_MAX
    }

    /// Leaves the last rows, in which a code may have begun.
    pub(super) fn shorten(&mut self) {
        let many = self.rows.len().saturating_sub(PART_MAX / 2);
        let gone: usize = self.rows.drain(..many).map(|row| row.len()).sum();
        self.count = self.count.saturating_sub(gone);
    }

    /// Cells of earlier rows that stand next in this one, and all up to a column.
    pub(super) fn fill_spans(&mut self, end: usize) {
        loop {
            let at = self.row.len();
            let Some((left, own)) = self.spans.get_mut(at).filter(|_| at <= ROW_CELLS_MAX) else { return };
            if *left == 0 && at >= end {
                return;
            }
            let own = if *left == 0 { Cell::default() } else { *own };
            *left = left.saturating_sub(1);
            if !self.has_room(1) {
                return self.spans.clear();
            }
            self.row.push(own);
        }
    }

    pub(super) fn begin_table_row(&mut self, own: Option<bool>) {
        self.end_table_row();
        self.row_of_table = Some(own);
    }

    pub(super) fn end_table_row(&mut self) {
        if let Some(own) = self.row_of_table.take() {
            let end = self.spans.iter().rposition(|(left, _)| *left > 0).map_or(0, |last| last.saturating_add(1));
            self.spans.truncate(end);
            self.fill_spans(end);
            if own.is_some() {
                self.row.iter_mut().for_each(|cell| *cell = cell.on(own));
            }
        }
        self.end_row();
    }

    pub(super) fn end_row(&mut self) {
        let mut row = std::mem::take(&mut self.row);
        let tall = std::mem::take(&mut self.tall);
        if row.len() > ROW_CELLS_MAX {
            row.truncate(row.iter().rposition(|cell| cell.is_coloured()).map_or(1, |last| last.saturating_add(1)));
        }
        if !(1..=ROW_CELLS_MAX).contains(&row.len()) {
            self.lost = self.lost.saturating_add(dark_runs(&row));
            return;
        }
        // What stands alone was looked at where it was made.
        let is_alone = self.rows.is_empty() && matches!(tall.as_slice(), [tall] if tall.width == row.len());
        self.is_fresh |= !is_alone;
        let more = tall.iter().map(|tall| tall.rows.len()).max().unwrap_or(0);
        if !self.has_room(row.len().saturating_mul(more)) {
            return;
        }
        let below = |at: usize| {
            let mut below = row.clone();
            for Tall { from, width, rows } in &tall {
                let own = rows.get(at).map(Vec::as_slice).unwrap_or_default();
                let to = from.saturating_add(*width);
                for (cell, column) in below.get_mut(*from..to).unwrap_or_default().iter_mut().zip(0_usize..) {
                    *cell = own.get(column).copied().unwrap_or_default();
                }
            }
            below
        };
        let below: Vec<Vec<Cell>> = (0..more).map(below).collect();
        self.rows.push(row);
        self.rows.extend(below);
    }

    /// Gives what has no colour the one of its ground. Where nothing has one, nothing is left.
    pub(super) fn fill(&mut self, ground: Option<bool>) {
        if ground.is_some() && self.rows.iter().flatten().all(|cell| *cell == Cell::default()) {
            self.rows.clear();
        } else if ground.is_some() {
            self.rows.iter_mut().flatten().for_each(|cell| *cell = cell.on(ground));
        }
    }

    pub(super) fn cells(&self) -> usize {
        self.count
    }

    /// Are there rows for a code that were not looked at together, or one that may be a grid?
    pub(super) fn is_likely(&self) -> bool {
        self.is_fresh && (self.rows.len() >= MODULES_MIN || self.rows.iter().any(|row| is_grid(row)))
    }

    /// The fields that the rows are, if they are enough: all of them, and what has the same number of cells in each row.
    pub(super) fn look(&mut self) -> Vec<Matrix> {
        let is_likely = self.is_likely();
        self.is_fresh = false;
        if !is_likely {
            return Vec::new();
        }
        // Boxes of a grid have no rows of their own: as many as there are columns.
        let grids: Vec<Matrix> =
            self.rows.iter().filter(|row| is_grid(row)).flat_map(|row| squares(row)).flat_map(grid).collect();
        let widest = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        // Of rows that are very long what follows the last colour is nothing.
        let has_room = widest.saturating_mul(self.rows.len()) <= AREA_MAX;
        let rows = self.rows.iter().map(|row| if has_room { row.as_slice() } else { coloured(row) });
        let rows: Vec<&[Cell]> = rows.filter(|row| has_room || row.len() <= SIDE_MAX).collect();
        let blocks = rows.chunk_by(|one, other| one.len() == other.len());
        let blocks = blocks.filter(|block| block.len() >= MODULES_MIN && block.len() < rows.len());
        grids.into_iter().chain(std::iter::once(rows.as_slice()).chain(blocks).flat_map(fields)).collect()
    }

    pub(super) fn into_block(mut self) -> Block {
        let is_large = |rows: &[Vec<Cell>]| rows.len() > PART_MAX || rows.iter().any(|row| row.len() > PART_MAX);
        if is_large(&self.rows) {
            self.trim();
        }
        let single = match self.rows.as_slice() {
            [] => return Block::Nothing,
            [row] => row.first().filter(|_| row.len() == 1).copied(),
            _ => None,
        };
        match single {
            Some(cell) => Block::Single(cell),
            None if is_large(&self.rows) => Block::Large,
            None => Block::Rows(self.rows),
        }
    }

    /// Takes off the rows above and below, and the columns behind, that show nothing.
    fn trim(&mut self) {
        let is_shown = |row: &Vec<Cell>| is_coloured(row);
        let end = self.rows.iter().rposition(is_shown).map_or(0, |last| last.saturating_add(1));
        self.rows.truncate(end);
        let begin = self.rows.iter().position(is_shown).unwrap_or(0);
        self.rows.drain(..begin);
        let width = self.rows.iter().map(|row| coloured(row).len()).max().unwrap_or(0).max(1);
        self.rows.iter_mut().for_each(|row| row.truncate(width));
    }
}

fn is_coloured(row: &[Cell]) -> bool {
    row.iter().any(|cell| cell.is_coloured())
}

/// Without what follows its last colour.
fn coloured(row: &[Cell]) -> &[Cell] {
    let end = row.iter().rposition(|cell| cell.is_coloured()).map_or(0, |last| last.saturating_add(1));
    row.get(..end).unwrap_or_default()
}

fn dark_runs(row: &[Cell]) -> usize {
    let shade = |cell: &Cell| cell.inner == Some(true);
    row.chunk_by(|one, other| shade(one) == shade(other)).filter(|run| run.first().is_some_and(shade)).count()
}

fn is_grid(row: &[Cell]) -> bool {
    row.len() >= MODULES_MIN.saturating_mul(MODULES_MIN)
}

/// The row itself where it can be a square; else without what is too much for one in front, such as the box around, or behind.
fn squares(row: &[Cell]) -> Vec<&[Cell]> {
    let whole = row.len().isqrt().saturating_pow(2);
    let rest = row.len().saturating_sub(whole);
    let mut squares = vec![row];
    if rest > 0 {
        squares.extend(row.get(rest..));
        squares.extend(row.get(..whole));
    }
    squares
}

fn grid(row: &[Cell]) -> Vec<Matrix> {
    let rows: Vec<&[Cell]> = row.chunks(row.len().isqrt().max(1)).collect();
    fields(&rows)
}

/// The field by what is drawn in the cells, and by the cells themselves where that is another one.
fn fields(rows: &[&[Cell]]) -> Vec<Matrix> {
    let is_other = rows.iter().copied().flatten().any(|cell| cell.inner != cell.outer);
    let outer = is_other.then(|| field(rows, |cell| cell.outer)).flatten();
    field(rows, |cell| cell.inner).into_iter().chain(outer).collect()
}

fn field(rows: &[&[Cell]], is_dark: impl Fn(&Cell) -> Option<bool>) -> Option<Matrix> {
    let all = || rows.iter().copied().flatten().filter_map(&is_dark);
    let has_dark = all().any(|is_dark| is_dark);
    let has_light = all().any(Not::not);
    if !has_dark && !has_light {
        return None;
    }
    // What has no colour of its own is what the others are not.
    let default = !has_dark;
    let rows = rows.iter().filter(|row| row.len() >= FIELD_ROW_MIN);
    let rows: Vec<Vec<bool>> =
        rows.map(|row| row.iter().map(|cell| is_dark(cell).unwrap_or(default)).collect()).collect();
    (rows.len() >= MODULES_MIN).then_some(Matrix { rows, ..Matrix::default() })
}
