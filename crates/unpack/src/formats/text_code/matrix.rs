//! A code as a field of dark and light cells: its margin taken off, its modules found, and read.

use rqrr::{Grid, SimpleGrid};

use crate::budget::Steps;
use crate::formats::image::codes::{self, Codes, said};
use crate::formats::image::grey::Grey;
use crate::formats::text_code::corners;

/// Cells of a side of what is shown at once, at most: the largest code with four by four cells a module.
pub(crate) const SIDE_MAX: usize = 800;
/// Modules of the smallest code.
pub(crate) const MODULES_MIN: usize = 21;
/// Modules of the largest code.
pub(crate) const MODULES_MAX: usize = 177;
/// Cells of a side of a field that is drawn.
const DRAWN_SIDE_MAX: usize = 240;
/// Pixels a cell is drawn with where the field is no exact code.
const DRAWN_PIXELS: usize = 3;

/// Rows of cells, true where dark; they may differ in length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Matrix {
    pub(crate) rows: Vec<Vec<bool>>,
    /// Nothing of it is a guess: it is not looked at as a picture.
    pub(crate) is_exact: bool,
}

impl Matrix {
    fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.rows.get(y).and_then(|row| row.get(x)).copied().unwrap_or(false)
    }

    /// What the codes say; none where there is none. A code in light on dark is one as well.
    pub(crate) fn look(&self, steps: &Steps) -> Codes {
        let fields = [self.trimmed(), self.inverted().trimmed()];
        let fields = fields.iter().filter(|field| field.has_room());
        if let Some(text) = fields.clone().find_map(Self::exact) {
            return Codes { said: vec![text], ..Codes::default() };
        }
        let mut found = Codes::default();
        fields.clone().for_each(|field| found.merge(corners::codes(field)));
        if !found.said.is_empty() {
            return found;
        }
        // Rows and columns that show nothing may have no height, and no width.
        for field in fields {
            let bare = field.without_blanks();
            if bare != *field && bare.has_room() {
                let text = bare.exact().map(|text| Codes { said: vec![text], ..Codes::default() });
                found.merge(text.unwrap_or_else(|| corners::codes(&bare)));
            }
        }
        if found.said.is_empty() && !self.is_exact {
            found.merge(self.drawn(steps));
        }
        found.is_unread &= found.said.is_empty();
        found
    }

    /// Not a clean field: drawn, and looked at as a picture, if it can be a square.
    fn drawn(&self, steps: &Steps) -> Codes {
        let (width, height) = (self.width(), self.rows.len());
        let is_square = width.abs_diff(height).saturating_mul(6) <= width.max(height);
        if !is_square || !self.has_room() || width > DRAWN_SIDE_MAX || height > DRAWN_SIDE_MAX {
            return Codes::default();
        }
        let grey = Grey::from_func(width.saturating_mul(DRAWN_PIXELS), height.saturating_mul(DRAWN_PIXELS), |x, y| {
            let cell = |at: usize| at.checked_div(DRAWN_PIXELS).unwrap_or(0);
            if self.is_dark(cell(x), cell(y)) { 0 } else { 255 }
        });
        codes::in_grey(&grey, steps)
    }

    fn has_room(&self) -> bool {
        self.rows.len() >= MODULES_MIN && self.width() >= MODULES_MIN
    }

    fn inverted(&self) -> Self {
        let width = self.width();
        let rows = (0..self.rows.len()).map(|y| (0..width).map(|x| !self.is_dark(x, y)).collect());
        Self { rows: rows.collect(), is_exact: self.is_exact }
    }

    /// Without the light around what is dark.
    fn trimmed(&self) -> Self {
        let is_shown = |row: &Vec<bool>| row.contains(&true);
        let top = self.rows.iter().position(is_shown).unwrap_or(0);
        let bottom = self.rows.iter().rposition(is_shown).map_or(0, |last| last.saturating_add(1));
        let rows = self.rows.get(top..bottom).unwrap_or_default();
        let left = rows.iter().filter_map(|row| row.iter().position(|dark| *dark)).min().unwrap_or(0);
        let end = |row: &Vec<bool>| row.iter().rposition(|dark| *dark).map_or(0, |last| last.saturating_add(1));
        let right = rows.iter().map(end).max().unwrap_or(0);
        let cut = |row: &Vec<bool>| row.get(left..row.len().min(right)).unwrap_or_default().to_vec();
        Self { rows: rows.iter().map(cut).collect(), is_exact: self.is_exact }
    }

    /// Without rows and columns in which nothing is dark.
    fn without_blanks(&self) -> Self {
        let mut is_shown = vec![false; self.width()];
        for row in &self.rows {
            is_shown.iter_mut().zip(row).for_each(|(shown, dark)| *shown |= dark);
        }
        let kept = |row: &Vec<bool>| -> Vec<bool> {
            row.iter().zip(&is_shown).filter(|(_, shown)| **shown).map(|(dark, _)| *dark).collect()
        };
        let rows = self.rows.iter().filter(|row| row.contains(&true)).map(kept).collect();
        Self { rows, is_exact: self.is_exact }
    }

    /// Reads a field without a margin whose every module is the same whole number of cells.
    fn exact(&self) -> Option<String> {
        let (width, height) = (self.width(), self.rows.len());
        (MODULES_MIN..=MODULES_MAX).step_by(4).find_map(|modules| {
            let (across, down) = (width.checked_div(modules)?, height.checked_div(modules)?);
            let is_whole = width.is_multiple_of(modules) && height.is_multiple_of(modules);
            if across == 0 || down == 0 || !is_whole {
                return None;
            }
            let at = |x: usize, y: usize| self.is_dark(x.saturating_mul(across), y.saturating_mul(down));
            has_corner(&at).then(|| said(&Grid::new(SimpleGrid::from_func(modules, at)))).flatten()
        })
    }
}

/// The top row of the finder pattern: seven dark modules, then a light one, and light below the first six.
fn has_corner(at: &impl Fn(usize, usize) -> bool) -> bool {
    (0..7).all(|x| at(x, 0)) && !at(7, 0) && (1..6).all(|x| !at(x, 1)) && (2..5).all(|x| at(x, 3))
}
