//! Cells with a background, row by row: of tables, and of boxes that a grid or a row of `div` puts in order.

use lol_html::html_content::Element;

use crate::formats::html::style::{Colour, Style, is_dark};
use crate::formats::text_code::matrix::{MODULES_MIN, Matrix, SIDE_MAX};

/// Cells kept.
const CELLS_MAX: usize = 200_000;
/// Borders across, or down, that are as wide as this together are no frame.
const BORDER_PIXELS_MIN: f32 = 2.5;

/// Cells so far; of each whether it is dark, none where it has no background of its own.
#[derive(Debug, Default)]
pub(super) struct Cells {
    rows: Vec<Vec<Option<bool>>>,
    row: Vec<Option<bool>>,
    count: usize,
}

impl Cells {
    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>, style: &Style) {
        let is_cell = matches!(tag, "td" | "th");
        // A thick border is as good as a background.
        let border = style.place.borders.filter(|(across, down, _)| across.max(*down) >= BORDER_PIXELS_MIN);
        let border = border.map(|(_, _, colour)| is_dark(colour));
        let own = match style.background {
            Some(Colour::Rgb(colour)) => Some(is_dark(colour)),
            Some(Colour::Clear | Colour::Other) | None => border,
        };
        if tag == "tr" || tag == "br" || (own.is_none() && matches!(tag, "div" | "p" | "ul" | "li" | "section")) {
            self.end_row();
        } else if is_cell
            || (own.is_some() && matches!(tag, "div" | "span" | "i" | "b" | "p" | "li" | "a" | "font" | "u" | "s"))
        {
            let span = if is_cell {
                element.get_attribute("colspan").and_then(|span| span.trim().parse().ok()).unwrap_or(1)
            } else {
                1
            };
            let span = span.clamp(1, SIDE_MAX);
            self.count = self.count.saturating_add(span);
            if self.count <= CELLS_MAX {
                self.row.extend(std::iter::repeat_n(own, span));
            }
        }
    }

    fn end_row(&mut self) {
        if !self.row.is_empty() {
            self.rows.push(std::mem::take(&mut self.row));
        }
    }

    /// The field that they are, if they are enough.
    pub(super) fn field(mut self) -> Option<Matrix> {
        self.end_row();
        if self.count < MODULES_MIN.saturating_mul(MODULES_MIN).checked_div(4).unwrap_or(0) {
            return None;
        }
        // Boxes of a grid have no rows of their own: as many as there are columns.
        let rows = match self.rows.as_slice() {
            [one] => {
                let side = one.len().isqrt();
                one.chunks(side.max(1)).map(<[_]>::to_vec).collect()
            }
            _ => self.rows,
        };
        let dark = rows.iter().flatten().filter(|cell| **cell == Some(true)).count();
        let light = rows.iter().flatten().filter(|cell| **cell == Some(false)).count();
        // What has no colour of its own is what the others are not.
        let default = dark == 0 && light > 0;
        if dark.max(light) == 0 {
            return None;
        }
        let rows = rows.into_iter().filter(|row| row.len() >= MODULES_MIN);
        let rows = rows.map(|row| row.into_iter().map(|cell| cell.unwrap_or(default)).collect());
        let rows: Vec<Vec<bool>> = rows.collect();
        (rows.len() >= MODULES_MIN).then_some(Matrix { rows })
    }
}
