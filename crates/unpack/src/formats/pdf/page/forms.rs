//! Forms (ISO 32000-2, 8.10): each is read once in a document, as if nothing lay around it, and drawn wherever it is used, through
//! what lies around it there.

use std::rc::Rc;

use super::clips::Clip;
use super::{Reader, State};
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::Canvas;
use crate::formats::pdf::matrix::{self, Matrix, Rect};
use crate::formats::pdf::object::{Dict, Object, Value};

/// Forms within forms.
const FORMS_DEEP_MAX: u32 = 12;
/// Shapes of all forms of a document that are kept, for the next time they are drawn.
const FORM_SHAPES_MAX: usize = 100_000;

/// What a form draws, and the way back to where it draws it.
#[derive(Debug)]
pub(super) struct Kept {
    drawing: Canvas,
    back: Matrix,
    place: Rect,
    own: OfForm,
}

/// What the reader learns of a form while it reads it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OfForm {
    /// It is painted as a whole (11.6.6).
    is_group: bool,
    /// It says itself how much of it is seen.
    pub(super) sets_opacity: bool,
    /// It paints something that is not known through any clip path, or through those of so many corners.
    pub(super) unknown_corners: Option<usize>,
}

/// What is put aside while a form is read.
struct Outside {
    state: State,
    stack: Vec<State>,
    text: Matrix,
    line: Matrix,
    marked: usize,
    marks_outside: usize,
    left_out: (usize, usize),
    form: OfForm,
}

