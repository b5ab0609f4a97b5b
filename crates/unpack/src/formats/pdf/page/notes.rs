//! Notes that do not say how they look (ISO 32000-2, 12.5.6.8): programs draw them by what they are. Documented limit: squares and
//! circles alone, these as the boxes around them, and what they are filled with.

use super::Reader;
use crate::formats::pdf::matrix::{self, Matrix, Rect};
use crate::formats::pdf::object::{Dict, Object};

/// They are not shown (table 167): hidden, not on a screen.
const IS_HIDDEN: usize = 0b10_0010;

impl Reader<'_, '_, '_> {
    pub(super) fn draw_note(&mut self, note: &Dict) {
        let document = self.document;
        if !["Square", "Circle"].iter().any(|kind| note.says("Subtype", kind)) {
            return;
        }
        let array = |key: &str| document.get(note, key).and_then(Object::array);
        let flags = document.get(note, "F").and_then(Object::size).unwrap_or_default();
        let (Some(inside), Some(place)) = (array("IC"), array("Rect").and_then(|rect| Rect::of(document, rect))) else {
            return;
        };
        // Of no components: nothing.
        if flags & IS_HIDDEN != 0 || inside.is_empty() {
            return;
        }
        let shade = matrix::shade(matrix::colour(inside));
        let Rect { left, bottom, right, top } = place;
        self.sheet.drawing.add_box([left, bottom, right, top], Matrix::IDENTITY, Some(shade));
    }
}
