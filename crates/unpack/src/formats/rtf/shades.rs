//! Shades of the cells of tables (RTF 1.9.1, table definitions): codes are drawn so. Documented limits: rows are taken as high as the
//! narrowest cell is wide; all tables of a document stand under each other.

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;
use crate::formats::image::grey;
use crate::formats::office::Found;

/// Colours of one document, cells of one row, shaded cells of one document.
const COLOURS_MAX: usize = 10_000;
const ROW_CELLS_MAX: usize = 1_000;
const CELLS_MAX: usize = 70_000;
/// Narrower is no cell, twips.
const WIDTH_MIN: i32 = 20;
/// A pattern that covers all, in hundredths of a part in a hundred.
const WHOLE: i32 = 10_000;

/// A cell: where it begins and ends, in twips, and its shade.
#[derive(Clone, Copy, Debug)]
struct Cell {
    left: i32,
    right: i32,
    shade: Option<u8>,
}

/// What is known of them.
#[derive(Debug, Default)]
pub(super) struct Shades {
    colours: Vec<Option<u8>>,
    /// Of the colour that is open: red, green, blue.
    colour: [Option<u8>; 3],
    /// Cells of the row that is defined.
    row: Vec<Cell>,
    left: i32,
    /// Of the next cell: numbers of the colours of ground and pattern, and how much of the latter is seen.
    back: Option<usize>,
    front: Option<usize>,
    share: i32,
    cells: Vec<(usize, Cell)>,
    rows: usize,
    narrowest: Option<i32>,
    is_cut: bool,
}

impl Shades {
    pub(super) fn word(&mut self, word: &str, number: Option<i32>) {
        let value = number.unwrap_or(0);
        let index = || usize::try_from(value).ok();
        let part = || Some(u8::try_from(value.clamp(0, 255)).unwrap_or(0));
        match word {
            "red" => self.colour[0] = part(),
            "green" => self.colour[1] = part(),
            "blue" => self.colour[2] = part(),
            "trowd" => {
                self.row.clear();
                self.left = 0;
                self.end_definition();
            }
            "trleft" => self.left = value,
            "clcbpat" => self.back = index(),
            "clcfpat" => self.front = index(),
            "clshdng" => self.share = value.clamp(0, WHOLE),
            "cellx" => self.end_cell(value),
            "row" | "nestrow" => self.end_row(),
            _ => {}
        }
    }

    /// At the end of a colour.
    pub(super) fn end_colour(&mut self) {
        let [red, green, blue] = std::mem::take(&mut self.colour);
        // One of which nothing is said is that of the window.
        let is_said = red.or(green).or(blue).is_some();
        let colour = u32::from_be_bytes([0, red.unwrap_or(0), green.unwrap_or(0), blue.unwrap_or(0)]);
        if self.colours.len() < COLOURS_MAX {
            self.colours.push(is_said.then(|| grey::shade(colour)));
        }
    }

    fn end_definition(&mut self) {
        (self.back, self.front, self.share) = (None, None, 0);
    }

    fn end_cell(&mut self, right: i32) {
        let shade = self.shade();
        self.end_definition();
        let width = right.saturating_sub(self.left);
        if width >= WIDTH_MIN {
            self.narrowest = Some(self.narrowest.map_or(width, |narrowest| narrowest.min(width)));
            if self.row.len() < ROW_CELLS_MAX {
                self.row.push(Cell { left: self.left, right, shade });
            }
        }
        self.left = right;
    }

    fn shade(&self) -> Option<u8> {
        let colour = |number: Option<usize>| number.and_then(|number| self.colours.get(number)).copied().flatten();
        let back = colour(self.back);
        if self.share == 0 {
            return back;
        }
        let (front, back) = (i32::from(colour(self.front).unwrap_or(0)), i32::from(back.unwrap_or(255)));
        let sum =
            front.saturating_mul(self.share).saturating_add(back.saturating_mul(WHOLE.saturating_sub(self.share)));
        u8::try_from(sum / WHOLE).ok()
    }

    fn end_row(&mut self) {
        for cell in self.row.iter().filter(|cell| cell.shade.is_some()) {
            if self.cells.len() >= CELLS_MAX {
                self.is_cut = true;
                break;
            }
            self.cells.push((self.rows, *cell));
        }
        self.rows = self.rows.saturating_add(1);
    }

    /// At the end of the document.
    pub(super) fn finish(self, found: &mut Found) {
        let mut canvas = Canvas::default();
        let unit = f64::from(self.narrowest.unwrap_or(1).max(1));
        for (row, Cell { left, right, shade }) in self.cells {
            let top = u32::try_from(row).map_or(f64::MAX, f64::from);
            let place = [f64::from(left) / unit, top, f64::from(right) / unit, top + 1.0];
            canvas.add_box(place, Affine::IDENTITY, shade);
        }
        if self.is_cut {
            canvas.cut();
        }
        found.drawing(canvas);
    }
}

#[cfg(test)]
mod tests;
