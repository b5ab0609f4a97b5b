//! The shaded cells of a sheet of a workbook: merged ones, grounds of whole rows and columns, and how wide columns and how high rows are,
//! of which hidden ones are nothing.

use std::collections::HashMap;

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;

/// Cells of one sheet whose shades are kept for merged ranges.
const CELLS_MAX: usize = 70_000;
/// Grounds of rows and columns of one sheet.
const GROUNDS_MAX: usize = 10_000;
/// Runs of columns or rows of one size.
const RUNS_MAX: usize = 200_000;
/// Larger is no column or row.
const SIZE_MAX: f64 = 500.0;
/// Sizes of columns or of rows that are told apart.
const SIZES_MAX: usize = 1_000;
/// The shade of a cell without a ground.
const NONE: u8 = 255;

/// Column and row, from 0.
type At = (usize, usize);

/// A sheet.
#[derive(Debug, Default)]
pub(in crate::formats) struct Sheet {
    pub(in crate::formats) canvas: Canvas,
    pub(in crate::formats) grid: Grid,
    shades: HashMap<At, u8>,
    /// Of columns, then of rows: from which one up to which one, and the shade.
    grounds: [Vec<(usize, usize, u8)>; 2],
    has_more_grounds: bool,
    /// Behind the last cell.
    end: At,
}

/// Where columns and rows are, in usual heights of a row.
#[derive(Debug)]
pub(in crate::formats) struct Grid {
    pub(in crate::formats) columns: Tracks,
    pub(in crate::formats) rows: Tracks,
}

impl Default for Grid {
    fn default() -> Self {
        Self { columns: Tracks::of(3.2), rows: Tracks::of(1.0) }
    }
}

/// The columns, or the rows.
#[derive(Debug)]
pub(in crate::formats) struct Tracks {
    runs: Vec<Run>,
    usual: f64,
    /// How many of each size are painted, by their bits, and of all.
    painted: HashMap<u64, usize>,
    all_painted: usize,
    /// Not all sizes are known.
    is_cut: bool,
}

/// Some beside each other of one size.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: usize,
    to: usize,
    size: f64,
    place: f64,
}

impl Tracks {
    fn of(usual: f64) -> Self {
        Self { runs: Vec::new(), usual, painted: HashMap::new(), all_painted: 0, is_cut: false }
    }

    /// The size of all of which nothing else is said.
    pub(in crate::formats) fn set_usual(&mut self, size: f64) {
        if self.runs.is_empty() {
            self.usual = size.clamp(0.0, SIZE_MAX);
        }
    }

    /// The size of those from one up to another; they come in order.
    pub(in crate::formats) fn set(&mut self, from: usize, to: usize, size: f64) {
        let size = size.clamp(0.0, SIZE_MAX);
        if let Some(last) = self.runs.last_mut().filter(|last| last.to == from && last.size == size) {
            last.to = to.max(from);
            return;
        }
        let behind = self.runs.last().map_or(0, |last| last.to);
        if from < behind || self.runs.len() >= RUNS_MAX {
            self.is_cut = true;
        } else if from < to && size != self.usual {
            self.runs.push(Run { from, to, size, place: self.place(from) });
        }
    }

    fn place(&self, at: usize) -> f64 {
        let count = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
        let before = self.runs.partition_point(|run| run.from <= at);
        match before.checked_sub(1).and_then(|last| self.runs.get(last)) {
            Some(run) => {
                let inside = at.min(run.to).saturating_sub(run.from);
                run.place + count(inside) * run.size + count(at.saturating_sub(run.to)) * self.usual
            }
            None => count(at) * self.usual,
        }
    }

    /// Notes that something is painted there.
    fn paint(&mut self, at: usize) {
        let before = self.runs.partition_point(|run| run.from <= at);
        let run = before.checked_sub(1).and_then(|last| self.runs.get(last)).filter(|run| at < run.to);
        let size = run.map_or(self.usual, |run| run.size);
        if size > 0.0 && (self.painted.len() < SIZES_MAX || self.painted.contains_key(&size.to_bits())) {
            let count = self.painted.entry(size.to_bits()).or_default();
            *count = count.saturating_add(1);
        }
        self.all_painted = self.all_painted.saturating_add(usize::from(size > 0.0));
    }

    /// The size of nearly all that are painted, where that is one.
    fn size(&self) -> Option<f64> {
        let (bits, count) = self.painted.iter().max_by_key(|(bits, count)| (**count, **bits))?;
        let is_of_most = count.saturating_mul(4) >= self.all_painted.saturating_mul(3);
        is_of_most.then_some(f64::from_bits(*bits))
    }
}

