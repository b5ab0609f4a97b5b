//! How lines are drawn (ISO 32000-2, 8.4.3).

use std::rc::Rc;

use super::Reader;
use crate::formats::image::canvas::{self, Stroke};
use crate::formats::pdf::matrix::{self, Matrix};
use crate::formats::pdf::object::{Dict, Object};

/// Narrower lines are drawn one pixel wide, whatever that is.
const LINE_WIDTH_MIN: f64 = 0.1;
/// Dashes and gaps that cost nothing: each line of a code has as many.
const DASHES_FREE: usize = 64;

/// What lines are drawn with. Each state that is kept has one: the dashes of all are the same list.
#[derive(Clone, Debug)]
pub(super) struct Pen {
    width: f64,
    has_caps: bool,
    dashes: Rc<[f64]>,
    offset: f64,
}

impl Default for Pen {
    fn default() -> Self {
        Self { width: 1.0, has_caps: false, dashes: Rc::default(), offset: 0.0 }
    }
}

impl Reader<'_, '_, '_> {
    pub(super) fn set_width(&mut self, width: f64) {
        self.state.pen.width = width;
    }

    pub(super) fn set_cap(&mut self, cap: f64) {
        self.state.pen.has_caps = cap > 0.5;
    }

    /// The dashes, and where in them a line begins.
    pub(super) fn set_dashes(&mut self, dashes: &[Object], offset: f64) {
        let document = self.document;
        let dashes = canvas::dashes(dashes.iter().filter_map(|dash| document.resolve(dash).number()));
        let has_room = dashes.len() <= DASHES_FREE || self.sheet.drawing.spend(dashes.len());
        self.state.pen.dashes = if has_room { dashes.into() } else { Rc::default() };
        self.state.pen.offset = offset;
    }

    /// What an extended graphics state says of lines (table 57).
    pub(super) fn extended_pen(&mut self, state: &Dict) {
        let document = self.document;
        let number = |key: &str| document.get(state, key).and_then(Object::number);
        if let Some(width) = number("LW") {
            self.set_width(width);
        }
        if let Some(cap) = number("LC") {
            self.set_cap(cap);
        }
        if let Some([dashes, offset]) = document.get(state, "D").and_then(Object::array) {
            let offset = document.resolve(offset).number().unwrap_or_default();
            self.set_dashes(document.resolve(dashes).array().unwrap_or_default(), offset);
        }
    }

    pub(super) fn stroke_path(&mut self) {
        let lines = self.lines_to_paint();
        let pen = self.state.pen.clone();
        // What many dashes cost even a line that is no longer than one of them.
        let cost = lines.len().saturating_mul(pen.dashes.len() / DASHES_FREE);
        if !self.is_in_hidden_layer() && !lines.is_empty() && self.sheet.drawing.spend(cost) {
            let stretch = self.state.matrix.stretch();
            let stroke = Stroke {
                width: (pen.width * stretch).max(LINE_WIDTH_MIN),
                has_caps: pen.has_caps,
                dashes: pen.dashes.iter().map(|dash| dash * stretch).collect(),
                offset: pen.offset * stretch,
            };
            let shade = Some(matrix::shade(self.state.stroke));
            let first = self.sheet.drawing.len();
            self.sheet.drawing.set_alpha(self.state.stroke_opacity);
            for line in &lines {
                if self.sheet.drawing.is_cut() {
                    break;
                }
                self.sheet.drawing.add_stroke(line, &stroke, Matrix::IDENTITY, shade);
            }
            self.sheet.drawing.set_alpha(1.0);
            let (mut reach, wide) = (self.path_reach, stroke.width);
            (reach.left, reach.bottom) = (reach.left - wide, reach.bottom - wide);
            (reach.right, reach.top) = (reach.right + wide, reach.top + wide);
            self.clip_from(first, &reach);
        }
        self.end_path();
    }
}
