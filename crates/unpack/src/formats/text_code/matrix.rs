//! A code as a field of dark and light cells: its margin taken off, its modules found, and read.

use rqrr::{Grid, SimpleGrid};

use crate::budget::Steps;
use crate::formats::image::codes::{self, Codes, said};
use crate::formats::image::grey::Grey;

/// Cells of a side that are looked at, at most: the largest code with four by four cells a module.
pub(crate) const SIDE_MAX: usize = 800;
/// Modules of the smallest code.
pub(crate) const MODULES_MIN: usize = 21;
/// Modules of the largest code.
const MODULES_MAX: usize = 177;
/// Cells of a side of a field that is drawn.
const DRAWN_SIDE_MAX: usize = 240;
/// Pixels a cell is drawn with where the field is no exact code.
const DRAWN_PIXELS: usize = 3;

/// Rows of cells, true where dark; they may differ in length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matrix {
    pub(crate) rows: Vec<Vec<bool>>,
}

impl Matrix {
    fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.rows.get(y).and_then(|row| row.get(x)).copied().unwrap_or(false)
    }

    /// What the code says; none where it is none. A code in light on dark is one as well.
    pub(crate) fn look(&self, steps: &Steps) -> Codes {
        let (width, height) = (self.width(), self.rows.len());
        if width < MODULES_MIN || height < MODULES_MIN || width > SIDE_MAX || height > SIDE_MAX {
            return Codes::default();
        }
        let inverted = self.inverted(width);
        if let Some(text) = self.exact().or_else(|| inverted.exact()) {
            return Codes { said: vec![text], ..Codes::default() };
        }
        // Not a clean field: drawn, and looked at as a picture, if it can be a square.
        let is_square = width.abs_diff(height).saturating_mul(6) <= width.max(height);
        if !is_square || width > DRAWN_SIDE_MAX || height > DRAWN_SIDE_MAX {
            return Codes::default();
        }
        let grey = Grey::from_func(width.saturating_mul(DRAWN_PIXELS), height.saturating_mul(DRAWN_PIXELS), |x, y| {
            let cell = |at: usize| at.checked_div(DRAWN_PIXELS).unwrap_or(0);
            if self.is_dark(cell(x), cell(y)) { 0 } else { 255 }
        });
        codes::in_grey(&grey, steps)
    }

    fn inverted(&self, width: usize) -> Self {
        let rows = (0..self.rows.len()).map(|y| (0..width).map(|x| !self.is_dark(x, y)).collect());
        Self { rows: rows.collect() }
    }

    /// Reads a field whose every module is the same whole number of cells.
    fn exact(&self) -> Option<String> {
        let is_dark_row = |row: &Vec<bool>| row.iter().any(|dark| *dark);
        let top = self.rows.iter().position(is_dark_row)?;
        let bottom = self.rows.iter().rposition(is_dark_row)?;
        let left = self.rows.iter().filter_map(|row| row.iter().position(|dark| *dark)).min()?;
        let right = self.rows.iter().filter_map(|row| row.iter().rposition(|dark| *dark)).max()?;
        let width = right.saturating_sub(left).saturating_add(1);
        let height = bottom.saturating_sub(top).saturating_add(1);
        (MODULES_MIN..=MODULES_MAX).step_by(4).find_map(|modules| {
            let (across, down) = (width.checked_div(modules)?, height.checked_div(modules)?);
            let is_whole = width.is_multiple_of(modules) && height.is_multiple_of(modules);
            if across == 0 || down == 0 || !is_whole {
                return None;
            }
            let at = |x: usize, y: usize| {
                let x = left.saturating_add(x.saturating_mul(across));
                self.is_dark(x, top.saturating_add(y.saturating_mul(down)))
            };
            has_corner(&at).then(|| said(&Grid::new(SimpleGrid::from_func(modules, at)))).flatten()
        })
    }
}

/// The top row of the finder pattern: seven dark modules, then a light one, and light below the first six.
fn has_corner(at: &impl Fn(usize, usize) -> bool) -> bool {
    (0..7).all(|x| at(x, 0)) && !at(7, 0) && (1..6).all(|x| !at(x, 1)) && (2..5).all(|x| at(x, 3))
}
