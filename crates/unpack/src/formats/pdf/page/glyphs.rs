//! Glyphs of Type 3 fonts (ISO 32000-2, 9.6.4) that are shown: boxes are part of the drawing; what else there is very often on a page is
//! a drawing of its own, of the boxes around it.

use std::collections::HashMap;

use super::{Reader, Sheet};
use crate::formats::image::affine::Affine;
use crate::formats::image::canvas::{CORNERS_MIN, Canvas, Line, Rule};
use crate::formats::pdf::font::Font;
use crate::formats::pdf::matrix::{self, Matrix, Rect};

/// Glyphs of one page that are no boxes.
const LETTERS_MAX: usize = 20_000;
/// Modules of a code are one glyph, or glyphs as high as each other: at least one of so many on its page. Of letters that is rare.
const SAME_SHARE: usize = 5;

/// A glyph that is shown and is no box.
#[derive(Debug)]
pub(super) struct Letter {
    /// How low and how high it is, as bits: which glyph, nearly.
    height: (u64, u64),
    /// The box around it, on the page.
    line: Line,
}

impl Sheet {
    /// The boxes around glyphs that may be the modules of a code.
    pub(in crate::formats::pdf) fn letters(&self) -> Option<Canvas> {
        let mut counts: HashMap<(u64, u64), usize> = HashMap::new();
        for letter in &self.letters {
            let count = counts.entry(letter.height).or_default();
            *count = count.saturating_add(1);
        }
        // No code has fewer modules than a quarter of its corners.
        let is_often = |letter: &&Letter| {
            let count = counts.get(&letter.height).copied().unwrap_or_default();
            count >= CORNERS_MIN / 2 && count.saturating_mul(SAME_SHARE) >= self.letters.len()
        };
        let mut canvas = Canvas::default();
        for letter in self.letters.iter().filter(is_often) {
            canvas.add_lines(vec![letter.line.clone()], Rule::NonZero, Affine::IDENTITY, Some(0));
        }
        canvas.may_be_code().then_some(canvas)
    }
}

impl Reader<'_, '_, '_> {
    /// The glyphs of a text that are drawings.
    pub(super) fn show_glyphs(&mut self, font: &Font, bytes: &[u8]) {
        // Table 104: 3 is neither filled nor stroked, 7 only clips.
        if matches!(matrix::whole_mode(self.state.mode), 3 | 7) || self.is_in_hidden_layer() {
            return;
        }
        let state = &self.state;
        let shade = (!state.is_fill_outer).then(|| matrix::shade(state.fill));
        let (size, stretch, rise, opacity) = (state.size, state.stretch, state.rise, state.opacity);
        let (character_space, word_space) = (state.character_space, state.word_space);
        let page = self.text.then(state.matrix);
        let mut x = 0.0;
        for byte in bytes {
            let map = Matrix([size * stretch, 0.0, 0.0, size, x, rise]).then(page);
            if let Some(glyph) = font.glyph_of(*byte) {
                for shaded in &glyph.boxes {
                    let line = mapped(&shaded.place, map);
                    if !glyph.is_boxes {
                        self.add_letter(&shaded.place, line);
                        continue;
                    }
                    let (lines, rule) = self.clipped(vec![line], Rule::NonZero);
                    self.sheet.drawing.set_alpha(opacity);
                    self.sheet.drawing.add_lines(lines, rule, Affine::IDENTITY, shaded.shade.or(shade));
                }
            }
            let space = if *byte == b' ' { character_space + word_space } else { character_space };
            x += (font.width_of(*byte) * size + space) * stretch;
        }
        self.sheet.drawing.set_alpha(1.0);
    }

    fn add_letter(&mut self, own: &Rect, line: Line) {
        if self.sheet.letters.len() >= LETTERS_MAX {
            self.sheet.is_drawing_cut = true;
            return;
        }
        self.sheet.letters.push(Letter { height: (own.bottom.to_bits(), own.top.to_bits()), line });
    }
}

fn mapped(place: &Rect, map: Matrix) -> Line {
    let Rect { left, bottom, right, top } = *place;
    [(left, bottom), (right, bottom), (right, top), (left, top)].into_iter().map(|(x, y)| map.apply(x, y)).collect()
}
