//! What is drawn otherwise than with paths of the page: tiling patterns (ISO 32000-2, 8.7.3) and soft masks (11.6.5) as drawings of
//! their own, glyphs of Type 3 fonts (9.6.4) that are boxes.

use super::Reader;
use crate::formats::image::canvas::{Canvas, Rule};
use crate::formats::pdf::font::Font;
use crate::formats::pdf::matrix::{self, BLACK, Matrix};
use crate::formats::pdf::object::{Dict, Object, Value};

/// Patterns and masks of one page whose drawings are kept.
const OTHERS_MAX: usize = 64;

impl Reader<'_, '_, '_> {
    /// The pattern that a colour names.
    pub(super) fn pattern(&mut self, operands: &[Object], resources: &Dict) {
        let document = self.document;
        let Some(name) = operands.last().and_then(Object::name) else { return };
        let patterns = document.dict(resources, "Pattern");
        let Some(value) = patterns.and_then(|own| own.named(name)).and_then(|own| document.follow(own)) else { return };
        let is_tiling =
            value.dict().and_then(|dict| document.get(dict, "PatternType")).and_then(Object::number) == Some(1.0);
        if is_tiling && value.stream.is_some() {
            let drawn = self.aside(value, resources);
            self.keep_other(drawn);
        }
    }

    /// The soft mask of a graphics state: what is light in it is seen, or what is in it at all.
    pub(super) fn soft_mask(&mut self, state: &Dict, resources: &Dict) {
        let document = self.document;
        let group = document.dict(state, "SMask").and_then(|mask| mask.get("G"));
        let Some(group) = group.and_then(|group| document.follow(group)).filter(|group| group.stream.is_some()) else {
            return;
        };
        if let Some(drawn) = self.aside(group, resources) {
            self.keep_other(Some(drawn.clone().on_ground(0)));
            self.keep_other(Some(drawn.in_shade(0)));
        }
    }

    /// What a form draws that is no part of the page; once in a document.
    fn aside(&mut self, form: &Value, resources: &Dict) -> Option<Canvas> {
        if self.shared.read.contains(&form.id) {
            return None;
        }
        let first = self.sheet.drawing.len();
        let (state, grounds) = (self.state.clone(), self.grounds.clone());
        (self.state.fill, self.state.is_plain, self.state.is_fill_outer) = (BLACK, true, false);
        (self.state.opacity, self.state.stroke_opacity, self.state.clip) = (1.0, 1.0, None);
        self.form(form, resources);
        (self.state, self.grounds) = (state, grounds);
        let drawn = self.sheet.drawing.take_from(first);
        drawn.may_be_code().then_some(drawn)
    }

    fn keep_other(&mut self, drawn: Option<Canvas>) {
        let Some(drawn) = drawn else { return };
        if self.sheet.others.len() < OTHERS_MAX {
            self.sheet.others.push(drawn);
        } else {
            self.sheet.is_drawing_cut = true;
        }
    }

    /// The glyphs of a text that are boxes.
    pub(super) fn show_boxes(&mut self, font: &Font, bytes: &[u8]) {
        let state = &self.state;
        // Table 104: 3 is neither filled nor stroked, 7 only clips.
        if matches!(matrix::whole_mode(state.mode), 3 | 7) || self.marked.contains(&true) {
            return;
        }
        let shade = (!state.is_fill_outer).then(|| matrix::shade(state.fill));
        let (mut width, mut codes) = (0.0, 0.0);
        self.sheet.drawing.set_alpha(state.opacity);
        for byte in bytes {
            let x = (width * state.size + codes * state.character_space) * state.stretch;
            if let Some(place) = font.box_of(*byte) {
                let own = Matrix([state.size * state.stretch, 0.0, 0.0, state.size, x, state.rise]);
                let map = own.then(self.text).then(state.matrix);
                let [left, bottom, right, top] = place;
                let line = vec![(left, bottom), (right, bottom), (right, top), (left, top)];
                self.sheet.drawing.add_lines(vec![line], Rule::NonZero, map, shade);
            }
            width += font.width_of(*byte);
            codes += 1.0;
        }
        self.sheet.drawing.set_alpha(1.0);
    }
}
