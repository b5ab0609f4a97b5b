//! Rows of cells that name their own edges, as those of RTF and of Word's old format do. Documented limits: where no row says exactly how
//! high it is, all are as high as narrow cells are wide; all tables of a document stand under each other; how a table is aligned is not
//! known.

use std::collections::HashMap;

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;
use crate::formats::office::Found;

/// Shaded cells of one document.
const CELLS_MAX: usize = 70_000;
/// Cells of one document that are looked at.
const LOOKED_AT_MAX: usize = 2_000_000;
/// Of the shaded cells one in so many is narrower than what counts as a narrow one.
const NARROWER_SHARE: usize = 10;

/// A cell: where it begins and ends, in twips, and its shade.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct Cell {
    pub(in crate::formats) left: i32,
    pub(in crate::formats) right: i32,
    pub(in crate::formats) shade: Option<u8>,
    pub(in crate::formats) joins: Joins,
}

/// The cell that another one is a part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::formats) enum Joins {
    #[default]
    None,
    Left,
    Above,
}

/// The rows of a document.
#[derive(Debug, Default)]
pub(in crate::formats) struct Rows {
    cells: Vec<Placed>,
    /// Of those before: how many, how many of them do not say how high they are, and the height of the others in twips.
    count: u32,
    unsized_rows: u32,
    height: u32,
    /// Shades of the row before, by where their cells begin.
    above: HashMap<i32, Option<u8>>,
    looked_at: usize,
    is_cut: bool,
    is_doubtful: bool,
}

#[derive(Clone, Copy, Debug)]
struct Placed {
    cell: Cell,
    row: u32,
    unsized_above: u32,
    height_above: u32,
    /// Of its row, where that says it exactly.
    height: Option<u32>,
}

impl Rows {
    /// The next row, and how high it is, if it says so exactly.
    pub(in crate::formats) fn add(&mut self, cells: &[Cell], height: Option<u32>) {
        self.looked_at = self.looked_at.saturating_add(cells.len());
        self.is_cut |= self.looked_at > LOOKED_AT_MAX;
        if self.is_cut {
            return;
        }
        let mut own = HashMap::new();
        let mut shade_before = None;
        for cell in cells {
            let shade = match cell.joins {
                Joins::None => cell.shade,
                Joins::Left => shade_before,
                Joins::Above => self.above.get(&cell.left).copied().flatten(),
            };
            shade_before = shade;
            if shade.is_none() || cell.right <= cell.left {
                continue;
            }
            own.insert(cell.left, shade);
            if self.cells.len() >= CELLS_MAX {
                self.is_cut = true;
                break;
            }
            self.cells.push(Placed {
                cell: Cell { shade, ..*cell },
                row: self.count,
                unsized_above: self.unsized_rows,
                height_above: self.height,
                height,
            });
        }
        self.above = own;
        self.count = self.count.saturating_add(1);
        match height {
            Some(height) => self.height = self.height.saturating_add(height),
            None => self.unsized_rows = self.unsized_rows.saturating_add(1),
        }
    }

    /// There is more than is kept.
    pub(in crate::formats) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Something was not followed that matters where cells are shaded as those of a code.
    pub(in crate::formats) fn doubt(&mut self) {
        self.is_doubtful = true;
    }

    /// At the end of the document.
    pub(in crate::formats) fn finish(mut self, found: &mut Found) {
        let mut widths: Vec<i32> = self.cells.iter().map(|one| one.cell.right.saturating_sub(one.cell.left)).collect();
        let narrow = widths.len() / NARROWER_SHARE;
        widths.sort_unstable();
        let width = widths.get(narrow).copied().unwrap_or(1).max(1);
        let unit = f64::from(width);
        if self.cells.iter().any(|one| one.height.is_some_and(|height| u32::try_from(width) != Ok(height))) {
            let canvas = self.drawn(unit, |one| {
                let top = f64::from(one.unsized_above) + f64::from(one.height_above) / unit;
                (top, top + one.height.map_or(1.0, |height| f64::from(height) / unit))
            });
            found.drawing(canvas);
        }
        let mut canvas = self.drawn(unit, |one| (f64::from(one.row), f64::from(one.row) + 1.0));
        self.is_cut |= self.is_doubtful && canvas.may_be_code();
        if self.is_cut {
            canvas.cut();
        }
        found.drawing(canvas);
    }

    fn drawn(&self, unit: f64, place: impl Fn(&Placed) -> (f64, f64)) -> Canvas {
        let mut canvas = Canvas::default();
        for one in &self.cells {
            let (top, bottom) = place(one);
            let (left, right) = (f64::from(one.cell.left) / unit, f64::from(one.cell.right) / unit);
            canvas.add_box([left, top, right, bottom], Affine::IDENTITY, one.cell.shade);
        }
        canvas
    }
}
