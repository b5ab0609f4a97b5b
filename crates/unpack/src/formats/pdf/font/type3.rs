//! Glyphs of Type 3 fonts (ISO 32000-2, 9.6.4) that are nothing but a box: codes can be written with them.

use std::collections::HashMap;

use crate::formats::pdf::document::Document;
use crate::formats::pdf::lexer::{Lexer, Token};
use crate::formats::pdf::matrix::Matrix;
use crate::formats::pdf::object::{Dict, Object};
use crate::unpack::Walk;

/// Glyphs of one font that are looked at.
const GLYPHS_MAX: usize = 256;
/// Bytes of the stream of a glyph that may be a box.
const GLYPH_BYTES_MAX: usize = 256;
/// Objects in it.
const NODES_MAX: usize = 256;

/// The boxes by their codes: left, bottom, right, top, in units of text.
pub(super) fn boxes(document: &Document<'_>, font: &Dict, walk: &mut Walk<'_>) -> HashMap<u8, [f64; 4]> {
    let mut boxes = HashMap::new();
    let map = document.get(font, "FontMatrix").and_then(Object::array).and_then(Matrix::of);
    let map = map.unwrap_or(Matrix([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]));
    let encoding = document.dict(font, "Encoding").and_then(|own| document.get(own, "Differences"));
    let Some(glyphs) = document.dict(font, "CharProcs").filter(|_| map.is_upright()) else { return boxes };
    let mut code = 0.0;
    for difference in encoding.and_then(Object::array).unwrap_or_default().iter().take(GLYPHS_MAX.saturating_mul(2)) {
        let name = match document.resolve(difference) {
            Object::Number(number) => {
                code = *number;
                continue;
            }
            Object::Name(name) => name,
            _ => continue,
        };
        let own = u8::try_from(matrix_code(code)).ok();
        code += 1.0;
        let stream = glyphs.named(name).and_then(|glyph| document.follow(glyph));
        let Some(stream) = stream.filter(|stream| {
            stream.stream.as_ref().is_some_and(|data| data.end.saturating_sub(data.start) <= GLYPH_BYTES_MAX)
        }) else {
            continue;
        };
        let bytes = document.decode(stream, walk).bytes;
        if let (Some(own), Some([left, bottom, right, top])) = (own, box_in(&bytes)) {
            let ((x, y), (to_x, to_y)) = (map.apply(left, bottom), map.apply(right, top));
            boxes.insert(own, [x.min(to_x), y.min(to_y), x.max(to_x), y.max(to_y)]);
        }
    }
    boxes
}

fn matrix_code(code: f64) -> i32 {
    crate::formats::pdf::object::rounded(code)
}

/// The box that a glyph fills, and nothing else.
fn box_in(bytes: &[u8]) -> Option<[f64; 4]> {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let mut place = none;
    let mut corners = 0_usize;
    let mut is_filled = false;
    let mut operands: Vec<f64> = Vec::new();
    let mut lexer = Lexer::new(bytes.get(..GLYPH_BYTES_MAX.saturating_mul(4)).unwrap_or(bytes), 0, NODES_MAX);
    lexer.has_references = false;
    loop {
        if let Some(object) = lexer.object() {
            operands.extend(object.number());
            continue;
        }
        match lexer.token() {
            Some(Token::Word(b"re")) => {
                let [x, y, width, height] = operands.as_slice() else { return None };
                for (x, y) in [(*x, *y), (x + width, y + height)] {
                    place = [place[0].min(x), place[1].min(y), place[2].max(x), place[3].max(y)];
                }
                corners = corners.saturating_add(4);
            }
            Some(Token::Word(b"m" | b"l")) => {
                let [x, y] = operands.as_slice() else { return None };
                place = [place[0].min(*x), place[1].min(*y), place[2].max(*x), place[3].max(*y)];
                corners = corners.saturating_add(1);
            }
            Some(Token::Word(b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b")) => is_filled = true,
            Some(Token::Word(b"d0" | b"d1" | b"h" | b"q" | b"Q" | b"g" | b"rg" | b"k" | b"n")) => {}
            Some(_) => return None,
            None => break,
        }
        operands.clear();
    }
    (is_filled && (4..=5).contains(&corners) && place.iter().all(|side| side.is_finite())).then_some(place)
}
