//! The shades of cells of a sheet: styles name fills, cells name styles (ECMA-376-1, 18.8).
//!
//! Documented limits: fills of rows, columns, table styles and conditions are not known; colours of a theme are taken as those of
//! the usual one.

use std::collections::HashMap;

use crate::formats::image::canvas::Canvas;
use crate::formats::office::formula::a1;
use crate::formats::office::shaded;
use crate::formats::xml::{self, Event, Outcome, Tag};

/// Fills, and styles, of one workbook.
const FILLS_MAX: usize = 100_000;
/// Cells of one sheet whose shades are kept for merged ranges.
const CELLS_MAX: usize = 70_000;

/// What styles fill cells with.
#[derive(Debug, Default)]
pub(super) struct Fills {
    /// By the number of the style.
    styles: Vec<Option<u8>>,
}

impl Fills {
    /// Reads `xl/styles.xml`.
    pub(super) fn read(&mut self, xml: &str) -> Outcome {
        let mut fills: Vec<Option<u8>> = Vec::new();
        let (mut is_in_fills, mut is_in_styles) = (false, false);
        let styles = &mut self.styles;
        xml::read(xml, &mut |event| match event {
            Event::Start(tag) => match tag.name() {
                "fills" => is_in_fills = true,
                "cellXfs" => is_in_styles = true,
                "fill" if is_in_fills && fills.len() < FILLS_MAX => fills.push(None),
                "fgColor" | "color" if is_in_fills => {
                    if let Some(fill) = fills.last_mut() {
                        *fill = fill.or(shade(tag));
                    }
                }
                "xf" if is_in_styles && styles.len() < FILLS_MAX => {
                    let fill = tag.attribute("fillId").and_then(|id| id.trim().parse::<usize>().ok());
                    styles.push(fill.and_then(|fill| fills.get(fill).copied()).flatten());
                }
                _ => {}
            },
            Event::End("fills") => is_in_fills = false,
            Event::End("cellXfs") => is_in_styles = false,
            Event::End(_) | Event::Text(_) => {}
        })
    }

    fn of(&self, style: usize) -> Option<u8> {
        self.styles.get(style).copied().flatten()
    }
}

/// A colour by its value, by its place in the theme, or by its number.
fn shade(tag: &Tag<'_>) -> Option<u8> {
    if let Some(colour) = tag.attribute("rgb") {
        return shaded::shade_of(&colour);
    }
    let number = |name: &str| tag.attribute(name).and_then(|value| value.trim().parse::<u32>().ok());
    let light = match (number("theme"), number("indexed")) {
        (Some(0), _) | (_, Some(1 | 9 | 65)) => 255,
        (Some(1), _) | (_, Some(0 | 8 | 64)) => 0,
        (Some(2), _) => 230,
        (Some(3), _) => 80,
        (Some(_), _) | (_, Some(_)) => 110,
        (None, None) => return None,
    };
    let tint = tag.attribute("tint").and_then(|tint| tint.trim().parse::<f64>().ok()).unwrap_or(0.0);
    // 18.8.19: below zero darker, above lighter.
    Some(match tint {
        tint if tint < -0.4 => light / 2,
        tint if tint > 0.4 => light.midpoint(255),
        _ => light,
    })
}

/// The shaded cells of a sheet.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) canvas: Canvas,
    /// The row that is read, the row behind it, and the next column; all from 0.
    row: usize,
    next_row: usize,
    column: usize,
    shades: HashMap<(usize, usize), u8>,
}

impl Cells {
    pub(super) fn start(&mut self, tag: &Tag<'_>, fills: &Fills) {
        if fills.styles.is_empty() {
            return;
        }
        match tag.name() {
            "row" => {
                let number = tag.attribute("r").and_then(|row| row.trim().parse::<usize>().ok()?.checked_sub(1));
                self.row = number.unwrap_or(self.next_row);
                self.next_row = self.row.saturating_add(1);
                self.column = 0;
            }
            "c" => {
                let (column, row) = tag.attribute("r").and_then(|own| place(&own)).unwrap_or((self.column, self.row));
                self.column = column.saturating_add(1);
                let style = tag.attribute("s").and_then(|style| style.trim().parse().ok());
                let Some(shade) = style.and_then(|style| fills.of(style)) else { return };
                shaded::add(&mut self.canvas, (column, row), (column.saturating_add(1), row.saturating_add(1)), shade);
                if self.shades.len() < CELLS_MAX {
                    self.shades.insert((column, row), shade);
                }
            }
            // The first cell is shown in the place of all.
            "mergeCell" => {
                let range = tag.attribute("ref").unwrap_or_default();
                let ends = range.split_once(':').and_then(|(from, to)| place(from).zip(place(to)));
                let Some((from, to)) = ends else { return };
                if let Some(shade) = self.shades.get(&from) {
                    let to = (to.0.saturating_add(1), to.1.saturating_add(1));
                    shaded::add(&mut self.canvas, from, to, *shade);
                }
            }
            _ => {}
        }
    }
}

/// `AB12`: column and row.
fn place(reference: &str) -> Option<(usize, usize)> {
    let (row, column) = a1(reference)?;
    Some((usize::try_from(column.at).ok()?, usize::try_from(row.at).ok()?))
}
