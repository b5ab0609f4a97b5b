//! Codes drawn in a page: in characters, in cells of a table or a grid, in boxes that styles put somewhere, in shapes of SVG.
//! What may be a code is read when the page is, by the budget's clock.

mod boxes;
mod cells;
pub(super) mod gradient;
mod pieces;
mod svg;
mod told;
mod unsure;

use std::borrow::Cow;

use lol_html::html_content::Element;

use crate::budget::Budget;
use crate::formats::html::attributes;
use crate::formats::html::drawn::boxes::{Boxes, is_placed};
use crate::formats::html::drawn::cells::Cells;
use crate::formats::html::drawn::gradient::Pictures;
use crate::formats::html::drawn::pieces::{Kind, Pieces};
use crate::formats::html::drawn::svg::Svg;
use crate::formats::html::drawn::told::Told;
use crate::formats::html::drawn::unsure::Unsure;
use crate::formats::html::seen::Ink;
use crate::formats::html::sheet::Doubt;
use crate::formats::html::style::{self, Position, Style};
use crate::formats::image::canvas::{Canvas, Effort, Looked};
use crate::formats::image::codes::Codes;
use crate::formats::text_code;
use crate::formats::text_code::matrix::Matrix;

/// Bytes of text kept with its lines.
const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Codes kept of one page.
const CODES_MAX: usize = 8;
/// Drawings of one page that are looked at.
const DRAWINGS_MAX: usize = 512;
/// Shapes kept of all drawings of a page.
const SHAPES_MAX: usize = 200_000;
/// Entities that may be blocks.
const CODED_SIGNS: [&[u8]; 4] = [b"&#", b"&bl", b"&squ", b"&uhb"];
/// Rows of a letter, as the top of a corner is drawn.
const LETTER_SIGNS: [&[u8]; 4] = [b"#######", b"XXXXXXX", b"@@@@@@@", b"1111111"];
/// Begins a row of a table in the text; other lines end as in any text.
const ROW: char = '\u{b}';

/// What may be one.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    /// The text with its lines.
    lines: String,
    cells: Cells,
    boxes: Boxes,
    svg: Option<Svg>,
    /// Elements of the open drawing within which there is a page again.
    foreign: Vec<Option<u32>>,
    /// Which of these the element is of that was opened last.
    last: Room,
    /// Fields and drawings that are done.
    fields: Vec<Matrix>,
    /// Of each of these one has to be a code; it is told where none is.
    likely: Vec<Vec<Matrix>>,
    drawings: Vec<Canvas>,
    kept_shapes: usize,
    unsure: Unsure,
    shapes: Told,
    pieces: Pieces,
    /// What stands in elements that count as removed: not all programs leave them out, nor do all that are called so vanish.
    removed: Option<Box<Self>>,
    /// There were more than are kept.
    is_cut: bool,
}

/// What styles say of an element that may be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Says<'s> {
    pub(super) style: &'s Style,
    /// It has the attribute `hidden`, whatever that says.
    pub(super) is_hidden: bool,
    /// What may be otherwise.
    pub(super) doubt: Doubt,
    /// Those of the rule of the sheet that draws for it.
    pub(super) pictures: &'s Pictures,
}

/// Where an open element counts.
#[derive(Clone, Copy, Debug, Default)]
enum Room {
    #[default]
    Boxes,
    Svg,
    Foreign,
}

impl Drawn {
    /// May there be characters that codes are drawn in? By the source alone.
    pub(super) fn has_signs(html: &str) -> bool {
        let has = |sign: &[u8]| memchr::memmem::find(html.as_bytes(), sign).is_some();
        !html.is_ascii() || LETTER_SIGNS.into_iter().chain(CODED_SIGNS).any(has)
    }

    /// Text that is seen, or would be if it had another colour.
    pub(super) fn text(&mut self, piece: &str, ink: Ink) {
        self.unsure.text(piece);
        if let Some(svg) = self.svg.as_mut().filter(|_| ink == Ink::Plain) {
            svg.text(piece);
        }
        let lines = &mut self.lines;
        if lines.len().saturating_add(piece.len()) > TEXT_BYTES_MAX {
            self.is_cut = true;
            return;
        }
        match ink {
            Ink::Plain => lines.push_str(piece),
            // A block that looks like the ground is a blank.
            Ink::Faint => lines.extend(piece.chars().map(|c| if c.is_ascii() { c } else { ' ' })),
            Ink::Ground => lines.extend(piece.chars().map(|c| if c == '\n' { c } else { ' ' })),
        }
    }

