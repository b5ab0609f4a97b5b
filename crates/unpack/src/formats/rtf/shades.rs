//! Shades of the cells of tables (RTF 1.9.1, table definitions): codes are drawn so. Documented limit: shades of styles and of
//! paragraphs in a cell are not known.

use crate::formats::image::grey;
use crate::formats::office::Found;
use crate::formats::office::shaded::rows::{Cell, Joins, Rows};
use crate::formats::office::shaded::{WHOLE, mixed};

/// Colours of one document, cells of one row.
const COLOURS_MAX: usize = 10_000;
const ROW_CELLS_MAX: usize = 1_000;
/// Narrower is no cell, twips.
const WIDTH_MIN: i32 = 20;
/// How much is seen of the front of dark hatches, and of others.
const DARK_HATCH: u32 = 5_000;
const HATCH: u32 = 2_500;
/// Words that define rows and cells, but for those that begin so.
const WORDS: [&str; 5] = ["trowd", "trleft", "trrh", "row", "nestrow"];
const WORD_START: &str = "cl";

/// What is known of them.
#[derive(Debug, Default)]
pub(super) struct Shades {
    colours: Vec<Option<u8>>,
    /// Of the colour that is open: red, green, blue.
    colour: [Option<u8>; 3],
    /// Cells of the row that is defined, and its height if that is exact.
    row: Vec<Cell>,
    height: Option<u32>,
    left: i32,
    next: Next,
    rows: Rows,
}

/// Of the next cell: numbers of the colours of ground and pattern, how much of the latter is seen, and what it is a part of.
#[derive(Debug, Default)]
struct Next {
    back: Option<usize>,
    front: Option<usize>,
    share: u32,
    joins: Joins,
}

/// Is it a word that is told to the shades?
pub(super) fn is_of_tables(word: &str) -> bool {
    WORDS.contains(&word) || word.starts_with(WORD_START)
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
                (self.left, self.height, self.next) = (0, None, Next::default());
            }
            "trleft" => self.left = value,
            // Below zero it is exact.
            "trrh" => {
                self.height = value.checked_neg().and_then(|height| u32::try_from(height).ok()).filter(|own| *own > 0)
            }
            // What is raw holds where a style does not say anything else.
            "clcbpat" => self.next.back = index(),
            "clcbpatraw" => self.next.back = self.next.back.or(index()),
            "clcfpat" => self.next.front = index(),
            "clcfpatraw" => self.next.front = self.next.front.or(index()),
            "clshdng" => self.next.share = u32::try_from(value).unwrap_or(0).min(WHOLE),
            "clshdngraw" if self.next.share == 0 => self.next.share = u32::try_from(value).unwrap_or(0).min(WHOLE),
            "clbgdkhor" | "clbgdkvert" | "clbgdkfdiag" | "clbgdkbdiag" | "clbgdkcross" | "clbgdkdcross" => {
                self.next.share = DARK_HATCH;
            }
            "clbghoriz" | "clbgvert" | "clbgfdiag" | "clbgbdiag" | "clbgcross" | "clbgdcross" => {
                self.next.share = HATCH
            }
            "clvmrg" => self.next.joins = Joins::Above,
            "clmrg" => self.next.joins = Joins::Left,
            "cellx" => self.end_cell(value),
            "row" | "nestrow" => self.rows.add(&self.row, self.height),
            _ => {}
        }
    }

    /// The shade of a colour by its number; none is that of the page.
    pub(super) fn colour(&self, number: usize) -> Option<u8> {
        self.colours.get(number).copied().flatten()
    }

    /// Some programs read what others pass over.
    pub(super) fn doubt(&mut self) {
        self.rows.doubt();
    }

    /// At the beginning of the colours: programs differ in which of several lists they take.
    pub(super) fn begin_colours(&mut self) {
        if !self.colours.is_empty() {
            self.rows.doubt();
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
        } else {
            self.rows.cut();
        }
    }

    fn end_cell(&mut self, right: i32) {
        let next = std::mem::take(&mut self.next);
        let width = right.saturating_sub(self.left);
        if width >= WIDTH_MIN {
            if self.row.len() < ROW_CELLS_MAX {
                let shade = self.shade(&next);
                self.row.push(Cell { left: self.left, right, shade, joins: next.joins });
            } else {
                self.rows.cut();
            }
        }
        self.left = right;
    }

    fn shade(&self, next: &Next) -> Option<u8> {
        let colour = |number: Option<usize>| number.and_then(|number| self.colours.get(number)).copied().flatten();
        let back = colour(next.back);
        if next.share == 0 {
            return back;
        }
        Some(mixed(colour(next.front).unwrap_or(0), back.unwrap_or(255), next.share))
    }

    /// At the end of the document.
    pub(super) fn finish(self, found: &mut Found) {
        self.rows.finish(found);
    }
}

#[cfg(test)]
mod tests;
