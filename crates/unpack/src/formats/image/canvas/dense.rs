//! Where shapes stand as densely as the modules of a code do, at every size that a module can have. What stands alone, however small
//! or large, and what lies in a row is passed over: it can neither hide a code nor stretch the place where one is.

use std::collections::BTreeMap;

use super::{Canvas, Form, Shape};

/// Fewer corners are no code, however its modules are put together.
pub(crate) const CORNERS_MIN: usize = 100;
/// Sizes of cells that are tried, powers of two: a cell is as wide as two to four modules. All that who draws can tell apart with 32
/// bits.
const LEVEL_MIN: i32 = -126;
const LEVEL_MAX: i32 = 127;
/// Pieces of modules are smaller than a cell by so many powers of two at most, and what joins modules is larger by so many.
const SMALLER_MAX: i32 = 7;
const LARGER_MAX: i32 = 5;
/// Of what is larger still, up to so many powers of two, the corners are marked.
const FARTHER_MAX: i32 = 14;
/// A shape over more cells is marked by its corners and its short sides only: it is a ground, or a cover.
const COVERED_MAX: i64 = 32;
/// Of the nine cells around one, and it, so many are marked where it is in the middle of a code.
const AROUND_MIN: u8 = 7;
/// Marked cells of one size that are kept at once; more different ones than half as many are not told apart.
const CELLS_MAX: usize = 2_000_000;
/// Cells of a side of the smallest code.
const SIDE_CELLS_MIN: i64 = 4;
/// Cells of a side of a place that is looked at at once, and from one such place to the next.
const WINDOW_CELLS: i64 = 64;
const WINDOW_STEP_CELLS: i64 = 48;

/// A place that may be a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    /// Left, top, right, bottom.
    pub(super) place: [f64; 4],
    pub(super) corners: usize,
    /// Side of the cells that it was found with.
    pub(super) cell: f64,
}

/// The places that may be codes, of one size of cells.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) windows: Vec<Window>,
    /// Cells that had to be told apart.
    pub(super) marked: usize,
    /// There are more than are kept.
    pub(super) is_cut: bool,
}

/// A box, or a side of one or of a line.
#[derive(Clone, Copy, Debug)]
struct Mark {
    place: [f64; 4],
    corners: u32,
    /// Its corners are marked where it is too large to be marked itself.
    has_corners: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    row: i64,
    column: i64,
    corners: u32,
}

/// Shapes as marks, by the power of two of their longer sides.
#[derive(Debug, Default)]
pub(super) struct Marks {
    by_size: BTreeMap<i32, Vec<Mark>>,
}

impl Marks {
    pub(super) fn of(canvas: &Canvas) -> Self {
        let mut marks = Self::default();
        for shape in &canvas.shapes {
            marks.add_shape(shape);
        }
        marks
    }

    fn add_shape(&mut self, shape: &Shape) {
        match &shape.form {
            Form::Box(place) => {
                self.add(Mark { place: *place, corners: 4, has_corners: true });
                let [left, top, right, bottom] = *place;
                let (width, height) = (right - left, bottom - top);
                if width > height * 4.0 {
                    self.add(Mark { place: [left, top, left, bottom], corners: 2, has_corners: false });
                    self.add(Mark { place: [right, top, right, bottom], corners: 2, has_corners: false });
                } else if height > width * 4.0 {
                    self.add(Mark { place: [left, top, right, top], corners: 2, has_corners: false });
                    self.add(Mark { place: [left, bottom, right, bottom], corners: 2, has_corners: false });
                }
            }
            Form::Lines(lines, _) => {
                for line in lines {
                    let sides = line.iter().zip(line.iter().skip(1).chain(line.first()));
                    for ((x, y), (to_x, to_y)) in sides {
                        self.add(Mark {
                            place: [x.min(*to_x), y.min(*to_y), x.max(*to_x), y.max(*to_y)],
                            corners: 1,
                            has_corners: true,
                        });
                    }
                }
            }
        }
    }

    fn add(&mut self, mark: Mark) {
        let side = mark.longer();
        if side > 0.0 {
            let level = whole(side.log2()).clamp(i64::from(LEVEL_MIN), i64::from(LEVEL_MAX));
            self.by_size.entry(i32::try_from(level).unwrap_or(LEVEL_MAX)).or_default().push(mark);
        }
    }

