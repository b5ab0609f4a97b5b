//! The standard font of signs (ISO 32000-2, 9.6.2.2 and D.6): of its glyphs those that are solid, as boxes, since codes can be written with
//! them; a circle and a diamond are as large as the boxes around them.

use std::collections::HashMap;

use super::type3::{Glyph, Shaded};
use crate::formats::pdf::matrix::Rect;

/// Name of the font.
const NAME: &str = "ZapfDingbats";
/// Code, width, and the box around it, in thousandths: a circle, a square, a diamond.
const SOLID: [(u8, f64, [f64; 4]); 3] = [
    (b'l', 791.0, [35.0, -14.0, 757.0, 708.0]),
    (b'n', 761.0, [35.0, -14.0, 726.0, 692.0]),
    (b'u', 788.0, [35.0, -14.0, 757.0, 708.0]),
];
/// Width of a blank.
const BLANK: (u32, u32, f64) = (32, 32, 278.0);

/// Is it the font of that name?
pub(super) fn are_in(base: &str) -> bool {
    base.ends_with(NAME)
}

/// Widths of codes, in their order.
pub(super) fn widths() -> Vec<(u32, u32, f64)> {
    let solid = SOLID.iter().map(|(code, width, _)| (u32::from(*code), u32::from(*code), *width));
    std::iter::once(BLANK).chain(solid).collect()
}

/// The glyphs by their codes.
pub(super) fn glyphs() -> HashMap<u8, Glyph> {
    let glyph = |(code, _, sides): &(u8, f64, [f64; 4])| {
        let [left, bottom, right, top] = sides.map(|side| side / 1000.0);
        let place = Rect { left, bottom, right, top };
        (*code, Glyph { boxes: vec![Shaded { place, shade: None }], is_boxes: true })
    };
    SOLID.iter().map(glyph).collect()
}
