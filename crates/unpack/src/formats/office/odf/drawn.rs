//! Cells with a ground of their own (ODF 1.3-3, 9.1), and shapes of a page as boxes (10.3): codes are drawn so. Documented limits:
//! grounds of rows and tables, and what cells have by their column, are not known; a shape is as large as the box around it, and as
//! if it were not turned.

use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;
use crate::formats::office::odf::styles::Styles;
use crate::formats::office::shaded::Tables;
use crate::formats::office::{self, Found};
use crate::formats::xml::Tag;

/// Elements that are shapes.
const SHAPES: [&str; 7] = ["rect", "custom-shape", "ellipse", "circle", "polygon", "path", "frame"];

/// The tables of a part, and the shapes of the page that is open.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    tables: Tables,
    shapes: Canvas,
}

impl Drawn {
    pub(super) fn start(&mut self, found: &mut Found, tag: &Tag<'_>, styles: &Styles) {
        let count = |name: &str| tag.attribute(name).and_then(|count| count.trim().parse().ok()).unwrap_or(1_usize);
        let style = || tag.attribute("style-name").unwrap_or_default();
        match tag.name() {
            "table" => self.tables.begin_table(),
            "table-row" => {
                self.tables.begin_row();
                self.tables.repeat_row(count("number-rows-repeated"));
            }
            "table-cell" | "covered-table-cell" => {
                self.tables.begin_cell(count("number-columns-repeated"));
                self.tables.set_cover(count("number-columns-spanned"), count("number-rows-spanned"));
                if tag.name() == "covered-table-cell" {
                    self.tables.cover_cell();
                }
                styles.shade_of_cell(&style()).into_iter().for_each(|shade| self.tables.set_shade(shade));
            }
            "page" => found.drawing(std::mem::take(&mut self.shapes)),
            name if SHAPES.contains(&name) => {
                if let Some(shade) = styles.shade_of_shape(&style()) {
                    self.add_shape(tag, shade);
                }
            }
            _ => {}
        }
    }

    fn add_shape(&mut self, tag: &Tag<'_>, shade: u8) {
        let length = |name: &str| tag.attribute(name).and_then(|length| points(&length));
        // One that is moved says that only so.
        let (by_x, by_y) = tag.attribute("transform").and_then(|transform| moved(&transform)).unzip();
        let sum = |own: Option<f64>, by: Option<f64>| Some(own.or(by.map(|_| 0.0))? + by.unwrap_or(0.0));
        if let (Some(x), Some(y), Some(width), Some(height)) =
            (sum(length("x"), by_x), sum(length("y"), by_y), length("width"), length("height"))
        {
            self.shapes.add_box([x, y, x + width, y + height], Affine::IDENTITY, Some(shade));
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        match name {
            "table" => self.tables.end_table(),
            "table-cell" | "covered-table-cell" => self.tables.end_cell(),
            _ => {}
        }
    }

    /// At the end of the part.
    pub(super) fn finish(self, found: &mut Found) {
        found.drawing(self.shapes);
        for canvas in self.tables.finish() {
            found.drawing(canvas);
        }
    }
}

/// How far `translate (1cm 2cm)` moves, in points.
fn moved(transform: &str) -> Option<(f64, f64)> {
    let (_, rest) = transform.split_once("translate")?;
    let inside = rest.trim_start().strip_prefix('(')?.split(')').next()?;
    let mut lengths = inside.split([' ', ',']).filter(|length| !length.is_empty()).map(points);
    let x = lengths.next()??;
    Some((x, lengths.next().flatten().unwrap_or(0.0)))
}

/// A length (18.3.18), in points.
fn points(length: &str) -> Option<f64> {
    let length = length.trim();
    let unit = length.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let number = office::number(length.strip_suffix(unit)?)?;
    let size = match unit {
        "cm" => 72.0 / 2.54,
        "mm" => 7.2 / 2.54,
        "in" => 72.0,
        "pc" => 12.0,
        "px" => 0.75,
        _ => 1.0,
    };
    Some(number * size)
}

#[cfg(test)]
mod tests;