impl Reader<'_, '_, '_> {
    /// A form, drawn at the place that the state says.
    pub(in crate::formats::pdf) fn form(&mut self, form: &Value, resources: &Dict) {
        if self.shared.read.contains(&form.id) {
            return self.draw_again(form);
        }
        if self.depth >= FORMS_DEEP_MAX {
            self.sheet.is_cut = true;
            return;
        }
        self.shared.read.insert(form.id);
        let Some(dict) = form.dict() else { return };
        let own = self.document.dict(dict, "Resources").unwrap_or(resources);
        let first = self.sheet.drawing.len();
        let outside = self.enter(dict);
        let map = self.state.matrix;
        let bytes = self.document.decode(form, self.walk).bytes;
        self.run(&bytes, own);
        let own = self.leave(outside);
        let place = self.keep_form(form, (first, map), own);
        if self.is_seen_whole(own, &place) {
            self.sheet.drawing.shade_from(first, self.shade_of_form());
            self.fill_unknown(own);
        } else {
            let drawing = self.sheet.drawing.take_from(first);
            self.draw_through((&drawing, place), Affine::IDENTITY, own);
        }
    }

    /// Begins what is drawn as if nothing lay around it.
    fn enter(&mut self, form: &Dict) -> Outside {
        let outside = Outside {
            state: self.state.clone(),
            stack: std::mem::take(&mut self.stack),
            text: self.text,
            line: self.line,
            marked: self.marked.len(),
            marks_outside: std::mem::replace(&mut self.marks_outside, self.marked.len()),
            left_out: (std::mem::take(&mut self.states_left_out), std::mem::take(&mut self.marks_left_out)),
            form: self.form,
        };
        self.form = OfForm { is_group: form.has("Group"), ..OfForm::default() };
        self.depth = self.depth.saturating_add(1);
        let matrix = self.map_of(form);
        let bounds = self.document.get(form, "BBox").and_then(Object::array);
        let bounds = bounds.and_then(|bounds| Rect::of(self.document, bounds));
        let state = &mut self.state;
        if self.form.is_group {
            state.group_opacity *= state.opacity * state.outer_opacity;
            state.outer_opacity = 1.0;
        } else {
            state.outer_opacity *= state.opacity;
        }
        (state.opacity, state.stroke_opacity) = (1.0, 1.0);
        state.matrix = matrix;
        state.is_fill_outer = true;
        state.clip = bounds.and_then(|bounds| Clip::of_form(bounds, matrix));
        outside
    }

    fn leave(&mut self, outside: Outside) -> OfForm {
        let Outside { state, stack, text, line, marked, marks_outside, left_out, form } = outside;
        let own = std::mem::replace(&mut self.form, form);
        // What the form says itself holds where it is drawn too.
        self.form.sets_opacity |= own.sets_opacity && !own.is_group;
        self.depth = self.depth.saturating_sub(1);
        (self.state, self.stack, self.text, self.line) = (state, stack, text, line);
        self.marked.truncate(marked);
        self.marks_outside = marks_outside;
        (self.states_left_out, self.marks_left_out) = left_out;
        own
    }

    /// Where a form that is drawn now draws.
    fn map_of(&self, form: &Dict) -> Matrix {
        let own = self.document.get(form, "Matrix").and_then(Object::array).and_then(Matrix::of);
        own.map_or(self.state.matrix, |own| own.then(self.state.matrix))
    }

    /// Keeps what a form drew, from a number on; gives the box around it.
    fn keep_form(&mut self, form: &Value, (first, map): (usize, Matrix), own: OfForm) -> Rect {
        let mut place = Rect::NONE;
        let count = self.sheet.drawing.len().saturating_sub(first);
        if count == 0 && own.unknown_corners.is_none() {
            return place;
        }
        let drawing = self.sheet.drawing.part(first, first.saturating_add(count));
        for (x, y) in drawing.outlines().flat_map(|outline| outline.lines).flatten() {
            place.add(x, y);
        }
        self.shared.form_shapes = self.shared.form_shapes.saturating_add(count);
        let has_room = self.shared.form_shapes <= FORM_SHAPES_MAX && !self.sheet.drawing.is_cut();
        let kept = map.inverse().filter(|_| has_room).map(|back| Rc::new(Kept { drawing, back, place, own }));
        self.shared.forms.insert(form.id, kept);
        place
    }

    /// What a form draws that was read before.
    fn draw_again(&mut self, form: &Value) {
        let Some(dict) = form.dict() else { return };
        let map = self.map_of(dict);
        match self.shared.forms.get(&form.id).cloned() {
            Some(Some(kept)) => self.draw_through((&kept.drawing, kept.place), kept.back.then(map), kept.own),
            Some(None) => self.sheet.is_drawing_cut = true,
            None => {}
        }
    }

    /// The shade of what has none of its own.
    fn shade_of_form(&self) -> Option<u8> {
        (!self.state.is_fill_outer).then(|| matrix::shade(self.state.fill))
    }

    /// How much is seen of a form, by where it is drawn.
    fn share_of(&self, own: OfForm) -> f64 {
        match own {
            OfForm { is_group: true, .. } => self.state.opacity,
            OfForm { sets_opacity: true, .. } => 1.0,
            _ => self.state.opacity.max(self.state.stroke_opacity),
        }
    }

    fn is_seen_whole(&self, own: OfForm, place: &Rect) -> bool {
        let is_clipped = self.state.clip.as_ref().is_some_and(|clip| !clip.shows_all(place));
        !self.is_in_hidden_layer() && !is_clipped && self.share_of(own) >= 1.0
    }

    /// Draws what a form draws through what lies around it here.
    fn draw_through(&mut self, (drawing, place): (&Canvas, Rect), map: Matrix, own: OfForm) {
        self.form.sets_opacity |= own.sets_opacity && !own.is_group;
        if self.is_in_hidden_layer() {
            return;
        }
        let (shade, share) = (self.shade_of_form(), self.share_of(own));
        let is_clipped = self.state.clip.as_ref().is_some_and(|clip| !clip.shows_all(&map.apply_to(place)));
        if is_clipped {
            self.draw_clipped(drawing, map, (share, shade));
        } else {
            self.sheet.drawing.set_alpha(share);
            self.sheet.drawing.repeat(drawing, map, shade);
            self.sheet.drawing.set_alpha(1.0);
        }
        self.fill_unknown(own);
    }

    fn fill_unknown(&mut self, own: OfForm) {
        if let Some(corners_min) = own.unknown_corners {
            self.fill_clip(corners_min);
        }
    }
}