impl Grid {
    /// Shades the cells from one up to another.
    pub(in crate::formats) fn add(&mut self, canvas: &mut Canvas, (from, to): (At, At), shade: u8) {
        self.columns.paint(from.0);
        self.rows.paint(from.1);
        canvas.add_box(self.place(from, to), Affine::IDENTITY, Some(shade));
    }

    fn place(&self, from: At, to: At) -> [f64; 4] {
        [self.columns.place(from.0), self.rows.place(from.1), self.columns.place(to.0), self.rows.place(to.1)]
    }

    /// How it is looked at: where nearly all cells are of one size they are squares, whatever size that is.
    fn map(&self) -> Affine {
        let size = self.columns.size().zip(self.rows.size());
        size.map_or(Affine::IDENTITY, |(width, height)| Affine::scaled(1.0 / width, 1.0 / height))
    }

    /// A drawing of this grid, as it is looked at.
    pub(in crate::formats) fn looked_at(&self, drawing: &Canvas) -> Canvas {
        self.on(Canvas::default(), drawing)
    }

    fn on(&self, mut ground: Canvas, drawing: &Canvas) -> Canvas {
        ground.repeat(drawing, self.map(), None);
        if drawing.is_cut() || (ground.may_be_code() && (self.columns.is_cut || self.rows.is_cut)) {
            ground.cut();
        }
        ground
    }
}

impl Sheet {
    /// A cell, and its shade if it has one.
    pub(in crate::formats) fn add(&mut self, (column, row): At, shade: Option<u8>) {
        let to = (column.saturating_add(1), row.saturating_add(1));
        self.end = (self.end.0.max(to.0), self.end.1.max(to.1));
        // One without a ground hides that of its row.
        let [columns, rows] = &self.grounds;
        let is_on_ground = || is_within(columns, column) || is_within(rows, row);
        let Some(shade) = shade.or_else(|| is_on_ground().then_some(NONE)) else { return };
        self.grid.add(&mut self.canvas, ((column, row), to), shade);
        if self.shades.len() < CELLS_MAX {
            self.shades.insert((column, row), shade);
        }
    }

    /// The first cell of a range is shown in the place of all.
    pub(in crate::formats) fn merge(&mut self, from: At, to: At) {
        if self.shades.is_empty() {
            return;
        }
        let shade = self.shades.get(&from).copied().unwrap_or(NONE);
        let to = (to.0.saturating_add(1), to.1.saturating_add(1));
        self.grid.add(&mut self.canvas, (from, to), shade);
    }

    /// All cells from one column up to another have this ground, if they do not say anything else.
    pub(in crate::formats) fn ground_of_columns(&mut self, from: usize, to: usize, shade: u8) {
        self.ground(0, (from, to, shade));
    }

    /// The same of a row.
    pub(in crate::formats) fn ground_of_row(&mut self, row: usize, shade: u8) {
        self.ground(1, (row, row.saturating_add(1), shade));
    }

    fn ground(&mut self, axis: usize, ground: (usize, usize, u8)) {
        let Some(grounds) = self.grounds.get_mut(axis).filter(|_| ground.2 != NONE) else { return };
        let is_same = |last: &&mut (usize, usize, u8)| last.1 == ground.0 && last.2 == ground.2;
        if let Some(last) = grounds.last_mut().filter(is_same) {
            last.1 = ground.1;
        } else if grounds.len() < GROUNDS_MAX {
            grounds.push(ground);
        } else {
            self.has_more_grounds = true;
        }
    }

    /// All of it, as it is looked at.
    pub(in crate::formats) fn finish(self) -> Canvas {
        let map = self.grid.map();
        let [columns, rows] = &self.grounds;
        let mut ground = Canvas::default();
        for (from, to, shade) in columns {
            let place = self.grid.place((*from, 0), ((*to).min(self.end.0), self.end.1));
            ground.add_box(place, map, Some(*shade));
        }
        for (from, to, shade) in rows {
            let place = self.grid.place((0, *from), (self.end.0, (*to).min(self.end.1)));
            ground.add_box(place, map, Some(*shade));
        }
        if self.has_more_grounds && self.canvas.may_be_code() {
            ground.cut();
        }
        self.grid.on(ground, &self.canvas)
    }
}

/// Is it in one of these, which come in order?
fn is_within(grounds: &[(usize, usize, u8)], at: usize) -> bool {
    let before = grounds.partition_point(|(from, ..)| *from <= at);
    before.checked_sub(1).and_then(|last| grounds.get(last)).is_some_and(|(_, to, _)| at < *to)
}