    /// An element begins a new line, or a row of a table.
    pub(super) fn break_line(&mut self, tag: &str) {
        if self.lines.len() < TEXT_BYTES_MAX {
            self.lines.push(if tag == "tr" { ROW } else { '\n' });
        }
    }

    /// Takes an element; true if its end matters.
    pub(super) fn element(&mut self, tag: &str, element: &Element<'_, '_>, says: Says<'_>) -> bool {
        let Says { style, pictures, .. } = says;
        if let Some(svg) = &mut self.svg {
            if tag == "foreignobject" {
                self.foreign.push(None);
                self.last = Room::Foreign;
                return true;
            }
            if self.foreign.is_empty() || svg::is_known(tag) {
                self.last = Room::Svg;
                return svg.element(tag, element, says);
            }
        }
        let may_draw = style.is_drawing && !self.boxes.canvas.is_cut();
        let own = may_draw.then(|| element.get_attribute("style")).flatten();
        let own = own.map(|own| Pictures::read(&style::plain(&attributes::decoded(&own)))).unwrap_or_default();
        let has_unread = style.is_drawing && pictures.has_unread(&own);
        let is_unsure = self.unsure.element(tag, element, (says, has_unread));
        if tag == "svg" {
            let mut svg = Svg::new(SHAPES_MAX.saturating_sub(self.kept_shapes));
            let is_open = svg.element(tag, element, says);
            self.svg = is_open.then_some(svg);
            self.last = Room::Svg;
            return is_open || is_unsure;
        }
        self.last = Room::Boxes;
        let is_told = self.cells.element(tag, element, says) || is_unsure;
        if !is_placed(style) {
            return is_told;
        }
        // Another picture begins, where nothing says how far down it is.
        let is_relative = style.place.position == Some(Position::Relative);
        if is_relative && style.place.height().is_none() && self.boxes.is_outside() {
            self.end_boxes();
        }
        self.boxes.element(says, &own) || is_told
    }

    /// Takes a sheet: paths in it may be a code, whatever has them.
    pub(super) fn sheet(&mut self, css: &str) {
        let paths = svg::later::paths(css);
        if paths.may_be_code() || paths.is_cut() {
            drop(self.keep(paths));
        }
    }

    /// The number of the element whose end matters.
    pub(super) fn opened(&mut self, number: u32) {
        self.unsure.opened(number);
        match (self.last, &mut self.svg) {
            (Room::Svg, Some(svg)) => svg.opened(number),
            (Room::Foreign, _) => _ = self.foreign.last_mut().map(|own| *own = Some(number)),
            _ => {
                self.boxes.opened(number);
                self.cells.opened(number);
            }
        }
    }

    /// An element ends, and all within it.
    pub(super) fn close(&mut self, number: u32) {
        if self.svg.as_mut().is_some_and(|svg| svg.close(number)) {
            self.end_svg();
        }
        while self.foreign.last().is_some_and(|own| own.is_none_or(|own| own >= number)) {
            self.foreign.pop();
        }
        if self.svg.is_none() {
            self.foreign.clear();
        }
        self.boxes.close(number);
        self.cells.close(number);
        self.unsure.close(number);
    }

    fn end_cells(&mut self) {
        let (found, is_whole) = std::mem::take(&mut self.cells).finish();
        self.is_cut |= !is_whole || found.likely.len() > DRAWINGS_MAX;
        self.likely.extend(found.likely.into_iter().take(DRAWINGS_MAX));
        for field in found.fields {
            self.is_cut |= self.fields.len() >= DRAWINGS_MAX;
            if self.fields.len() < DRAWINGS_MAX {
                self.fields.push(field);
            }
        }
    }

    fn end_svg(&mut self) {
        if let Some(svg) = self.svg.take() {
            let (canvases, told) = svg.finish();
            self.shapes.append(&told);
            if canvases.iter().any(|canvas| canvas.len() > 0) {
                self.unsure.fill_around_svg();
            }
            let last = canvases.len().saturating_sub(1);
            for (number, canvas) in canvases.into_iter().enumerate() {
                if let Some(piece) = self.keep(canvas) {
                    self.pieces.add(&piece, if number == last { Kind::Drawing } else { Kind::Part });
                }
            }
        }
    }

