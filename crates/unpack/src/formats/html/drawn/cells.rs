//! Cells with a background, row by row: of tables, and of boxes that a grid or a row of `div` puts in order.

use lol_html::html_content::Element;

use crate::formats::html::attributes;
use crate::formats::html::seen::PAGE;
use crate::formats::html::style::{Colour, Length, Place, Position, Style, is_dark, over};
use crate::formats::text_code::matrix::{MODULES_MIN, Matrix, SIDE_MAX};

/// Cells kept of one table.
const CELLS_MAX: usize = 400_000;
/// Cells of one row, which may be a whole code in a grid; longer ones are none of a code.
const ROW_CELLS_MAX: usize = 177 * 177;
/// Boxes of a row, such as a float, that are as large as this at most are cells, even without a background.
const BOX_PIXELS_MAX: f64 = 40.0;

/// Cells so far; of each whether it is dark, none where it has no background of its own.
#[derive(Debug, Default)]
pub(super) struct Cells {
    rows: Vec<Vec<Option<bool>>>,
    row: Vec<Option<bool>>,
    /// Of each column the cell of an earlier row that goes on in it, and through how many rows.
    spans: Vec<(usize, Option<bool>)>,
    /// The row is one of a table.
    is_begun: bool,
    count: usize,
    /// There were more than are kept.
    pub(super) is_cut: bool,
}

impl Cells {
    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>, style: &Style) {
        let is_cell = matches!(tag, "td" | "th");
        if style.is_nowhere() || element.has_attribute("hidden") {
            return;
        }
        // A thick border is as good as a background.
        let border = style.place.border.thick().map(is_dark);
        let own = match style.background {
            Some(Colour::Rgb(colour)) => Some(is_dark(colour)),
            Some(Colour::Tint(colour, alpha)) => Some(is_dark(over(colour, alpha, PAGE))),
            Some(Colour::Clear | Colour::Other) | None => border,
        };
        let own = own.filter(|_| !style.is_unpainted());
        let is_box = own.is_some() || is_small_box(style);
        if tag == "tr" {
            self.end_table_row();
            self.is_begun = true;
        } else if tag == "br" || (!is_box && matches!(tag, "div" | "p" | "ul" | "li" | "section")) {
            self.end_row();
        } else if is_cell
            || (is_box && matches!(tag, "div" | "span" | "i" | "b" | "p" | "li" | "a" | "font" | "u" | "s"))
        {
            let spans = |name: &str| {
                let span = attributes::lower(element, name).filter(|_| is_cell)?;
                span.trim().parse::<usize>().ok()
            };
            let (across, down) = (spans("colspan").unwrap_or(1), spans("rowspan").unwrap_or(1));
            // As far as the table goes.
            let down = if down == 0 { SIDE_MAX } else { down.min(SIDE_MAX) };
            if is_cell {
                self.fill_spans(0);
            }
            self.add(own, (across.clamp(1, SIDE_MAX), down));
        }
    }

    fn add(&mut self, own: Option<bool>, (across, down): (usize, usize)) {
        let room = ROW_CELLS_MAX.saturating_add(1).saturating_sub(self.row.len());
        let span = across.min(room);
        self.count = self.count.saturating_add(span);
        if self.count > CELLS_MAX {
            self.is_cut = true;
            return;
        }
        let from = self.row.len();
        self.row.extend(std::iter::repeat_n(own, span));
        if down > 1 {
            let to = from.saturating_add(span);
            self.spans.resize(self.spans.len().max(to), (0, None));
            if let Some(columns) = self.spans.get_mut(from..to) {
                columns.fill((down.saturating_sub(1), own));
            }
        }
    }

    /// Cells of earlier rows that stand next in this one, and all up to a column.
    fn fill_spans(&mut self, end: usize) {
        loop {
            let at = self.row.len();
            let Some((left, own)) = self.spans.get_mut(at).filter(|_| at <= ROW_CELLS_MAX) else { return };
            if *left == 0 && at >= end {
                return;
            }
            let own = if *left == 0 { None } else { *own };
            *left = left.saturating_sub(1);
            self.count = self.count.saturating_add(1);
            if self.count > CELLS_MAX {
                self.is_cut = true;
                return self.spans.clear();
            }
            self.row.push(own);
        }
    }

    fn end_table_row(&mut self) {
        if std::mem::take(&mut self.is_begun) {
            let end = self.spans.iter().rposition(|(left, _)| *left > 0).map_or(0, |last| last.saturating_add(1));
            self.spans.truncate(end);
            self.fill_spans(end);
        }
        self.end_row();
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if (1..=ROW_CELLS_MAX).contains(&row.len()) {
            self.rows.push(row);
        }
    }

    /// The fields that they are, if they are enough: all of them, and what has the same number of cells in each row.
    pub(super) fn fields(mut self) -> Vec<Matrix> {
        self.end_table_row();
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
