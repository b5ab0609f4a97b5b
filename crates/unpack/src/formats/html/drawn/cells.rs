//! Cells with a background, row by row: of tables, and of boxes that a grid or a row of `div` puts in order.

use lol_html::html_content::Element;

use crate::formats::html::seen::PAGE;
use crate::formats::html::style::{Colour, Length, Place, Position, Style, is_dark, over};
use crate::formats::text_code::matrix::{MODULES_MIN, Matrix, SIDE_MAX};

/// Cells kept of one table.
const CELLS_MAX: usize = 400_000;
/// Cells of one row, which may be a whole code in a grid; longer ones are none of a code.
const ROW_CELLS_MAX: usize = 177 * 177;
/// Boxes of a row, such as a float, that are as large as this at most are cells, even without a background.
const BOX_PIXELS_MAX: f64 = 40.0;
/// Borders across, or down, that are as wide as this together are no frame.
const BORDER_PIXELS_MIN: f32 = 2.5;

/// Cells so far; of each whether it is dark, none where it has no background of its own.
#[derive(Debug, Default)]
pub(super) struct Cells {
    rows: Vec<Vec<Option<bool>>>,
    row: Vec<Option<bool>>,
    count: usize,
    /// There were more than are kept.
    pub(super) is_cut: bool,
}

impl Cells {
    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>, style: &Style) {
        let is_cell = matches!(tag, "td" | "th");
        // A thick border is as good as a background.
        let border = style.place.borders.filter(|(across, down, _)| across.max(*down) >= BORDER_PIXELS_MIN);
        let border = border.map(|(_, _, colour)| is_dark(colour));
        let own = match style.background {
            Some(Colour::Rgb(colour)) => Some(is_dark(colour)),
            Some(Colour::Tint(colour, alpha)) => Some(is_dark(over(colour, alpha, PAGE))),
            Some(Colour::Clear | Colour::Other) | None => border,
        };
        let is_box = own.is_some() || is_small_box(style);
        if tag == "tr" || tag == "br" || (!is_box && matches!(tag, "div" | "p" | "ul" | "li" | "section")) {
            self.end_row();
        } else if is_cell
            || (is_box && matches!(tag, "div" | "span" | "i" | "b" | "p" | "li" | "a" | "font" | "u" | "s"))
        {
            let span = if is_cell {
                element.get_attribute("colspan").and_then(|span| span.trim().parse().ok()).unwrap_or(1)
            } else {
                1
            };
            let room = ROW_CELLS_MAX.saturating_add(1).saturating_sub(self.row.len());
            let span = span.clamp(1, SIDE_MAX).min(room);
            self.count = self.count.saturating_add(span);
            if self.count <= CELLS_MAX {
                self.row.extend(std::iter::repeat_n(own, span));
            } else {
                self.is_cut = true;
            }
        }
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if (1..=ROW_CELLS_MAX).contains(&row.len()) {
            self.rows.push(row);
        }
    }

    /// The fields that they are, if they are enough: all of them, and what has the same number of cells in each row.
    pub(super) fn fields(mut self) -> Vec<Matrix> {
        self.end_row();
        if self.count < MODULES_MIN.saturating_mul(MODULES_MIN).checked_div(4).unwrap_or(0) {
            return Vec::new();
        }
        // Boxes of a grid have no rows of their own: as many as there are columns.
        let grids = self.rows.iter().filter(|row| row.len() >= MODULES_MIN.saturating_mul(MODULES_MIN));
        let grids: Vec<Matrix> = grids.flat_map(|row| squares(row)).filter_map(grid).collect();
        self.rows.retain(|row| row.len() <= SIDE_MAX);
        let rows = self.rows;
        let blocks = rows.chunk_by(|one, other| one.len() == other.len());
        let blocks = blocks.filter(|block| block.len() >= MODULES_MIN && block.len() < rows.len());
        grids.into_iter().chain(std::iter::once(rows.as_slice()).chain(blocks).filter_map(field)).collect()
    }
}

/// Has it a size of its own, in the flow, as the modules have that a page lays beside each other?
fn is_small_box(style: &Style) -> bool {
    let Place { position, width, height, .. } = style.place;
    let is_small = |side: Option<Length>| matches!(side, Some(Length::Pixels(pixels)) if (1.0..=BOX_PIXELS_MAX).contains(&f64::from(pixels)));
    position != Some(Position::Out) && is_small(width) && is_small(height)
}

/// The row itself where it can be a square; else without what is too much for one in front, such as the box around, or behind.
fn squares(row: &[Option<bool>]) -> Vec<&[Option<bool>]> {
    let whole = row.len().isqrt().saturating_pow(2);
    let rest = row.len().saturating_sub(whole);
    let mut squares = vec![row];
    if rest > 0 {
        squares.extend(row.get(rest..));
        squares.extend(row.get(..whole));
    }
    squares
}

fn grid(row: &[Option<bool>]) -> Option<Matrix> {
    let rows: Vec<Vec<Option<bool>>> = row.chunks(row.len().isqrt().max(1)).map(<[_]>::to_vec).collect();
    field(&rows)
}

fn field(rows: &[Vec<Option<bool>>]) -> Option<Matrix> {
    let dark = rows.iter().flatten().filter(|cell| **cell == Some(true)).count();
    let light = rows.iter().flatten().filter(|cell| **cell == Some(false)).count();
    // What has no colour of its own is what the others are not.
    let default = dark == 0 && light > 0;
    if dark.max(light) == 0 {
        return None;
    }
    let rows = rows.iter().filter(|row| row.len() >= MODULES_MIN);
    let rows = rows.map(|row| row.iter().map(|cell| cell.unwrap_or(default)).collect());
    let rows: Vec<Vec<bool>> = rows.collect();
    (rows.len() >= MODULES_MIN).then_some(Matrix { rows })
}