    /// Something that draws was not read.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    fn end_boxes(&mut self) {
        let canvas = self.boxes.take(SHAPES_MAX.saturating_sub(self.kept_shapes));
        if let Some(piece) = self.keep(canvas) {
            self.pieces.add(&piece, Kind::Boxes);
        }
    }

    /// Keeps a drawing to be looked at; gives it back where it is too small for a code.
    fn keep(&mut self, canvas: Canvas) -> Option<Canvas> {
        self.is_cut |= canvas.is_cut();
        if !canvas.may_be_code() {
            return Some(canvas);
        }
        self.kept_shapes = self.kept_shapes.saturating_add(canvas.len());
        self.is_cut |= self.drawings.len() >= DRAWINGS_MAX;
        if self.drawings.len() < DRAWINGS_MAX {
            self.drawings.push(canvas);
        }
        None
    }

    pub(super) fn finish(mut self) -> Self {
        self.end_cells();
        self.end_svg();
        self.end_boxes();
        self.unsure.finish();
        self
    }

    /// Takes over what a page within this one draws.
    pub(super) fn append(&mut self, other: Self) {
        let room = |kept: usize| DRAWINGS_MAX.saturating_sub(kept);
        self.is_cut |= other.is_cut
            || other.fields.len() > room(self.fields.len())
            || other.likely.len() > room(self.likely.len())
            || other.drawings.len() > room(self.drawings.len());
        self.fields.extend(other.fields.into_iter().take(room(self.fields.len())));
        self.likely.extend(other.likely.into_iter().take(room(self.likely.len())));
        self.drawings.extend(other.drawings.into_iter().take(room(self.drawings.len())));
        self.unsure.append(&other.unsure);
        self.shapes.append(&other.shapes);
        self.pieces.append(other.pieces);
        if let Some(removed) = other.removed {
            self.removed.get_or_insert_default().append(*removed);
        }
        if self.lines.len().saturating_add(other.lines.len()) < TEXT_BYTES_MAX {
            self.lines.push('\n');
            self.lines.push_str(&other.lines);
        } else {
            self.is_cut = true;
        }
    }

    /// With what was drawn in elements that count as removed.
    pub(super) fn with_removed(mut self, removed: Self) -> Self {
        self.removed.get_or_insert_default().append(removed);
        self
    }

    /// What the codes say, and whether all was looked at.
    pub(crate) fn read(&self, budget: &Budget) -> Looked {
        let mut all = self.look(budget);
        if let Some(removed) = &self.removed {
            let looked = removed.read(budget);
            all.add(looked.codes);
            all.is_whole &= looked.is_whole;
        }
        all.is_whole &= all.codes.len() <= CODES_MAX;
        all.codes.truncate(CODES_MAX);
        all
    }

    /// Is there a code in one of them?
    fn look_at_likely(fields: &[Matrix], budget: &Budget, all: &mut Looked) -> bool {
        for field in fields.iter().take_while(|_| !budget.is_late()) {
            let codes = field.look(&budget.code_steps);
            if !codes.said.is_empty() {
                all.is_whole &= !codes.has_more;
                all.add(codes.said);
                return true;
            }
        }
        false
    }

    fn look(&self, budget: &Budget) -> Looked {
        let mut all = Looked { codes: Vec::new(), is_whole: !self.is_cut };
        for field in &self.fields {
            if budget.is_late() {
                all.is_whole = false;
                return all;
            }
            let codes = field.look(&budget.code_steps);
            all.is_whole &= !codes.has_more && !codes.is_unread;
            all.add(codes.said);
        }
        for fields in &self.likely {
            let is_read = Self::look_at_likely(fields, budget, &mut all);
            all.is_whole &= is_read;
        }
        let mut effort = Effort::default();
        for canvas in &self.drawings {
            let looked = canvas.read(budget, &mut effort);
            all.add(looked.codes);
            all.is_whole &= looked.is_whole;
        }
        let codes = in_lines(&self.lines, budget);
        all.is_whole &= !codes.has_more && !codes.is_unread;
        all.add(codes.said);
        // Told apart from what was read: a code beside it says nothing of it.
        let is_in_pieces = self.pieces.may_be_code(self.unsure.placed());
        all.is_whole &= !(self.unsure.may_be_code() || self.shapes.may_be_code() || is_in_pieces);
        all
    }
}

/// The codes in a text: with all its lines; else by the rows of its tables, whatever lines there are in their cells.
fn in_lines(lines: &str, budget: &Budget) -> Codes {
    let has_rows = lines.contains(ROW);
    let by_lines = if has_rows { Cow::Owned(lines.replace(ROW, "\n")) } else { Cow::Borrowed(lines) };
    let mut codes = text_code::codes(&by_lines, &budget.code_steps);
    if has_rows && codes.said.is_empty() {
        let mut rows = String::new();
        for row in lines.split(ROW) {
            rows.extend(row.split('\n').map(|line| line.trim_matches([' ', '\t', '\r'])));
            rows.push('\n');
        }
        codes.merge(text_code::codes(&rows, &budget.code_steps));
        codes.is_unread &= codes.said.is_empty();
    }
    codes
}

#[cfg(test)]
mod tests;