    /// The sizes of cells at which there may be a code, the largest first.
    pub(super) fn levels(&self) -> Vec<i32> {
        let count = |marks: &Vec<Mark>| marks.iter().map(|mark| u64::from(mark.corners)).sum::<u64>();
        let counts: BTreeMap<i32, u64> = self.by_size.iter().map(|(size, marks)| (*size, count(marks))).collect();
        let corners = |from: i32, to: i32| counts.range(from..=to).map(|(_, count)| count).sum::<u64>();
        let least = u64::try_from(CORNERS_MIN).unwrap_or(u64::MAX);
        let may_be = |level: &i32| {
            corners(level.saturating_sub(SMALLER_MAX), *level) >= least
                || corners(level.saturating_add(LARGER_MAX), level.saturating_add(FARTHER_MAX)) >= least
        };
        (LEVEL_MIN..=LEVEL_MAX).rev().filter(may_be).collect()
    }

    /// The marks that are looked at with cells of a size.
    fn at(&self, level: i32) -> impl Iterator<Item = &Mark> {
        let near = level.saturating_sub(SMALLER_MAX)..=level.saturating_add(FARTHER_MAX);
        self.by_size.range(near).flat_map(|(_, marks)| marks)
    }

    /// The places that may be a code of modules of a half to a quarter of a cell.
    pub(super) fn windows(&self, level: i32) -> Found {
        let side = 2.0_f64.powi(level);
        let mut found = Found::default();
        for group in groups(&self.cells(level, side, &mut found)) {
            add_windows(&group, side, &mut found.windows);
        }
        found.windows.sort_by_key(|window| std::cmp::Reverse(window.corners));
        found
    }

    // Each once, and how often they were marked.
    fn cells(&self, level: i32, side: f64, found: &mut Found) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(self.at(level).count().min(CELLS_MAX));
        for mark in self.at(level) {
            let before = cells.len();
            mark.add_to(&mut cells, side);
            found.marked = found.marked.saturating_add(cells.len().saturating_sub(before));
            if cells.len() >= CELLS_MAX {
                join_same(&mut cells);
                if cells.len() > CELLS_MAX / 2 {
                    found.is_cut = true;
                    break;
                }
            }
        }
        join_same(&mut cells);
        cells
    }
}

fn join_same(cells: &mut Vec<Cell>) {
    cells.sort_unstable();
    cells.dedup_by(|next, kept| {
        let is_same = (next.row, next.column) == (kept.row, kept.column);
        if is_same {
            kept.corners = kept.corners.saturating_add(next.corners);
        }
        is_same
    });
}

impl Mark {
    /// The cells that it is in: what is no larger than a module or two counts, what is larger only joins.
    fn add_to(&self, cells: &mut Vec<Cell>, side: f64) {
        let Self { place: [left, top, right, bottom], corners, has_corners } = *self;
        let cell = |at: f64| whole(at / side);
        if self.longer() <= side {
            let (x, y) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
            return cells.push(Cell { row: cell(y), column: cell(x), corners });
        }
        // A side on the rim of a cell is not in the next one.
        let last = |from: f64, to: f64| cell(from).max(whole((to / side).ceil()).saturating_sub(1));
        let (row, to_row, column, to_column) = (cell(top), last(top, bottom), cell(left), last(left, right));
        let count = |from: i64, to: i64| to.saturating_sub(from).saturating_add(1);
        if count(row, to_row).saturating_mul(count(column, to_column)) <= COVERED_MAX {
            let all = (row..=to_row).flat_map(|row| (column..=to_column).map(move |column| (row, column)));
            cells.extend(all.map(|(row, column)| Cell { row, column, corners: 0 }));
        } else if has_corners {
            let all = [(left, top), (right, top), (left, bottom), (right, bottom)];
            cells.extend(all.map(|(x, y)| Cell { row: cell(y), column: cell(x), corners: 1 }));
        }
    }

    fn longer(&self) -> f64 {
        let [left, top, right, bottom] = self.place;
        (right - left).max(bottom - top)
    }
}

/// Tells of each cell and each marked one around it, itself too.
fn each_neighbour(cells: &[Cell], mut tell: impl FnMut(usize, usize)) {
    for down in [-1, 0, 1] {
        let mut from = 0_usize;
        for (at, cell) in cells.iter().enumerate() {
            let row = cell.row.saturating_add(down);
            let (first, last) = ((row, cell.column.saturating_sub(1)), (row, cell.column.saturating_add(1)));
            while cells.get(from).is_some_and(|other| (other.row, other.column) < first) {
                from = from.saturating_add(1);
            }
            for other in from..from.saturating_add(3).min(cells.len()) {
                if cells.get(other).is_some_and(|other| (other.row, other.column) <= last) {
                    tell(at, other);
                }
            }
        }
    }
}

