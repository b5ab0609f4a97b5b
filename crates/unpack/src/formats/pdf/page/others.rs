//! What is drawn otherwise than on the page itself: tiling patterns (ISO 32000-2, 8.7.3) and soft masks (11.6.5) as drawings of their
//! own.

use super::Reader;
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{CORNERS_MIN, Canvas};
use crate::formats::pdf::matrix::BLACK;
use crate::formats::pdf::object::{Dict, Object, Value};

/// Patterns and masks of one page whose drawings are kept.
const OTHERS_MAX: usize = 64;
/// A drawing of fewer corners is a hatch or a frame, and no part of a code to speak of.
const PIECE_CORNERS_MIN: usize = 12;

impl Reader<'_, '_, '_> {
    /// The pattern that a colour names.
    pub(super) fn pattern(&mut self, operands: &[Object], resources: &Dict) {
        let document = self.document;
        let Some(name) = operands.last().and_then(Object::name) else { return };
        let patterns = document.dict(resources, "Pattern");
        let Some(value) = patterns.and_then(|own| own.named(name)).and_then(|own| document.follow(own)) else { return };
        let is_tiling =
            value.dict().and_then(|dict| document.get(dict, "PatternType")).and_then(Object::number) == Some(1.0);
        if !is_tiling || value.stream.is_none() {
            return;
        }
        let Some(drawn) = self.aside(value, resources) else { return };
        if drawn.may_be_code() {
            self.shared.others.insert(value.id);
            return self.keep_other(drawn);
        }
        // Many of them together may be one code. Where they are laid as tiles is not known.
        let corners = drawn.outlines().flat_map(|outline| outline.lines).map(|line| line.len()).sum::<usize>();
        if corners >= PIECE_CORNERS_MIN {
            self.sheet.piece_corners = self.sheet.piece_corners.saturating_add(corners);
        }
        self.sheet.is_drawing_cut |= self.sheet.piece_corners >= CORNERS_MIN;
        self.sheet.pieces.repeat(&drawn, Affine::IDENTITY, None);
    }

    /// The soft mask of a graphics state: what is light in it is seen, or what is in it at all.
    pub(super) fn soft_mask(&mut self, state: &Dict, resources: &Dict) {
        let document = self.document;
        let group = document.dict(state, "SMask").and_then(|mask| mask.get("G"));
        let Some(group) = group.and_then(|group| document.follow(group)).filter(|group| group.stream.is_some()) else {
            return;
        };
        let Some(drawn) = self.aside(group, resources) else { return };
        if drawn.may_be_code() {
            self.shared.others.insert(group.id);
            self.keep_other(drawn.clone().on_ground(0));
            self.keep_other(drawn.in_shade(0));
        } else {
            self.sheet.pieces.repeat(&drawn.in_shade(0), Affine::IDENTITY, None);
        }
    }

    /// What a form draws that is no part of the page: once on a page, and once in a document where that may be a code.
    fn aside(&mut self, form: &Value, resources: &Dict) -> Option<Canvas> {
        if self.shared.others.contains(&form.id) || !self.others.insert(form.id) {
            return None;
        }
        let first = self.sheet.drawing.len();
        let (state, grounds, own) = (self.state.clone(), self.grounds.clone(), self.form);
        let marks_outside = std::mem::replace(&mut self.marks_outside, self.marked.len());
        (self.state.fill, self.state.is_plain, self.state.is_fill_outer) = (BLACK, true, false);
        (self.state.opacity, self.state.stroke_opacity, self.state.clip) = (1.0, 1.0, None);
        (self.state.group_opacity, self.state.outer_opacity) = (1.0, 1.0);
        self.form(form, resources);
        (self.state, self.grounds, self.form, self.marks_outside) = (state, grounds, own, marks_outside);
        Some(self.sheet.drawing.take_from(first))
    }

    pub(super) fn keep_other(&mut self, drawn: Canvas) {
        if self.sheet.others.len() < OTHERS_MAX {
            self.sheet.others.push(drawn);
        } else {
            self.sheet.is_drawing_cut = true;
        }
    }
}