/// The cells of each part of the drawing that is more than a row of shapes.
fn groups(cells: &[Cell]) -> Vec<Vec<Cell>> {
    let mut around = vec![0_u8; cells.len()];
    each_neighbour(cells, |at, _| {
        if let Some(count) = around.get_mut(at) {
            *count = count.saturating_add(1);
        }
    });
    let is_inner = |at: usize| around.get(at).is_some_and(|count| *count >= AROUND_MIN);
    let mut joined: Vec<usize> = (0..cells.len()).collect();
    each_neighbour(cells, |at, other| {
        if at < other && is_inner(at) && is_inner(other) {
            let (one, two) = (root(&mut joined, at), root(&mut joined, other));
            if let Some(to) = joined.get_mut(one.max(two)) {
                *to = one.min(two);
            }
        }
    });
    // A cell at the rim is of the group of an inner one beside it.
    let mut group_of: Vec<Option<usize>> = vec![None; cells.len()];
    each_neighbour(cells, |at, other| {
        if is_inner(other) {
            let group = root(&mut joined, other);
            if let Some(own) = group_of.get_mut(at) {
                own.get_or_insert(group);
            }
        }
    });
    let mut all: Vec<(usize, Cell)> =
        group_of.iter().zip(cells).filter_map(|(group, cell)| Some(((*group)?, *cell))).collect();
    all.sort_by_key(|(group, _)| *group);
    all.chunk_by(|one, other| one.0 == other.0).map(|group| group.iter().map(|(_, cell)| *cell).collect()).collect()
}

fn root(joined: &mut [usize], mut at: usize) -> usize {
    while let Some(to) = joined.get(at).copied().filter(|to| *to != at) {
        let next = joined.get(to).copied().unwrap_or(to);
        if let Some(own) = joined.get_mut(at) {
            *own = next;
        }
        at = next;
    }
    at
}

/// A group, or the places that cover it where it is large.
fn add_windows(group: &[Cell], side: f64, windows: &mut Vec<Window>) {
    let mut parts: BTreeMap<(i64, i64), (Span, Span, usize)> = BTreeMap::new();
    let (mut rows, mut columns) = (Span::NONE, Span::NONE);
    for cell in group {
        rows.add(cell.row);
        columns.add(cell.column);
    }
    for cell in group {
        let numbers = |at: i64, span: Span| {
            let (at, is_small) = (at.saturating_sub(span.0), span.length() <= WINDOW_CELLS);
            let number = if is_small { 0 } else { at.div_euclid(WINDOW_STEP_CELLS) };
            // Where two overlap it is in both.
            let is_in_both = at.rem_euclid(WINDOW_STEP_CELLS) < WINDOW_CELLS.saturating_sub(WINDOW_STEP_CELLS);
            [Some(number), Some(number.saturating_sub(1)).filter(|before| is_in_both && !is_small && *before >= 0)]
        };
        for row in numbers(cell.row, rows).into_iter().flatten() {
            for column in numbers(cell.column, columns).into_iter().flatten() {
                let part = parts.entry((row, column)).or_insert((Span::NONE, Span::NONE, 0));
                part.0.add(cell.row);
                part.1.add(cell.column);
                part.2 = part.2.saturating_add(usize::try_from(cell.corners).unwrap_or(usize::MAX));
            }
        }
    }
    for (rows, columns, corners) in parts.into_values() {
        if corners >= CORNERS_MIN && rows.length() >= SIDE_CELLS_MIN && columns.length() >= SIDE_CELLS_MIN {
            let place = |at: i64| real(at) * side;
            let (right, bottom) = (columns.1.saturating_add(1), rows.1.saturating_add(1));
            let place = [place(columns.0), place(rows.0), place(right), place(bottom)];
            windows.push(Window { place, corners, cell: side });
        }
    }
}

/// The first and the last of some numbers.
#[derive(Clone, Copy, Debug)]
struct Span(i64, i64);

impl Span {
    const NONE: Self = Self(i64::MAX, i64::MIN);

    fn add(&mut self, at: i64) {
        *self = Self(self.0.min(at), self.1.max(at));
    }

    fn length(self) -> i64 {
        self.1.saturating_sub(self.0).saturating_add(1)
    }
}

/// The whole number below.
fn whole(number: f64) -> i64 {
    #[expect(clippy::as_conversions, reason = "a conversion from f64 saturates, and makes a NaN 0")]
    {
        number.floor() as i64
    }
}

fn real(number: i64) -> f64 {
    #[expect(clippy::as_conversions, reason = "places are far below 2^53 cells apart where it matters")]
    {
        number as f64
    }
}
